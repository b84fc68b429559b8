package import Rules

extension RuleTestResult {
  /// `SNF-004 tp-tcpdump`, and `with loss` behind it.
  package var title: String { "\(test.rule.id) \(test.name)" + (withLoss ? " with loss" : "") }
}

/// A test's lines for people: `ok` or `FAILED`, and below it what is not as it should be.
package func ruleTestText(_ result: RuleTestResult) -> String {
  let problems = result.problems
  return "\(problems.isEmpty ? "ok    " : "FAILED") \(result.title)\n" + problems.map { "         \($0)\n" }.joined()
}

/// The same as one JSON object in one line.
package func ruleTestJSON(_ result: RuleTestResult) -> String {
  var json = JSON()
  let problems = result.problems
  json.object { json in
    json.string("rule", result.test.rule.id)
    json.string("test", result.test.name)
    json.bool("loss", result.withLoss)
    json.bool("passed", problems.isEmpty)
    json.string("expected", result.test.expectation.verdict.rawValue)
    switch result.answer {
    case .found: json.string("answer", "fires")
    case .nothing: json.string("answer", "silent")
    case .cannotTell(let why):
      json.string("answer", "cannot-tell")
      json.string("why", why)
    }
    json.number("findings", result.findings.count)
    json.array("problems") { json in for problem in problems { json.string(nil, problem) } }
  }
  return json.text + "\n"
}
