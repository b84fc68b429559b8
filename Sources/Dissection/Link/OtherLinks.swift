import Bytes

// Links of other kinds: little more than the field that says what follows.

extension Dissector {
  /// FDDI, LINKTYPE 10: frame control, both addresses, and in LLC frames (control 0x5.) an LLC packet.
  mutating func fddi(_ layers: inout Layers) throws(Oddity) -> Next {
    try need(13, .fddi)
    let isLLC = rest.byte(at: 0) & 0xf0 == 0x50
    skip(13)
    return isLLC ? .llc : .payload
  }

  /// IP over InfiniBand, LINKTYPE 242: 40 bytes of routing header, an ethertype, two reserved bytes (RFC 4391 §6).
  mutating func ipoib(_ layers: inout Layers) throws(Oddity) -> Next {
    try need(44, .ipoib)
    let etherType = rest.bigEndian(UInt16.self, at: 40)
    skip(44)
    return follow(etherType: etherType, &layers)
  }

  /// ARCNET as Linux gives it, LINKTYPE 129: source, destination, two bytes of offset, a protocol id. The protocols of RFC 1201 have
  /// a split flag and a sequence number behind it, those of RFC 1051 have not.
  mutating func arcnet(_ layers: inout Layers) throws(Oddity) -> Next {
    try need(5, .arcnet)
    let proto = rest.byte(at: 4)
    switch proto {
    case 240, 241:
      skip(5)
      return proto == 240 ? .ipv4 : .arp
    case 212, 213, 196:
      try need(8, .arcnet)
      // 0xff: a packet whose length ARCNET cannot express; four bytes of filling, of which the last three repeat the header.
      let count = rest.byte(at: 5) == 0xff ? 12 : 8
      // An odd or even number above 0: a part of a packet that was split.
      let isWhole = count == 12 || rest.byte(at: 5) == 0
      try need(count, .arcnet)
      skip(count)
      guard isWhole else { return .payload }
      return proto == 212 ? .ipv4 : proto == 213 ? .arp : .ipv6
    default:
      skip(5)
      return .payload
    }
  }

  /// Cisco FabricPath, ethertype 0x8903: the forwarding tag and a TTL, then the Ethernet frame that crosses the fabric.
  mutating func fabricPath(_ layers: inout Layers) throws(Oddity) -> Next {
    try need(2, .fabricPath)
    skip(2)
    return .ethernet
  }
}
