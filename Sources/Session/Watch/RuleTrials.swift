import History
import Kernel
package import Rules
import Synchronization

/// Runs tests, as many at a time as there are workers, each twice: as it was recorded, and with a loss put in before its events.
/// - Parameter report: called here with each result, in the order of the tests.
package func run(
  _ tests: [RuleTest], workers: Int, report: (RuleTestResult) -> Void
) throws(TraceProblem) {
  let waker = try interrupted()
  let board = TrialBoard(tests.flatMap { [($0, false), ($0, true)] }, waker)
  for _ in 0..<max(1, workers) { Task.detached { board.work() } }
  var told = 0
  while told < board.count {
    if let result = board.result(told) {
      report(result)
      told += 1
      continue
    }
    if let signal = Interrupts.take().first { throw .fault("interrupted by signal \(signal)") }
    _ = try? readable([waker.descriptor], within: nil)
    waker.reset()
  }
}

/// Who does which trial, and what came of it.
private final class TrialBoard: Sendable {
  private let trials: [(test: RuleTest, withLoss: Bool)]
  private let waker: Waker
  private let state: Mutex<(next: Int, results: [RuleTestResult?])>

  init(_ trials: [(test: RuleTest, withLoss: Bool)], _ waker: Waker) {
    self.trials = trials
    self.waker = waker
    state = Mutex((0, trials.map { _ in nil }))
  }

  var count: Int { trials.count }

  func result(_ index: Int) -> RuleTestResult? { state.withLock { $0.results[index] } }

  func work() {
    while let index = state.withLock({ take(&$0.next) }) {
      let result = trial(of: trials[index].test, withLoss: trials[index].withLoss)
      state.withLock { $0.results[index] = result }
      waker.wake()
    }
  }

  private func take(_ next: inout Int) -> Int? {
    guard next < trials.count else { return nil }
    defer { next += 1 }
    return next
  }
}

/// What a rule finds in recordings, each told for itself, up to 100,000 of them.
/// - Parameters:
///   - test: what happened before is as this test says.
///   - path: what happened before is what the history in this file knows, which is not written to.
package func findings(
  of rule: Rule, _ settings: RuleSettings, in recordings: [String], after test: RuleTest? = nil,
  knowing path: String? = nil
) throws(TraceProblem) -> [Finding] {
  var rule = rule
  rule.deduplication.period = 0
  var findings: [Finding] = []
  var replay = try Replay(recordings)
  var histories = Histories(.nowhere)
  if let path { try histories.read(path, for: rule, settings) }
  if let test { try histories.precede(test, settings, at: replay.start) }
  var watch = try Watch([rule], settings, RuleExceptions(), histories, interfaces: replay.interfaceNames) {
    if findings.count < 100_000 { findings.append($0) }
  }
  let end = watch.finish(try replay.run(&watch))
  if case .fileDamaged(let why) = end.end.reason { throw .input(why) }
  return findings
}

/// One rule over one recording, as `watch` does it.
private func trial(of test: RuleTest, withLoss: Bool) -> RuleTestResult {
  var findings: [Finding] = []
  do throws(TraceProblem) {
    var replay = try Replay([test.recording], interruptible: false)
    if withLoss { replay.pretendLoss(of: 1, at: "injected") }
    var settings = RuleSettings()
    settings.byRule[test.rule.id, default: .init()].parameters = test.expectation.parameters
    var histories = Histories(.nowhere)
    try histories.precede(test, settings, at: replay.start)
    var watch = try Watch([test.rule], settings, RuleExceptions(), histories, interfaces: replay.interfaceNames) {
      if $0.count == 1 { findings.append($0) }
    }
    let end = watch.finish(try replay.run(&watch))
    if case .fileDamaged(let why) = end.end.reason { throw .input(why) }
    return RuleTestResult(
      test: test, withLoss: withLoss, findings: findings,
      answer: end.answers.first?.answer ?? .cannotTell("it did not run"))
  } catch {
    return RuleTestResult(
      test: test, withLoss: withLoss, findings: [], answer: .cannotTell(error.line), failure: error.line)
  }
}

extension TraceProblem {
  fileprivate var line: String {
    switch self {
    case .badProgram(let complaints): complaints.first ?? "its program is wrong"
    case .refused(let line), .fault(let line), .input(let line): line
    }
  }
}
