import DSyntax
import IR
import Source

// Memory, and everything that is assigned to.

extension Lowering {
  /// The value at `address + offset`; an array or a record stands for its own address.
  mutating func load(_ type: DType, _ address: Typed, _ offset: Int, _ bits: Typed.BitField?) -> Register {
    let base = momentary(address)
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
      .load(value, address: base, offset: offset, width, signed: type.isSigned && bits == nil, space(of: address)))
    guard let bits else { return value }
    let left = binary(.shiftLeft, value, constant(Int64(64 - bits.shift - bits.width)), signed: false)
    return binary(.shiftRight, left, constant(Int64(64 - bits.width)), signed: type.isSigned)
  }

  /// An address that is used at once.
  mutating func momentary(_ address: Typed) -> Register {
    let outer = textsInBlocks
    textsInBlocks = true
    defer { textsInBlocks = outer }
    return integer(address)
  }

  /// Whose memory it is: an aggregate's own, or what a pointer leads to.
  func space(of typed: Typed) -> Space {
    switch (typed.type, typed.kind) {
    case (.pointer(_, let userland), _): userland ? .user : .kernel
    case (_, .memory(let address, _, _)): space(of: address)
    default: .kernel
    }
  }

  /// Stores into a variable, an array's element or scratch memory. Zero frees a dynamic variable.
  mutating func store(_ value: Operand, _ target: Typed) {
    switch target.kind {
    case .variable(let index): emit(.storeVariable(index, value))
    case .element(let array, let key): emit(.assign(array, key: self.key(key), value))
    case .memory(let address, let offset, let bits):
      within(target) { lowering, target in
        guard case .memory(let address, let offset, let bits) = target.kind else { return }
        lowering.store(value, target.type, address, offset, bits)
      } ?? store(value, target.type, address, offset, bits)
    default: break
    }
  }

  /// To the program's own memory; the other bits of a bit-field's unit stay.
  private mutating func store(
    _ value: Operand, _ type: DType, _ address: Typed, _ offset: Int, _ bits: Typed.BitField?
  ) {
    let base = integer(address)
    switch value {
    case .text(let register):
      emit(.storeText(address: base, offset: offset, register, capacity: options.stringSize))
    case .integer(var register):
      let width = Width(rawValue: UInt8(types.size(of: type) ?? 8)) ?? .double
      if let bits {
        let old = newRegister()
        emit(.load(old, address: base, offset: offset, width, signed: false, .kernel))
        let mask: Int64 = (bits.width >= 64 ? -1 : (1 << Int64(bits.width)) - 1) << Int64(bits.shift)
        let kept = binary(.and, old, constant(~mask), signed: false)
        let shifted = binary(.shiftLeft, register, constant(Int64(bits.shift)), signed: false)
        let set = binary(.and, shifted, constant(mask), signed: false)
        register = binary(.or, kept, set, signed: false)
      }
      emit(.store(address: base, offset: offset, register, width))
    }
  }

  /// `target op= value`
  mutating func update(_ target: Typed, _ operation: DSyntax.BinaryOperator, _ value: Typed, _ scale: Int) -> Register {
    let target = pinned(target)
    let old = integer(target)
    var amount = integer(value)
    if scale != 1 { amount = binary(.multiply, amount, constant(Int64(scale)), signed: false) }
    let new = fitted(binary(operation, old, amount, signed: target.type.isSigned), target.type, to: target.type)
    store(.integer(new), target)
    return new
  }

  /// `++` and `--`
  mutating func step(_ target: Typed, _ amount: Int64, _ prefix: Bool) -> Register {
    let target = pinned(target)
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
      // Solaris lets a script write behind what it copied, within the scratch memory: they end a text so.
      let room = options.solaris ? binary(.add, size, constant(1), signed: false) : size
      emit(.allocate(scratch, size: room))
      emit(.copyBytes(to: scratch, from: address, size: size, .user))
      return scratch
    case .memref:
      let (address, size) = (integer(arguments[0]), integer(arguments[1]))
      let words = newRegister()
      emit(.allocate(words, size: constant(16)))
      emit(.store(address: words, offset: 0, address, .double))
      emit(.store(address: words, offset: 8, size, .double))
      return words
    case .speculation:
      let number = newRegister()
      emit(.speculation(number))
      return number
    case .alloca:
      let size = integer(arguments[0])
      let scratch = newRegister()
      emit(.allocate(scratch, size: size))
      return scratch
    // A device's number has 32 bits: 12 of the major number, 20 of the minor.
    case .getmajor:
      let device = newRegister()
      emit(.extend(device, integer(arguments[0]), .word, signed: false))
      return binary(.shiftRight, device, constant(20), signed: false)
    case .getminor: return binary(.and, integer(arguments[0]), constant(0xf_ffff), signed: false)
    // Darwin's: its unit of time is the nanosecond here, and an address is shown as it is.
    case .machToNanoseconds, .kernelAddressPermutation: return integer(arguments[0])
    case .mutexOwned, .mutexOwner, .mutexTypeAdaptive, .mutexTypeSpin, .rwIswriter, .rwReadHeld, .rwWriteHeld:
      return lock(subroutine, integer(arguments[0]))
    case .progenyof: return progeny(of: integer(arguments[0]))
    case .recall:
      let key = presentOperand(arguments[1])
      let (what, period) = (integer(arguments[0]), arguments.count > 2 ? integer(arguments[2]) : constant(.max))
      let register = newRegister()
      emit(.call(.integer(register), .recall, [key, .integer(what), .integer(period)]))
      return register
    default:
      guard let function = subroutine.function else { return constant(0) }
      let operands = arguments.map { presentOperand($0) }
      let register = newRegister()
      emit(.call(.integer(register), function, operands))
      return register
    }
  }
}
