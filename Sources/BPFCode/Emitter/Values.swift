import IR

// Where virtual registers are, and how machine registers get at them.

extension HookEmitter {
  /// The value of `register` in a machine register: its own, or `temporary` filled for the purpose.
  mutating func use(_ register: Register, _ temporary: MachineRegister) -> MachineRegister {
    if let constant = plan.lifetimes.constantIntegers[register.index] {
      code.constant(temporary, constant)
      return temporary
    }
    switch plan.locations[register.index] {
    case .register(let machine):
      return machine
    case .memory(let place):
      let (base, offset) = base(of: place, temporary)
      code.emit(.load(.double, temporary, from: base, offset: offset))
      return temporary
    case nil:
      // Never written and never read but by steps that are not emitted.
      code.constant(temporary, 0)
      return temporary
    }
  }

  /// The value of `register` in `machine`, which the caller may change.
  mutating func load(_ register: Register, into machine: MachineRegister) {
    let from = use(register, machine)
    if from != machine { code.emit(.arithmetic(.move, machine, .register(from))) }
  }

  /// The value as an immediate when it is a small constant, else in a machine register.
  mutating func operand(_ register: Register, _ temporary: MachineRegister) -> MachineOperand {
    if let small = smallConstant(register) { return .immediate(small) }
    return .register(use(register, temporary))
  }

  func smallConstant(_ register: Register) -> Int32? {
    plan.lifetimes.constantIntegers[register.index].flatMap { Int32(exactly: $0) }
  }

  /// Where to compute the value of `register`: in its own machine register, or in `temporary`.
  func target(_ register: Register, _ temporary: MachineRegister) -> MachineRegister {
    if case .register(let machine) = plan.locations[register.index] { return machine }
    return temporary
  }

  /// Sets `register` from a machine register other than R5, which may be lost.
  mutating func set(_ register: Register, from machine: MachineRegister) {
    switch plan.locations[register.index] {
    case .register(let own):
      if own != machine { code.emit(.arithmetic(.move, own, .register(machine))) }
    case .memory(let place):
      let (base, offset) = base(of: place, .r5)
      code.emit(.store(.double, at: base, offset: offset, .register(machine)))
    case nil:
      break
    }
  }

  /// Registers and texts that may be read before they are written begin as zero and empty.
  mutating func clearUndefined() throws(EmitterError) {
    for index in plan.flow.undefinedIntegers.sorted() {
      let register = Register(index)
      let machine = target(register, .r0)
      code.constant(machine, 0)
      set(register, from: machine)
    }
    for index in plan.flow.undefinedTexts.sorted() {
      if let place = plan.texts[index] { zero(place, (plan.clause.texts[index] + 7) / 8 * 8) }
    }
  }

  /// The value of a step's result when it is the same in every firing of this program.
  func constantValue(of step: Step) -> Int64? {
    switch step {
    case .constant(_, let value): value
    case .addressOfVariable(_, let id): Int64(bitPattern: layout.own.address(of: id, in: program.variables))
    case .probeSymbol(_, let part): probeConstant(symbol(part))
    case .builtin(_, .probeID): probeConstant(probeID)
    case .builtin(_, .enabledProbeID): probeConstant(enabledProbeID)
    default: nil
    }
  }

  mutating func emit(_ instruction: Instruction) { code.emit(instruction) }

  /// A 16-bit offset: of what `base(of:_:)` gives, or within a small value.
  func short(_ offset: Int) -> Int16 { Int16(truncatingIfNeeded: offset) }
}
