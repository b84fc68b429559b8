import IR
import Testing

@testable import History

/// What is told of one key's hours.
struct SeriesTests {
  private static let hour = Series.hour
  /// 2026-11-30 07:00 UTC, hour 7 of its day.
  private static let now: Int64 = 1_796_022_000_000_000_000

  /// The sums of hours, by how long before the present one they were.
  private func series(_ sums: [Int64: Int64]) -> Series {
    var series = Series()
    for (ago, sum) in sums.sorted(by: { $0.key > $1.key }) {
      _ = series.remember(sum, in: Series.hour(of: Self.now) - ago, isFull: false)
    }
    return series
  }

  private func recall(_ what: Recollection, _ series: Series, within period: Int64 = .max) -> Int64 {
    var series = series
    return series.recall(what, within: period, at: Self.now + 60_000_000_000)
  }

  @Test func `an hour is the one that a moment lies in, before 1970 too`() {
    #expect(Series.hour(of: 0) == 0 && Series.hour(of: Self.hour - 1) == 0 && Series.hour(of: Self.hour) == 1)
    #expect(Series.hour(of: -1) == -1 && Series.hour(of: -Self.hour) == -1 && Series.hour(of: -Self.hour - 1) == -2)
    #expect(Series.hour(of: Self.now) % 24 == 7)
  }

  @Test func `remembering gives the hour's sum`() {
    var series = Series()
    #expect(series.remember(5, in: 10, isFull: false) == 5 && series.remember(7, in: 10, isFull: false) == 12)
    #expect(series.remember(1, in: 11, isFull: false) == 1 && series.remember(3, in: 10, isFull: false) == 15)
    #expect(series.remember(1, in: 12, isFull: true) == nil && series.remember(1, in: 11, isFull: true) == 2)
    #expect(series.remember(.max, in: 11, isFull: false) == .max)
    #expect(series.remember(9, in: 3, isFull: false) == 9 && series.hours.map(\.hour) == [3, 10, 11])
  }

  @Test(
    arguments: [
      ([:], 0, 0), ([1: 10], 10, 0), ([1: 10, 2: 20], 15, 5), ([1: 10, 2: 20, 3: 90], 20, 10),
      ([0: 1000, 1: 10, 2: 20, 3: 90], 20, 10), ([1: .max, 2: .max], .max, 0), ([1: .min, 2: .max], -1, .max),
    ] as [([Int64: Int64], Int64, Int64)])
  func `median and deviation are those of the hours before this one`(
    sums: [Int64: Int64], median: Int64, deviation: Int64
  ) {
    #expect(recall(.median, series(sums)) == median && recall(.deviation, series(sums)) == deviation)
  }

  @Test func `a period ends with the present hour`() {
    let series = series([0: 1, 1: 2, 2: 3, 23: 4, 24: 5])
    #expect(recall(.count, series) == 5 && recall(.hours, series) == 5)
    #expect(recall(.count, series, within: 24 * Self.hour) == 4)
    #expect(recall(.hours, series, within: 2 * Self.hour) == 2 && recall(.hours, series, within: Self.hour) == 1)
    #expect(recall(.median, series, within: 3 * Self.hour) == 2)
    #expect(recall(.count, series, within: -1) == 0 && recall(.count, series, within: 0) == 0)
  }

  @Test func `what will be is not known yet`() {
    let series = series([-1: 7, -2: 8])
    #expect(recall(.age, series) == 0 && recall(.count, series) == 0 && recall(.median, series) == 0)
  }

  @Test func `the answer about the hours before does not outlive a change of them`() {
    var series = series([1: 10])
    #expect(series.recall(.median, within: .max, at: Self.now) == 10)
    _ = series.remember(30, in: Series.hour(of: Self.now) - 2, isFull: false)
    #expect(series.recall(.median, within: .max, at: Self.now) == 20)
    series.prune(before: Series.hour(of: Self.now) - 1)
    #expect(series.recall(.median, within: .max, at: Self.now) == 10)
  }

  @Test func `age is counted from the hour in which it was first`() {
    #expect(recall(.age, series([0: 1])) == 60_000_000_000)
    #expect(recall(.age, series([0: 1, 48: 1])) == 48 * Self.hour + 60_000_000_000)
  }

  @Test(
    arguments: [([100, 100, 100], 0), ([100, 300], 500), ([5], 0), ([0, 0], 0), ([-1, -2], 0), ([90, 110], 100)]
      as [([Int64], Int64)])
  func `variation is the deviation by the mean, in thousandths`(values: [Int64], expected: Int64) {
    var series = Series()
    for value in values { _ = series.remember(value, in: Series.hour(of: Self.now), isFull: false) }
    #expect(recall(.variation, series) == expected)
  }

  @Test func `an hour of the day is as rare as the share of those that are no more frequent`() {
    // Nine days at nine o'clock, and one at seven, which it is now.
    var sums: [Int64: Int64] = [24: 1]
    for day in Int64(1)...9 { sums[day * 24 - 2] = 1 }
    #expect(recall(.rarity, series(sums)) == 100)
    sums[24] = nil
    #expect(recall(.rarity, series(sums)) == 0)
    #expect(recall(.rarity, series([24: 1, 48: 1])) == 1000)
    // Where nothing is known nothing is rare.
    #expect(recall(.rarity, series([:])) == 1000 && recall(.rarity, series([0: 1])) == 1000)
  }
}
