import Answers
import BPFCode
import Bytes
import DSemantics
import Events
import IR

/// Records on their way to lines: kept until the batch is whole, put in the order of time, printed.
struct TraceOutput {
  private var printer: Printer
  private let program: IR.Program
  private let dialect: PrintOptions.Dialect
  private let name: String
  private let out: (RawSpan) -> Bool
  private let note: (String) -> Void
  private var batch: [(time: UInt64, bytes: [UInt8])] = []
  private var reported = [UInt64](repeating: 0, count: EmittedObject.Drop.allCases.count)
  private var isClosed = false
  private var ended = false
  /// Faults whose ERROR clauses are still to be fired.
  private var faults: [FaultReport] = []

  init(
    _ compiled: Compiled, _ request: TraceRequest, target: UInt32?, names: any AddressNaming,
    out: @escaping (RawSpan) -> Bool, note: @escaping (String) -> Void
  ) {
    program = compiled.program
    let options = PrintOptions(compiled.options, target: target)
    printer = Printer(compiled.program, options: options, names: names)
    dialect = options.dialect
    name = request.program
    self.out = out
    self.note = note
  }

  /// exit() was called, or nobody reads.
  var isOver: Bool { ended || isClosed }

  var exitStatus: Int32 { printer.exitStatus ?? 0 }

  /// END's own records are printed although exit() came before them.
  mutating func reopen() { ended = false }

  mutating func take(_ record: RawSpan) {
    guard record.byteCount >= RecordLayout.headerSize else { return }
    batch.append((record.littleEndian(UInt64.self, at: 8), record.copy(0..<record.byteCount)))
  }

  /// Prints the batch in the order of time, fires ERROR for what failed, and writes.
  mutating func flush(_ loaded: inout LoadedProgram) {
    print(&loaded)
    let failed = faults
    faults.removeAll()
    for fault in failed {
      note("\(name): \(fault.text(in: program, dialect: dialect))")
      guard loaded.has(.error) else { continue }
      try? loaded.fire(
        .error, [0, UInt64(fault.probe + 1), 1, UInt64(fault.offset ?? 0), UInt64(fault.fault.rawValue), fault.value])
    }
    if !failed.isEmpty {
      var more: [(UInt64, [UInt8])] = []
      loaded.drain { record in
        if record.byteCount >= RecordLayout.headerSize {
          more.append((record.littleEndian(UInt64.self, at: 8), record.copy(0..<record.byteCount)))
        }
      }
      batch.append(contentsOf: more.map { (time: $0.0, bytes: $0.1) })
      print(&loaded)
    }
    reportDrops(loaded)
    write()
  }

  /// A signal ended the run: what follows begins on a line of its own, after a terminal's `^C`.
  mutating func interrupt() { printer.startLine() }

  /// Prints what is left and the aggregations.
  mutating func finish(_ loaded: inout LoadedProgram) {
    flush(&loaded)
    var aggregations = loaded.aggregations
    printer.finish(aggregations: &aggregations)
    write()
  }

  private mutating func print(_ loaded: inout LoadedProgram) {
    guard !batch.isEmpty else { return }
    batch.sort { $0.time < $1.time }
    var aggregations = loaded.aggregations
    for entry in batch where !ended {
      let consumed = printer.consume(RawSpan(_elements: entry.bytes.span), aggregations: &aggregations)
      if case .fault(let report) = consumed { faults.append(report) }
      if printer.exitStatus != nil, !wasAsked { (ended, wasAsked) = (true, true) }
    }
    batch.removeAll(keepingCapacity: true)
  }
  private var wasAsked = false

  private mutating func write() {
    var closed = isClosed
    let (out, note, name) = (out, note, name)
    printer.drain { bytes in
      if !closed, !out(bytes) { closed = true }
    } perform: { effect in
      switch effect {
      case .system, .reopen: note("\(name): this action is not implemented")
      }
    }
    isClosed = closed
  }

  /// Drops since the last report, per CPU where dtrace names the CPU.
  private mutating func reportDrops(_ loaded: borrowing LoadedProgram) {
    let now = loaded.drops
    for kind in EmittedObject.Drop.allCases where now[kind.rawValue] > reported[kind.rawValue] {
      let count = now[kind.rawValue] - reported[kind.rawValue]
      switch kind {
      case .principal: note("\(name): " + Drop.principal.text(count, cpu: 0))
      case .aggregation: note("\(name): " + Drop.aggregation.text(count, cpu: 0))
      case .dynamic: note("\(name): " + Drop.dynamic.text(count))
      case .nesting: note("\(name): \(count) firings were dropped because they interrupted four others on their CPU")
      }
    }
    reported = now
  }
}
