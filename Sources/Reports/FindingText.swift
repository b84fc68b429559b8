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
/// - Parameter cost: `costText`, where it was measured.
package func ruleText(_ rule: Rule, cost: String = "") -> String {
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
  text += cost
  text += list("What to do", rule.triage)
  text += list("Innocent work that looks the same", rule.falsePositives)
  text += list("What it does not see", rule.blindSpots)
  text += list("See", rule.references)
  return text
}

/// What a rule takes of a processor, for a terminal.
/// - Parameter recordings: how many it was measured over.
package func costText(_ cost: RuleCost, recordings: Int) -> String {
  func each(_ nanoseconds: Double?, _ count: UInt64, _ what: String) -> String? {
    nanoseconds.map { "\(Int($0.rounded())) ns for each of \(count) \(what)" }
  }
  let parts = [
    each(cost.nanosecondsPerEvent, cost.events, "events"), each(cost.nanosecondsPerPacket, cost.packets, "packets"),
  ]
  // In tenths of a percent.
  let load = (cost.load(eventsPerSecond: 50_000, packetsPerSecond: 50_000) * 1000).rounded() / 10
  return """

    What it takes of this machine, over the \(recordings) recordings of its tests
      - \(parts.compactMap(\.self).joined(separator: ", "))
      - of 50,000 events and 50,000 packets a second: \(load) % of a processor

    """
}

extension String {
  fileprivate var trimmedLines: String { split(separator: "\n").joined(separator: "\n") }
}
