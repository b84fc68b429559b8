import Bytes

extension Dissector {
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
}
