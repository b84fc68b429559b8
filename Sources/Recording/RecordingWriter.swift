import Bytes
package import Events
package import Files
import Glibc
import Time

/// Writes a recording: a pcapng file with packets, their owners, processes and events, as `docs/recording.md`
/// describes. Wireshark, tcpdump, editcap and mergecap read it, and what they copy is still a recording.
///
/// Records are kept in the order in which they are given. System calls are collected into one block until something
/// else comes.
package struct RecordingWriter: ~Copyable {
  /// The link type of every interface.
  package let linkType: LinkType
  package private(set) var packetCount: UInt64 = 0

  private var output: BlockOutput
  private var interfaces: [(fullName: String, conversion: FrameConversion)] = []
  private var processes = ProcessTable()
  /// System calls that are not yet a block.
  private var calls = EventEncoder()
  private var firstCall: Event?
  private var encoder = EventEncoder()
  private var journalNames = JournalNames()
  /// An owner's option while it is being made.
  private var ownerValue = ByteWriter(capacity: 96)
  /// CLOCK_BOOTTIME's zero in nanoseconds since 1970.
  private let boot: Int64
  /// True when a row with a time has been written: Wireshark 4.0 takes the first row's time as the origin.
  private var begun = false

  /// System calls in a block: bytes of their encoding, a third more in base64.
  private static let batchSize = 24 << 10

  /// Makes or empties the file; `-` is standard output. `application` and `system` are the section header's.
  package init(
    path: String, linkType: LinkType, application: String = "culprit", system: String = kernelName()
  ) throws(RecordingError) {
    try self.init(Self.open(path), linkType: linkType, application: application, system: system)
  }

  private static func open(_ path: String) throws(RecordingError) -> FileStream {
    do throws(FileError) { return try .writing(path) } catch { throw .system(error, kept: 0) }
  }

  package init(
    _ file: consuming FileStream, linkType: LinkType, application: String = "culprit", system: String = kernelName()
  ) throws(RecordingError) {
    self.linkType = linkType
    boot = Clock.realtime.now - Clock.boottime.now
    var output = BlockOutput(file)
    let start = output.begin(BlockType.sectionHeader)
    output.writer.littleEndian(UInt32(0x1a2b_3c4d))
    output.writer.littleEndian(UInt16(1))
    output.writer.littleEndian(UInt16(0))
    // The length of the section is not known before its end.
    output.writer.littleEndian(Int64(-1))
    output.writer.option(OptionCode.shbSystem, system.utf8)
    output.writer.option(OptionCode.shbApplication, application.utf8)
    output.writer.endOfOptions()
    try output.end(start)
    self.output = output
  }

  /// Bytes in the file; what is collected comes to it with the next flush.
  package var written: Int64 { output.written }

  /// Bytes that the file will have with what is collected, system calls that are not yet a block apart.
  package var size: Int64 { output.written + Int64(output.writer.count) }

  /// Describes an interface of a network namespace; answers its index in the file. Its packets are given with the link
  /// type they have, and kept with the file's.
  package mutating func interface(
    namespace: String, name: String, linkType: LinkType, snapLength: Int = 0
  ) throws(RecordingError) -> Int {
    try finishCalls()
    guard let conversion = FrameConversion(from: linkType, to: self.linkType) else {
      throw .linkType(interface: name, has: linkType, file: self.linkType)
    }
    let start = output.begin(BlockType.interfaceDescription)
    output.writer.littleEndian(UInt16(truncatingIfNeeded: self.linkType.number))
    output.writer.littleEndian(UInt16(0))
    output.writer.littleEndian(UInt32(clamping: snapLength))
    output.writer.option(OptionCode.ifName, (namespace + "/" + name).utf8)
    output.writer.option(OptionCode.ifResolution, [9])
    output.writer.endOfOptions()
    try output.end(start)
    interfaces.append((namespace + "/" + name, conversion))
    return interfaces.count - 1
  }

  /// Appends a packet. `owner`: whose it is, or why that is not known; `id`: its `epb_packetid`; `comment`: for people.
  package mutating func packet(
    _ info: FrameInfo, _ bytes: RawSpan, owner: Owner? = nil, id: UInt64, comment: String? = nil
  ) throws(RecordingError) {
    try finishCalls()
    guard interfaces.indices.contains(info.interface) else { throw .unknownInterface(info.interface) }
    guard bytes.byteCount <= Limit.packet - (1 << 18) else { throw .tooLong(bytes.byteCount) }
    var late: ProcessRecord?
    if let actor = owner?.actor {
      let (record, isNew) = processes.use(actor)
      if isNew, begun { try process(record) } else if isNew { late = record }
    }
    try enhancedPacket(info, bytes, owner, id: id, comment)
    // After the first row rather than before it: a custom block has no time.
    if let late { try process(late) }
  }

  private mutating func enhancedPacket(
    _ info: FrameInfo, _ bytes: RawSpan, _ owner: Owner?, id: UInt64, _ comment: String?
  ) throws(RecordingError) {
    let (drop, header) = interfaces[info.interface].conversion.replace(bytes)
    let captured = bytes.byteCount - drop + header.count
    let start = output.begin(BlockType.enhancedPacket)
    let ticks = UInt64(bitPattern: max(0, info.time.nanoseconds))
    output.writer.littleEndian(UInt32(info.interface))
    output.writer.littleEndian(UInt32(truncatingIfNeeded: ticks >> 32))
    output.writer.littleEndian(UInt32(truncatingIfNeeded: ticks))
    output.writer.littleEndian(UInt32(captured))
    output.writer.littleEndian(UInt32(clamping: max(captured, info.wireLength - drop + header.count)))
    output.writer.append(header)
    output.writer.bytes.append(copying: bytes.extracting(drop..<bytes.byteCount))
    output.writer.pad(to: 4)
    if let comment { output.writer.option(OptionCode.comment, comment.utf8.prefix(4096)) }
    if info.direction != .unknown {
      output.writer.option(OptionCode.epbFlags, integer: UInt32(info.direction.rawValue))
    }
    output.writer.option(OptionCode.epbPacketID, integer: id)
    if let owner { ownerOptions(owner) }
    output.writer.endOfOptions()
    try output.end(start)
    begun = true
    packetCount += 1
  }

  private mutating func ownerOptions(_ owner: Owner) {
    if let actor = owner.actor {
      output.writer.littleEndian(OptionCode.epbProcessThread)
      output.writer.littleEndian(UInt16(8))
      output.writer.littleEndian(actor.process.pid)
      output.writer.littleEndian(actor.thread)
    }
    ownerValue.bytes.removeAll(keepingCapacity: true)
    ownerValue.littleEndian(EnterpriseNumber.culprit)
    ownerValue.owner(owner)
    output.writer.option(OptionCode.customBytes, ownerValue.bytes)
  }

  private mutating func process(_ record: ProcessRecord) throws(RecordingError) {
    var entry = ByteWriter(capacity: 256)
    entry.process(record, boot: boot)
    let start = output.begin(BlockType.custom)
    output.writer.littleEndian(EnterpriseNumber.wireshark)
    output.writer.littleEndian(EnterpriseNumber.wiresharkProcessInformation)
    output.writer.littleEndian(UInt32(entry.count))
    output.writer.append(entry.bytes)
    try output.end(start)
  }

  /// Appends an event. System calls wait for others of their kind until something else is written or flushed.
  package mutating func event(_ event: Event) throws(RecordingError) {
    if case .call = event.what {
      if firstCall == nil { firstCall = event }
      calls.append(event)
      if calls.bytes.count >= Self.batchSize { return try finishCalls() }
      return try flushIfDue()
    }
    try finishCalls()
    processes.learn(event)
    encoder.removeAll()
    encoder.append(event)
    try journal(event, encoder.bytes)
  }

  private mutating func finishCalls() throws(RecordingError) {
    try output.check()
    guard let first = firstCall else { return }
    firstCall = nil
    try journal(
      first, preface: calls.count == 1 ? "" : "\(calls.count) system call events, the first: ", calls.bytes)
    calls.removeAll()
  }

  private mutating func journal(_ first: Event, preface: String = "", _ batch: [UInt8], isCarried: Bool = false)
    throws(RecordingError)
  {
    guard batch.count < Limit.block / 2 else { throw .tooLong(batch.count) }
    let start = output.begin(BlockType.journal)
    output.writer.journal(
      first, preface: preface, program: processes[first.actor.process], &journalNames, isCarried: isCarried,
      batch: batch)
    try output.end(start)
    begun = true
  }

  /// Begins a file that goes on where `before` ends: it knows the processes that were told of there, and holds what was open then.
  package mutating func goOn(after before: borrowing RecordingWriter, with state: [Event]) throws(RecordingError) {
    processes = before.processes.unwritten
    for event in state {
      encoder.removeAll()
      encoder.append(event)
      try journal(event, encoder.bytes, isCarried: true)
    }
  }

  /// Writes what is collected. Call it when nothing came for a while; `flushIfDue` does so ten times a second.
  package mutating func flush() throws(RecordingError) {
    try finishCalls()
    try output.flush()
  }

  package mutating func flushIfDue() throws(RecordingError) {
    if output.isDue { try flush() }
  }

  /// Ends the recording: the interfaces' counters, and one loss event for each counter of each stage, those that are
  /// zero too, so that a reader knows they were watched. What interfaces and kernel dropped, by `statistics`, becomes
  /// loss events `NAMESPACE/NAME interface` and `NAMESPACE/NAME kernel`, because Wireshark 4.0's editcap leaves the
  /// interfaces' counters out; `losses` are those of the other stages.
  package mutating func finish(
    at time: Instant, statistics: [InterfaceStatistics] = [], losses: [(stage: String, count: UInt64)] = []
  ) throws(RecordingError) {
    var all: [(stage: String, count: UInt64)] = []
    for counters in statistics {
      guard interfaces.indices.contains(counters.interface) else { throw .unknownInterface(counters.interface) }
      let name = interfaces[counters.interface].fullName
      if let count = counters.interfaceDropped { all.append((name + " interface", count)) }
      if let count = counters.systemDropped { all.append((name + " kernel", count)) }
    }
    let nobody = Actor(process: ProcessID(pid: 0, start: 0))
    for loss in all + losses {
      try event(Event(time: time, actor: nobody, what: .loss(stage: loss.stage, count: loss.count)))
    }
    try finishCalls()
    for counters in statistics { try interfaceStatistics(counters) }
    try flush()
  }

  private mutating func interfaceStatistics(_ counters: InterfaceStatistics) throws(RecordingError) {
    let start = output.begin(BlockType.interfaceStatistics)
    let ticks = UInt64(bitPattern: max(0, counters.time.nanoseconds))
    output.writer.littleEndian(UInt32(counters.interface))
    output.writer.littleEndian(UInt32(truncatingIfNeeded: ticks >> 32))
    output.writer.littleEndian(UInt32(truncatingIfNeeded: ticks))
    if let count = counters.received { output.writer.option(OptionCode.isbReceived, integer: count) }
    if let count = counters.interfaceDropped { output.writer.option(OptionCode.isbDropped, integer: count) }
    if let count = counters.systemDropped { output.writer.option(OptionCode.isbSystemDropped, integer: count) }
    if let count = counters.delivered { output.writer.option(OptionCode.isbDelivered, integer: count) }
    output.writer.endOfOptions()
    try output.end(start)
  }
}
