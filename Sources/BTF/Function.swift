/// A parameter of a function's prototype.
package struct Parameter: Sendable, Hashable {
  /// Empty where the prototype has no names.
  package var name: String
  /// `void` for the end of a list of any length (`...`).
  package var type: TypeID
}

extension TypeGraph {
  /// The parameters of a function or of a prototype, in order; empty for other types.
  package func parameters(of id: TypeID) -> [Parameter] {
    var id = resolved(id)
    if case .function(let prototype) = self[id] { id = prototype }
    guard let record = record(id), record.kind == .prototype else { return [] }
    return (0..<record.count).map { index in
      let entry = record.entries + index * 8
      return Parameter(name: text(at: Int(word(at: entry))), type: TypeID(word(at: entry + 4)))
    }
  }
}
