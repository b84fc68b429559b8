import Source

extension Parser {
  /// The whole text, item by item. Every word is read or skipped with a complaint.
  mutating func readScript() {
    while token.kind != .end {
      do throws(Unreadable) {
        try readItem()
      } catch {
        skipToItem()
        isRecovering = true
      }
    }
    if script.isEmpty, !kind.mayBeEmpty, lexer.diagnostics.all.isEmpty {
      report(.emptyProgram, at: token.range)
    }
    reportUnusedArgument()
  }

  /// Only the last argument is asked after, as in DTrace (libdtrace `dt_cc.c`).
  private mutating func reportUnusedArgument() {
    let last = lexer.macros.arguments.count - 1
    guard last > 0, !lexer.macros.allowsUnusedArguments, !lexer.usedArguments.contains(last) else { return }
    report(.macroUnused(argument: lexer.macros.arguments[last], number: last), at: token.range)
  }

  /// The present word is of the probe mode, and is again afterwards.
  private mutating func readItem() throws(Unreadable) {
    switch token.kind {
    case .number:
      try readClause()
    case .probe:
      if let start = declarationStart() {
        reread(as: .expressions)
        try readDeclaration(beginning: start)
      } else {
        try readClause()
      }
    case .symbol(.rightBrace):
      if !isRecovering { report(.extra("}"), at: token.range) }
      advance()
      return
    default:
      throw giveUp(expecting: "a probe description or declaration")
    }
    isRecovering = false
  }

  private enum DeclarationStart { case keyword(Keyword), type }

  /// Whether the probe-mode word at hand begins a declaration instead (libdtrace `dt_lex.l`, rule RGX_PSPEC in S2).
  private func declarationStart() -> DeclarationStart? {
    let word = lexer.bytes[token.start..<token.end]
    let name = word.prefix(while: \.continuesIdentifier)
    let text = String(decoding: name, as: UTF8.self)
    let keyword = Keyword(word: text)
    if name.count == word.count, let keyword, keyword.startsDeclaration { return .keyword(keyword) }
    guard !kind.prefersProbes, text != "BEGIN", text != "END", text != "ERROR" else { return nil }
    // `int*x` is one probe-mode word; so is the glob `int*`. A name with any other sign in it is a probe's.
    let hasStar = name.count < word.count
    if hasStar {
      guard word[name.endIndex] == UInt8(ascii: "*"), !name.isEmpty, !word.contains(where: \.isProbeSign) else {
        return nil
      }
      if let keyword, keyword.startsType { return .keyword(keyword) }
    }
    var ahead = lexer
    ahead.rewind(to: token, mode: .expressions)
    _ = ahead.next()
    return followsType(ahead, isKnown: names.isType(text)) ? .type : nil
  }

  /// Whether a declarator stands where `ahead` is: `*x;`, `x[`, `(*x)(`.
  private func followsType(_ ahead: Lexer, isKnown: Bool) -> Bool {
    var ahead = ahead
    var next = ahead.next()
    switch next.kind {
    case .end, .probe, .number, .symbol(.leftBrace), .symbol(.slash), .symbol(.comma): return false
    case .keyword(let keyword): return keyword.role != .reserved && isKnown || keyword.role == .qualifier
    default: break
    }
    var steps = 0
    while steps < 16, next.isSymbol(.star) || next.isSymbol(.leftParenthesis) || isQualifier(next) {
      next = ahead.next()
      steps += 1
    }
    guard case .identifier = next.kind else { return isKnown && !next.isSymbol(.slash) }
    switch ahead.next().kind {
    case .symbol(.semicolon), .symbol(.leftBracket), .symbol(.leftParenthesis), .symbol(.rightParenthesis): return true
    case .symbol(.comma), .symbol(.assign): return true
    default: return isKnown
    }
  }

  func isQualifier(_ token: Token) -> Bool {
    if case .keyword(let keyword) = token.kind { return keyword.role == .qualifier }
    return false
  }

  private mutating func readDeclaration(beginning start: DeclarationStart) throws(Unreadable) {
    guard case .keyword(let keyword) = start else { return try readDeclaration() }
    switch keyword {
    case .inline: try readInline()
    case .translator: try readTranslator()
    case .provider: try readProvider()
    case .counter, .import: throw giveUp(.reservedWord(keyword.rawValue), at: token.range)
    default: try readDeclaration()
    }
  }
}

extension UInt8 {
  /// Signs that a probe description may have and a type with stars cannot.
  fileprivate var isProbeSign: Bool {
    switch self {
    case UInt8(ascii: ":"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "?"), UInt8(ascii: "!"),
      UInt8(ascii: "`"), UInt8(ascii: "$"), UInt8(ascii: "\\"):
      true
    default: false
    }
  }
}
