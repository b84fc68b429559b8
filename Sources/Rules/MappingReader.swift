import Yams

/// Reads one YAML mapping key by key, and keeps what is wrong with it.
struct MappingReader {
  let file: String
  /// Lines of the file before the YAML's first.
  let firstLine: Int
  private(set) var complaints: [RuleComplaint] = []
  private var values: [String: Node] = [:]
  private var keys: [(name: String, node: Node)] = []
  private var asked: Set<String> = []
  private let place: Mark?

  init(_ node: Node, file: String, firstLine: Int) {
    self.file = file
    self.firstLine = firstLine
    place = node.mark
    guard case .mapping(let mapping) = node else {
      complain(.wrongType, node, "this must be names with values, `name: value`")
      return
    }
    for (key, value) in mapping {
      guard let name = key.string else {
        complain(.wrongType, key, "a name must be a text")
        continue
      }
      keys.append((name, key))
      if values.updateValue(value, forKey: name) != nil { complain(.twice, key, "\(name) is said twice") }
    }
  }

  mutating func complain(
    _ name: RuleComplaint.Name, _ node: Node?, severity: RuleComplaint.Severity = .error, _ text: String
  ) {
    let mark = node?.mark ?? place
    complaints.append(
      RuleComplaint(
        name, severity, file: file, line: (mark?.line ?? 1) + firstLine, column: mark?.column ?? 1, text))
  }

  mutating func take(_ more: MappingReader) { complaints += more.complaints }

  /// The names in the order of the text.
  var names: [String] { keys.map(\.name) }

  mutating func node(_ key: String, isNeeded: Bool = true) -> Node? {
    asked.insert(key)
    if let found = values[key] { return found }
    if isNeeded { complain(.missingKey, nil, "\(key) is missing") }
    return nil
  }

  mutating func reader(_ key: String, isNeeded: Bool = true) -> MappingReader? {
    node(key, isNeeded: isNeeded).map { MappingReader($0, file: file, firstLine: firstLine) }
  }

  mutating func text(_ key: String, isNeeded: Bool = true) -> String? {
    guard let node = node(key, isNeeded: isNeeded) else { return nil }
    guard let text = node.scalar?.string, !text.isEmpty else {
      complain(.wrongType, node, "\(key) must be a text")
      return nil
    }
    return text
  }

  mutating func texts(_ key: String, isNeeded: Bool = true) -> [String] {
    guard let node = node(key, isNeeded: isNeeded) else { return [] }
    guard case .sequence(let sequence) = node else {
      complain(.wrongType, node, "\(key) must be a list, `[one, two]`")
      return []
    }
    var texts: [String] = []
    for item in sequence {
      if let text = item.scalar?.string {
        texts.append(text)
      } else {
        complain(.wrongType, item, "\(key) is a list of texts")
      }
    }
    return texts
  }

  /// A list of texts, or one for a list of one.
  mutating func textOrTexts(_ key: String, isNeeded: Bool = true) -> [String] {
    if case .sequence? = node(key, isNeeded: false) { return texts(key) }
    return text(key, isNeeded: isNeeded).map { [$0] } ?? []
  }

  mutating func integer(_ key: String, _ bounds: ClosedRange<Int>, isNeeded: Bool = true) -> Int? {
    guard let node = node(key, isNeeded: isNeeded) else { return nil }
    guard let value = node.int else {
      complain(.wrongType, node, "\(key) must be a whole number")
      return nil
    }
    guard bounds.contains(value) else {
      complain(.outOfBounds, node, "\(key) is \(value), and must be from \(bounds.lowerBound) to \(bounds.upperBound)")
      return nil
    }
    return value
  }

  mutating func flag(_ key: String, isNeeded: Bool = true) -> Bool? {
    guard let node = node(key, isNeeded: isNeeded) else { return nil }
    guard let value = node.bool else {
      complain(.wrongType, node, "\(key) must be true or false")
      return nil
    }
    return value
  }

  mutating func choice<Choice>(_ key: String, isNeeded: Bool = true) -> Choice?
  where Choice: RawRepresentable & CaseIterable, Choice.RawValue == String {
    guard let node = node(key, isNeeded: isNeeded) else { return nil }
    return choice(of: node, key)
  }

  mutating func choices<Choice>(_ key: String, isNeeded: Bool = true) -> [Choice]
  where Choice: RawRepresentable & CaseIterable, Choice.RawValue == String {
    guard let node = node(key, isNeeded: isNeeded) else { return [] }
    guard case .sequence(let sequence) = node else {
      complain(.wrongType, node, "\(key) must be a list, `[one, two]`")
      return []
    }
    return sequence.compactMap { choice(of: $0, key) }
  }

  private mutating func choice<Choice>(of node: Node, _ key: String) -> Choice?
  where Choice: RawRepresentable & CaseIterable, Choice.RawValue == String {
    let text = node.scalar?.string ?? ""
    if let choice = Choice(rawValue: text) { return choice }
    let all = Choice.allCases.map(\.rawValue).joined(separator: ", ")
    complain(.notAChoice, node, "\(key) cannot be \(text.isEmpty ? "that" : "\"\(text)\""): one of \(all)")
    return nil
  }

  mutating func value(_ key: String, _ kind: RuleParameter.Kind, isNeeded: Bool = true) -> Int64? {
    guard let node = node(key, isNeeded: isNeeded) else { return nil }
    guard let text = node.scalar?.string, let value = kind.value(text) else {
      complain(.wrongType, node, "\(key) must be a \(kind.rawValue), like \(kind.example)")
      return nil
    }
    return value
  }

  /// Complains of names that nobody asked for.
  mutating func finish() {
    for (name, node) in keys where !asked.contains(name) {
      let near = asked.min { editDistance($0, name) < editDistance($1, name) }
      let hint = near.map { editDistance($0, name) <= 2 ? "; did you mean \($0)?" : "" } ?? ""
      complain(.unknownKey, node, "\(name) is not known here\(hint)")
    }
  }
}

/// How many letters must be changed, put in or left out to make one text of the other.
private func editDistance(_ a: String, _ b: String) -> Int {
  let (a, b) = (Array(a.utf8.prefix(64)), Array(b.utf8.prefix(64)))
  var row = Array(0...b.count)
  for (i, left) in a.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for (j, right) in b.enumerated() {
      let above = row[j + 1]
      row[j + 1] = min(above + 1, row[j] + 1, diagonal + (left == right ? 0 : 1))
      diagonal = above
    }
  }
  return row[b.count]
}
