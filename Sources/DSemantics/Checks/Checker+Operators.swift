import DSyntax
import IR
import Source

extension Checker {
  mutating func checkUnary(_ operation: DSyntax.UnaryOperator, _ operand: Expression, _ range: SourceRange) -> Typed? {
    switch operation {
    case .increment, .decrement:
      return checkStep(operand, by: operation == .increment ? 1 : -1, prefix: true, operation.rawValue, range)
    default: break
    }
    guard let typed = check(operand) else { return nil }
    switch operation {
    case .plus, .minus:
      guard typed.type.isArithmetic else {
        report(.needsArithmetic(operation: operation.rawValue, plural: false), range)
        return nil
      }
      if operation == .plus { return typed }
      if case .integer(let value) = typed.kind {
        return Typed(.integer(negated(value, typed.type)), typed.type, range)
      }
      return Typed(.negate(typed), typed.type, range)
    case .complement:
      guard typed.type.isInteger else {
        report(.needsInteger(operation: "~", plural: false), range)
        return nil
      }
      return Typed(.complement(typed), typed.type, range)
    case .not:
      guard typed.type.isScalar else {
        report(.needsScalar(operation: "!", plural: false), range)
        return nil
      }
      return Typed(.not(typed), .int, range)
    case .dereference: return checkDereference(typed, range)
    case .address: return checkAddress(typed, range)
    case .increment, .decrement: return nil
    }
  }

  /// A constant's negative: of an unsigned type no more than its bits, as libdtrace's parser has it (`dt_node_op1`).
  private func negated(_ value: Int64, _ type: DType) -> Int64 {
    guard case .integer(let integer) = type, !integer.signed, integer.bytes < 8 else { return 0 &- value }
    return (0 &- value) & ((1 << (integer.bytes * 8)) - 1)
  }

  mutating func checkDereference(_ typed: Typed, _ range: SourceRange) -> Typed? {
    guard let target = typed.type.element else {
      report(.dereferenceNonPointer, range)
      return nil
    }
    switch target {
    case .void, .function:
      report(.dereferenceVoid, range)
      return nil
    case .translated, .translation: return Typed(typed.kind, target, range)
    default: return Typed(.memory(address: typed, offset: 0, bits: nil), target, range)
    }
  }

  private mutating func checkAddress(_ typed: Typed, _ range: SourceRange) -> Typed? {
    switch typed.kind {
    case .integer where typed.type == .dynamic || typed.type.element != nil:
      report(.addressOfVariable, range)
      return nil
    case .memory(_, _, let bits?) where bits.width > 0:
      report(.addressOfBitField, range)
      return nil
    case .memory(let address, let offset, _):
      let user = space(of: address)
      let pointer = DType.pointer(typed.type, userland: user)
      if offset == 0 { return Typed(.convert(address), pointer, range) }
      let distance = Typed(.integer(Int64(offset)), .int64, range)
      return Typed(.binary(.add, Typed(.convert(address), .uint64, range), distance), pointer, range)
    case .variable, .element:
      report(.addressOfVariable, range)
      return nil
    default:
      report(.addressOfValue, range)
      return nil
    }
  }

  mutating func checkBinary(
    _ operation: DSyntax.BinaryOperator, _ leftWritten: Expression, _ rightWritten: Expression, _ range: SourceRange
  ) -> Typed? {
    for side in [leftWritten, rightWritten] {
      guard case .aggregation(let name) = side.kind, names.aggregation(name) == nil else { continue }
      report(.undefinedIdentifier("@" + name, nearest: nil), side.range)
      return nil
    }
    let leftChecked = check(leftWritten)
    let rightChecked = check(rightWritten)
    guard let left = leftChecked, let right = rightChecked else { return nil }
    switch operation {
    case .and, .or, .xor, .remainder:
      guard left.type.isInteger, right.type.isInteger else {
        report(.needsInteger(operation: operation.rawValue, plural: true), range)
        return nil
      }
      return arithmetic(operation, left, right, promoted(left.type, right.type), range)
    case .shiftLeft, .shiftRight:
      guard left.type.isInteger, right.type.isInteger else {
        report(.needsInteger(operation: operation.rawValue, plural: true), range)
        return nil
      }
      return arithmetic(operation, left, right, left.type, range)
    case .multiply, .divide:
      guard left.type.isArithmetic, right.type.isArithmetic else {
        report(.needsArithmetic(operation: operation.rawValue, plural: true), range)
        return nil
      }
      return arithmetic(operation, left, right, promoted(left.type, right.type), range)
    case .add, .subtract:
      guard let sum = additive(operation, left, right, range) else { return nil }
      // A string displaced by a number is the rest of the string.
      return sum.type.isPointer && (left.type.isString || right.type.isString) ? stringed(sum) : sum
    case .logicalAnd, .logicalOr, .logicalXor:
      guard left.type.isScalar, right.type.isScalar else {
        report(.needsScalar(operation: operation.rawValue, plural: true), range)
        return nil
      }
      return Typed(.logical(operation, left, right), .int, range)
    case .equal, .notEqual, .less, .lessEqual, .greater, .greaterEqual:
      return comparison(operation, left, right, range)
    }
  }

