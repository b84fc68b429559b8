import Correlation
import DSemantics
import Events
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
  private var program: HostProgram
  private var sink: FindingSink

  /// Compiles it; the complaints of a rule that does not compile are those of its D text.
  init(_ rule: Rule, _ setting: RuleSettings.Setting, interfaces: [String]) throws(TraceProblem) {
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
  }

  /// Whether it is this rule, set like this.
  func isOf(_ rule: Rule, _ setting: RuleSettings.Setting) -> Bool { source == rule && self.setting == setting }

  /// Clauses that were ended by a fault, records that did not fit, variables for which there was no room.
  var losses: UInt64 {
    let drops = program.machine.drops
    return sink.faults &+ drops.aggregations &+ drops.dynamicVariables &+ drops.speculations
  }

  /// Whether it asks for what packets say.
  var hearsMessages: Bool { program.hearsMessages }

  mutating func begin(at time: Instant) { program.begin(at: time, into: &sink) }
  mutating func add(_ interface: String, at index: Int) { program.add(interface, at: index) }
  mutating func learn(_ process: ProcessID, arguments: [[UInt8]]) { program.learn(process, arguments: arguments) }

  /// - Returns: what the rule says of it, one sentence a finding.
  /// - Parameter said: what the packet says.
  mutating func take(_ item: Timeline.Item, _ said: MessageReader.Said?) -> [String] {
    program.take(item, saying: said, into: &sink)
    return sink.isEmpty ? [] : sink.takeSentences()
  }

  mutating func advance(to time: Instant) -> [String] {
    program.advance(to: time, into: &sink)
    return sink.isEmpty ? [] : sink.takeSentences()
  }

  mutating func end(at time: Instant) -> [String] {
    program.end(at: time, into: &sink)
    return sink.takeSentences()
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
    target: nil)
  if let action = compilation.compiled.destructive {
    throw .badProgram(["\(rule.file): a rule cannot have \(action)()"])
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
