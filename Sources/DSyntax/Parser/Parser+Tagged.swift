import Source

extension Parser {
  /// `struct s`, `struct s { … }`, `union { … }`, `enum e { A, B = 2 }`; the keyword is at hand.
  mutating func readTagged(_ keyword: Keyword) throws(Unreadable) -> TypeSpecifiers.Base {
    try enter()
    defer { leave() }
    advance()
    var tag: String?
    let tagRange = token.range
    if case .identifier(let name) = token.kind {
      tag = name
      advance()
    }
    guard token.isSymbol(.leftBrace) else {
      guard tag != nil else { throw giveUp(expecting: "a tag or '{' after \(keyword.rawValue)") }
      return keyword == .enum
        ? .enumeration(tag: tag, members: nil) : .record(keyword.recordKind, tag: tag, members: nil)
    }
    // Another module's type can be named, not made.
    if let tag, tag.utf8.contains(UInt8(ascii: "`")) {
      throw giveUp(.unexpected(found: "'\(tag)'", expected: "a tag without a module"), at: tagRange)
    }
    return keyword == .enum
      ? .enumeration(tag: tag, members: try readEnumerators())
      : .record(keyword.recordKind, tag: tag, members: try readMembers())
  }

  private mutating func readMembers() throws(Unreadable) -> [TypeSpecifiers.Member] {
    let open = token.range
    advance()
    if token.isSymbol(.rightBrace) { throw giveUp(expecting: "a member") }
    var members: [TypeSpecifiers.Member] = []
    while !accept(.rightBrace) {
      if token.kind == .end || beginsClause(token) { throw giveUp(.unclosed("{"), at: open) }
      let outer = nesting
      do throws(Unreadable) {
        members.append(try readMember())
      } catch {
        nesting = outer
        skipStatement()
      }
    }
    return members
  }

  /// `int a, *b;`, `int c : 3;`, `union { … };`
  private mutating func readMember() throws(Unreadable) -> TypeSpecifiers.Member {
    let start = token.range
    let specifiers = try readSpecifiers(.plain).1
    var declarators: [Declarator] = []
    if !token.isSymbol(.semicolon) || !specifiers.isRecord {
      repeat { declarators.append(try readMemberDeclarator()) } while accept(.comma)
    }
    try expect(.semicolon)
    return TypeSpecifiers.Member(
      specifiers: specifiers, declarators: declarators, range: SourceRange(start.start, previousEnd))
  }

  private mutating func readMemberDeclarator() throws(Unreadable) -> Declarator {
    var declarator = Declarator(name: nil, range: token.range)
    if !token.isSymbol(.colon) { declarator = try readDeclarator(.required) }
    if accept(.colon) {
      let width = try readConditional()
      typeHeight = max(typeHeight, width.height)
      declarator.bitWidth = width
      declarator.range = SourceRange(declarator.range.start, previousEnd)
    }
    return declarator
  }

  private mutating func readEnumerators() throws(Unreadable) -> [TypeSpecifiers.Enumerator] {
    advance()
    var members: [TypeSpecifiers.Enumerator] = []
    repeat {
      if token.isSymbol(.rightBrace), !members.isEmpty { break }
      let (name, range) = try expectIdentifier("an enumerator")
      if name.utf8.contains(UInt8(ascii: "`")) { report(.moduleInDeclaredName(name), at: range) }
      names.declareVariable(name)
      var value: Expression?
      if accept(.assign) {
        let read = try readConditional()
        typeHeight = max(typeHeight, read.height)
        value = read
      }
      members.append(
        TypeSpecifiers.Enumerator(name: name, value: value, range: SourceRange(range.start, previousEnd)))
    } while accept(.comma)
    try expect(.rightBrace)
    return members
  }
}

extension Keyword {
  fileprivate var recordKind: TypeSpecifiers.RecordKind { self == .union ? .union : .structure }
}

extension TypeSpecifiers {
  fileprivate var isRecord: Bool {
    if case .record = base { return true }
    return false
  }
}
