package import Source

/// A D expression and where it stands.
package struct Expression: Sendable {
  package indirect enum Kind: Sendable {
    /// An integer constant and the suffix that was written; character constants too (type int).
    case integer(UInt64, suffix: IntegerSuffix, isCharacter: Bool)
    case string([UInt8])
    /// A plain name: variable, function without call, enumerator. May carry a module: ``vmlinux`jiffies``.
    case identifier(String)
    /// `self->name` or `this->name`.
    case scoped(Scope, String)
    /// `@name`, `@` alone is the empty name.
    case aggregation(String)
    /// `$target`, `$1`, `$$1` where it could not be replaced as text; the lexer replaces the rest.
    case macro(String)
    case unary(UnaryOperator, Expression)
    case postfix(PostfixOperator, Expression)
    case binary(BinaryOperator, Expression, Expression)
    /// `=` or `op=`; `operation` is nil for plain assignment.
    case assign(operation: BinaryOperator?, Expression, Expression)
    case conditional(Expression, Expression, Expression)
    case comma(Expression, Expression)
    case call(String, [Expression])
    /// `a[b, c]`: array, associative array, or aggregation element.
    case index(Expression, [Expression])
    case member(Expression, String)
    case arrow(Expression, String)
    case cast(TypeName, Expression)
    case sizeofType(TypeName)
    case sizeofExpression(Expression)
    case stringof(Expression)
    case offsetof(TypeName, member: String)
    case xlate(TypeName, Expression)
    /// Where nothing could be read; already reported.
    case missing
  }
  package var kind: Kind
  package var range: SourceRange
  /// True when it stood in parentheses of its own.
  package var isParenthesized = false
  /// How many levels this is, with everything below it. `parse` returns none above `Expression.heightLimit`, so whoever
  /// walks a tree that came from text may recurse.
  package internal(set) var height: Int
  package static let heightLimit = 1_000
  package init(_ kind: Kind, _ range: SourceRange) {
    self.kind = kind
    self.range = range
    height = 1 + kind.highestChild
  }
}

extension Expression.Kind {
  /// The height of the highest expression just below this one.
  fileprivate var highestChild: Int {
    switch self {
    case .integer, .string, .identifier, .scoped, .aggregation, .macro, .sizeofType, .offsetof, .missing: 0
    case .unary(_, let operand), .postfix(_, let operand), .member(let operand, _), .arrow(let operand, _),
      .cast(_, let operand), .sizeofExpression(let operand), .stringof(let operand), .xlate(_, let operand):
      operand.height
    case .binary(_, let left, let right), .assign(_, let left, let right), .comma(let left, let right):
      max(left.height, right.height)
    case .conditional(let condition, let then, let otherwise):
      max(condition.height, then.height, otherwise.height)
    case .call(_, let arguments): arguments.reduce(0) { max($0, $1.height) }
    case .index(let base, let keys): keys.reduce(base.height) { max($0, $1.height) }
    }
  }
}

extension Expression {
  /// Whether something is assigned in it, at whatever depth.
  package var assigns: Bool {
    switch kind {
    case .assign, .postfix: true
    case .unary(let operation, let operand): [.increment, .decrement].contains(operation) || operand.assigns
    case .integer, .string, .identifier, .scoped, .aggregation, .macro, .sizeofType, .offsetof, .missing: false
    case .member(let operand, _), .arrow(let operand, _), .cast(_, let operand), .sizeofExpression(let operand),
      .stringof(let operand), .xlate(_, let operand):
      operand.assigns
    case .binary(_, let left, let right), .comma(let left, let right): left.assigns || right.assigns
    case .conditional(let condition, let then, let otherwise): condition.assigns || then.assigns || otherwise.assigns
    case .call(_, let arguments): arguments.contains(where: \.assigns)
    case .index(let base, let keys): base.assigns || keys.contains(where: \.assigns)
    }
  }
}

package enum Scope: Sendable, Hashable { case thread, clause }

package struct IntegerSuffix: Sendable, Hashable {
  package var unsigned = false
  /// 0, 1 for `l`, 2 for `ll`.
  package var longs = 0
  /// Hexadecimal and octal constants take unsigned types where decimal ones do not.
  package var isDecimal = true
  package init(unsigned: Bool = false, longs: Int = 0, isDecimal: Bool = true) {
    self.unsigned = unsigned
    self.longs = longs
    self.isDecimal = isDecimal
  }
}

package enum UnaryOperator: String, Sendable, Hashable {
  case plus = "+"
  case minus = "-"
  case not = "!"
  case complement = "~"
  case dereference = "*"
  case address = "&"
  case increment = "++"
  case decrement = "--"
}

package enum PostfixOperator: String, Sendable, Hashable {
  case increment = "++"
  case decrement = "--"
}

package enum BinaryOperator: String, Sendable, Hashable {
  case add = "+"
  case subtract = "-"
  case multiply = "*"
  case divide = "/"
  case remainder = "%"
  case and = "&"
  case or = "|"
  case xor = "^"
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
}
