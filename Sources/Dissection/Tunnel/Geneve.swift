import Bytes

extension Dissector {
  /// Geneve (RFC 8926 §3.4): version and length of the options in words, flags, an ethertype, a network identifier, the options.
  mutating func geneve(_ layers: inout Layers) throws(Oddity) -> Next {
    guard rest.byteCount >= 8, rest.byte(at: 0) & 0xc0 == 0 else { return .payload }
    layers.tunnels.insert(.geneve)
    guard entering.contains(.geneve) else { return .payload }
    let count = 8 &+ Int(rest.byte(at: 0) & 0x3f) &* 4
    let proto = rest.bigEndian(UInt16.self, at: 2)
    try need(count, .geneve)
    skip(count)
    return proto == 0x6558 ? .ethernet : follow(etherType: proto, &layers)
  }
}
