import Bytes
import Events

// pcapng's descriptions and statistics of interfaces.

extension RecordingReader {
  /// Link type u16, reserved u16, snap length u32, options.
  mutating func interfaceDescription(_ section: PcapngSection) throws(CaptureFileError) -> Item {
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
  mutating func interfaceStatistics(_ section: PcapngSection) throws(CaptureFileError) -> Item? {
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
