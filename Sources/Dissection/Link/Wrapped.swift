import Bytes

// Headers that capturing programs put before a frame, and which name the kind of what follows.

extension Dissector {
  /// PPI, LINKTYPE 192: version, flags, length of all its fields, LINKTYPE of the frame; little-endian.
  mutating func ppi(_ layers: inout Layers) throws(Oddity) -> Next {
    try need(8, .ppi)
    let length = Int(rest.littleEndian(UInt16.self, at: 2))
    let link = rest.littleEndian(UInt32.self, at: 4)
    guard length >= 8 else { throw .inconsistent(.ppi, .length, value: UInt32(truncatingIfNeeded: length)) }
    try need(length, .ppi)
    skip(length)
    return try wrapped(link)
  }

  /// PKTAP of Darwin, LINKTYPE 258: length, kind of record, LINKTYPE of the frame, and who sent it; little-endian.
  mutating func pktap(_ layers: inout Layers) throws(Oddity) -> Next {
    try need(12, .pktap)
    let length = rest.littleEndian(UInt32.self, at: 0)
    let kind = rest.littleEndian(UInt32.self, at: 4)
    let link = rest.littleEndian(UInt32.self, at: 8)
    guard length >= 12, length <= 0xffff else { throw .inconsistent(.pktap, .length, value: length) }
    try need(Int(length), .pktap)
    skip(Int(length))
    return kind == 1 ? try wrapped(link) : .payload
  }

  private func wrapped(_ link: UInt32) throws(Oddity) -> Next {
    let next = Self.first(of: link)
    guard next != .unknownLink else { throw .unknownLink(link) }
    return next
  }

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

  /// IPNET of Solaris, LINKTYPE 226: version, family, 22 bytes about zones and interfaces.
  mutating func ipnet(_ layers: inout Layers) throws(Oddity) -> Next {
    try need(24, .ipnet)
    let family = rest.byte(at: 1)
    skip(24)
    return family == 2 ? .ipv4 : family == 26 ? .ipv6 : .payload
  }
}
