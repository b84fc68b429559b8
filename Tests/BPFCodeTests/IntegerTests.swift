import BPFCode
import EngineBench
import IR
import Support
import Testing

@Suite(.live, .enabled(if: Bench.allowed, "needs root and the kernel's types"))
struct IntegerTests {
  static let values: [Int64] = [0, 1, -1, 2, 7, -7, 63, 64, 100, -100, 1 << 31, -(1 << 31), 1 << 40, .max, .min]

  /// What a step is to give, by Swift's own arithmetic.
  static func expected(_ operation: BinaryOperator, _ a: Int64, _ b: Int64) -> Int64? {
    let (ua, ub) = (UInt64(bitPattern: a), UInt64(bitPattern: b))
    return switch operation {
    case .add: a &+ b
    case .subtract: a &- b
    case .multiply: a &* b
    case .divideSigned: b == 0 ? nil : a.dividedReportingOverflow(by: b).partialValue
    case .divideUnsigned: b == 0 ? nil : Int64(bitPattern: ua / ub)
    case .remainderSigned: b == 0 ? nil : a.remainderReportingOverflow(dividingBy: b).partialValue
    case .remainderUnsigned: b == 0 ? nil : Int64(bitPattern: ua % ub)
    case .and: a & b
    case .or: a | b
    case .xor: a ^ b
    case .shiftLeft: a &<< b
    case .shiftRightSigned: a &>> b
    case .shiftRightUnsigned: Int64(bitPattern: ua &>> ub)
    }
  }

  @Test(arguments: BinaryOperator.allCases)
  func `live: arithmetic on two context words is Swift's wrapping arithmetic, or a fault`(operation: BinaryOperator)
    throws
  {
    var sketch = Sketch()
    let (a, b) = (sketch.word(0), sketch.word(1))
    let result = sketch.integer { .binary(operation, $0, a, b) }
    // Both sides are still wanted afterwards, and one result lands on its own operand.
    sketch.add(.binary(operation, a, a, b))
    sketch.record([.integer(result), .integer(a), .integer(b)])
    let bench = try Bench(sketch.finished)
    for left in Self.values {
      for right in Self.values {
        let record = try bench.fire(0, [UInt64(bitPattern: left), UInt64(bitPattern: right)]).first
        let outcome = Outcome(record, sketch.clause)
        if let expected = Self.expected(operation, left, right).map({ Int($0) }) {
          #expect(
            outcome == .values([.integer(expected), .integer(expected), .integer(Int(right))]), "\(left) \(right)")
        } else {
          #expect(outcome == .fault(.divideByZero, 0), "\(left) \(right)")
        }
      }
    }
  }

  @Test(arguments: BinaryOperator.allCases)
  func `live: arithmetic with a constant on either side is the same`(operation: BinaryOperator) throws {
    for constant in Self.values {
      var sketch = Sketch()
      let a = sketch.word(0)
      let c = sketch.constant(constant)
      let right = sketch.integer { .binary(operation, $0, a, c) }
      let values = Self.values.filter { Self.expected(operation, constant, $0) != nil }
      let left = sketch.integer { .binary(operation, $0, c, a) }
      sketch.record([.integer(right), .integer(left)])
      let bench = try Bench(sketch.finished)
      for value in values {
        let outcome = Outcome(try bench.fire(0, [UInt64(bitPattern: value)]).first, sketch.clause)
        if let first = Self.expected(operation, value, constant), let second = Self.expected(operation, constant, value)
        {
          #expect(outcome == .values([.integer(Int(first)), .integer(Int(second))]), "\(value) \(constant)")
        } else {
          #expect(outcome == .fault(.divideByZero, 0), "\(value) \(constant)")
        }
      }
    }
  }

  @Test func `live: comparisons, extensions, negation and complement`() throws {
    var sketch = Sketch()
    let (a, b) = (sketch.word(0), sketch.word(1))
    var results: [Operand] = []
    for comparison in Comparison.allCases {
      results.append(.integer(sketch.integer { .compare(comparison, $0, a, b) }))
    }
    for width in Width.allCases {
      for signed in [false, true] { results.append(.integer(sketch.integer { .extend($0, a, width, signed: signed) })) }
    }
    results.append(.integer(sketch.integer { .negate($0, a) }))
    results.append(.integer(sketch.integer { .complement($0, a) }))
    sketch.record(results)
    let bench = try Bench(sketch.finished)
    for a in Self.values {
      for b in Self.values {
        let (ua, ub) = (UInt64(bitPattern: a), UInt64(bitPattern: b))
        let comparisons = [a == b, a != b, a < b, a <= b, a > b, a >= b, ua < ub, ua <= ub, ua > ub, ua >= ub]
        let extended: [Int64] = [
          Int64(UInt8(truncatingIfNeeded: a)), Int64(Int8(truncatingIfNeeded: a)),
          Int64(UInt16(truncatingIfNeeded: a)), Int64(Int16(truncatingIfNeeded: a)),
          Int64(UInt32(truncatingIfNeeded: a)), Int64(Int32(truncatingIfNeeded: a)), a, a,
        ]
        let expected = comparisons.map { $0 ? 1 : 0 } + extended.map { Int($0) } + [Int(0 &- a), Int(~a)]
        let outcome = Outcome(try bench.fire(0, [ua, ub]).first, sketch.clause)
        #expect(outcome == .values(expected.map { .integer($0) }), "\(a) \(b)")
      }
    }
  }

  @Test(arguments: [5, 40, 200])
  func `live: more registers than the machine has keep their values, on the stack and behind it`(count: Int) throws {
    var sketch = Sketch()
    let words = (0..<count).map { index in
      let word = sketch.word(index % 12)
      let constant = sketch.constant(Int64(index))
      return sketch.integer { .binary(.add, $0, word, constant) }
    }
    var sum = sketch.constant(0)
    for word in words.reversed() { let next = sketch.integer { .binary(.add, $0, sum, word) }; sum = next }
    for word in words { let next = sketch.integer { .binary(.xor, $0, sum, word) }; sum = next }
    sketch.record([.integer(sum)])
    let context = (0..<12).map { UInt64($0 * 1000) }
    let values = (0..<count).map { Int(context[$0 % 12]) + $0 }
    let expected = values.reduce(values.reduce(0, +), ^)
    #expect(try sketch.outcome(context) == .values([.integer(expected)]))
  }
}
