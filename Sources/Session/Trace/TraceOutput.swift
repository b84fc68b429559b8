import Answers
import BPFCode
import Bytes
import DSemantics
import Events
import HostVM
import IR
import Processes

/// What the outputs of one program's parts have in common.
final class SharedHeader {
  /// The line that explains the columns has been printed.
  var isPrinted = false
}

/// A program's records to lines, whichever engine made them.
struct TraceOutput: RecordSink {
  /// Shared with the program's other part, where it has two.
  var header: SharedHeader?
  private var printer: Printer
  private let program: IR.Program
  private let namesUserCode: Bool
  private let dialect: PrintOptions.Dialect
  let name: String
  private let silentFaults: Bool
  private let out: (RawSpan) -> Bool
  private let note: (String) -> Void
  private let destination: OutputFile
  private let tagsDrops: Bool
  /// As much of a packet as a capture file holds.
  private let packetSize: Int
  /// With `bufpolicy=ring` and `fill`, what is printed when the run is over.
  private var held: HeldRecords?
  private var isClosed = false
  private var ended = false
  private var wasAsked = false

  init(
    _ compiled: Compiled, _ request: TraceRequest, target: UInt32?, names: any AddressNaming,
    out: @escaping (RawSpan) -> Bool, note: @escaping (String) -> Void
  ) {
    program = compiled.program
    var options = PrintOptions(compiled.options, target: target)
    options.testing = request.testing
    namesUserCode = compiled.program.namesUserCode
    printer = Printer(compiled.program, options: options, names: names)
    dialect = options.dialect
    silentFaults = compiled.options.silentFaults
    name = request.program
    tagsDrops = compiled.options.dropTags
    held = HeldRecords(compiled.options, compiled.program)
    packetSize = compiled.options.packetSize
    destination = OutputFile(standard: request.output)
    self.out = out
    self.note = note
  }

  /// exit() was called, or nobody reads.
  var isOver: Bool { ended || isClosed }

  var exitStatus: Int32 { printer.exitStatus ?? 0 }

  /// END's own records are printed although exit() came before them.
  mutating func reopen() { ended = false }

  /// Prints a record or holds it; what comes after exit() is left out.
  mutating func take(_ record: RawSpan, _ aggregations: inout some AggregationSource) {
    guard !ended else { return }
    guard held != nil, let place = printer.place(of: record) else { return put(record, &aggregations) }
    guard hold(record, clause: place.clause, cpu: place.cpu, &aggregations) else { return }
    hold(committed: printer.conclude(by: record, aggregations: &aggregations), by: place.cpu, &aggregations)
    if place.exits { release(&aggregations) }
  }

  /// Holds a record, and does what must not be lost with those that it pushes out.
  /// - Returns: whether there was room; otherwise the run is over.
  private mutating func hold(
    _ record: RawSpan, clause: Int, cpu: UInt32, isCommitted: Bool = false,
    _ aggregations: inout some AggregationSource
  ) -> Bool {
    if let pushedOut = held?.hold(record, clause: clause, cpu: cpu, isCommitted: isCommitted) {
      for bytes in pushedOut { printer.settle(RawSpan(_elements: bytes.span), aggregations: &aggregations) }
      return true
    }
    release(&aggregations)
    printer.settle(record, aggregations: &aggregations)
    (ended, wasAsked) = (true, true)
    return false
  }

  /// Records of a speculation come to stand where it was committed, as far as there is room.
  private mutating func hold(
    committed records: [[UInt8]], by cpu: UInt32?, _ aggregations: inout some AggregationSource
  ) {
    for bytes in records {
      let record = RawSpan(_elements: bytes.span)
      guard let place = printer.place(of: record, isCommitted: true) else { continue }
      guard hold(record, clause: place.clause, cpu: cpu ?? place.cpu, isCommitted: true, &aggregations) else { return }
    }
  }

  /// Prints what was held; from here on records are printed as they come. To be called before END fires.
  mutating func release(_ aggregations: inout some AggregationSource) {
    guard var held else { return }
    self.held = nil
    for record in held.release() {
      if record.isCommitted {
        replay(record.bytes, &aggregations)
      } else {
        put(RawSpan(_elements: record.bytes.span), &aggregations)
      }
    }
  }

  private mutating func replay(_ record: [UInt8], _ aggregations: inout some AggregationSource) {
    if let header { printer.hasHeader = header.isPrinted }
    defer { header?.isPrinted = printer.hasHeader }
    printer.replay(record, aggregations: &aggregations)
  }

