import Answers
package import BPFCode
import Bytes
package import IR
package import Kernel

/// A program's aggregations in the kernel's maps, and its speculations.
package struct KernelAggregations: AggregationSource {
  let program: IR.Program
  let roles: EmittedObject.Roles
  let maps: [Map]
  private let speculations: KernelSpeculations?
  /// Whether entries say each CPU's part.
  package var keepsCPUs = false

  package init(program: IR.Program, roles: EmittedObject.Roles, maps: [Map]) {
    self.program = program
    self.roles = roles
    self.maps = maps
    speculations = KernelSpeculations(roles, maps)
  }

  package var concludedSpeculations: [(ticket: UInt64, commits: Bool)] { speculations?.concluded ?? [] }

  package mutating func free(speculation ticket: UInt64) { speculations?.free(ticket) }

  package mutating func entries(of id: Aggregation.ID) -> [AggregationEntry] {
    guard let place = roles.aggregations[id] else { return [] }
    let function = program.aggregations[id].function
    switch place {
    case .hash(let index):
      return all(maps[index]).map { self.entry($0.key, $0.value, function, maps[index]) }
    case .shared(let index):
      // Behind the number, the key; behind that zeros.
      let size = KeyLayout(program.aggregations[id]).size
      return entries(sharedBy: id, maps[index]).map { entry in
        self.entry(Array(entry.key[8..<8 + size]), entry.value, function, maps[index])
      }
    case .single(let index):
      return touched(maps[index], function, place).map { self.entry([], $0.value, function, maps[index]) }
    case .symbols(let index):
      // The map's key is the symbol's index in four bytes; a tuple has it in eight.
      return touched(maps[index], function, place).map {
        self.entry($0.key + [0, 0, 0, 0], $0.value, function, maps[index])
      }
    }
  }

  private func entry(
    _ key: [UInt8], _ value: [UInt8], _ function: Aggregation.Function, _ map: Map
  ) -> AggregationEntry {
    let parts = parts(value, function, map)
    var merged = [UInt64](repeating: 0, count: function.words)
    for part in parts { function.merge(part, into: &merged) }
    return AggregationEntry(key: key, value: merged, perCPU: keepsCPUs ? parts : [])
  }

  /// The elements of an array that are entries.
  private func touched(
    _ map: Map, _ function: Aggregation.Function, _ place: EmittedObject.AggregationMap
  ) -> [(key: [UInt8], value: [UInt8])] {
    guard let word = function.touchedWord(in: place) else { return [] }
    return all(map).filter { entry in
      let span = RawSpan(_elements: entry.value.span)
      let stride = (map.spec.valueSize + 7) / 8 * 8
      let starts = Swift.stride(from: 0, to: entry.value.count - stride + 1, by: stride)
      return starts.contains { span.littleEndian(UInt64.self, at: $0 + word * 8) != 0 }
    }
  }

  /// One aggregation's entries of a map that others are in too.
  private func entries(sharedBy id: Aggregation.ID, _ map: Map) -> [(key: [UInt8], value: [UInt8])] {
    let tag = KernelAggregations.tag(id)
    return all(map).filter { $0.key.starts(with: tag) }
  }

  private static func tag(_ id: Aggregation.ID) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: id >> (8 * $0)) }
  }

  private func all(_ map: Map) -> [(key: [UInt8], value: [UInt8])] { (try? map.entries()) ?? [] }

  /// Each CPU's value.
  private func parts(_ bytes: [UInt8], _ function: Aggregation.Function, _ map: Map) -> [[UInt64]] {
    let span = RawSpan(_elements: bytes.span)
    let words = function.words
    let stride = (map.spec.valueSize + 7) / 8 * 8
    return Swift.stride(from: 0, to: bytes.count - words * 8 + 1, by: stride).map { start in
      (0..<words).map { span.littleEndian(UInt64.self, at: start + $0 * 8) }
    }
  }

  package mutating func clear(_ id: Aggregation.ID) {
    guard let place = roles.aggregations[id], let map = map(of: id) else { return }
    let function = program.aggregations[id].function
    let size = (map.spec.valueSize + 7) / 8 * 8
    var zero = [UInt8](repeating: 0, count: map.fullValueSize)
    // What was there is still there, with zero in it.
    if let word = function.touchedWord(in: place) {
      for start in stride(from: 0, to: zero.count, by: size) { zero[start + word * 8] = 1 }
      for entry in touched(map, function, place) { try? map.update(entry.key, zero) }
    } else if case .shared = place {
      for entry in entries(sharedBy: id, map) { try? map.update(entry.key, zero) }
    } else {
      for entry in all(map) { try? map.update(entry.key, zero) }
    }
  }

  package mutating func remove(_ keys: [[UInt8]], from id: Aggregation.ID) {
    guard let map = map(of: id) else { return }
    for key in keys {
      switch roles.aggregations[id] {
      case .hash: _ = try? map.delete(key)
      case .shared:
        let missing = max(0, map.spec.keySize - 8 - key.count)
        _ = try? map.delete(Self.tag(id) + key + [UInt8](repeating: 0, count: missing))
      case .single: try? map.update([0, 0, 0, 0], [UInt8](repeating: 0, count: map.fullValueSize))
      case .symbols: try? map.update(Array(key.prefix(4)), [UInt8](repeating: 0, count: map.fullValueSize))
      case nil: break
      }
    }
  }

  private func map(of id: Aggregation.ID) -> Map? { roles.aggregations[id].map { maps[$0.index] } }
}
