import Bytes

// Tunnels in UDP, known by their port and by a header that fits: anybody may use a port for something else.

extension Dissector {
  /// The tunnel that a datagram's ports announce; nearly always none.
  @inline(__always)
  func tunnel(_ source: UInt16, _ destination: UInt16) -> Next {
    Self.isTunnel(destination) || Self.isTunnel(source) ? announced(source, destination) : .payload
  }

  @inline(__always)
  private static func isTunnel(_ port: UInt16) -> Bool {
    switch port {
    case 1701, 2152, 3544, 4789, 6081, 8472: true
    default: false
    }
  }

  @inline(never)
  private func announced(_ source: UInt16, _ destination: UInt16) -> Next {
    switch Self.isTunnel(destination) ? destination : source {
    case 1701: .l2tp
    case 2152: .gtp
    case 3544: .teredo
    case 6081: .geneve
    default: .vxlan
    }
  }

  /// VXLAN (RFC 7348 §5): flags of which only I is set, a network identifier, then an Ethernet frame.
  mutating func vxlan(_ layers: inout Layers) throws(Oddity) -> Next {
    guard rest.byteCount >= 8, rest.byte(at: 0) & 0x08 != 0, rest.byte(at: 7) == 0 else { return .payload }
    layers.tunnels.insert(.vxlan)
    guard entering.contains(.vxlan) else { return .payload }
    skip(8)
    return .ethernet
  }

  /// Geneve (RFC 8926 §3.4): version and length of the options in words, flags, an ethertype, a network identifier, the options.
  mutating func geneve(_ layers: inout Layers) throws(Oddity) -> Next {
    guard rest.byteCount >= 8, rest.byte(at: 0) & 0xc0 == 0 else { return .payload }
    layers.tunnels.insert(.geneve)
    guard entering.contains(.geneve) else { return .payload }
    let count = 8 &+ Int(rest.byte(at: 0) & 0x3f) &* 4
    let proto = rest.bigEndian(UInt16.self, at: 2)
    try need(count, .geneve)
    skip(count)
    return proto == 0x6558 ? .ethernet : follow(etherType: proto, &layers)
  }

  /// GTP-U version 1 (3GPP TS 29.281 §5): flags, message type, length, tunnel; four more bytes when one of three flags is set, and then
  /// perhaps extension headers, which count in words.
  mutating func gtp(_ layers: inout Layers) throws(Oddity) -> Next {
    guard rest.byteCount >= 8, rest.byte(at: 0) & 0xf0 == 0x30 else { return .payload }
    layers.tunnels.insert(.gtp)
    // 255 is a user's packet; the others manage the tunnel.
    guard entering.contains(.gtp), rest.byte(at: 1) == 255 else { return .payload }
    let flags = rest.byte(at: 0)
    guard flags & 7 != 0 else {
      skip(8)
      return .ip
    }
    try need(12, .gtp)
    var next = flags & 4 != 0 ? rest.byte(at: 11) : 0
    skip(12)
    for _ in 0..<Self.headerLimit where next != 0 {
      try need(4, .gtp)
      let length = Int(rest.byte(at: 0)) &* 4
      guard length != 0 else { throw .inconsistent(.gtp, .length, value: 0) }
      try need(length, .gtp)
      next = rest.byte(at: length &- 1)
      skip(length)
    }
    guard next == 0 else { throw .tooDeep(.gtp) }
    return .ip
  }

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
