/// The kind of the outermost header of a frame, by its LINKTYPE number (https://www.tcpdump.org/linktypes.html).
package struct LinkType: Sendable, Hashable, BitwiseCopyable {
  package var number: UInt32
  package init(_ number: UInt32) { self.number = number }
  package static let null = LinkType(0)
  package static let ethernet = LinkType(1)
  package static let raw = LinkType(101)
  package static let loop = LinkType(108)
  package static let linuxCooked = LinkType(113)
  package static let linuxCooked2 = LinkType(276)
}

/// Which way a frame went, as the capturing machine saw it (pcapng `epb_flags` bits 0-1).
package enum Direction: UInt8, Sendable, BitwiseCopyable { case unknown = 0, inbound = 1, outbound = 2 }

/// What is known of a captured frame beside its bytes, which are borrowed and travel apart.
package struct FrameInfo: Sendable, BitwiseCopyable {
  /// When it was captured.
  package var time: Instant
  /// Its length on the wire, in bytes; the captured bytes may be fewer.
  package var wireLength: Int
  package var linkType: LinkType
  /// The index of the interface in the run or the file.
  package var interface: Int
  package var direction: Direction

  package init(
    time: Instant, wireLength: Int, linkType: LinkType, interface: Int = 0, direction: Direction = .unknown
  ) {
    self.time = time
    self.wireLength = wireLength
    self.linkType = linkType
    self.interface = interface
    self.direction = direction
  }
}
