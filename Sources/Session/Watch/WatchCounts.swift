package import History
package import Recording
package import Rules
import Synchronization

/// What a live watch has counted since it began.
package struct WatchCounts: Sendable {
  package struct Found: Sendable, Hashable {
    package var rule: String
    package var severity: Rule.Severity
  }

  package struct Suppressed: Sendable, Hashable {
    package var rule: String
    package var exception: String
  }

  package var events: UInt64 = 0
  package var packets: UInt64 = 0
  /// Findings, those that are alike once (`Rule.Deduplication`).
  package var findings: [Found: UInt64] = [:]
  /// Findings that an exception hid.
  package var suppressed: [Suppressed: UInt64] = [:]
  /// The rules that run.
  package var rules = 0
  /// What rules had no room for, by rule.
  package var ruleLosses: [String: UInt64] = [:]
  /// What rules remember of this host, by rule, and how often it could not be saved.
  package var histories: [String: RuleHistory.Extent] = [:]
  package var unsavedHistories: UInt64 = 0
  /// Seconds of the processor that each rule has taken, since the rules were read last: an estimate, by one in 61 events and packets.
  package var ruleSeconds: [String: Double] = [:]
  /// How often the rules were read anew, and how often that was refused.
  package var reloads: UInt64 = 0
  package var refusedReloads: UInt64 = 0
  /// What each stage left out, those of the interfaces among them.
  package var losses: [(stage: String, count: UInt64)] = []
  /// What the interfaces counted, and their names.
  package var statistics: [InterfaceStatistics] = []
  package var interfaces: [Int: String] = [:]
  package init() {}
}

/// Where a live watch leaves its counts, some times a second, for whoever asks in another thread.
package final class WatchMeter: Sendable {
  private let last = Mutex(WatchCounts())
  package init() {}

  package var counts: WatchCounts { last.withLock { $0 } }

  func leave(_ counts: WatchCounts) { last.withLock { $0 = counts } }
}
