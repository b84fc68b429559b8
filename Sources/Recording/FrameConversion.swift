import Bytes
package import Events

/// How a frame of one link type is kept in a recording of another: the first `drop` bytes give way to a header. libpcap
/// refuses files with more than one link type, so frames without an Ethernet header get one, with addresses of zero.
enum FrameConversion: Sendable {
  case none
  /// A bare IP packet; its version says the ethertype.
  case rawToEthernet
  /// BSD loopback: four bytes of address family before the packet.
  case loopbackToEthernet
  /// Linux cooked, 16 bytes with the protocol at 14, the sender's address at 6.
  case cookedToEthernet
  /// Linux cooked version 2, 20 bytes with the protocol at 0, the sender's address at 12.
  case cooked2ToEthernet

  init?(from: LinkType, to: LinkType) {
    switch (from, to) {
    case (let from, let to) where from == to: self = .none
    case (.raw, .ethernet): self = .rawToEthernet
    case (.null, .ethernet), (.loop, .ethernet): self = .loopbackToEthernet
    case (.linuxCooked, .ethernet): self = .cookedToEthernet
    case (.linuxCooked2, .ethernet): self = .cooked2ToEthernet
    default: return nil
    }
  }

  /// How many bytes of the frame are left out, and the Ethernet header that takes their place (none when nothing is
  /// converted).
  func replace(_ frame: RawSpan) -> (drop: Int, header: [UInt8]) {
    let count = frame.byteCount
    switch self {
    case .none: return (0, [])
    case .rawToEthernet: return (0, header(ethertypeOfIP(frame, at: 0)))
    case .loopbackToEthernet: return (min(4, count), header(ethertypeOfIP(frame, at: 4)))
    case .cookedToEthernet:
      guard count >= 16 else { return (count, header(0)) }
      return (16, header(frame.bigEndian(UInt16.self, at: 14), source: frame.copy(6..<12)))
    case .cooked2ToEthernet:
      guard count >= 20 else { return (count, header(0)) }
      return (20, header(frame.bigEndian(UInt16.self, at: 0), source: frame.copy(12..<18)))
    }
  }

  private func header(_ ethertype: UInt16, source: [UInt8] = [0, 0, 0, 0, 0, 0]) -> [UInt8] {
    [0, 0, 0, 0, 0, 0] + source + [UInt8(ethertype >> 8), UInt8(ethertype & 0xff)]
  }

  private func ethertypeOfIP(_ frame: RawSpan, at offset: Int) -> UInt16 {
    guard frame.byteCount > offset else { return 0 }
    return frame.byte(at: offset) >> 4 == 6 ? 0x86dd : 0x0800
  }
}

extension LinkType {
  /// The link type of a recording that can hold packets of all of these: their own when they agree, Ethernet when each
  /// can be converted to it, nil when there is none.
  package static func recording(_ types: [LinkType]) -> LinkType? {
    guard let first = types.first else { return .ethernet }
    if types.allSatisfy({ $0 == first }) { return first }
    return types.allSatisfy { FrameConversion(from: $0, to: .ethernet) != nil } ? .ethernet : nil
  }
}
