import Bytes

/// The network service header (RFC 8300 §2): in front of what it carries through a chain of services, as a label is.
///
///      0   2             10   16    20    24              31
///     +---+-+-+---------+------+-----+----+---------------+
///     |ver|O|U|   TTL   |length|     |type| next protocol |
///     |     path, 24 bits                 |     index     |
///     |     context, as long as `length` says, in words of four bytes |
extension Dissector {
  mutating func nsh(_ layers: inout Layers) throws(Oddity) -> Next {
    try need(8, .nsh)
    let first = rest.bigEndian(UInt16.self, at: 0)
    guard first >> 14 == 0 else { throw .inconsistent(.nsh, .version, value: UInt32(first >> 14)) }
    let count = Int(first & 0x3f) &* 4
    guard count >= 8 else { throw .inconsistent(.nsh, .length, value: UInt32(truncatingIfNeeded: count)) }
    let proto = rest.byte(at: 3)
    try need(count, .nsh)
    skip(count)
    return switch proto {
    case 1: .ipv4
    case 2: .ipv6
    case 3: .ethernet
    case 4: .nsh
    case 5: .mpls
    default: .payload
    }
  }
}
