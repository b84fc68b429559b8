// How eBPF instructions are made from their parts (RFC 9669; `include/uapi/linux/bpf.h`).

/// A register of the BPF machine. R0 is a call's result, R1-R5 its arguments (lost in the call), R6-R9 survive calls, R10 is
/// the frame pointer, which cannot be written.
package enum MachineRegister: UInt8, Sendable, Hashable, CaseIterable {
  case r0, r1, r2, r3, r4, r5, r6, r7, r8, r9, r10
}

/// Arithmetic, by the high four bits of its opcode.
package enum ArithmeticOperation: UInt8, Sendable, Hashable, CaseIterable {
  case add = 0x00
  case subtract = 0x10
  case multiply = 0x20
  /// Unsigned; by zero gives zero.
  case divide = 0x30
  case or = 0x40
  case and = 0x50
  case shiftLeft = 0x60
  case shiftRight = 0x70
  case negate = 0x80
  /// Unsigned; by zero leaves the dividend.
  case remainder = 0x90
  case xor = 0xa0
  case move = 0xb0
  case shiftRightSigned = 0xc0
}

/// When a jump is taken, by the high four bits of its opcode.
package enum JumpCondition: UInt8, Sendable, Hashable, CaseIterable {
  case always = 0x00
  case equal = 0x10
  case greater = 0x20
  case greaterEqual = 0x30
  case anyBit = 0x40
  case notEqual = 0x50
  case greaterSigned = 0x60
  case greaterEqualSigned = 0x70
  case less = 0xa0
  case lessEqual = 0xb0
  case lessSigned = 0xc0
  case lessEqualSigned = 0xd0
}

/// The second operand of arithmetic, a comparison or a store.
package enum MachineOperand: Sendable, Hashable {
  case register(MachineRegister)
  /// Extended by its sign to 64 bits.
  case immediate(Int32)
}

/// How many bytes a load or a store moves, by its bits in the opcode.
package enum MemorySize: UInt8, Sendable, Hashable, CaseIterable {
  case word = 0x00
  case half = 0x08
  case byte = 0x10
  case double = 0x18
}

extension Instruction {
  /// An instruction from the five fields of `struct bpf_insn`.
  package init(opcode: UInt8, destination: UInt8 = 0, source: UInt8 = 0, offset: Int16 = 0, immediate: Int32 = 0) {
    let registers = UInt64(destination & 15) << 8 | UInt64(source & 15) << 12
    let rest = UInt64(UInt16(bitPattern: offset)) << 16 | UInt64(UInt32(bitPattern: immediate)) << 32
    self.init(word: UInt64(opcode) | registers | rest)
  }

  package var opcode: UInt8 { UInt8(truncatingIfNeeded: word) }
  package var destination: UInt8 { UInt8(truncatingIfNeeded: word >> 8) & 15 }
  package var source: UInt8 { UInt8(truncatingIfNeeded: word >> 12) & 15 }
  package var offset: Int16 { Int16(truncatingIfNeeded: word >> 16) }
  package var immediate: Int32 { Int32(truncatingIfNeeded: word >> 32) }

  /// `destination = destination op operand`, on 64 bits, or on the low 32 with the high ones cleared.
  package static func arithmetic(
    _ operation: ArithmeticOperation, _ destination: MachineRegister, _ operand: MachineOperand, wide: Bool = true
  ) -> Instruction {
    let family: UInt8 = wide ? 0x07 : 0x04
    return switch operand {
    case .register(let source):
      Instruction(
        opcode: operation.rawValue | family | 0x08, destination: destination.rawValue, source: source.rawValue)
    case .immediate(let value):
      Instruction(opcode: operation.rawValue | family, destination: destination.rawValue, immediate: value)
    }
  }

  /// `destination = destination`'s low `bits` (16, 32, 64) in the other byte order, on a little-endian machine.
  package static func bigEndian(_ destination: MachineRegister, bits: Int32) -> Instruction {
    Instruction(opcode: 0xdc, destination: destination.rawValue, immediate: bits)
  }

