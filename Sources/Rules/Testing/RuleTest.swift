/// A recording of what a rule is for, of innocent work, or of somebody who hides: a folder `tests/ID/NAME` of a pack.
package struct RuleTest: Sendable {
  /// What a test is for, as the folder's name begins.
  package enum Kind: String, Sendable, CaseIterable {
    /// What the rule is for.
    case attack = "tp"
    /// Innocent work that looks like it.
    case innocent = "fp"
    /// What the rule is for, done so that it is not seen.
    case evasion = "evade"
  }

  package var rule: Rule
  /// `tp-tcpdump`.
  package var name: String
  package var kind: Kind
  package var folder: String
  package var recording: String
  package var expectation: Expectation
  /// The recording of what happened before (`Expectation.Past.test`).
  package var pastRecording: String?

  package init(
    rule: Rule, name: String, kind: Kind, folder: String, recording: String, expectation: Expectation,
    pastRecording: String? = nil
  ) {
    self.rule = rule
    self.name = name
    self.kind = kind
    self.folder = folder
    self.recording = recording
    self.expectation = expectation
    self.pastRecording = pastRecording
  }
}

extension RuleTest.Kind {
  /// The kind of a folder's name; nil when it is no test's.
  package init?(name: String) {
    guard let found = Self.allCases.first(where: { name.hasPrefix($0.rawValue + "-") }) else { return nil }
    self = found
  }

  /// How many a stable rule must have at least.
  package var wanted: Int {
    switch self {
    case .attack: 2
    case .innocent: 3
    case .evasion: 1
    }
  }
}

extension Rule {
  /// What of tests a rule lacks that its status asks for: nothing but of a stable one.
  package func missingTests(_ tests: [RuleTest]) -> [RuleComplaint] {
    guard status == .stable else { return [] }
    return RuleTest.Kind.allCases.compactMap { kind in
      let count = tests.filter { $0.rule.id == id && $0.kind == kind }.count
      guard count < kind.wanted else { return nil }
      return RuleComplaint(
        .unfinished, file: file,
        "a stable rule has at least \(kind.wanted) tests \(kind.rawValue)-…, and this has \(count)")
    }
  }
}
