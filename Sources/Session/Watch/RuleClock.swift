package import Rules
import Time

/// What rules take of the processor: one in so many events and packets is timed, rule by rule.
///
/// The clock that is read counts the time of others, too, when they come in between: what takes longer than `longest` is left out.
struct RuleClock {
  /// One in so many is timed.
  let interval: Int
  /// Of events and of packets: how many there were, how many were timed, and the nanoseconds of each rule for those.
  private(set) var events = Share()
  private(set) var packets = Share()
  /// Events and packets until the next that is timed.
  private var left = 1
  /// Nanoseconds that reading the clock takes.
  private let overhead: Int64

  struct Share {
    fileprivate(set) var count: UInt64 = 0
    fileprivate(set) var timed: UInt64 = 0
    fileprivate(set) var nanoseconds: [Int64] = []

    /// Nanoseconds of a rule for those that were timed.
    func total(_ rule: Int) -> Double { nanoseconds.indices.contains(rule) ? Double(nanoseconds[rule]) : 0 }

    /// Nanoseconds of a rule for one of them; nil when none was timed.
    func each(_ rule: Int) -> Double? { timed == 0 ? nil : total(rule) / Double(timed) }
  }

  /// Nanoseconds: no rule works as long for one event.
  private static let longest: Int64 = 1_000_000

  init(interval: Int) {
    self.interval = max(1, interval)
    overhead = (0..<64).map { _ in -(Clock.monotonic.now &- Clock.monotonic.now) }.min() ?? 0
  }

  /// Counts one, and says whether it is to be timed.
  mutating func begins(isPacket: Bool, rules: Int) -> Bool {
    left -= 1
    let isTimed = left == 0
    if isTimed { left = interval }
    isPacket ? packets.add(isTimed, rules) : events.add(isTimed, rules)
    return isTimed
  }

  /// A rule has taken from one reading of the clock to the next.
  mutating func add(_ rule: Int, _ nanoseconds: Int64, isPacket: Bool) {
    let own = max(0, nanoseconds &- overhead)
    guard own < Self.longest else { return }
    if isPacket { packets.nanoseconds[rule] &+= own } else { events.nanoseconds[rule] &+= own }
  }

  /// Rules have changed: what was measured is of others.
  mutating func forget() { (events, packets) = (Share(), Share()) }

  /// Seconds that a rule has taken, by what was timed; it never becomes less.
  func seconds(_ rule: Int) -> Double { (events.total(rule) + packets.total(rule)) * Double(interval) / 1e9 }
}

extension RuleClock.Share {
  fileprivate mutating func add(_ isTimed: Bool, _ rules: Int) {
    count &+= 1
    guard isTimed else { return }
    timed &+= 1
    while nanoseconds.count < rules { nanoseconds.append(0) }
  }
}

/// What a rule takes of the processor over its tests' recordings: the least of some runs, since other work only ever adds.
/// - Returns: nil when it has none, or none can be read.
package func cost(of rule: Rule, in recordings: [String]) -> RuleCost? {
  var cost: RuleCost?
  for _ in 0..<runsOfCost {
    var one = RuleCost()
    for path in recordings {
      guard let share = try? shares(of: rule, in: path) else { continue }
      one.add(events: share.events.count, each: share.events.each(0), isPacket: false)
      one.add(events: share.packets.count, each: share.packets.each(0), isPacket: true)
    }
    guard one.events + one.packets > 0 else { return nil }
    cost = cost.map { $0.least(one) } ?? one
  }
  return cost
}

private let runsOfCost = 3

private func shares(
  of rule: Rule, in recording: String
) throws(TraceProblem) -> (events: RuleClock.Share, packets: RuleClock.Share) {
  var replay = try Replay([recording], interruptible: false)
  var watch = try Watch([rule], interfaces: replay.interfaceNames, timing: 1) { _ in }
  _ = watch.finish(try replay.run(&watch))
  return (watch.clock.events, watch.clock.packets)
}
