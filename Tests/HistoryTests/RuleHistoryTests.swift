import IR
import Testing

@testable import History

/// What a rule remembers, and how much.
struct RuleHistoryTests {
  private static let hour = Series.hour
  private static let day = 24 * Series.hour
  /// 2026-11-30 00:00 UTC.
  private static let now: Int64 = 1_795_996_800_000_000_000

  private func watch(_ history: RuleHistory, from start: Int64, for span: Int64) {
    history.begin(at: start)
    for minute in stride(from: 0, through: span, by: 60_000_000_000) { history.watched(upTo: start + minute) }
  }

  @Test func `a key that was never remembered has nothing`() {
    let history = RuleHistory(need: Self.day)
    for what in Recollection.allCases {
      #expect(history.recall(what, of: [1], within: .max, at: Self.now) == (what == .rarity ? 1000 : 0))
    }
    #expect(
      history.remember(5, under: [1], at: Self.now) == 5 && history.remember(6, under: [1], at: Self.now + 1) == 11)
    #expect(history.recall(.count, of: [1], within: .max, at: Self.now + 1) == 2)
    #expect(history.recall(.count, of: [2], within: .max, at: Self.now + 1) == 0)
  }

  @Test func `a day counts when an hour of it was watched`() {
    let history = RuleHistory(need: 2 * Self.day)
    watch(history, from: Self.now, for: Self.hour - 60_000_000_000)
    #expect(history.extent(at: Self.now + Self.hour).days == 0)
    history.watched(upTo: Self.now + Self.hour)
    #expect(history.extent(at: Self.now + Self.hour).days == 1 && !history.isOldEnough(at: Self.now + Self.hour))
    watch(history, from: Self.now + Self.day, for: Self.hour)
    #expect(history.isOldEnough(at: Self.now + Self.day + Self.hour))
    // Twice as long as it must be old it is kept.
    #expect(history.isOldEnough(at: Self.now + 3 * Self.day) && !history.isOldEnough(at: Self.now + 4 * Self.day))
    // What lies ahead says nothing of what was.
    #expect(history.extent(at: Self.now - Self.day).days == 0)
  }

  @Test func `who was away for longer than an hour has not watched`() {
    let history = RuleHistory(need: Self.day)
    history.begin(at: Self.now)
    history.watched(upTo: Self.now + Self.hour + 1)
    history.watched(upTo: Self.now - Self.day)
    #expect(history.extent(at: Self.now + Self.hour + 1).days == 0)
    history.watched(upTo: Self.now + 2 * Self.hour + 1)
    #expect(history.extent(at: Self.now + 3 * Self.hour).days == 1)
  }

  @Test func `what is too old is forgotten`() {
    let history = RuleHistory(need: Self.day)
    _ = history.remember(1, under: [1], at: Self.now)
    _ = history.remember(1, under: [2], at: Self.now + Self.day)
    #expect(history.extent(at: Self.now).rows == 2)
    #expect(history.recall(.count, of: [1], within: .max, at: Self.now + 2 * Self.day) == 1)
    #expect(history.recall(.count, of: [1], within: .max, at: Self.now + 2 * Self.day + Self.hour) == 0)
    #expect(history.extent(at: Self.now) == .init(days: 0, keys: 1, rows: 1))
  }

  @Test func `what there is no room for is counted, and what is known goes on`() {
    let history = RuleHistory(need: 60 * Self.day)
    let most = RuleHistory.mostRows
    for number in 0..<most {
      _ = history.remember(
        1, under: [UInt8(number & 255), UInt8(number >> 8 & 255), UInt8(number >> 16)], at: Self.now)
    }
    #expect(history.lost == 0 && history.extent(at: Self.now).rows == most)
    #expect(history.remember(7, under: [9, 9, 9, 9], at: Self.now) == 7 && history.lost == 1)
    #expect(history.remember(7, under: [0, 0, 0], at: Self.now + Self.hour) == 7 && history.lost == 2)
    #expect(history.remember(7, under: [0, 0, 0], at: Self.now) == 8 && history.lost == 2)
    #expect(history.extent(at: Self.now).rows == most)
  }

  @Test func `a long key is cut`() {
    let history = RuleHistory(need: Self.day)
    let key = [UInt8](repeating: 65, count: 1000)
    _ = history.remember(1, under: key, at: Self.now)
    #expect(history.recall(.count, of: key, within: .max, at: Self.now) == 1)
    #expect(history.recall(.count, of: Array(key.prefix(255)), within: .max, at: Self.now) == 1)
  }

  @Test(arguments: [Int64.min, -1, 0, .max])
  func `no moment is too odd`(time: Int64) {
    let history = RuleHistory(need: Self.day)
    history.begin(at: Self.now)
    #expect(history.remember(.max, under: [], at: time) == .max && history.remember(.max, under: [], at: time) == .max)
    history.watched(upTo: time)
    for what in Recollection.allCases {
      for period in [Int64.min, 0, .max] { _ = history.recall(what, of: [], within: period, at: time) }
    }
    #expect(history.extent(at: time).keys == 1)
  }

  @Test func `another need goes on with what is known`() {
    let (short, long) = (RuleHistory(need: Self.day), RuleHistory(need: 10 * Self.day))
    watch(short, from: Self.now, for: Self.hour)
    _ = short.remember(3, under: [1], at: Self.now)
    long.continues(short)
    #expect(long.extent(at: Self.now + Self.hour) == .init(days: 1, keys: 1, rows: 1))
    #expect(long.changes.rows.count == 1 && long.changes.days.count == 1)
  }

  @Test func `a test's past happened when it says`() {
    let (learned, history) = (RuleHistory(need: 2 * Self.day), RuleHistory(need: 2 * Self.day))
    _ = learned.remember(4, under: [1], at: 0)
    history.precede(learned, hours: [24, 48], days: 2, before: Self.now)
    #expect(history.isOldEnough(at: Self.now))
    #expect(history.recall(.hours, of: [1], within: .max, at: Self.now) == 2)
    #expect(history.recall(.median, of: [1], within: .max, at: Self.now) == 4)
    #expect(history.recall(.age, of: [1], within: .max, at: Self.now) == 2 * Self.day)
  }
}
