import Source

extension Parser {
  /// Statements up to the `}` that closes them, which stays.
  mutating func readStatements(openedAt open: SourceRange) -> [Statement] {
    var statements: [Statement] = []
    while !token.isSymbol(.rightBrace) {
      if token.kind == .end || beginsClause(token) {
        report(.unclosed("{"), at: open)
        break
      }
      if accept(.semicolon) { continue }
      readStatement(into: &statements)
    }
    return statements
  }

  /// One statement with what ends it; skips what cannot be read.
  private mutating func readStatement(into statements: inout [Statement]) {
    let outer = nesting
    let start = token.range
    do throws(Unreadable) {
      switch token.kind {
      case .keyword(.if):
        statements.append(try readBranch())
      case .symbol(.leftBrace):
        report(.blockInClause, at: token.range)
        try enter()
        advance()
        statements += readStatements(openedAt: start)
        _ = accept(.rightBrace)
        leave()
      default:
        statements.append(.expression(try readExpressionStatement()))
      }
    } catch {
      nesting = outer
      skipStatement()
      statements.append(.expression(Expression(.missing, SourceRange(start.start, max(start.end, previousEnd)))))
    }
  }

  /// An expression and the `;` after it, which the last one before a `}` may lack.
  private mutating func readExpressionStatement() throws(Unreadable) -> Expression {
    if case .keyword(let keyword) = token.kind {
      switch keyword.role {
      case .branch: throw giveUp(.elseWithoutIf, at: token.range)
      case .storage where keyword != .self && keyword != .this, .typeWord, .typeTag, .qualifier, .definition:
        throw giveUp(.declarationInClause, at: token.range)
      default: break
      }
    }
    let expression = try readExpression()
    if accept(.semicolon) || token.isSymbol(.rightBrace) { return expression }
    // At the end, and where the next clause begins, it is the brace that is missing.
    if token.kind == .end || beginsClause(token) { return expression }
    let unreadable = giveUp(missing: "';'")
    // On the next line, a statement of its own begins.
    guard token.startsLine, !token.isSymbol(.leftBrace) else { throw unreadable }
    return expression
  }

  /// `if (c) s`, `if (c) { … } else …` (OpenDTrace `dt_grammar.y`).
  private mutating func readBranch() throws(Unreadable) -> Statement {
    let start = token.range
    try enter()
    defer { leave() }
    advance()
    try expect(.leftParenthesis)
    let condition = try readExpression()
    try expect(.rightParenthesis)
    let then = try readArm()
    var otherwise: [Statement] = []
    if accept(.else) { otherwise = try readArm() }
    return .branch(condition, then: then, otherwise: otherwise, SourceRange(start.start, previousEnd))
  }

  private mutating func readArm() throws(Unreadable) -> [Statement] {
    var statements: [Statement] = []
    if token.isSymbol(.leftBrace) {
      let open = token.range
      advance()
      statements = readStatements(openedAt: open)
      _ = accept(.rightBrace)
    } else if !accept(.semicolon) {
      guard !token.isSymbol(.rightBrace), token.kind != .end else { throw giveUp(expecting: "a statement") }
      readStatement(into: &statements)
    }
    return statements
  }
}
