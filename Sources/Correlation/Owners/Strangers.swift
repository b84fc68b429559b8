import Dissection
import Events

/// Connections that nobody owns: those whose beginning was seen (without them a packet in the middle of one means that it is older than the run),
/// and those that pass by.
///
/// A fixed number of places; a newer connection takes that of an older one.
struct Strangers: Sendable {
  private let seed: FlowTableSeed
  private var marks: [UInt64] = []

  init(seed: UInt64) { self.seed = FlowTableSeed(seed) }

  private func mark(_ key: FlowKey) -> UInt64 { seed.hash(FlowTableKey.make(key).key) | 1 }

  mutating func note(_ key: FlowKey) {
    if marks.isEmpty { marks = [UInt64](repeating: 0, count: 4096) }
    let mark = mark(key)
    marks[Int(truncatingIfNeeded: mark >> 52)] = mark
  }

  func contains(_ key: FlowKey) -> Bool {
    guard !marks.isEmpty else { return false }
    let mark = mark(key)
    return marks[Int(truncatingIfNeeded: mark >> 52)] == mark
  }
}
