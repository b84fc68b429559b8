import BPFCode
import Testing

struct AssemblerTests {
  @Test func `instructions read as the kernel's own disassembler writes them`() throws {
    let instructions: [(Instruction, String)] = [
      (.arithmetic(.move, .r2, .register(.r10)), "(bf) r2 = r10"),
      (.arithmetic(.add, .r2, .immediate(-8)), "(07) r2 += -8"),
      (.arithmetic(.negate, .r1, .immediate(0)), "(87) r1 = -r1"),
      (.arithmetic(.shiftRightSigned, .r3, .immediate(32)), "(c7) r3 s>>= 32"),
      (.arithmetic(.move, .r1, .register(.r1), wide: false), "(bc) w1 = w1"),
      (.bigEndian(.r0, bits: 16), "(dc) r0 = be16 r0"),
      (.load(.double, .r1, from: .r1, offset: 8), "(79) r1 = *(u64 *)(r1 +8)"),
      (.load(.byte, .r1, from: .r10, offset: -1), "(71) r1 = *(u8 *)(r10 -1)"),
      (.store(.word, at: .r10, offset: -4, .register(.r0)), "(63) *(u32 *)(r10 -4) = r0"),
      (.store(.half, at: .r2, offset: 0, .immediate(-3)), "(6a) *(u16 *)(r2 +0) = -3"),
      (.exchange(.r1, at: .r0, offset: 0), "(db) r1 = atomic64_xchg((u64 *)(r0 +0), r1)"),
      (.jump(.notEqual, .r0, .immediate(1), offset: 3), "(55) if r0 != 0x1 goto pc+3"),
      (.jump(.lessSigned, .r0, .register(.r2), offset: -2), "(cd) if r0 s< r2 goto pc-2"),
      (.jump(offset: 5), "(05) goto pc+5"),
      (.call(.getCurrentPidTgid), "(85) call bpf_get_current_pid_tgid#14"),
      (.exit, "(95) exit"),
    ]
    let program = ProgramSpec(name: "x", attachment: .called, instructions: instructions.map(\.0))
    for (line, (_, text)) in zip(program.disassembly(maps: []), instructions) {
      #expect(line.drop { $0 == " " }.drop { $0 != "(" } == text)
    }
  }

  @Test func `maps are named where they are loaded, and wide loads take two numbers`() throws {
    var code = Assembler()
    code.map(.r1, 0)
    code.map(.r2, 1, valueOffset: 24)
    code.constant(.r3, 1 << 40)
    code.constant(.r4, -1)
    code.emit(.exit)
    let words = try code.assemble()
    let program = ProgramSpec(
      name: "x", attachment: .called, instructions: words.instructions, mapReferences: words.references)
    let maps = ["records", "globals"].map { MapSpec(name: $0, kind: .array, keySize: 4, valueSize: 8, maxEntries: 1) }
    #expect(
      program.disassembly(maps: maps) == [
        "   0: (18) r1 = map[records]", "   2: (18) r2 = map[globals][0]+24", "   4: (18) r3 = 0x10000000000",
        "   6: (b7) r4 = -1", "   7: (95) exit",
      ])
  }

  @Test(arguments: [10, 32_000, 33_000, 70_000, 200_000])
  func `jumps farther than sixteen bits arrive all the same`(distance: Int) throws {
    var code = Assembler()
    let (far, middle) = (code.makeLabel(), code.makeLabel())
    code.jump(.equal, .r0, .immediate(1), to: far)
    code.jump(.equal, .r0, .immediate(2), to: middle)
    for index in 0..<distance {
      if index == distance / 2 { code.place(middle) }
      if index % 1000 == 0 { code.jump(.equal, .r0, .immediate(Int32(10 + index)), to: far) }
      code.emit(.arithmetic(.add, .r1, .immediate(1)))
    }
    code.place(far)
    code.emit(.exit)
    let words = try code.assemble().instructions
    // Walks the program as the machine would, R0 being `value`; gives how many additions it passed.
    func additions(_ value: Int32) -> Int? {
      var position = 0
      var count = 0
      while words.indices.contains(position), count <= distance {
        let word = words[position]
        switch word.opcode {
        case 0x95: return position == words.count - 1 ? count : nil
        case 0x05: position += Int(word.offset)
        case 0x15: if word.immediate == value { position += Int(word.offset) }
        default: count += 1
        }
        position += 1
      }
      return nil
    }
    #expect(additions(0) == distance)
    #expect(additions(1) == 0)
    #expect(additions(2) == distance - distance / 2)
    for index in stride(from: 0, to: distance, by: 11_000) { #expect(additions(Int32(10 + index)) == index) }
  }

  @Test func `what nothing leads to is left out`() throws {
    var code = Assembler()
    let (end, never) = (code.makeLabel(), code.makeLabel())
    code.jump(to: end)
    code.place(never)
    code.emit(.arithmetic(.move, .r0, .immediate(7)))
    code.jump(to: end)
    code.place(end)
    code.emit(.exit)
    #expect(try code.assemble().instructions == [.exit])
  }

  @Test func `a label that was not placed is an error`() {
    var code = Assembler()
    let label = code.makeLabel()
    code.jump(.equal, .r0, .immediate(0), to: label)
    #expect(throws: Assembler.Failure.unplacedLabel) { try code.assemble() }
  }
}
