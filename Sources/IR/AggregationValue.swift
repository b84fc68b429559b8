extension Aggregation.Function {
  /// The 64-bit words of one entry's value, all zero at first:
  ///
  ///     count                 [n]
  ///     sum                   [sum]
  ///     average               [n, sum]
  ///     minimum, maximum      [n, value]               (value is meaningless while n is 0)
  ///     standardDeviation     [n, sum, low and high word of the 128-bit sum of squares]
  ///     quantize              [127 buckets]            (`Self.quantizeBucket`)
  ///     linear                [levels + 2 buckets]     (below, each level, at or above the end)
  ///     logLinear             [buckets]                (`Self.logLinearBucket`)
  package var words: Int {
    switch self {
    case .count, .sum: 1
    case .average, .minimum, .maximum: 2
    case .standardDeviation: 4
    case .quantize: 127
    case .linear(let low, let high, let step): Int((high - low) / step) + 2
    case .logLinear(let factor, let low, let high, let steps):
      Self.logLinearBucketCount(factor: factor, low: low, high: high, steps: steps)
    }
  }

  /// The bucket of a value among 127: 63 is zero, 64 is 1, 65 is 2..3, 62 is -1, 61 is -3..-2 …
  package static func quantizeBucket(_ value: Int64) -> Int {
    if value == 0 { return 63 }
    if value > 0 { return 64 + (63 - value.leadingZeroBitCount) }
    let magnitude = value.magnitude
    return max(0, 62 - (63 - magnitude.leadingZeroBitCount))
  }

  /// The bucket of a value for `linear`.
  package static func linearBucket(_ value: Int64, low: Int64, high: Int64, step: Int64) -> Int {
    if value < low { return 0 }
    let levels = (high - low) / step
    // Unsigned, because the distance of two 64-bit numbers may not fit a signed one.
    let level = UInt64(bitPattern: value &- low) / UInt64(bitPattern: step)
    return level >= UInt64(levels) ? Int(levels) + 1 : Int(level) + 1
  }

  /// How many buckets `llquantize` has; `logLinearBucket` says which is which.
  package static func logLinearBucketCount(factor: Int64, low: Int64, high: Int64, steps: Int64) -> Int {
    2 * logLinearZeroBucket(factor: factor, low: low, high: high, steps: steps) + 1
  }

  /// Adds what another CPU counted for the same key.
  package func merge(_ other: [UInt64], into value: inout [UInt64]) {
    switch self {
    case .count, .sum, .average, .quantize, .linear, .logLinear:
      for index in value.indices { value[index] &+= other[index] }
    case .minimum:
      if other[0] != 0, value[0] == 0 || Int64(bitPattern: other[1]) < Int64(bitPattern: value[1]) {
        value[1] = other[1]
      }
      value[0] &+= other[0]
    case .maximum:
      if other[0] != 0, value[0] == 0 || Int64(bitPattern: other[1]) > Int64(bitPattern: value[1]) {
        value[1] = other[1]
      }
      value[0] &+= other[0]
    case .standardDeviation:
      value[0] &+= other[0]
      value[1] &+= other[1]
      let (low, carry) = value[2].addingReportingOverflow(other[2])
      value[2] = low
      value[3] &+= other[3] &+ (carry ? 1 : 0)
    }
  }
}

/// One entry of an aggregation, all CPUs together.
package struct AggregationEntry: Sendable, Hashable {
  /// As `KeyLayout` lays it out.
  package var key: [UInt8]
  /// As `Aggregation.Function.words` says.
  package var value: [UInt64]
  /// Each CPU's part of it, by the CPU's number, where they were asked for.
  package var perCPU: [[UInt64]]
  package init(key: [UInt8], value: [UInt64], perCPU: [[UInt64]] = []) {
    self.key = key
    self.value = value
    self.perCPU = perCPU
  }
}
