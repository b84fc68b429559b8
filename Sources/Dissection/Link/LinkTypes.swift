package import Events

extension Dissector {
  /// The first header of a frame with this LINKTYPE.
  @inline(__always)
  static func first(of link: UInt32) -> Next { link == 1 ? .ethernet : uncommonFirst(of: link) }

  @inline(never)
  private static func uncommonFirst(of link: UInt32) -> Next {
    switch link {
    case 0: .null
    case 108: .loop
    case 113: .linuxCooked
    case 276: .linuxCooked2
    // LINKTYPE_RAW, and the numbers that DLT_RAW has on various systems and so in their captures.
    case 101, 12, 14: .ip
    case 228: .ipv4
    case 229: .ipv6
    // PPP; PPP in HDLC-like framing; PPP as PPPoE carries it.
    case 9, 50, 51: .ppp
    case 10: .fddi
    case 104: .ciscoHDLC
    case 105: .wifi
    case 127: .radiotap
    case 129: .arcnet
    case 192: .ppi
    case 226: .ipnet
    case 239: .nflog
    case 242: .ipoib
    // 149 is free for anybody's use; what is met is Darwin's early PKTAP.
    case 258, 149: .pktap
    default: .unknownLink
    }
  }

  /// The frame behind a header of a capturing program, which names its LINKTYPE.
  func wrapped(_ link: UInt32) throws(Oddity) -> Next {
    let next = Self.first(of: link)
    guard next != .unknownLink else { throw .unknownLink(link) }
    return next
  }
}

extension LinkType {
  /// True when `dissect` reads frames of this kind.
  package var isDissected: Bool { Dissector.first(of: number) != .unknownLink }
}
