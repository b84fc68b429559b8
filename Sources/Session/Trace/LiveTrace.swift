import BTF
import DSemantics
import Glibc
import IR
import Kernel
import Processes
import Time

/// Runs D programs on this machine, from their text to their last line: in the kernel, and what is about packets here.
/// - Parameters:
///   - out: what goes to standard output; false when nobody reads it any more.
///   - note: one line for standard error.
package func traceLive(
  _ request: TraceRequest, out: @escaping (RawSpan) -> Bool, note: @escaping (String) -> Void
) throws(TraceProblem) -> TraceEnd {
  // Commands wait until everything is in place.
  let targets = try Targets(request)
  let target = targets.first

  // Types first: offsets and tracepoints' arguments come from the running kernel.
  let types = try kernelTypes()
  let addresses = kernelAddresses(types)
  let awaited = targets.children.filter { !$0.isLoaded }.map { (UInt32($0.pid), $0.program) }
  let code = ProcessCode(awaited: Dictionary(uniqueKeysWithValues: awaited), program: request.program)
  func compiled(without clauses: Set<Int>) throws(TraceProblem) -> Compilation {
    try Compilation(
      request,
      catalog: {
        liveCatalog(options: $0, interfaces: request.interfaces, types: types, processes: code.probes)
      },
      types: BTFTypes(types, address: addresses),
      engine: .kernel, target: target, without: clauses)
  }
  let whole = try compiled(without: [])
  whole.tellTrees(note)
  if request.verbose { _ = out(RawSpan(_elements: whole.stability(request).span)) }
  let program = whole.compiled.program
  let clausesHere = program.clausesHere
  let announce = { whole.announce(request, note) }
  if !request.compileOnly { try whole.requirePermission(request, note) }
  func inKernel(_ compilation: Compilation) throws(TraceProblem) -> KernelTrace {
    try KernelTrace(
      compilation.compiled, request, source: compilation.source, types: types, target: target, out: out, note: note)
  }
  if whole.compiled.options.disassembles, clausesHere.isEmpty {
    for listing in programListings(try LoadedProgram.emitted(program, types), whole) { note(listing) }
  }
  if let cpu = whole.compiled.options.cpu, !CPUs.stay(on: cpu) { throw .input("there is no CPU \(cpu)") }
  if whole.compiled.options.debug { whole.tell(note) }
  try whole.writeTypes()
  guard !clausesHere.isEmpty else {
    guard whole.hasClauses else { throw whole.refusal(request, "no probes matched", note) }
    // An interface that nothing is asked of is there all the same.
    _ = try Captures(request.interfaces, filter: "")
    if request.compileOnly { return TraceEnd() }
    return try trace(try inKernel(whole), targets, announce)
  }

  // The rest of the program, if any is left, goes to the kernel.
  let all = Set(program.clauses.map(\.number))
  let host = try HostTrace(
    request, target: target, interfaces: request.interfaces,
    without: all.subtracting(clausesHere).subtracting(program.clausesOfFaults), out: out, note: note)
  let rest = all == clausesHere ? nil : try compiled(without: clausesHere)
  if request.compileOnly { return TraceEnd() }
  let kernel: KernelTrace? = if let rest { try inKernel(rest) } else { nil }
  var wanted = ObservationRequest()
  wanted.prefilter = host.packetFilter
  wanted.calls = host.calls
  if whole.compiled.options.debug, !wanted.prefilter.isEmpty { note("packets: " + wanted.prefilter) }
  return try trace(SplitTrace(here: host, inKernel: kernel, announce: announce), wanted, request, targets, note)
}

/// A program that runs in the kernel alone: records to lines, until somebody ends it.
private func trace(
  _ kernel: consuming KernelTrace, _ targets: Targets, _ announce: () -> Void
) throws(TraceProblem) -> TraceEnd {
  let waker = try interrupted()
  try kernel.begin()
  // Said when it is true: whoever reads it may rely on what comes next being seen.
  announce()
  kernel.notice(targets.living)
  targets.release()
  var wasInterrupted = false
  let begun = Clock.monotonic.now
  var noticed = begun
  while true {
    try kernel.pass()
    wasInterrupted = !kernel.isOver && !Interrupts.take().isEmpty
    if kernel.isOver || wasInterrupted { break }
    if targets.haveEnded { break }
    // A library may come while it runs.
    if Clock.monotonic.now &- noticed >= 1_000_000_000 {
      kernel.notice(targets.living)
      noticed = Clock.monotonic.now
    }
    _ = try? readable(kernel.descriptors + [waker.descriptor], within: kernel.patience)
    waker.reset()
  }
  // Whoever asks that the run's status is looked at less often than once a second has exit() noticed then.
  if kernel.isOver, kernel.statusRate > 1_000_000_000 {
    let elapsed = (Clock.monotonic.now &- begun) % kernel.statusRate
    _ = try? readable([waker.descriptor], within: Int((kernel.statusRate &- elapsed) / 1_000_000))
  }
  try kernel.finish(wasInterrupted: wasInterrupted)
  targets.terminate()
  return TraceEnd(exitStatus: kernel.exitStatus)
}

/// A program with clauses on packets, over what feeds and interfaces tell.
private func trace(
  _ split: consuming SplitTrace, _ wanted: ObservationRequest, _ request: TraceRequest, _ targets: Targets,
  _ note: (String) -> Void
) throws(TraceProblem) -> TraceEnd {
  var wanted = wanted
  wanted.interfaces = request.interfaces
  wanted.target = targets.pids.first
  var observation = try Observation(wanted, child: targets.children.first)
  for other in targets.children.dropFirst() { other.release() }
  let end = try observation.run(&split)
  var answer = try split.finish(end)
  if case .captureFailed = end.reason { answer.problem = problem(end) }
  tellLosses(of: end, request, note)
  return answer
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
