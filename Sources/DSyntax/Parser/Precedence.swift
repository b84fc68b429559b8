/// How tightly an operator between two operands binds: C's order, with `^^` between `||` and `&&` (`dt_grammar.y`).
enum Precedence: Int, Comparable {
  case or = 1, exclusiveOr, and, bitOr, bitExclusiveOr, bitAnd, equality, relation, shift, sum, product, operand

  static func < (left: Precedence, right: Precedence) -> Bool { left.rawValue < right.rawValue }

  /// The one above it: what the right side of a left-associative operator may hold.
  var next: Precedence { Precedence(rawValue: rawValue + 1) ?? .operand }
}

extension Symbol {
  var binary: (BinaryOperator, Precedence)? {
    switch self {
    case .logicalOr: (.logicalOr, .or)
    case .logicalXor: (.logicalXor, .exclusiveOr)
    case .logicalAnd: (.logicalAnd, .and)
    case .bar: (.or, .bitOr)
    case .caret: (.xor, .bitExclusiveOr)
    case .ampersand: (.and, .bitAnd)
    case .equal: (.equal, .equality)
    case .notEqual: (.notEqual, .equality)
    case .less: (.less, .relation)
    case .lessEqual: (.lessEqual, .relation)
    case .greater: (.greater, .relation)
    case .greaterEqual: (.greaterEqual, .relation)
    case .shiftLeft: (.shiftLeft, .shift)
    case .shiftRight: (.shiftRight, .shift)
    case .plus: (.add, .sum)
    case .minus: (.subtract, .sum)
    case .star: (.multiply, .product)
    case .slash: (.divide, .product)
    case .percent: (.remainder, .product)
    default: nil
    }
  }

  /// `=` has no operation of its own.
  struct Assignment { var binary: BinaryOperator? }

  var assignment: Assignment? {
    switch self {
    case .assign: Assignment(binary: nil)
    case .addAssign: Assignment(binary: .add)
    case .subtractAssign: Assignment(binary: .subtract)
    case .multiplyAssign: Assignment(binary: .multiply)
    case .divideAssign: Assignment(binary: .divide)
    case .remainderAssign: Assignment(binary: .remainder)
    case .andAssign: Assignment(binary: .and)
    case .orAssign: Assignment(binary: .or)
    case .xorAssign: Assignment(binary: .xor)
    case .shiftLeftAssign: Assignment(binary: .shiftLeft)
    case .shiftRightAssign: Assignment(binary: .shiftRight)
    default: nil
    }
  }

  var unary: UnaryOperator? {
    switch self {
    case .plus: .plus
    case .minus: .minus
    case .exclamation: .not
    case .tilde: .complement
    case .star: .dereference
    case .ampersand: .address
    case .increment: .increment
    case .decrement: .decrement
    default: nil
    }
  }
}
