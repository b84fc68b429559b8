import BPFCode
import EngineBench
import IR
import Testing

@Suite
struct LimitTests {
  @Test(.enabled(if: Bench.allowed))
  func `live: the widest texts in every function together pass the verifier`() throws {
    var sketch = Sketch()
    let address = sketch.word(0)
    let first = sketch.text { .loadText($0, address: address, limit: nil, .user) }
    let second = sketch.text { .loadText($0, address: address, limit: nil, .user) }
    var results: [Operand] = []
    for function in [Function.index, .rindex, .strstr] {
      results.append(.integer(sketch.integer { .call(.integer($0), function, [.text(first), .text(second)]) }))
    }
    for function in [Function.basename, .dirname, .tolower, .toupper] {
      results.append(.text(sketch.text { .call(.text($0), function, [.text(first)]) }))
    }
    results.append(.text(sketch.text { .call(.text($0), .strjoin, [.text(first), .text(second)]) }))
    sketch.record(results)
    let text = "/" + String(repeating: "Ab", count: 120) + "/c"
    let outcome = try MemoryTests.withAddress(of: Array(text.utf8) + [0]) { (address: UInt64) throws in
      try sketch.outcome([address])
    }
    #expect(
      outcome
        == .values([
          0, 0, 0, "c", .text(String(text.dropLast(2))), .text(text.lowercased()), .text(text.uppercased()),
          .text(String((text + text).prefix(255))),
        ]))
  }

  @Test(.enabled(if: Bench.allowed))
  func `live: a clause longer than a jump reaches is jumped over`() throws {
    var sketch = Sketch()
    let word = sketch.word(0)
    let sum = sketch.register()
    let ending = RecordLayout([RecordLayout.Item(.trace, fields: [.init(.value(.integer(.double, signed: true)))])])
    var steps: [Step] = []
    for _ in 0..<40_000 { steps.append(.binary(.add, sum, sum, word)) }
    steps.append(.record(item: 0, field: 0, .integer(sum)))
    sketch.clause.record = ending
    sketch.clause.blocks = [
      Block(steps: sketch.clause.blocks[0].steps, end: .branch(word, then: 1, otherwise: 2)),
      Block(steps: steps, end: .commit), Block(end: .discard),
    ]
    let bench = try Bench(sketch.finished)
    #expect(bench.emitted.spec.programs[0].instructions.count > 40_000)
    #expect(Outcome(try bench.fire(0, [3]).first, sketch.clause) == .values([120_000]))
    #expect(try bench.fire(0, [0]).isEmpty)
  }

  @Test(.enabled(if: Bench.allowed))
  func `live: many clauses share one stack`() throws {
    var program = IR.Program()
    for number in 0..<40 {
      var sketch = Sketch()
      let address = sketch.word(0)
      let name = sketch.text(16) { .textBuiltin($0, .execname) }
      let text = sketch.text(64) { .loadText($0, address: address, limit: nil, .user) }
      let registers = (0..<12).map { sketch.word($0) }
      var sum = sketch.constant(Int64(number))
      for register in registers.reversed() {
        let next = sketch.integer { .binary(.add, $0, sum, register) }
        sum = next
      }
      sketch.record([.text(name), .text(text), .integer(sum)])
      sketch.clause.number = number
      if number == 0 { program = sketch.program }
      program.clauses.append(sketch.clause)
    }
    let bench = try Bench(program)
    try MemoryTests.withAddress(of: Array("some text".utf8) + [0]) { (address: UInt64) throws in
      let records = try bench.fire(0, [address] + (1..<12).map { UInt64($0) })
      #expect(records.count == 40)
      for (number, record) in records.enumerated() {
        #expect(
          Outcome(record, program.clauses[number])
            == .values([.text(MemoryTests.comm), "some text", .integer(Int(address) + 66 + number)]))
      }
    }
  }

  @Test(.enabled(if: Bench.allowed))
  func `live: a firing may need more than a per-CPU value holds`() throws {
    var sketch = Sketch()
    let address = sketch.word(0)
    sketch.record([.text(sketch.text(60_000) { .loadText($0, address: address, limit: nil, .user) })])
    let bench = try Bench(sketch.finished)
    let text = String(repeating: "x", count: 50_000) + "end"
    try MemoryTests.withAddress(of: Array(text.utf8) + [0]) { (address: UInt64) throws in
      let records = try bench.fire(0, [address] + (1..<12).map { UInt64($0) })
      #expect(records.map { Outcome($0, sketch.clause) } == [.values([.text(text)])])
    }
  }

  @Test func `what takes more than 4 MiB a firing is refused with its size`() throws {
    var sketch = Sketch()
    let address = sketch.word(0)
    sketch.record(
      (0..<40).map { _ in .text(sketch.text(60_000) { .loadText($0, address: address, limit: nil, .user) }) })
    #expect {
      try emit(sketch.finished)
    } throws: { error in
      guard case .scratchExceeded(let bytes, limit: 4_194_304)? = error as? EmitterError else { return false }
      return bytes > 4_800_000
    }
  }

  @Test func `an offset that the kernel did not tell is named`() throws {
    var sketch = Sketch()
    sketch.record([.integer(sketch.integer { .builtin($0, .ppid) })])
    #expect(throws: EmitterError.missingOffset("task_struct … real_parent", clause: 0, origin: nil)) {
      try emit(sketch.finished)
    }
  }

  static let malformed: [(String, @Sendable (inout IR.Program) -> Void)] = [
    ("a register that is not there", { $0.clauses[0].registers = 0 }),
    ("a block that leads back", { $0.clauses[0].blocks[0].end = .jump(0) }),
    ("a probe that is not there", { $0.clauses[0].probes = [3] }),
    ("no blocks", { $0.clauses[0].blocks = [] }),
    ("a variable that is not there", { $0.clauses[0].blocks[0].steps.append(.loadVariable(.integer(Register(0)), 1)) }),
    ("an item that is not there", { $0.clauses[0].blocks[0].steps.append(.happened(item: 9)) }),
    ("a word that no context has", { $0.clauses[0].blocks[0].steps.append(.context(Register(0), word: 99)) }),
    ("a probe without names", { $0.probes[0].parts = [] }),
    ("a selector at a hook without", { $0.probes[0].selector = .init(value: 1) }),
  ]

  @Test(arguments: malformed.indices)
  func `IR that contradicts itself is refused, never trapped on`(index: Int) throws {
    var sketch = Sketch()
    sketch.record([.integer(sketch.constant(1))])
    var program = sketch.finished
    Self.malformed[index].1(&program)
    #expect("\(Self.malformed[index].0)") {
      try emit(program)
    } throws: { error in
      if case .malformed? = error as? EmitterError { true } else { false }
    }
  }
}

/// Maps that clauses on the clock use need their memory beforehand.
@Suite
struct InterruptTests {
  /// Whether the map of a keyed aggregation is made with all its memory.
  private func isPreallocated(_ hook: Hook) throws -> Bool {
    var sketch = Sketch(hook: hook)
    sketch.program.aggregations = [
      Aggregation(name: "a", function: .count, key: [.value(.integer(.double, signed: true))])
    ]
    let key = sketch.constant(1)
    sketch.add(.aggregate(0, key: [.integer(key)], value: nil, increment: nil))
    let maps = try emit(sketch.finished).spec.maps
    let map = try #require(maps.first { $0.name == "agg_0" })
    return map.flags & 1 == 0
  }

  @Test func `what a tick adds to has its memory beforehand, what a system call adds to has not`() throws {
    #expect(try isPreallocated(.tick(period: 1_000_000)))
    #expect(try isPreallocated(.profile(period: 1_000_000)))
    #expect(try isPreallocated(.counter(Counter(.hardware, 1, "instructions", period: 1_000_000))))
    #expect(try !isPreallocated(.tracepoint("sys_enter", selector: nil)))
  }
}
