import Bytes
import Events

// Whose a packet is as Darwin's libpcap says it. In a pcapng (Apple's libpcap, pcap/pcap-ng.h), in the section's byte order:
//
//     process block     type 0x80000001: pid u32, options 2 (name), 3 (path) and 4 (UUID)
//     packet's options  0x8001 the process that the socket belongs to, 0x8003 the one it acts for: each u32, the number of the
//                       process block in its section, from 0 on
//
// With link type 258 (PKTAP) in the header of each frame, little-endian:
//
//      0  length u32, at least 108; kind of record u32 (1: a frame follows); the frame's link type u32
//     12  interface's name, 24 bytes
//     36  flags u32: bit 0 received, bit 1 sent; address family u32, lengths of link header and trailer u32 u32
//     52  pid u32, command, 20 bytes
//     76  service class u32, interface's type u16 and unit u16
//     84  pid u32 and command, 20 bytes, of the process that it acts for
//
// A pid of -1 is none, and 0 without a name either; kernel_task has 0.

extension RecordingReader {
  /// A process block; every one has its number, also when it is damaged.
  mutating func darwinProcess(_ section: PcapngSection) -> Item? {
    guard recordLength >= 16 else {
      damagedRecords += 1
      return nil
    }
    let (process, damaged) = described(section.swapped)
    if damaged { damagedRecords += 1 }
    guard darwinProcesses.count < Limit.processes else {
      damagedRecords += 1
      return nil
    }
    darwinProcesses.append(process)
    guard process.process.pid != Darwin.nobody, process.process.pid != 0 else { return nil }
    processes[process.process] = process
    return .process(process)
  }

  private func described(_ swapped: Bool) -> (ProcessRecord, damaged: Bool) {
    var found = ProcessRecord(
      process: ProcessID(pid: input.integer(UInt32.self, at: 8, swapped: swapped), start: 0))
    let bytes = record.extracting(12..<recordLength - 4)
    var options = OptionList(bytes, swapped: swapped)
    while let (code, value) = options.next() {
      switch code {
      case OptionCode.pibName: found.command = bytes.copy(value)
      case OptionCode.pibPath: found.path = bytes.copy(value)
      default: continue
      }
    }
    return (found, options.damaged)
  }

  /// The owner by the numbers of process blocks; nil when neither is one's.
  func darwinOwner(process: UInt32?, effective: UInt32?) -> Owner? {
    func named(_ number: UInt32?) -> ProcessRecord? {
      guard let number, darwinProcesses.indices.contains(Int(number)) else { return nil }
      return darwinProcesses[Int(number)]
    }
    return Owner(darwin: named(process), for: named(effective), reason: "darwin")
  }

  /// The owner in the packet's PKTAP header; nil when there is none.
  var pktapOwner: Owner? {
    guard let header = pktapHeader else { return nil }
    func process(at offset: Int) -> ProcessRecord {
      ProcessRecord(
        process: ProcessID(pid: header.littleEndian(UInt32.self, at: offset), start: 0),
        command: header.text(at: offset + 4, limit: 20))
    }
    return Owner(darwin: process(at: 52), for: process(at: 84), reason: "pktap")
  }

  /// Whether a frame with a PKTAP header came or went.
  var pktapDirection: Direction {
    guard let flags = pktapHeader?.littleEndian(UInt32.self, at: 36) else { return .unknown }
    return flags & 1 != 0 ? .inbound : flags & 2 != 0 ? .outbound : .unknown
  }

  private var pktapHeader: RawSpan? {
    @_lifetime(borrow self)
    get {
      let bytes = bytes
      guard bytes.byteCount >= 108, bytes.littleEndian(UInt32.self, at: 0) >= 108 else { return nil }
      return bytes
    }
  }
}

extension LinkType {
  /// LINKTYPE_PKTAP, and the number that is free for anybody's use and that Darwin's first ones have.
  var isPKTAP: Bool { number == 258 || number == 149 }
}

private enum Darwin {
  static let nobody = UInt32.max
}

extension Owner {
  /// `process` has the socket and acts for `effective`, where that is another.
  fileprivate init?(darwin process: ProcessRecord?, for effective: ProcessRecord?, reason: String) {
    func isSomebody(_ record: ProcessRecord?) -> ProcessRecord? {
      guard let record, record.process.pid != Darwin.nobody, record.process.pid != 0 || !record.command.isEmpty else {
        return nil
      }
      return record
    }
    let other = isSomebody(effective)
    guard let record = isSomebody(process) ?? other else { return nil }
    var reason = reason
    if let other, other.process.pid != record.process.pid {
      reason += ", for \(printable(other.command))[\(other.process.pid)]"
    }
    if record.process.pid == 0 {
      self.init(actor: nil, role: .kernel, confidence: .low, reason: reason)
    } else {
      self.init(actor: record.actor(thread: 0), role: .none, confidence: .low, reason: reason)
    }
  }
}
