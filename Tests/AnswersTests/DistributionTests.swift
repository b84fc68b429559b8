import IR
import Testing

struct DistributionTests {
  private let head = "\n           value  ------------- Distribution ------------- count    \n"

  private func picture(_ function: Aggregation.Function, _ values: [(value: Int64, weight: Int64)]) -> String {
    var aggregate = Aggregate(function)
    aggregate.count([], values)
    return aggregate.rest()
  }

  private func row(_ label: String, _ bar: String, _ count: String) -> String {
    String(repeating: " ", count: max(0, 16 - label.count)) + label + " " + bar + " " + count
      + String(repeating: " ", count: max(0, 9 - count.count)) + "\n"
  }

  /// A bar to the right of the line.
  private func right(_ length: Int) -> String {
    "|" + String(repeating: "@", count: length) + String(repeating: " ", count: 40 - length)
  }

  /// Bars on both sides of the line, 20 columns each.
  private func both(_ left: Int, _ right: Int) -> String {
    String(repeating: " ", count: 20 - left) + String(repeating: "@", count: left) + "|"
      + String(repeating: "@", count: right) + String(repeating: " ", count: 20 - right)
  }

  @Test func `quantize shows its rows and one empty row on either side`() {
    #expect(
      picture(.quantize, [(1, 1), (2, 1), (3, 1), (4, 1), (5, 1)])
        == head + row("0", right(0), "0") + row("1", right(8), "1") + row("2", right(16), "2")
        + row("4", right(16), "2") + row("8", right(0), "0") + "\n")
  }

  @Test func `quantize has rows for negative values and for the ends of the numbers`() {
    #expect(
      picture(.quantize, [(-1, 3)])
        == head + row("-2", right(0), "0") + row("-1", right(40), "3") + row("0", right(0), "0") + "\n")
    #expect(
      picture(.quantize, [(.min, 1)])
        == head + row("-4611686018427387904", right(40), "1") + row("-2305843009213693952", right(0), "0") + "\n")
    #expect(
      picture(.quantize, [(.max, 1)])
        == head + row("2305843009213693952", right(0), "0") + row("4611686018427387904", right(40), "1") + "\n")
  }

  @Test func `all zero, quantize shows the rows about 0 and lquantize its first three`() {
    #expect(
      picture(.quantize, [(5, 1), (5, -1)])
        == head + row("-1", right(0), "0") + row("0", right(0), "0") + row("1", right(0), "0") + "\n")
    #expect(
      picture(.linear(low: 0, high: 10, step: 1), [(5, 1), (5, -1)])
        == head + row("< 0", right(0), "0") + row("0", right(0), "0") + row("1", right(0), "0") + "\n")
    #expect(
      picture(.logLinear(factor: 2, low: 0, high: 1, steps: 2), [(0, 1), (0, -1)])
        == head + row("0", right(0), "0") + row("1", right(0), "0") + row("2", right(0), "0") + "\n")
  }

  @Test func `lquantize names what lies outside its range`() {
    #expect(
      picture(.linear(low: -10, high: 10, step: 10), [(-11, 1), (-10, 1), (9, 1), (10, 1)])
        == head + row("< -10", right(10), "1") + row("-10", right(10), "1") + row("0", right(10), "1")
        + row(">= 10", right(10), "1") + "\n")
  }

  @Test func `negative counts hang to the left of the line, with positive ones on half the columns`() {
    #expect(
      picture(.linear(low: 0, high: 10, step: 1), [(1, -123)])
        == head + row("0", String(repeating: " ", count: 40) + "|", "0")
        + row("1", String(repeating: "@", count: 40) + "|", "-123")
        + row("2", String(repeating: " ", count: 40) + "|", "0") + "\n")
    #expect(
      picture(.linear(low: 0, high: 10, step: 1), [(0, -123), (-1, -123), (1, 246)])
        == head + row("< 0", both(5, 0), "-123") + row("0", both(5, 0), "-123") + row("1", both(0, 10), "246")
        + row("2", both(0, 0), "0") + "\n")
  }

  @Test func `bars of the greatest counts do not overflow`() {
    let text = picture(.linear(low: 0, high: 10, step: 1), [(1, .max), (1, 1), (2, .max), (8, 400_000)])
    #expect(text.contains(row("1", both(10, 0), "-9223372036854775808")))
    #expect(text.contains(row("2", both(0, 10), "9223372036854775807")))
    #expect(text.contains(row("8", both(0, 0), "400000")))
  }

  @Test func `a bar's length is rounded to the nearest column, halves up`() {
    // 1 of 80 is half a column.
    #expect(picture(.quantize, [(1, 79), (4, 1)]).contains(row("4", right(1), "1")))
    #expect(picture(.quantize, [(1, 80), (4, 1)]).contains(row("4", right(0), "1")))
  }

  /// The labels and counts of the rows.
  private func rows(_ text: String) -> [String] {
    text.split(separator: "\n").dropFirst().map { line in
      let parts = line.split(separator: "|")
      return parts[0].filter { $0 != " " } + ":" + (parts[1].split(separator: " ").last ?? "")
    }
  }

  @Test func `llquantize with fewer steps than its factor`() {
    let values: [(value: Int64, weight: Int64)] = [
      -20, -16, -12, -8, -6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 8, 12, 16, 20,
    ].map { ($0, 100 + $0) }
    #expect(
      rows(picture(.logLinear(factor: 4, low: 0, high: 1, steps: 2), values)) == [
        "<=-16:164", "-8:180", "-4:285", "-2:195", "-1:99", "0:100", "1:101", "2:205", "4:315", "8:220", ">=16:236",
      ])
    #expect(
      rows(picture(.logLinear(factor: 4, low: 0, high: 1, steps: 4), values)) == [
        "<=-16:164", "-12:88", "-8:92", "-4:285", "-3:97", "-2:98", "-1:99", "0:100", "1:101", "2:102", "3:103",
        "4:315", "8:108", "12:112", ">=16:236",
      ])
    #expect(
      rows(picture(.logLinear(factor: 4, low: 0, high: 1, steps: 8), values)) == [
        "<=-16:164", "-14:0", "-12:88", "-10:0", "-8:92", "-6:94", "-4:191", "-3:97", "-2:98", "-1:99", "0:100",
        "1:101", "2:102", "3:103", "4:209", "6:106", "8:108", "10:0", "12:112", "14:0", ">=16:236",
      ])
  }

  @Test func `llquantize leaves out buckets that no value can reach, also at its ends`() {
    #expect(
      picture(.logLinear(factor: 10, low: 0, high: 6, steps: 20), [(4, 50)])
        == head + row("3", right(0), "0") + row("4", right(40), "50") + row("5", right(0), "0") + "\n")
    #expect(rows(picture(.logLinear(factor: 10, low: 0, high: 2, steps: 20), [(10, 20)])) == ["9:0", "10:20", "15:0"])
    #expect(
      rows(picture(.logLinear(factor: 2, low: 0, high: 1, steps: 4), [(-1, 1), (1, 1)])) == [
        "-2:0", "-1:1", "0:0", "1:1", "2:0",
      ])
  }

  @Test func `llquantize that begins above 1 names the values below`() {
    #expect(
      rows(picture(.logLinear(factor: 3, low: 3, high: 5, steps: 27), [(0, 27), (27, 3), (729, 1)])).prefix(3) == [
        "-27:0", "abs()<27:27", "27:3",
      ])
    #expect(
      rows(picture(.logLinear(factor: 10, low: 3, high: 5, steps: 10), [(5000, 1), (1000, 1)])).first == "<1000:0")
    #expect(
      rows(picture(.logLinear(factor: 10, low: 7, high: 10, steps: 10), [(1_100_000_000, 1)])) == [
        "900000000:0", "1000000000:1", "2000000000:0",
      ])
  }

  @Test(
    arguments: [
      (10, 0, 6, 20), (4, 4, 6, 32), (2, 0, 1, 4), (3, 3, 5, 27), (10, 7, 10, 10), (4, 0, 0, 8), (10, 0, 3, 1),
    ] as [(Int64, Int64, Int64, Int64)])
  func `every value falls in the bucket whose bounds hold it`(factor: Int64, low: Int64, high: Int64, steps: Int64) {
    let function = Aggregation.Function.logLinear(factor: factor, low: low, high: high, steps: steps)
    let bounds = Aggregation.Function.logLinearBounds(factor: factor, low: low, high: high, steps: steps)
    let zero = Aggregation.Function.logLinearZeroBucket(factor: factor, low: low, high: high, steps: steps)
    #expect(bounds.count == function.words)
    var values: [Int64] = [0, .max, .min, .min + 1] + (1..<5000)
    for bound in bounds.compactMap({ $0 }) { values += [bound &- 1, bound, bound &+ 1] }
    for value in values {
      for value in [value, 0 &- value] {
        let bucket = Aggregation.Function.logLinearBucket(value, factor: factor, low: low, high: high, steps: steps)
        guard bounds.indices.contains(bucket), let bound = bounds[bucket] else {
          Issue.record("\(value) falls in \(bucket)")
          continue
        }
        if bucket > zero {
          #expect(bound <= value)
          if let next = bounds[(bucket + 1)...].compactMap({ $0 }).first { #expect(value < next) }
        } else if bucket < zero {
          #expect(bound >= value)
          if let next = bounds[..<bucket].compactMap({ $0 }).last { #expect(value > next) }
        } else {
          #expect(value.magnitude < bounds[zero + 1]!.magnitude)
        }
      }
    }
  }

  @Test func `distributions are sorted by the sum of what they hold, then by what they hold at zero`() {
    var aggregate = Aggregate(.quantize, key: [.text])
    aggregate.count([.text("late")], [(1, 5), (0, 2)])
    aggregate.count([.text("early")], [(1, 5), (0, 1)])
    aggregate.count([.text("least")], [(-4, 1), (1, 1)])
    aggregate.count([.text("great")], [(1 << 62, .max)])
    let names = aggregate.rest().split(separator: "\n").filter {
      $0.hasPrefix("  ") && $0.hasSuffix("  ") && !$0.contains("|") && !$0.contains("value")
    }
    #expect(names.map { String($0.split(separator: " ")[0]) } == ["least", "early", "late", "great"])
  }
}
