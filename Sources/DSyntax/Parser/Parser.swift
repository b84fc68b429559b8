import Source

/// Thrown up to the statement or declaration that must be given up; the complaint has been made.
struct Unreadable: Error {}

/// Words to a tree, by recursive descent: one file a part of the grammar, this one what they share.
struct Parser {
  /// Parentheses, brackets, braces, casts and signs may stand in each other so many times. Far more than people write, and
  /// far less than a thread's stack can take.
  static let nestingLimit = 200

  var lexer: Lexer
  var kind: ProgramKind
  /// The word that is read next.
  var token: Token
  /// Where the last word that was read ends.
  var previousEnd = 0
  var script = Script()
  var nesting = 0
  /// The height of the highest expression in the type that is being read, as in `(int (*)[1 + 1]) x`.
  var typeHeight = 0
  var names: Names
  /// How many `#include`s deep the C preprocessor says this is.
  var includeDepth = 0
  /// Something was skipped at the outer scope, so that a closing brace left over there is no news.
  var isRecovering = false

  init(
    _ bytes: [UInt8], from start: Int = 0, macros: MacroValues, kind: ProgramKind, reporting diagnostics: Diagnostics
  ) {
    lexer = Lexer(bytes, macros: macros, diagnostics: diagnostics)
    lexer.offset = start
    previousEnd = start
    self.kind = kind
    names = Names(isTypeName: kind.isTypeName)
    token = lexer.next()
    interpretControlLines()
  }

  /// Goes to the next word, which is read in the lexer's present mode.
  mutating func advance() {
    previousEnd = token.end
    token = lexer.next()
    if !lexer.controlLines.isEmpty { interpretControlLines() }
  }

  mutating func advance(as mode: Lexer.Mode) {
    lexer.mode = mode
    advance()
  }

  /// Reads the present word again in another mode.
  mutating func reread(as mode: Lexer.Mode) {
    lexer.rewind(to: token, mode: mode)
    token = lexer.next()
  }

  mutating func report(_ complaint: SyntaxComplaint, at range: SourceRange) {
    lexer.diagnostics.report(complaint, at: range)
  }

  mutating func giveUp(_ complaint: SyntaxComplaint, at range: SourceRange) -> Unreadable {
    report(complaint, at: range)
    return Unreadable()
  }

  /// Complains that the present word is not `expected`.
  mutating func giveUp(expecting expected: String) -> Unreadable {
    giveUp(.unexpected(found: describe(token), expected: expected), at: token.range)
  }

  /// Complains that `expected` is missing: at the word that stands there instead, but just behind the last one when that
  /// word is on another line.
  mutating func giveUp(missing expected: String) -> Unreadable {
    let isFar = token.startsLine || token.kind == .end
    let range = isFar ? SourceRange(previousEnd, previousEnd) : token.range
    return giveUp(.unexpected(found: describe(token), expected: expected), at: range)
  }

  mutating func expect(_ symbol: Symbol) throws(Unreadable) {
    guard token.isSymbol(symbol) else { throw giveUp(missing: "'\(symbol.rawValue)'") }
    advance()
  }

  mutating func accept(_ symbol: Symbol) -> Bool {
    guard token.isSymbol(symbol) else { return false }
    advance()
    return true
  }

  mutating func accept(_ keyword: Keyword) -> Bool {
    guard token.isKeyword(keyword) else { return false }
    advance()
    return true
  }

  /// A name that is being made or asked for: `expected` describes it.
  mutating func expectIdentifier(_ expected: String) throws(Unreadable) -> (name: String, range: SourceRange) {
    guard case .identifier(let name) = token.kind else { throw giveUp(expecting: expected) }
    let range = token.range
    advance()
    return (name, range)
  }

  /// Called where the grammar contains itself; paired with `leave`.
  mutating func enter() throws(Unreadable) {
    guard nesting < Self.nestingLimit else { throw giveUp(.tooDeep(limit: Self.nestingLimit), at: token.range) }
    nesting += 1
  }

  mutating func leave() { nesting -= 1 }

  func describe(_ token: Token) -> String {
    if token.kind == .end { return "the end of the text" }
    let shown = lexer.bytes[token.start..<token.end].prefix(40)
    let text = String(decoding: shown.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    return "'\(text)'" + (shown.count < token.end - token.start ? "…" : "")
  }
}
