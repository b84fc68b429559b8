import Source

/// Text to words, one at a time and by mode: what `*` and `-` mean depends on whether a probe is being described.
///
/// A value: whoever must look ahead takes a copy, and what the copy finds wrong is forgotten with it.
struct Lexer {
  enum Mode {
    /// The outer scope: a probe description is one word (libdtrace `dt_lex.l` state S2).
    case probes
    /// Everything inside a clause or declaration (state S0).
    case expressions
    /// As expressions, but `//*` is the predicate's end and a comment, not a comment that begins with `*`.
    case predicate
  }

  let bytes: [UInt8]
  var macros: MacroValues
  var mode = Mode.probes
  var offset = 0
  /// Nothing but blanks stands between the line's start and `offset`.
  var atLineStart = true
  var diagnostics: Diagnostics
  /// The numbers of the macro arguments that the text refers to.
  var usedArguments: Set<Int> = []
  /// Control lines passed and not yet interpreted.
  var controlLines: [ControlLine] = []

  init(_ bytes: [UInt8], macros: MacroValues, diagnostics: Diagnostics) {
    self.bytes = bytes
    self.macros = macros
    self.diagnostics = diagnostics
  }

  /// The byte `distance` after the present one; 0 past the end.
  func peek(_ distance: Int = 0) -> UInt8 {
    let index = offset + distance
    return index < bytes.count ? bytes[index] : 0
  }

  var isAtEnd: Bool { offset >= bytes.count }

  mutating func report(_ complaint: SyntaxComplaint, from start: Int) {
    diagnostics.report(complaint, at: SourceRange(start, max(offset, start)))
  }

  func text(from start: Int) -> String { String(decoding: bytes[start..<offset], as: UTF8.self) }

  /// Goes back to where `token` begins, to read it in another mode.
  mutating func rewind(to token: Token, mode: Mode) {
    offset = token.start
    atLineStart = token.startsLine
    self.mode = mode
  }

  mutating func next() -> Token {
    while true {
      skipBlanks()
      let start = offset
      let startsLine = atLineStart
      guard !isAtEnd else { return Token(kind: .end, start: start, end: start, startsLine: startsLine) }
      atLineStart = false
      if let kind = mode == .probes ? probeKind() ?? expressionKind() : expressionKind() {
        return Token(kind: kind, start: start, end: offset, startsLine: startsLine)
      }
      reportStray()
    }
  }

  /// The word at `offset`, which is left behind it; nil when no word begins there.
  private mutating func expressionKind() -> Token.Kind? {
    let byte = peek()
    if byte.beginsIdentifier { return word() }
    if byte.isDigit || (byte == UInt8(ascii: ".") && peek(1).isDigit) { return number() }
    switch byte {
    case UInt8(ascii: "\""): return string()
    case UInt8(ascii: "'"): return character()
    case UInt8(ascii: "$"): return macro()
    case UInt8(ascii: "@"):
      offset += 1
      let start = offset
      if peek().isLetter { skipIdentifier() }
      let name = text(from: start)
      // DTrace calls the nameless aggregation `@_`.
      return .aggregation(name == "_" ? "" : name)
    default: break
    }
    guard let symbol = Symbol.longest(byte, peek(1), peek(2)) else { return nil }
    offset += symbol.rawValue.utf8.count
    return .symbol(symbol)
  }

  private mutating func word() -> Token.Kind {
    let start = offset
    skipIdentifier()
    skipModuleName()
    let name = text(from: start)
    if let keyword = Keyword(word: name) { return .keyword(keyword) }
    return .identifier(name)
  }

  mutating func skipIdentifier() {
    while peek().continuesIdentifier { offset += 1 }
  }

  /// ``libc.so.1`malloc``: a module's name may have dots in it, when a backtick comes after them.
  private mutating func skipModuleName() {
    guard peek() == UInt8(ascii: "."), peek(1).continuesIdentifier else { return }
    var end = 1
    while end < 64, peek(end).continuesIdentifier || peek(end) == UInt8(ascii: ".") {
      if peek(end) == UInt8(ascii: "`") {
        offset += end
        skipIdentifier()
        return
      }
      end += 1
    }
  }

  /// Complains once about everything that cannot begin a word, up to what can.
  private mutating func reportStray() {
    let start = offset
    repeat { offset += 1 } while !isAtEnd && peek().isStray
    let shown = bytes[start..<min(offset, start + 16)]
    let printable = shown.allSatisfy { $0 >= 0x20 && $0 != 0x7f }
    let text =
      printable
      ? "'" + String(decoding: shown, as: UTF8.self) + "'"
      : "the byte 0x" + String(shown.first { $0 < 0x20 || $0 == 0x7f } ?? 0, radix: 16)
    report(.strayCharacters(text), from: start)
  }
}

extension UInt8 {
  var isDigit: Bool { self >= 0x30 && self <= 0x39 }
  var isLetter: Bool { (self | 0x20) >= 0x61 && (self | 0x20) <= 0x7a || self == UInt8(ascii: "_") }
  var isBlank: Bool { self == 0x20 || (self >= 0x09 && self <= 0x0d) }
  var beginsIdentifier: Bool { isLetter || self == UInt8(ascii: "`") }
  var continuesIdentifier: Bool { beginsIdentifier || isDigit }

  /// No word of the expression mode begins with it, and it is no blank.
  fileprivate var isStray: Bool {
    if self >= 0x80 { return true }
    if beginsIdentifier || isDigit || isBlank { return false }
    switch self {
    case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "$"), UInt8(ascii: "@"), UInt8(ascii: "\\"): return false
    default: return Symbol.longest(self, 0, 0) == nil
    }
  }
}
