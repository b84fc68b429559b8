import Source

extension Parser {
  /// Where specifiers stand, which says what a lone name among them is.
  enum SpecifierPlace {
    /// `foo x;` where `foo` may be the variable's own name.
    case declaration
    /// A parameter, or an array's key: a lone name is a type; a storage class is wrong.
    case parameter
    /// A member, a cast: a lone name is a type, and there are no storage classes.
    case plain
  }

  /// Storage classes, qualifiers and a type, in any order.
  mutating func readSpecifiers(
    _ place: SpecifierPlace
  ) throws(Unreadable) -> (Declaration.StorageClass, TypeSpecifiers) {
    var collector = SpecifierCollector(start: token.start)
    loop: while true {
      switch token.kind {
      case .keyword(let keyword):
        switch keyword.role {
        case .typeWord: collector.words.append(keyword.rawValue)
        case .qualifier: collector.qualify(keyword)
        case .storage where place != .plain: readStorage(keyword, place, &collector)
        case .definition where keyword == .inline && includeDepth > 0: break
        case .typeTag:
          let start = token.range
          let base = try readTagged(keyword)
          collect(base, SourceRange(start.start, start.end), &collector)
          continue loop
        default: break loop
        }
        advance()
      case .identifier("userland") where nameIsFollowedByType():
        collector.isUserland = true
        advance()
      case .identifier(let name):
        guard collector.base == nil, isBase(place, after: collector) else { break loop }
        collect(.named(name), token.range, &collector)
        advance()
      default: break loop
      }
    }
    guard collector.hasSomething else { throw giveUp(expecting: "a type") }
    checkWords(collector)
    return (collector.storage?.storage ?? .global, collector.specifiers(end: previousEnd))
  }

  private func nameIsFollowedByType() -> Bool {
    var ahead = lexer
    switch ahead.next().kind {
    case .identifier: return true
    case .keyword(let keyword): return keyword.startsType
    default: return false
    }
  }

  /// Whether the name at hand is the type, not the name that is being declared.
  private func isBase(_ place: SpecifierPlace, after collector: SpecifierCollector) -> Bool {
    var ahead = lexer
    let next = ahead.next()
    let isFollowed: Bool
    switch next.kind {
    case .identifier, .symbol(.star): isFollowed = true
    case .symbol(.leftParenthesis): isFollowed = collector.words.isEmpty && ahead.next().isSymbol(.star)
    default: isFollowed = isQualifier(next)
    }
    // After `unsigned` a name is the declarator's, unless yet another follows; after `int` it always is.
    if !collector.words.isEmpty {
      return isFollowed && collector.words.allSatisfy { ["signed", "unsigned", "short", "long"].contains($0) }
    }
    return place != .declaration || isFollowed
  }

  private mutating func readStorage(
    _ keyword: Keyword, _ place: SpecifierPlace, _ collector: inout SpecifierCollector
  ) {
    guard let storage = keyword.storageClass else { return }
    if place == .parameter {
      report(.parameterStorage(keyword.rawValue), at: token.range)
    } else if let earlier = collector.storage {
      report(.twoStorageClasses(earlier.keyword.rawValue, keyword.rawValue), at: token.range)
    } else {
      collector.storage = (storage, keyword)
    }
  }

  private mutating func collect(
    _ base: TypeSpecifiers.Base, _ range: SourceRange, _ collector: inout SpecifierCollector
  ) {
    if collector.base == nil {
      collector.baseRange = range
    } else if !collector.isDoubled {
      report(.twoTypes, at: range)
      collector.isDoubled = true
    }
    collector.base = base
  }

  /// `long struct s`, `unsigned foo_t x`, `int struct s`: words that go with integers only, beside another type.
  private mutating func checkWords(_ collector: SpecifierCollector) {
    guard collector.base != nil, !collector.words.isEmpty else { return }
    if collector.words.contains("long") {
      report(.longWithType, at: collector.baseRange)
    } else if collector.words.contains("unsigned") || collector.words.contains("signed") {
      report(.signWithType, at: collector.baseRange)
    } else {
      report(.twoTypes, at: collector.baseRange)
    }
  }
}

/// What `readSpecifiers` has seen so far.
struct SpecifierCollector {
  var start: Int
  var words: [String] = []
  var base: TypeSpecifiers.Base?
  var baseRange = SourceRange.none
  /// A second type was complained about.
  var isDoubled = false
  var storage: (storage: Declaration.StorageClass, keyword: Keyword)?
  var isConst = false
  var isVolatile = false
  var isRestrict = false
  var isUserland = false

  init(start: Int) { self.start = start }

  var hasSomething: Bool {
    base != nil || !words.isEmpty || storage != nil || isConst || isVolatile || isRestrict || isUserland
  }

  mutating func qualify(_ keyword: Keyword) {
    switch keyword {
    case .const: isConst = true
    case .volatile: isVolatile = true
    default: isRestrict = true
    }
  }

  func specifiers(end: Int) -> TypeSpecifiers {
    var specifiers = TypeSpecifiers(base: base ?? .words(words), range: SourceRange(start, max(start, end)))
    specifiers.isConst = isConst
    specifiers.isVolatile = isVolatile
    specifiers.isRestrict = isRestrict
    specifiers.isUserland = isUserland
    return specifiers
  }
}

extension Keyword {
  fileprivate var storageClass: Declaration.StorageClass? {
    switch self {
    case .auto: .auto
    case .register: .register
    case .static: .static
    case .extern: .extern
    case .typedef: .typedef
    case .self: .selfLocal
    case .this: .thisLocal
    default: nil
    }
  }
}
