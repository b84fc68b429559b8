import Crypto
import Events
import Yams

// The front matter of a rule: YAML in the comment that the file begins with.
//
//     /*---
//     id: SNF-001
//     …
//     ---*/

extension Rule {
  private static let opening = "/*---\n"
  private static let closing = "\n---*/"

  /// Whether the D text is a rule's: it begins with front matter.
  package static func isRule(_ text: String) -> Bool { text.hasPrefix(opening) }

  /// Reads a rule.
  /// - Parameters:
  ///   - file: its path, whose last part without `.d` must be its id.
  ///   - text: the whole file.
  /// - Returns: the rule, unless something is missing that it cannot be without; and all that is wrong with it.
  package static func reading(_ text: String, file: String, pack: String) -> (rule: Rule?, complaints: [RuleComplaint])
  {
    guard isRule(text), let end = text.firstRange(of: closing) else {
      return (
        nil, [RuleComplaint(.noFrontMatter, file: file, "a rule begins with its description, between /*--- and ---*/")]
      )
    }
    let yaml = String(text[text.index(text.startIndex, offsetBy: opening.count)..<end.lowerBound])
    let node: Node
    do {
      guard let read = try Yams.compose(yaml: yaml) else {
        return (nil, [RuleComplaint(.noFrontMatter, file: file, "the rule's description is empty")])
      }
      node = read
    } catch {
      return (nil, [complaint(error, file: file, firstLine: 1)])
    }
    var reader = MappingReader(node, file: file, firstLine: 1)
    let rule = Rule(&reader, text, pack)
    return (rule, reader.complaints)
  }

  /// What Yams could not read, in one line at its place.
  static func complaint(_ error: any Error, file: String, firstLine: Int) -> RuleComplaint {
    switch error {
    case YamlError.scanner(_, let problem, let mark, _), YamlError.parser(_, let problem, let mark, _),
      YamlError.composer(_, let problem, let mark, _):
      RuleComplaint(.notYAML, file: file, line: mark.line + firstLine, column: mark.column, "not YAML: \(problem)")
    default: RuleComplaint(.notYAML, file: file, "not YAML: \(error)")
    }
  }

  private init?(_ reader: inout MappingReader, _ text: String, _ pack: String) {
    let id = reader.text("id")
    let version = reader.text("version")
    let title = reader.text("title")
    let status: Status? = reader.choice("status")
    let severity: Severity? = reader.choice("severity")
    let confidence: Confidence? = reader.choice("confidence")
    let risk = reader.integer("risk", 0...100)
    let why = reader.text("why")
    let attack = Self.attack(&reader)
    let parameters = Self.parameters(&reader)
    let needs = Self.needs(&reader, parameters)
    self.parameters = parameters
    let deduplication = Self.deduplication(&reader)
    triage = reader.texts("triage", isNeeded: false)
    falsePositives = reader.texts("false_positives", isNeeded: false)
    blindSpots = reader.texts("blind_spots", isNeeded: false)
    references = reader.texts("references", isNeeded: false)
    reason = reader.text("reason", isNeeded: status == .deprecated)
    replacedBy = reader.text("replaced_by", isNeeded: false)
    reader.finish()
    guard let id, let version, let title, let status, let severity, let confidence, let risk, let why, let attack,
      let needs, let deduplication
    else { return nil }
    let named = reader.file.split(separator: "/").last.map(String.init) ?? reader.file
    if named != id + ".d" {
      reader.complain(.idDiffers, nil, "the file is \(named), and its id \(id): one of them is wrong")
    }
    self.id = id
    self.version = version
    self.title = title
    self.status = status
    self.severity = severity
    self.confidence = confidence
    self.risk = risk
    self.why = why
    (techniques, attackVersion) = attack
    (self.needs, needsAll, history) = needs
    self.deduplication = deduplication
    self.text = text
    hash = hexadecimal(SHA256.hash(data: Array(text.utf8)))
    self.pack = pack
    file = reader.file
  }

  private static func attack(_ reader: inout MappingReader) -> ([String], Int)? {
    guard var attack = reader.reader("attack") else { return nil }
    let version = attack.integer("version", 1...99)
    let techniques = attack.texts("techniques")
    for technique in techniques where !isTechnique(technique) {
      attack.complain(.badName, attack.node("techniques"), "\(technique) is no technique, like T1040 or T1205.002")
    }
    attack.finish()
    reader.take(attack)
    return version.map { (techniques, $0) }
  }

  private static func isTechnique(_ text: String) -> Bool {
    let parts = text.dropFirst().split(separator: ".", omittingEmptySubsequences: false)
    func isNumber(_ text: Substring, _ count: Int) -> Bool { text.count == count && text.allSatisfy(\.isNumber) }
    return text.hasPrefix("T") && (1...2).contains(parts.count) && isNumber(parts[0], 4)
      && (parts.count == 1 || isNumber(parts[1], 3))
  }

  private static func needs(
    _ reader: inout MappingReader, _ parameters: [RuleParameter]
  ) -> ([Need], Bool, RuleHistoryNeed?)? {
    guard var needs = reader.reader("needs") else { return nil }
    let events: [Need] = needs.choices("events")
    let all = needs.flag("complete")
    let history = needs.text("history", isNeeded: false).flatMap { text in
      historyNeed(text, parameters) { needs.complain(.outOfBounds, needs.node("history"), $0) }
    }
    needs.finish()
    reader.take(needs)
    return all.map { (events, $0, history) }
  }

  private static func deduplication(_ reader: inout MappingReader) -> Deduplication? {
    guard var dedup = reader.reader("dedup") else { return nil }
    let key: [Sameness] = dedup.choices("key")
    let period = dedup.value("for", .duration)
    dedup.finish()
    reader.take(dedup)
    return period.map { Deduplication(key: key, period: $0) }
  }

  private static func parameters(_ reader: inout MappingReader) -> [RuleParameter] {
    guard var all = reader.reader("params", isNeeded: false) else { return [] }
    var parameters: [RuleParameter] = []
    for name in all.names {
      guard var one = all.reader(name) else { continue }
      defer { all.take(one) }
      guard isIdentifier(name) else {
        one.complain(.badName, nil, "\(name) cannot be a parameter's name: letters, digits and _ make one")
        continue
      }
      guard let kind: RuleParameter.Kind = one.choice("type") else { continue }
      let (value, least, most) = (one.value("default", kind), one.value("min", kind), one.value("max", kind))
      one.finish()
      guard let value, let least, let most else { continue }
      guard least <= value, value <= most else {
        one.complain(
          .outOfBounds, nil,
          "\(name) is \(kind.written(value)), and must be from \(kind.written(least)) to \(kind.written(most))")
        continue
      }
      parameters.append(RuleParameter(name: name, kind: kind, value: value, least: least, most: most))
    }
    reader.take(all)
    return parameters
  }

  private static func isIdentifier(_ name: String) -> Bool {
    guard let first = name.utf8.first, first == UInt8(ascii: "_") || Character(UnicodeScalar(first)).isLetter else {
      return false
    }
    return name.utf8.allSatisfy {
      $0 == UInt8(ascii: "_")
        || ($0 < 128 && (Character(UnicodeScalar($0)).isLetter || Character(UnicodeScalar($0)).isNumber))
    }
  }
}
