import Source

// Where reading goes on after a complaint. The rule: at `;`, at the `}` of the block, at the next clause. A line that
// begins like a clause ends whatever is open, so that one forgotten brace does not swallow the rest of the program.
extension Parser {
  /// Passes the rest of a statement and its `;`; stays before the `}` that closes the block.
  mutating func skipStatement() {
    var depth = 0
    while token.kind != .end, !beginsClause(token) {
      switch token.kind {
      case .symbol(.semicolon) where depth == 0:
        advance()
        return
      case .symbol(.leftBrace): depth += 1
      case .symbol(.rightBrace):
        if depth == 0 { return }
        depth -= 1
        if depth == 0 {
          advance()
          return
        }
      default: break
      }
      advance()
    }
  }

  /// Passes the rest of a predicate and the `/` that ends it; stays before a `{`.
  mutating func skipPredicate() {
    while token.kind != .end, !token.isSymbol(.leftBrace), !token.isSymbol(.rightBrace) {
      if token.startsLine, beginsClause(token) { break }
      let isLast = token.isSymbol(.slash) && endsPredicate
      advance()
      if isLast { break }
    }
    if lexer.mode == .predicate { reread(as: .expressions) }
  }

  /// Passes the rest of an item of the outer scope: to a `;` or a closed pair of braces, or to where a line begins like an
  /// item. The word at hand is of the probe mode afterwards.
  mutating func skipToItem() {
    reread(as: .expressions)
    var depth = 0
    var isFirst = true
    nesting = 0
    loop: while token.kind != .end {
      if !isFirst, token.startsLine, beginsClause(token) || (depth == 0 && beginsDeclaration(token)) { break }
      isFirst = false
      switch token.kind {
      case .symbol(.semicolon) where depth == 0:
        advance(as: .probes)
        return
      case .symbol(.leftBrace): depth += 1
      case .symbol(.rightBrace):
        depth -= 1
        guard depth > 0 else {
          advance(as: .probes)
          // `};` closes a declaration.
          if token.isSymbol(.semicolon) { advance() }
          return
        }
      default: break
      }
      advance()
    }
    reread(as: .probes)
  }

  /// Whether `token` begins its line and, read as a probe description, is one beyond doubt: `BEGIN`, or with colons in it,
  /// and a `{`, `/` or `,` behind it. No statement looks like that.
  func beginsClause(_ token: Token) -> Bool {
    guard token.startsLine, token.kind != .end else { return false }
    var ahead = lexer
    ahead.rewind(to: token, mode: .probes)
    let word = ahead.next()
    guard word.kind == .probe, word.start == token.start else { return false }
    let text = lexer.bytes[word.start..<word.end]
    let isNamed = text.elementsEqual("BEGIN".utf8) || text.elementsEqual("END".utf8) || text.elementsEqual("ERROR".utf8)
    let isTimer = text.starts(with: "tick-".utf8) || text.starts(with: "profile-".utf8)
    guard isNamed || isTimer || (text.contains(UInt8(ascii: ":")) && !text.contains(UInt8(ascii: "?"))) else {
      return false
    }
    switch ahead.next().kind {
    case .symbol(.leftBrace): return true
    case .symbol(.slash), .symbol(.comma): return !isTimer
    default: return false
    }
  }

  private func beginsDeclaration(_ token: Token) -> Bool {
    guard case .keyword(let keyword) = token.kind else { return false }
    return keyword.startsDeclaration && keyword != .self && keyword != .this
  }
}
