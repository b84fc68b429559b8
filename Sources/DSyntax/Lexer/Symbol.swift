/// The signs of the expression mode.
enum Symbol: String {
  case leftParenthesis = "("
  case rightParenthesis = ")"
  case leftBracket = "["
  case rightBracket = "]"
  case leftBrace = "{"
  case rightBrace = "}"
  case semicolon = ";"
  case comma = ","
  case colon = ":"
  case question = "?"
  case dot = "."
  case arrow = "->"
  case ellipsis = "..."
  case assign = "="
  case addAssign = "+="
  case subtractAssign = "-="
  case multiplyAssign = "*="
  case divideAssign = "/="
  case remainderAssign = "%="
  case andAssign = "&="
  case orAssign = "|="
  case xorAssign = "^="
  case shiftLeftAssign = "<<="
  case shiftRightAssign = ">>="
  case increment = "++"
  case decrement = "--"
  case plus = "+"
  case minus = "-"
  case star = "*"
  case slash = "/"
  case percent = "%"
  case ampersand = "&"
  case bar = "|"
  case caret = "^"
  case tilde = "~"
  case exclamation = "!"
  case shiftLeft = "<<"
  case shiftRight = ">>"
  case logicalAnd = "&&"
  case logicalOr = "||"
  case logicalXor = "^^"
  case equal = "=="
  case notEqual = "!="
  case less = "<"
  case lessEqual = "<="
  case greater = ">"
  case greaterEqual = ">="

  /// The longest sign that these three bytes begin with; 0 stands for the end of the text.
  static func longest(_ first: UInt8, _ second: UInt8, _ third: UInt8) -> Symbol? {
    if first == UInt8(ascii: "."), second == first, third == first { return .ellipsis }
    if second == first, let symbol = doubled(first) {
      guard third == UInt8(ascii: "=") else { return symbol }
      if symbol == .shiftLeft { return .shiftLeftAssign }
      return symbol == .shiftRight ? .shiftRightAssign : symbol
    }
    if first == UInt8(ascii: "-"), second == UInt8(ascii: ">") { return .arrow }
    if second == UInt8(ascii: "="), let symbol = withAssignment(first) { return symbol }
    return Symbol(single: first)
  }

  private static func doubled(_ first: UInt8) -> Symbol? {
    switch first {
    case UInt8(ascii: "+"): .increment
    case UInt8(ascii: "-"): .decrement
    case UInt8(ascii: "<"): .shiftLeft
    case UInt8(ascii: ">"): .shiftRight
    case UInt8(ascii: "&"): .logicalAnd
    case UInt8(ascii: "|"): .logicalOr
    case UInt8(ascii: "^"): .logicalXor
    default: nil
    }
  }

  private static func withAssignment(_ first: UInt8) -> Symbol? {
    switch first {
    case UInt8(ascii: "+"): .addAssign
    case UInt8(ascii: "-"): .subtractAssign
    case UInt8(ascii: "*"): .multiplyAssign
    case UInt8(ascii: "/"): .divideAssign
    case UInt8(ascii: "%"): .remainderAssign
    case UInt8(ascii: "&"): .andAssign
    case UInt8(ascii: "|"): .orAssign
    case UInt8(ascii: "^"): .xorAssign
    case UInt8(ascii: "="): .equal
    case UInt8(ascii: "!"): .notEqual
    case UInt8(ascii: "<"): .lessEqual
    case UInt8(ascii: ">"): .greaterEqual
    default: nil
    }
  }

  private init?(single byte: UInt8) {
    switch byte {
    case UInt8(ascii: "("): self = .leftParenthesis
    case UInt8(ascii: ")"): self = .rightParenthesis
    case UInt8(ascii: "["): self = .leftBracket
    case UInt8(ascii: "]"): self = .rightBracket
    case UInt8(ascii: "{"): self = .leftBrace
    case UInt8(ascii: "}"): self = .rightBrace
    case UInt8(ascii: ";"): self = .semicolon
    case UInt8(ascii: ","): self = .comma
    case UInt8(ascii: ":"): self = .colon
    case UInt8(ascii: "?"): self = .question
    case UInt8(ascii: "."): self = .dot
    case UInt8(ascii: "="): self = .assign
    case UInt8(ascii: "+"): self = .plus
    case UInt8(ascii: "-"): self = .minus
    case UInt8(ascii: "*"): self = .star
    case UInt8(ascii: "/"): self = .slash
    case UInt8(ascii: "%"): self = .percent
    case UInt8(ascii: "&"): self = .ampersand
    case UInt8(ascii: "|"): self = .bar
    case UInt8(ascii: "^"): self = .caret
    case UInt8(ascii: "~"): self = .tilde
    case UInt8(ascii: "!"): self = .exclamation
    case UInt8(ascii: "<"): self = .less
    case UInt8(ascii: ">"): self = .greater
    default: return nil
    }
  }
}
