import Bytes
import Events

/// Which way a frame went, from what the link layer shows: libpcap does not pass on the kernel's packet type except in
/// cooked frames.
struct FrameDirection: Sendable {
  let linkType: LinkType
  let own: OwnAddresses

  /// Loopback frames go both ways at once, and libpcap shows each once: unknown. In cooked frames, which call it incoming, the
  /// hardware type tells them.
  func of(_ bytes: RawSpan) -> Direction {
    switch linkType {
    case .linuxCooked where bytes.byteCount >= 4:
      direction(packetType: Int(bytes.bigEndian(UInt16.self, at: 0)), hardware: bytes.bigEndian(UInt16.self, at: 2))
    case .linuxCooked2 where bytes.byteCount >= 11:
      direction(packetType: Int(bytes.byte(at: 10)), hardware: bytes.bigEndian(UInt16.self, at: 8))
    case .ethernet where bytes.byteCount >= 12: ethernet(bytes)
    case .raw where bytes.byteCount >= 20: raw(bytes)
    default: .unknown
    }
  }

  /// Linux' PACKET_OUTGOING is 4; the kinds before it came in. ARPHRD_LOOPBACK is 772.
  private func direction(packetType: Int, hardware: UInt16) -> Direction {
    switch packetType {
    case _ where hardware == 772: .unknown
    case 0...3: .inbound
    case 4: .outbound
    default: .unknown
    }
  }

  /// From our address: outbound. To it or to a group: inbound. Anything else (a bridge, promiscuous mode): unknown.
  private func ethernet(_ bytes: RawSpan) -> Direction {
    guard own.hardware.count == 6, own.hardware.contains(where: { $0 != 0 }) else { return .unknown }
    if matches(own.hardware, bytes, at: 6) { return .outbound }
    return matches(own.hardware, bytes, at: 0) || bytes.byte(at: 0) & 1 == 1 ? .inbound : .unknown
  }

  /// The same by IP address, for tunnels without a link layer.
  private func raw(_ bytes: RawSpan) -> Direction {
    let (source, destination, count) = bytes.byte(at: 0) >> 4 == 6 ? (8, 24, 16) : (12, 16, 4)
    guard bytes.byteCount >= destination + count else { return .unknown }
    let mine = own.internet.filter { $0.count == count }
    if mine.contains(where: { matches($0, bytes, at: source) }) { return .outbound }
    return mine.contains { matches($0, bytes, at: destination) } ? .inbound : .unknown
  }

  private func matches(_ address: [UInt8], _ bytes: RawSpan, at offset: Int) -> Bool {
    address.indices.allSatisfy { bytes.byte(at: offset + $0) == address[$0] }
  }
}
