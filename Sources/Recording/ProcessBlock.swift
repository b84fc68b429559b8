import Bytes
import Events

// A process as Wireshark's process information block: custom block 0xbad of enterprise 32622, entry type u32 3, entry
// length u32, then the entry, little-endian in every section: pid u32, options. Start time in nanoseconds since 1970.
// To these comes a custom option of ours: mark "Cu", version u8 (1), u8 0, start u64 (CLOCK_BOOTTIME, the half of the
// identity), group u32.

enum ProcessField {
  static let version: UInt8 = 1
  /// The longest path, and the longest command line: its last arguments are left out.
  static let longestText = 32 << 10
}

extension ByteWriter {
  /// Appends an option; a value longer than an option can be is left out.
  mutating func option(_ code: UInt16, _ value: some Collection<UInt8>) {
    guard value.count <= Int(UInt16.max) else { return }
    littleEndian(code)
    littleEndian(UInt16(value.count))
    append(value)
    pad(to: 4)
  }

  mutating func option<T: FixedWidthInteger>(_ code: UInt16, integer value: T) {
    littleEndian(code)
    littleEndian(UInt16(T.bitWidth / 8))
    littleEndian(value)
    pad(to: 4)
  }

  mutating func endOfOptions() { littleEndian(UInt32(0)) }

  /// Appends the entry. `boot`: CLOCK_BOOTTIME's zero in nanoseconds since 1970.
  mutating func process(_ record: ProcessRecord, boot: Int64) {
    littleEndian(record.process.pid)
    if !record.command.isEmpty { option(OptionCode.pibName, record.command) }
    if !record.path.isEmpty { option(OptionCode.pibPath, record.path.prefix(ProcessField.longestText)) }
    if !record.arguments.isEmpty { option(OptionCode.pibCommandLine, joined(record.arguments)) }
    option(OptionCode.pibParent, integer: record.parent)
    option(OptionCode.pibUser, integer: record.user)
    if record.process.start > 0 {
      option(OptionCode.pibStart, integer: UInt64(bitPattern: boot) &+ record.process.start)
    }
    var own = ByteWriter(capacity: 20)
    own.littleEndian(EnterpriseNumber.culprit)
    own.append(EnterpriseNumber.ownerMark)
    own.byte(ProcessField.version)
    own.byte(0)
    own.littleEndian(record.process.start)
    own.littleEndian(record.group)
    option(OptionCode.customBytes, own.bytes)
    endOfOptions()
  }
}

/// The arguments with NULs between them, as in /proc/PID/cmdline without the last; whole arguments, as many as fit.
private func joined(_ arguments: [[UInt8]]) -> [UInt8] {
  var text: [UInt8] = []
  for (index, argument) in arguments.enumerated() {
    if text.count + argument.count + 1 > ProcessField.longestText { break }
    if index > 0 { text.append(0) }
    text.append(contentsOf: argument)
  }
  return text
}

extension RecordingReader {
  /// A custom block: a process, or nothing to us.
  mutating func customBlock(_ section: PcapngSection) -> Item? {
    guard recordLength >= 24, input.integer(UInt32.self, at: 8, swapped: section.swapped) == EnterpriseNumber.wireshark,
      input.integer(UInt32.self, at: 12, swapped: false) == EnterpriseNumber.wiresharkProcessInformation
    else { return nil }
    let length = Int(input.integer(UInt32.self, at: 16, swapped: false))
    guard length >= 4, length <= recordLength - 24 else {
      damagedRecords += 1
      return nil
    }
    let (process, damaged) = described(20..<20 + length)
    if damaged { damagedRecords += 1 }
    if processes.count < Limit.processes || processes[process.process] != nil {
      processes[process.process] = process
    } else {
      damagedRecords += 1
    }
    return .process(process)
  }

  private func described(_ range: Range<Int>) -> (ProcessRecord, damaged: Bool) {
    let entry = record.extracting(range)
    var found = ProcessRecord(process: ProcessID(pid: entry.littleEndian(UInt32.self, at: 0), start: 0))
    let bytes = entry.extracting(4..<entry.byteCount)
    var options = OptionList(bytes, swapped: false)
    while let (code, value) = options.next() {
      switch code {
      case OptionCode.pibName: found.command = bytes.copy(value)
      case OptionCode.pibPath: found.path = bytes.copy(value)
      case OptionCode.pibCommandLine:
        found.arguments = bytes.copy(value).split(separator: 0, omittingEmptySubsequences: false).map(Array.init)
      case OptionCode.pibParent: found.parent = bytes.value(UInt32.self, value, swapped: false) ?? 0
      case OptionCode.pibUser: found.user = bytes.value(UInt32.self, value, swapped: false) ?? 0
      case OptionCode.customBytes where value.count >= 20:
        let own = bytes.extracting(value)
        guard own.littleEndian(UInt32.self, at: 0) == EnterpriseNumber.culprit,
          own.byte(at: 4) == EnterpriseNumber.ownerMark[0], own.byte(at: 5) == EnterpriseNumber.ownerMark[1],
          own.byte(at: 6) == ProcessField.version
        else { continue }
        found.process.start = own.littleEndian(UInt64.self, at: 8)
        found.group = own.littleEndian(UInt32.self, at: 16)
      default: continue
      }
    }
    return (found, options.damaged)
  }
}
