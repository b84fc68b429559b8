import IR

// Integer steps: 64-bit arithmetic that wraps.

/// A comparison that decides a jump; without a right side, against zero.
struct Test {
  var condition: JumpCondition
  var left: Register
  var right: Register?
}

extension HookEmitter {
  mutating func copy(_ to: Register, _ from: Register) {
    set(to, from: use(from, .r0))
  }

  mutating func unary(_ to: Register, _ from: Register, _ instruction: (MachineRegister) -> Instruction) {
    let work = target(to, .r0)
    load(from, into: work)
    emit(instruction(work))
    set(to, from: work)
  }

  mutating func binary(_ operation: BinaryOperator, _ to: Register, _ left: Register, _ right: Register)
    throws(EmitterError)
  {
    switch operation {
    case .add: arithmetic(.add, to, left, right)
    case .subtract: arithmetic(.subtract, to, left, right)
    case .multiply: arithmetic(.multiply, to, left, right)
    case .and: arithmetic(.and, to, left, right)
    case .or: arithmetic(.or, to, left, right)
    case .xor: arithmetic(.xor, to, left, right)
    case .shiftLeft: shift(.shiftLeft, to, left, right)
    case .shiftRightSigned: shift(.shiftRightSigned, to, left, right)
    case .shiftRightUnsigned: shift(.shiftRight, to, left, right)
    case .divideUnsigned: divideUnsigned(.divide, to, left, right)
    case .remainderUnsigned: divideUnsigned(.remainder, to, left, right)
    case .divideSigned: divideSigned(.divide, to, left, right)
    case .remainderSigned: divideSigned(.remainder, to, left, right)
    }
  }

  private mutating func arithmetic(
    _ operation: ArithmeticOperation, _ to: Register, _ left: Register, _ right: Register
  ) {
    let other = operand(right, .r1)
    // The result's register may be the right side's: then the left side must not be moved there first.
    var work = target(to, .r0)
    if other == .register(work), target(left, .r0) != work { work = .r0 }
    load(left, into: work)
    emit(.arithmetic(operation, work, other))
    set(to, from: work)
  }

  private mutating func shift(_ operation: ArithmeticOperation, _ to: Register, _ left: Register, _ right: Register) {
    if let count = plan.lifetimes.constantIntegers[right.index] {
      unary(to, left) { .arithmetic(operation, $0, .immediate(Int32(truncatingIfNeeded: count & 63))) }
      return
    }
    load(right, into: .r1)
    emit(.arithmetic(.and, .r1, .immediate(63)))
    load(left, into: .r0)
    emit(.arithmetic(operation, .r0, .register(.r1)))
    set(to, from: .r0)
  }

  private mutating func divideUnsigned(
    _ operation: ArithmeticOperation, _ to: Register, _ left: Register, _ right: Register
  ) {
    if let divisor = smallConstant(right), divisor > 0 {
      unary(to, left) { .arithmetic(operation, $0, .immediate(divisor)) }
      return
    }
    load(right, into: .r1)
    code.jump(.equal, .r1, .immediate(0), to: fault(.divideByZero, nil))
    load(left, into: .r0)
    emit(.arithmetic(operation, .r0, .register(.r1)))
    set(to, from: .r0)
  }

  /// Signed division came with cpu v4 (6.6): magnitudes are divided and the sign is put back. The quotient's is that of both sides
  /// together, the remainder's is the dividend's; the smallest number over -1 wraps to itself by this way.
  private mutating func divideSigned(
    _ operation: ArithmeticOperation, _ to: Register, _ left: Register, _ right: Register
  ) {
    load(right, into: .r1)
    if plan.lifetimes.constantIntegers[right.index] ?? 0 == 0 {
      code.jump(.equal, .r1, .immediate(0), to: fault(.divideByZero, nil))
    }
    load(left, into: .r0)
    emit(.arithmetic(.move, .r2, .register(.r0)))
    if operation == .divide { emit(.arithmetic(.xor, .r2, .register(.r1))) }
    for register in [MachineRegister.r0, .r1] { negate(register, whenNegative: register) }
    emit(.arithmetic(operation, .r0, .register(.r1)))
    negate(.r0, whenNegative: .r2)
    set(to, from: .r0)
  }

