import Events
import Glibc
import Rules

/// What a live watch does with SIGHUP: its rules and exceptions are read again, and those that changed take the place of the old ones at once. With a mistake in
/// any of them all stay as they were.
package struct Reloading {
  package enum Outcome {
    /// The D text of a rule is wrong.
    case refused(TraceProblem)
    case taken(RuleChange)
  }

  /// Packs, settings and exceptions; nil when something is wrong with them, which was told.
  package let read: () -> WatchRequest?
  /// Hears what came of it.
  package let tell: (Outcome) -> Void

  package init(
    read: @escaping () -> WatchRequest?, tell: @escaping (Outcome) -> Void
  ) {
    self.read = read
    self.tell = tell
  }
}

/// What became of rules that were read again, by id.
package struct RuleChange: Sendable, Equatable {
  /// Neither text nor settings changed: they go on with what they know.
  package var kept: [String] = []
  /// New ones, and changed ones: they know nothing of what was before.
  package var begun: [String] = []
  /// Those that there are no more.
  package var ended: [String] = []
  /// Of `begun`, those about system calls that this run was not begun for.
  package var deaf: [String] = []
}

/// What of a run's end must be remembered over reloads.
struct Reloads {
  /// System calls and opened files that the run is told of.
  var calls: [CallFeed] = []
  /// Rules that found something before they were ended or begun anew, each once.
  private(set) var found: [Rule] = []
  /// What such rules had no room for.
  private(set) var losses: [(rule: String, count: UInt64)] = []
  /// Exceptions that there are no more, and which hid something.
  var exceptions: [RuleExceptions.Account] = []
  /// How often the rules were read anew, and how often that was refused.
  var taken: UInt64 = 0
  var refused: UInt64 = 0
  /// Why the silence of a rule that began later says nothing, by its id.
  var doubts: [String: String] = [:]

  mutating func end(_ run: RuleRun, hasFound: Bool) {
    if hasFound, !found.contains(where: { $0.id == run.rule.id }) { found.append(run.rule) }
    guard run.losses > 0 else { return }
    if let place = losses.firstIndex(where: { $0.rule == run.rule.id }) {
      losses[place].count &+= run.losses
    } else {
      losses.append((run.rule.id, run.losses))
    }
  }

  /// Whether the run is told of all that the feed would tell.
  func tell(_ call: CallFeed) -> Bool {
    calls.contains { told in
      guard told.moment == call.moment, told.predicate == nil || told.predicate == call.predicate else { return false }
      guard let names = told.names else { return true }
      return call.names.map { Set($0).isSubset(of: names) } ?? false
    }
  }
}

extension Watch {
  mutating func goesOn(after signal: Int32) -> Bool {
    guard signal == SIGHUP, let reloading else { return false }
    guard let request = reloading.read() else {
      reloads.refused &+= 1
      return true
    }
    do throws(TraceProblem) {
      let change = try replaceRules(by: request.packs.running, request.settings)
      replaceExceptions(by: request.exceptions)
      reloads.taken &+= 1
      reloading.tell(.taken(change))
    } catch {
      reloads.refused &+= 1
      reloading.tell(.refused(error))
    }
    return true
  }

  private mutating func replaceRules(
    by chosen: [Rule], _ settings: RuleSettings
  ) throws(TraceProblem) -> RuleChange {
    // Nothing ends before all is there that is to begin.
    var change = RuleChange()
    var next: [(run: RuleRun, was: Int?)] = []
    for rule in chosen where settings[rule].isEnabled {
      if let index = rules.firstIndex(where: { $0.isOf(rule, settings[rule]) }) {
        next.append((rules[index], index))
        change.kept.append(rule.id)
      } else {
        next.append((try RuleRun(rule, settings[rule], &histories, interfaces: interfaces), nil))
        change.begun.append(rule.id)
      }
    }

    // What was found is known by its rule's place.
    settleAll()
    // Those that go say what they have still to say.
    let kept = Set(next.compactMap(\.was))
    for index in rules.indices where !kept.contains(index) {
      for sentence in rules[index].end(at: now) { found(sentence, index, at: now) }
      reloads.end(rules[index], hasFound: hasFound[index])
      let id = rules[index].rule.id
      reloads.doubts[id] = nil
      if !change.begun.contains(id) { change.ended.append(id) }
    }

    settleAll()

    // Those that come know what the run knows: its interfaces and the programs.
    for index in next.indices where next[index].was == nil { begin(&next[index].run, &change) }
    hasFound = next.map { $0.was.map { hasFound[$0] } ?? false }
    rules = next.map(\.run)
    attention = Attention(rules)
    clock.forget()
    if reader == nil, rules.contains(where: \.hearsMessages) { reader = MessageReader() }
    return change
  }

  /// Exceptions that are as they were go on counting.
  private mutating func replaceExceptions(by next: RuleExceptions) {
    var next = next
    next.continues(exceptions)
    for account in exceptions.accounts where !next.accounts.contains(where: { $0.exception == account.exception }) {
      if account.count > 0 { reloads.exceptions.append(account) }
    }
    exceptions = next
  }

  private mutating func begin(_ run: inout RuleRun, _ change: inout RuleChange) {
    let id = run.rule.id
    reloads.doubts[id] = "it was begun by a reload, and what was before it does not know"
    if !run.calls.allSatisfy({ reloads.tell($0) }) {
      reloads.doubts[id] = "the run was not begun for the system calls that it is about"
      change.deaf.append(id)
    }
    run.begin(at: now)
    for (name, index) in added { run.add(name, at: index) }
    for (process, program) in programs {
      run.learn(process, path: program.path, arguments: program.arguments)
    }
  }
}
