import IR
import Support
import Testing

@Suite struct VerifierTests {
  /// A program in which everything is as it must be, with one clause of one block, to be spoiled.
  static func sound() -> Program {
    var builder = ProgramBuilder()
    let probe = builder.probe("a:b:c:d", .packet)
    _ = builder.variable("i")
    _ = builder.variable("s", .thread, .text(16))
    _ = builder.array("a", [.integer(.word, signed: true), .text(8)])
    _ = builder.aggregation("n", .count, [.symbol])
    _ = builder.aggregation("q", .quantize)
    builder.clause(on: probe) { c in
      let one = c.constant(1)
      let text = c.constant("one")
      c.store(0, one)
      c.store(1, text)
      c.assign(0, [one, text], one)
      c.aggregate(0, [one])
      c.aggregate(1, [], one, by: one)
      c.record(.trace, (one, .integer(.word, signed: true)), (text, .text(8)))
    }
    return builder.program
  }

  /// The rules that a change of the sound program's only clause breaks.
  func broken(_ change: (inout Program) -> Void) -> [Violation.Rule] {
    var program = Self.sound()
    change(&program)
    return program.violations().map(\.rule)
  }

  func broken(byStep step: Step) -> [Violation.Rule] {
    broken { $0.clauses[0].blocks[0].steps.append(step) }
  }

  let r0 = Register(0)
  let t0 = TextRegister(0)

  @Test func `a sound program has no violations`() {
    #expect(Self.sound().violations().isEmpty)
  }

