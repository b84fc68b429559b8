import Bytes

extension Dissector {
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
}
