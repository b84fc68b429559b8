import Answers
import BPFCode
import Bytes
import IR
import Kernel

/// A program's aggregations in the kernel's maps.
struct KernelAggregations: AggregationSource {
  let program: IR.Program
  let roles: EmittedObject.Roles
  let maps: [Map]

  mutating func entries(of id: Aggregation.ID) -> [AggregationEntry] {
    guard let place = roles.aggregations[id] else { return [] }
    let function = program.aggregations[id].function
    switch place {
    case .hash(let index):
      return all(maps[index]).map { AggregationEntry(key: $0.key, value: merged($0.value, function, maps[index])) }
    case .single(let index):
      return all(maps[index]).compactMap { entry in
        let value = merged(entry.value, function, maps[index])
        return value.allSatisfy { $0 == 0 } ? nil : AggregationEntry(key: [], value: value)
      }
    case .symbols(let index):
      return all(maps[index]).compactMap { entry in
        let value = merged(entry.value, function, maps[index])
        guard value[0] != 0 else { return nil }
        // The map's key is the symbol's index in four bytes; a tuple has it in eight.
        return AggregationEntry(key: entry.key + [0, 0, 0, 0], value: value)
      }
    }
  }

  private func all(_ map: Map) -> [(key: [UInt8], value: [UInt8])] { (try? map.entries()) ?? [] }

  /// One value out of the CPUs'.
  private func merged(_ bytes: [UInt8], _ function: Aggregation.Function, _ map: Map) -> [UInt64] {
    let span = RawSpan(_elements: bytes.span)
    let words = function.words
    let stride = (map.spec.valueSize + 7) / 8 * 8
    var value = [UInt64](repeating: 0, count: words)
    for start in Swift.stride(from: 0, to: bytes.count - words * 8 + 1, by: stride) {
      function.merge((0..<words).map { span.littleEndian(UInt64.self, at: start + $0 * 8) }, into: &value)
    }
    return value
  }

  mutating func clear(_ id: Aggregation.ID) {
    guard let map = map(of: id) else { return }
    let zero = [UInt8](repeating: 0, count: map.fullValueSize)
    for entry in all(map) { try? map.update(entry.key, zero) }
  }

  mutating func remove(_ keys: [[UInt8]], from id: Aggregation.ID) {
    guard let map = map(of: id) else { return }
    for key in keys {
      switch roles.aggregations[id] {
      case .hash: _ = try? map.delete(key)
      case .single: try? map.update([0, 0, 0, 0], [UInt8](repeating: 0, count: map.fullValueSize))
      case .symbols: try? map.update(Array(key.prefix(4)), [UInt8](repeating: 0, count: map.fullValueSize))
      case nil: break
      }
    }
  }

  private func map(of id: Aggregation.ID) -> Map? {
    switch roles.aggregations[id] {
    case .hash(let index)?, .single(let index)?, .symbols(let index)?: maps[index]
    case nil: nil
    }
  }
}
