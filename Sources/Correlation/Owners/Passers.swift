import Dissection
import Events

/// Connections between others that pass through here with translated ends (NAT), by their ends on the wire.
///
/// A fixed number of places; a newer connection takes that of an older one.
struct Passers: Sendable {
  private struct Place {
    var mark: UInt64
    var time: Int64
  }
  private var known: Strangers
  private let seed: FlowTableSeed
  private var places: [Place] = []

  /// Nanoseconds for which no socket of this machine can have the ends of a connection that passed: netfilter's shortest timeout is ten seconds
  /// (nf_conntrack_tcp_timeout_close), and a connection is told of once a second.
  static let patience: Int64 = 9_000_000_000

  init(seed: UInt64) {
    known = Strangers(seed: seed)
    self.seed = FlowTableSeed(seed)
  }

  /// Whether it had not been told of before, or not for so long that its ends may have been another's meanwhile.
  mutating func note(_ key: FlowKey, in namespace: UInt64, at time: Int64) -> Bool {
    let isNew = !known.contains(key) || !hold(key, in: namespace, at: time)
    known.note(key)
    if places.isEmpty { places = [Place](repeating: Place(mark: 0, time: 0), count: 4096) }
    let mark = mark(key, namespace)
    places[Int(truncatingIfNeeded: mark >> 52)] = Place(mark: mark, time: time)
    return isNew
  }

  func contains(_ key: FlowKey) -> Bool { known.contains(key) }

  /// Whether it passed through the namespace so shortly before, or just now, that the packet is of it whatever socket has its ends.
  func hold(_ key: FlowKey, in namespace: UInt64, at time: Int64) -> Bool {
    guard !places.isEmpty else { return false }
    let mark = mark(key, namespace)
    let place = places[Int(truncatingIfNeeded: mark >> 52)]
    return place.mark == mark && time.subtractingReportingOverflow(place.time).partialValue < Self.patience
  }

  private func mark(_ key: FlowKey, _ namespace: UInt64) -> UInt64 {
    // Another namespace may have the same connection, in other hands. The factor spreads what is a small number over the word.
    (seed.hash(FlowTableKey.make(key).key) ^ namespace &* 0x9e37_79b9_7f4a_7c15) | 1
  }
}
