import Bytes
import Events

// pcapng's blocks: type u32, total length u32, body, total length u32 again.

extension RecordingReader {
  /// The next block that says something to us.
  mutating func nextPcapng(_ start: PcapngSection) throws(CaptureFileError) -> Item? {
    var section = start
    while true {
      input.consume(recordLength)
      recordLength = 0
      guard let type = try nextBlock(&section) else { return nil }
      switch type {
      case BlockType.enhancedPacket: return try enhancedPacket(section)
      case BlockType.simplePacket: return try simplePacket(section)
      case BlockType.packet: return try obsoletePacket(section)
      case BlockType.sectionHeader: format = .pcapng(section)
      case BlockType.interfaceDescription: return try interfaceDescription(section)
      case BlockType.interfaceStatistics: if let found = try interfaceStatistics(section) { return found }
      case BlockType.journal: if let first = journal() { return first }
      case BlockType.custom: if let found = customBlock(section) { return found }
      default: continue
      }
    }
  }

  /// Makes the next block available whole, its length checked, and answers its type; nil at the end of the file.
  private mutating func nextBlock(_ section: inout PcapngSection) throws(CaptureFileError) -> UInt32? {
    var available = try input.require(12)
    guard available == 12 else {
      if available == 0 { return nil }
      throw .truncated(.block(0), offset: input.offset, needed: 12, available: available)
    }
    // The section header's type reads the same in either byte order.
    if input.integer(UInt32.self, at: 0, swapped: false) == BlockType.sectionHeader { try beginSection(&section) }
    let swapped = section.swapped
    let type = input.integer(UInt32.self, at: 0, swapped: swapped)
    let length = Int(input.integer(UInt32.self, at: 4, swapped: swapped))
    guard section.begun else {
      throw .inconsistent(.block(type), offset: input.offset, field: "type", value: UInt64(type))
    }
    guard length >= 12, length % 4 == 0 else {
      throw .inconsistent(.block(type), offset: input.offset, field: "length", value: UInt64(length))
    }
    guard length <= Limit.block else {
      throw .tooLong(.block(type), offset: input.offset, length: UInt64(length), limit: UInt64(Limit.block))
    }
    available = try input.require(length)
    guard available == length else {
      throw .truncated(.block(type), offset: input.offset, needed: length, available: available)
    }
    let trailer = input.integer(UInt32.self, at: length - 4, swapped: swapped)
    guard trailer == UInt32(length) else {
      throw .inconsistent(.block(type), offset: input.offset, field: "trailing length", value: UInt64(trailer))
    }
    recordLength = length
    return type
  }

  /// A section header: byte-order magic u32, version u16 u16, section length s64. What follows is of its section.
  private mutating func beginSection(_ section: inout PcapngSection) throws(CaptureFileError) {
    let part = CaptureFileError.Part.block(BlockType.sectionHeader)
    let magic = input.integer(UInt32.self, at: 8, swapped: false)
    switch magic {
    case 0x1a2b_3c4d: section.swapped = false
    case 0x4d3c_2b1a: section.swapped = true
    default: throw .inconsistent(part, offset: input.offset, field: "byte-order magic", value: UInt64(magic))
    }
    let available = try input.require(28)
    guard available == 28 else { throw .truncated(part, offset: input.offset, needed: 28, available: available) }
    let length = input.integer(UInt32.self, at: 4, swapped: section.swapped)
    guard length >= 28 else { throw .inconsistent(part, offset: input.offset, field: "length", value: UInt64(length)) }
    let major = input.integer(UInt16.self, at: 12, swapped: section.swapped)
    guard major == 1 else { throw .inconsistent(part, offset: input.offset, field: "version", value: UInt64(major)) }
    section.begun = true
    section.firstInterface = interfaces.count
  }

  /// Fails when the block is shorter than its fixed fields; `fields` counts them without type and lengths.
  private func needs(_ fields: Int, of type: UInt32) throws(CaptureFileError) {
    guard recordLength >= fields + 12 else {
      throw .inconsistent(.block(type), offset: input.offset, field: "length", value: UInt64(recordLength))
    }
  }

  /// Fails when the captured bytes leave the block.
  private func contains(_ captured: UInt32, at start: Int, of type: UInt32) throws(CaptureFileError) {
    guard UInt64(captured) <= UInt64(recordLength - 4 - start) else {
      throw .inconsistent(.block(type), offset: input.offset, field: "captured length", value: UInt64(captured))
    }
  }

