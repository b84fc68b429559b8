import Bytes

extension Dissector {
  /// IP over InfiniBand, LINKTYPE 242: 40 bytes of routing header, an ethertype, two reserved bytes (RFC 4391 §6).
  mutating func ipoib(_ layers: inout Layers) throws(Oddity) -> Next {
    try need(44, .ipoib)
    let etherType = rest.bigEndian(UInt16.self, at: 40)
    skip(44)
    return follow(etherType: etherType, &layers)
  }
}
