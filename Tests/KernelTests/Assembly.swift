import BPFCode

/// As much of BPF's instruction set as the tests write by hand (Documentation/bpf/standardization/instruction-set.rst).
enum Assembly {
  static func word(_ code: UInt8, _ to: Int = 0, _ from: Int = 0, offset: Int16 = 0, _ immediate: Int32 = 0)
    -> Instruction
  {
    Instruction(
      word: UInt64(code) | UInt64(to) << 8 | UInt64(from) << 12 | UInt64(UInt16(bitPattern: offset)) << 16
        | UInt64(UInt32(bitPattern: immediate)) << 32)
  }
  static func set(_ to: Int, _ value: Int32) -> Instruction { word(0xb7, to, value) }
  static func copy(_ to: Int, _ from: Int) -> Instruction { word(0xbf, to, from) }
  static func add(_ to: Int, _ value: Int32) -> Instruction { word(0x07, to, value) }
  static func add(_ to: Int, register: Int) -> Instruction { word(0x0f, to, register) }
  static func shiftRight(_ to: Int, _ bits: Int32) -> Instruction { word(0x77, to, bits) }
  /// 64 bits from memory.
  static func load(_ to: Int, _ from: Int, at offset: Int16) -> Instruction { word(0x79, to, from, offset: offset) }
  /// 64 bits to memory.
  static func store(_ to: Int, at offset: Int16, _ from: Int) -> Instruction { word(0x7b, to, from, offset: offset) }
  static func store(_ to: Int, at offset: Int16, word value: Int32) -> Instruction {
    word(0x62, to, 0, offset: offset, value)
  }
  /// Adds a register to the 64 bits in memory, at once.
  static func atomicAdd(_ to: Int, at offset: Int16, _ from: Int) -> Instruction {
    word(0xdb, to, from, offset: offset, 0)
  }
  /// Skips `count` instructions unless the register has the value.
  static func skip(_ count: Int16, unless register: Int, is value: Int32) -> Instruction {
    word(0x55, register, 0, offset: count, value)
  }
  /// Skips `count` instructions if the register has the value.
  static func skip(_ count: Int16, if register: Int, is value: Int32) -> Instruction {
    word(0x15, register, 0, offset: count, value)
  }
  static func call(_ helper: Int32) -> Instruction { word(0x85, immediate: helper) }
  /// Room for a 64-bit immediate: a reference to a map is put there at load.
  static func wide(_ to: Int) -> [Instruction] { [word(0x18, to), word(0)] }
  static let exit = word(0x95)

  /// 32 bits from memory.
  static func loadWord(_ to: Int, _ from: Int, at offset: Int16) -> Instruction { word(0x61, to, from, offset: offset) }
  /// 32 bits to memory.
  static func storeWord(_ to: Int, at offset: Int16, _ from: Int) -> Instruction {
    word(0x63, to, from, offset: offset)
  }
  /// The address of the function `distance` instructions after the next one.
  static func function(_ to: Int, distance: Int32) -> [Instruction] { [word(0x18, to, 4, distance), word(0)] }

  static let mapLookup: Int32 = 1
  static let tailCall: Int32 = 12
  static let sequenceWrite: Int32 = 127
  static let taskStorageGet: Int32 = 156
  static let currentTask: Int32 = 158
  static let loop: Int32 = 181
  static let currentProcess: Int32 = 14
  static let ringOutput: Int32 = 130

  private static func word(_ code: UInt8, _ to: Int, _ immediate: Int32) -> Instruction { word(code, to, 0, immediate) }
  private static func word(_ code: UInt8, immediate: Int32) -> Instruction { word(code, 0, 0, immediate) }
}
