// Instructions to text, in the manner of the kernel's verifier log and of `bpftool prog dump xlated` (kernel/bpf/disasm.c).

extension ProgramSpec {
  /// One line an instruction: `   3: (79) r1 = *(u64 *)(r1 +8)`. A 64-bit load takes one line and two numbers.
  /// - Parameters:
  ///   - maps: the maps of the object, for their names.
  ///   - note: what a reference leads to in the program's text; it stands behind the instruction, after ` ! `.
  package func disassembly(maps: [MapSpec], note: (MapReference) -> String? = { _ in nil }) -> [String] {
    var references: [Int: MapReference] = [:]
    for reference in mapReferences { references[reference.instruction] = reference }
    var lines: [String] = []
    var index = 0
    while index < instructions.count {
      let instruction = instructions[index]
      let second = index + 1 < instructions.count ? instructions[index + 1] : Instruction(word: 0)
      var text = instruction.text(followedBy: second)
      if let reference = references[index] {
        let name = maps.indices.contains(reference.map) ? maps[reference.map].name : "?\(reference.map)"
        let place = reference.valueOffset.map { "map[\(name)][0]+\($0)" } ?? "map[\(name)]"
        text = "r\(instruction.destination) = \(place)" + (note(reference).map { " ! \($0)" } ?? "")
      }
      lines.append("\(padded(index)): (\(twoDigits(instruction.opcode))) \(text)")
      index += instruction.opcode == 0x18 ? 2 : 1
    }
    return lines
  }
}

extension Instruction {
  /// The instruction without its number; `followedBy` matters for a 64-bit load only.
  package func text(followedBy next: Instruction) -> String {
    switch opcode & 7 {
    case 0x07, 0x04: arithmeticText
    case 0x05, 0x06: jumpText
    case 0x01: "r\(destination) = *(\(sizeName) *)(r\(source) \(signed(offset)))"
    case 0x02: "*(\(sizeName) *)(r\(destination) \(signed(offset))) = \(immediate)"
    case 0x03: opcode & 0xe0 == 0xc0 ? atomicText : "*(\(sizeName) *)(r\(destination) \(signed(offset))) = r\(source)"
    case 0x00 where opcode == 0x18:
      "r\(destination) = 0x\(hexadecimal(UInt64(UInt32(bitPattern: immediate)) | UInt64(UInt32(bitPattern: next.immediate)) << 32))"
    default: "BUG_\(twoDigits(opcode))"
    }
  }

  private var sizeName: String {
    switch MemorySize(rawValue: opcode & 0x18) {
    case .byte: "u8"
    case .half: "u16"
    case .word: "u32"
    case .double, nil: "u64"
    }
  }

  private var arithmeticText: String {
    let letter = opcode & 7 == 0x07 ? "r" : "w"
    let target = "\(letter)\(destination)"
    if opcode & 0xf0 == 0xd0 { return "r\(destination) = \(opcode & 8 != 0 ? "be" : "le")\(immediate) r\(destination)" }
    guard let operation = ArithmeticOperation(rawValue: opcode & 0xf0) else { return "BUG_alu_\(twoDigits(opcode))" }
    if operation == .negate { return "\(target) = -\(target)" }
    return "\(target) \(operation.sign) \(opcode & 8 != 0 ? "\(letter)\(source)" : "\(immediate)")"
  }

  private var jumpText: String {
    if opcode == 0x85, source == 2 { return "call kernel-function#\(immediate)" }
    if opcode == 0x85 {
      return "call \(Helper(rawValue: UInt32(bitPattern: immediate))?.name ?? "unknown")#\(immediate)"
    }
    if opcode == 0x95 { return "exit" }
    if opcode == 0x05 { return "goto pc\(signed(offset))" }
    guard let condition = JumpCondition(rawValue: opcode & 0xf0) else { return "BUG_jmp_\(twoDigits(opcode))" }
    let letter = opcode & 7 == 0x05 ? "r" : "w"
    let right = opcode & 8 != 0 ? "\(letter)\(source)" : "0x\(hexadecimal(UInt64(UInt32(bitPattern: immediate))))"
    return "if \(letter)\(destination) \(condition.sign) \(right) goto pc\(signed(offset))"
  }

  private var atomicText: String {
    let place = "(\(sizeName) *)(r\(destination) \(signed(offset)))"
    return switch immediate {
    case 0xe1: "r\(source) = atomic64_xchg(\(place), r\(source))"
    case 0x01: "r\(source) = atomic64_fetch_add(\(place), r\(source))"
    case 0x41: "r\(source) = atomic64_fetch_or(\(place), r\(source))"
    case 0x00: "lock *\(place) += r\(source)"
    default: "BUG_\(twoDigits(opcode))"
    }
  }
}

extension ArithmeticOperation {
  fileprivate var sign: String {
    switch self {
    case .add: "+="
    case .subtract: "-="
    case .multiply: "*="
    case .divide: "/="
    case .or: "|="
    case .and: "&="
    case .shiftLeft: "<<="
    case .shiftRight: ">>="
    case .negate: "neg"
    case .remainder: "%="
    case .xor: "^="
    case .move: "="
    case .shiftRightSigned: "s>>="
    }
  }
}

extension JumpCondition {
  fileprivate var sign: String {
    switch self {
    case .always: ""
    case .equal: "=="
    case .greater: ">"
    case .greaterEqual: ">="
    case .anyBit: "&"
    case .notEqual: "!="
    case .greaterSigned: "s>"
    case .greaterEqualSigned: "s>="
    case .less: "<"
    case .lessEqual: "<="
    case .lessSigned: "s<"
    case .lessEqualSigned: "s<="
    }
  }
}

private func signed(_ value: Int16) -> String { value < 0 ? "\(value)" : "+\(value)" }

private func hexadecimal(_ value: UInt64) -> String { String(value, radix: 16) }

private func twoDigits(_ value: UInt8) -> String { (value < 16 ? "0" : "") + String(value, radix: 16) }

private func padded(_ number: Int) -> String {
  let digits = "\(number)"
  return String(repeating: " ", count: max(0, 4 - digits.count)) + digits
}
