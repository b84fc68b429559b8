import Source

extension Lexer {
  /// `$1`, `$$1`, `$target`, `$$target` where an expression may stand; nil when no macro begins here.
  mutating func macro() -> Token.Kind? {
    let start = offset
    let asString = peek(1) == UInt8(ascii: "$")
    let first = peek(asString ? 2 : 1)
    guard first.isDigit || first.isLetter else { return nil }
    offset += asString ? 2 : 1
    let nameStart = offset
    guard first.isDigit else {
      while peek().isLetter || peek().isDigit { offset += 1 }
      return variable(text(from: nameStart), asString: asString, from: start)
    }
    while peek().isDigit { offset += 1 }
    guard let argument = argument(text(from: nameStart), isString: asString) else {
      report(.macroUndefined(text(from: start)), from: start)
      return .macro(text(from: start))
    }
    if asString { return .string(Escapes.decode(Array(argument.utf8))) }
    return argumentKind(argument, from: start)
  }

  private mutating func variable(_ name: String, asString: Bool, from start: Int) -> Token.Kind {
    guard let value = macros.named[name] else {
      report(.macroUndefined(text(from: start)), from: start)
      return .macro(text(from: start))
    }
    if asString { return .string(Array(String(value).utf8)) }
    return .integer(value.magnitude, IntegerSuffix(), isNegative: value < 0)
  }

  /// The text of an argument, noting that it was asked for; nil when there is none.
  mutating func argument(_ digits: String, isString: Bool) -> String? {
    guard let number = Int(digits), number < macros.arguments.count else {
      return macros.defaultArguments ? (isString ? "" : "0") : nil
    }
    usedArguments.insert(number)
    return macros.arguments[number]
  }

  /// The word an argument stands for: an integer or a name when it reads as one, else a string (libdtrace `strbadidnum`).
  private mutating func argumentKind(_ argument: String, from start: Int) -> Token.Kind {
    let text = Array(argument.utf8)
    if let first = text.first, text.allSatisfy(\.continuesIdentifier), !first.isDigit {
      if let keyword = Keyword(word: argument), keyword.role == .typeWord { return .keyword(keyword) }
      return .identifier(argument)
    }
    let isSigned = text.first == UInt8(ascii: "-") || text.first == UInt8(ascii: "+")
    let digits = text[(isSigned ? 1 : 0)...]
    guard digits.first?.isDigit == true, digits.allSatisfy(\.continuesIdentifier) else {
      let isQuoted = text.count > 1 && text.first == UInt8(ascii: "\"") && text.last == UInt8(ascii: "\"")
      return .string(Escapes.decode(isQuoted ? Array(text.dropFirst().dropLast()) : text))
    }
    switch IntegerText.read(digits) {
    case .value(let value, let suffix):
      return .integer(value, suffix, isNegative: text.first == UInt8(ascii: "-"))
    case .tooLarge: report(.macroTooLarge(self.text(from: start), value: argument), from: start)
    case .invalidDigit(let digit):
      report(.integerDigit(argument, digit: String(UnicodeScalar(digit))), from: start)
    case .invalidSuffix: report(.integerSuffix(argument), from: start)
    }
    return .integer(0, IntegerSuffix(), isNegative: false)
  }
}
