import Bytes

/// DNS in a stream: each message after its length in two bytes (RFC 1035 §4.2.2).
extension DNS {
  static func beginsStream(_ bytes: RawSpan) -> Beginning {
    guard bytes.byteCount >= 2 + headerLength else { return .more }
    return bytes.bigEndian(UInt16.self, at: 0) >= UInt16(headerLength) ? .yes : .no
  }

  static func step(_ bytes: RawSpan, into output: inout Output) -> Step {
    guard bytes.byteCount >= 2 else { return .more }
    let length = Int(bytes.bigEndian(UInt16.self, at: 0))
    guard bytes.byteCount >= 2 &+ length else { return .more }
    return read(bytes.extracting(2..<2 &+ length), into: &output) ? .read(UInt64(2 &+ length)) : .lost
  }
}
