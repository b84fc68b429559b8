package import Events

extension Dissector {
  /// The first header of a frame with this LINKTYPE; nil for one that is not read.
  @inline(__always)
  static func first(of link: UInt32) -> Next? {
    switch link {
    case 1: .ethernet
    case 0: .null
    case 108: .loop
    case 113: .linuxCooked
    case 276: .linuxCooked2
    // LINKTYPE_RAW, and the numbers that DLT_RAW has on various systems and so in their captures.
    case 101, 12, 14: .ip
    case 228: .ipv4
    case 229: .ipv6
    default: nil
    }
  }
}

extension LinkType {
  /// True when `dissect` reads frames of this kind.
  package var isDissected: Bool { Dissector.first(of: number) != nil }
}