  /// Constants are folded, so that a division by a constant zero is an error and not a fault.
  private mutating func arithmetic(
    _ operation: DSyntax.BinaryOperator, _ left: Typed, _ right: Typed, _ type: DType, _ range: SourceRange
  ) -> Typed? {
    if operation == .divide || operation == .remainder, case .integer(0) = right.kind {
      report(.divisionByZero, range)
      return nil
    }
    if case .integer(let a) = left.kind, case .integer(let b) = right.kind,
      let value = folded(operation, a, b, signed: type.isSigned)
    {
      return Typed(.integer(value), type, range)
    }
    return Typed(.binary(operation, left, right), type, range)
  }

  private func folded(_ operation: DSyntax.BinaryOperator, _ a: Int64, _ b: Int64, signed: Bool) -> Int64? {
    switch operation {
    case .add: a &+ b
    case .subtract: a &- b
    case .multiply: a &* b
    case .and: a & b
    case .or: a | b
    case .xor: a ^ b
    case .shiftLeft: a &<< b
    case .shiftRight: signed ? a &>> b : Int64(bitPattern: UInt64(bitPattern: a) &>> UInt64(bitPattern: b))
    case .divide where signed: a.dividedReportingOverflow(by: b).partialValue
    case .remainder where signed: a.remainderReportingOverflow(dividingBy: b).partialValue
    case .divide: Int64(bitPattern: UInt64(bitPattern: a) / UInt64(bitPattern: b))
    case .remainder: Int64(bitPattern: UInt64(bitPattern: a) % UInt64(bitPattern: b))
    default: nil
    }
  }

  mutating func additive(
    _ operation: DSyntax.BinaryOperator, _ left: Typed, _ right: Typed, _ range: SourceRange
  ) -> Typed? {
    if left.type.isInteger, right.type.isInteger {
      return arithmetic(operation, left, right, promoted(left.type, right.type), range)
    }
    let leftAddress = left.type.isPointer || left.type.isString
    let rightAddress = right.type.isPointer || right.type.isString
    let leadsNowhere = [left.type.element, right.type.element].contains(.void)
    if leadsNowhere {
      report(.incompatible(spelled(left.type), spelled(right.type), operation: operation.rawValue), range)
      return nil
    }
    if leftAddress, right.type.isInteger { return displaced(operation, left, right, range) }
    if rightAddress, left.type.isInteger, operation == .add { return displaced(operation, right, left, range) }
    if leftAddress, rightAddress, operation == .subtract, left.type.element == right.type.element {
      let difference = Typed(.binary(.subtract, left, right), .int64, range)
      let size = Int64(left.type.element.flatMap { types.size(of: $0) } ?? 1)
      let unit = Typed(.integer(max(1, size)), .int64, range)
      return Typed(.binary(.divide, difference, unit), .int64, range)
    }
    report(.incompatible(spelled(left.type), spelled(right.type), operation: operation.rawValue), range)
    return nil
  }

  /// A pointer moved by a number of what it points to.
  private func displaced(
    _ operation: DSyntax.BinaryOperator, _ pointer: Typed, _ count: Typed, _ range: SourceRange
  ) -> Typed {
    let size = pointer.type.element.flatMap { types.size(of: $0) } ?? 1
    var distance = count
    if size != 1 {
      let unit = Typed(.integer(Int64(size)), .int64, range)
      distance = Typed(.binary(.multiply, count, unit), .int64, range)
    }
    let type: DType =
      switch pointer.type {
      case .array(let element, _): .pointer(element, userland: space(of: pointer))
      case .string: .pointer(.char, userland: false)
      default: pointer.type
      }
    return Typed(.binary(operation, pointer, distance), type, range)
  }

  private mutating func comparison(
    _ operation: DSyntax.BinaryOperator, _ left: Typed, _ right: Typed, _ range: SourceRange
  ) -> Typed? {
    if left.type.isString || right.type.isString, left.type.isStringCompatible, right.type.isStringCompatible {
      return Typed(.compare(operation, stringed(left), stringed(right)), .int, range)
    }
    if left.type.isString && right.isNull || right.type.isString && left.isNull {
      return Typed(.compare(operation, stringed(left), stringed(right)), .int, range)
    }
    let comparable =
      left.type.isScalar && right.type.isScalar
      && (left.type.isInteger || right.type.isInteger || left.type.isPointer && right.type.isPointer)
    guard comparable, !(left.type.isString || right.type.isString) else {
      report(.incompatible(spelled(left.type), spelled(right.type), operation: operation.rawValue), range)
      return nil
    }
    // A pointer is compared with zero or another pointer; with another number only its type is in the way.
    if left.type.isPointer != right.type.isPointer {
      let number = left.type.isPointer ? right : left
      if case .integer(0) = number.kind {
      } else if !number.type.isInteger || number.type.integer.bytes != 8 {
        report(.incompatible(spelled(left.type), spelled(right.type), operation: operation.rawValue), range)
        return nil
      }
    }
    return Typed(.compare(operation, left, right), .int, range)
  }
}
