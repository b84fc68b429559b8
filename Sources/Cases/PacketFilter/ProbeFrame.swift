/// A frame to try a filter on: an Ethernet frame as Linux would hold it, and what Linux would say about it.
struct ProbeFrame: Hashable {
  /// From the link header on, whatever the filter sees of it.
  private(set) var bytes: [UInt8]
  /// Where the filter's offset 0 is: 14 on a socket that sees no link header.
  let start: Int
  /// Where the network header begins: Linux has taken VLAN tags out of the frame.
  static let network = 14
  /// Where what an application wrote begins; the frame's end when nothing in it is an application's.
  let payload: Int
  private(set) var about: [FilterExtension: UInt32]
  /// True when a byte of the payload is no longer what ordinary traffic has.
  private(set) var hasForeignPayload = false

  init(_ bytes: [UInt8], seenFrom start: Int, payload: Int, about: [FilterExtension: UInt32] = [:]) {
    self.bytes = bytes
    self.start = start
    self.payload = payload
    self.about = about
    if about[.proto] == nil { self.about[.proto] = Self.proto(of: etherType) }
  }

  /// Ethertype, or the length in a frame of IEEE 802.3.
  var etherType: UInt32 { number(at: 12, width: 2) ?? 0 }

  /// `skb->protocol`: a length is ETH_P_802_2 there.
  private static func proto(of etherType: UInt32) -> UInt32 { etherType < 0x600 ? 4 : etherType }

  /// The big-endian number of `width` bytes at `offset` from the link header, unless it leaves the frame.
  func number(at offset: Int, width: Int) -> UInt32? {
    guard offset >= 0, offset <= bytes.count - width else { return nil }
    return bytes[offset..<offset + width].reduce(0) { $0 << 8 | UInt32($1) }
  }

  /// Where a load goes that names `offset`: below zero Linux counts from the link or the network header.
  func position(_ offset: UInt32) -> Int {
    switch Int32(bitPattern: offset) {
    case let signed where signed >= 0: start + Int(signed)
    case let signed where signed >= -0x10_0000: Self.network + Int(signed) + 0x10_0000  // SKF_NET_OFF
    case let signed where signed >= -0x20_0000: Int(signed) + 0x20_0000  // SKF_LL_OFF
    default: -1
    }
  }

  /// The number at `place` as a filter would load it.
  func value(of place: FilterPlace) -> UInt32? {
    switch place {
    case .bytes(let offset, let width): number(at: offset, width: width)
    case .about(.payloadOffset): UInt32(max(0, payload - start))
    case .about(let what): about[what] ?? 0
    case .length: UInt32(bytes.count - start)
    }
  }

  /// The same frame with another number at `place`; nil when no such frame can be.
  func with(_ number: UInt32, at place: FilterPlace) -> ProbeFrame? {
    var other = self
    switch place {
    case .bytes(let offset, let width):
      guard offset >= 0, offset <= bytes.count - width else { return nil }
      for index in 0..<width {
        let byte = UInt8(truncatingIfNeeded: number >> UInt32(8 * (width - 1 - index)))
        if bytes[offset + index] != byte, offset + index >= payload { other.hasForeignPayload = true }
        other.bytes[offset + index] = byte
      }
      if offset < 14, offset + width > 12 { other.about[.proto] = Self.proto(of: other.etherType) }
    case .about(.proto):
      guard let swapped = with(number, at: .bytes(at: 12, width: 2)) else { return nil }
      other = swapped
    case .about(.payloadOffset): return nil
    case .about(let what): other.about[what] = number
    case .length:
      let count = Int(number) + start
      guard count >= max(payload, start), count <= 9000 else { return nil }
      if count < bytes.count { other.bytes.removeLast(bytes.count - count) }
      while other.bytes.count < count { other.bytes.append(0) }
    }
    return other
  }
}

/// Where a number that a filter compares came from.
enum FilterPlace: Hashable {
  /// Counted from the link header, whatever the filter sees.
  case bytes(at: Int, width: Int)
  case about(FilterExtension)
  case length
}
