import Answers
import BTF
import DSemantics
import DSyntax
import Files
import Glibc
import IR
import Kernel
import Probes
import Source
import Time

/// A request's D text as one program for one engine.
struct Compilation {
  let compiled: Compiled
  let script: Script
  let source: SourceText
  /// For each piece how many probes its clauses matched.
  let matched: [Int]
  /// The piece that each clause stands in.
  let pieces: [Int]
  /// What `-x tree` asks for; empty otherwise.
  private let trees: String

  /// All pieces are one program: they share their variables, as dtrace's do.
  /// - Parameters:
  ///   - catalog: the probes there are, by the options of the request and of the text's pragmas.
  ///   - isRule: it may call what only rules have.
  ///   - clauses: numbers of clauses that are left out.
  init(
    _ request: TraceRequest, catalog: (Options) -> Catalog, types: any KernelTypes, engine: Engine, target: UInt32?,
    isRule: Bool = false, without clauses: Set<Int> = []
  ) throws(TraceProblem) {
    let reading = try Reading(request, target: target)
    source = reading.source
    var found = reading.misread
    var script = reading.script
    script.leaveOut(clauses)
    if let libraries = reading.withLibraryClauses {
      _ = compile(
        libraries, catalog: catalog(script.options(from: request.options)), types: types, options: request.options,
        engine: engine, reporting: &found)
      guard found.all.count == reading.misread.all.count else { throw reading.refused(found) }
    }
    let result = compile(
      script, catalog: catalog(script.options(from: request.options)), types: types, options: request.options,
      engine: engine, reporting: &found)
    // Who reads all complaints gets those of the parts that could be read, too.
    if reading.misread.hasErrors { throw reading.refused(found.without(consequencesOf: reading.misread, in: source)) }
    guard let result else { throw reading.refused(found) }
    if engine == .host { checkInputs(result.program, reporting: &found) }
    if !isRule { checkNoRule(result.program, reporting: &found) }
    guard !found.hasErrors else { throw reading.refused(found) }
    if let key = result.longestKey, key > result.options.tupleRegisters {
      throw .input(
        request.pieces.first?.refused("Insufficient tuple registers to generate code") ?? "Insufficient tuple registers"
      )
    }
    let wantsTrees = result.options.parseTrees != 0
    trees =
      wantsTrees ? parseTrees(script, catalog: result.catalog, types: types, options: result.options) : ""
    compiled = result
    self.script = script
    var counts = [Int](repeating: 0, count: request.pieces.count)
    for (count, written) in zip(result.matchedByClause, script.clauses) {
      if let piece = reading.piece(at: written.range.start) { counts[piece] += count }
    }
    matched = counts
    pieces = script.clauses.map { reading.piece(at: $0.range.start) ?? 0 }
  }

  /// Whether anything would run.
  var hasClauses: Bool { matched.contains { $0 > 0 } || compiled.options.zeroMatches }

  /// Why the program cannot be enabled although it compiles: it may do harm and has no `-w`, or `bufsize` has no room for one of
  /// its records, or `aggsize` none for a key.
  var enablingProblem: String? {
    if compiled.destructive != nil, !compiled.options.destructive { return "Destructive actions not allowed" }
    let elements = compiled.program.arrays.map(\.leastMemory).max() ?? 0
    if compiled.options.dynamicVariableSize < elements { return "Enabling exceeds size of buffer" }
    if compiled.program.aggregations.contains(where: { $0.limit == 0 }) { return "Enabling exceeds size of buffer" }
    let wanted = max(
      compiled.options.bufferSize, compiled.options.aggregationSize, compiled.options.dynamicVariableSize,
      compiled.options.speculationSize)
    // With `bufresize` as it is by default, what is too large is made smaller.
    if compiled.options.accepted["bufresize"] == "manual", wanted > Options.largestBuffer {
      return "Cannot allocate memory"
    }
    if compiled.options.bufferPolicy != .switching { return problemOfHolding }
    let largest = compiled.program.clauses.map(\.record.size).max() ?? 0
    // As much as a record takes in DTrace's own buffers: their headers, and the data.
    return compiled.options.bufferSize < 44 + max(16, largest - RecordLayout.headerSize)
      ? "Enabling exceeds size of buffer" : nil
  }

