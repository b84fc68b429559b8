import Source

extension Parser {
  /// Whether a declarator must, may or must not have a name.
  enum DeclaratorName { case required, optional, absent }

  /// `*(*name)(int)[3]`, from the name outward.
  mutating func readDeclarator(_ wanted: DeclaratorName) throws(Unreadable) -> Declarator {
    try enter()
    defer { leave() }
    let start = token.range
    var pointers: [Declarator.Layer] = []
    while accept(.star) {
      var isConst = false
      while case .keyword(let keyword) = token.kind, keyword.role == .qualifier {
        if keyword == .const { isConst = true }
        advance()
      }
      pointers.append(.pointer(const: isConst))
    }
    var declarator = try readDirectDeclarator(wanted, start)
    declarator.layers += pointers.reversed()
    declarator.range = SourceRange(start.start, max(start.start, previousEnd))
    return declarator
  }

  private mutating func readDirectDeclarator(
    _ wanted: DeclaratorName, _ start: SourceRange
  ) throws(Unreadable) -> Declarator {
    var declarator = Declarator(name: nil, range: start)
    if case .identifier(let name) = token.kind, wanted != .absent {
      if name.utf8.contains(UInt8(ascii: "`")) { report(.moduleInDeclaredName(name), at: token.range) }
      declarator.name = name
      advance()
    } else if token.isSymbol(.leftParenthesis), wanted == .required || parenthesisHoldsDeclarator(wanted) {
      advance()
      declarator = try readDeclarator(wanted)
      try expect(.rightParenthesis)
    } else if wanted == .required {
      throw giveUp(expecting: "a name")
    }
    while true {
      if token.isSymbol(.leftBracket) {
        declarator.layers.append(try readArray())
      } else if token.isSymbol(.leftParenthesis) {
        advance()
        declarator.layers.append(.function(try readParameters(until: .rightParenthesis)))
        try expect(.rightParenthesis)
      } else {
        return declarator
      }
    }
  }

  /// `(*)(int)` and `((x))` against `(int)`, `()` and `(foo_t)`: a declarator in parentheses, or parameters.
  private func parenthesisHoldsDeclarator(_ wanted: DeclaratorName) -> Bool {
    var ahead = lexer
    switch ahead.next().kind {
    case .symbol(.star), .symbol(.leftParenthesis), .symbol(.leftBracket): return true
    case .identifier(let name): return wanted != .absent && !names.isType(name)
    default: return false
    }
  }

  /// `[]`, `[3]`, `[int, string]`
  private mutating func readArray() throws(Unreadable) -> Declarator.Layer {
    try enter()
    defer { leave() }
    advance()
    if accept(.rightBracket) { return .array(nil) }
    let layer: Declarator.Layer
    if holdsKeyTypes() {
      let keys = try readParameters(until: .rightBracket)
      for key in keys where key.isEllipsis { report(.ellipsisInTuple, at: key.range) }
      layer = .tuple(keys)
    } else {
      let count = try readConditional()
      typeHeight = max(typeHeight, count.height)
      layer = .array(count)
    }
    try expect(.rightBracket)
    return layer
  }

  /// Whether types stand between the brackets of a declaration. A single unknown name is taken for a constant; the checks
  /// may find it to be a type.
  private func holdsKeyTypes() -> Bool {
    switch token.kind {
    case .symbol(.ellipsis): return true
    case .keyword(let keyword): return keyword.startsType || keyword.role == .storage
    case .identifier(let name):
      if names.isType(name) { return true }
      var ahead = lexer
      var next = ahead.next()
      var stars = 0
      while stars < 16, next.isSymbol(.star) {
        next = ahead.next()
        stars += 1
      }
      switch next.kind {
      case .symbol(.comma): return true
      case .symbol(.rightBracket): return stars > 0
      case .identifier: return stars == 0
      default: return false
      }
    default: return false
    }
  }

  /// Types with or without names, up to `closing`, which stays.
  mutating func readParameters(until closing: Symbol) throws(Unreadable) -> [Declarator] {
    var parameters: [Declarator] = []
    if token.isSymbol(closing) { return parameters }
    repeat {
      let start = token.range
      if accept(.ellipsis) {
        var ellipsis = Declarator(name: nil, range: start)
        ellipsis.isEllipsis = true
        parameters.append(ellipsis)
        break
      }
      try enter()
      let specifiers = try readSpecifiers(.parameter).1
      var parameter = try readDeclarator(.optional)
      leave()
      parameter.specifiers = specifiers
      parameter.range = SourceRange(start.start, previousEnd)
      if let name = parameter.name { names.declareVariable(name) }
      parameters.append(parameter)
    } while accept(.comma)
    return parameters
  }

  /// A type as it stands in a cast, `sizeof` or `offsetof`, and the height of the highest expression in it.
  mutating func readTypeName() throws(Unreadable) -> (type: TypeName, height: Int) {
    let outer = typeHeight
    typeHeight = 0
    defer { typeHeight = outer }
    let start = token.range
    let specifiers = try readSpecifiers(.plain).1
    let declarator = try readDeclarator(.absent)
    let range = SourceRange(start.start, previousEnd)
    return (TypeName(specifiers: specifiers, declarator: declarator, range: range), typeHeight)
  }
}
