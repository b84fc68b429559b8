import IR

/// What was remembered under one key, by the hour.
struct Series: Sendable, Equatable {
  /// One hour's values.
  struct Hour: Sendable, Equatable {
    /// Hours since 1970, of UTC.
    var hour: Int64
    var count: Int64 = 0
    /// Like the count it stops at the largest number.
    var sum: Int64 = 0
    /// The sum of the values' squares.
    var squares: Double = 0

    /// More of the same hour.
    mutating func add(_ more: Hour) {
      let (all, tooMany) = count.addingReportingOverflow(more.count)
      count = tooMany ? .max : all
      let (total, tooMuch) = sum.addingReportingOverflow(more.sum)
      sum = tooMuch ? (more.sum < 0 ? .min : .max) : total
      squares += more.squares
    }
  }

  /// In the order of time, each hour once.
  private(set) var hours: [Hour] = []
  /// Where the hours begin that changed since they were saved.
  private(set) var changedFrom: Int64?
  /// The last answers about the hours before one, which do not change in it.
  private var usual: Usual?

  private struct Usual: Sendable, Equatable {
    var hour: Int64
    var first: Int64
    var median: Int64
    var deviation: Int64
  }

  static let hour: Int64 = 3_600_000_000_000

  /// The hour of a moment in nanoseconds since 1970.
  static func hour(of time: Int64) -> Int64 { (time >> 63) ^ (((time >> 63) ^ time) / hour) }

  init() {}

  /// - Parameter isSaved: nothing of it has changed since.
  init(_ all: [Hour], isSaved: Bool) {
    for one in all.sorted(by: { $0.hour < $1.hour }) {
      if hours.last?.hour == one.hour {
        hours[hours.count - 1].add(one)
      } else {
        hours.append(one)
      }
    }
    if !isSaved { changedFrom = hours.first?.hour }
  }

  /// - Returns: the hour's sum, or nil when `isFull` and the hour would be a new one.
  mutating func remember(_ value: Int64, in hour: Int64, isFull: Bool) -> Int64? {
    let index: Int
    if let last = hours.last, last.hour == hour {
      index = hours.count - 1
    } else {
      // Times go forward, and a recording's may be anything.
      index = (hours.lastIndex { $0.hour <= hour }).map { hours[$0].hour == hour ? $0 : $0 + 1 } ?? 0
      if index == hours.count || hours[index].hour != hour {
        if isFull { return nil }
        hours.insert(Hour(hour: hour), at: index)
      }
    }
    hours[index].add(Hour(hour: hour, count: 1, sum: value, squares: Double(value) * Double(value)))
    changedFrom = min(changedFrom ?? hour, hour)
    if let usual, usual.hour > hour { self.usual = nil }
    return hours[index].sum
  }

  /// Forgets the hours before one.
  mutating func prune(before hour: Int64) {
    guard let first = hours.first, first.hour < hour else { return }
    hours.removeAll { $0.hour < hour }
    usual = nil
  }

  mutating func saved() { changedFrom = nil }

  /// - Parameter period: nanoseconds; the present hour is its last.
  mutating func recall(_ what: Recollection, within period: Int64, at time: Int64) -> Int64 {
    let now = Self.hour(of: time)
    let start = time.subtractingReportingOverflow(max(0, period))
    let first = start.overflow ? Int64.min : Self.hour(of: start.partialValue) + 1
    switch what {
    case .age:
      guard let known = hours.first, known.hour <= now else { return 0 }
      let begin = known.hour.multipliedReportingOverflow(by: Self.hour)
      let age = time.subtractingReportingOverflow(begin.overflow ? .min : begin.partialValue)
      return age.overflow ? .max : max(1, age.partialValue)
    case .count:
      return hours(first...max(first, now)).reduce(0) { sum, one in
        let (all, tooMuch) = sum.addingReportingOverflow(one.count)
        return tooMuch ? .max : all
      }
    case .hours: return Int64(hours(first...max(first, now)).count)
    case .variation: return variation(hours(first...max(first, now)))
    case .rarity: return rarity(hours(before(now, from: first)), now)
    case .median: return usual(before: now, from: first).median
    case .deviation: return usual(before: now, from: first).deviation
    }
  }

  private func before(_ now: Int64, from first: Int64) -> ClosedRange<Int64> { min(first, now - 1)...(now - 1) }

  private func hours(_ range: ClosedRange<Int64>) -> ArraySlice<Hour> {
    // Most often the last ones are asked for.
    var end = hours.endIndex
    while end > 0, hours[end - 1].hour > range.upperBound { end -= 1 }
    var (start, behind) = (0, end)
    while start < behind {
      let middle = (start + behind) / 2
      if hours[middle].hour < range.lowerBound { start = middle + 1 } else { behind = middle }
    }
    return hours[start..<end]
  }

  private func variation(_ hours: ArraySlice<Hour>) -> Int64 {
    let count = hours.reduce(0.0) { $0 + Double($1.count) }
    let sum = hours.reduce(0.0) { $0 + Double($1.sum) }
    let squares = hours.reduce(0.0) { $0 + $1.squares }
    guard count > 0, sum > 0 else { return 0 }
    let mean = sum / count
    let deviation = max(0, squares / count - mean * mean).squareRoot()
    return Int64(exactly: (deviation / mean * 1000).rounded()) ?? .max
  }

  /// Nothing is rare where nothing is known.
  private func rarity(_ hours: ArraySlice<Hour>, _ now: Int64) -> Int64 {
    func ofTheDay(_ hour: Int64) -> Int { Int(((hour % 24) + 24) % 24) }
    guard !hours.isEmpty else { return 1000 }
    var counts = [Int64](repeating: 0, count: 24)
    for one in hours { counts[ofTheDay(one.hour)] += 1 }
    let present = counts[ofTheDay(now)]
    return counts.reduce(0) { $0 + ($1 <= present ? $1 : 0) } * 1000 / Int64(hours.count)
  }

  private mutating func usual(before now: Int64, from first: Int64) -> Usual {
    if let usual, usual.hour == now, usual.first == first { return usual }
    let sums = hours(before(now, from: first)).map(\.sum)
    let median = Self.median(sums)
    let distances = sums.map { sum in
      let distance = sum.subtractingReportingOverflow(median)
      return distance.overflow ? .max : Int64(clamping: distance.partialValue.magnitude)
    }
    let found = Usual(hour: now, first: first, median: median, deviation: Self.median(distances))
    usual = found
    return found
  }

  /// Of an even number of values the mean of the two in the middle; 0 of none.
  private static func median(_ values: [Int64]) -> Int64 {
    guard !values.isEmpty else { return 0 }
    let sorted = values.sorted()
    let upper = sorted[sorted.count / 2]
    guard sorted.count % 2 == 0 else { return upper }
    let lower = sorted[sorted.count / 2 - 1]
    return lower / 2 + upper / 2 + (lower % 2 + upper % 2) / 2
  }
}
