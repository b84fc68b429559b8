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
      case BlockType.darwinProcess: if let found = darwinProcess(section) { return found }
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
    darwinProcesses.removeAll()
  }

  /// Fails when the block is shorter than its fixed fields; `fields` counts them without type and lengths.
  func needs(_ fields: Int, of type: UInt32) throws(CaptureFileError) {
    guard recordLength >= fields + 12 else {
      throw .inconsistent(.block(type), offset: input.offset, field: "length", value: UInt64(recordLength))
    }
  }

  /// Fails when the captured bytes leave the block.
  func contains(_ captured: UInt32, at start: Int, of type: UInt32) throws(CaptureFileError) {
    guard UInt64(captured) <= UInt64(recordLength - 4 - start) else {
      throw .inconsistent(.block(type), offset: input.offset, field: "captured length", value: UInt64(captured))
    }
  }

  /// The reader's index of the section's `interface`.
  func index(_ interface: UInt32, _ section: PcapngSection) throws(CaptureFileError) -> Int {
    let known = interfaces.count - section.firstInterface
    guard Int(interface) < known else {
      throw .unknownInterface(offset: input.offset, interface: interface, known: known)
    }
    return section.firstInterface + Int(interface)
  }
}
