import Bytes

/// An MPLS label stack (RFC 3032 §2.1); which packet follows it no field says, so its first four bits decide (RFC 4928 §3).
///
///     +-----------------------+-----+-+-----+
///     |     label, 20 bits    | TC 3|S| TTL |   until S is set
///     +-----------------------+-----+-+-----+
extension Dissector {
  mutating func mpls(_ layers: inout Layers) throws(Oddity) -> Next {
    layers.tunnels.insert(.mpls)
    guard entering.contains(.mpls) else { return .payload }
    try need(4, .mpls)
    let isLast = rest.byte(at: 2) & 1 != 0
    skip(4)
    // One label a step, so that the bound on headers is the bound on the stack.
    guard isLast else { return .mpls }
    guard rest.byteCount > 0 else { return .payload }
    return switch rest.byte(at: 0) >> 4 {
    case 4: .ipv4
    case 6: .ipv6
    default: .payload
    }
  }
}
