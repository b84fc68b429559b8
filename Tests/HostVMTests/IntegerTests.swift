import HostVM
import IR
import Support
import Testing

@Suite struct IntegerTests {
  /// Left, operator, right, result on 64 bits.
  static let operations: [(Int64, BinaryOperator, Int64, Int64)] = [
    (2, .add, 3, 5), (.max, .add, 1, .min), (2, .subtract, 3, -1), (.min, .subtract, 1, .max),
    (-7, .multiply, 6, -42), (.max, .multiply, 2, -2),
    (-7, .divideSigned, 2, -3), (.min, .divideSigned, -1, .min), (-1, .divideUnsigned, 2, .max),
    (-7, .remainderSigned, 2, -1), (.min, .remainderSigned, -1, 0), (-1, .remainderUnsigned, 10, 5),
    (12, .and, 10, 8), (12, .or, 10, 14), (12, .xor, 10, 6),
    (1, .shiftLeft, 63, .min), (1, .shiftLeft, 64, 1), (1, .shiftLeft, 65, 2), (-8, .shiftRightSigned, 1, -4),
    (-8, .shiftRightUnsigned, 1, .max - 3), (-8, .shiftRightSigned, 65, -4), (-1, .shiftRightUnsigned, 127, 1),
  ]

  @Test(arguments: operations.indices)
  func `an operator gives its result on 64 bits`(row: Int) throws {
    let (left, sign, right, result) = Self.operations[row]
    let got = try trace { c in [c.binary(sign, c.constant(left), c.constant(right))] }
    #expect(got == [result], "\(left) \(sign) \(right)")
  }

  @Test func `every operator is in the table of results`() {
    #expect(Set(Self.operations.map(\.1)) == Set(BinaryOperator.allCases))
  }

  @Test(arguments: Comparison.allCases)
  func `a comparison tells signed from unsigned`(sign: Comparison) throws {
    let got = try trace { c in
      let minus = c.constant(-1)
      let one = c.constant(1)
      return [c.compare(sign, minus, one), c.compare(sign, one, minus), c.compare(sign, one, one)]
    }
    let expected: [Int64] =
      switch sign {
      case .equal: [0, 0, 1]
      case .notEqual: [1, 1, 0]
      case .lessSigned, .greaterUnsigned: [1, 0, 0]
      case .lessEqualSigned, .greaterEqualUnsigned: [1, 0, 1]
      case .greaterSigned, .lessUnsigned: [0, 1, 0]
      case .greaterEqualSigned, .lessEqualUnsigned: [0, 1, 1]
      }
    #expect(got == expected)
  }

  @Test(arguments: Width.allCases)
  func `narrowing keeps the low bytes and copies the sign or zeros`(width: Width) throws {
    let got = try trace { c in
      let ones = c.constant(-1)
      let high = c.constant(.min)
      return [
        c.extend(ones, width, signed: true), c.extend(ones, width, signed: false), c.extend(high, width, signed: true),
      ]
    }
    let bits = 8 * Int64(width.rawValue)
    #expect(got == [-1, bits == 64 ? -1 : 1 << bits - 1, bits == 64 ? .min : 0])
  }

  @Test func `negation and complement wrap`() throws {
    let got = try trace { c in
      let least = c.constant(.min).register
      let five = c.constant(5).register
      return [c.value { .negate($0, least) }, c.value { .negate($0, five) }, c.value { .complement($0, five) }]
    }
    #expect(got == [.min, -5, -6])
  }

  @Test(arguments: [BinaryOperator.divideSigned, .divideUnsigned, .remainderSigned, .remainderUnsigned])
  func `a division by zero ends its clause with a fault record and keeps what was done`(sign: BinaryOperator) throws {
    var builder = ProgramBuilder()
    let probe = builder.probe("test:::")
    let before = builder.variable("before")
    let after = builder.variable("after")
    let next = builder.variable("next")
    builder.clause(on: probe) { c in
      let one = c.constant(1)
      c.store(before, one)
      c.record(.trace, (c.binary(sign, one, c.constant(0)), int64))
      c.store(after, one)
    }
    builder.clause(on: probe) { c in c.store(next, c.constant(1)) }
    var machine = try machine(builder)
    var firing = Firing()
    firing.monotonicTime = 0x0102_0304
    firing.cpu = 3
    firing.pid = 12
    firing.tid = 13
    let records = machine.fire(probe, firing)
    #expect(
      records.all == [
        [1, 0, 0, 0, 0, 0, 0, 0, 4, 3, 2, 1, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 12, 0, 0, 0, 13, 0, 0, 0]
          + [4, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
      ])
    #expect(machine.integer(before) == 1)
    #expect(machine.integer(after) == 0)
    #expect(machine.integer(next) == 1)
  }

  @Test func `every builtin is what the firing brought`() throws {
    var firing = Firing()
    firing.pid = 1
    firing.tid = 2
    firing.ppid = 3
    firing.uid = 4
    firing.gid = .max
    firing.cpu = 6
    firing.monotonicTime = 7
    firing.wallTime = 8
    firing.virtualTime = 9
    firing.errno = 10
    firing.kernelStack = [1, 2, 3]
    firing.userStack = [4, 5]
    firing.kernelPC = 11
    firing.userPC = 12
    firing.currentTask = 13
    firing.processStart = 14
    firing.networkNamespace = 15
    let got = try trace(firing) { c in Builtin.allCases.map { c.builtin($0) } }
    // probeID and enabledProbeID are 1: the first probe, the first clause. The kernel's context and registers are not here.
    #expect(got == [1, 2, 3, 4, 4_294_967_295, 6, 7, 8, 9, 10, 1, 1, 3, 2, 11, 12, 5, 0, 13, 14, 15, 0])
  }

  @Test func `an input that nobody brought is zero or empty`() throws {
    var firing = Firing()
    firing.context = [5]
    firing.integers = [6]
    #expect(try trace(firing) { c in [c.context(0), c.context(1), c.fed(0), c.fed(9)] } == [5, 0, 6, 0])
    #expect(try traceTexts(firing) { c in [c.textFed(3)] } == [""])
  }
}
