/// How many bytes the x86-64 instruction at `start` has (Intel SDM, volume 2, chapter 2 and appendix A); nil for what is no instruction
/// or is cut off. Only where the next one begins is told, not whether this one is allowed.
func instructionLength(_ code: [UInt8], at start: Int) -> Int? {
  var decoder = InstructionDecoder(code: code, position: start)
  guard decoder.skip(), decoder.position <= code.count, decoder.position - start <= 15 else { return nil }
  return decoder.position - start
}

private struct InstructionDecoder {
  let code: [UInt8]
  var position: Int
  private var operand16 = false
  private var address32 = false
  private var wide = false

  init(code: [UInt8], position: Int) {
    self.code = code
    self.position = position
  }

  private mutating func next() -> UInt8? {
    guard position < code.count else { return nil }
    defer { position += 1 }
    return code[position]
  }

  mutating func skip() -> Bool {
    guard var opcode = next() else { return false }
    prefixes: while true {
      switch opcode {
      case 0x66: operand16 = true
      case 0x67: address32 = true
      case 0xf0, 0xf2, 0xf3, 0x2e, 0x36, 0x3e, 0x26, 0x64, 0x65: break
      default: break prefixes
      }
      guard let following = next() else { return false }
      opcode = following
    }
    if opcode & 0xf0 == 0x40 {
      wide = opcode & 8 != 0
      guard let following = next() else { return false }
      opcode = following
    }
    switch opcode {
    case 0x0f: return skipTwoByte()
    case 0xc5:
      position += 1
      return skipVector(map: 1)
    case 0xc4:
      guard let second = next() else { return false }
      position += 1
      return skipVector(map: second & 0x1f)
    case 0x62:
      guard let second = next() else { return false }
      position += 2
      return skipVector(map: second & 7)
    default: return skipOneByte(opcode)
    }
  }

  private mutating func skipOneByte(_ opcode: UInt8) -> Bool {
    var register: UInt8 = 0
    if Self.hasModRM(opcode) {
      guard let found = skipModRM() else { return false }
      register = found
    }
    let word = operand16 ? 2 : 4
    switch opcode {
    case 0x00...0x3f where opcode & 7 == 4: position += 1
    case 0x00...0x3f where opcode & 7 == 5: position += word
    case 0x68, 0x69, 0x81, 0xa9, 0xc7: position += word
    case 0x6a, 0x6b, 0x70...0x7f, 0x80, 0x82, 0x83, 0xa8, 0xb0...0xb7, 0xc0, 0xc1, 0xc6, 0xcd, 0xd4, 0xd5,
      0xe0...0xe7, 0xeb:
      position += 1
    case 0xe8, 0xe9: position += 4
    case 0xb8...0xbf: position += wide ? 8 : word
    case 0xa0...0xa3: position += address32 ? 4 : 8
    case 0xc2, 0xca: position += 2
    case 0xc8: position += 3
    case 0xf6 where register < 2: position += 1
    case 0xf7 where register < 2: position += word
    default: break
    }
    return true
  }

  private static func hasModRM(_ opcode: UInt8) -> Bool {
    switch opcode {
    case 0x00...0x3f: opcode & 7 < 4
    case 0x62, 0x63, 0x69, 0x6b, 0x80...0x8f, 0xc0, 0xc1, 0xc6, 0xc7, 0xd0...0xd3, 0xd8...0xdf, 0xf6, 0xf7, 0xfe, 0xff:
      true
    default: false
    }
  }

  private mutating func skipTwoByte() -> Bool {
    guard let opcode = next() else { return false }
    switch opcode {
    case 0x38:
      position += 1
      return skipModRM() != nil
    case 0x3a:
      position += 1
      guard skipModRM() != nil else { return false }
      position += 1
    case 0x04...0x0c, 0x0e, 0x30...0x37, 0x77, 0xa0...0xa2, 0xa8...0xaa, 0xc8...0xcf: break
    case 0x80...0x8f: position += 4
    default:
      guard skipModRM() != nil else { return false }
      if Self.hasByte(opcode) { position += 1 }
    }
    return true
  }

  /// Of the second map, those with an immediate byte behind the operands.
  private static func hasByte(_ opcode: UInt8) -> Bool {
    switch opcode {
    case 0x0f, 0x70...0x73, 0xa4, 0xac, 0xba, 0xc2, 0xc4...0xc6: true
    default: false
    }
  }

  private mutating func skipVector(map: UInt8) -> Bool {
    guard let opcode = next() else { return false }
    if map == 1, opcode == 0x77 { return true }
    guard skipModRM() != nil else { return false }
    if map == 3 || map == 1 && Self.hasByte(opcode) { position += 1 }
    return true
  }

  /// The operand byte, what follows it for an address, and its register field.
  private mutating func skipModRM() -> UInt8? {
    guard let byte = next() else { return nil }
    let (mode, operand) = (byte >> 6, byte & 7)
    if mode == 3 { return byte >> 3 & 7 }
    var displacement = mode == 1 ? 1 : mode == 2 ? 4 : operand == 5 ? 4 : 0
    if operand == 4 {
      guard let scaled = next() else { return nil }
      if mode == 0, scaled & 7 == 5 { displacement = 4 }
    }
    position += displacement
    return byte >> 3 & 7
  }
}
