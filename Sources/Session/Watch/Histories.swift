package import Events
package import History
import Rules
import Time

/// What the rules of a run remember of this host: each of those that need it has its own, out of one file and back into it.
struct Histories {
  /// Where histories are kept.
  private let place: HistoryPlace
  private var file: HistoryFile?
  private var wasOpened = false
  private var byRule: [(rule: String, history: RuleHistory)] = []
  /// Why there is no file, or what went wrong with it since.
  private(set) var problem: HistoryProblem?
  /// How often saving failed.
  private(set) var failures: UInt64 = 0
  private var saved = Clock.monotonic.now

  /// Nanoseconds after which a live run saves again.
  private static let period: Int64 = 10_000_000_000

  init(_ place: HistoryPlace) { self.place = place }

  /// The history of a rule, as it was left by the run before. The file is opened for the first rule that needs it.
  /// - Parameter need: nanoseconds.
  mutating func history(of rule: String, need: Int64) throws(TraceProblem) -> RuleHistory {
    let history = RuleHistory(need: need)
    if let index = byRule.firstIndex(where: { $0.rule == rule }) {
      if byRule[index].history.neededDays == history.neededDays { return byRule[index].history }
      history.continues(byRule[index].history)
      byRule[index].history = history
      return history
    }
    try open()
    if let file {
      do throws(HistoryProblem) { try file.load(rule, into: history) } catch { throw .input("\(error)") }
    }
    byRule.append((rule, history))
    return history
  }

  /// Has the rule know what a file says, to which nothing will be written.
  mutating func read(_ path: String, for rule: Rule, _ settings: RuleSettings) throws(TraceProblem) {
    guard let need = rule.neededHistory(settings[rule].parameters) else { return }
    let history = try history(of: rule.id, need: need)
    do throws(HistoryProblem) {
      try HistoryFile(reading: path).load(rule.id, into: history)
    } catch { throw .input("\(error)") }
  }

  /// Has the test's rule remember what happened before its recording: what it learns from another one, as often as the test says.
  mutating func precede(_ test: RuleTest, _ settings: RuleSettings, at time: Instant) throws(TraceProblem) {
    guard let past = test.expectation.past,
      let need = test.rule.neededHistory(settings[test.rule].parameters)
    else { return }
    var learned = Histories(.nowhere)
    if let recording = test.pastRecording {
      let other = try learned.history(of: test.rule.id, need: need)
      var replay = try Replay([recording], interruptible: false)
      var watch = try Watch(
        [test.rule], settings, RuleExceptions(), learned, interfaces: replay.interfaceNames, tell: { _ in })
      _ = watch.finish(try replay.run(&watch))
      try history(of: test.rule.id, need: need)
        .precede(other, hours: past.hours, days: past.days, before: time.nanoseconds)
    } else {
      try history(of: test.rule.id, need: need)
        .precede(nil, hours: [], days: past.days, before: time.nanoseconds)
    }
  }

  private mutating func open() throws(TraceProblem) {
    guard !wasOpened, let path = place.path else { return }
    wasOpened = true
    do throws(HistoryProblem) {
      file = try HistoryFile(path)
    } catch {
      // Where nobody asked for it, a run goes on without; but nothing is passed over that may be somebody's.
      if case .usual = place, !error.isOfContents { return problem = error }
      throw .input("\(error)")
    }
  }

  /// Saves what changed, every now and then.
  mutating func saveInTime() {
    guard file != nil, Clock.monotonic.now - saved >= Self.period else { return }
    save()
  }

  /// Saves what changed; what cannot be saved now may be the next time.
  mutating func save() {
    guard let file else { return }
    saved = Clock.monotonic.now
    do throws(HistoryProblem) {
      try file.save(byRule)
      problem = nil
    } catch {
      problem = error
      failures &+= 1
    }
  }
}

/// How old a rule's history is.
package struct HistoryAge: Sendable {
  package var days: Int
  package var needed: Int
  package var keys: Int
  /// Hours of keys.
  package var rows: Int
}

/// How old the history of a rule is that lies in a file, which somebody may be writing to.
/// - Parameter need: nanoseconds.
package func historyAge(
  of rule: String, need: Int64, in path: String, at time: Instant
) throws(HistoryProblem) -> HistoryAge {
  let history = RuleHistory(need: need)
  try HistoryFile(reading: path).load(rule, into: history)
  let extent = history.extent(at: time.nanoseconds)
  return HistoryAge(days: extent.days, needed: history.neededDays, keys: extent.keys, rows: extent.rows)
}

/// Where histories are kept.
package enum HistoryPlace: Sendable, Equatable {
  /// Nowhere: they begin with the run and end with it.
  case nowhere
  /// In the usual file, where it can be used.
  case usual(String)
  /// In a file that somebody named.
  case file(String)

  package var path: String? {
    switch self {
    case .nowhere: nil
    case .usual(let path), .file(let path): path
    }
  }
}
