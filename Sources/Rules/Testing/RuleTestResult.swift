/// What came of one test, as the recording is or with a loss put in before its events.
package struct RuleTestResult: Sendable {
  package var test: RuleTest
  package var withLoss: Bool
  package var findings: [Finding]
  package var answer: RuleAnswer
  /// Why the recording could not be watched at all.
  package var failure: String?

  package init(
    test: RuleTest, withLoss: Bool, findings: [Finding], answer: RuleAnswer, failure: String? = nil
  ) {
    self.test = test
    self.withLoss = withLoss
    self.findings = findings
    self.answer = answer
    self.failure = failure
  }

  /// What is not as it should be, a sentence each.
  package var problems: [String] {
    if let failure { return [failure] }
    let expectation = test.expectation
    switch expectation.verdict {
    case .fires:
      guard answer == .found else { return ["it must fire, and \(said)"] }
      var problems: [String] = []
      if !expectation.count.contains(findings.count) {
        let (least, most) = (expectation.count.lowerBound, expectation.count.upperBound)
        problems.append("\(findings.count) findings, and there must be \(least == most ? "" : "at least ")\(least)")
      }
      for condition in expectation.conditions {
        guard let wrong = findings.first(where: { !condition.holds($0) }) else { continue }
        let wanted = condition.patterns.joined(separator: " or ")
        problems.append(
          "\(condition.field.rawValue) must be \(wanted), and is \(wrong.value(condition.field) ?? "not there") in: \(wrong.sentence)"
        )
      }
      return problems
    case .silent:
      // With a loss, silence is worth something only where the rule says that it does not depend on what was lost.
      let isRight = withLoss && test.rule.needsAll ? cannotTell : answer == .nothing
      return isRight
        ? [] : ["it must \(withLoss && test.rule.needsAll ? "not be able to tell" : "be silent"), and \(said)"]
    case .cannotTell: return cannotTell ? [] : ["it must not be able to tell, and \(said)"]
    case .knownGap: return answer == .found ? ["it is known not to see this, and \(said)"] : []
    }
  }

  private var cannotTell: Bool { if case .cannotTell = answer { true } else { false } }

  private var said: String {
    switch answer {
    case .found: "it found: \(findings.first?.sentence ?? "something")"
    case .nothing: "it found nothing"
    case .cannotTell(let why): "cannot tell: \(why)"
    }
  }
}
