import Bytes

extension Dissector {
  /// FDDI, LINKTYPE 10: frame control, both addresses, and in LLC frames (control 0x5.) an LLC packet.
  mutating func fddi(_ layers: inout Layers) throws(Oddity) -> Next {
    try need(13, .fddi)
    let isLLC = rest.byte(at: 0) & 0xf0 == 0x50
    skip(13)
    return isLLC ? .llc : .payload
  }
}
