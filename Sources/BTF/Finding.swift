import Bytes

extension TypeGraph {
  /// The first type of one of `kinds` with this name; functions are found only when no other kind is wanted.
  package func find(_ name: String, _ kinds: Set<Kind>) -> TypeID? {
    let wanted = [UInt8](name.utf8)
    guard !wanted.isEmpty, !wanted.contains(0) else { return nil }
    var first: UInt32?
    let index = kinds == [.function] ? functionNames : names
    index.candidates(wanted) { id in
      guard let record = record(TypeID(id)), kinds.contains(record.kind), isText(at: record.name, wanted) else {
        return
      }
      first = min(first ?? id, id)
    }
    return first.map { TypeID($0) }
  }

  private var functionNames: NameIndex {
    functions.get {
      let ids = (1..<UInt32(max(1, count))).filter { id in record(TypeID(id)).map { $0.kind == .function } ?? false }
      return NameIndex(of: ids, offsets: offsets, in: bytes.span, strings: strings)
    }
  }

  package func structure(named name: String) -> TypeID? { find(name, [.structure]) }
  package func union(named name: String) -> TypeID? { find(name, [.union]) }
  package func enumeration(named name: String) -> TypeID? { find(name, [.enumeration, .wideEnumeration]) }
  package func typedef(named name: String) -> TypeID? { find(name, [.typedef]) }
  package func function(named name: String) -> TypeID? { find(name, [.function]) }
  /// An integer or floating type by its C name: `unsigned int`, `long unsigned int`.
  package func integer(named name: String) -> TypeID? { find(name, [.integer, .float]) }

  /// The name at `offset` in the strings is this one.
  func isText(at offset: Int, _ name: [UInt8]) -> Bool {
    begins(at: offset, with: name) && bytes.span.byte(at: strings.lowerBound + offset + name.count) == 0
  }

  private func begins(at offset: Int, with name: [UInt8]) -> Bool {
    let start = strings.lowerBound + offset
    // One more: the NUL that ends it.
    guard strings.upperBound - start > name.count else { return false }
    let span = bytes.span
    for index in 0..<name.count where span.byte(at: start + index) != name[index] { return false }
    return true
  }

  /// Every type of `kind` with its name, in the list's order.
  package func all(_ kind: Kind, prefix: String = "") -> [(id: TypeID, name: String)] {
    let wanted = [UInt8](prefix.utf8)
    var found: [(id: TypeID, name: String)] = []
    for index in 1..<max(1, count) {
      let id = TypeID(UInt32(index))
      guard let record = record(id), record.kind == kind, record.name != 0 else { continue }
      guard begins(at: record.name, with: wanted) else { continue }
      found.append((id, text(at: record.name)))
    }
    return found
  }
}
