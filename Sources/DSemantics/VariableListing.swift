package import IR

/// What a listing says of a variable that the text names: its type in dtrace(1)'s words, and its place by C's rules among those of its
/// scope, in the order of their declaration. The emitter keeps each on a multiple of 8.
package struct VariableListing: Sendable {
  package var name: String
  package var scope: Variable.Scope
  package var offset: Int
  /// `D type (integer) (size 4)`
  package var type: String
  /// Whether it is reached by its address and never loaded whole.
  package var isByReference: Bool
}

extension Checker {
  /// One for each scalar variable, in the order of their IDs.
  var variableListings: [VariableListing] {
    var ends: [Variable.Scope: Int] = [:]
    return names.scalars.map { scalar in
      let type = scalar.type ?? .int64
      let (word, size, alignment, isAggregate) = layout(of: type)
      var offset = 0
      // Each of a thread's variables is memory of its own.
      if scalar.scope != .thread {
        offset = (ends[scalar.scope, default: 0] + alignment - 1) / alignment * alignment
        ends[scalar.scope] = offset + size
      }
      let reference = isAggregate || type.isString ? " by ref" : ""
      return VariableListing(
        name: scalar.name, scope: scalar.scope, offset: offset,
        type: (type.isString ? "string (unknown)" : "D type (\(word))") + reference + " (size \(size))",
        isByReference: isAggregate)
    }
  }

  private func layout(of type: DType) -> (word: String, size: Int, alignment: Int, isAggregate: Bool) {
    let size = types.size(of: type) ?? 8
    switch type {
    case .string: return ("string", options.stringSize, 8, false)
    case .array(let element, _): return ("array", size, layout(of: element).alignment, true)
    case .record(let index):
      let record = types.records[index]
      // Without the padding behind the last member.
      let end = record.members.map { $0.bitOffset / 8 + (types.size(of: $0.type) ?? 0) }.max() ?? size
      return (record.isUnion ? "union" : "struct", min(size, end), 8, true)
    case .pointer: return ("pointer", 8, 8, false)
    case .enumeration: return ("enum", size, 4, false)
    case .integer(let integer): return ("integer", integer.bytes, integer.bytes, false)
    default: return ("unknown", size, 8, false)
    }
  }
}