  @Test func `every violation is returned, with its place`() {
    var program = Self.sound()
    program.clauses[0].blocks[0].steps = [.copy(Register(0), Register(9)), .happened(item: 4)]
    program.clauses[0].blocks[0].end = .jump(0)
    #expect(
      program.violations() == [
        Violation(.noSuch(.register, index: 9, count: 1), at: .step(clause: 0, block: 0, 0)),
        Violation(.noSuch(.item, index: 4, count: 1), at: .step(clause: 0, block: 0, 1)),
        Violation(.jumpsBack(to: 0), at: .end(clause: 0, block: 0)),
        Violation(.readBeforeWritten(.integer(Register(9))), at: .step(clause: 0, block: 0, 0)),
      ])
  }

  @Test func `an index that names nothing is refused`() {
    #expect(broken(byStep: .loadVariable(.integer(r0), 2)) == [.noSuch(.variable, index: 2, count: 2)])
    #expect(broken(byStep: .storeVariable(-1, .integer(r0))) == [.noSuch(.variable, index: -1, count: 2)])
    #expect(broken(byStep: .lookUp(.integer(r0), 1, key: [])) == [.noSuch(.array, index: 1, count: 1)])
    #expect(
      broken(byStep: .aggregate(2, key: [], value: nil, increment: nil)) == [.noSuch(.aggregation, index: 2, count: 2)])
    #expect(broken(byStep: .record(item: 1, field: 0, .integer(r0))) == [.noSuch(.item, index: 1, count: 1)])
    #expect(broken(byStep: .record(item: 0, field: 2, .integer(r0))) == [.noSuch(.field, index: 2, count: 2)])
    #expect(
      broken(byStep: .copyText(t0, TextRegister(1))).contains(.noSuch(.text, index: 1, count: 1)))
    #expect(broken { $0.probes[0].parts[2] = 4 } == [.noSuch(.symbol, index: 4, count: 4)])
    #expect(broken { $0.clauses[0].probes = [1] } == [.noSuch(.probe, index: 1, count: 1)])
    #expect(broken { $0.clauses[0].blocks[0].end = .jump(1) } == [.noSuch(.block, index: 1, count: 1)])
    #expect(
      broken { $0.clauses[0].record = RecordLayout([.init(.clear(2))]) }
        .contains(.noSuch(.aggregation, index: 2, count: 2)))
  }

  @Test func `kinds must agree with how things are kept`() {
    #expect(
      broken(byStep: .storeVariable(1, .integer(r0))) == [.wrongKind(.integer(r0), expected: .text)])
    #expect(
      broken(byStep: .assign(0, key: [.text(t0), .text(t0)], .integer(r0)))
        == [.wrongKind(.text(t0), expected: .integer)])
    #expect(
      broken(byStep: .assign(0, key: [.integer(r0)], .integer(r0))) == [.wrongCount(1, expected: 2...2)])
    #expect(
      broken(byStep: .record(item: 0, field: 0, .text(t0))) == [.wrongKind(.text(t0), expected: .integer)])
    #expect(
      broken(byStep: .call(.integer(r0), .strlen, [.integer(r0)])) == [.wrongKind(.integer(r0), expected: .text)])
    #expect(
      broken(byStep: .call(.text(t0), .strlen, [.text(t0)])) == [.wrongKind(.text(t0), expected: .integer)])
    #expect(broken(byStep: .call(.text(t0), .substr, [.text(t0)])) == [.wrongCount(1, expected: 2...3)])
    #expect(
      broken(byStep: .aggregate(0, key: [.integer(r0)], value: r0, increment: nil)) == [.datum(expected: false)])
    #expect(broken(byStep: .aggregate(1, key: [], value: nil, increment: nil)) == [.datum(expected: true)])
    #expect(
      broken(byStep: .aggregate(0, key: [.integer(r0)], value: nil, increment: r0)) == [.weightNotTaken(.count)])
    #expect(
      broken(byStep: .recordStack(item: 0, field: 1)) == [.wrongField(.value(.text(8)))])
    #expect(
      broken(byStep: .recordBytes(item: 0, field: 1, address: r0, size: r0, .user)) == [.wrongField(.value(.text(8)))])
  }

  @Test func `a register must be written on every path before it is read`() {
    var builder = ProgramBuilder()
    let probe = builder.probe("a:b:c:d")
    let variable = builder.variable("i")
    builder.clause(on: probe) { c in
      let condition = c.constant(1).register
      let maybe = c.integer()
      let written = c.block()
      let not = c.block()
      let join = c.block()
      c.end(.branch(condition, then: written, otherwise: not), next: written)
      c.step(.constant(maybe, 1))
      c.end(.jump(join), next: not)
      c.end(.jump(join), next: join)
      c.store(variable, .integer(maybe))
    }
    let missing = Violation.Rule.readBeforeWritten(.integer(Register(1)))
    #expect(
      builder.program.violations() == [Violation(missing, at: .step(clause: 0, block: 3, 0))])
    // Written on the other path too, it may be read.
    builder.program.clauses[0].blocks[2].steps = [.constant(Register(1), 2)]
    #expect(builder.program.violations().isEmpty)
    // A path that does not reach the read does not matter.
    builder.program.clauses[0].blocks[2] = Block(end: .discard)
    #expect(builder.program.violations().isEmpty)
    // A branch reads its condition.
    builder.program.clauses[0].blocks[2] = Block(end: .branch(Register(1), then: 3, otherwise: 3))
    #expect(builder.program.violations().map(\.rule) == [missing, missing])
  }

  @Test func `a clause needs blocks and probes of one hook`() {
    #expect(broken { $0.clauses[0].blocks = [] } == [.noBlocks])
    #expect(broken { $0.clauses[0].probes = [] } == [.noProbes])
    #expect(
      broken { program in
        program.probes.append(EnabledProbe(id: 2, parts: [0, 0, 0, 0], hook: .begin))
        program.clauses[0].probes = [0, 1]
      } == [.mixedHooks(0, 1)])
  }

  @Test func `a selector needs a hook that gives the number`() {
    func probe(_ hook: Hook) -> [Violation.Rule] {
      broken { $0.probes[0] = EnabledProbe(id: 1, parts: [0, 0, 0, 0], hook: hook, selector: .init(value: 257)) }
    }
    #expect(probe(.tracepoint("sys_enter", selector: .word(1))) == [])
    #expect(probe(.tracepoint("sched_switch", selector: nil)) == [.selectorWithoutSource])
    #expect(probe(.begin) == [.selectorWithoutSource])
    #expect(probe(.tick(period: 0)) == [.outOfRange(.period, 0, allowed: 1...Int.max), .selectorWithoutSource])
    #expect(
      probe(.counter(.cpuClock(period: 0))) == [.outOfRange(.period, 0, allowed: 1...Int.max), .selectorWithoutSource])
    #expect(
      probe(.tracepoint("sys_exit", selector: .field(word: 0, offset: -8, .double)))
        == [.outOfRange(.selectorOffset, -8, allowed: 0...(1 << 30))])
  }

  @Test(arguments: [
    Aggregation.Function.linear(low: 0, high: 10, step: 0), .linear(low: 10, high: 0, step: 1),
    .linear(low: .min, high: .max, step: 1), .linear(low: 0, high: 70_000, step: 1), .linear(low: 0, high: 5, step: 6),
    .logLinear(factor: 1, low: 0, high: 3, steps: 10), .logLinear(factor: 10, low: 3, high: 2, steps: 10),
    .logLinear(factor: 10, low: 0, high: 40, steps: 10), .logLinear(factor: 10, low: 0, high: 3, steps: 15),
    .logLinear(factor: 10, low: 0, high: 3, steps: 3), .logLinear(factor: 10, low: 0, high: 3, steps: 30),
    .logLinear(factor: 10, low: 0, high: 3, steps: 0), .logLinear(factor: 10, low: -1, high: 3, steps: 10),
  ])
  func `bounds that define no buckets are refused`(function: Aggregation.Function) {
    #expect(broken { $0.aggregations[1].function = function }.contains(.badBuckets(function)))
  }

  @Test func `sizes are bounded`() {
    #expect(broken { $0.limits.stringSize = 0 } == [.outOfRange(.stringSize, 0, allowed: 1...65_536)])
    #expect(broken { $0.variables[1].storage = .text(0) } == [.outOfRange(.textCapacity, 0, allowed: 1...65_536)])
    #expect(broken { $0.clauses[0].texts[0] = 1 << 20 } == [.outOfRange(.textCapacity, 1 << 20, allowed: 1...65_536)])
    #expect(broken(byStep: .context(r0, word: -1)) == [.outOfRange(.contextWord, -1, allowed: 0...65_535)])
    #expect(broken { $0.limits.bufferSize = 32 } == [.outOfRange(.recordSize, 56, allowed: 0...32)])
  }

  @Test func `origins are for every step or for none`() {
    #expect(broken { $0.clauses[0].blocks[0].origins = [0] }.contains(.originsCount(1, steps: 10)))
    #expect(
      broken { program in
        program.clauses[0].blocks[0].origins = [Int32](repeating: 1, count: 10)
        program.clauses[0].origins = [0..<5]
      } == [Violation.Rule](repeating: .noSuch(.origin, index: 1, count: 1), count: 10))
  }

  @Test func `a violation says in words what is wrong and where`() {
    let violation = Violation(.noSuch(.register, index: 9, count: 1), at: .step(clause: 0, block: 2, 3))
    #expect("\(violation)" == "clause 0 block 2 step 3: there is no register 9 (there are 1)")
  }
}
