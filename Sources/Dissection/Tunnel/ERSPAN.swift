import Bytes

// ERSPAN (draft-foschiano-erspan): a switch's mirrored frames, in GRE.

extension Dissector {
  /// Types I and II: type I, which has no sequence number in its GRE header, has no header of its own either; type II has eight bytes.
  mutating func mirrored(hasHeader: Bool) throws(Oddity) -> Next {
    guard hasHeader else { return .ethernet }
    try need(8, .gre)
    guard rest.byte(at: 0) >> 4 == 1 else {
      throw .inconsistent(.gre, .version, value: UInt32(rest.byte(at: 0) >> 4))
    }
    skip(8)
    return .ethernet
  }

  /// Type III: twelve bytes, among them the kind of frame (five bits, 0 Ethernet, 2 IP) and, lowest, whether eight more follow.
  mutating func mirroredWithTime() throws(Oddity) -> Next {
    try need(12, .gre)
    guard rest.byte(at: 0) >> 4 == 2 else {
      throw .inconsistent(.gre, .version, value: UInt32(rest.byte(at: 0) >> 4))
    }
    let word = rest.bigEndian(UInt16.self, at: 10)
    let count = word & 1 != 0 ? 20 : 12
    try need(count, .gre)
    skip(count)
    return switch word >> 10 & 0x1f {
    case 0: .ethernet
    case 2: .ip
    default: .payload
    }
  }
}
