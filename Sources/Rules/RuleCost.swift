/// What a rule takes of a processor, over recordings.
package struct RuleCost: Sendable, Hashable {
  /// How many there were in the recordings.
  package private(set) var events: UInt64 = 0
  package private(set) var packets: UInt64 = 0
  /// Nanoseconds for all of them.
  private var eventTime = 0.0
  private var packetTime = 0.0

  package init() {}

  /// Nanoseconds of one event and of one packet, those among them that the rule does not ask for; nil when there was none.
  package var nanosecondsPerEvent: Double? { events == 0 ? nil : eventTime / Double(events) }
  package var nanosecondsPerPacket: Double? { packets == 0 ? nil : packetTime / Double(packets) }

  /// Adds so many that took `each` nanoseconds.
  package mutating func add(events count: UInt64, each: Double?, isPacket: Bool) {
    guard let each else { return }
    if isPacket {
      packets += count
      packetTime += each * Double(count)
    } else {
      events += count
      eventTime += each * Double(count)
    }
  }

  /// Of each the less.
  package func least(_ other: RuleCost) -> RuleCost {
    var least = self
    least.eventTime = min(eventTime, other.eventTime)
    least.packetTime = min(packetTime, other.packetTime)
    return least
  }

  /// The part of one processor's time that so many a second take: 1 is all of it.
  package func load(eventsPerSecond: Double, packetsPerSecond: Double) -> Double {
    ((nanosecondsPerEvent ?? 0) * eventsPerSecond + (nanosecondsPerPacket ?? 0) * packetsPerSecond) / 1e9
  }
}
