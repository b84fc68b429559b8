import IR

/// The picture of a quantize(), lquantize() or llquantize(): rows of a label, a bar of 40 columns and a count.
struct Distribution {
  /// Rows from the first to the last that is shown.
  private var rows: [(label: [UInt8], count: Int64)] = []

  /// - Parameter dialect: whose rows an llquantize() has; the others are alike.
  init(_ value: AggregateValue, _ dialect: PrintOptions.Dialect = .linux) {
    let counts = value.words.map { Int64(bitPattern: $0) }
    switch value.function {
    case .quantize:
      let range = Self.shown(counts, about: 63)
      rows = range.map { (Self.label(Self.powerOfTwo($0)), counts[$0]) }
    case .linear(let low, _, let step):
      let levels = counts.count - 2
      // All zero, dtrace shows the first three rows.
      let range = Self.shown(counts, about: min(1, counts.count - 1))
      rows = range.map { index in
        let start = low &+ Int64(index - 1) &* step
        switch index {
        case 0: return (Self.label(low, before: "< "), counts[index])
        case levels + 1: return (Self.label(low &+ Int64(levels) &* step, before: ">= "), counts[index])
        default: return (Self.label(start), counts[index])
        }
      }
    case .logLinear(let factor, let low, let high, let steps):
      let bounds = Aggregation.Function.logLinearBounds(factor: factor, low: low, high: high, steps: steps)
      let zero = Aggregation.Function.logLinearZeroBucket(factor: factor, low: low, high: high, steps: steps)
      guard bounds.count == counts.count else { break }
      rows =
        switch dialect {
        case .linux: Self.logLinear(counts, bounds, zero: zero)
        case .solaris: Self.logLinear(counts, bounds, above: zero)
        }
    default: break
    }
  }

  /// The rows that have something, and one on either side; about `middle` when none has.
  private static func shown(_ counts: [Int64], about middle: Int) -> ClosedRange<Int> {
    let last = counts.count - 1
    guard let first = counts.firstIndex(where: { $0 != 0 }), let end = counts.lastIndex(where: { $0 != 0 }) else {
      return max(0, middle - 1)...min(last, middle + 1)
    }
    return max(0, first - 1)...min(last, end + 1)
  }

  /// The value that a bucket of quantize() begins with.
  static func powerOfTwo(_ bucket: Int) -> Int64 {
    if bucket == 63 { return 0 }
    return bucket > 63 ? 1 << Int64(bucket - 64) : -(1 << Int64(62 - bucket))
  }

  /// illumos' rows (libdtrace `dt_print_llquantize`): what is below the first magnitude, negative values too, is one row.
  private static func logLinear(
    _ counts: [Int64], _ bounds: [Int64?], above zero: Int
  ) -> [(label: [UInt8], count: Int64)] {
    let below = counts[...zero].reduce(0, &+)
    let buckets = bounds.indices.filter { $0 > zero && bounds[$0] != nil }
    let seen = [below] + buckets.map { counts[$0] }
    // All zero, the first two rows.
    return shown(seen, about: 0).map { row in
      // The row below ends where the first above begins.
      let bucket = buckets[max(0, row - 1)]
      let before = row == 0 ? "< " : bucket == counts.count - 1 ? ">= " : ""
      return (label(bounds[bucket] ?? 0, before: before), seen[row])
    }
  }

  private static func logLinear(
    _ counts: [Int64], _ bounds: [Int64?], zero: Int
  ) -> [(label: [UInt8], count: Int64)] {
    // Some buckets no value can reach; the row beside the first and the last must be one that can.
    let reachable = bounds.indices.filter { bounds[$0] != nil }
    let seen = reachable.map { counts[$0] }
    guard let middle = reachable.firstIndex(of: zero) else { return [] }
    // All zero, the rows about the one above the middle.
    let range = shown(seen, about: middle + 1)
    let hasNegative = reachable[range.lowerBound] < zero
    return range.map { position in
      let bucket = reachable[position]
      let bound = bounds[bucket] ?? 0
      let label: [UInt8]
      switch bucket {
      case 0: label = Self.label(bound, before: "<= ")
      case counts.count - 1: label = Self.label(bound, before: ">= ")
      case zero where bounds[zero + 1] == 1: label = Self.label(0)
      case zero: label = Self.label(bounds[zero + 1] ?? 0, before: hasNegative ? "abs() < " : "< ")
      default: label = Self.label(bound)
      }
      return (label, counts[bucket])
    }
  }

  private static func label(_ value: Int64, before: String = "") -> [UInt8] {
    var label = Array(before.utf8)
    label.put(decimal: value)
    return label
  }

  /// Appends the picture, counts divided by `normal`; it begins and ends with a newline.
  func put(normal: Int64, _ options: PrintOptions, into output: inout [UInt8]) {
    let bars = Bars(rows.map(\.count), options)
    output.put("\n           value  ------------- Distribution ------------- count    \n")
    for row in rows {
      output.put(blanks: 16 - row.label.count)
      output.append(contentsOf: row.label)
      output.append(UInt8(ascii: " "))
      bars.put(row.count, normal: normal, into: &output)
    }
  }
}

extension Renderer {
  /// The value as the default format prints it, and nothing after.
  func put(_ value: AggregateValue, into output: inout [UInt8]) {
    if value.isPicture { return Distribution(value, options.dialect).put(normal: value.normal, options, into: &output) }
    output.append(UInt8(ascii: " "))
    if value.function == .standardDeviation {
      output.put(unsigned: value.standardDeviation, width: 16)
    } else {
      output.put(decimal: value.number, width: 16)
    }
  }

  /// The value as `%@…` prints it: a picture is a picture whatever the conversion.
  mutating func put(
    _ value: AggregateValue, _ kind: PrintfFormat.Conversion.Kind, _ shape: Shape, into output: inout [UInt8]
  ) {
    if value.isPicture { return Distribution(value, options.dialect).put(normal: value.normal, options, into: &output) }
    let number = value.number
    // count() is the one that is unsigned.
    put(number, bits: UInt64(bitPattern: number), signed: value.function != .count, kind, shape, into: &output)
  }
}
