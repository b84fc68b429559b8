import Bytes

/// GRE (RFC 2784, with RFC 2890's key and sequence number); version 1 is PPTP's (RFC 2637 §4.1) and carries PPP.
///
///      0                 13  16             31
///     +-+-+-+-+----------+---+----------------+
///     |C| |K|S|          |ver| protocol type  |
///     +-+-+-+-+----------+---+----------------+
///     | checksum, key, sequence: 4 bytes each, where the bits C, K, S are set |
extension Dissector {
  mutating func gre(_ layers: inout Layers) throws(Oddity) -> Next {
    layers.tunnels.insert(.gre)
    guard entering.contains(.gre) else { return .payload }
    try need(4, .gre)
    let flags = rest.bigEndian(UInt16.self, at: 0)
    let proto = rest.bigEndian(UInt16.self, at: 2)
    var count = 4
    if flags & 0x8000 != 0 { count &+= 4 }
    if flags & 0x2000 != 0 { count &+= 4 }
    if flags & 0x1000 != 0 { count &+= 4 }
    let version = flags & 7
    if version == 1, flags & 0x80 != 0 { count &+= 4 }
    guard version <= 1, flags & 0x4000 == 0 else {
      throw .inconsistent(.gre, .version, value: UInt32(flags))
    }
    try need(count, .gre)
    skip(count)
    switch proto {
    // Transparent Ethernet bridging.
    case 0x6558: return .ethernet
    case 0x880b: return .ppp
    case 0x88be: return try mirrored(hasHeader: flags & 0x1000 != 0)
    case 0x22eb: return try mirroredWithTime()
    default: return follow(etherType: proto, &layers)
    }
  }
}
