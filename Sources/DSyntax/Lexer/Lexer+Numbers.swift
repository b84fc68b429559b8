extension Lexer {
  /// An integer, or what looks like one: a floating constant, a module whose name begins with a digit.
  mutating func number() -> Token.Kind {
    let start = offset
    let isHexadecimal = peek() == UInt8(ascii: "0") && peek(1) | 0x20 == UInt8(ascii: "x")
    if !isHexadecimal, skipFloating() {
      report(.floatingConstant(text(from: start)), from: start)
      return .integer(0, IntegerSuffix(), isNegative: false)
    }
    offset = start
    while peek().continuesIdentifier { offset += 1 }
    let word = bytes[start..<offset]
    // ``8250`serial8250_reg``: a module.
    if word.contains(UInt8(ascii: "`")) { return .identifier(text(from: start)) }
    switch IntegerText.read(word) {
    case .value(let value, let suffix): return .integer(value, suffix, isNegative: false)
    case .tooLarge: report(.integerTooLarge(text(from: start)), from: start)
    case .invalidDigit(let digit):
      report(.integerDigit(text(from: start), digit: String(UnicodeScalar(digit))), from: start)
    case .invalidSuffix: report(.integerSuffix(text(from: start)), from: start)
    }
    return .integer(0, IntegerSuffix(), isNegative: false)
  }

  /// Passes a decimal constant and says whether it is a floating one (libdtrace `dt_lex.l` RGX_FP).
  private mutating func skipFloating() -> Bool {
    skipDigits()
    var isFloating = false
    if peek() == UInt8(ascii: ".") {
      isFloating = true
      offset += 1
      skipDigits()
    }
    if peek() | 0x20 == UInt8(ascii: "e") {
      let sign = peek(1) == UInt8(ascii: "+") || peek(1) == UInt8(ascii: "-") ? 1 : 0
      if peek(1 + sign).isDigit {
        isFloating = true
        offset += 1 + sign
        skipDigits()
      }
    }
    let suffix = peek() | 0x20
    if suffix == UInt8(ascii: "f") || (isFloating && suffix == UInt8(ascii: "l")) {
      guard !peek(1).continuesIdentifier else { return isFloating }
      offset += 1
      return true
    }
    return isFloating
  }

  private mutating func skipDigits() {
    while peek().isDigit { offset += 1 }
  }
}
