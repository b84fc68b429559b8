// A program to everything that is wrong with it. What passes can be run without looking at any index again: every
// engine relies on it, and a program that comes from a file or from a new lowering is not trusted before.

extension Program {
  /// Every violation, in the order of the program's parts; empty when the program may be run.
  package func violations() -> [Violation] {
    var verifier = Verifier(program: self)
    verifier.checkLimits()
    verifier.checkProbes()
    verifier.checkState()
    for clause in clauses.indices { verifier.check(clause) }
    return verifier.found
  }
}

/// The largest sizes that a program may ask for: enough for any D program, and nothing overflows below them.
enum Bound {
  static let text = 1...65_536
  static let words = 0...65_535
  /// A variable of bytes.
  static let bytes = 1...(1 << 24)
  static let size = 0...(1 << 30)
  static let count = 1...(1 << 24)
  /// Registers and texts of one clause: the host VM keeps their numbers in 16 bits.
  static let registers = 0...65_000
  /// DTrace keeps lquantize's levels in 16 bits.
  static let buckets: Int64 = 65_535
}

struct Verifier {
  let program: Program
  private(set) var found: [Violation] = []

  init(program: Program) { self.program = program }

  mutating func report(_ rule: Violation.Rule, at place: Violation.Place) {
    found.append(Violation(rule, at: place))
  }

  /// Reports an index that names nothing; true when it names something.
  @discardableResult
  mutating func check(_ index: Int, in table: Violation.Table, of count: Int, at place: Violation.Place) -> Bool {
    if index >= 0, index < count { return true }
    report(.noSuch(table, index: index, count: count), at: place)
    return false
  }

  mutating func check(
    _ quantity: Violation.Quantity, _ value: Int, _ allowed: ClosedRange<Int>, at place: Violation.Place
  ) {
    if !allowed.contains(value) { report(.outOfRange(quantity, value, allowed: allowed), at: place) }
  }

  mutating func check(_ storage: Storage, at place: Violation.Place) {
    switch storage {
    case .integer: break
    case .text(let capacity): check(.textCapacity, capacity, Bound.text, at: place)
    case .bytes(let count): check(.bytes, count, Bound.bytes, at: place)
    }
  }

  mutating func checkLimits() {
    let limits = program.limits
    check(.stringSize, limits.stringSize, Bound.text, at: .limits)
    check(.scratchSize, limits.scratchSize, Bound.size, at: .limits)
    check(.arrayEntries, limits.arrayEntries, Bound.count, at: .limits)
    check(.aggregationEntries, limits.aggregationEntries, Bound.count, at: .limits)
    check(.bufferSize, limits.bufferSize, 1...(1 << 30), at: .limits)
  }

  mutating func checkProbes() {
    for (index, probe) in program.probes.enumerated() {
      let place = Violation.Place.probe(index)
      let parts = ProbePart.allCases.count
      if probe.parts.count != parts { report(.wrongCount(probe.parts.count, expected: parts...parts), at: place) }
      for symbol in probe.parts { check(symbol, in: .symbol, of: program.symbols.count, at: place) }
      switch probe.hook {
      case .profile(let period), .tick(let period):
        check(.period, Int(clamping: period), 1...Int.max, at: place)
        if probe.selector != nil { report(.selectorWithoutSource, at: place) }
      case .counter(let counter):
        check(.period, Int(clamping: counter.period), 1...Int.max, at: place)
        if probe.selector != nil { report(.selectorWithoutSource, at: place) }
      case .begin, .end, .error, .tracepoint(_, selector: nil):
        if probe.selector != nil { report(.selectorWithoutSource, at: place) }
      case .tracepoint(_, .word(let word)?):
        check(.selectorWord, word, Bound.words, at: place)
      case .tracepoint(_, .field(let word, let offset, _)?):
        check(.selectorWord, word, Bound.words, at: place)
        check(.selectorOffset, offset, Bound.size, at: place)
      case .iterator, .userCode, .traceEvent, .packet, .event:
        break
      }
    }
  }

  mutating func checkState() {
    for (index, variable) in program.variables.enumerated() { check(variable.storage, at: .variable(index)) }
    for (index, array) in program.arrays.enumerated() {
      for part in array.key {
        check(part, at: .array(index))
        if part.kind == .bytes { report(.wrongBlock, at: .array(index)) }
      }
      check(array.value, at: .array(index))
    }
    for (index, aggregation) in program.aggregations.enumerated() {
      for case .value(let part) in aggregation.key {
        check(part, at: .aggregation(index))
        if part.kind == .bytes { report(.wrongBlock, at: .aggregation(index)) }
      }
      if !aggregation.function.hasBuckets { report(.badBuckets(aggregation.function), at: .aggregation(index)) }
    }
  }
}

extension Aggregation.Function {
  /// Whether the bounds of a distribution define buckets, and not too many; the words of a value can be counted then.
  package var hasBuckets: Bool {
    switch self {
    case .count, .sum, .average, .minimum, .maximum, .standardDeviation, .quantize: return true
    case .linear(let low, let high, let step):
      guard step > 0, high > low else { return false }
      let (distance, overflow) = high.subtractingReportingOverflow(low)
      return !overflow && distance >= step && distance / step <= Bound.buckets
    case .logLinear(let factor, let low, let high, let steps):
      guard factor >= 2, steps >= 1, steps <= Bound.buckets, low >= 0, high >= low, high < 64 else { return false }
      // The end of the last magnitude must be a number, and every step a whole one but in magnitude 0.
      var power: Int64 = 1
      for magnitude in 0...high {
        let (next, overflow) = power.multipliedReportingOverflow(by: factor)
        if overflow { return false }
        power = next
        if magnitude == max(1, low), power % steps != 0 { return false }
      }
      guard steps >= factor ? steps % factor == 0 : factor % steps == 0 else { return false }
      return (high - low + 1) * steps <= Bound.buckets
    }
  }

  /// Whether a datum may be given a weight.
  package var takesIncrement: Bool {
    switch self {
    case .quantize, .linear, .logLinear: true
    case .count, .sum, .average, .minimum, .maximum, .standardDeviation: false
    }
  }
}
