import BPFCode
import EngineBench
import IR
import Kernel
import Support
import Testing

@Suite(.live, .enabled(if: Bench.allowed, "needs root and the kernel's types"))
struct DispatchTests {
  /// Probes at one hook, told apart by word 1; symbols named after the numbers.
  static func program(_ selectors: [Int64?], symbolStep: Int = 1) -> IR.Program {
    var program = IR.Program()
    program.symbols = ["syscall", "vmlinux", "entry"] + (0..<(selectors.count * symbolStep)).map { "s\($0)" }
    program.probes = selectors.enumerated().map { index, selector in
      EnabledProbe(
        id: UInt32(100 + index), parts: [0, 1, 3 + index * symbolStep % (selectors.count * symbolStep), 2],
        hook: .tracepoint("sys_enter", selector: .word(1)), selector: selector.map { .init(value: $0) })
    }
    return program
  }

  /// A clause that records which probe it was.
  static func clause(_ number: Int, _ probes: [Int]) -> Clause {
    let registers = (Register(0), Register(1))
    return Clause(
      number: number, probes: probes, registers: 2,
      blocks: [
        Block(steps: [
          .probeSymbol(registers.0, .function), .builtin(registers.1, .probeID),
          .record(item: 0, field: 0, .integer(registers.0)), .record(item: 0, field: 1, .integer(registers.1)),
        ])
      ],
      record: RecordLayout([
        RecordLayout.Item(.trace, fields: [.init(.symbol), .init(.value(.integer(.double, signed: true)))])
      ]))
  }

  /// What fires: clause, probe, symbol and ID.
  static func fired(_ bench: Bench, _ selector: Int64) throws -> [[Int]] {
    let offsets = clause(0, [0]).record.items[0].fields.map(\.offset)
    return try bench.fire(0, [0, UInt64(bitPattern: selector)]).map { record in
      [
        record.integer(at: 4, 4), record.integer(at: 20, 4), record.integer(at: offsets[0], 4),
        record.word(at: offsets[1]),
      ]
    }
  }

  static let shapes: [[Int64]] = [
    [7], [0], [3, 4, 5], [0, 1, 2, 3, 4, 5, 6], [1, 5, 9], [2, 3, 5, 7, 11, 13, 400], [-5, -4, 10],
    Array(0...334) + Array(424...461),
  ]

  @Test(arguments: shapes, [1, 3])
  func `live: a clause runs for its probes only, and knows which it was`(selectors: [Int64], symbolStep: Int) throws {
    var program = Self.program(selectors, symbolStep: symbolStep)
    let all = Array(selectors.indices)
    let some = all.filter { $0 % 3 != 1 }
    let last = [all.count - 1]
    program.clauses = [Self.clause(0, all), Self.clause(1, some), Self.clause(2, last)]
    let bench = try Bench(program)
    for selector in Set(selectors + selectors.map { $0 + 1 } + [-1, 0, 8, 512, 1 << 20, .min, .max, 1 << 32 + 7])
      .sorted()
    {
      let index = selectors.firstIndex(of: selector)
      let expected = [all, some, last].enumerated().compactMap { clause, probes -> [Int]? in
        guard let index, probes.contains(index) else { return nil }
        return [clause, index, program.probes[index].parts[2], 100 + index]
      }
      #expect(try Self.fired(bench, selector) == expected, "\(selector)")
    }
  }

  @Test func `live: probes that share a place fire one after the other, each with its own clauses`() throws {
    var program = Self.program([5, 6, 5, nil, nil])
    program.clauses = [Self.clause(0, [0, 1, 3]), Self.clause(1, [2]), Self.clause(2, [2, 4])]
    let bench = try Bench(program)
    #expect(try Self.fired(bench, 5).map { Array($0.prefix(2)) } == [[0, 0], [1, 2], [2, 2], [0, 3], [2, 4]])
    #expect(try Self.fired(bench, 6).map { Array($0.prefix(2)) } == [[0, 1], [0, 3], [2, 4]])
    #expect(try Self.fired(bench, 9).map { Array($0.prefix(2)) } == [[0, 3], [2, 4]])
  }

  @Test func `live: a selector may lie in the structure that a word points to`() throws {
    var program = Self.program([10, 11])
    for index in program.probes.indices {
      program.probes[index].hook = .tracepoint("sys_exit", selector: .field(word: 0, offset: 16, .word))
    }
    program.clauses = [Self.clause(0, [0, 1])]
    let bench = try Bench(program)
    // The program itself is no kernel memory, so the read fails and nothing fires.
    #expect(try bench.fire(0, [64]).isEmpty)
  }

  @Test func `hooks of the host's side are left out`() throws {
    var program = Self.program([1])
    program.probes[0].hook = .packet
    program.probes[0].selector = nil
    program.clauses = [Self.clause(0, [0])]
    #expect(try emit(program).spec.programs.isEmpty)
  }

  @Test func `live: this-> variables are shared by a firing's clauses and zero at the next firing`() throws {
    var first = Sketch()
    first.program.variables = [Variable(name: "x", scope: .clause, storage: .integer(.double, signed: true))]
    let (old, word) = (first.integer { .loadVariable(.integer($0), 0) }, first.word(0))
    first.add(.storeVariable(0, .integer(word)))
    first.record([.integer(old)])
    var second = Sketch()
    second.record([.integer(second.integer { .loadVariable(.integer($0), 0) })])
    var program = first.finished
    program.clauses.append(second.clause)
    let bench = try Bench(program)
    for value in 1...3 {
      let records = try bench.fire(0, [UInt64(value)])
      #expect(Outcome(records.first, first.clause) == .values([0]))
      #expect(Outcome(records.last, second.clause) == .values([.integer(value)]))
    }
  }

  @Test func `live: a firing takes the scratch that those it interrupts leave, and without any is counted`() throws {
    var sketch = Sketch()
    let address = sketch.word(0)
    sketch.record([.text(sketch.text(200) { .loadText($0, address: address, limit: nil, .user) })])
    let bench = try Bench(sketch.finished)
    let scratch = try #require(bench.maps.first { $0.spec.name == "scratch" })
    try MemoryTests.withAddress(of: Array("text".utf8) + [0]) { (address: UInt64) throws in
      for level in 0..<4 {
        #expect(Outcome(try bench.fire(0, [address]).first, sketch.clause) == .values(["text"]))
        let key = Array([UInt8](words: [level]).prefix(4))
        var value = try #require(try scratch.value(of: key))
        // The firing has given its own back on every CPU.
        let size = scratch.fullValueSize / CPUs.possible
        for cpu in 0..<CPUs.possible {
          #expect(value.word(at: cpu * size) == 0)
          value[cpu * size] = 1
        }
        try scratch.update(key, value)
      }
      #expect(try bench.fire(0, [address]).isEmpty)
    }
    #expect(try bench.drops(.nesting) == 1)
  }
}
