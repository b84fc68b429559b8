/// What is wrong with a rule, a pack, or what a site says of them: data, with a name that stays.
package struct RuleComplaint: Error, Sendable, Equatable {
  package enum Severity: String, Sendable { case error, warning }

  /// The names, for suppressing and for SARIF's `ruleId`.
  package enum Name: String, Sendable, CaseIterable {
    case noFrontMatter = "no-front-matter"
    case notYAML = "not-yaml"
    case missingKey = "missing-key"
    case unknownKey = "unknown-key"
    case wrongType = "wrong-type"
    case notAChoice = "not-a-choice"
    case outOfBounds = "out-of-bounds"
    case badName = "bad-name"
    case idDiffers = "id-differs"
    case twice = "twice"
    case notProgram = "not-program"
    case neverFinds = "never-finds"
    case unreadable = "unreadable"
    case unfinished = "unfinished"
    case expired = "expired"
    case nameAlone = "name-alone"
  }

  package var name: Name
  package var severity: Severity
  package var file: String
  /// From 1.
  package var line: Int
  package var column: Int
  package var text: String

  package init(
    _ name: Name, _ severity: Severity = .error, file: String, line: Int = 1, column: Int = 1, _ text: String
  ) {
    self.name = name
    self.severity = severity
    self.file = file
    self.line = line
    self.column = column
    self.text = text
  }
}

extension RuleComplaint: CustomStringConvertible {
  /// `rules/sniffers/SNF-001.d:4:9: error: …  [unknown-key]`
  package var description: String {
    "\(file):\(line):\(column): \(severity.rawValue): \(text) [\(name.rawValue)]"
  }
}
