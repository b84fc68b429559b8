import Correlation
import Dissection
import Events
import Glibc
import Probes
import Recording
package import Rules
import Time

/// Rules over a stream, live or recorded: an observer that tells findings.
struct Watch: Observer {
  var rules: [RuleRun] = []
  private var gathering = Gathering()
  private(set) var programs: [ProcessID: (path: [UInt8], arguments: [[UInt8]])] = [:]
  private var events: UInt64 = 0
  private(set) var counts = WatchCounts()
  var clock: RuleClock
  /// Which rules are to be asked about what; made anew where rules change.
  var attention: Attention
  /// Who asks for the counts while the watch runs.
  var meter: WatchMeter?
  /// What packets say, read once for all rules.
  var reader: MessageReader?
  private var contents = StreamContents()
  /// The watcher itself, live: what it does to watch is nobody's doing.
  private let own: UInt32?
  private let tell: (Finding) -> Void
  /// Whether anybody takes findings still, asked after each.
  var isHeard: () -> Bool = { true }
  private var isUnheard = false
  /// By which names packets' probes can be asked for, and which interfaces there are.
  let interfaces: [String]
  private(set) var added: [(name: String, index: Int)] = []
  /// Everything before has been taken.
  private(set) var now = Instant(nanoseconds: 0)
  /// What reading the rules anew takes, in a live run, and what came of it.
  var reloading: Reloading?
  var reloads = Reloads()
  private let begun: (YoungHistories) -> Void
  /// Which of the rules have found something that no exception hides.
  var hasFound: [Bool]
  private var origins: Origins
  var exceptions: RuleExceptions
  private let tellsSuppressed: Bool
  /// What rules remember of this host.
  var histories: Histories
  /// What was found just now. Who a process is stands in the stream a moment after it is first heard of.
  private var pending: [(finding: Finding, rule: Int)] = []

  private static let mostPrograms = 1 << 16
  private static let mostPending = 1024
  /// Nanoseconds.
  private static let patience: Int64 = 200_000_000

  /// - Parameters:
  ///   - interfaces: by which names packets' probes can be asked for; the empty one stands for all others.
  ///   - own: the process that watches, live.
  ///   - exceptions: what a site does not want to hear of.
  ///   - histories: what rules remember of this host.
  ///   - tellsSuppressed: findings that an exception hides are told too, with its name.
  ///   - begun: called when all that happens from then on is seen, with what is not known from before.
  ///   - timing: of how many events and packets one is timed; a prime, since they often come in turn.
  ///   - tell: called with each finding when it is found and, when others like it followed, once more with their number.
  init(
    _ chosen: [Rule], _ settings: RuleSettings = RuleSettings(), _ exceptions: RuleExceptions = RuleExceptions(),
    _ histories: Histories = Histories(.nowhere), interfaces: [String], own: UInt32? = nil,
    tellsSuppressed: Bool = false, timing: Int = 61, begun: @escaping (YoungHistories) -> Void = { _ in },
    tell: @escaping (Finding) -> Void
  ) throws(TraceProblem) {
    self.tell = tell
    self.begun = begun
    clock = RuleClock(interval: timing)
    self.own = own
    self.interfaces = interfaces
    self.exceptions = exceptions
    self.tellsSuppressed = tellsSuppressed
    self.histories = histories
    origins = Origins(isLive: own != nil)
    for rule in chosen where settings[rule].isEnabled {
      rules.append(try RuleRun(rule, settings[rule], &self.histories, interfaces: interfaces))
    }
    hasFound = rules.map { _ in false }
    attention = Attention(rules)
    if rules.contains(where: \.hearsMessages) { reader = MessageReader() }
  }

  /// What rules had no room for, by rule; those that lost nothing are left out.
  var losses: [(rule: String, count: UInt64)] {
    reloads.losses + rules.map { ($0.rule.id, $0.losses) }.filter { $0.1 > 0 }
  }

  /// What a live run must be asked for of system calls and opened files.
  var calls: [CallFeed] { merged(rules.flatMap(\.calls)) }

  /// What a live run brings.
  mutating func expect(_ contents: StreamContents) { self.contents = contents }

  // MARK: Observer

  mutating func begin(at time: Instant) {
    now = time
    for index in rules.indices { rules[index].begin(at: time) }
    begun(young(at: time))
  }

  /// What is not known from before.
  private func young(at time: Instant) -> YoungHistories {
    YoungHistories(
      rules: rules.compactMap { run in run.youth(at: time).map { (run.rule.id, $0.days, $0.needed) } },
      problem: histories.problem)
  }

  mutating func add(_ interface: RecordedInterface, at index: Int) {
    contents.noteInterface()
    added.append((interface.name, index))
    for rule in rules.indices { rules[rule].add(interface.name, at: index) }
  }

