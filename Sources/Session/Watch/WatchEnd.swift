import Events
package import History
package import Rules

/// What came of rules over a stream.
package struct WatchEnd: Sendable {
  package var end: ObservationEnd
  /// What each rule said, in the order of the packs.
  package var answers: [(rule: Rule, answer: RuleAnswer)]
  /// What rules had no room for; those that lost nothing are left out.
  package var losses: [(rule: String, count: UInt64)]
  /// What became of each exception, in the order of the file.
  package var exceptions: [RuleExceptions.Account]

  package var histories = YoungHistories()

  package var found: Bool { answers.contains { $0.answer == .found } }

  /// Those that could not tell, each with the reason.
  package var untold: [(rule: String, why: String)] {
    answers.compactMap { answer in
      if case .cannotTell(let why) = answer.answer { (answer.rule.id, why) } else { nil }
    }
  }
}

/// What rules do not know of the host from before.
package struct YoungHistories: Sendable {
  /// Those whose history is too young: how many days it has, and how many it needs.
  package var rules: [(rule: String, days: Int, needed: Int)] = []
  /// Why they remember nothing, or not all.
  package var problem: HistoryProblem?
}

extension ObservationEnd {
  /// Why it is not known that all was seen; nil when it is.
  /// - Parameter isOpen: the run had no end of its own, and was over when somebody said so.
  func doubt(isOpen: Bool) -> String? {
    if let loss = losses.first(where: { $0.count > 0 }) { return "\(loss.stage) lost \(loss.count)" }
    if !hasEnd { return "the recording has no end, which tells what was lost" }
    if case .interrupted = reason, isOpen, damagedRecords == 0 { return nil }
    return problem(self)
  }
}
