import Bytes

extension Dissector {
  /// L2TP version 2 (RFC 2661 §3.1): flags say which fields there are; data messages carry PPP.
  mutating func l2tp(_ layers: inout Layers) throws(Oddity) -> Next {
    guard rest.byteCount >= 2, rest.bigEndian(UInt16.self, at: 0) & 15 == 2 else { return .payload }
    layers.tunnels.insert(.l2tp)
    let flags = rest.bigEndian(UInt16.self, at: 0)
    guard entering.contains(.l2tp), flags & 0x8000 == 0 else { return .payload }
    var count = 6
    if flags & 0x4000 != 0 { count &+= 2 }
    if flags & 0x0800 != 0 { count &+= 4 }
    if flags & 0x0200 != 0 {
      try need(count &+ 2, .l2tp)
      count &+= 2 &+ Int(rest.bigEndian(UInt16.self, at: count))
    }
    try need(count, .l2tp)
    skip(count)
    return .ppp
  }
}
