extension Lexer {
  /// A probe description or number at `offset` (libdtrace `dt_lex.l` RGX_PSPEC); nil when neither begins there.
  mutating func probeKind() -> Token.Kind? {
    let start = offset
    while isProbeByte { offset += 1 }
    guard offset > start else { return nil }
    if bytes[start..<offset].allSatisfy(\.isDigit), case .value(let value, _) = IntegerText.read(bytes[start..<offset])
    {
      return .number(value)
    }
    return .probe
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
