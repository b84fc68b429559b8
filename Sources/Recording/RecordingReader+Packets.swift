import Bytes
import Events

// pcapng's three kinds of packet blocks.

extension RecordingReader {
  /// Interface u32, ticks u32 (high) u32 (low), captured u32, on the wire u32, bytes, options.
  mutating func enhancedPacket(_ section: PcapngSection) throws(CaptureFileError) -> Item {
    try needs(20, of: BlockType.enhancedPacket)
    let swapped = section.swapped
    let interface = input.integer(UInt32.self, at: 8, swapped: swapped)
    let high = input.integer(UInt32.self, at: 12, swapped: swapped)
    let low = input.integer(UInt32.self, at: 16, swapped: swapped)
    let captured = input.integer(UInt32.self, at: 20, swapped: swapped)
    let wireLength = input.integer(UInt32.self, at: 24, swapped: swapped)
    try contains(captured, at: 28, of: BlockType.enhancedPacket)
    return try packet(
      section, interface, ticks: UInt64(high) << 32 | UInt64(low), captured, wireLength, at: 28)
  }

  /// Interface u16, drops u16, then as the enhanced packet (draft-ietf-opsawg-pcapng, appendix A).
  mutating func obsoletePacket(_ section: PcapngSection) throws(CaptureFileError) -> Item {
    try needs(20, of: BlockType.packet)
    let swapped = section.swapped
    let interface = input.integer(UInt16.self, at: 8, swapped: swapped)
    let high = input.integer(UInt32.self, at: 12, swapped: swapped)
    let low = input.integer(UInt32.self, at: 16, swapped: swapped)
    let captured = input.integer(UInt32.self, at: 20, swapped: swapped)
    let wireLength = input.integer(UInt32.self, at: 24, swapped: swapped)
    try contains(captured, at: 28, of: BlockType.packet)
    return try packet(
      section, UInt32(interface), ticks: UInt64(high) << 32 | UInt64(low), captured, wireLength, at: 28)
  }

  @inline(__always)
  private mutating func packet(
    _ section: PcapngSection, _ interface: UInt32, ticks: UInt64, _ captured: UInt32, _ wireLength: UInt32,
    at start: Int
  ) throws(CaptureFileError) -> Item {
    let index = try index(interface, section)
    let end = start + Int(captured)
    packetRange = start..<end
    // The padding may be missing where a writer forgot it and no option follows.
    optionRange = min((end + 3) & ~3, recordLength - 4)..<recordLength - 4
    packetCount += 1
    let direction = optionRange.isEmpty ? .unknown : direction(swapped: section.swapped)
    return .packet(
      FrameInfo(
        time: resolutions[index].instant(ticks), wireLength: Int(wireLength), linkType: interfaces[index].linkType,
        interface: index, direction: direction))
  }

  /// On the wire u32, bytes: of the section's interface 0, without a time (§4.4).
  mutating func simplePacket(_ section: PcapngSection) throws(CaptureFileError) -> Item {
    try needs(4, of: BlockType.simplePacket)
    let wireLength = input.integer(UInt32.self, at: 8, swapped: section.swapped)
    let index = try index(0, section)
    let snapLength = interfaces[index].snapLength
    let captured = min(Int(wireLength), snapLength == 0 ? Int(wireLength) : snapLength)
    try contains(UInt32(captured), at: 12, of: BlockType.simplePacket)
    packetRange = 12..<12 + captured
    packetCount += 1
    return .packet(
      FrameInfo(
        time: Instant(nanoseconds: 0), wireLength: Int(wireLength), linkType: interfaces[index].linkType,
        interface: index))
  }

  /// `epb_flags` bits 0 and 1.
  mutating func direction(swapped: Bool) -> Direction {
    let (flags, damaged) = flags(swapped: swapped)
    if damaged { damagedRecords += 1 }
    return Direction(rawValue: UInt8(flags & 3)) ?? .unknown
  }

  private func flags(swapped: Bool) -> (UInt32, damaged: Bool) {
    let bytes = record.extracting(optionRange)
    var options = OptionList(bytes, swapped: swapped)
    var flags: UInt32 = 0
    while let (code, value) = options.next() {
      if code == OptionCode.epbFlags { flags = bytes.value(UInt32.self, value, swapped: swapped) ?? 0 }
    }
    return (flags, options.damaged)
  }
}
