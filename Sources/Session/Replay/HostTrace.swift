import Answers
package import Correlation
import DSemantics
package import Events
import HostVM
import IR
package import Recording

/// D text over events and packets, live or recorded, from its text to its last line: an observer that prints.
///
///     var trace = try HostTrace(request, target: nil, interfaces: names, out: …, note: …)
///     let end = try replay.run(&trace)
///     trace.finish(at: end.time)                         // END, then the aggregations that were not printed
///     trace.rows(of: "sent")                             // an aggregation as data
package struct HostTrace: Observer {
  /// How many probes each piece of the text matched.
  package let matched: [Int]
  private let compilation: Compilation
  private var program: HostProgram
  private var output: TraceOutput
  private var reported = Drops()

  /// Compiles the text; nothing runs yet.
  /// - Parameters:
  ///   - target: what `$target` means.
  ///   - interfaces: by which names packets' probes can be asked for; the empty one stands for all others.
  ///   - clauses: numbers of clauses of the text that are left out.
  ///   - out: what goes to standard output; false when nobody reads it any more.
  ///   - note: one line for standard error.
  package init(
    _ request: TraceRequest, target: UInt32?, interfaces: [String], without clauses: Set<Int> = [],
    out: @escaping (RawSpan) -> Bool,
    note: @escaping (String) -> Void
  ) throws(TraceProblem) {
    compilation = try Compilation(
      request, catalog: { hostCatalog(options: $0, interfaces: interfaces) }, types: NoKernelTypes(), engine: .host,
      target: target, without: clauses)
    if !request.compileOnly { try compilation.requirePermission(request, note) }
    matched = compilation.matched
    let frames = FrameNames()
    program = try HostProgram(compilation.compiled, frames: frames)
    output = TraceOutput(compilation.compiled, request, target: target, names: frames, out: out, note: note)
  }

  /// For a program that has another part, which prints too.
  mutating func share(_ header: SharedHeader) { output.header = header }

  /// Shows the parse trees that the text's options ask for.
  func tellTrees(_ note: (String) -> Void) { compilation.tellTrees(note) }

  /// Says how many probes each piece of the text matched, as dtrace does.
  func announce(_ request: TraceRequest, _ note: (String) -> Void) { compilation.announce(request, note) }

  /// The system calls and opened files that a live run must tell of for this text.
  package var calls: [CallFeed] { callFeeds(compilation.script, compilation.compiled) }

  /// libpcap's filter for the packets that the text's clauses may want; empty for all.
  package var packetFilter: String { Session.packetFilter(compilation.script, compilation.compiled.program) }

  // MARK: Observer

  /// exit() was called, or nobody reads.
  package var isDone: Bool { output.isOver }

  package mutating func begin(at time: Instant) { program.begin(at: time, into: &output) }

  package mutating func add(_ interface: RecordedInterface, at index: Int) { program.add(interface.name, at: index) }

  package mutating func learn(_ process: ProcessRecord) {
    program.learn(process.process, arguments: process.arguments)
  }

  package mutating func take(_ item: Timeline.Item, _ bytes: RawSpan) { program.take(item, bytes, into: &output) }

  package mutating func pause(at time: Instant) {
    program.advance(to: time, into: &output)
    reportDrops()
    output.write()
  }

  /// Fires END and prints what is left. The run is over at `time`.
  package mutating func finish(at time: Instant, wasInterrupted: Bool = false) {
    if wasInterrupted { output.interrupt() }
    program.release(&output)
    output.reopen()
    program.end(at: time, into: &output)
    reportDrops()
    if program.skippedTicks > 0 { output.say("the time of the stream jumps; ticks in between were left out") }
    if program.missingStacks > 0 {
      let what = program.missingStacks == 1 ? "1 stack was" : "\(program.missingStacks) stacks were"
      output.say("\(what) not told: of each kind of call a recording keeps the first few")
    }
    program.finish(&output)
  }

  // MARK: Answers

  /// What exit() was given, or 0.
  package var exitStatus: Int32 { output.exitStatus }

  /// The entries of an aggregation, by its name without the `@`; none when the text has no such aggregation.
  package func rows(of name: String) -> [AggregationRow] { program.rows(of: name) }

  /// Dropped aggregation keys and dynamic variables since the last report.
  private mutating func reportDrops() {
    let now = program.machine.drops
    func say(_ drop: Drop, _ count: KeyPath<Drops, UInt64>) {
      let lost = now[keyPath: count] - reported[keyPath: count]
      if lost > 0 { output.say(drop, lost, cpu: 0) }
    }
    say(.aggregation, \.aggregations)
    if now.dynamicVariables > reported.dynamicVariables {
      output.say(
        dynamic: now.dynamicVariables - reported.dynamicVariables,
        elements: now.elements.merging(reported.elements) { $0 - $1 })
    }
    say(.speculation, \.speculations)
    say(.speculationBusy, \.speculationsBusy)
    say(.speculationUnavailable, \.speculationsUnavailable)
    reported = now
  }
}
