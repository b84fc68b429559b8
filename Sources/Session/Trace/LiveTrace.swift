import Answers
import BTF
import DSemantics
import Events
import Glibc
import IR
import Kernel
import Processes
import Symbols
import Time

/// Runs D programs in the running kernel, from their text to their last line.
/// - Parameters:
///   - out: what goes to standard output; false when nobody reads it any more.
///   - note: one line for standard error.
package func traceLive(
  _ request: TraceRequest, out: @escaping (RawSpan) -> Bool, note: @escaping (String) -> Void
) throws(TraceProblem) -> TraceEnd {
  // The command waits at its gate until everything is in place.
  let child = try request.command.map { command throws(TraceProblem) in try startChild(command) }
  let target = child.map { UInt32($0.pid) } ?? request.target
  if request.command == nil, let pid = request.target { try requireProcess(pid) }

  // Types first: offsets and tracepoints' arguments come from the running kernel.
  let types = try kernelTypes()
  let compilation = try Compilation(
    request, catalog: { liveCatalog(options: $0, interfaces: request.interfaces) }, types: BTFTypes(types),
    engine: .kernel, target: target)
  if compilation.hasPackets {
    return try traceHere(request, target: target, child: child, out: out, note: note)
  }
  let compiled = compilation.compiled
  if request.compileOnly { return TraceEnd() }

  // Programs into the kernel. Beyond this point every firing is seen or counted.
  var clocks = Clocks()
  var loaded = try LoadedProgram(compiled.program, types: types, clock: clocks.current)
  let names = Symbolizer()
  var output = TraceOutput(compiled, request, target: target, names: names, out: out, note: note)
  var records = KernelRecords()
  let waker = try interrupted()
  try loaded.fire(.begin)
  try loaded.attach()
  // Said when it is true: whoever reads it may rely on what comes next being seen.
  compilation.announce(request, note)
  child?.release()

  // Records to lines, until somebody ends it.
  var timers = loaded.ticks.map { Timer(period: $0) }
  while !output.isOver {
    records.pass(from: &loaded, to: &output)
    if output.isOver { break }
    if !Interrupts.take().isEmpty {
      output.interrupt()
      break
    }
    if let child, child.status() != nil { break }
    if child == nil, let pid = request.target, kill(pid_t(pid), 0) != 0 { break }
    for index in timers.indices where timers[index].isDue { try loaded.fire(.tick(period: timers[index].advance())) }
    let next = timers.map(\.milliseconds).min() ?? 200
    _ = try? readable([loaded.descriptor, waker.descriptor], within: max(0, min(next, 200)))
    waker.reset()
    _ = clocks.pairAgain()
  }

  // No firing begins after this; END sees what is there, then what was gathered is printed.
  loaded.detach()
  records.pass(from: &loaded, to: &output)
  output.reopen()
  try loaded.fire(.end)
  records.pass(from: &loaded, to: &output)
  var aggregations = loaded.aggregations
  output.finish(&aggregations)
  output.tell(postponed: loaded.postponed, verbose: request.verbose)
  child?.terminate()
  return TraceEnd(exitStatus: output.exitStatus)
}

func startChild(_ command: String) throws(TraceProblem) -> Child {
  do {
    return try Child(command)
  } catch {
    throw .input("\(command): \(error.text)")
  }
}

func kernelTypes() throws(TraceProblem) -> TypeGraph {
  do {
    return try TypeGraph.ofKernel()
  } catch {
    throw .kernel(error)
  }
}

/// A waker that the usual signals wake.
func interrupted() throws(TraceProblem) -> Waker {
  do {
    let waker = try Waker()
    try Interrupts.watch([SIGINT, SIGTERM, SIGHUP], waking: waker)
    return waker
  } catch {
    throw .refused(error.text)
  }
}

/// When a tick probe fires next, on CLOCK_MONOTONIC.
struct Timer {
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
