import Bytes
package import Events

/// A number that tells a frame from others of its moment: made of the length behind the link header and of the first 64 bytes there, as
/// `socket:::transmitted` and `socket:::delivered` make it in the kernel. 0 when the frame was captured in part, or its link header has no fixed length.
package func frameMark(_ bytes: RawSpan, link: LinkType, wireLength: Int) -> UInt64 {
  guard let header = linkHeaderLength(link) else { return 0 }
  let length = wireLength - header
  guard length > 0, bytes.byteCount - header >= min(length, markedLength) else { return 0 }
  let end = min(length, markedLength)
  var mark = UInt64(length)
  func add(_ place: Int) {
    if place >= 0, place + 8 <= end { mark ^= bytes.littleEndian(UInt64.self, at: header + place) }
    // 2^64 divided by the golden ratio: odd, so that nothing is lost.
    mark &*= 0x9e37_79b9_7f4a_7c15
  }
  for place in stride(from: 0, to: markedLength, by: 8) { add(place) }
  // What ends a shorter packet may be less than a word.
  add(end - 8)
  return mark
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

private let markedLength = 64

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
