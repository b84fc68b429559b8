/// The kind of the outermost header of a frame, by its LINKTYPE number (https://www.tcpdump.org/linktypes.html).
@frozen @usableFromInline
package struct LinkType: Sendable, Hashable, BitwiseCopyable {
  @usableFromInline package var number: UInt32
  @inlinable package init(_ number: UInt32) { self.number = number }
  @inlinable package static var null: LinkType { LinkType(0) }
  @inlinable package static var ethernet: LinkType { LinkType(1) }
  @inlinable package static var raw: LinkType { LinkType(101) }
  @inlinable package static var loop: LinkType { LinkType(108) }
  @inlinable package static var linuxCooked: LinkType { LinkType(113) }
  @inlinable package static var linuxCooked2: LinkType { LinkType(276) }
}

/// Which way a frame went, as the capturing machine saw it (pcapng `epb_flags` bits 0-1).
@frozen @usableFromInline
package enum Direction: UInt8, Sendable, BitwiseCopyable { case unknown = 0, inbound = 1, outbound = 2 }

/// What is known of a captured frame beside its bytes, which are borrowed and travel apart.
@frozen @usableFromInline
package struct FrameInfo: Sendable, BitwiseCopyable {
  /// When it was captured.
  @usableFromInline package var time: Instant
  /// Its length on the wire, in bytes; the captured bytes may be fewer.
  @usableFromInline package var wireLength: Int
  @usableFromInline package var linkType: LinkType
  /// The index of the interface in the run or the file.
  @usableFromInline package var interface: Int
  @usableFromInline package var direction: Direction

  @inlinable
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
