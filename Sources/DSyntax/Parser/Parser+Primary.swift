import Source

extension Parser {
  /// `f(a, b)`, `x[k]`, `p->m`, `s.m`, `x++`
  mutating func readPostfix() throws(Unreadable) -> Expression {
    var base = try readPrimary()
    while case .symbol(let symbol) = token.kind {
      let range = base.range
      switch symbol {
      case .leftParenthesis:
        guard case .identifier(let name) = base.kind else { throw giveUp(.calleeNotNamed, at: range) }
        let arguments = try readArguments(.rightParenthesis)
        base = try make(.call(name, arguments), reading(from: range))
      case .leftBracket:
        if case .identifier(let name) = base.kind { names.declareVariable(name) }
        let keys = try readArguments(.rightBracket)
        guard !keys.isEmpty else { throw giveUp(expecting: "an index before ']'") }
        base = try make(.index(base, keys), reading(from: range))
      case .dot, .arrow:
        advance()
        let name = try readMemberName()
        base = try make(member(name, of: base, symbol), reading(from: range))
      case .increment, .decrement:
        if case .identifier(let name) = base.kind { names.declareVariable(name) }
        advance()
        base = try make(.postfix(symbol == .increment ? .increment : .decrement, base), reading(from: range))
      default: return base
      }
    }
    return base
  }

  /// From `range` to the last word that was read.
  private func reading(from range: SourceRange) -> SourceRange { SourceRange(range.start, previousEnd) }

  private func member(_ name: String, of base: Expression, _ symbol: Symbol) -> Expression.Kind {
    guard symbol == .arrow else { return .member(base, name) }
    switch base.kind {
    case .identifier("self"): return .scoped(.thread, name)
    case .identifier("this"): return .scoped(.clause, name)
    default: return .arrow(base, name)
    }
  }

  /// After `->`, `.` and in `offsetof` a keyword is a name (libdtrace `dt_lex.l` state SIDENT).
  private mutating func readMemberName() throws(Unreadable) -> String {
    switch token.kind {
    case .identifier(let name):
      advance()
      return name
    case .keyword(let keyword):
      advance()
      return keyword.rawValue
    default: throw giveUp(expecting: "a member's name")
    }
  }

  /// What stands between the sign at hand and `closing`, separated by commas.
  private mutating func readArguments(_ closing: Symbol) throws(Unreadable) -> [Expression] {
    try enter()
    defer { leave() }
    advance()
    var arguments: [Expression] = []
    if !token.isSymbol(closing) {
      repeat { arguments.append(try readAssignment()) } while accept(.comma)
    }
    guard token.isSymbol(closing) else { throw giveUp(missing: "',' or '\(closing.rawValue)'") }
    advance()
    return arguments
  }

  private mutating func readPrimary() throws(Unreadable) -> Expression {
    let range = token.range
    switch token.kind {
    case .identifier(let name): return take(.identifier(name))
    case .character(let value): return take(.integer(value, suffix: IntegerSuffix(), isCharacter: true))
    case .aggregation(let name): return take(.aggregation(name))
    case .macro(let name): return take(.macro(name))
    case .keyword(.self): return take(.identifier("self"))
    case .keyword(.this): return take(.identifier("this"))
    case .keyword(.offsetof): return try readOffsetof()
    case .keyword(.xlate): return try readXlate()
    case .integer(let value, let suffix, let isNegative):
      let integer = take(.integer(value, suffix: suffix, isCharacter: false))
      return isNegative ? try make(.unary(.minus, integer), range) : integer
    case .string(let bytes):
      let string = take(.string(bytes))
      skipAdjacentStrings()
      return string
    case .symbol(.leftParenthesis):
      try enter()
      defer { leave() }
      advance()
      var inner = try readExpression()
      try expect(.rightParenthesis)
      inner.isParenthesized = true
      inner.range = reading(from: range)
      return inner
    case .keyword(let keyword):
      switch keyword.role {
      case .reserved, .branch, .definition, .probe: throw giveUp(.reservedWord(keyword.rawValue), at: range)
      default: throw giveUp(.typeInExpression(keyword.rawValue), at: range)
      }
    default:
      throw giveUp(expecting: "an expression")
    }
  }

  private mutating func take(_ kind: Expression.Kind) -> Expression {
    let expression = Expression(kind, token.range)
    advance()
    return expression
  }

  private mutating func skipAdjacentStrings() {
    guard case .string = token.kind else { return }
    report(.adjacentStrings, at: token.range)
    while case .string = token.kind { advance() }
  }

  /// `offsetof(type, member)`
  private mutating func readOffsetof() throws(Unreadable) -> Expression {
    let start = token.range
    try enter()
    defer { leave() }
    advance()
    try expect(.leftParenthesis)
    let (type, height) = try readTypeName()
    try expect(.comma)
    let member = try readMemberName()
    try expect(.rightParenthesis)
    return try make(.offsetof(type, member: member), reading(from: start), above: height)
  }

  /// `xlate <type> (e)`
  private mutating func readXlate() throws(Unreadable) -> Expression {
    let start = token.range
    try enter()
    defer { leave() }
    advance()
    try expect(.less)
    let (type, height) = try readTypeName()
    try expect(.greater)
    try expect(.leftParenthesis)
    let input = try readExpression()
    try expect(.rightParenthesis)
    return try make(.xlate(type, input), reading(from: start), above: height)
  }
}
