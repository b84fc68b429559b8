import HostVM
import IR
import Support
import Testing

@Suite struct StateTests {
  static let narrow = Storage.integer(.byte, signed: true)

  @Test func `a predicate that fails discards the clause and nothing of it happens`() throws {
    var builder = ProgramBuilder()
    let probe = builder.probe("test:::")
    let count = builder.aggregation("n", .count)
    builder.clause(on: probe) { c in
      c.require(c.compare(.equal, c.fed(0), c.constant(6)))
      c.aggregate(count)
      c.record(.trace, (c.fed(0), int64))
    }
    var machine = try machine(builder)
    var firing = Firing()
    for port in [6, 17, 6, 1, 6] as [UInt64] {
      firing.integers = [port]
      #expect(machine.fire(probe, firing).all.count == (port == 6 ? 1 : 0))
    }
    #expect(machine.aggregationEntries(count) == [AggregationEntry(key: [], value: [3])])
  }

  @Test func `clauses of a probe run in the order of the program and share this->`() throws {
    var builder = ProgramBuilder()
    let first = builder.probe("test:::first")
    let second = builder.probe("test:::second")
    let local = builder.variable("local", .clause)
    for _ in 0..<3 {
      builder.clause(on: first, second) { c in
        let next = c.binary(.add, c.load(local), c.constant(1))
        c.store(local, next)
        c.record(.trace, (next, int64))
      }
    }
    builder.clause(on: second) { c in c.record(.trace, (c.load(local), int64)) }
    var machine = try machine(builder)
    let layout = builder.program.clauses[0].record
    for _ in 0..<2 {
      let records = machine.fire(first)
      #expect(records.all.indices.map { records.integer(layout, 0, 0, record: $0) } == [1, 2, 3])
      #expect(records.all.map { $0[4] } == [0, 1, 2])
    }
    let records = machine.fire(second)
    #expect(records.all.indices.map { records.integer(layout, 0, 0, record: $0) } == [1, 2, 3, 3])
    #expect(records.all.map { $0[20] } == [1, 1, 1, 1])
  }

  @Test func `a narrow variable loses its high bytes and is extended by its sign`() throws {
    var builder = ProgramBuilder()
    let probe = builder.probe("test:::")
    let ids = [Variable.Scope.global, .thread, .clause].flatMap { scope in
      [
        builder.variable("s", scope, .integer(.byte, signed: true)),
        builder.variable("u", scope, .integer(.half, signed: false)),
      ]
    }
    builder.clause(on: probe) { c in
      for id in ids {
        c.store(id, c.constant(0x1_8080))
        c.record(.trace, (c.load(id), int64))
      }
    }
    var machine = try machine(builder)
    let records = machine.fire(probe)
    let layout = builder.program.clauses[0].record
    #expect(ids.indices.map { records.integer(layout, $0, 0) } == [-128, 0x8080, -128, 0x8080, -128, 0x8080])
  }

  @Test func `each thread has its own variables until it ends`() throws {
    var builder = ProgramBuilder()
    builder.program.limits.arrayEntries = 2
    let set = builder.probe("test:::set")
    let get = builder.probe("test:::get")
    let number = builder.variable("n", .thread)
    let name = builder.variable("s", .thread, .text(8))
    let seen = builder.array("seen", [.integer(.word, signed: true)], perThread: true)
    builder.clause(on: set) { c in
      c.store(number, c.fed(0))
      c.store(name, c.textFed(0))
      c.assign(seen, [c.constant(1)], c.fed(0))
    }
    builder.clause(on: get) { c in
      c.record(.trace, (c.load(number), int64), (c.load(name, text: 8), .text(8)))
      c.record(.trace, (c.lookUp(seen, [c.constant(1)]), int64))
    }
    var machine = try machine(builder)
    let layout = builder.program.clauses[1].record
    var firing = Firing()
    func values(_ tid: UInt32) -> String {
      firing.tid = tid
      let records = machine.fire(get, firing)
      return "\(records.integer(layout, 0, 0)) \(records.text(layout, 0, 1)) \(records.integer(layout, 1, 0))"
    }
    func give(_ tid: UInt32, _ value: UInt64, _ text: String) {
      firing.tid = tid
      firing.integers = [value]
      firing.setText(0, text.utf8)
      _ = machine.fire(set, firing)
    }
    give(1, 10, "one")
    give(2, 20, "two-is-too-long")
    #expect([1, 2, 3].map(values) == ["10 one 10", "20 two-is- 20", "0  0"])
    #expect(machine.drops == Drops())
    // There is room for two threads; the third's variables and element are dropped and counted.
    give(3, 30, "three")
    #expect(values(3) == "0  0")
    #expect(machine.drops.dynamicVariables == 3)
    // A zero needs no room; the empty text does, which is not NULL.
    give(3, 0, "")
    #expect(machine.drops.dynamicVariables == 4)
    machine.threadEnded(1)
    #expect(machine.elementCount(seen) == 1)
    give(3, 30, "three")
    #expect([1, 2, 3].map(values) == ["0  0", "20 two-is- 20", "30 three 30"])
    #expect(machine.drops.dynamicVariables == 4)
    #expect(machine.integer(number, tid: 2) == 20)
    #expect(machine.text(name, tid: 3) == Array("three".utf8))
    #expect(machine.text(name, tid: 1) == [])
  }

