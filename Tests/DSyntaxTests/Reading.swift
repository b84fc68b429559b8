import DSyntax
import Source
import Testing

/// A text, read.
struct Reading {
  let source: SourceText
  let script: Script
  let found: [Diagnostic]

  init(_ text: String, name: String = "-n", macros: MacroValues = .usual, as kind: ProgramKind = ProgramKind()) {
    self.init(SourceText(text, name: name), macros: macros, as: kind)
  }

  init(_ source: SourceText, macros: MacroValues = .usual, as kind: ProgramKind = ProgramKind()) {
    var diagnostics = Diagnostics()
    self.source = source
    script = parse(source, macros: macros, as: kind, reporting: &diagnostics)
    found = diagnostics.all
  }

  var complaints: [SyntaxComplaint] { found.compactMap { $0.complaint as? SyntaxComplaint } }
  var tags: [String] { found.map(\.complaint.tag) }
  var printed: String { script.printed }
  var rendered: String { found.map { $0.rendered(in: source) }.joined() }
}

extension MacroValues {
  static let usual = MacroValues(
    arguments: ["dtrace"],
    named: [
      "pid": 100, "ppid": 99, "pgid": 98, "sid": 97, "uid": 0, "euid": 0, "gid": 0, "egid": 0, "target": 968,
    ])
}

/// What an expression is read as, in a clause of its own; fails the test when anything is wrong with it.
func expression(_ text: String, macros: MacroValues = .usual, sourceLocation: Testing.SourceLocation = #_sourceLocation)
  -> String
{
  let reading = Reading("BEGIN { \(text); }", macros: macros)
  #expect(reading.found.isEmpty, "\(reading.rendered)", sourceLocation: sourceLocation)
  guard case .clause(let clause) = reading.script.items.first, let body = clause.body, body.count == 1 else {
    return ""
  }
  return body[0].printed
}
