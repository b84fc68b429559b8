// An aggregation's entries, and how one datum changes an entry's words (`Aggregation.Function.words`).

import IR

struct Aggregates: Sendable {
  let function: Aggregation.Function
  var table: WordTable

  init(_ aggregation: Aggregation, limit: Int) {
    function = aggregation.function
    table = WordTable(keyWords: KeyLayout(aggregation).size / 8, valueWords: function.words, limit: limit)
  }

  /// Adds a datum to the key's entry; false when there is no room for a new key.
  @inline(__always)
  mutating func add(_ datum: UInt64, weight: UInt64, to key: KeyBuffer) -> Bool {
    let entry = table.insert(key.words, key.hash)
    guard entry >= 0 else { return false }
    let at = entry &* table.valueWords
    switch function {
    case .count: table.values[at] &+= 1
    case .sum: table.values[at] &+= datum
    case .average:
      table.values[at] &+= 1
      table.values[at &+ 1] &+= datum
    case .minimum: keep(datum, at) { $0 < $1 }
    case .maximum: keep(datum, at) { $0 > $1 }
    case .standardDeviation: addSquare(of: datum, at)
    case .quantize:
      table.values[at &+ Aggregation.Function.quantizeBucket(Int64(bitPattern: datum))] &+= weight
    case .linear(let low, let high, let step):
      let bucket = Aggregation.Function.linearBucket(Int64(bitPattern: datum), low: low, high: high, step: step)
      table.values[at &+ bucket] &+= weight
    case .logLinear(let factor, let low, let high, let steps):
      let bucket = Aggregation.Function.logLinearBucket(
        Int64(bitPattern: datum), factor: factor, low: low, high: high, steps: steps)
      table.values[at &+ bucket] &+= weight
    }
    return true
  }

  private mutating func keep(_ datum: UInt64, _ at: Int, when wins: (Int64, Int64) -> Bool) {
    if table.values[at] == 0 || wins(Int64(bitPattern: datum), Int64(bitPattern: table.values[at &+ 1])) {
      table.values[at &+ 1] = datum
    }
    table.values[at] &+= 1
  }

  private mutating func addSquare(of datum: UInt64, _ at: Int) {
    let magnitude = Int64(bitPattern: datum).magnitude
    let square = magnitude.multipliedFullWidth(by: magnitude)
    table.values[at] &+= 1
    table.values[at &+ 1] &+= datum
    let (low, carry) = table.values[at &+ 2].addingReportingOverflow(square.low)
    table.values[at &+ 2] = low
    table.values[at &+ 3] &+= square.high &+ (carry ? 1 : 0)
  }

  /// The entries in the order their keys came, but for removals.
  var entries: [AggregationEntry] {
    (0..<table.count).map { entry in
      let values = table.values[entry * table.valueWords..<(entry + 1) * table.valueWords]
      return AggregationEntry(key: key(of: entry), value: Array(values))
    }
  }

  private func key(of entry: Int) -> [UInt8] {
    table.keys[entry * table.keyWords..<(entry + 1) * table.keyWords].flatMap { word in
      (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * UInt64($0))) }
    }
  }

  /// Forgets these keys.
  mutating func remove(_ keys: Set<[UInt8]>) {
    // From the back, because a removed entry's number goes to the last one, which has been looked at then.
    for entry in (0..<table.count).reversed() where keys.contains(key(of: entry)) { table.remove(entry) }
  }

  /// Zeroes every value; the keys stay, as DTrace's clear() has it.
  mutating func clear() {
    for index in table.values.indices { table.values[index] = 0 }
  }
}