  /// With `bufpolicy=ring` and `fill`, `bufsize` is counted as DTrace counts it; a full buffer keeps room for END.
  private var problemOfHolding: String? {
    let (program, options) = (compiled.program, compiled.options)
    let size = { (clause: IR.Clause) in clause.record.principalSize(stringSize: options.stringSize) }
    let ends = program.clauses.filter { clause in clause.probes.contains { program.probes[$0].hook == .end } }
    if options.bufferPolicy == .fill, ends.map(size).reduce(0, +) > options.bufferSize {
      return "END enablings exceed size of principal buffer"
    }
    return program.clauses.contains { size($0) > options.bufferSize } ? "Enabling exceeds size of buffer" : nil
  }

  /// `-x tree`: the parse trees, a line at a time.
  func tellTrees(_ note: (String) -> Void) {
    for line in trees.split(separator: "\n") { note(String(line)) }
  }

  /// `-x debug`: what was made of the text, in the manner of DTrace's own lines, with the time in nanoseconds.
  func tell(_ note: (String) -> Void) {
    let now = UInt64(clamping: Clock.realtime.now)
    let program = compiled.program
    note("culprit DEBUG \(now): \(script.clauses.count) clauses on \(program.probes.count) probes")
    note("culprit DEBUG \(now): \(program.variables.count) variables, \(program.aggregations.count) aggregations")
    if let path = compiled.options.accepted["ctfpath"] {
      note("culprit DEBUG \(now): \(Self.whatBecomes(ofArchive: path))")
    }
  }

  /// `-x ctypes=FILE`, `-x dtypes=FILE`: the types of C and of D, in CTF.
  func writeTypes() throws(TraceProblem) {
    for (option, types) in [("ctypes", compiled.types.ctfOfC), ("dtypes", compiled.types.ctfOfD)] {
      guard let path = compiled.options.accepted[option] else { continue }
      do throws(FileError) {
        let file = try openAnew(path)
        defer { close(file) }
        guard Files.write(RawSpan(_elements: types.span), to: file) else {
          throw FileError(call: "write", path: path, code: EIO)
        }
      } catch {
        throw .input("failed to set -x \(option): \(error.reason)")
      }
    }
  }

  /// `-x ctfpath=FILE` names a CTF archive of the kernel's types, which are BTF's here.
  private static func whatBecomes(ofArchive path: String) -> String {
    // The magic number of ctf-api.h.
    let isArchive = (try? FileReader(path).read(at: 0, count: 8)) == [0xeb, 0x3e, 0x62, 0xd7, 0xa4, 0xf2, 0x47, 0x8b]
    return isArchive
      ? "CTF archive \(path) is not used: the kernel's types are BTF's"
      : "Cannot open CTF archive \(path): it is none, and the kernel's types are BTF's"
  }

  /// Refuses to run what cannot be enabled.
  func requirePermission(_ request: TraceRequest, _ note: (String) -> Void) throws(TraceProblem) {
    if let problem = enablingProblem { throw refusal(request, "could not enable tracing: \(problem)", note) }
  }

  /// What dtrace says before a run: how many probes each piece matched, and that it may do harm.
  func announce(_ request: TraceRequest, _ note: (String) -> Void) {
    announceMatches(request, note)
    guard !compiled.options.quiet else { return }
    if compiled.options.destructive { note("\(request.program): allowing destructive actions") }
  }

  private func announceMatches(_ request: TraceRequest, _ note: (String) -> Void) {
    guard !compiled.options.quiet else { return }
    for (piece, count) in zip(request.pieces, matched) {
      note(
        "\(request.program): " + Listing.matched(piece.isScript ? .script : .description, piece.label, probes: count))
    }
  }

  /// A program that compiles and is not run: what it matched has been said before.
  func refusal(_ request: TraceRequest, _ problem: String, _ note: (String) -> Void) -> TraceProblem {
    announceMatches(request, note)
    return .input(problem)
  }
}

