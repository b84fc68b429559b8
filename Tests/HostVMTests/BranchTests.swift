import HostVM
import IR
import Support
import Testing

/// A comparison that only a branch asks for runs as one operation; whatever its form, it must go where the comparison says.
@Suite struct BranchTests {
  static let edges: [Int64] = [
    .min, -(1 << 31) - 1, -(1 << 31), -1, 0, 1, (1 << 31) - 2, (1 << 31) - 1, 1 << 31, (1 << 32) - 1, .max,
  ]

  enum Form: CaseIterable { case registers, constantRight, constantLeft, readAgain, constantReadAgain }

  @Test(arguments: Comparison.allCases, Form.allCases)
  func `a branch goes where its comparison says`(sign: Comparison, form: Form) throws {
    for constant in Self.edges {
      var builder = ProgramBuilder()
      let probe = builder.probe("test:::")
      builder.clause(on: probe) { c in
        // The plain comparison, of registers that the branch's own does not share.
        let plain = c.compare(sign, c.fed(0), c.fed(1))
        let left = form == .constantLeft ? c.constant(constant) : c.fed(0)
        let right = form == .registers || form == .constantLeft ? c.fed(1) : c.constant(constant)
        let result = c.compare(sign, left, right)
        let yes = c.block()
        let no = c.block()
        let end = c.block()
        let went = c.integer()
        c.end(.branch(result.register, then: yes, otherwise: no), next: yes)
        c.step(.constant(went, 1))
        c.end(.jump(end), next: no)
        c.step(.constant(went, 0))
        c.end(.jump(end), next: end)
        c.record(.trace, (plain, int64), (.integer(went), int64))
        if form == .readAgain { c.record(.trace, (result, int64)) }
        if form == .constantReadAgain { c.record(.trace, (right, int64)) }
      }
      var machine = try machine(builder)
      let layout = builder.program.clauses[0].record
      var firing = Firing()
      for value in Self.edges {
        firing.integers = [value, constant].map { UInt64(bitPattern: $0) }
        if form == .constantLeft { firing.integers.reverse() }
        let records = machine.fire(probe, firing)
        let expected = records.integer(layout, 0, 0)
        #expect(records.integer(layout, 0, 1) == expected, "\(value) \(sign) \(constant)")
        if form == .readAgain { #expect(records.integer(layout, 1, 0) == expected) }
        if form == .constantReadAgain { #expect(records.integer(layout, 1, 0) == constant) }
      }
    }
  }

  @Test func `steps keep their numbers when some become one`() throws {
    var builder = ProgramBuilder()
    let probe = builder.probe("test:::")
    let error = builder.probe("dtrace:::ERROR", .error)
    builder.clause(on: probe) { c in
      let next = c.block()
      let result = c.compare(.equal, c.fed(0), c.constant(5))
      c.end(.branch(result.register, then: next, otherwise: next), next: next)
      _ = c.binary(.divideSigned, c.constant(1), c.constant(0))
    }
    builder.clause(on: error) { c in c.record(.trace, (c.context(3), int64)) }
    var machine = try machine(builder)
    let records = machine.fire(probe)
    // Three steps before the branch, two constants before the division.
    #expect(records.integer(builder.program.clauses[1].record, 0, 0, record: 1) == 5)
  }
}
