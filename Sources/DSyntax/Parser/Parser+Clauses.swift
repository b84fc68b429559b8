import Source

extension Parser {
  /// `probe, probe /predicate/ { statements }`
  mutating func readClause() throws(Unreadable) {
    let start = token.range
    var probes: [ProbeDescription] = []
    while true {
      switch token.kind {
      case .probe, .number: probes.append(readProbeWord())
      default: throw giveUp(expecting: "a probe description")
      }
      guard accept(.comma) else { break }
    }
    let probeRange = start.through(SourceRange(start.start, previousEnd))
    var predicate: Expression?
    if token.isSymbol(.slash) {
      predicate = readPredicate()
    } else if !token.isSymbol(.leftBrace), token.kind != .end {
      // Without a comma the next description begins a clause of its own, as in `-n 'BEGIN END'`.
      if !kind.needsActions, token.kind == .probe || token.isNumber {
        let range = SourceRange(start.start, max(start.end, previousEnd))
        script.items.append(.clause(Clause(probes: probes, predicate: nil, body: nil, range: range)))
        return
      }
      // Two descriptions without a comma, the second on a line of its own: a clause was cut short, and one begins.
      let isClause = beginsClause(token)
      let unreadable = giveUp(missing: "',', a predicate or '{' after the probe description")
      guard isClause else { throw unreadable }
      return
    }
    var body: [Statement]?
    if token.isSymbol(.leftBrace) {
      body = readBody()
    } else if predicate != nil {
      report(.predicateWithoutActions, at: SourceRange(previousEnd, previousEnd))
    } else if kind.needsActions {
      report(.probeWithoutActions, at: probeRange)
    }
    let range = SourceRange(start.start, max(start.end, previousEnd))
    script.items.append(.clause(Clause(probes: probes, predicate: predicate, body: body, range: range)))
    if lexer.mode != .probes { reread(as: .probes) }
  }

  /// From the `/` to the one that ends the predicate, wherever that is; `.missing` when there is no making sense of it.
  private mutating func readPredicate() -> Expression {
    let start = token.range
    advance(as: .predicate)
    let outer = nesting
    defer { nesting = outer }
    do throws(Unreadable) {
      let predicate = try readExpression()
      guard token.isSymbol(.slash) else { throw giveUp(missing: "'/' after the predicate") }
      advance(as: .expressions)
      return predicate
    } catch {
      skipPredicate()
      return Expression(.missing, SourceRange(start.start, max(start.end, previousEnd)))
    }
  }

  /// Whether the `/` at hand ends a predicate: `{`, `;` or nothing at all stands behind it (libdtrace `dt_lex.l`).
  /// A continuation and comments count as nothing; the article's listings have one there.
  var endsPredicate: Bool {
    guard lexer.mode == .predicate else { return false }
    var ahead = lexer
    switch ahead.next().kind {
    case .end, .symbol(.leftBrace), .symbol(.semicolon): return true
    default: return false
    }
  }

  /// From the `{` to its `}`; the word after it is read as a probe's.
  private mutating func readBody() -> [Statement] {
    let open = token.range
    advance(as: .expressions)
    let outer = nesting
    defer { nesting = outer }
    let statements = readStatements(openedAt: open)
    if token.isSymbol(.rightBrace) { advance(as: .probes) }
    return statements
  }
}
