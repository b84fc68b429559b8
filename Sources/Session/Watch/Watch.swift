import Correlation
import Dissection
import Events
import Probes
import Recording
package import Rules

/// Rules over a stream, live or recorded: an observer that tells findings.
struct Watch: Observer {
  private var rules: [RuleRun] = []
  private var gathering = Gathering()
  private var programs: [ProcessID: (path: [UInt8], arguments: [[UInt8]])] = [:]
  private var events: UInt64 = 0
  private let tell: (Finding) -> Void
  /// Findings that were told, by their rule's severity.
  private(set) var told = [Int](repeating: 0, count: Rule.Severity.allCases.count)

  private static let mostPrograms = 1 << 16

  /// - Parameters:
  ///   - interfaces: by which names packets' probes can be asked for; the empty one stands for all others.
  ///   - tell: called with each finding when it is found and, when others like it followed, once more with their number.
  init(
    _ packs: [RulePack], _ settings: RuleSettings = RuleSettings(), interfaces: [String],
    tell: @escaping (Finding) -> Void
  ) throws(TraceProblem) {
    self.tell = tell
    for rule in packs.lazy.flatMap(\.rules) where rule.status != .deprecated && settings[rule].isEnabled {
      rules.append(try RuleRun(rule, settings[rule], interfaces: interfaces))
    }
  }

  /// What rules had no room for, by rule; those that lost nothing are left out.
  var losses: [(rule: String, count: UInt64)] {
    rules.map { ($0.rule.id, $0.losses) }.filter { $0.1 > 0 }
  }

  // MARK: Observer

  mutating func begin(at time: Instant) {
    for index in rules.indices { rules[index].begin(at: time) }
  }

  mutating func add(_ interface: RecordedInterface, at index: Int) {
    for rule in rules.indices { rules[rule].add(interface.name, at: index) }
  }

  mutating func learn(_ process: ProcessRecord) {
    for index in rules.indices { rules[index].learn(process) }
    if programs.count < Self.mostPrograms {
      programs[process.process] = (programs[process.process]?.path ?? [], process.arguments)
    }
  }

  mutating func take(_ item: Timeline.Item, _ bytes: RawSpan) {
    if case .event(let event) = item {
      events &+= 1
      learn(event)
    }
    for index in rules.indices {
      for sentence in rules[index].take(item, bytes) { found(sentence, index, item) }
    }
  }

  mutating func pause(at time: Instant) {
    for index in rules.indices {
      for sentence in rules[index].advance(to: time) { found(sentence, index, at: time) }
    }
  }

  /// The run is over at `time`.
  mutating func finish(at time: Instant) {
    for index in rules.indices {
      for sentence in rules[index].end(at: time) { found(sentence, index, at: time) }
    }
    for finding in gathering.finish() { tell(finding) }
  }

  private mutating func learn(_ event: Event) {
    switch event.what {
    case .process(.exec(let path, let arguments)), .process(.found(let path, let arguments)):
      if programs.count < Self.mostPrograms || programs[event.actor.process] != nil {
        programs[event.actor.process] = (path, arguments)
      }
    case .state(let state):
      if programs.count < Self.mostPrograms || programs[event.actor.process] != nil {
        programs[event.actor.process] = (state.path, state.arguments)
      }
    case .process(.create(let child)):
      if programs.count < Self.mostPrograms { programs[child] = programs[event.actor.process] }
    case .process(.exit): programs[event.actor.process] = nil
    default: break
    }
  }

  private mutating func found(_ sentence: String, _ rule: Int, at time: Instant) {
    add(Finding(rule: rules[rule].rule, sentence: sentence, at: time, evidence: .event(events)), rule)
  }

  private mutating func found(_ sentence: String, _ rule: Int, _ item: Timeline.Item) {
    var finding: Finding
    switch item {
    case .event(let event):
      finding = Finding(rule: rules[rule].rule, sentence: sentence, at: event.time, evidence: .event(events))
      finding.actor = event.actor
      if case .socket(let what) = event.what, what.family == 2 || what.family == 10 {
        let remote = what.remote == .none ? what.destination : what.remote
        finding.flow = FlowKey(source: what.local, destination: remote, proto: UInt8(truncatingIfNeeded: what.proto))
      }
    case .packet(let packet, let owner):
      finding = Finding(
        rule: rules[rule].rule, sentence: sentence, at: packet.info.time, evidence: .packet(packet.tag))
      finding.actor = owner.actor
      finding.owner = owner
      if let key = packet.layers.flowKey {
        let isInbound = packet.direction(owner) == .receive
        finding.flow = isInbound ? FlowKey(source: key.destination, destination: key.source, proto: key.proto) : key
      }
    }
    add(finding, rule)
  }

  private mutating func add(_ finding: Finding, _ rule: Int) {
    var finding = finding
    finding.parameters = rules[rule].parameters
    if let process = finding.actor?.process, let known = programs[process] {
      (finding.program, finding.arguments) = known
    }
    for one in gathering.take(finding) {
      if one.count == 1 { told[one.rule.severity.rank] += 1 }
      tell(one)
    }
  }
}

/// The rules over files.
/// - Returns: how it ended, and the rules that lost something.
package func watch(
  recording paths: [String], _ packs: [RulePack], _ settings: RuleSettings, tell: @escaping (Finding) -> Void,
  progress: (ObservationProgress) -> Void
) throws(TraceProblem) -> (end: ObservationEnd, told: Int, losses: [(rule: String, count: UInt64)]) {
  var replay = try Replay(paths)
  var watch = try Watch(packs, settings, interfaces: replay.interfaceNames, tell: tell)
  let end = try replay.run(&watch, progress: progress)
  watch.finish(at: end.time)
  return (end, watch.told.reduce(0, +), watch.losses)
}

/// The rules over this machine.
package func watch(
  live request: ObservationRequest, _ packs: [RulePack], _ settings: RuleSettings, tell: @escaping (Finding) -> Void,
  progress: (ObservationProgress) -> Void
) throws(TraceProblem) -> (end: ObservationEnd, told: Int, losses: [(rule: String, count: UInt64)]) {
  var watch = try Watch(packs, settings, interfaces: request.interfaces + [""], tell: tell)
  var observation = try Observation(request)
  let end = try observation.run(&watch, progress: progress)
  watch.finish(at: end.time)
  return (end, watch.told.reduce(0, +), watch.losses)
}