  mutating func learn(_ process: ProcessRecord) {
    for index in rules.indices { rules[index].learn(process.process, path: process.path, arguments: process.arguments) }
    if programs.count < Self.mostPrograms {
      programs[process.process] = (programs[process.process]?.path ?? [], process.arguments)
    }
  }

  mutating func take(_ item: Timeline.Item, _ bytes: RawSpan) {
    if case .event(let event) = item {
      events &+= 1
      counts.events &+= 1
      if event.actor.process.pid == own { return }
      learn(event)
      origins.learn(event)
    } else if case .packet(_, let owner) = item {
      counts.packets &+= 1
      // What it sends to a collector would otherwise be found, and sent.
      if let own, owner.actor?.process.pid == own { return }
    }
    if !pending.isEmpty { settle(upTo: item.time) }
    contents.note(item)
    var said: MessageReader.Said?
    if reader != nil, case .packet(let packet, _) = item { said = reader?.read(packet, bytes) }
    var isPacket = false
    if case .packet = item { isPacket = true }
    let time = item.time
    let isTimed = clock.begins(isPacket: isPacket, rules: rules.count)
    for index in attention.listeners(item, at: time.nanoseconds) {
      let begun = isTimed ? Clock.monotonic.now : 0
      let sentences = rules[index].take(item, at: time, said)
      if isTimed { clock.add(index, Clock.monotonic.now &- begun, isPacket: isPacket) }
      for sentence in sentences { found(sentence, index, item) }
    }
    attention.asked(rules, at: time.nanoseconds)
  }

  mutating func pause(at time: Instant) {
    now = time
    for index in rules.indices {
      for sentence in rules[index].advance(to: time) { found(sentence, index, at: time) }
    }
    settle(upTo: time)
    leaveCounts()
    // A recording is remembered when all of it was read, or not at all.
    if own != nil { histories.saveInTime() }
  }

  var countsAlong: Bool { meter != nil }
  mutating func count(_ counters: StageCounters) {
    counts.losses = counters.losses
    counts.statistics = counters.statistics
  }

  private func leaveCounts() {
    guard let meter else { return }
    var counts = counts
    counts.rules = rules.count
    for (index, rule) in rules.enumerated() { counts.ruleSeconds[rule.rule.id, default: 0] += clock.seconds(index) }
    for (rule, count) in losses { counts.ruleLosses[rule, default: 0] &+= count }
    for account in reloads.exceptions + exceptions.accounts {
      for (rule, count) in account.hidden {
        counts.suppressed[.init(rule: rule, exception: account.exception.name), default: 0] &+= count
      }
    }
    (counts.reloads, counts.refusedReloads) = (reloads.taken, reloads.refused)
    for (name, index) in added { counts.interfaces[index] = name }
    for run in rules { counts.histories[run.rule.id] = run.extent(at: now) }
    counts.unsavedHistories = histories.failures
    meter.leave(counts)
  }

  /// The run is over.
  /// - Parameter isOpen: it had no end of its own.
  mutating func finish(_ end: ObservationEnd, isOpen: Bool = false) -> WatchEnd {
    for index in rules.indices {
      for sentence in rules[index].end(at: end.time) { found(sentence, index, at: end.time) }
    }
    settleAll()
    for finding in gathering.finish() { tell(finding) }
    // Of a recording that was read in part what is remembered would be there twice the next time.
    if own != nil || end.reason == .fileEnded { histories.save() }
    var result = WatchEnd(
      end: end, answers: answers(end.doubt(isOpen: isOpen)), losses: losses,
      exceptions: reloads.exceptions + exceptions.accounts)
    result.histories = young(at: now)
    return result
  }

  /// - Parameter doubt: why it is not known that all was seen.
  private func answers(_ doubt: String?) -> [(rule: Rule, answer: RuleAnswer)] {
    reloads.found.map { ($0, .found) }
      + zip(rules, hasFound).map { run, hasFound in
        let rule = run.rule
        if hasFound { return (rule, .found) }
        if let need = contents.missing(rule.needs) {
          return (rule, .cannotTell("there is no \(need.rawValue) in what was watched"))
        }
        if let why = reloads.doubts[rule.id] { return (rule, .cannotTell(why)) }
        if rule.needsAll, let doubt { return (rule, .cannotTell(doubt)) }
        if run.losses > 0 { return (rule, .cannotTell("it had no room for \(run.losses) of what it counts")) }
        if let (days, needed) = run.youth(at: now) {
          return (rule, .cannotTell("of the \(needed) days of history that it needs there are \(days)"))
        }
        return (rule, .nothing)
      }
  }

