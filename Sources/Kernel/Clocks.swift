package import Events
package import Time

/// What the other clocks showed at one moment of the monotonic one.
package struct ClockPairing: Sendable, Hashable {
  package var monotonic: Int64
  /// What is to be added to a monotonic or a boot time to have nanoseconds since 1970.
  package var fromMonotonic: Int64
  package var fromBoottime: Int64
  /// Nanoseconds that the pairing may be wrong by.
  package var uncertainty: Int64

  /// The tightest of `tries`: all three are read between two readings of the monotonic clock.
  package init(tries: Int = 8, _ read: (Clock) -> Int64 = \.now) {
    var best: ClockPairing?
    for _ in 0..<max(1, tries) {
      let before = read(.monotonic)
      let real = read(.realtime)
      let boot = read(.boottime)
      let after = read(.monotonic)
      let width = after &- before
      if let best, best.uncertainty <= width { continue }
      let middle = before &+ width / 2
      best = ClockPairing(
        monotonic: middle, fromMonotonic: real &- middle, fromBoottime: real &- boot, uncertainty: width)
    }
    self = best!
  }

  init(monotonic: Int64, fromMonotonic: Int64, fromBoottime: Int64, uncertainty: Int64) {
    self.monotonic = monotonic
    self.fromMonotonic = fromMonotonic
    self.fromBoottime = fromBoottime
    self.uncertainty = uncertainty
  }
}

/// Program time to packet time, over a run in which the wall clock may be set and the machine may sleep.
package struct Clocks: Sendable {
  /// One for each time the clocks moved against each other, earliest first.
  private var pairings: [ClockPairing]
  private static let limit = 1024

  package init(_ first: ClockPairing = ClockPairing()) { pairings = [first] }

  /// The pairing that is valid now.
  package var current: ClockPairing { pairings[pairings.count - 1] }

  /// Notes how the clocks stand now; to be called now and then while a run lasts.
  /// - Returns: nanoseconds that the wall clock moved against the monotonic one; 0 when nothing moved that can be told.
  @discardableResult
  package mutating func pairAgain(_ pairing: ClockPairing = ClockPairing()) -> Int64 {
    let last = current
    let moved = pairing.fromMonotonic &- last.fromMonotonic
    let slept = pairing.fromBoottime &- last.fromBoottime
    let doubt = last.uncertainty &+ pairing.uncertainty
    if moved.magnitude <= doubt.magnitude, slept.magnitude <= doubt.magnitude {
      // The same, perhaps better known; valid since the earlier one was.
      if pairing.uncertainty < last.uncertainty {
        pairings[pairings.count - 1] = ClockPairing(
          monotonic: last.monotonic, fromMonotonic: pairing.fromMonotonic, fromBoottime: pairing.fromBoottime,
          uncertainty: pairing.uncertainty)
      }
      return 0
    }
    if pairings.count == Self.limit { pairings.removeFirst() }
    pairings.append(pairing)
    return moved.magnitude <= doubt.magnitude ? 0 : moved
  }

  /// The moment that a program's `bpf_ktime_get_ns` means.
  package func instant(monotonic nanoseconds: UInt64) -> Instant {
    let time = Int64(truncatingIfNeeded: nanoseconds)
    return Instant(nanoseconds: time &+ pairing { $0.monotonic <= time }.fromMonotonic)
  }

  /// The moment that a boot time means.
  package func instant(boottime nanoseconds: UInt64) -> Instant {
    let time = Int64(truncatingIfNeeded: nanoseconds)
    return Instant(
      nanoseconds: time &+ pairing { $0.monotonic &+ $0.fromMonotonic &- $0.fromBoottime <= time }.fromBoottime)
  }

  /// The last pairing that had begun, or the first.
  private func pairing(_ hadBegun: (ClockPairing) -> Bool) -> ClockPairing {
    var place = pairings.count - 1
    while place > 0, !hadBegun(pairings[place]) { place -= 1 }
    return pairings[place]
  }
}
