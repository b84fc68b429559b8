import Answers
import BTF
import DSemantics
import Events
import IR
import Kernel
import Source
import Symbols
import Time

/// A D program in the running kernel, from its first firing to its last line.
struct KernelTrace: ~Copyable {
  private var loaded: LoadedProgram
  private var output: TraceOutput
  private var records = KernelRecords()
  private var clocks: Clocks
  private let verbose: Bool
  /// Nanoseconds between two looks at whether exit() was called (`statusrate`).
  let statusRate: Int64
  /// Nanoseconds that records wait, where more than a moment was asked for (`switchrate`), and when that is over.
  private let switchRate: Int64?
  private var nextSwitch: Int64 = 0

  /// Loads the program; no probe is on yet.
  init(
    _ compiled: Compiled, _ request: TraceRequest, source: SourceText, types: TypeGraph, target: UInt32?,
    out: @escaping (RawSpan) -> Bool, note: @escaping (String) -> Void
  ) throws(TraceProblem) {
    let clocks = Clocks()
    loaded = try LoadedProgram(
      compiled.program, types: types, clock: clocks.current, source: source,
      log: VerifierLog(compiled.options, note))
    loaded.aggregations.keepsCPUs = compiled.options.aggregationsPerCPU
    output = TraceOutput(
      compiled, request, target: target, names: Symbolizer(variables: compiled.kernelVariables), out: out, note: note)
    self.clocks = clocks
    verbose = request.verbose
    statusRate = Int64(clamping: compiled.options.statusRate)
    // At DTrace's own rate nothing waits at all: the ring wakes its reader.
    let rate = Int64(clamping: compiled.options.switchRate)
    switchRate = rate > 1_000_000_000 ? rate : nil
    nextSwitch = Clock.monotonic.now &+ rate
  }

  /// Fires BEGIN and turns the probes on. Beyond this point every firing is seen or counted.
  mutating func begin() throws(TraceProblem) {
    try loaded.fire(.begin)
    try loaded.attach()
    output.tell(refused: loaded.refusedPlaces)
    // What is there already: `proc:::found`, `socket:::found`.
    try loaded.iterate()
  }

  /// For a program that has another part, which prints too.
  mutating func share(_ header: SharedHeader) { output.header = header }

  /// Looks at processes that may be gone when their addresses are printed.
  mutating func notice(_ pids: [UInt32]) { for pid in pids { output.notice(pid) } }

  /// exit() was called, or nobody reads.
  var isOver: Bool { output.isOver }

  /// What exit() was given, or 0.
  var exitStatus: Int32 { output.exitStatus }

  /// For `poll`: readable while records wait that are to be read at once. Empty while some are held that will be printed soon: what
  /// comes meanwhile is printed with them, so that a reader of many records sleeps between its passes instead of being woken for each.
  var descriptors: [CInt] { switchRate != nil || records.areHeld ? [] : [loaded.descriptor] }

  /// Milliseconds until the next call of `pass` is due, whether records wait or not.
  var patience: Int { switchRate == nil && records.areHeld ? 2 : 200 }

  /// Prints what waits, and keeps the clocks together.
  mutating func pass() throws(TraceProblem) {
    if let switchRate {
      guard Clock.monotonic.now >= nextSwitch else { return }
      nextSwitch &+= switchRate
    }
    records.pass(from: &loaded, to: &output, isLast: false)
    if output.isOver { return }
    _ = clocks.pairAgain()
  }

  /// Turns the probes off, prints what is left, fires END, and prints what was gathered.
  mutating func finish(wasInterrupted: Bool) throws(TraceProblem) {
    if wasInterrupted { output.interrupt() }
    loaded.detach()
    records.pass(from: &loaded, to: &output, isLast: true)
    var aggregations = loaded.aggregations
    output.release(&aggregations)
    output.reopen()
    try loaded.fire(.end)
    records.pass(from: &loaded, to: &output, isLast: true)
    aggregations = loaded.aggregations
    output.finish(&aggregations)
    output.tell(postponed: loaded.postponed, verbose: verbose)
  }
}

extension VerifierLog {
  /// As dtrace(1) shows it: each line behind `BPF: `.
  fileprivate init(_ options: Options, _ note: @escaping (String) -> Void) {
    let size = options.verifierLogSize
    self.init(isWanted: options.tellsVerifierLog, size: size) { program, log in
      if let log {
        for line in log.split(separator: "\n") { note("BPF: \(line)") }
      } else {
        note(
          "\(program): the verifier's log is longer than \(size ?? Self.usualSize) bytes; -x bpflogsize=N makes room")
      }
    }
  }
}
