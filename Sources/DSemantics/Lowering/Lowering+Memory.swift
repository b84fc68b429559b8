import DSyntax
import IR
import Source

// Memory, and everything that is assigned to.

extension Lowering {
  /// The value at `address + offset`; an array or a record stands for its own address.
  mutating func load(_ type: DType, _ address: Typed, _ offset: Int, _ bits: Typed.BitField?) -> Register {
    let base = integer(address)
    switch type {
    case .array, .record:
      guard offset != 0 else { return base }
      return binary(.add, base, constant(Int64(offset)), signed: false)
    default: break
    }
    let size = types.size(of: type) ?? 8
    let width = Width(rawValue: UInt8(size)) ?? .double
    let value = newRegister()
    emit(
      .load(value, address: base, offset: offset, width, signed: type.isSigned && bits == nil, space(of: address.type)))
    guard let bits else { return value }
    let left = binary(.shiftLeft, value, constant(Int64(64 - bits.shift - bits.width)), signed: false)
    return binary(.shiftRight, left, constant(Int64(64 - bits.width)), signed: type.isSigned)
  }

  func space(of type: DType) -> Space {
    if case .pointer(_, userland: true) = type { return .user }
    return .kernel
  }

  /// Stores into a variable, an array's element or scratch memory. Zero frees a dynamic variable.
  mutating func store(_ value: Operand, _ target: Typed) {
    switch target.kind {
    case .variable(let index): emit(.storeVariable(index, value))
    case .element(let array, let key): emit(.assign(array, key: key.map { operand($0) }, value))
    case .memory(let address, let offset, _):
      guard case .integer(let register) = value else { return }
      let base = integer(address)
      let width = Width(rawValue: UInt8(types.size(of: target.type) ?? 8)) ?? .double
      emit(.store(address: base, offset: offset, register, width))
    default: break
    }
  }

  /// `target op= value`
  mutating func update(_ target: Typed, _ operation: DSyntax.BinaryOperator, _ value: Typed, _ scale: Int) -> Register {
    let old = integer(target)
    var amount = integer(value)
    if scale != 1 { amount = binary(.multiply, amount, constant(Int64(scale)), signed: false) }
    let new = fitted(binary(operation, old, amount, signed: target.type.isSigned), target.type, to: target.type)
    store(.integer(new), target)
    return new
  }

  /// `++` and `--`
  mutating func step(_ target: Typed, _ amount: Int64, _ prefix: Bool) -> Register {
    let old = integer(target)
    let new = fitted(binary(.add, old, constant(amount), signed: true), target.type, to: target.type)
    store(.integer(new), target)
    return prefix ? new : old
  }

  /// A subroutine whose result is a number or a pointer.
  mutating func call(_ subroutine: Subroutine, _ arguments: [Typed]) -> Register {
    switch subroutine {
    case .copyin:
      let address = integer(arguments[0])
      let size = integer(arguments[1])
      let scratch = newRegister()
      emit(.allocate(scratch, size: size))
      emit(.copyBytes(to: scratch, from: address, size: size, .user))
      return scratch
    case .alloca:
      let size = integer(arguments[0])
      let scratch = newRegister()
      emit(.allocate(scratch, size: size))
      return scratch
    case .getmajor: return binary(.shiftRight, integer(arguments[0]), constant(20), signed: false)
    case .getminor: return binary(.and, integer(arguments[0]), constant(0xf_ffff), signed: false)
    case .mutexOwned, .mutexOwner, .mutexTypeAdaptive, .mutexTypeSpin, .rwIswriter, .rwReadHeld, .rwWriteHeld:
      return lock(subroutine, integer(arguments[0]))
    case .progenyof: return progeny(of: integer(arguments[0]))
    default:
      guard let function = subroutine.function else { return constant(0) }
      let operands = arguments.map { presentOperand($0) }
      let register = newRegister()
      emit(.call(.integer(register), function, operands))
      return register
    }
  }
}
