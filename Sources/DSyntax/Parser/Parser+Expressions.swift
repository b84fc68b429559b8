import Source

extension Parser {
  /// `e, e`
  mutating func readExpression() throws(Unreadable) -> Expression {
    var left = try readAssignment()
    while accept(.comma) {
      let right = try readAssignment()
      left = try make(.comma(left, right), left.range.through(right.range))
    }
    return left
  }

  /// `v = e`, `v += e`: from right to left, and only a unary expression may stand on the left (`dt_grammar.y`).
  mutating func readAssignment() throws(Unreadable) -> Expression {
    let left = try readConditional()
    guard case .symbol(let symbol) = token.kind, let operation = symbol.assignment else { return left }
    guard left.isUnary else { throw giveUp(.notAssignable, at: left.range) }
    if case .identifier(let name) = left.kind { names.declareVariable(name) }
    try enter()
    defer { leave() }
    advance()
    let right = try readAssignment()
    return try make(
      .assign(operation: operation.binary, left, right), left.range.through(right.range))
  }

  /// `c ? e : e`; a chain of them is read in a loop and folded from its end.
  mutating func readConditional() throws(Unreadable) -> Expression {
    var arms: [(condition: Expression, then: Expression)] = []
    var last = try readBinary(from: .or)
    while token.isSymbol(.question) {
      try enter()
      advance()
      let then = try readExpression()
      leave()
      try expect(.colon)
      arms.append((last, then))
      last = try readBinary(from: .or)
    }
    for arm in arms.reversed() {
      last = try make(.conditional(arm.condition, arm.then, last), arm.condition.range.through(last.range))
    }
    return last
  }

  private mutating func readBinary(from lowest: Precedence) throws(Unreadable) -> Expression {
    var left = try readCast()
    while case .symbol(let symbol) = token.kind, let (operation, precedence) = symbol.binary, precedence >= lowest {
      if symbol == .slash, endsPredicate { break }
      advance()
      let right = try readBinary(from: precedence.next)
      left = try make(.binary(operation, left, right), left.range.through(right.range))
    }
    return left
  }

  /// `(type) e`, and the signs before an operand.
  mutating func readCast() throws(Unreadable) -> Expression {
    guard token.isSymbol(.leftParenthesis), parenthesisBeginsCast() else { return try readUnary() }
    let start = token.range
    try enter()
    defer { leave() }
    advance()
    let (type, height) = try readTypeName()
    try expect(.rightParenthesis)
    let operand = try readCast()
    return try make(.cast(type, operand), start.through(operand.range), above: height)
  }

  mutating func readUnary() throws(Unreadable) -> Expression {
    let start = token.range
    switch token.kind {
    case .symbol(let symbol):
      guard let operation = symbol.unary else { break }
      try enter()
      defer { leave() }
      advance()
      let isStep = operation == .increment || operation == .decrement
      let operand = isStep ? try readUnary() : try readCast()
      if isStep, case .identifier(let name) = operand.kind { names.declareVariable(name) }
      return try make(.unary(operation, operand), start.through(operand.range))
    case .keyword(.sizeof): return try readSizeof()
    case .keyword(.stringof):
      try enter()
      defer { leave() }
      advance()
      let operand = try readCast()
      return try make(.stringof(operand), start.through(operand.range))
    default: break
    }
    return try readPostfix()
  }

  /// `sizeof e`, `sizeof (type)`
  private mutating func readSizeof() throws(Unreadable) -> Expression {
    let start = token.range
    try enter()
    defer { leave() }
    advance()
    guard token.isSymbol(.leftParenthesis), parenthesisHoldsType() else {
      let operand = try readUnary()
      return try make(.sizeofExpression(operand), start.through(operand.range))
    }
    advance()
    let (type, height) = try readTypeName()
    try expect(.rightParenthesis)
    return try make(.sizeofType(type), start.through(SourceRange(start.start, previousEnd)), above: height)
  }

  /// An expression, unless the tree would be too high for those who walk it.
  mutating func make(
    _ kind: Expression.Kind, _ range: SourceRange, above height: Int = 0
  ) throws(Unreadable) -> Expression {
    var expression = Expression(kind, range)
    expression.height = max(expression.height, height + 1)
    guard expression.height <= Expression.heightLimit else {
      throw giveUp(.tooDeep(limit: Expression.heightLimit), at: token.range)
    }
    return expression
  }
}

extension Expression {
  /// True for what the grammar calls a unary expression: everything but casts and operators between two operands.
  fileprivate var isUnary: Bool {
    if isParenthesized { return true }
    switch kind {
    case .binary, .conditional, .assign, .comma, .cast: return false
    default: return true
    }
  }
}
