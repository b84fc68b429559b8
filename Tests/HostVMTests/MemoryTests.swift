import Bytes
import HostVM
import IR
import Support
import Testing

@Suite struct MemoryTests {
  static let address: UInt64 = 0xffff_8880_0000_1000

  func firing(_ bytes: [UInt8], _ space: Space = .kernel) -> Firing {
    var firing = Firing()
    firing.memory = TestMemory(address: Self.address, bytes: bytes, space: space)
    firing.integers = [Self.address]
    return firing
  }

  /// The fault of the only record, and the address it names.
  func fault(_ firing: Firing = Firing(), limit: Int = 4096, _ body: (inout ClauseBuilder) -> Void) throws
    -> (Fault, UInt64)?
  {
    var builder = ProgramBuilder()
    builder.program.limits.scratchSize = limit
    builder.clause(on: builder.probe("test:::"), body: body)
    var machine = try machine(builder)
    let records = machine.fire(0, firing).all
    guard records.count == 1, records[0][0] == 1, let fault = Fault(rawValue: UInt32(records[0][32])) else {
      return nil
    }
    return (fault, records[0][40..<48].reversed().reduce(0) { $0 << 8 | UInt64($1) })
  }

  @Test func `a load reads little-endian, at any offset and alignment, by its width and sign`() throws {
    let got = try trace(firing([0xff, 0xfe, 0x81, 1, 2, 3, 4, 5, 6, 0x87])) { c in
      let base = c.fed(0).register
      return [
        c.value { .load($0, address: base, offset: 0, .byte, signed: true, .kernel) },
        c.value { .load($0, address: base, offset: 0, .byte, signed: false, .kernel) },
        c.value { .load($0, address: base, offset: 1, .half, signed: true, .kernel) },
        c.value { .load($0, address: base, offset: 6, .word, signed: true, .kernel) },
        c.value { .load($0, address: base, offset: 6, .word, signed: false, .kernel) },
        c.value { .load($0, address: base, offset: 1, .double, signed: false, .kernel) },
      ]
    }
    #expect(got[0...2] == [-1, 255, Int64(Int16(bitPattern: 0x81fe))])
    #expect(got[3] == Int64(Int32(bitPattern: 0x8706_0504)))
    #expect(got[4] == 0x8706_0504)
    #expect(got[5] == 0x0605_0403_0201_81fe)
  }

  @Test func `what cannot be read faults with the address that the step names`() throws {
    let body: (inout ClauseBuilder) -> Void = { c in
      let base = c.fed(0).register
      _ = c.value { .load($0, address: base, offset: 6, .word, signed: false, .kernel) }
    }
    #expect(try fault(firing([UInt8](repeating: 0, count: 10)), body) == nil)
    #expect(try fault(firing([UInt8](repeating: 0, count: 9)), body)! == (.badAddress, Self.address))
    #expect(try fault(firing([UInt8](repeating: 0, count: 10), .user), body)! == (.badAddress, Self.address))
    #expect(try fault(Firing(), body)! == (.badAddress, 0))
  }

  @Test func `scratch memory is zeroed, bounded, and gone with its clause`() throws {
    var builder = ProgramBuilder()
    builder.program.limits.scratchSize = 64
    let probe = builder.probe("test:::")
    let kept = builder.variable("kept")
    builder.clause(on: probe) { c in
      let size = c.constant(12).register
      let first = c.value { .allocate($0, size: size) }
      let second = c.value { .allocate($0, size: size) }
      c.record(.trace, (c.binary(.subtract, second, first), int64))
      c.record(
        .trace, (c.value { .load($0, address: first.register, offset: 4, .double, signed: false, .kernel) }, int64))
      c.step(.store(address: first.register, offset: 1, c.constant(0x1_02ff).register, .half))
      c.record(
        .trace, (c.value { .load($0, address: first.register, offset: 0, .word, signed: false, .kernel) }, int64))
      c.store(kept, first)
    }
    builder.clause(on: probe) { c in
      // A later clause of the same firing does not see it.
      let first = c.load(kept).register
      _ = c.value { .load($0, address: first, offset: 0, .word, signed: false, .kernel) }
    }
    let other = builder.probe("test:::other")
    builder.clause(on: other) { c in
      let first = c.load(kept).register
      _ = c.value { .load($0, address: first, offset: 0, .word, signed: false, .kernel) }
    }
    var machine = try machine(builder)
    for _ in 0..<2 {
      let records = machine.fire(probe)
      let layout = builder.program.clauses[0].record
      #expect((0..<3).map { records.integer(layout, $0, 0) } == [16, 0, 0x02_ff00])
      #expect(records.all[1][0] == 1)
      #expect(records.all[1][46...] == [0xc4, 0xd5])
    }
    let records = machine.fire(other)
    #expect(records.all.count == 1)
    #expect(records.all[0][0] == 1)
    #expect(records.all[0][46...] == [0xc4, 0xd5])
  }