  /// `destination = *(size *)(base + offset)`, zero-extended.
  package static func load(
    _ size: MemorySize, _ destination: MachineRegister, from base: MachineRegister, offset: Int16
  ) -> Instruction {
    Instruction(
      opcode: 0x61 | size.rawValue, destination: destination.rawValue, source: base.rawValue, offset: offset)
  }

  /// `*(size *)(base + offset) = operand`.
  package static func store(
    _ size: MemorySize, at base: MachineRegister, offset: Int16, _ operand: MachineOperand
  ) -> Instruction {
    switch operand {
    case .register(let source):
      Instruction(
        opcode: 0x63 | size.rawValue, destination: base.rawValue, source: source.rawValue, offset: offset)
    case .immediate(let value):
      Instruction(opcode: 0x62 | size.rawValue, destination: base.rawValue, offset: offset, immediate: value)
    }
  }

  /// Adds `value` to the 64-bit word at `base + offset`, atomically.
  package static func add(_ value: MachineRegister, at base: MachineRegister, offset: Int16) -> Instruction {
    Instruction(opcode: 0xdb, destination: base.rawValue, source: value.rawValue, offset: offset)
  }

  /// Adds `value` to the 64-bit word at `base + offset`, atomically; `value` becomes what was there before (kernel 5.12).
  package static func fetchAdd(_ value: MachineRegister, at base: MachineRegister, offset: Int16) -> Instruction {
    Instruction(
      opcode: 0xdb, destination: base.rawValue, source: value.rawValue, offset: offset, immediate: 0x01)
  }

  /// Sets the bits of `value` in the 64-bit word at `base + offset`, atomically; `value` becomes what was there before
  /// (kernel 5.12).
  package static func fetchOr(_ value: MachineRegister, at base: MachineRegister, offset: Int16) -> Instruction {
    Instruction(
      opcode: 0xdb, destination: base.rawValue, source: value.rawValue, offset: offset, immediate: 0x41)
  }

  /// Exchanges `value` and the 64-bit word at `base + offset`, atomically (kernel 5.12).
  package static func exchange(_ value: MachineRegister, at base: MachineRegister, offset: Int16) -> Instruction {
    Instruction(
      opcode: 0xdb, destination: base.rawValue, source: value.rawValue, offset: offset, immediate: 0xe1)
  }

  /// Jumps over `offset` instructions when the condition holds on 64 bits.
  package static func jump(
    _ condition: JumpCondition, _ left: MachineRegister, _ right: MachineOperand, offset: Int16 = 0
  ) -> Instruction {
    switch right {
    case .register(let source):
      Instruction(
        opcode: condition.rawValue | 0x0d, destination: left.rawValue, source: source.rawValue, offset: offset)
    case .immediate(let value):
      Instruction(
        opcode: condition.rawValue | 0x05, destination: left.rawValue, offset: offset, immediate: value)
    }
  }

  /// Jumps over `offset` instructions.
  package static func jump(offset: Int16 = 0) -> Instruction { Instruction(opcode: 0x05, offset: offset) }

  /// Calls a helper of the kernel: R0 = helper(R1 … R5).
  package static func call(_ helper: Helper) -> Instruction {
    Instruction(opcode: 0x85, immediate: Int32(helper.rawValue))
  }

  /// Calls a function of the kernel by its number in the kernel's types (BPF_PSEUDO_KFUNC_CALL, 5.13).
  package static func call(function: Int32) -> Instruction { Instruction(opcode: 0x85, source: 2, immediate: function) }

  package static let exit = Instruction(opcode: 0x95)

  /// The two words that load a 64-bit constant.
  package static func wide(_ destination: MachineRegister, _ value: UInt64, source: UInt8 = 0) -> [Instruction] {
    [
      Instruction(
        opcode: 0x18, destination: destination.rawValue, source: source, immediate: Int32(truncatingIfNeeded: value)),
      Instruction(opcode: 0x00, immediate: Int32(truncatingIfNeeded: value >> 32)),
    ]
  }
}
