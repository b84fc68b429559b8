import Events
package import Rules

/// A finding as a line for people: when, how bad, which rule, who, what.
package func findingText(_ finding: Finding) -> String {
  let who = finding.actor.map { "\(printable($0.command))[\($0.process.pid)]" } ?? "nobody"
  let again = finding.count > 1 ? " (\(finding.count) times)" : ""
  let severity = finding.rule.severity.rawValue
  let hidden = finding.suppressedBy.map { " [suppressed by \($0)]" } ?? ""
  return
    "\(decimalSeconds(finding.first.nanoseconds)) \(severity) \(finding.rule.id) \(who): \(finding.sentence)\(again)\(hidden)\n"
}

/// What a rule is and what it takes to judge its findings, for a terminal.
package func ruleText(_ rule: Rule) -> String {
  func list(_ title: String, _ lines: [String]) -> String {
    lines.isEmpty ? "" : "\n\(title)\n" + lines.map { "  - \($0)\n" }.joined()
  }
  var text = "\(rule.id) \(rule.title)\n"
  text += "version \(rule.version), \(rule.status.rawValue), pack \(rule.pack), severity \(rule.severity.rawValue), "
  text += "confidence \(rule.confidence.rawValue), risk \(rule.risk)\n"
  if !rule.techniques.isEmpty {
    text += "ATT&CK \(rule.attackVersion): \(rule.techniques.joined(separator: " "))\n"
  }
  text += "sha256 \(rule.hash)\n\n\(rule.why.trimmedLines)\n"
  text += list(
    "Parameters",
    rule.parameters.map {
      "\($0.name) = \($0.kind.written($0.value)) (\($0.kind.rawValue), \($0.kind.written($0.least)) to \($0.kind.written($0.most)))"
    })
  if let need = rule.neededHistory() {
    text += "\nNeeds \(RuleParameter.Kind.duration.written(need)) of this host's history.\n"
  }
  text += list("What to do", rule.triage)
  text += list("Innocent work that looks the same", rule.falsePositives)
  text += list("What it does not see", rule.blindSpots)
  text += list("See", rule.references)
  return text
}

extension String {
  fileprivate var trimmedLines: String { split(separator: "\n").joined(separator: "\n") }
}
