import BPFCode
import EngineBench
import Foundation
import IR
import Support
import Testing

@Suite(.live, .enabled(if: Bench.allowed, "needs root and the kernel's types"))
struct MemoryTests {
  /// The address of bytes that stay where they are during `body`.
  static func withAddress<T>(of bytes: [UInt8], _ body: (UInt64) throws -> T) throws -> T {
    // Safe: the address is only handed to the kernel, which checks it.
    try unsafe bytes.withUnsafeBytes { try body(UInt64(UInt(bitPattern: $0.baseAddress!))) }
  }

  @Test func `live: user memory is read by width, sign and offset, and a bad address faults with itself`() throws {
    var sketch = Sketch()
    let address = sketch.word(0)
    var results: [Operand] = []
    for width in Width.allCases {
      for signed in [false, true] {
        results.append(
          .integer(sketch.integer { .load($0, address: address, offset: 8, width, signed: signed, .user) }))
      }
    }
    sketch.record(results)
    let bytes: [UInt8] = [UInt8](repeating: 0, count: 8) + [0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8]
    let outcome = try Self.withAddress(of: bytes) { try sketch.outcome([$0]) }
    let word = Int(bitPattern: 0xf8f7_f6f5_f4f3_f2f1)
    #expect(
      outcome == .values([0xf1, -0x0f, 0xf2f1, -0x0d0f, 0xf4f3_f2f1, -0x0b0c_0d0f, .integer(word), .integer(word)]))
    #expect(try sketch.outcome([4]) == .fault(.badAddress, 4))
    #expect(try sketch.outcome([0xffff_8000_0000_0000]) == .fault(.badAddress, 0xffff_8000_0000_0000))
  }

  @Test func `live: kernel memory is read from the current task, and user addresses are not kernel ones`() throws {
    var sketch = Sketch()
    let task = sketch.integer { .builtin($0, .currentTask) }
    let tgid = try #require(Offsets.kernel.taskTgid)
    let pid = sketch.integer { .load($0, address: task, offset: tgid, .word, signed: true, .kernel) }
    sketch.record([.integer(pid)])
    #expect(try sketch.outcome() == .values([.integer(Int(getpid()))]))

    var wrong = Sketch()
    let address = wrong.word(0)
    wrong.record([.integer(wrong.integer { .load($0, address: address, offset: 0, .double, signed: false, .kernel) })])
    try Self.withAddress(of: [1, 2, 3, 4, 5, 6, 7, 8]) { (address: UInt64) throws in
      #expect(try wrong.outcome([address]) == .fault(.badAddress, address))
    }
  }

  @Test func `live: scratch is zeroed, kept apart, written and read back, and bounded by what was allocated`() throws {
    var sketch = Sketch()
    let size = sketch.word(0)
    let first = sketch.integer { .allocate($0, size: size) }
    let second = sketch.integer { .allocate($0, size: size) }
    let value = sketch.constant(0x1122_3344_5566_7788)
    let before = sketch.integer { .load($0, address: first, offset: 4, .word, signed: false, .kernel) }
    sketch.add(.store(address: first, offset: 0, value, .double))
    sketch.add(.store(address: second, offset: 1, value, .half))
    let whole = sketch.integer { .load($0, address: first, offset: 0, .double, signed: false, .kernel) }
    let part = sketch.integer { .load($0, address: second, offset: 0, .double, signed: false, .kernel) }
    let distance = sketch.integer { .binary(.subtract, $0, second, first) }
    sketch.record([before, whole, part, distance].map { .integer($0) })
    let bench = try Bench(sketch.finished)
    for _ in 0..<3 {
      let outcome = Outcome(try bench.fire(0, [13]).first, sketch.clause)
      #expect(outcome == .values([0, 0x1122_3344_5566_7788, 0x77_8800, 16]))
    }
    for size in [8193, 4097, UInt64.max] {
      #expect(Outcome(try bench.fire(0, [size]).first, sketch.clause) == .fault(.noScratch, 0), "\(size)")
    }
    // Eight bytes each: the store at 1 and the load are inside, and nothing is left behind by the runs before.
    #expect(Outcome(try bench.fire(0, [8]).first, sketch.clause) == .values([0, 0x1122_3344_5566_7788, 0x77_8800, 8]))
    #expect(Outcome(try bench.fire(0, [0]).first, sketch.clause) == .fault(.badAddress, Scratch.tag))
  }

  @Test func `live: a store outside of scratch faults and changes nothing`() throws {
    var sketch = Sketch()
    let size = sketch.constant(16)
    let base = sketch.integer { .allocate($0, size: size) }
    let offset = sketch.word(0)
    let address = sketch.integer { .binary(.add, $0, base, offset) }
    sketch.add(.store(address: address, offset: 0, size, .double))
    sketch.record([.integer(offset)])
    let bench = try Bench(sketch.finished)
    #expect(Outcome(try bench.fire(0, [8]).first, sketch.clause) == .values([8]))
    for offset in [9, 16, 4096, 1 << 40, UInt64.max, 0 &- Scratch.tag] {
      let outcome = Outcome(try bench.fire(0, [offset]).first, sketch.clause)
      #expect(outcome == .fault(.badAddress, Scratch.tag &+ offset), "\(offset)")
    }
  }

  @Test func `live: bytes are copied from user memory and within scratch, and recorded`() throws {
    var sketch = Sketch()
    let (from, count) = (sketch.word(0), sketch.word(1))
    let room = sketch.constant(64)
    let first = sketch.integer { .allocate($0, size: room) }
    let second = sketch.integer { .allocate($0, size: room) }
    sketch.add(.copyBytes(to: first, from: from, size: count, .user))
    sketch.add(.copyBytes(to: second, from: first, size: count, .kernel))
    sketch.clause.record = RecordLayout([
      RecordLayout.Item(.tracemem, fields: [.init(.bytes(20))]),
      RecordLayout.Item(.tracemem, fields: [.init(.bytes(20))]),
    ])
    sketch.add(.happened(item: 0))
    sketch.add(.recordBytes(item: 0, field: 0, address: second, size: count, .kernel))
    sketch.add(.happened(item: 1))
    sketch.add(.recordBytes(item: 1, field: 0, address: from, size: count, .user))
    let bench = try Bench(sketch.finished)
    let bytes = (1...64).map { UInt8($0) }
    try Self.withAddress(of: bytes) { (address: UInt64) throws in
      for count in [0, 1, 19, 20, 21, 64] {
        let record = try #require(try bench.fire(0, [address, UInt64(count)]).first)
        let expected = Array(bytes.prefix(min(20, count))) + [UInt8](repeating: 0, count: max(0, 20 - count))
        for item in sketch.clause.record.items {
          #expect(Array(record[item.fields[0].offset..<(item.fields[0].offset + 20)]) == expected, "\(count)")
        }
      }
      #expect(Outcome(try bench.fire(0, [address, 5000]).first, sketch.clause) == .fault(.badSize, 5000))
      #expect(Outcome(try bench.fire(0, [16, 8]).first, sketch.clause) == .fault(.badAddress, 16))
    }
  }

  @Test func `live: a text has an address, at which it is read again`() throws {
    var sketch = Sketch()
    let name = sketch.text(16) { .textBuiltin($0, .execname) }
    let constant = sketch.constant("a constant of more than sixteen bytes")
    var results: [Operand] = []
    for text in [name, constant] {
      let address = sketch.integer { .addressOfText($0, text) }
      results.append(.text(sketch.text { .loadText($0, address: address, limit: nil, .kernel) }))
      results.append(.integer(sketch.integer { .load($0, address: address, offset: 1, .byte, signed: false, .kernel) }))
    }
    sketch.record(results)
    let comm = Self.comm
    #expect(
      try sketch.outcome()
        == .values([
          .text(comm), .integer(Int(Array(comm.utf8)[1])), "a constant of more than sixteen bytes", 0x20,
        ]))
  }

  /// The command name of this thread as the kernel has it.
  static var comm: String {
    let text = try? String(contentsOfFile: "/proc/thread-self/comm", encoding: .utf8)
    return (text ?? "").trimmingCharacters(in: .newlines)
  }
}
