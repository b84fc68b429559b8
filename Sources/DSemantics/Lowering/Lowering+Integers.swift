import DSyntax
import IR
import Probes
import Source

extension Lowering {
  /// Steps that leave the value in a register: numbers, pointers, and for a string its address in scratch.
  mutating func integer(_ typed: Typed) -> Register {
    if typed.type.isString { return textsInBlocks ? addressOfBlock(text: typed) : addressOfText(typed) }
    switch typed.kind {
    case .integer(let value): return constant(value)
    case .builtin(let builtin):
      let register = newRegister()
      emit(.builtin(register, builtin))
      return register
    case .argument(let number): return argument(number)
    case .variable, .element:
      if typed.type.isAggregate { return address(ofWhole: typed) }
      return loaded(typed)
    case .memory(let address, let offset, let bits): return load(typed.type, address, offset, bits)
    case .bounded(let inner, let count): return bounded(inner, count)
    case .held(.integer(let register)): return register
    // Only keys of aggregations have them, by `addresses(of:)`.
    case .held(.text), .stack, .symbol: return constant(0)
    case .translated(let base, let structure, let member):
      return self.member(member, of: structure, base)
    case .negate(let inner):
      let value = integer(inner)
      let register = newRegister()
      emit(.negate(register, value))
      return register
    case .complement(let inner):
      let value = integer(inner)
      let register = newRegister()
      emit(.complement(register, value))
      return register
    case .not(let inner):
      let value = integer(inner)
      let zero = constant(0)
      let register = newRegister()
      emit(.compare(.equal, register, value, zero))
      return register
    case .binary(let operation, let left, let right):
      return binary(operation, integer(left), integer(right), signed: typed.type.isSigned)
    case .compare(let operation, let left, let right): return compare(operation, left, right)
    case .logical(let operation, let left, let right): return logical(operation, left, right)
    case .conditional(let test, let then, let otherwise):
      let result = newRegister()
      choose(test) {
        $0.emit(.copy(result, $0.integer(then)))
      } otherwise: {
        $0.emit(.copy(result, $0.integer(otherwise)))
      }
      return result
    case .comma(let first, let second):
      evaluate(first)
      return integer(second)
    case .assign(let target, let value):
      if target.type.isAggregate { return assignBlock(target, value) }
      let stored = fitted(integer(value), value.type, to: target.type)
      store(.integer(stored), target)
      return stored
    case .update(let target, let operation, let value, let scale): return update(target, operation, value, scale)
    case .step(let target, let amount, let prefix): return step(target, amount, prefix)
    case .convert(let inner): return fitted(integer(inner), inner.type, to: typed.type)
    case .call(let subroutine, let arguments): return call(subroutine, arguments)
    case .string, .textBuiltin, .probePart, .stringOf: return constant(0)
    }
  }

  /// The value cut to the type's width, when it may be wider.
  mutating func fitted(_ value: Register, _ from: DType, to type: DType) -> Register {
    guard type.isInteger else { return value }
    let wanted = type.integer
    guard wanted.bytes < 8, let width = Width(rawValue: UInt8(wanted.bytes)) else { return value }
    let register = newRegister()
    emit(.extend(register, value, width, signed: wanted.signed))
    return register
  }

  mutating func operand(_ typed: Typed) -> Operand {
    if case .held(let operand) = typed.kind { return operand }
    return typed.type.isString ? .text(text(typed)) : .integer(integer(typed))
  }

  /// The address of a string in scratch, for a pointer that may be kept.
  private mutating func addressOfText(_ typed: Typed) -> Register {
    let source = text(typed)
    let register = newRegister()
    emit(.addressOfText(register, source))
    return register
  }

  /// The value of a variable or of an array's element.
  private mutating func loaded(_ typed: Typed) -> Register {
    switch typed.kind {
    case .variable(let index):
      let register = newRegister()
      emit(.loadVariable(.integer(register), index))
      return register
    case .element(let array, let key):
      let operands = self.key(key)
      let register = newRegister()
      emit(.lookUp(.integer(register), array, key: operands))
      return register
    default: return constant(0)
    }
  }