  private mutating func put(_ record: RawSpan, _ aggregations: inout some AggregationSource) {
    if let header { printer.hasHeader = header.isPrinted }
    defer { header?.isPrinted = printer.hasHeader }
    if case .fault(let report) = printer.consume(record, aggregations: &aggregations) {
      if !silentFaults { say(report.text(in: program, dialect: dialect)) }
    }
    if printer.exitStatus != nil, !wasAsked { (ended, wasAsked) = (true, true) }
  }

  mutating func conclude(
    _ speculations: [(ticket: UInt64, commits: Bool)], _ aggregations: inout some AggregationSource
  ) {
    guard !ended else { return }
    let committed = printer.conclude(lost: speculations, aggregations: &aggregations)
    if held != nil { return hold(committed: committed, by: nil, &aggregations) }
    for record in committed { replay(record, &aggregations) }
  }

  /// Looks at a process while it is there, if anything of it is printed that is named by its code.
  mutating func notice(_ pid: UInt32) {
    if namesUserCode { printer.notice(pid) }
  }

  /// A signal ended the run: what follows begins on a line of its own, after a terminal's `^C`.
  mutating func interrupt() { printer.startLine() }

  /// Prints the aggregations that no printa() has printed.
  mutating func finish(_ aggregations: inout some AggregationSource) {
    printer.finish(aggregations: &aggregations)
    write()
  }

  /// Writes what was printed.
  mutating func write() {
    var closed = isClosed
    let (out, note, name, destination, snapLength) = (out, note, name, destination, packetSize)
    printer.drain { bytes in
      if closed { return }
      if !(destination.write(bytes) ?? out(bytes)) { closed = true }
    } perform: { effect in
      let complaint: String?
      switch effect.what {
      case .system(let command): complaint = runShell(command)
      case .finding(let sentence):
        let line = sentence + [UInt8(ascii: "\n")]
        if !closed, !(destination.write(RawSpan(_elements: line.span)) ?? out(RawSpan(_elements: line.span))) {
          closed = true
        }
        complaint = nil
      case .reopen(let path): complaint = destination.reopen(path)
      case .truncate: complaint = destination.truncate()
      case .packet(let packet):
        complaint = destination.write(packet, snapLength: snapLength) {
          if !closed, !out($0) { closed = true }
        }
      case .complain(let text): complaint = text
      }
      if let complaint { note("\(name): \(effect.origin): \(complaint)") }
    }
    isClosed = closed
  }

  /// What became of firings whose reads had to wait for their system calls' return.
  func tell(postponed: UInt64, verbose: Bool) {
    func firings(_ count: UInt64) -> String { count == 1 ? "1 firing was" : "\(count) firings were" }
    if postponed > 0 {
      say(
        "\(firings(postponed)) lost: a string was not in memory, and the system call had not returned when tracing ended"
      )
    }
    if verbose, printer.resumed > 0 {
      say(
        "\(firings(printer.resumed)) taken up again at the system call's return, to read what was not in memory before")
    }
  }

  /// Which places of processes' code have no probe, although the program asks for one.
  func tell(refused places: [CodePlace]) {
    guard let first = places.first?.place else { return }
    let place = "\(first.path)+0x\(String(first.offset, radix: 16))"
    say(
      places.count == 1
        ? "1 place cannot have a probe, which the kernel refuses at its instruction: \(place)"
        : "\(places.count) places cannot have a probe, which the kernel refuses at their instructions: \(place) and others"
    )
  }

  /// What was lost, in dtrace's words.
  func say(_ drop: Drop, _ count: UInt64, cpu: UInt32? = nil) {
    say(drop.text(count, cpu: cpu, tagged: tagsDrops))
  }

  /// Dynamic variables for which there was no room, in dtrace's words; under another name also whose they were.
  /// - Parameter elements: how many of them were elements of each array.
  func say(dynamic count: UInt64, elements: [AssociativeArray.ID: UInt64]) {
    let arrays = program.arrays.enumerated().compactMap { id, array in
      (elements[id] ?? 0) == 0
        ? nil : (name: (array.perThread ? "self->" : "") + array.name + "[]", count: elements[id] ?? 0)
    }
    let others = count &- arrays.reduce(0) { $0 &+ $1.count }
    let parts = arrays + (others > 0 && others <= count ? [("self->", others)] : [])
    let named = name == "dtrace" ? "" : " (" + parts.map { "\($0.count) of \($0.name)" }.joined(separator: ", ") + ")"
    say(Drop.dynamic.text(count, tagged: tagsDrops) + named)
  }

  /// A line on standard error under the program's name.
  func say(_ line: String) { note("\(name): \(line)") }
}
