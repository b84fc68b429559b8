import HostVM
package import IR
import Synchronization

/// What one rule remembers of this host. Days and hours are the stream's own, of UTC.
package final class RuleHistory: HistoryKeeper {
  /// The most hours of keys that a rule may have; for what comes when there are so many there is no room.
  package static let mostRows = 1 << 17
  /// The longest key; what is beyond it is cut off.
  static let longestKey = 255

  /// How much there is.
  package struct Extent: Sendable, Equatable {
    /// Days on which the rule watched for an hour or more.
    package var days: Int
    package var keys: Int
    /// Hours of keys.
    package var rows: Int
  }

  private let state: Mutex<State>
  /// Days that there must be before the rule's silence, or what it finds, is worth anything.
  package let neededDays: Int

  /// - Parameter need: how much history the rule needs, in nanoseconds; for twice as long it is kept.
  package init(need: Int64) {
    neededDays = Int((max(1, need) - 1) / State.day) + 1
    state = Mutex(State(keptDays: Int64(2 * neededDays)))
  }

  package func remember(_ value: Int64, under key: [UInt8], at time: Int64) -> Int64 {
    state.withLock { $0.remember(value, key, time) }
  }

  package func recall(_ what: Recollection, of key: [UInt8], within period: Int64, at time: Int64) -> Int64 {
    state.withLock { $0.recall(what, key, period, time) }
  }

  /// The rule has watched up to a moment, and goes on; after more than an hour without a word it is taken not to have.
  package func watched(upTo time: Int64) { state.withLock { $0.watched(upTo: time) } }

  /// The rule begins to watch.
  package func begin(at time: Int64) { state.withLock { $0.latest = time } }

  package func extent(at time: Int64) -> Extent { state.withLock { $0.extent(time) } }

  package func isOldEnough(at time: Int64) -> Bool { extent(at: time).days >= neededDays }

  /// What there was no room for.
  package var lost: UInt64 { state.withLock { $0.lost } }

  // MARK: Saving

  /// - Parameter isSaved: it was read from the file.
  func restore(days: [Int64: Int64], rows: [(key: [UInt8], hour: Series.Hour)], isSaved: Bool) {
    state.withLock { $0.restore(days: days, rows: rows, isSaved: isSaved) }
  }

  /// What changed since `saved()`.
  struct Changes: Sendable {
    var days: [Int64: Int64] = [:]
    var rows: [(key: [UInt8], hour: Series.Hour)] = []
    /// What is older than these is forgotten.
    var firstDay = Int64.min
    var firstHour = Int64.min
  }

  /// All that it knows.
  var everything: (days: [Int64: Int64], rows: [(key: [UInt8], hour: Series.Hour)]) {
    state.withLock { state in
      (state.days, state.series.flatMap { key, series in series.hours.map { (key, $0) } })
    }
  }

  var changes: Changes { state.withLock { $0.changes } }
  func saved() { state.withLock { $0.saved() } }
}

private struct State: Sendable {
  static let day: Int64 = 24 * Series.hour
  static let leastOfDay = Series.hour

  let keptDays: Int64
  var series: [[UInt8]: Series] = [:]
  var rows = 0
  /// Nanoseconds that were watched, by days since 1970.
  var days: [Int64: Int64] = [:]
  var lost: UInt64 = 0
  /// Up to where it has watched.
  var latest: Int64?
  private var changedKeys: [[UInt8]] = []
  private var changedDays: Set<Int64> = []
  /// The hour that the old ones were last forgotten in.
  private var prunedIn = Int64.min

  init(keptDays: Int64) { self.keptDays = keptDays }

  mutating func restore(days: [Int64: Int64], rows saved: [(key: [UInt8], hour: Series.Hour)], isSaved: Bool) {
    var hours: [[UInt8]: [Series.Hour]] = [:]
    for row in saved { hours[row.key, default: []].append(row.hour) }
    self.days = days
    series = hours.mapValues { Series($0, isSaved: isSaved) }
    rows = series.values.reduce(0) { $0 + $1.hours.count }
    guard !isSaved else { return }
    changedKeys = Array(series.keys)
    changedDays = Set(days.keys)
  }

  static func day(of time: Int64) -> Int64 { (Series.hour(of: time) - (Series.hour(of: time) % 24 + 24) % 24) / 24 }

  private func firstKeptHour(_ hour: Int64) -> Int64 { hour - keptDays * 24 }

  mutating func remember(_ value: Int64, _ key: [UInt8], _ time: Int64) -> Int64 {
    let key = key.count > RuleHistory.longestKey ? Array(key.prefix(RuleHistory.longestKey)) : key
    let hour = Series.hour(of: time)
    prune(in: hour)
    let isFull = rows >= RuleHistory.mostRows
    if isFull, series[key] == nil {
      lost &+= 1
      return value
    }
    let (before, wasChanged) = (series[key]?.hours.count ?? 0, series[key]?.changedFrom != nil)
    guard let sum = series[key, default: Series()].remember(value, in: hour, isFull: isFull) else {
      lost &+= 1
      return value
    }
    rows += (series[key]?.hours.count ?? before) - before
    if !wasChanged { changedKeys.append(key) }
    return sum
  }

  mutating func recall(_ what: Recollection, _ key: [UInt8], _ period: Int64, _ time: Int64) -> Int64 {
    let key = key.count > RuleHistory.longestKey ? Array(key.prefix(RuleHistory.longestKey)) : key
    prune(in: Series.hour(of: time))
    guard series[key] != nil else { return what == .rarity ? 1000 : 0 }
    return series[key]?.recall(what, within: period, at: time) ?? 0
  }

  /// Once an hour.
  private mutating func prune(in hour: Int64) {
    guard hour > prunedIn else { return }
    prunedIn = hour
    let first = firstKeptHour(hour)
    for key in series.keys where (series[key]?.hours.first?.hour ?? first) < first {
      let before = series[key]?.hours.count ?? 0
      series[key]?.prune(before: first)
      let after = series[key]?.hours.count ?? 0
      rows -= before - after
      if after == 0 { series[key] = nil }
    }
    days = days.filter { $0.key >= hour / 24 - keptDays }
  }

  mutating func watched(upTo time: Int64) {
    defer { latest = max(latest ?? time, time) }
    guard let latest else { return }
    let span = time.subtractingReportingOverflow(latest)
    guard !span.overflow, (1...Series.hour).contains(span.partialValue) else { return }
    let day = Self.day(of: time)
    days[day] = min(Self.day, (days[day] ?? 0) + span.partialValue)
    changedDays.insert(day)
  }

  func extent(_ time: Int64) -> RuleHistory.Extent {
    let today = Self.day(of: time)
    let watched = days.count { $0.value >= Self.leastOfDay && $0.key <= today && $0.key > today - keptDays }
    return .init(days: watched, keys: series.count, rows: rows)
  }

  var changes: RuleHistory.Changes {
    var changes = RuleHistory.Changes()
    for day in changedDays { changes.days[day] = days[day] }
    for key in changedKeys {
      guard let series = series[key], let first = series.changedFrom else { continue }
      for hour in series.hours.reversed() {
        guard hour.hour >= first else { break }
        changes.rows.append((key, hour))
      }
    }
    if prunedIn > .min {
      changes.firstHour = firstKeptHour(prunedIn)
      changes.firstDay = prunedIn / 24 - keptDays
    }
    return changes
  }

  mutating func saved() {
    for key in changedKeys { series[key]?.saved() }
    changedKeys.removeAll(keepingCapacity: true)
    changedDays.removeAll(keepingCapacity: true)
  }
}
