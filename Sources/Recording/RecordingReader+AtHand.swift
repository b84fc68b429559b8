import Bytes
package import Events

// The packets between two reads of the file, which nearly all are.

extension RecordingReader {
  /// The next record, when it is a sound packet that lies whole in the buffer: as `next()` would answer it, without being asked what it is.
  /// Nil says nothing, and changes nothing: `next()` knows.
  package mutating func nextAtHand() -> FrameInfo? {
    guard canHand, waiting == nil else { return nil }
    switch format {
    case .pcap(let format): return nextAtHand(format)
    case .pcapng(let section): return nextAtHand(section)
    }
  }

  private mutating func nextAtHand(_ format: PcapFormat) -> FrameInfo? {
    guard format.recordLength == 16, interfaces.count > firstInterface, !format.linkType.isPKTAP else { return nil }
    let info: FrameInfo
    let length: Int
    do {
      let rest = rest
      guard rest.byteCount >= 16 else { return nil }
      length = Int(rest.integer(UInt32.self, at: 8, swapped: format.swapped)) &+ 16
      guard length <= rest.byteCount, length &- 16 <= Limit.packet else { return nil }
      let seconds = Int64(rest.integer(UInt32.self, at: 0, swapped: format.swapped))
      let fraction = Int64(rest.integer(UInt32.self, at: 4, swapped: format.swapped)) &* format.fraction
      info = FrameInfo(
        time: Instant(nanoseconds: seconds &* 1_000_000_000 &+ fraction),
        wireLength: Int(rest.integer(UInt32.self, at: 12, swapped: format.swapped)), linkType: format.linkType,
        interface: firstInterface)
    }
    hand(length, packet: 16..<length, options: 0..<0)
    return info
  }

  private mutating func nextAtHand(_ section: PcapngSection) -> FrameInfo? {
    var info: FrameInfo
    let (length, end): (Int, Int)
    do {
      let rest = rest
      let swapped = section.swapped
      guard section.begun, rest.byteCount >= 32,
        rest.integer(UInt32.self, at: 0, swapped: swapped) == BlockType.enhancedPacket
      else { return nil }
      length = Int(rest.integer(UInt32.self, at: 4, swapped: swapped))
      let index = section.firstInterface &+ Int(rest.integer(UInt32.self, at: 8, swapped: swapped))
      let captured = Int(rest.integer(UInt32.self, at: 20, swapped: swapped))
      guard length >= 32, length % 4 == 0, length <= rest.byteCount, length <= Limit.block, index < interfaces.count,
        rest.integer(UInt32.self, at: length &- 4, swapped: swapped) == UInt32(truncatingIfNeeded: length),
        captured <= length &- 32, !interfaces[index].linkType.isPKTAP
      else { return nil }
      end = 28 &+ captured
      let high = UInt64(rest.integer(UInt32.self, at: 12, swapped: swapped))
      let low = UInt64(rest.integer(UInt32.self, at: 16, swapped: swapped))
      info = FrameInfo(
        time: resolutions[index].instant(high << 32 | low),
        wireLength: Int(rest.integer(UInt32.self, at: 24, swapped: swapped)), linkType: interfaces[index].linkType,
        interface: index)
    }
    // The padding may be missing where a writer forgot it and no option follows.
    hand(length, packet: 28..<end, options: min((end &+ 3) & ~3, length &- 4)..<length &- 4)
    if !optionRange.isEmpty { info.direction = direction(swapped: section.swapped) }
    return info
  }

  /// What was read behind the current record.
  private var rest: RawSpan {
    @_lifetime(borrow self)
    get { RawSpan(_elements: input.bytes.span).extracting(input.start &+ recordLength..<input.end) }
  }

  private mutating func hand(_ length: Int, packet: Range<Int>, options: Range<Int>) {
    input.consume(recordLength)
    recordLength = length
    packetRange = packet
    optionRange = options
    mayHaveOwner = !options.isEmpty
    isPKTAP = false
    packetCount &+= 1
  }
}
