import Dissection
import Events

/// Connections that nobody owns, and whose beginning was seen: without it a packet in the middle of one means that it is older than the run.
struct Strangers: Sendable {
  private var known: ConnectionMarks

  /// Nanoseconds for which one that says nothing is remembered before others: TCP's longest wait for an answer (RFC 6298, 2.4).
  private static let patience: Int64 = 60_000_000_000

  init(seed: UInt64, limit: Int) { known = ConnectionMarks(seed: seed, need: Self.patience, limit: limit) }

  mutating func note(_ key: FlowKey, at time: Int64) { known.note(key, in: 0, at: time) }

  func contains(_ key: FlowKey) -> Bool { known.contains(key) }
}