  @Test func `an associative array keeps what its tuple was given`() throws {
    var builder = ProgramBuilder()
    builder.program.limits.arrayEntries = 3
    let probe = builder.probe("test:::")
    let array = builder.array("a", [.integer(.word, signed: true), .text(8)], Self.narrow)
    let texts = builder.array("t", [.text(4)], .text(8))
    let set = { (c: inout ClauseBuilder, number: Int64, text: String, value: Int64) in
      c.assign(array, [c.constant(number), c.constant(text)], c.constant(value))
    }
    builder.clause(on: probe) { c in
      set(&c, 1, "a", 5)
      set(&c, 1, "b", 6)
      // The high half of the number does not belong to a key of four bytes; the ninth byte of the text neither.
      set(&c, (1 << 32) + 2, "abcdefghi", 7)
      set(&c, 9, "no room", 8)
      // 256 is 0 in one byte: the element goes, and there is room again.
      set(&c, 1, "a", 256)
      set(&c, 8, "room", 9)
      c.step(.remove(array, key: [c.constant(8), c.constant("other")]))
      for (number, text) in [(1, "a"), (1, "b"), (2, "abcdefgxx"), (9, "no room"), (8, "room"), (1, "")] {
        c.record(.trace, (c.lookUp(array, [c.constant(Int64(number)), c.constant(text)]), int64))
      }
      let (key, longer) = (c.constant("key"), c.constant("keyring"))
      c.assign(texts, [key], c.constant("value that is cut"))
      c.record(.trace, (c.lookUp(texts, [longer], text: 64), .text(64)))
      let nothing = c.text()
      c.step(.nullText(nothing))
      c.assign(texts, [key], .text(nothing))
      c.record(.trace, (c.lookUp(texts, [key], text: 64), .text(64)))
    }
    var machine = try machine(builder)
    let records = machine.fire(probe)
    let layout = builder.program.clauses[0].record
    #expect((0..<6).map { records.integer(layout, $0, 0) } == [0, 6, 7, 0, 9, 0])
    #expect([6, 7].map { records.text(layout, $0, 0) } == ["value t", ""])
    #expect(machine.drops.dynamicVariables == 1)
    #expect(machine.elementCount(array) == 3)
    #expect(machine.elementCount(texts) == 0)
  }

  /// Insertions, removals and look-ups in a random order, against a Dictionary.
  @Test func `a table says the same as a dictionary, whatever comes and goes`() throws {
    var builder = ProgramBuilder()
    builder.program.limits.arrayEntries = 300
    let put = builder.probe("test:::put")
    let get = builder.probe("test:::get")
    let array = builder.array("a", [.integer(.double, signed: false), .text(16)])
    builder.clause(on: put) { c in c.assign(array, [c.fed(0), c.textFed(0)], c.fed(1)) }
    builder.clause(on: get) { c in c.record(.trace, (c.lookUp(array, [c.fed(0), c.textFed(0)]), int64)) }
    var machine = try machine(builder)
    let layout = builder.program.clauses[1].record
    var model: [String: UInt64] = [:]
    var drops: UInt64 = 0
    var random = SystemRandomNumberGenerator()
    var firing = Firing()
    for _ in 0..<20_000 {
      let number = UInt64.random(in: 0..<25, using: &random)
      let text = String(repeating: "x", count: Int.random(in: 0..<20, using: &random))
      let value = Bool.random(using: &random) ? 0 : UInt64.random(in: 1..<1000, using: &random)
      let key = "\(number) \(text.prefix(15))"
      firing.integers = [number, value]
      firing.setText(0, text.utf8)
      if value != 0, model[key] == nil, model.count == 300 { drops += 1 } else { model[key] = value == 0 ? nil : value }
      _ = machine.fire(put, firing)
      let found = machine.fire(get, firing).integer(layout, 0, 0)
      #expect(found == Int64(model[key] ?? 0))
    }
    #expect(machine.elementCount(array) == model.count)
    #expect(machine.drops.dynamicVariables == drops)
  }
}