  /// An index that faults where it is not one.
  private mutating func bounded(_ inner: Typed, _ count: Int) -> Register {
    let index = integer(inner)
    let limit = constant(Int64(count))
    let holds = newRegister()
    emit(.compare(.lessUnsigned, holds, index, limit))
    emit(.faultUnless(holds, .badIndex, value: index))
    return index
  }

  /// The same, for what does not take NULL for a text: it faults.
  mutating func presentOperand(_ typed: Typed) -> Operand {
    typed.type.isString ? .text(presentText(typed)) : .integer(integer(typed))
  }

  /// Only for its effect.
  mutating func evaluate(_ typed: Typed) {
    if typed.type.isString { _ = text(typed) } else { _ = integer(typed) }
  }

  mutating func binary(
    _ operation: DSyntax.BinaryOperator, _ left: Register, _ right: Register, signed: Bool
  ) -> Register {
    let chosen: IR.BinaryOperator =
      switch operation {
      case .add: .add
      case .subtract: .subtract
      case .multiply: .multiply
      case .divide: signed ? .divideSigned : .divideUnsigned
      case .remainder: signed ? .remainderSigned : .remainderUnsigned
      case .and: .and
      case .or: .or
      case .xor: .xor
      case .shiftLeft: .shiftLeft
      default: signed ? .shiftRightSigned : .shiftRightUnsigned
      }
    let register = newRegister()
    emit(.binary(chosen, register, left, right))
    return register
  }

  private mutating func compare(_ operation: DSyntax.BinaryOperator, _ left: Typed, _ right: Typed) -> Register {
    if left.type.isString {
      let (a, b) = (text(left), text(right))
      let register = newRegister()
      emit(.compareText(comparison(operation, signed: true), register, a, b))
      return register
    }
    let (a, b) = (integer(left), integer(right))
    let signed = left.type.isInteger && right.type.isInteger && promoted(left.type, right.type).isSigned
    let register = newRegister()
    emit(.compare(comparison(operation, signed: signed), register, a, b))
    return register
  }

  private func comparison(_ operation: DSyntax.BinaryOperator, signed: Bool) -> Comparison {
    switch operation {
    case .notEqual: .notEqual
    case .less: signed ? .lessSigned : .lessUnsigned
    case .lessEqual: signed ? .lessEqualSigned : .lessEqualUnsigned
    case .greater: signed ? .greaterSigned : .greaterUnsigned
    case .greaterEqual: signed ? .greaterEqualSigned : .greaterEqualUnsigned
    default: .equal
    }
  }

  /// `&&` and `||` evaluate the second only where it decides; `^^` both.
  private mutating func logical(_ operation: DSyntax.BinaryOperator, _ left: Typed, _ right: Typed) -> Register {
    let result = newRegister()
    func truth(_ lowering: inout Lowering, _ typed: Typed) -> Register {
      let value = lowering.integer(typed)
      let zero = lowering.constant(0)
      let register = lowering.newRegister()
      lowering.emit(.compare(.notEqual, register, value, zero))
      return register
    }
    if operation == .logicalXor {
      let (a, b) = (truth(&self, left), truth(&self, right))
      emit(.binary(.xor, result, a, b))
      return result
    }
    let isAnd = operation == .logicalAnd
    let decide: (inout Lowering) -> Void = { $0.emit(.copy(result, truth(&$0, right))) }
    let settled: (inout Lowering) -> Void = { $0.emit(.constant(result, isAnd ? 0 : 1)) }
    choose(left, then: isAnd ? decide : settled, otherwise: isAnd ? settled : decide)
    return result
  }

  /// Two ways that meet again.
  mutating func choose(
    _ test: Typed, then: (inout Lowering) -> Void, otherwise: (inout Lowering) -> Void
  ) {
    choose(on: integer(test), then: then, otherwise: otherwise)
  }

  mutating func choose(
    on test: Register, then: (inout Lowering) -> Void, otherwise: (inout Lowering) -> Void
  ) {
    let (yes, no) = (newBlock(), newBlock())
    end(.branch(test, then: yes, otherwise: no))
    let before = known.count
    enter(yes)
    then(&self)
    let afterYes = block
    known.forget(after: before)
    enter(no)
    otherwise(&self)
    let afterNo = block
    known.forget(after: before)
    let meeting = newBlock()
    blocks[afterYes].end = .jump(meeting)
    blocks[afterNo].end = .jump(meeting)
    enter(meeting)
  }
}
