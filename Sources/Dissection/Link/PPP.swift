import Bytes

/// PPP (RFC 1661 §2, RFC 1662 §3.1): perhaps the address and control bytes of HDLC, then a protocol of one or two bytes.
///
///     +------+------+ +-------------+
///     | 0xff | 0x03 | |  protocol   |
///     +------+------+ +-------------+
extension Dissector {
  mutating func ppp(_ layers: inout Layers) throws(Oddity) -> Next {
    try need(2, .ppp)
    // Routers capture Cisco's HDLC under this link type too; no protocol of PPP begins so.
    if [0x0f, 0x8f].contains(rest.byte(at: 0)), rest.byte(at: 1) == 0 { return .ciscoHDLC }
    let framed = rest.bigEndian(UInt16.self, at: 0) == 0xff03
    let start = framed ? 2 : 0
    try need(start &+ 2, .ppp)
    // RFC 1661 §2: an odd first byte is the whole protocol, its zero byte before it left out.
    let compressed = rest.byte(at: start) & 1 != 0
    let proto = compressed ? UInt16(rest.byte(at: start)) : rest.bigEndian(UInt16.self, at: start)
    skip(start &+ (compressed ? 1 : 2))
    return switch proto {
    case 0x0021: .ipv4
    case 0x0057: .ipv6
    case 0x0281, 0x0283: .mpls
    default: .payload
    }
  }
}
