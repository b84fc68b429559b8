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
    state.withLock { ($0.days, $0.everything) }
  }

  var changes: Changes { state.withLock { $0.changes } }
  func saved() { state.withLock { $0.saved() } }
}

private struct State: Sendable {
  static let day: Int64 = 24 * Series.hour
  static let leastOfDay = Series.hour

  let keptDays: Int64
  /// What is known of each key, and where.
  private var entries: [(key: [UInt8], series: Series)] = []
  private var places: [[UInt8]: Int] = [:]
  private var rows = 0
  /// Nanoseconds that were watched, by days since 1970.
  private(set) var days: [Int64: Int64] = [:]
  private(set) var lost: UInt64 = 0
  /// Up to where it has watched.
  var latest: Int64?
  /// Places of what changed since it was saved, each once.
  private var changed: [Int] = []
  private var changedDays: Set<Int64> = []
  /// The hour that the old ones were last forgotten in.
  private var prunedIn = Int64.min

  init(keptDays: Int64) { self.keptDays = keptDays }

  static func day(of time: Int64) -> Int64 { day(ofHour: Series.hour(of: time)) }
  private static func day(ofHour hour: Int64) -> Int64 { (hour - (hour % 24 + 24) % 24) / 24 }
  private func firstKeptHour(_ hour: Int64) -> Int64 { hour - keptDays * 24 }
  private func firstKeptDay(_ hour: Int64) -> Int64 { Self.day(ofHour: hour) - keptDays }

  private static func cut(_ key: [UInt8]) -> [UInt8] {
    key.count > RuleHistory.longestKey ? Array(key.prefix(RuleHistory.longestKey)) : key
  }

  mutating func remember(_ value: Int64, _ key: [UInt8], _ time: Int64) -> Int64 {
    let (key, hour) = (Self.cut(key), Series.hour(of: time))
    prune(in: hour)
    let isFull = rows >= RuleHistory.mostRows
    guard let place = places[key] ?? (isFull ? nil : added(key)) else {
      lost &+= 1
      return value
    }
    let (before, wasChanged) = (entries[place].series.hours.count, entries[place].series.changedFrom != nil)
    guard let sum = entries[place].series.remember(value, in: hour, isFull: isFull) else {
      lost &+= 1
      return value
    }
    rows += entries[place].series.hours.count - before
    if !wasChanged { changed.append(place) }
    return sum
  }

  private mutating func added(_ key: [UInt8]) -> Int {
    entries.append((key, Series()))
    places[key] = entries.count - 1
    return entries.count - 1
  }

  mutating func recall(_ what: Recollection, _ key: [UInt8], _ period: Int64, _ time: Int64) -> Int64 {
    prune(in: Series.hour(of: time))
    guard let place = places[Self.cut(key)] else {
      var nothing = Series()
      return nothing.recall(what, within: period, at: time)
    }
    return entries[place].series.recall(what, within: period, at: time)
  }

  /// Once an hour.
  private mutating func prune(in hour: Int64) {
    guard hour > prunedIn else { return }
    prunedIn = hour
    let (first, firstDay) = (firstKeptHour(hour), firstKeptDay(hour))
    days = days.filter { $0.key >= firstDay }
    for place in entries.indices { entries[place].series.prune(before: first) }
    rows = entries.reduce(0) { $0 + $1.series.hours.count }
    guard entries.contains(where: { $0.series.hours.isEmpty }) else { return }
    entries.removeAll { $0.series.hours.isEmpty }
    index()
  }

  private mutating func index() {
    places.removeAll(keepingCapacity: true)
    for (place, entry) in entries.enumerated() { places[entry.key] = place }
    changed = entries.indices.filter { entries[$0].series.changedFrom != nil }
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
    return .init(days: watched, keys: entries.count, rows: rows)
  }

  // MARK: Saving

  mutating func restore(days: [Int64: Int64], rows saved: [(key: [UInt8], hour: Series.Hour)], isSaved: Bool) {
    var hours: [[UInt8]: [Series.Hour]] = [:]
    for row in saved { hours[row.key, default: []].append(row.hour) }
    self.days = days
    changedDays = isSaved ? [] : Set(days.keys)
    entries = hours.map { ($0.key, Series($0.value, isSaved: isSaved)) }
    rows = entries.reduce(0) { $0 + $1.series.hours.count }
    index()
  }

  var everything: [(key: [UInt8], hour: Series.Hour)] {
    entries.flatMap { entry in entry.series.hours.map { (entry.key, $0) } }
  }

  var changes: RuleHistory.Changes {
    var changes = RuleHistory.Changes()
    for day in changedDays { changes.days[day] = days[day] }
    for place in changed {
      guard let first = entries[place].series.changedFrom else { continue }
      for hour in entries[place].series.hours.reversed() {
        guard hour.hour >= first else { break }
        changes.rows.append((entries[place].key, hour))
      }
    }
    if prunedIn > .min {
      changes.firstHour = firstKeptHour(prunedIn)
      changes.firstDay = firstKeptDay(prunedIn)
    }
    return changes
  }

  mutating func saved() {
    for place in changed { entries[place].series.saved() }
    changed.removeAll(keepingCapacity: true)
    changedDays.removeAll(keepingCapacity: true)
  }
}
