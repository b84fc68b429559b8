// In which order dtrace prints and truncates the entries of an aggregation (libdtrace `dt_aggregate.c`): by what the
// value means, then by key.

extension Aggregation.Function {
  /// Whether one entry is printed before another: lesser values first, equal values in the order of their keys' bytes.
  package func precedes(_ left: AggregationEntry, _ right: AggregationEntry) -> Bool {
    switch self {
    case .count, .sum: precedes(Int64(bitPattern: left.value[0]), Int64(bitPattern: right.value[0]), left, right)
    case .minimum, .maximum: precedes(Int64(bitPattern: left.value[1]), Int64(bitPattern: right.value[1]), left, right)
    case .standardDeviation:
      precedes(Self.standardDeviation(left.value), Self.standardDeviation(right.value), left, right)
    case .average, .quantize, .linear, .logLinear: precedes(mean(left.value), mean(right.value), left, right)
    }
  }

  private func precedes<T: Comparable>(_ a: T, _ b: T, _ left: AggregationEntry, _ right: AggregationEntry) -> Bool {
    if a < b { return true }
    if b < a { return false }
    return left.key.lexicographicallyPrecedes(right.key)
  }

  /// The average; for a distribution the sum of each bucket's value times its count; 0 for the others, which are whole
  /// numbers.
  private func mean(_ value: [UInt64]) -> Double {
    switch self {
    case .count, .sum, .minimum, .maximum, .standardDeviation: return 0
    case .average: return value[0] == 0 ? 0 : Double(Int64(bitPattern: value[1])) / Double(value[0])
    case .quantize:
      return weighted(value) { bucket in
        if bucket == 63 { return 0 }
        return bucket > 63 ? exp2(bucket - 64) : -exp2(62 - bucket)
      }
    case .linear(let low, _, let step):
      return weighted(value) { bucket in Double(low) + (Double(bucket) - 1) * Double(step) }
    case .logLinear(let factor, let low, let high, let steps):
      let middle = Self.logLinearBucketCount(factor: factor, low: low, high: high, steps: steps) / 2
      return weighted(value) { bucket in
        let start = Self.logLinearStart(abs(bucket - middle), factor: factor, low: low, steps: steps)
        return bucket < middle ? -start : start
      }
    }
  }

  private func weighted(_ value: [UInt64], _ level: (Int) -> Double) -> Double {
    var total = 0.0
    for (bucket, count) in value.enumerated() where count != 0 {
      total += level(bucket) * Double(Int64(bitPattern: count))
    }
    return total
  }

  private func exp2(_ power: Int) -> Double { Double(sign: .plus, exponent: power, significand: 1) }

  /// Where the bucket begins that is `distance` from the middle.
  private static func logLinearStart(_ distance: Int, factor: Int64, low: Int64, steps: Int64) -> Double {
    guard distance > 0 else { return 0 }
    let perMagnitude = Int(steps - steps / factor)
    var power = 1.0
    for _ in 0..<Int(low) + (distance - 1) / perMagnitude { power *= Double(factor) }
    let part = Double(Int(steps / factor) + (distance - 1) % perMagnitude)
    // With fewer steps than the factor the first part begins at the magnitude itself, not at zero.
    return max(power, power * Double(factor) * part / Double(steps))
  }

  /// The whole-number standard deviation that DTrace prints: the root of the average of the squares less the square of
  /// the average, each divided without remainder. `value` is that of `.standardDeviation`.
  package static func standardDeviation(_ value: [UInt64]) -> UInt64 {
    guard value[0] != 0 else { return 0 }
    let count = UInt128(value[0])
    let squares = (UInt128(value[3]) << 64 | UInt128(value[2])) / count
    let average = (Int64(bitPattern: value[1]).magnitude) / value[0]
    let square = UInt128(average) * UInt128(average)
    return squareRoot(squares > square ? squares - square : 0)
  }

  /// The largest number whose square is not above `value`.
  private static func squareRoot(_ value: UInt128) -> UInt64 {
    var root: UInt128 = 0
    var bit: UInt128 = 1 << 63
    while bit != 0 {
      let candidate = root | bit
      if candidate * candidate <= value { root = candidate }
      bit >>= 1
    }
    return UInt64(truncatingIfNeeded: root)
  }
}
