import Yams

/// What a recording must make of a rule: `expect.yaml` beside it.
///
///     verdict: fires
///     at_least: 2
///     where: {process.comm: [tcpdump, nc], network.dst: 10.200.1.*}
///     params: {least: 2s}
///     history: {days: 14, of: fp-known}
package struct Expectation: Sendable, Equatable {
  package enum Verdict: String, Sendable, CaseIterable {
    case fires, silent
    case cannotTell = "cannot-tell"
    /// The rule does not see what it is for; the test fails when it begins to.
    case knownGap = "known-gap"
  }

  /// What every finding must have: one of the patterns, in which `*` stands for any text.
  package struct Condition: Sendable, Equatable {
    package var field: Finding.Field
    package var patterns: [String]
  }

  /// What the host did before, of a rule that needs its history.
  package struct Past: Sendable, Equatable {
    /// On so many days before the recording's the rule has watched.
    package var days: Int
    /// Another test of the rule, whose recording is what happened at those times; nil where nothing did.
    package var test: String?
    /// How many hours before the recording it happened; when nothing is said, at the same hour of each of the days.
    package var hours: [Int]
  }

  package var verdict: Verdict
  /// How many findings there must be, those that are told again not counted.
  package var count: ClosedRange<Int>
  package var conditions: [Condition]
  /// What the rule's parameters are for this test, where a recording of what they are otherwise would take hours or gigabytes.
  package var parameters: [String: Int64]
  /// Why nobody can tell, or why it is not seen.
  package var because: String?
  package var past: Past?
}

extension Expectation {
  private static let most = 1_000_000

  /// Reads an `expect.yaml`; nothing when something is wrong with it.
  package static func reading(_ text: String, file: String, of rule: Rule) -> (Expectation?, [RuleComplaint]) {
    do {
      guard let node = try Yams.compose(yaml: text) else {
        return (nil, [RuleComplaint(.missingKey, file: file, "nothing is expected")])
      }
      var reader = MappingReader(node, file: file, firstLine: 0)
      let expectation = Expectation(&reader, rule)
      return (reader.complaints.isEmpty ? expectation : nil, reader.complaints)
    } catch {
      return (nil, [Rule.complaint(error, file: file, firstLine: 0)])
    }
  }

  private init?(_ reader: inout MappingReader, _ rule: Rule) {
    let verdict: Verdict? = reader.choice("verdict")
    let fires = verdict == .fires
    let exactly = fires ? reader.integer("count", 1...Self.most, isNeeded: false) : nil
    let least = fires ? reader.integer("at_least", 1...Self.most, isNeeded: false) : nil
    count = fires ? exactly.map { $0...$0 } ?? (least ?? 1)...Self.most : 0...0
    conditions = []
    if fires, var fields = reader.reader("where", isNeeded: false) {
      for name in fields.names {
        guard let field = Finding.Field(rawValue: name) else { continue }
        conditions.append(Condition(field: field, patterns: fields.textOrTexts(name)))
      }
      // What is left are names of nothing that a finding has.
      for field in Finding.Field.allCases { _ = fields.node(field.rawValue, isNeeded: false) }
      fields.finish()
      reader.take(fields)
    }
    parameters = reader.values(of: rule)
    because = reader.text("because", isNeeded: verdict == .cannotTell || verdict == .knownGap)
    past = Past(&reader, rule)
    reader.finish()
    guard let verdict else { return nil }
    self.verdict = verdict
  }
}

extension Expectation.Past {
  fileprivate init?(_ reader: inout MappingReader, _ rule: Rule) {
    guard rule.history != nil, var past = reader.reader("history", isNeeded: false) else { return nil }
    defer { reader.take(past) }
    let days = past.integer("days", 0...120)
    test = past.text("of", isNeeded: false)
    hours = past.texts("hours", isNeeded: false).compactMap { text in
      guard let hour = Int(text), (1...2880).contains(hour) else {
        past.complain(.outOfBounds, past.node("hours"), "\(text) is no number of hours from 1 to 2880")
        return nil
      }
      return hour
    }
    past.finish()
    guard let days else { return nil }
    if hours.isEmpty { hours = (1...max(1, days)).map { $0 * 24 } }
    self.days = days
  }
}

extension Expectation.Condition {
  /// Whether a finding has what is asked for.
  package func holds(_ finding: Finding) -> Bool {
    guard let value = finding.value(field) else { return false }
    return patterns.contains { matches($0.utf8.span, value.utf8.span) }
  }
}

/// Whether a text is as the pattern says, in which `*` stands for any text. Goes back to the last `*` only, which is enough.
private func matches(_ pattern: Span<UInt8>, _ text: Span<UInt8>) -> Bool {
  var (at, place) = (0, 0)
  var star: (after: Int, place: Int)?
  while place < text.count {
    if at < pattern.count, pattern[at] == UInt8(ascii: "*") {
      star = (at + 1, place)
      at += 1
    } else if at < pattern.count, pattern[at] == text[place] {
      at += 1
      place += 1
    } else if let last = star {
      star = (last.after, last.place + 1)
      (at, place) = (last.after, last.place + 1)
    } else {
      return false
    }
  }
  while at < pattern.count, pattern[at] == UInt8(ascii: "*") { at += 1 }
  return at == pattern.count
}
