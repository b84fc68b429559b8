import Answers
import Bytes
import HostVM
import IR

/// One entry of a D program's aggregation, as data.
package struct AggregationRow: Sendable, Hashable {
  package enum Part: Sendable, Hashable {
    case integer(Int64)
    case text(String)
  }
  /// The parts of its key, in order; none for an aggregation without a key.
  package var key: [Part]
  /// As `Aggregation.Function.words` says: of count() and sum() the one number.
  package var words: [UInt64]

  /// The value of count(), sum(), min(), max() or avg().
  package var number: Int64 {
    switch words.count {
    case 2: Int64(bitPattern: words[1])
    default: Int64(bitPattern: words.first ?? 0)
    }
  }
}

extension HostProgram {
  /// The entries of an aggregation by its name.
  func rows(of name: String) -> [AggregationRow] {
    guard let id = program.aggregations.firstIndex(where: { $0.name == name }) else { return [] }
    let aggregation = program.aggregations[id]
    let offsets = KeyLayout(aggregation).offsets
    return machine.aggregationEntries(id).map { entry in
      let bytes = RawSpan(_elements: entry.key.span)
      let parts = zip(aggregation.key, offsets).map { part, offset -> AggregationRow.Part in
        switch part {
        case .value(.text(let capacity)):
          return .text(String(decoding: bytes.text(at: offset, limit: capacity), as: UTF8.self))
        case .value(.bytes): return .text("")  // The verifier lets no such key pass.
        case .value(.integer): return .integer(bytes.littleEndian(Int64.self, at: offset))
        case .kernelStack, .userStack: return .text("")
        case .address(let kind): return .integer(bytes.littleEndian(Int64.self, at: offset + (kind.isUser ? 8 : 0)))
        case .symbol: return .text(program.symbol(Int(clamping: bytes.littleEndian(UInt64.self, at: offset))))
        }
      }
      return AggregationRow(key: parts, words: entry.value)
    }
  }
}