  mutating func negate(_ register: MachineRegister, whenNegative sign: MachineRegister) {
    let positive = code.makeLabel()
    code.jump(.greaterEqualSigned, sign, .immediate(0), to: positive)
    emit(.arithmetic(.negate, register, .immediate(0)))
    code.place(positive)
  }

  mutating func compare(_ comparison: Comparison, _ to: Register, _ left: Register, _ right: Register) {
    let holds = code.makeLabel()
    code.constant(.r0, 1)
    jump(Test(condition: JumpCondition(comparison), left: left, right: right), to: holds)
    code.constant(.r0, 0)
    code.place(holds)
    set(to, from: .r0)
  }

  /// Jumps when the test holds. R1 and R2 may be lost.
  mutating func jump(_ test: Test, to label: Assembler.Label) {
    guard let right = test.right else {
      let left = use(test.left, .r1)
      code.jump(test.condition, left, .immediate(0), to: label)
      return
    }
    if plan.lifetimes.constantIntegers[test.left.index] != nil, plan.lifetimes.constantIntegers[right.index] == nil {
      jump(Test(condition: test.condition.swapped, left: right, right: test.left), to: label)
      return
    }
    let left = use(test.left, .r1)
    code.jump(test.condition, left, operand(right, .r2), to: label)
  }

  mutating func extend(_ to: Register, _ from: Register, _ width: Width, signed: Bool) {
    let work = target(to, .r0)
    load(from, into: work)
    extend(work, width, signed: signed)
    set(to, from: work)
  }

  /// The low bytes of a machine register, extended in place.
  mutating func extend(_ register: MachineRegister, _ width: Width, signed: Bool) {
    let bits = Int32(64 - 8 * Int(width.rawValue))
    guard bits > 0 else { return }
    switch (width, signed) {
    case (.byte, false): emit(.arithmetic(.and, register, .immediate(0xff)))
    case (.half, false): emit(.arithmetic(.and, register, .immediate(0xffff)))
    // A 32-bit move clears the high half.
    case (.word, false): emit(.arithmetic(.move, register, .register(register), wide: false))
    default:
      emit(.arithmetic(.shiftLeft, register, .immediate(bits)))
      emit(.arithmetic(.shiftRightSigned, register, .immediate(bits)))
    }
  }
}

extension JumpCondition {
  init(_ comparison: Comparison) {
    self =
      switch comparison {
      case .equal: .equal
      case .notEqual: .notEqual
      case .lessSigned: .lessSigned
      case .lessEqualSigned: .lessEqualSigned
      case .greaterSigned: .greaterSigned
      case .greaterEqualSigned: .greaterEqualSigned
      case .lessUnsigned: .less
      case .lessEqualUnsigned: .lessEqual
      case .greaterUnsigned: .greater
      case .greaterEqualUnsigned: .greaterEqual
      }
  }

  /// What holds when this does not.
  var inverted: JumpCondition {
    switch self {
    case .equal: .notEqual
    case .notEqual: .equal
    case .less: .greaterEqual
    case .greaterEqual: .less
    case .greater: .lessEqual
    case .lessEqual: .greater
    case .lessSigned: .greaterEqualSigned
    case .greaterEqualSigned: .lessSigned
    case .greaterSigned: .lessEqualSigned
    case .lessEqualSigned: .greaterSigned
    case .always, .anyBit: self
    }
  }

  /// The same with the sides exchanged.
  var swapped: JumpCondition {
    switch self {
    case .less: .greater
    case .greater: .less
    case .lessEqual: .greaterEqual
    case .greaterEqual: .lessEqual
    case .lessSigned: .greaterSigned
    case .greaterSigned: .lessSigned
    case .lessEqualSigned: .greaterEqualSigned
    case .greaterEqualSigned: .lessEqualSigned
    case .equal, .notEqual, .always, .anyBit: self
    }
  }
}
