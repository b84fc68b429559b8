import Bytes

extension Dissector {
  /// VXLAN (RFC 7348 §5): flags, of which I is set, a network identifier, then an Ethernet frame. With the flag P, of the generic extension
  /// (draft-ietf-nvo3-vxlan-gpe §3), the fourth byte says what follows instead; that has zeros in the two bytes before, while VXLAN's own
  /// reserved bits may be anything.
  mutating func vxlan(_ layers: inout Layers) throws(Oddity) -> Next {
    guard rest.byteCount >= 8, rest.byte(at: 0) & 0x08 != 0, rest.byte(at: 7) == 0 else { return .payload }
    layers.tunnels.insert(.vxlan)
    guard entering.contains(.vxlan) else { return .payload }
    let isGeneric = rest.byte(at: 0) & 0x04 != 0 && rest.byte(at: 1) == 0 && rest.byte(at: 2) == 0
    let proto = rest.byte(at: 3)
    skip(8)
    guard isGeneric else { return .ethernet }
    return switch proto {
    case 1: .ipv4
    case 2: .ipv6
    case 3: .ethernet
    case 4: .nsh
    default: .payload
    }
  }
}
