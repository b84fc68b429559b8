/// Counters of losses that only rise, and how much of each a correlator has been told of.
package struct ToldLosses: Sendable {
  private var told: [String: UInt64] = [:]

  package init() {}

  /// Tells what is new.
  package mutating func tell(_ counters: [(stage: String, count: UInt64)], to correlator: inout Correlator) {
    for (stage, count) in counters where count > told[stage, default: 0] {
      correlator.lost(stage, count - told[stage, default: 0])
      told[stage] = count
    }
  }
}
