import Events

/// What exceptions would hide of a rule's findings, and of the attacks that the rule is tested with.
package struct Tuning: Sendable {
  package struct Row: Sendable {
    package var exception: RuleException
    /// Of the findings in the recordings.
    package var hides: Int
    /// Tests that fire without it and are silent with it. What a recording does not tell of a program (its package, its unit) is taken to be
    /// as the exception wants it: the worst.
    package var attacks: [String]
  }

  package var rule: Rule
  /// In all recordings, each told for itself.
  package var findings: Int
  /// Tests that fire.
  package var attacks: Int
  package var rows: [Row] = []

  package init(
    rule: Rule, findings: [Finding], attacks: [(name: String, findings: [Finding])], _ exceptions: [RuleException]
  ) {
    self.rule = rule
    self.findings = findings.count
    self.attacks = attacks.count
    rows = exceptions.map { exception in
      Row(
        exception: exception, hides: findings.count { exception.isAbout($0) },
        attacks: attacks.filter { attack in attack.findings.allSatisfy { exception.mayBeAbout($0) } }.map(\.name))
    }
  }

  /// Exceptions that findings suggest, those that hide most first: by program, by where it comes from, by destination.
  package static func candidates(_ rule: Rule, _ findings: [Finding]) -> [RuleException] {
    typealias Condition = RuleException.Condition
    var counts: [(condition: Condition, count: Int)] = []
    var places: [String: Int] = [:]
    for finding in findings {
      for condition in conditions(of: finding) {
        if let place = places[condition.yaml] {
          counts[place].count += 1
        } else if counts.count < mostSeen {
          places[condition.yaml] = counts.count
          counts.append((condition, 1))
        }
      }
    }
    // In the order in which they were seen where they hide as much.
    let sorted = counts.enumerated().sorted { ($1.element.count, $0.offset) < ($0.element.count, $1.offset) }
    return sorted.prefix(most).enumerated().map { number, entry in
      RuleException(
        name: "\(rule.id.lowercased())-\(number + 1)", rules: [rule.id], condition: entry.element.condition, reason: "",
        owner: "",
        expires: Instant(nanoseconds: .max))
    }
  }

  private static let mostSeen = 4096
  private static let most = 12

  private static func conditions(of finding: Finding) -> [RuleException.Condition] {
    var base = RuleException.Condition()
    if !finding.program.isEmpty { base.programs = [printable(finding.program)] }
    var found: [RuleException.Condition] = []
    func add(_ change: (inout RuleException.Condition) -> Void) {
      var condition = base
      change(&condition)
      if !found.contains(condition) { found.append(condition) }
    }
    let origin = finding.origin
    if let package = origin.package { add { $0.packages = [package] } }
    if let unit = origin.unit { add { $0.units = [unit] } }
    if let image = origin.image { add { $0.images = [image] } }
    if !origin.digest.isEmpty { add { $0.digests = [origin.digest] } }
    guard let destination = finding.flow.map(\.destination.address), destination.version != 0,
      let block = AddressBlock(text: "\(destination)")
    else { return found }
    if !origin.digest.isEmpty {
      add {
        $0.digests = [origin.digest]
        $0.destinations = [block]
      }
    }
    add { $0.destinations = [block] }
    add {
      $0.programs = []
      $0.destinations = [block]
    }
    return found
  }
}