  @Test(arguments: [(56, true), (57, false), (64, false), (-1, false), (Int64.max, false), (0, true)])
  func `an allocation that finds no room faults`(size: Int64, fits: Bool) throws {
    let fault = try fault(limit: 64) { c in
      let eight = c.constant(8).register
      _ = c.value { .allocate($0, size: eight) }
      let size = c.constant(size).register
      _ = c.value { .allocate($0, size: size) }
    }
    #expect(fault.map { $0.0 } == (fits ? nil : .noScratch))
  }

  @Test func `a store outside of what was allocated faults`() throws {
    for (offset, bad) in [(0, false), (4, false), (5, true), (-1, true), (8, true)] {
      let fault = try fault { c in
        let size = c.constant(8).register
        let place = c.value { .allocate($0, size: size) }
        c.step(.store(address: place.register, offset: offset, size, .word))
      }
      #expect((fault != nil) == bad, "\(offset)")
      if let fault { #expect(fault == (.badAddress, Scratch.tag)) }
    }
    let fault = try fault(firing([0, 0, 0, 0])) { c in
      let base = c.fed(0).register
      c.step(.store(address: base, offset: 0, base, .byte))
    }
    #expect(fault! == (.badAddress, Self.address))
  }

  @Test func `bytes are copied to scratch, even over themselves`() throws {
    let got = try trace(firing([1, 2, 3, 4, 5, 6, 7, 8], .user)) { c in
      let from = c.fed(0).register
      let eight = c.constant(8).register
      let four = c.constant(4).register
      let place = c.value { .allocate($0, size: eight) }
      c.step(.copyBytes(to: place.register, from: from, size: eight, .user))
      let before = c.value { .load($0, address: place.register, offset: 0, .double, signed: false, .kernel) }
      let two = c.binary(.add, place, c.constant(2))
      c.step(.copyBytes(to: two.register, from: place.register, size: four, .kernel))
      return [before, c.value { .load($0, address: place.register, offset: 0, .double, signed: false, .kernel) }]
    }
    #expect(got == [0x0807_0605_0403_0201, 0x0807_0403_0201_0201])
    let cases: [(Int, Int, Fault?)] = [
      (9, 0, .badSize), (8, 0, nil), (8, 1, .badSize), (0, 99, nil), (-1, 0, .badSize),
    ]
    for (size, target, bad) in cases {
      let fault = try fault(firing([1, 2, 3, 4, 5, 6, 7, 8], .user)) { c in
        let eight = c.constant(8).register
        let place = c.value { .allocate($0, size: eight) }
        let to = c.binary(.add, place, c.constant(Int64(target)))
        let from = c.fed(0).register
        c.step(.copyBytes(to: to.register, from: from, size: c.constant(Int64(size)).register, .user))
      }
      #expect(fault?.0 == bad, "\(size) to \(target)")
    }
  }

  @Test func `a string is loaded up to its NUL, its limit or its register`() throws {
    let memory = firing(Array("hello\0world".utf8), .user)
    func load(_ limit: Int64?, capacity: Int = 64, offset: Int64 = 0) throws -> String? {
      try traceTexts(memory) { c in
        let address = c.binary(.add, c.fed(0), c.constant(offset)).register
        let limit = limit.map { c.constant($0).register }
        return [c.textValue(capacity: capacity) { .loadText($0, address: address, limit: limit, .user) }]
      }.first
    }
    #expect(try load(nil) == "hello")
    #expect(try load(-1) == "hello")
    #expect(try load(6) == "hello")
    #expect(try load(5) == "hell")
    #expect(try load(1) == "")
    #expect(try load(0) == "")
    #expect(try load(nil, capacity: 3) == "he")
    #expect(try load(nil, offset: 5) == "")
    // No NUL follows "world" before the memory ends.
    #expect(try load(nil, offset: 6) == nil)
    #expect(try load(6, offset: 6) == "world")
    #expect(try load(7, offset: 6) == nil)
    #expect(try load(1, offset: 100) == nil)
    #expect(try load(0, offset: 100) == "")
  }

  @Test func `a text's address can be read like memory`() throws {
    let texts = try traceTexts { c in
      let text = c.constant("pointer", capacity: 16).textRegister
      let address = c.value { .addressOfText($0, text) }
      let third = c.binary(.add, address, c.constant(2)).register
      return [c.textValue { .loadText($0, address: third, limit: nil, .kernel) }]
    }
    #expect(texts == ["inter"])
    let fault = try fault(limit: 24) { c in
      let text = c.constant("x", capacity: 16).textRegister
      _ = c.value { .addressOfText($0, text) }
      _ = c.value { .addressOfText($0, text) }
    }
    #expect(fault?.0 == .noScratch)
  }
}
