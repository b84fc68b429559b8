import Bytes
import HostVM
import IR
import Support
import Testing

@Suite struct RecordTests {
  @Test func `a record is RecordLayout's bytes, header, presence and every kind of field`() throws {
    var builder = ProgramBuilder()
    let probe = builder.probe("syscall:vmlinux:read:entry")
    builder.clause(on: probe) { c in
      let numbers = c.item(
        .printf(format: "%d"), .value(.integer(.byte, signed: true)), .value(.integer(.word, signed: false)), .symbol,
        .value(.integer(.double, signed: true)))
      let never = c.item(.trace, .value(.integer(.half, signed: false)))
      let text = c.item(.trace, .value(.text(5)), .bytes(4))
      let stacks = c.item(.stack, .kernelStack(frames: 2), .userStack(frames: 3))
      #expect(never == 1)
      let minus = c.constant(-2)
      for field in [0, 1, 3] { c.step(.record(item: numbers, field: field, minus)) }
      c.step(.record(item: numbers, field: 2, c.value { .probeSymbol($0, .function) }))
      c.step(.happened(item: numbers))
      c.step(.record(item: text, field: 0, c.constant("a long text")))
      c.step(.record(item: text, field: 0, c.constant("abcdefgh")))
      let size = c.constant(2).register
      let place = c.value { .allocate($0, size: size) }
      c.step(.store(address: place.register, offset: 0, c.constant(0x4241).register, .half))
      c.step(.recordBytes(item: text, field: 1, address: place.register, size: size, .kernel))
      c.step(.happened(item: text))
      c.step(.recordStack(item: stacks, field: 0))
      c.step(.recordStack(item: stacks, field: 1))
      c.step(.happened(item: stacks))
    }
    var machine = try machine(builder)
    var firing = Firing()
    firing.monotonicTime = 0x1122_3344_5566_7788
    firing.cpu = 2
    firing.pid = 0x0a0b
    firing.tid = 0x0c0d
    firing.kernelStack = [1, 2, 3]
    firing.userStack = [4]
    let record = machine.fire(probe, firing).all[0]
    func word(_ value: UInt64) -> [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
    func half(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
    let header = half(0) + half(0) + word(0x1122_3344_5566_7788) + half(2) + half(0) + half(0x0a0b) + half(0x0c0d)
    let numbers = word(0b1101) + [0xfe, 0, 0, 0] + half(0xffff_fffe) + half(2) + [0, 0, 0, 0] + word(.max - 1)
    let rest = [0, 0, 0, 0, 0, 0, 0, 0] + Array("abcd".utf8) + [0, 0, 0, 0] + [0x41, 0x42, 0, 0, 0, 0, 0, 0]
    let stacks = word(1) + word(2) + word(0x0a0b) + word(4) + word(0) + word(0)
    #expect(record == header + numbers + rest + stacks)
    #expect(record.count == builder.program.clauses[0].record.size)
  }

  @Test func `what one firing recorded does not show in the next`() throws {
    var builder = ProgramBuilder()
    let probe = builder.probe("test:::")
    builder.clause(on: probe) { c in
      let item = c.item(.trace, .value(.text(16)), .value(int64))
      let yes = c.block()
      let end = c.block()
      c.end(.branch(c.fed(0).register, then: yes, otherwise: end), next: yes)
      c.step(.record(item: item, field: 0, c.textFed(0)))
      c.step(.record(item: item, field: 1, c.constant(-1)))
      c.step(.happened(item: item))
      c.end(.jump(end), next: end)
    }
    var machine = try machine(builder)
    var firing = Firing()
    firing.integers = [1]
    firing.setText(0, "a longer text".utf8)
    let layout = builder.program.clauses[0].record
    #expect(machine.fire(probe, firing).text(layout, 0, 0) == "a longer text")
    firing.setText(0, "short".utf8)
    #expect(machine.fire(probe, firing).text(layout, 0, 0) == "short")
    firing.integers = [0]
    let records = machine.fire(probe, firing)
    #expect(records.all[0][32...].allSatisfy { $0 == 0 })
  }

  @Test func `items beyond the sixty-fourth have their own presence word`() throws {
    var builder = ProgramBuilder()
    let probe = builder.probe("test:::")
    builder.clause(on: probe) { c in
      for item in 0..<130 {
        _ = c.item(.trace)
        if item % 3 == 0 { c.step(.happened(item: item)) }
      }
    }
    var machine = try machine(builder)
    let record = machine.fire(probe).all[0]
    #expect(record.count == 32 + 24)
    for item in 0..<130 { #expect((record[32 + item / 8] >> UInt8(item % 8) & 1 == 1) == (item % 3 == 0)) }
  }

  @Test func `a clause that records nothing sends nothing`() throws {
    var builder = ProgramBuilder()
    let probe = builder.probe("test:::")
    builder.clause(on: probe) { _ in }
    var machine = try machine(builder)
    #expect(machine.fire(probe).all.isEmpty)
    #expect(machine.fire(7).all.isEmpty)
    #expect(machine.fire(-1).all.isEmpty)
  }

  @Test func `a fault fires ERROR's clauses with DTrace's arguments, in a firing of their own`() throws {
    var builder = ProgramBuilder()
    let probe = builder.probe("test:::", .packet)
    let error = builder.probe("dtrace:::ERROR", .error)
    let local = builder.variable("local", .clause)
    let pointer = builder.variable("pointer", .clause)
    builder.clause(on: error) { c in
      for word in 0..<7 { c.record(.trace, (c.context(word), int64)) }
      c.record(.trace, (c.load(local), int64))
      c.store(local, c.constant(99))
      let size = c.constant(8).register
      let place = c.value { .allocate($0, size: size) }.register
      c.step(.store(address: place, offset: 0, size, .double))
    }
    builder.clause(on: probe) { c in
      c.store(local, c.constant(5))
      let size = c.constant(8).register
      let place = c.value { .allocate($0, size: size) }
      c.step(.store(address: place.register, offset: 0, c.constant(77).register, .double))
      c.store(pointer, place)
      let next = c.block()
      c.end(.jump(next), next: next)
      let bad = c.constant(0x1234).register
      _ = c.value { .load($0, address: bad, offset: 1, .byte, signed: false, .kernel) }
    }
    builder.clause(on: probe) { c in
      c.record(.trace, (c.load(local), int64), (c.load(pointer), int64))
    }
    builder.program.clauses[1].number = 41
    var machine = try machine(builder)
    for _ in 0..<2 {
      let records = machine.fire(probe)
      #expect(records.all.map { $0[0] } == [1, 0, 0])
      #expect(records.all.map { $0[4] } == [1, 0, 2])
      #expect(records.all.map { $0[20] } == [0, 1, 0])
      let layout = builder.program.clauses[0].record
      // The probe's id, the clause's number, the step's number, the fault, the address; nothing beyond.
      let steps = builder.program.clauses[1].blocks[0].steps.count
      #expect(
        (0..<8).map { records.integer(layout, $0, 0, record: 1) } == [0, 1, 41, Int64(steps + 1), 1, 0x1234, 0, 0])
      let last = builder.program.clauses[2].record
      #expect((0..<2).map { records.integer(last, 0, $0, record: 2) } == [5, Int64(bitPattern: Scratch.tag)])
    }
  }

  @Test func `a fault in ERROR's own clause is told and fires nothing more`() throws {
    var builder = ProgramBuilder()
    let probe = builder.probe("test:::", .packet)
    let error = builder.probe("dtrace:::ERROR", .error)
    let count = builder.aggregation("n", .count)
    for probe in [probe, error] {
      builder.clause(on: probe) { c in
        c.aggregate(count)
        _ = c.binary(.divideSigned, c.constant(1), c.constant(0))
      }
    }
    var machine = try machine(builder)
    #expect(machine.fire(probe).all.map { $0[4] } == [0, 1])
    #expect(machine.fire(error).all.map { $0[4] } == [1])
    #expect(machine.aggregationEntries(count)[0].value == [3])
  }

  @Test func `a program that is not sound is refused with all its violations`() {
    var builder = ProgramBuilder()
    let probe = builder.probe("test:::")
    builder.clause(on: probe) { c in
      c.step(.happened(item: 0))
      c.step(.copy(Register(0), Register(0)))
    }
    #expect { try Machine(builder.program) } throws: { ($0 as? Machine.Refused)?.violations.count == 4 }
  }
}
