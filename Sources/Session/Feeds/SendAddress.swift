import Events

extension Endpoint {
  /// Whom a send names: the first 24 bytes of a `struct sockaddr_in` or `sockaddr_in6`, as three words that lie in memory like that; none of any other.
  init(socketAddress words: (UInt64, UInt64, UInt64), of family: UInt16) {
    let port = UInt16(truncatingIfNeeded: words.0 >> 16).byteSwapped
    switch (UInt16(truncatingIfNeeded: words.0), family) {
    case (2, 2), (2, 10): self.init(Address(v4: UInt32(truncatingIfNeeded: words.0 >> 32).byteSwapped), port)
    case (10, 10): self.init(Address(v6High: words.1.byteSwapped, low: words.2.byteSwapped), port)
    default: self = .none
    }
  }
}
