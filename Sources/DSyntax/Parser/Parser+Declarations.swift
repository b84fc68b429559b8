import Source

// Declarations of the outer scope. Each leaves the word after its `;` read as a probe's.
extension Parser {
  /// `int x, *y;`, `self string s;`, `typedef …;`, `struct s { … };`
  mutating func readDeclaration() throws(Unreadable) {
    let start = token.range
    let (storage, specifiers) = try readSpecifiers(.declaration)
    var declarators: [Declarator] = []
    if !token.isSymbol(.semicolon) {
      repeat {
        let declarator = try readDeclarator(.required)
        declare(declarator, storage)
        declarators.append(declarator)
      } while accept(.comma)
    }
    switch token.kind {
    case .symbol(.assign): throw giveUp(.initializedDeclaration, at: token.range)
    case .symbol(.leftBrace) where declarators.last?.isFunction == true:
      // A C header's functions are nothing that D could call, and nobody's mistake.
      if includeDepth > 0 { return skipToItem() }
      throw giveUp(.functionDefinition, at: token.range)
    default: break
    }
    try expectItemEnd()
    script.items.append(
      .declaration(
        Declaration(
          storage: storage, specifiers: specifiers, declarators: declarators,
          range: SourceRange(start.start, previousEnd))))
  }

  private mutating func declare(_ declarator: Declarator, _ storage: Declaration.StorageClass) {
    guard let name = declarator.name else { return }
    switch storage {
    case .typedef: names.declareType(name)
    case .selfLocal, .thisLocal: break
    default: names.declareVariable(name)
    }
  }

  /// The `;` that ends a declaration.
  private mutating func expectItemEnd() throws(Unreadable) {
    guard token.isSymbol(.semicolon) else { throw giveUp(missing: "';'") }
    advance(as: .probes)
  }

  /// `inline string NAME = e;`, `inline int f[int a] = e;`
  mutating func readInline() throws(Unreadable) {
    let start = token.range
    advance()
    let specifiers = try readSpecifiers(.declaration).1
    var declarator = try readDeclarator(.required)
    declarator.specifiers = specifiers
    declarator.range = specifiers.range.through(declarator.range)
    if let name = declarator.name { names.declareVariable(name) }
    try expect(.assign)
    let value = try readAssignment()
    try expectItemEnd()
    script.items.append(
      .inline(InlineDefinition(declaration: declarator, value: value, range: SourceRange(start.start, previousEnd))))
  }

  /// `translator T < S *p > { member = e; … };`
  mutating func readTranslator() throws(Unreadable) {
    let start = token.range
    advance()
    if definesRecord() { throw giveUp(.typeDefinedInTranslator, at: token.range) }
    let output = try readTypeName().type
    switch output.specifiers.base {
    case .record(_, _, .some), .enumeration(_, .some):
      throw giveUp(.typeDefinedInTranslator, at: output.range)
    default: break
    }
    try expect(.less)
    let specifiers = try readSpecifiers(.plain).1
    var input = try readDeclarator(.required)
    input.specifiers = specifiers
    input.range = specifiers.range.through(input.range)
    if let name = input.name { names.declareVariable(name) }
    try expect(.greater)
    let open = token.range
    try expect(.leftBrace)
    let members = try readTranslatorMembers(openedAt: open)
    try expectItemEnd()
    script.items.append(
      .translator(
        TranslatorDefinition(
          output: output, input: input, members: members, range: SourceRange(start.start, previousEnd))))
  }

  /// Whether `struct tag {` is at hand.
  private func definesRecord() -> Bool {
    guard case .keyword(let keyword) = token.kind, [.struct, .union, .enum].contains(keyword) else { return false }
    var ahead = lexer
    guard case .identifier = ahead.next().kind else { return false }
    return ahead.next().isSymbol(.leftBrace)
  }

  private mutating func readTranslatorMembers(
    openedAt open: SourceRange
  ) throws(Unreadable) -> [TranslatorDefinition.Member] {
    var members: [TranslatorDefinition.Member] = []
    while !accept(.rightBrace) {
      if token.kind == .end || beginsClause(token) { throw giveUp(.unclosed("{"), at: open) }
      let outer = nesting
      do throws(Unreadable) {
        let (name, range) = try expectIdentifier("a member of the translator's output")
        try expect(.assign)
        let value = try readAssignment()
        try expect(.semicolon)
        members.append(
          TranslatorDefinition.Member(name: name, value: value, range: SourceRange(range.start, previousEnd)))
      } catch {
        nesting = outer
        skipStatement()
      }
    }
    return members
  }

  /// `provider p { probe n(args) : (args); };`
  mutating func readProvider() throws(Unreadable) {
    let start = token.range
    advance()
    let name = try expectIdentifier("the provider's name").name
    let open = token.range
    try expect(.leftBrace)
    var probes: [ProviderDeclaration.Probe] = []
    while !accept(.rightBrace) {
      if token.kind == .end { throw giveUp(.unclosed("{"), at: open) }
      let outer = nesting
      do throws(Unreadable) {
        probes.append(try readProviderProbe())
      } catch {
        nesting = outer
        skipStatement()
      }
    }
    try expectItemEnd()
    script.items.append(
      .provider(ProviderDeclaration(name: name, probes: probes, range: SourceRange(start.start, previousEnd))))
  }

  private mutating func readProviderProbe() throws(Unreadable) -> ProviderDeclaration.Probe {
    let start = token.range
    guard accept(.probe) else { throw giveUp(expecting: "'probe'") }
    let name = try expectIdentifier("the probe's name").name
    try expect(.leftParenthesis)
    let arguments = try readParameters(until: .rightParenthesis)
    try expect(.rightParenthesis)
    var translated: [Declarator]?
    if accept(.colon) {
      try expect(.leftParenthesis)
      translated = try readParameters(until: .rightParenthesis)
      try expect(.rightParenthesis)
    }
    try expect(.semicolon)
    return ProviderDeclaration.Probe(
      name: name, arguments: arguments, translated: translated, range: SourceRange(start.start, previousEnd))
  }
}

extension Declarator {
  fileprivate var isFunction: Bool {
    if case .function = layers.first { return true }
    return false
  }
}
