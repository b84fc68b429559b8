import Dissection
import Events

/// Conversations by their ends, each with when it was told of last.
///
/// Sets of eight places. What is told of anew takes the place of the oldest of its set; where that is still needed there become twice as many sets,
/// within a bound. What had to give way beyond it is counted.
struct ConnectionMarks: Sendable {
  private struct Place {
    /// The hash of the ends; 0 for none.
    var mark: UInt64
    var namespace: UInt64
    /// Nanoseconds since 1970.
    var time: Int64
  }
  private static let ways = 8
  private static let firstSets = 64

  private let seed: FlowTableSeed
  /// Nanoseconds for which a conversation is needed after it was told of.
  private let need: Int64
  /// The most sets: a power of two.
  private let most: Int
  private var places: [Place] = []
  /// Those that gave way while they were needed, and the latest time at which one of them is.
  private(set) var forgotten: UInt64 = 0
  private(set) var neededUntil = Int64.min

  /// - Parameter limit: the most places; a power of two, at least `firstSets * ways`.
  init(seed: UInt64, need: Int64, limit: Int) {
    self.seed = FlowTableSeed(seed)
    self.need = need
    most = max(Self.firstSets, limit / Self.ways)
  }

  /// When it was last told of before; nil when it was not, or gave way.
  @discardableResult
  mutating func note(_ key: FlowKey, in namespace: UInt64, at time: Int64) -> Int64? {
    let mark = mark(key)
    if places.isEmpty { places = Self.empty(sets: Self.firstSets) }
    while true {
      let first = set(of: mark)
      var oldest = first
      for index in first..<first + Self.ways {
        if places[index].mark == mark, places[index].namespace == namespace {
          let before = places[index].time
          places[index].time = max(before, time)
          return before
        }
        if places[index].time < places[oldest].time { oldest = index }
      }
      let until = places[oldest].time.saturatingAdd(need)
      if places[oldest].mark != 0, until > time {
        if places.count < most * Self.ways {
          grow()
          continue
        }
        forgotten &+= 1
        neededUntil = max(neededUntil, until)
      }
      places[oldest] = Place(mark: mark, namespace: namespace, time: time)
      return nil
    }
  }

  /// When it was last told of in the namespace.
  func time(of key: FlowKey, in namespace: UInt64) -> Int64? {
    guard !places.isEmpty else { return nil }
    let mark = mark(key)
    let first = set(of: mark)
    for index in first..<first + Self.ways where places[index].mark == mark && places[index].namespace == namespace {
      return places[index].time
    }
    return nil
  }

  /// Whether it was told of in any namespace, however long ago.
  func contains(_ key: FlowKey) -> Bool {
    guard !places.isEmpty else { return false }
    let mark = mark(key)
    let first = set(of: mark)
    return places[first..<first + Self.ways].contains { $0.mark == mark }
  }

  private func mark(_ key: FlowKey) -> UInt64 { seed.hash(FlowTableKey.make(key).key) | 1 }

  /// The first place of the mark's set. Twice as many sets ask for one more of the hash's upper bits, so that a set becomes two.
  private func set(of mark: UInt64) -> Int {
    let bits = (places.count / Self.ways).trailingZeroBitCount
    return Int(truncatingIfNeeded: mark >> UInt64(64 - bits)) * Self.ways
  }

  private mutating func grow() {
    let old = places
    places = Self.empty(sets: old.count / Self.ways * 2)
    for place in old where place.mark != 0 {
      let first = set(of: place.mark)
      for index in first..<first + Self.ways where places[index].mark == 0 {
        places[index] = place
        break
      }
    }
  }

  private static func empty(sets: Int) -> [Place] {
    [Place](repeating: Place(mark: 0, namespace: 0, time: .min), count: sets * ways)
  }
}
