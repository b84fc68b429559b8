extension Lexer {
  /// A probe description or number at `offset` (libdtrace `dt_lex.l` RGX_PSPEC); nil when neither begins there.
  mutating func probeKind() -> Token.Kind? {
    let start = offset
    // A description cannot begin with a digit, so that `4-2` is the number 4 and the description `-2`.
    if peek().isDigit {
      while peek().isDigit { offset += 1 }
      if case .value(let value, _) = IntegerText.read(bytes[start..<offset]) { return .number(value) }
      return .number(.max)
    }
    while isProbeByte { offset += 1 }
    return offset > start ? .probe : nil
  }

  private var isProbeByte: Bool {
    let byte = peek()
    if byte.continuesIdentifier { return true }
    switch byte {
    case UInt8(ascii: "-"), UInt8(ascii: "$"), UInt8(ascii: ":"), UInt8(ascii: "."), UInt8(ascii: "?"),
      UInt8(ascii: "*"), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "!"):
      return true
    case UInt8(ascii: "\\"): return continuationLength == 0
    default: return false
    }
  }
}
