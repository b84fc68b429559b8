/// A rule: a D program that says `finding()`, and what people must know to judge what it finds.
///
/// One file, named by its id: the YAML in its first comment (`FrontMatter.swift`), then plain D.
package struct Rule: Sendable, Equatable {
  package enum Status: String, Sendable, CaseIterable { case experimental, test, stable, deprecated }

  package enum Severity: String, Sendable, CaseIterable, Comparable {
    case informational, low, medium, high, critical
    package static func < (a: Severity, b: Severity) -> Bool { a.rank < b.rank }
    /// From 0, informational, on.
    package var rank: Int { Severity.allCases.firstIndex(of: self) ?? 0 }
  }

  package enum Confidence: String, Sendable, CaseIterable { case low, medium, high }

  /// What must be in the stream for the rule to say anything.
  package enum Need: String, Sendable, CaseIterable { case proc, socket, packet, call, file, host }

  /// Which parts of a finding make it the same as one before.
  package enum Sameness: String, Sendable, CaseIterable { case process, executable, user, destination, port, name }

  /// Findings that are alike are told once in a while, with a count.
  package struct Deduplication: Sendable, Equatable {
    package var key: [Sameness]
    /// Nanoseconds.
    package var period: Int64
  }

  package var id: String
  package var version: String
  package var title: String
  package var status: Status
  package var severity: Severity
  package var confidence: Confidence
  /// 0 to 100.
  package var risk: Int
  /// ATT&CK techniques, `T1040` or `T1205.002`.
  package var techniques: [String]
  /// The version of ATT&CK that has them.
  package var attackVersion: Int
  package var needs: [Need]
  /// With a loss among what it needs, its silence says nothing.
  package var needsAll: Bool
  /// What it must know of the host from before, if anything.
  package var history: RuleHistoryNeed?
  package var parameters: [RuleParameter]
  package var deduplication: Deduplication
  package var why: String
  package var triage: [String]
  package var falsePositives: [String]
  package var blindSpots: [String]
  package var references: [String]
  /// Of a deprecated one: why, and which rule stands in its place.
  package var reason: String?
  package var replacedBy: String?

  /// The whole file, whose front matter is a comment to D.
  package var text: String
  /// SHA-256 of the file, in hexadecimal digits.
  package var hash: String
  package var pack: String
  package var file: String
}
