package import Correlation
package import Events
package import Recording

/// Takes what happened, item by item in the order of time: a recorder, a D program, a case.
///
/// It sees the same live (`Observation`) and from a file (`Replay`), so that what it says of one it says of the other:
///
///     begin    once, at the moment from which on everything is seen
///     add      each interface, before the first packet of it
///     take     every event, and every packet with its owner and its bytes
///     pause    now and then, when there is time to print
///
/// Whoever runs it asks after each pause whether it has seen enough.
package protocol Observer: ~Copyable {
  /// What comes happened at `time` or later.
  mutating func begin(at time: Instant)

  /// An interface whose packets may come; `index` is what `FrameInfo.interface` says of them.
  mutating func add(_ interface: RecordedInterface, at index: Int)

  /// What a file says of a process that its events do not, before the items that need it.
  mutating func learn(_ process: ProcessRecord)

  /// One item, and of a packet the bytes that were captured; they are valid during the call only.
  mutating func take(_ item: Timeline.Item, _ bytes: RawSpan)

  /// Everything before `time` has been taken. Live this comes twenty times a second or oftener, whether anything happens or not.
  mutating func pause(at time: Instant)

  /// What was counted up to now, in a live run and some times a second, when `countsAlong`: before the items that are due.
  mutating func count(_ counters: StageCounters)
  var countsAlong: Bool { get }

  /// Milliseconds after which a live run is to pause at the latest.
  var patience: Int { get }

  /// The interfaces' own counters, in a live run that was asked for them: read when it begins, and when it ends, before the packets
  /// are handed out that came in the last moments.
  mutating func note(_ reading: InterfaceReading)

  /// A signal that ends a live run, unless the observer has another use for it.
  /// - Returns: whether the run goes on.
  mutating func goesOn(after signal: Int32) -> Bool

  /// Enough was seen: nothing more is handed out.
  var isDone: Bool { get }
}

extension Observer where Self: ~Copyable {
  package mutating func begin(at time: Instant) {}
  package mutating func add(_ interface: RecordedInterface, at index: Int) {}
  package mutating func learn(_ process: ProcessRecord) {}
  package mutating func pause(at time: Instant) {}
  package mutating func count(_ counters: StageCounters) {}
  package mutating func note(_ reading: InterfaceReading) {}
  package mutating func goesOn(after signal: Int32) -> Bool { false }
  package var countsAlong: Bool { false }
  package var patience: Int { 50 }
  package var isDone: Bool { false }
}

/// How far a run has come, for people who wait.
package struct ObservationProgress: Sendable {
  package var packets: UInt64 = 0
  package var events: UInt64 = 0
  /// Nanoseconds since it began.
  package var elapsed: Int64 = 0
  package init() {}
}

/// What a live run counted since it began.
package struct StageCounters: Sendable {
  /// The interfaces'.
  package var statistics: [InterfaceStatistics] = []
  /// What the stages other than interfaces and libpcap left out.
  package var losses: [(stage: String, count: UInt64)] = []
  package init() {}

  /// What was counted after `earlier`.
  func since(_ earlier: StageCounters) -> StageCounters {
    var found = self
    for index in statistics.indices where earlier.statistics.indices.contains(index) {
      let before = earlier.statistics[index]
      func less(_ counter: WritableKeyPath<InterfaceStatistics, UInt64?>) {
        guard let now = statistics[index][keyPath: counter] else { return }
        found.statistics[index][keyPath: counter] = now &- min(now, before[keyPath: counter] ?? 0)
      }
      less(\.received)
      less(\.interfaceDropped)
      less(\.systemDropped)
      less(\.delivered)
    }
    for (index, loss) in losses.enumerated() {
      guard let before = earlier.losses.first(where: { $0.stage == loss.stage }) else { continue }
      found.losses[index].count &-= min(loss.count, before.count)
    }
    return found
  }
}

/// How a run ended, and what it missed.
package struct ObservationEnd: Sendable {
  package enum Reason: Sendable, Equatable {
    case timeUp
    case interrupted(signal: Int32)
    /// The command of `-c` ended, with wait(2)'s status.
    case commandEnded(status: Int32)
    /// The process of `-p` is gone.
    case targetGone
    /// An interface could not be read any more: why. What was captured before is there.
    case captureFailed(String)
    /// The observer had seen enough.
    case observerDone
    case fileEnded
    /// The file could not be read to its end: why.
    case fileDamaged(String)
  }

  package var reason: Reason
  package var progress: ObservationProgress
  /// The stream's last moment.
  package var time: Instant
  /// What libpcap and the interfaces lost: `NAMESPACE/NAME kernel` and `NAMESPACE/NAME interface`, as a recording keeps it.
  package var interfaceLosses: [(stage: String, count: UInt64)] = []
  /// What the other stages left out.
  package var stageLosses: [(stage: String, count: UInt64)] = []
  /// What the interfaces counted.
  package var statistics: [InterfaceStatistics] = []
  /// Records of the file whose content was damaged and left out.
  package var damagedRecords = 0
  /// False of a recording whose last word is no loss: its recorder was killed, or the file is a part of it. What was lost is not told then.
  package var hasEnd = true

  /// What every stage left out, zeros too. A file that says nothing of losses has none.
  package var losses: [(stage: String, count: UInt64)] { interfaceLosses + stageLosses }

  /// A signal ended it.
  package var wasInterrupted: Bool {
    if case .interrupted = reason { true } else { false }
  }

  /// True when nothing that was asked for is missing.
  package var isComplete: Bool { !losses.contains { $0.count > 0 } && cameToItsEnd }

  /// True when the run ended as it should and all that was read could be understood, whatever its stages lost.
  package var cameToItsEnd: Bool {
    if damagedRecords > 0 { return false }
    switch reason {
    case .interrupted, .fileDamaged, .captureFailed: return false
    case .timeUp, .commandEnded, .targetGone, .observerDone, .fileEnded: return true
    }
  }
}
