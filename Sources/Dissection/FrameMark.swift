import Bytes
package import Events

/// A number that tells a frame from others of its moment: made of the length behind the link header and of the first 64 bytes there, as
/// `socket:::transmitted` and `socket:::delivered` make it in the kernel. 0 when the frame was captured in part, or its link header has no fixed length.
package func frameMark(_ bytes: RawSpan, link: LinkType, wireLength: Int) -> UInt64 {
  guard let header = linkHeaderLength(link) else { return 0 }
  return mark(bytes, from: header, length: wireLength - header, most: 64)
}

/// The same of a captured packet. One that came in may be padded: its IP header says how long it is.
package func frameMark(_ bytes: RawSpan, _ layers: Layers, _ info: FrameInfo) -> UInt64 {
  guard info.direction == .inbound else {
    return frameMark(bytes, link: info.linkType, wireLength: info.wireLength)
  }
  guard layers.transport == .udp, layers.totalLength > 0 else { return 0 }
  return frameMark(
    bytes, link: info.linkType, wireLength: Int(layers.networkOffset) + Int(layers.totalLength))
}

/// A number that tells a datagram's payload from others of its moment, as `socket:::sent` and `socket:::received` make it of what a call moved:
/// of its length and its first 32 bytes; of an ICMP echo and its answer what it makes of the data behind their header, and of an IPv4 packet of a protocol that is not
/// read what it makes of all behind its header. 0 of what is none of these, or no whole one, or has less than eight bytes, or was captured without them.
package func payloadMark(_ bytes: RawSpan, _ layers: Layers) -> UInt64 {
  let hasMark =
    switch layers.transport {
    case .udp: true
    case .icmp: layers.icmpType == 8 || layers.icmpType == 0
    case .icmpv6: layers.icmpType == 128 || layers.icmpType == 129
    // What a raw socket sends of a protocol that is not read here.
    case .none: layers.version == 4 && layers.tunnels.isEmpty
    default: false
    }
  guard hasMark, layers.payloadLength >= 8, !layers.isLaterFragment, !layers.marks.contains(.moreFragments) else {
    return 0
  }
  return mark(bytes, from: Int(layers.payloadOffset), length: Int(layers.payloadLength), most: 32)
}

/// The length and the words of the first `most` bytes, one after the other, and the last eight of these bytes; 0 without them.
private func mark(_ bytes: RawSpan, from start: Int, length: Int, most: Int) -> UInt64 {
  let end = min(length, most)
  guard length > 0, bytes.byteCount - start >= end else { return 0 }
  var mark = UInt64(length)
  func add(_ place: Int) {
    if place >= 0, place + 8 <= end { mark ^= bytes.littleEndian(UInt64.self, at: start + place) }
    // 2^64 divided by the golden ratio: odd, so that nothing is lost.
    mark &*= 0x9e37_79b9_7f4a_7c15
  }
  for place in stride(from: 0, to: most, by: 8) { add(place) }
  // What ends a shorter packet may be less than a word.
  add(end - 8)
  return mark
}

private func linkHeaderLength(_ link: LinkType) -> Int? {
  switch link {
  case .ethernet: 14
  case .raw: 0
  case .null, .loop: 4
  case .linuxCooked: 16
  case .linuxCooked2: 20
  default: nil
  }
}
