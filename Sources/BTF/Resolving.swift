extension TypeGraph {
  /// How many modifiers, typedefs or arrays are followed before a chain counts as endless.
  static var chainLimit: Int { 64 }

  /// The type behind typedefs, qualifiers and type tags. A chain that does not end is `void`.
  package func resolved(_ id: TypeID) -> TypeID {
    var id = id
    for _ in 0..<Self.chainLimit {
      guard let record = record(id) else { return .void }
      guard record.kind == .typedef || record.kind.isModifier else { return id }
      id = TypeID(record.word)
    }
    return .void
  }
}
