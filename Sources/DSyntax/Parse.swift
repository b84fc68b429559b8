package import Source

/// What a program's text may refer to before it has any meaning: `$1`, `$target`, `-x defaultargs`.
package struct MacroValues: Sendable {
  /// `$0`, `$1` …: the script's own name and its arguments.
  package var arguments: [String]
  /// `$pid`, `$uid`, `$target` … by name without the dollar.
  package var named: [String: Int64]
  /// Missing arguments are 0 or "" instead of an error.
  package var defaultArguments: Bool
  /// `-x argref`: the last argument may stay unused.
  package var allowsUnusedArguments = false
  package init(arguments: [String] = [], named: [String: Int64] = [:], defaultArguments: Bool = false) {
    self.arguments = arguments
    self.named = named
    self.defaultArguments = defaultArguments
  }
}

/// The part of a probe description that a shorter one ends with: `-P`, `-m`, `-f` and `-n` of dtrace(1).
package enum ProbePart: Int, Sendable {
  case provider = 1
  case module, function, name
  /// `functions`
  var plural: String { "\(self)s" }
}

/// Where a program came from, as far as its grammar depends on that.
package struct ProgramKind: Sendable {
  package var lastPart = ProbePart.name
  /// A file's clauses need a predicate or actions; `-n BEGIN` does not (libdtrace `dt_grammar.y`).
  package var needsActions = false
  /// `-x empty`: a program without a clause or declaration is none the worse for it.
  package var mayBeEmpty = false
  /// `-x pspec`: what may be a probe or a type at the start of a line is a probe.
  package var prefersProbes = false
  /// Knows the types that the script does not declare: the kernel's, the D libraries'. Without it, a name is a type where
  /// nothing else could stand, where the script declares it, where D has it built in, and where it ends in `_t`.
  package var isTypeName: @Sendable (String) -> Bool = { _ in false }
  package init() {}
}

/// D text to a tree, or one of its pieces: a program with a kind and arguments of its own. A tree comes back whatever the text says: what could not be read is in `found`, and where it stood
/// there is a `.missing`. Takes time in proportion to the text.
package func parse(
  _ source: SourceText, piece: Range<Int>? = nil, macros: MacroValues, as kind: ProgramKind = ProgramKind(),
  reporting found: inout Diagnostics
) -> Script {
  let piece = piece ?? 0..<source.bytes.count
  let bytes = piece.upperBound == source.bytes.count ? source.bytes : Array(source.bytes[..<piece.upperBound])
  var parser = Parser(bytes, from: piece.lowerBound, macros: macros, kind: kind, reporting: found)
  parser.readScript()
  found = parser.lexer.diagnostics
  return parser.script
}

/// A probe description standing alone, as after `-n`, `-P`, `-m`, `-f` and `-i`: `open:entry`, `mib:ip::`, `12`.
/// Nil when it is none: too many parts, an unknown macro, signs that no probe's name has.
package func parseProbeDescription(
  _ text: String, endingAt lastPart: ProbePart = .name, macros: MacroValues = MacroValues()
) -> ProbeDescription? {
  var kind = ProgramKind()
  kind.lastPart = lastPart
  kind.prefersProbes = true
  var parser = Parser(Array(text.utf8), macros: macros, kind: kind, reporting: Diagnostics())
  let description = try? parser.readProbeDescription()
  guard parser.lexer.diagnostics.all.isEmpty, parser.token.kind == .end else { return nil }
  return description
}