extension Compiled {
  /// How many parts the longest key of an array or aggregation has.
  fileprivate var longestKey: Int? {
    (program.aggregations.map(\.key.count) + program.arrays.map(\.key.count)).max()
  }
}

/// `$pid`, `$uid`, `$target` and their like.
func macroNumbers(target: UInt32?) -> [String: Int64] {
  var numbers: [String: Int64] = [
    "pid": Int64(getpid()), "ppid": Int64(getppid()), "pgid": Int64(getpgrp()), "sid": Int64(getsid(0)),
    "uid": Int64(getuid()), "euid": Int64(geteuid()), "gid": Int64(getgid()), "egid": Int64(getegid()),
  ]
  numbers["target"] = Int64(target ?? 0)
  return numbers
}

extension Script {
  /// Leaves clauses out, by their numbers.
  fileprivate mutating func leaveOut(_ clauses: Set<Int>) {
    var number = -1
    items.removeAll { item in
      guard case .clause = item else { return false }
      number += 1
      return clauses.contains(number)
    }
  }

  /// The clauses in their order.
  var clauses: [DSyntax.Clause] { items.compactMap { if case .clause(let clause) = $0 { clause } else { nil } } }
}

/// The probes of a live run; packets' are there where an interface is captured from.
func liveCatalog(
  options: Options, interfaces: [String], types: TypeGraph?, processes: ProcessProbes? = nil
) -> Catalog {
  var catalog = catalog(options: options, interfaces: interfaces, types: types)
  catalog.processes = processes
  guard interfaces.isEmpty else { return catalog }
  catalog.only(
    { _, probe in
      switch probe.site {
      case .packet, .event: false
      default: true
      }
    }, reason: "packets, and what is looked for beside them, come with --interface IF, or from a file with -r")
  return catalog
}

/// What perf calls uprobes by (perf_event_open(2)).
private let uprobeUnit = readText("/sys/bus/event_source/devices/uprobe/type").flatMap { Int64($0) }

/// Every provider of a live or replayed run.
func catalog(options: Options, interfaces: [String], types: TypeGraph? = nil) -> Catalog {
  // What only the running kernel has comes last, so that the others' numbers do not depend on it.
  let running = types.map { eventProviders($0) } ?? []
  return Catalog(
    [
      dtraceProvider, profileProvider, syscallProvider(solaris: options.solaris), procProvider, socketProvider,
      fileProvider, schedProvider, ioProvider, lockstatProvider, ipProvider, tcpProvider, udpProvider,
      mibProvider, bpfProvider, uprobeProvider(unit: uprobeUnit), hostProvider, channelProvider,
      packetProvider(interfaces: interfaces),
    ] + applicationProviders(interfaces: interfaces)
      + [cpcProvider(hardware: types != nil && Counter.hardwareCounts)] + running,
    translators: [processInfo, taskInfo, socketInfo] + packetTranslators + messageTranslators + taskTranslators
      + ioTranslators + networkTranslators)
}

/// The probes that events, packets and recordings can fire, under the numbers they have live.
func hostCatalog(options: Options, interfaces: [String]) -> Catalog {
  var catalog = catalog(options: options, interfaces: interfaces)
  catalog.only(
    isHeld,
    reason:
      "recordings, and clauses that share something with one on packets, have syscall, proc, socket, file, bpf, uprobe and host probes and ticks"
  )
  return catalog
}

/// Whether the events or packets of a run fire the probe.
private func isHeld(_ provider: String, _ probe: Probe) -> Bool {
  switch (provider, probe.site) {
  case ("profile", .tick), ("dtrace", _), ("syscall", _), ("file", _), (_, .packet), ("bpf", _), ("host", _): true
  case ("uprobe", _): probe.name == "attach"
  // What a feed asks for and tells of as another event.
  case ("socket", _): !["setsockopt", "sent", "received", "arrived", "submitted", "closing"].contains(probe.name)
  case ("proc", _): ["create", "start", "exec-success", "exec-failure", "exit", "found"].contains(probe.name)
  default: false
  }
}
