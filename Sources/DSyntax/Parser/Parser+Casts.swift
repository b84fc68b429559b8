import Source

// Telling `(name) x` the cast from `(name) - x` the difference without knowing every type of the kernel.
//
// A keyword of types decides by itself, and so does a name that `Names` takes for a type. Any other name is a type where
// an operand follows that cannot follow an operand: `(name) x`, `(name) 3`, `(name) "s"`, `(name) !x`, `(name) (x)`; and in
// `(name *)`, where nothing else makes sense. `(name) - x`, `(name) * x`, `(name) & x` stay what they look like: a difference,
// a product, an intersection; and `sizeof (name)` an expression, which the checks may find to be a type after all.
extension Parser {
  /// Whether the `(` at hand begins a cast.
  func parenthesisBeginsCast() -> Bool { parenthesis(isUnknownTypeBefore: beginsOperandOnly) }

  /// Whether the `(` at hand holds a type, as after `sizeof`.
  func parenthesisHoldsType() -> Bool { parenthesis(isUnknownTypeBefore: { _ in false }) }

  private func parenthesis(isUnknownTypeBefore: (Lexer) -> Bool) -> Bool {
    var ahead = lexer
    switch ahead.next().kind {
    case .keyword(let keyword): return keyword.startsType
    case .identifier(let name):
      if name == "userland", beginsType(ahead) { return true }
      let next = ahead.next()
      if names.isType(name) {
        // `(pid_t.x)` and `(pid_t + 1)` mean a variable, whatever its name.
        switch next.kind {
        case .symbol(.rightParenthesis), .symbol(.star), .symbol(.leftBracket), .symbol(.leftParenthesis): return true
        default: return isQualifier(next)
        }
      }
      switch next.kind {
      case .symbol(.rightParenthesis): return isUnknownTypeBefore(ahead)
      case .symbol(.star): return starsAloneFollow(ahead)
      default: return isQualifier(next)
      }
    default: return false
    }
  }

  private func beginsType(_ ahead: Lexer) -> Bool {
    var ahead = ahead
    switch ahead.next().kind {
    case .identifier: return true
    case .keyword(let keyword): return keyword.startsType
    default: return false
    }
  }

  /// Whether what stands after the `)` can begin an operand and cannot go on after one.
  private func beginsOperandOnly(_ ahead: Lexer) -> Bool {
    var ahead = ahead
    switch ahead.next().kind {
    case .identifier, .integer, .character, .string, .aggregation, .macro: return true
    case .keyword(let keyword): return keyword.role == .expression || keyword == .self || keyword == .this
    case .symbol(.exclamation), .symbol(.tilde): return true
    // `(f)()` calls; `(f)(x)` converts.
    case .symbol(.leftParenthesis): return !ahead.next().isSymbol(.rightParenthesis)
    default: return false
    }
  }

  /// Whether only stars and qualifiers stand before the `)`: `(name **)`.
  private func starsAloneFollow(_ ahead: Lexer) -> Bool {
    var ahead = ahead
    for _ in 0..<16 {
      let next = ahead.next()
      if next.isSymbol(.rightParenthesis) { return true }
      guard next.isSymbol(.star) || isQualifier(next) else { return false }
    }
    return false
  }
}
