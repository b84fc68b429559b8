import Answers
import BTF
import DSemantics
import DSyntax
import Glibc
import IR
import Probes
import Source

/// A request's D text as one program for one engine.
struct Compilation {
  let compiled: Compiled
  let script: Script
  /// For each piece how many probes its clauses matched.
  let matched: [Int]

  /// All pieces are one program: they share their variables, as dtrace's do.
  /// - Parameters:
  ///   - catalog: the probes there are, by the options of the request and of the text's pragmas.
  ///   - clauses: numbers of clauses that are left out.
  init(
    _ request: TraceRequest, catalog: (Options) -> Catalog, types: any KernelTypes, engine: Engine, target: UInt32?,
    without clauses: Set<Int> = []
  ) throws(TraceProblem) {
    let source = request.source
    let starts = request.starts
    var found = Diagnostics()
    var macros = MacroValues(
      arguments: [request.pieces.first { $0.isScript }?.label ?? request.program] + request.arguments,
      named: macroNumbers(target: target),
      defaultArguments: request.options.defaultArguments)
    macros.allowsUnusedArguments = true
    var script = parse(source, macros: macros, reporting: &found)
    script.leaveOut(clauses)
    func refused(_ found: Diagnostics) -> TraceProblem {
      guard request.program == "dtrace" else { return .badProgram(found.inOrder.map { $0.rendered(in: source) }) }
      let complaints = ComplaintsOfDTrace(request: request, source: source, script: script, starts: starts)
      return .badProgram(["dtrace: " + complaints.text(of: found)])
    }
    // dtrace stops at the first mistake; people are told the others too.
    let misread = found
    guard !found.hasErrors || request.program != "dtrace" else { throw refused(found) }
    let result = compile(
      script, catalog: catalog(script.options(from: request.options)), types: types, options: request.options,
      engine: engine, reporting: &found)
    if misread.hasErrors { throw refused(found.without(consequencesOf: misread, in: source)) }
    guard let result else { throw refused(found) }
    if engine == .host {
      checkInputs(result.program, reporting: &found)
      guard !found.hasErrors else { throw refused(found) }
    }
    compiled = result
    self.script = script
    var counts = [Int](repeating: 0, count: starts.count)
    for (clause, start) in zip(result.matchedByClause, script.clauseStarts) {
      let piece = starts.lastIndex { $0 <= start } ?? 0
      counts[piece] += clause
    }
    matched = counts
  }

  /// Refuses to run what may do harm without `-w`.
  func requirePermission() throws(TraceProblem) {
    if compiled.destructive != nil, !compiled.options.destructive {
      throw .input("could not enable tracing: Destructive actions not allowed")
    }
  }

  /// What dtrace says before a run: how many probes each piece matched, and that it may do harm.
  func announce(_ request: TraceRequest, _ note: (String) -> Void) {
    guard !compiled.options.quiet else { return }
    for (piece, count) in zip(request.pieces, matched) {
      note(
        "\(request.program): " + Listing.matched(piece.isScript ? .script : .description, piece.label, probes: count))
    }
    if compiled.options.destructive { note("\(request.program): allowing destructive actions") }
  }
}

extension TraceRequest {
  /// The text of all pieces: they are one program.
  var source: SourceText {
    var text = pieces.map { $0.text + "\n" }.joined()
    // The last piece ends where it ends: a comment or a control line that is not closed is told.
    if let last = pieces.last, last.isScript { text.removeLast() }
    let name = pieces.count == 1 ? pieces[0].isScript ? pieces[0].label : "-n" : "program"
    return SourceText(text, name: name)
  }

  /// Where each piece begins in that text, in bytes.
  fileprivate var starts: [Int] {
    var starts: [Int] = []
    var end = 0
    for piece in pieces {
      starts.append(end)
      end += piece.text.utf8.count + 1
    }
    return starts
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

  /// Where each clause begins, in bytes of the text.
  fileprivate var clauseStarts: [Int] {
    items.compactMap { if case .clause(let clause) = $0 { clause.range.start } else { nil } }
  }
}

/// The probes of a live run; packets' are there where an interface is captured from.
func liveCatalog(
  options: Options, interfaces: [String], types: TypeGraph?, processes: ProcessProbes? = nil
) -> Catalog {
  var catalog = catalog(options: options, interfaces: interfaces, types: types)
  catalog.processes = processes
  guard interfaces.isEmpty else { return catalog }
  catalog.only(
    { provider, _ in provider != "packet" }, reason: "packets come with --interface IF, or from a file with -r")
  return catalog
}

/// Every provider of a live or replayed run.
func catalog(options: Options, interfaces: [String], types: TypeGraph? = nil) -> Catalog {
  // What only the running kernel has comes last, so that the others' numbers do not depend on it.
  let running = types.map { eventProviders($0) } ?? []
  return Catalog(
    [
      dtraceProvider, profileProvider, syscallProvider(solaris: options.solaris), procProvider, socketProvider,
      fileProvider, schedProvider, ioProvider, lockstatProvider, ipProvider, tcpProvider, udpProvider,
      mibProvider, packetProvider(interfaces: interfaces),
    ] + running, translators: [processInfo, taskInfo, socketInfo] + packetTranslators + taskTranslators + ioTranslators
      + networkTranslators)
}

/// The probes that events, packets and recordings can fire, under the numbers they have live.
func hostCatalog(options: Options, interfaces: [String]) -> Catalog {
  var catalog = catalog(options: options, interfaces: interfaces)
  catalog.only(
    isHeld,
    reason:
      "recordings, and clauses that share something with one on packets, have syscall, proc, socket and file probes and ticks"
  )
  return catalog
}

/// Whether the events or packets of a run fire the probe.
private func isHeld(_ provider: String, _ probe: Probe) -> Bool {
  switch (provider, probe.site) {
  case ("profile", .tick), ("dtrace", _), ("syscall", _), ("file", _), ("packet", _): true
  case ("socket", _): probe.name != "setsockopt"
  case ("proc", _): ["create", "start", "exec-success", "exec-failure", "exit", "found"].contains(probe.name)
  default: false
  }
}

extension PrintOptions {
  /// What of D's options the printing obeys.
  init(_ options: Options, target: UInt32?) {
    self.init(dialect: options.solaris ? .solaris : .linux, quiet: options.quiet)
    flowIndent = options.flowIndent
    rawBytes = options.rawBytes
    printSize = options.printSize
    stackIndent = options.stackIndent
    sortByKey = options.sortByKey
    sortKeyPosition = options.sortKeyPosition
    sortPosition = options.sortPosition
    sortReversed = options.sortReversed
    self.target = target ?? 0
  }
}
