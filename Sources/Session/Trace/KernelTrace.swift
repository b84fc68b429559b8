import Answers
import BTF
import DSemantics
import Events
import IR
import Kernel
import Symbols
import Time

/// A D program in the running kernel, from its first firing to its last line.
struct KernelTrace: ~Copyable {
  private var loaded: LoadedProgram
  private var output: TraceOutput
  private var records = KernelRecords()
  private var timers: [Timer] = []
  private var clocks: Clocks
  private let verbose: Bool

  /// Loads the program; no probe is on yet.
  init(
    _ compiled: Compiled, _ request: TraceRequest, types: TypeGraph, target: UInt32?,
    out: @escaping (RawSpan) -> Bool, note: @escaping (String) -> Void
  ) throws(TraceProblem) {
    let clocks = Clocks()
    loaded = try LoadedProgram(compiled.program, types: types, clock: clocks.current, source: request.source)
    output = TraceOutput(compiled, request, target: target, names: Symbolizer(), out: out, note: note)
    self.clocks = clocks
    verbose = request.verbose
  }

  /// Fires BEGIN and turns the probes on. Beyond this point every firing is seen or counted.
  mutating func begin() throws(TraceProblem) {
    try loaded.fire(.begin)
    try loaded.attach()
    // What is there already: `proc:::found`, `socket:::found`.
    try loaded.iterate()
    timers = loaded.ticks.map { Timer(period: $0) }
  }

  /// For a program that has another part, which prints too.
  mutating func share(_ header: SharedHeader) { output.header = header }

  /// exit() was called, or nobody reads.
  var isOver: Bool { output.isOver }

  /// What exit() was given, or 0.
  var exitStatus: Int32 { output.exitStatus }

  /// For `poll`: readable while records wait.
  var descriptor: CInt { loaded.descriptor }

  /// Milliseconds until the next call of `pass` is due, whether records wait or not.
  var patience: Int { max(0, min(timers.map(\.milliseconds).min() ?? 200, 200)) }

  /// Prints what waits, and fires the ticks that are due.
  mutating func pass() throws(TraceProblem) {
    records.pass(from: &loaded, to: &output)
    if output.isOver { return }
    for index in timers.indices where timers[index].isDue { try loaded.fire(.tick(period: timers[index].advance())) }
    _ = clocks.pairAgain()
  }

  /// Turns the probes off, prints what is left, fires END, and prints what was gathered.
  mutating func finish(wasInterrupted: Bool) throws(TraceProblem) {
    if wasInterrupted { output.interrupt() }
    loaded.detach()
    records.pass(from: &loaded, to: &output)
    output.reopen()
    try loaded.fire(.end)
    records.pass(from: &loaded, to: &output)
    var aggregations = loaded.aggregations
    output.finish(&aggregations)
    output.tell(postponed: loaded.postponed, verbose: verbose)
  }
}

/// When a tick probe fires next, on CLOCK_MONOTONIC.
private struct Timer {
  let period: UInt64
  private var due: Int64

  init(period: UInt64) {
    self.period = period
    due = Clock.monotonic.now &+ Int64(clamping: period)
  }

  var isDue: Bool { Clock.monotonic.now >= due }

  /// The wait until then, rounded up.
  var milliseconds: Int { Int(max(0, due &- Clock.monotonic.now &+ 999_999) / 1_000_000) }

  /// Sets the next time and gives the period; a time that was missed altogether is not made up for.
  mutating func advance() -> UInt64 {
    let step = Int64(clamping: period)
    due &+= step
    if due <= Clock.monotonic.now { due = Clock.monotonic.now &+ step }
    return period
  }
}
