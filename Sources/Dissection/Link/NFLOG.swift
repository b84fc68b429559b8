import Bytes

extension Dissector {
  /// NFLOG, LINKTYPE 239: family, version, group, then attributes of netlink, padded to four bytes, one of which is the packet.
  /// Their numbers are in the capturing machine's byte order; a little-endian one is assumed.
  mutating func nflog(_ layers: inout Layers) throws(Oddity) -> Next {
    try need(4, .nflog)
    let family = rest.byte(at: 0)
    skip(4)
    // The kernel has about twenty kinds of attributes.
    for _ in 0..<32 {
      try need(4, .nflog)
      let length = Int(rest.littleEndian(UInt16.self, at: 0))
      let kind = rest.littleEndian(UInt16.self, at: 2) & 0x7fff
      guard length >= 4 else { throw .inconsistent(.nflog, .length, value: UInt32(truncatingIfNeeded: length)) }
      // NFULA_PAYLOAD.
      if kind == 9 {
        skip(4)
        limit(to: length &- 4, of: .nflog, field: .length, &layers)
        return family == 2 ? .ipv4 : family == 10 ? .ipv6 : .payload
      }
      try need((length &+ 3) & ~3, .nflog)
      skip((length &+ 3) & ~3)
    }
    throw .tooDeep(.nflog)
  }
}
