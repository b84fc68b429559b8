import Dissection
import Events

/// Connections between others that pass through here with translated ends (NAT), by their ends on the wire.
struct Passers: Sendable {
  private var known: ConnectionMarks

  /// Nanoseconds for which no socket of this machine can have the ends of a connection that passed: netfilter's shortest timeout is ten seconds
  /// (nf_conntrack_tcp_timeout_close), and a connection is told of once a second.
  static let patience: Int64 = 9_000_000_000

  init(seed: UInt64, limit: Int) { known = ConnectionMarks(seed: seed, need: Self.patience, limit: limit) }

  /// Those that found no place while packets of theirs could still come.
  var forgotten: UInt64 { known.forgotten }

  /// Whether one of them may be this packet's, so that it is known to be nobody's only by a socket's own evidence.
  func mayHaveForgotten(at time: Int64) -> Bool { time < known.neededUntil }

  /// Whether it had not been told of before, or not for so long that its ends may have been another's meanwhile.
  mutating func note(_ key: FlowKey, in namespace: UInt64, at time: Int64) -> Bool {
    guard let before = known.note(key, in: namespace, at: time) else { return true }
    return !isRecent(before, at: time)
  }

  func contains(_ key: FlowKey) -> Bool { known.contains(key) }

  /// Whether it passed through the namespace so shortly before, or just now, that the packet is of it whatever socket has its ends.
  func hold(_ key: FlowKey, in namespace: UInt64, at time: Int64) -> Bool {
    known.time(of: key, in: namespace).map { isRecent($0, at: time) } ?? false
  }

  private func isRecent(_ before: Int64, at time: Int64) -> Bool {
    time.subtractingReportingOverflow(before).partialValue < Self.patience
  }
}
