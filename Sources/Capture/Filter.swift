package import Events

/// A filter in libpcap's language (pcap-filter(7)) for packets that were captured before, as in `-r FILE FILTER`: it is
/// compiled for each link type that comes along.
package struct Filter: ~Copyable {
  package let text: String
  private let snapLength: Int32
  private var linkTypes: [LinkType] = []
  private var first: CompiledFilter?
  private var others = MoreFilters()

  /// Compiles for one link type at once, so that a mistake is reported before the first packet.
  package init(_ text: String, linkType: LinkType, snapLength: Int32 = 262_144) throws(CaptureError) {
    self.text = text
    self.snapLength = snapLength
    first = try CompiledFilter(text, linkType: linkType, snapLength: snapLength)
    linkTypes = [linkType]
  }

  /// True when the filter accepts the packet; fails when the text means nothing on the packet's link type.
  package mutating func matches(_ info: FrameInfo, _ bytes: RawSpan) throws(CaptureError) -> Bool {
    let wireLength = UInt32(clamping: info.wireLength)
    if info.linkType == linkTypes[0] { return first!.matches(wireLength: wireLength, bytes) }
    return try others.matches(text, info.linkType, snapLength, wireLength: wireLength, bytes)
  }
}

/// The filters for further link types of one file: few, so a list from the last to the first.
private final class MoreFilters {
  private final class Node {
    let linkType: LinkType
    let filter: CompiledFilter
    let next: Node?
    init(_ linkType: LinkType, _ filter: consuming CompiledFilter, next: Node?) {
      self.linkType = linkType
      self.filter = filter
      self.next = next
    }
  }
  private var head: Node?

  func matches(
    _ text: String, _ linkType: LinkType, _ snapLength: Int32, wireLength: UInt32, _ bytes: RawSpan
  ) throws(CaptureError) -> Bool {
    var node = head
    while let found = node, found.linkType != linkType { node = found.next }
    if node == nil {
      node = Node(linkType, try CompiledFilter(text, linkType: linkType, snapLength: snapLength), next: head)
      head = node
    }
    return node!.filter.matches(wireLength: wireLength, bytes)
  }
}
