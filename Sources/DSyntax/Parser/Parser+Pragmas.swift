import Source

// Control lines: `#pragma D …`, `#line 7 "file"`, `# 7 "file"`, `#error …` (libdtrace `dt_pragma.c`). What a program is
// told by them stays in the tree; here they are checked as far as their text goes.
extension Parser {
  mutating func interpretControlLines() {
    let lines = lexer.controlLines
    lexer.controlLines = []
    for line in lines { interpret(line) }
  }

  private mutating func interpret(_ line: ControlLine) {
    // A `#` alone says nothing.
    guard let first = line.words.first else { return }
    if first.kind == .integer { return checkLine(line.words[...], line) }
    guard first.kind == .word else { return report(.controlLineInvalid("\"\(first.text)\""), at: first.range) }
    guard first.text == "pragma" else {
      return directive(first, line.words.dropFirst(), line, elseReport: .controlLineInvalid(first.text))
    }
    guard let second = line.words.dropFirst().first else { return }
    guard second.text == "D", second.kind == .word else {
      // Unknown pragmas are somebody else's.
      return directive(second, line.words.dropFirst(2), line, elseReport: nil)
    }
    interpretD(line.words.dropFirst(2), line)
  }

  /// `#error`, `#ident`, `#line`, with or without `pragma` before them.
  private mutating func directive(
    _ name: ControlLine.Word, _ words: ArraySlice<ControlLine.Word>, _ line: ControlLine,
    elseReport complaint: SyntaxComplaint?
  ) {
    switch name.text {
    case "error": report(.errorDirective(words.map(\.text).joined(separator: " ")), at: line.range)
    case "ident": break
    case "line": checkLine(words, line)
    default: if let complaint { report(complaint, at: name.range) }
    }
  }

  /// `7 "file" 1 3`; the positions themselves are followed by `SourceText`.
  private mutating func checkLine(_ words: ArraySlice<ControlLine.Word>, _ line: ControlLine) {
    let kinds = words.map(\.kind)
    let isWellFormed =
      kinds.first == .integer && (kinds.count < 2 || kinds[1] == .string)
      && kinds.dropFirst(2).allSatisfy { $0 == .integer }
    // 1 enters a file, 2 returns from one (cpp's manual, "Preprocessor Output").
    for flag in words.dropFirst(2).map(\.text) {
      if flag == "1" { includeDepth += 1 }
      if flag == "2", includeDepth > 0 { includeDepth -= 1 }
    }
    if !isWellFormed {
      report(.pragmaMalformed("line", usage: "a line number and a file's name in quotes"), at: line.range)
    }
  }

  private mutating func interpretD(_ words: ArraySlice<ControlLine.Word>, _ line: ControlLine) {
    guard let name = words.first else { return }
    let arguments = Array(words.dropFirst())
    let isSound: Bool
    switch name.text {
    case "option": isSound = checkOption(arguments, line)
    case "attributes": isSound = checkAttributes(arguments, line)
    case "binding": isSound = checkBinding(arguments, line)
    case "depends_on": isSound = checkDependency(arguments, line)
    case "error", "ident", "line": return directive(name, words.dropFirst(), line, elseReport: nil)
    default: return report(.pragmaInvalid(name.text), at: name.range)
    }
    guard isSound else { return }
    script.items.append(.pragma(Pragma(words: ["D"] + words.map(\.text), range: line.range)))
  }

  private mutating func malformed(_ name: String, _ usage: String, _ line: ControlLine) -> Bool {
    report(.pragmaMalformed("pragma D " + name, usage: usage), at: line.range)
    return false
  }

  private mutating func checkOption(_ arguments: [ControlLine.Word], _ line: ControlLine) -> Bool {
    guard arguments.count == 1, arguments[0].kind != .string else {
      return malformed("option", "one option, as name or name=value", line)
    }
    // These change how the rest of the text is read.
    switch arguments[0].text {
    case "defaultargs": lexer.macros.defaultArguments = true
    case "argref": lexer.macros.allowsUnusedArguments = true
    case "empty": kind.mayBeEmpty = true
    case "pspec": kind.prefersProbes = true
    default: break
    }
    return true
  }

  /// `Stable/Evolving/Common name`, `Stable/Evolving/Common provider syscall args`
  private mutating func checkAttributes(_ arguments: [ControlLine.Word], _ line: ControlLine) -> Bool {
    let isOfProvider = arguments.count >= 2 && arguments[1].text == "provider"
    guard arguments.count >= (isOfProvider ? 4 : 2), arguments[0].kind == .word, arguments[1].kind == .word else {
      return malformed("attributes", "attributes and a name", line)
    }
    guard Attributes.areKnown(arguments[0].text) else { return unknown(arguments[0], of: "attributes") }
    if isOfProvider, !["provider", "module", "function", "name", "args"].contains(arguments[3].text) {
      return unknown(arguments[3], of: "attributes")
    }
    return true
  }

  private mutating func unknown(_ word: ControlLine.Word, of name: String) -> Bool {
    report(.pragmaValue(word.text, of: name), at: word.range)
    return false
  }

  /// `"1.0" name`
  private mutating func checkBinding(_ arguments: [ControlLine.Word], _ line: ControlLine) -> Bool {
    guard arguments.count >= 2, arguments[0].kind == .string, arguments[1].kind == .word else {
      return malformed("binding", "a version in quotes and a name", line)
    }
    let parts = arguments[0].text.split(separator: ".", omittingEmptySubsequences: false)
    guard (2...3).contains(parts.count), parts.allSatisfy({ UInt16($0) != nil }) else {
      return unknown(arguments[0], of: "binding")
    }
    return true
  }

  /// `provider ip`, `module vmlinux`, `library net.d`
  private mutating func checkDependency(_ arguments: [ControlLine.Word], _ line: ControlLine) -> Bool {
    guard arguments.count >= 2, arguments[0].kind == .word, arguments[1].kind != .string else {
      return malformed("depends_on", "provider, module or library, and its name", line)
    }
    guard ["provider", "module", "library"].contains(arguments[0].text) else {
      return unknown(arguments[0], of: "depends_on")
    }
    return true
  }
}

/// `name/data/class` stability, each part optional from the right (guide, chapter "Stability").
private enum Attributes {
  static let stabilities: Set<String> = [
    "internal", "private", "obsolete", "external", "unstable", "evolving", "stable", "standard",
  ]
  static let classes: Set<String> = ["unknown", "cpu", "platform", "group", "isa", "common"]

  static func areKnown(_ text: String) -> Bool {
    let parts = text.lowercased().split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard parts.count <= 3 else { return false }
    return zip(parts, [stabilities, stabilities, classes]).allSatisfy { $1.contains($0) }
  }
}
