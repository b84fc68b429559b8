import Bytes

extension Dissector {
  /// Cisco FabricPath, ethertype 0x8903: the forwarding tag and a TTL, then the Ethernet frame that crosses the fabric.
  mutating func fabricPath(_ layers: inout Layers) throws(Oddity) -> Next {
    try need(2, .fabricPath)
    skip(2)
    return .ethernet
  }
}