  private mutating func learn(_ event: Event) {
    switch event.what {
    case .process(.exec(let path, let arguments, _)), .process(.found(let path, let arguments)):
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

  mutating func found(_ sentence: String, _ rule: Int, at time: Instant) {
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
    know(&finding)
    pending.append((finding, rule))
    guard pending.count >= Self.mostPending else { return }
    for one in pending.prefix(Self.mostPending / 2) { settle(one) }
    pending.removeFirst(Self.mostPending / 2)
  }

  /// What is known now of the process.
  private mutating func know(_ finding: inout Finding) {
    guard let process = finding.actor?.process, !origins.hasChanged(process, since: finding.first) else { return }
    if let known = programs[process] { (finding.program, finding.arguments) = known }
    if finding.origin.digest.isEmpty { finding.origin = origins.origin(of: process) }
  }

  /// Settles what was found long enough before.
  private mutating func settle(upTo time: Instant) {
    guard let first = pending.first, first.finding.last.nanoseconds <= time.nanoseconds &- Self.patience else { return }
    let count = pending.prefix { $0.finding.last.nanoseconds <= time.nanoseconds &- Self.patience }.count
    for one in pending.prefix(count) { settle(one) }
    pending.removeFirst(count)
  }

  mutating func settleAll() {
    for one in pending { settle(one) }
    pending.removeAll()
  }

  private mutating func settle(_ one: (finding: Finding, rule: Int)) {
    var finding = one.finding
    know(&finding)
    if own != nil, let process = finding.actor?.process, origins.hasChanged(process, since: finding.first) {
      // An exception is for the program that did it, not for the one that it became.
      let container = finding.origin.container
      finding.origin = FindingOrigin()
      finding.origin.container = container
    } else if !finding.origin.program.isEmpty {
      finding.program = finding.origin.program
    }
    finding.suppressedBy = exceptions.hide(finding, at: Instant(nanoseconds: Clock.realtime.now))
    if finding.suppressedBy != nil {
      guard tellsSuppressed else { return }
    } else {
      hasFound[one.rule] = true
    }
    for one in gathering.take(finding) {
      if one.count == 1, one.suppressedBy == nil {
        counts.findings[.init(rule: one.rule.id, severity: one.rule.severity), default: 0] &+= 1
      }
      tell(one)
      if !isHeard() { isUnheard = true }
    }
  }

  /// Nobody would hear of more.
  package var isDone: Bool { isUnheard }
}

/// What a run of rules goes by.
package struct WatchRequest: Sendable {
  package var packs: [RulePack]
  package var settings = RuleSettings()
  package var exceptions = RuleExceptions()
  /// Findings that an exception hides are told too, with its name.
  package var tellsSuppressed = false
  /// Where rules find again what they remembered.
  package var history = HistoryPlace.nowhere

  package init(_ packs: [RulePack]) { self.packs = packs }
}

/// The rules over files.
package func watch(
  recording paths: [String], _ request: WatchRequest, tell: @escaping (Finding) -> Void,
  isHeard: @escaping () -> Bool = { true }, progress: (ObservationProgress) -> Void
) throws(TraceProblem) -> WatchEnd {
  var replay = try Replay(paths)
  var watch = try Watch(
    request.packs.running, request.settings, request.exceptions, Histories(request.history),
    interfaces: replay.interfaceNames, tellsSuppressed: request.tellsSuppressed, tell: tell)
  watch.isHeard = isHeard
  let end = try replay.run(&watch, progress: progress)
  return watch.finish(end)
}

/// The rules over this machine.
/// - Parameters:
///   - reloading: what SIGHUP is for; without it the signal ends the run.
///   - meter: where its counts are left.
///   - begun: called when all that happens from then on is seen, with what is not known from before.
///   - isHeard: asked after each finding; the run ends when nobody takes them any more.
package func watch(
  live observed: ObservationRequest, _ request: WatchRequest, reloading: Reloading? = nil, meter: WatchMeter? = nil,
  begun: @escaping (YoungHistories) -> Void, tell: @escaping (Finding) -> Void,
  isHeard: @escaping () -> Bool = { true }, progress: (ObservationProgress) -> Void
) throws(TraceProblem) -> WatchEnd {
  var watch = try Watch(
    request.packs.running, request.settings, request.exceptions, Histories(request.history),
    interfaces: observed.interfaces + [""], own: UInt32(getpid()), tellsSuppressed: request.tellsSuppressed,
    begun: begun, tell: tell)
  var observed = observed
  if !watch.calls.isEmpty { observed.calls = watch.calls }
  watch.expect(StreamContents(observed))
  watch.isHeard = isHeard
  watch.reloading = reloading
  watch.meter = meter
  watch.reloads.calls = watch.calls + watch.rules.flatMap(\.calls)
  var observation = try Observation(observed)
  let end = try observation.run(&watch, progress: progress)
  return watch.finish(end, isOpen: observed.duration == nil)
}

extension [RulePack] {
  /// The rules that run: all but the deprecated.
  var running: [Rule] { flatMap(\.rules).filter { $0.status != .deprecated } }
}
