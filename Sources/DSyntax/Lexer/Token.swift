import Source

/// One word of D, and where it stands.
struct Token {
  enum Kind: Equatable {
    /// The text is over.
    case end
    /// A name of the expression mode; may carry a module: ``vmlinux`jiffies``.
    case identifier(String)
    case keyword(Keyword)
    /// A macro argument may bring a sign with it: `$1` that is `-5`.
    case integer(UInt64, IntegerSuffix, isNegative: Bool)
    case character(UInt64)
    /// The bytes after the escapes were read.
    case string([UInt8])
    /// The name after the `@`.
    case aggregation(String)
    /// A macro that has no value; complained about already.
    case macro(String)
    case symbol(Symbol)
    /// A probe description of the probe mode, as written.
    case probe
    /// A probe's number.
    case number(UInt64)
  }
  var kind: Kind
  var start: Int
  var end: Int
  /// Nothing but blanks stands before it on its line.
  var startsLine: Bool

  var range: SourceRange { SourceRange(start, end) }

  func isSymbol(_ symbol: Symbol) -> Bool { kind == .symbol(symbol) }
  var isNumber: Bool { if case .number = kind { true } else { false } }
  func isKeyword(_ keyword: Keyword) -> Bool { kind == .keyword(keyword) }
}
