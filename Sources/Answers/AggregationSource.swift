package import IR

/// Where aggregations and speculations live: kernel maps or the host's tables. The printer reads and changes them as the
/// actions say.
package protocol AggregationSource {
  /// All entries, each key once, the CPUs' values merged; in any order. Entries that clear() zeroed are still there.
  mutating func entries(of aggregation: Aggregation.ID) -> [AggregationEntry]
  /// Zeroes every value and keeps the keys.
  mutating func clear(_ aggregation: Aggregation.ID)
  /// Forgets these keys.
  mutating func remove(_ keys: [[UInt8]], from aggregation: Aggregation.ID)
  /// Speculations that were committed or discarded and not freed since, by their tickets (`Step.conclude`).
  var concludedSpeculations: [(ticket: UInt64, commits: Bool)] { get }
  /// Frees the number of a speculation whose records were dealt with.
  mutating func free(speculation ticket: UInt64)
}

/// Aggregations that are held as they are: for tests and for programs that have none.
package struct HeldAggregations: AggregationSource, Sendable {
  package var entries: [Aggregation.ID: [AggregationEntry]]

  package init(_ entries: [Aggregation.ID: [AggregationEntry]] = [:]) { self.entries = entries }

  package mutating func entries(of aggregation: Aggregation.ID) -> [AggregationEntry] { entries[aggregation] ?? [] }

  package mutating func clear(_ aggregation: Aggregation.ID) {
    entries[aggregation] = entries[aggregation]?.map {
      AggregationEntry(key: $0.key, value: [UInt64](repeating: 0, count: $0.value.count))
    }
  }

  package var concludedSpeculations: [(ticket: UInt64, commits: Bool)] { [] }
  package mutating func free(speculation ticket: UInt64) {}

  package mutating func remove(_ keys: [[UInt8]], from aggregation: Aggregation.ID) {
    let gone = Set(keys)
    entries[aggregation]?.removeAll { gone.contains($0.key) }
  }
}
