import Bytes

extension Dissector {
  /// Teredo (RFC 4380 §5.1.1): perhaps an authentication and an origin, then an IPv6 packet.
  mutating func teredo(_ layers: inout Layers) throws(Oddity) -> Next {
    var count = 0
    if rest.byteCount >= 4, rest.bigEndian(UInt16.self, at: 0) == 1 {
      count = 13 &+ Int(rest.byte(at: 2)) &+ Int(rest.byte(at: 3))
    }
    if rest.byteCount >= count &+ 2, rest.bigEndian(UInt16.self, at: count) == 0 { count &+= 8 }
    guard rest.byteCount > count, rest.byte(at: count) >> 4 == 6 else { return .payload }
    layers.tunnels.insert(.teredo)
    guard entering.contains(.teredo) else { return .payload }
    skip(count)
    return .ipv6
  }
}
