/// The words D keeps for itself: C's, used or not, and its own (guide, chapter "Program structure").
enum Keyword: String, CaseIterable {
  case auto, `break`, `case`, char, const, `continue`, counter, `default`, `do`, double, `else`, `enum`, extern, float
  case `for`, goto, `if`, `import`, inline, int, long, offsetof, probe, provider, register, restrict, `return`
  case `self`, short, signed, sizeof, `static`, string, stringof, `struct`, `switch`, this, translator, `typedef`
  case union, unsigned, void, volatile, `while`, xlate
  /// A type without a keyword's standing in DTrace, but one that nobody declares.
  case bool = "_Bool"

  private static let named = Dictionary(uniqueKeysWithValues: allCases.map { ($0.rawValue, $0) })

  init?(word: String) {
    guard let keyword = Self.named[word] else { return nil }
    self = keyword
  }

  enum Role {
    /// `int`, `unsigned`, `string`: part of a type's name.
    case typeWord
    /// `struct`, `union`, `enum`.
    case typeTag
    /// `const`, `volatile`, `restrict`.
    case qualifier
    /// `static`, `typedef`, `self` …
    case storage
    /// `inline`, `translator`, `provider`.
    case definition
    /// `sizeof`, `stringof` …
    case expression
    case branch
    case probe
    /// C's, or Sun's, and never used: `while`, `goto`, `import` …
    case reserved
  }

  var role: Role {
    switch self {
    case .void, .char, .short, .int, .long, .float, .double, .signed, .unsigned, .string, .bool: .typeWord
    case .struct, .union, .enum: .typeTag
    case .const, .volatile, .restrict: .qualifier
    case .auto, .register, .static, .extern, .typedef, .self, .this: .storage
    case .inline, .translator, .provider: .definition
    case .sizeof, .stringof, .offsetof, .xlate: .expression
    case .if, .else: .branch
    case .probe: .probe
    case .break, .case, .continue, .counter, .default, .do, .for, .goto, .import, .return, .switch, .while: .reserved
    }
  }

  /// True where a type's name can begin with it.
  var startsType: Bool {
    switch role {
    case .typeWord, .typeTag, .qualifier: true
    default: false
    }
  }

  /// True where a declaration or definition of the outer scope can begin with it; the others may name a probe.
  var startsDeclaration: Bool {
    switch role {
    case .typeWord, .typeTag, .qualifier, .storage, .definition: true
    default: self == .counter || self == .import
    }
  }
}