  /// The reader's index of the section's `interface`.
  private func index(_ interface: UInt32, _ section: PcapngSection) throws(CaptureFileError) -> Int {
    let known = interfaces.count - section.firstInterface
    guard Int(interface) < known else {
      throw .unknownInterface(offset: input.offset, interface: interface, known: known)
    }
    return section.firstInterface + Int(interface)
  }

  // MARK: Packets

  /// Interface u32, ticks u32 (high) u32 (low), captured u32, on the wire u32, bytes, options.
  private mutating func enhancedPacket(_ section: PcapngSection) throws(CaptureFileError) -> Item {
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
  private mutating func obsoletePacket(_ section: PcapngSection) throws(CaptureFileError) -> Item {
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
  private mutating func simplePacket(_ section: PcapngSection) throws(CaptureFileError) -> Item {
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
  private mutating func direction(swapped: Bool) -> Direction {
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

  // MARK: Interfaces

  /// Link type u16, reserved u16, snap length u32, options.
  private mutating func interfaceDescription(_ section: PcapngSection) throws(CaptureFileError) -> Item {
    try needs(8, of: BlockType.interfaceDescription)
    guard interfaces.count < Limit.interfaces else {
      throw .tooLong(
        .block(BlockType.interfaceDescription), offset: input.offset, length: UInt64(interfaces.count) + 1,
        limit: UInt64(Limit.interfaces))
    }
    let (interface, resolution, damaged) = described(section.swapped)
    if damaged { damagedRecords += 1 }
    interfaces.append(interface)
    resolutions.append(resolution)
    return .interface(interfaces.count - 1)
  }

  private func described(_ swapped: Bool) -> (RecordedInterface, Resolution, damaged: Bool) {
    var interface = RecordedInterface(
      fullName: "", linkType: canonicalLinkType(UInt32(input.integer(UInt16.self, at: 8, swapped: swapped))),
      snapLength: Int(input.integer(UInt32.self, at: 12, swapped: swapped)))
    var resolution = Resolution()
    let bytes = record.extracting(16..<recordLength - 4)
    var options = OptionList(bytes, swapped: swapped)
    while let (code, value) = options.next() {
      switch code {
      case OptionCode.ifName: interface.fullName = String(decoding: bytes.copy(value), as: UTF8.self)
      case OptionCode.ifResolution: resolution.code = bytes.value(UInt8.self, value, swapped: swapped) ?? 6
      case OptionCode.ifOffset: resolution.offset = bytes.value(Int64.self, value, swapped: swapped) ?? 0
      default: continue
      }
    }
    return (interface, resolution, options.damaged)
  }

  /// Interface u32, ticks u32 (high) u32 (low), options. Statistics of an interface that is not described are left out.
  private mutating func interfaceStatistics(_ section: PcapngSection) throws(CaptureFileError) -> Item? {
    try needs(12, of: BlockType.interfaceStatistics)
    let (found, damaged) = statistics(section)
    if damaged || found == nil { damagedRecords += 1 }
    return found.map { .statistics($0) }
  }

  private func statistics(_ section: PcapngSection) -> (InterfaceStatistics?, damaged: Bool) {
    let swapped = section.swapped
    guard let index = try? index(input.integer(UInt32.self, at: 8, swapped: swapped), section) else {
      return (nil, false)
    }
    let high = input.integer(UInt32.self, at: 12, swapped: swapped)
    let low = input.integer(UInt32.self, at: 16, swapped: swapped)
    var found = InterfaceStatistics(
      interface: index, time: resolutions[index].instant(UInt64(high) << 32 | UInt64(low)))
    let bytes = record.extracting(20..<recordLength - 4)
    var options = OptionList(bytes, swapped: swapped)
    while let (code, value) = options.next() {
      let count = bytes.value(UInt64.self, value, swapped: swapped)
      switch code {
      case OptionCode.isbReceived: found.received = count
      case OptionCode.isbDropped: found.interfaceDropped = count
      case OptionCode.isbSystemDropped: found.systemDropped = count
      case OptionCode.isbDelivered: found.delivered = count
      default: continue
      }
    }
    return (found, options.damaged)
  }
}
