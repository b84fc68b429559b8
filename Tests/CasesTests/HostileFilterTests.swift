import Cases
import Testing

/// Filters come from recordings too, which anybody may have written.
@Suite struct HostileFilterTests {
  static let finish = step(0x06, 0, 0, 1)

  static let refused: [([UInt8], String)] = [
    (Array(finish.dropLast()), "its 7 bytes are no whole number of instructions"),
    (step(0x20), "it does not end with a return"),
    (step(0x05, 0, 0, 1) + finish, "instruction 0 jumps out of the program"),
    (step(0x05, 0, 0, .max) + finish, "instruction 0 jumps out of the program"),
    (step(0x15, 0, 1, 0) + finish, "instruction 0 jumps out of the program"),
    (step(0xffff) + finish, "instruction 0 has the unknown code 0xffff"),
    (step(0x60, 0, 0, 16) + finish, "instruction 0 uses memory cell 16 of 16"),
    (step(0x02, 0, 0, .max) + finish, "instruction 0 uses memory cell 4294967295 of 16"),
    (step(0x34) + finish, "instruction 0 divides by zero"),
    (step(0x94) + finish, "instruction 0 divides by zero"),
    (step(0x64, 0, 0, 32) + finish, "instruction 0 shifts by 32 of 32 bits"),
    (step(0x20, 0, 0, 0xffff_f001) + finish, "instruction 0 loads the unknown extension 0x1"),
    (
      [[UInt8]](repeating: finish, count: 4097).flatMap { $0 },
      "it has 4097 instructions, more than the 4096 that Linux takes"
    ),
  ]

  @Test(arguments: refused)
  func `a program that Linux would not attach is unknown, and says why`(_ bytes: [UInt8], _ why: String) {
    #expect(FilterBreadth(classic: bytes) == .unknown(why))
  }

  @Test func `every flipped bit of a filter is answered`() {
    for bit in 0..<listener.count * 8 {
      var bytes = listener
      bytes[bit / 8] ^= 1 << (bit % 8)
      #expect(!FilterBreadth(classic: bytes).text.isEmpty)
    }
  }

  @Test func `as many comparisons as fit into a program end`() {
    // Each jumps to the next whatever it finds, and asks for another number of another place.
    let comparisons = (0..<2047).flatMap { (index: Int) -> [UInt8] in
      let skipped: UInt8 = index % 2 == 0 ? 0 : 2
      return step(0x28, 0, 0, UInt32(index % 1400)) + step(0x15, skipped, 1, UInt32(index * 31 & 0xffff))
    }
    let filter = comparisons + step(0x06) + step(0x06)
    guard case .unknown = FilterBreadth(classic: filter) else {
      Issue.record("nothing says that it was not tried to its end")
      return
    }
  }

  @Test func `programs of any steps are answered`() {
    var generator = Steps(state: 0x9e37_79b9)
    for _ in 0..<300 {
      let count = Int(generator.next() % 24) + 1
      let body = (0..<count).flatMap { generator.step(before: count - $0) }
      #expect(!FilterBreadth(classic: body + Self.finish).text.isEmpty)
    }
  }
}

/// Random steps that Linux would mostly take, the same in every run.
private struct Steps {
  var state: UInt64

  mutating func next() -> UInt32 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return UInt32(state >> 33)
  }

  /// - Parameter left: how many steps follow, the return included.
  mutating func step(before left: Int) -> [UInt8] {
    let codes: [UInt16] = [
      0x20, 0x28, 0x30, 0x40, 0x48, 0x50, 0x00, 0x01, 0x60, 0x61, 0x80, 0x81, 0xb1, 0x02, 0x03, 0x04, 0x0c, 0x14, 0x1c,
      0x24, 0x2c, 0x34, 0x3c, 0x44, 0x4c, 0x54, 0x5c, 0x64, 0x6c, 0x74, 0x7c, 0x84, 0x94, 0x9c, 0xa4, 0xac, 0x05, 0x15,
      0x1d, 0x25, 0x2d, 0x35, 0x3d, 0x45, 0x4d, 0x07, 0x87, 0x16,
    ]
    let code = codes[Int(next()) % codes.count]
    let isMemory = [0x60, 0x61, 0x02, 0x03].contains(code)
    let constants: [UInt32] = [
      next() % 64, next(), 0x0800, 6, 17, 0xffff_f000 + next() % 64, 0xfff0_0000 + next() % 64,
    ]
    let constant =
      isMemory ? next() % 16 : code == 0x05 ? next() % UInt32(left) : constants[Int(next()) % constants.count]
    return CasesTests.step(code, UInt8(next() % UInt32(left)), UInt8(next() % UInt32(left)), constant)
  }
}
