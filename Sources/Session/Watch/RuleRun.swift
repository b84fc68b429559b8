import Correlation
import DSemantics
import Events
import History
import HostVM
import IR
import Recording
package import Rules

/// A rule while it watches: its program over the stream.
struct RuleRun {
  /// The rule as it is told: of the severity that the site has set.
  let rule: Rule
  /// As it was read, and what the site set.
  private let source: Rule
  private let setting: RuleSettings.Setting
  let parameters: [(name: String, value: String)]
  /// System calls and opened files that it is about.
  let calls: [CallFeed]
  /// What it remembers of this host, if it needs that.
  private let history: RuleHistory?
  /// How far the history was told, in nanoseconds.
  private var watchedUpTo: Int64 = 0
  private static let pace: Int64 = 1_000_000_000
  private var program: HostProgram
  private var sink: FindingSink

  /// Compiles it; the complaints of a rule that does not compile are those of its D text.
  init(
    _ rule: Rule, _ setting: RuleSettings.Setting, _ histories: inout Histories, interfaces: [String]
  ) throws(TraceProblem) {
    var told = rule
    told.severity = setting.severity ?? rule.severity
    self.rule = told
    source = rule
    self.setting = setting
    parameters = rule.parameters.map {
      ($0.name, $0.kind.written(setting.parameters[$0.name] ?? $0.value))
    }
    let compilation = try compiled(rule, setting, interfaces: interfaces)
    calls = callFeeds(compilation.script, compilation.compiled)
    let frames = FrameNames()
    program = try HostProgram(compilation.compiled, frames: frames)
    sink = FindingSink(compilation.compiled, names: frames)
    history = try rule.neededHistory(setting.parameters).map { need throws(TraceProblem) in
      try histories.history(of: rule.id, need: need)
    }
    if let history { program.use(history) }
  }

  /// Whether it is this rule, set like this.
  func isOf(_ rule: Rule, _ setting: RuleSettings.Setting) -> Bool { source == rule && self.setting == setting }

  /// Clauses that were ended by a fault, records that did not fit, variables for which there was no room.
  var losses: UInt64 {
    let drops = program.machine.drops
    return sink.faults &+ drops.aggregations &+ drops.dynamicVariables &+ drops.speculations &+ (history?.lost ?? 0)
  }

  /// Of the days that its history must have, those that it has; nil when that is enough.
  func youth(at time: Instant) -> (days: Int, needed: Int)? {
    guard let history, !history.isOldEnough(at: time.nanoseconds) else { return nil }
    return (history.extent(at: time.nanoseconds).days, history.neededDays)
  }

  /// How much it remembers, if anything.
  func extent(at time: Instant) -> RuleHistory.Extent? { history?.extent(at: time.nanoseconds) }

  /// Whether it asks for what packets say.
  var hearsMessages: Bool { program.hearsMessages }

  // MARK: What it takes notice of; of anything else it need not be told.

  var heedsPackets: Bool { program.heedsPackets }
  func heeds(_ action: SocketEvent.Action) -> Bool { program.heeds(action) }

  /// When it has something to do by the clock, in nanoseconds since 1970.
  var nextDue: Int64 {
    history == nil
      ? program.nextTick : min(program.nextTick, watchedUpTo.addingReportingOverflow(Self.pace).partialValue)
  }

  mutating func begin(at time: Instant) {
    history?.begin(at: time.nanoseconds)
    watchedUpTo = time.nanoseconds
    program.begin(at: time, into: &sink)
  }

  mutating func add(_ interface: String, at index: Int) { program.add(interface, at: index) }

  mutating func learn(_ process: ProcessID, path: [UInt8], arguments: [[UInt8]]) {
    program.learn(process, arguments: arguments, executable: path)
  }

  /// Tells the history, once in a second of the stream.
  private mutating func watched(upTo time: Instant) {
    guard let history, time.nanoseconds.subtractingReportingOverflow(watchedUpTo).partialValue >= Self.pace else {
      return
    }
    watchedUpTo = time.nanoseconds
    history.watched(upTo: time.nanoseconds)
  }

  /// - Returns: what the rule says of it, one sentence a finding.
  /// - Parameters:
  ///   - time: the item's.
  ///   - said: what the packet says.
  mutating func take(_ item: Timeline.Item, at time: Instant, _ said: MessageReader.Said?) -> [String] {
    watched(upTo: time)
    program.take(item, at: time, saying: said, into: &sink)
    return sink.isEmpty ? [] : sentences(at: time)
  }

  mutating func advance(to time: Instant) -> [String] {
    watched(upTo: time)
    program.advance(to: time, into: &sink)
    return sink.isEmpty ? [] : sentences(at: time)
  }

  mutating func end(at time: Instant) -> [String] {
    watched(upTo: time)
    program.end(at: time, into: &sink)
    return sentences(at: time)
  }

  /// As long as its history is too young, what it finds is as little worth as its silence.
  private mutating func sentences(at time: Instant) -> [String] {
    let sentences = sink.takeSentences()
    return youth(at: time) == nil ? sentences : []
  }
}

/// A rule's text behind its parameters, as one program for the host.
private func compiled(
  _ rule: Rule, _ setting: RuleSettings.Setting, interfaces: [String]
) throws(TraceProblem) -> Compilation {
  var request = TraceRequest()
  request.pieces = [.init(isScript: true, label: rule.file, text: rule.program(setting.parameters))]
  let compilation = try Compilation(
    request, catalog: { hostCatalog(options: $0, interfaces: interfaces) }, types: NoKernelTypes(), engine: .host,
    target: nil, isRule: true)
  if let action = compilation.compiled.destructive {
    throw .badProgram(["\(rule.file): a rule cannot have \(action)()"])
  }
  let called = compilation.compiled.program.functionsOfRules
  if rule.history == nil, !called.isDisjoint(with: [.remember, .recall]) {
    throw .badProgram(["\(rule.file): it remembers, and its `needs` do not say how much `history`"])
  }
  if rule.history != nil, !called.contains(.remember) {
    throw .badProgram(["\(rule.file): it needs a history, and its program never says remember()"])
  }
  return compilation
}

/// What is wrong with a rule's D text; empty when it can run.
package func problems(of rule: Rule) -> [String] {
  do throws(TraceProblem) {
    let compilation = try compiled(rule, RuleSettings.Setting(), interfaces: [""])
    return compilation.compiled.program.finds ? [] : ["\(rule.file): its program never says finding()"]
  } catch {
    switch error {
    case .badProgram(let complaints): return complaints
    case .refused(let line), .fault(let line), .input(let line): return [line]
    }
  }
}
