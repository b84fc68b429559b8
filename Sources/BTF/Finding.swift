import Bytes

extension TypeGraph {
  /// The first type of one of `kinds` with this name.
  package func find(_ name: String, _ kinds: Set<Kind>) -> TypeID? {
    let wanted = [UInt8](name.utf8)
    guard !wanted.isEmpty, !wanted.contains(0) else { return nil }
    var first: UInt32?
    names.candidates(wanted) { id in
      guard let record = record(TypeID(id)), kinds.contains(record.kind), isNamed(record, wanted) else { return }
      first = min(first ?? id, id)
    }
    return first.map { TypeID($0) }
  }

  package func structure(named name: String) -> TypeID? { find(name, [.structure]) }
  package func union(named name: String) -> TypeID? { find(name, [.union]) }
  package func enumeration(named name: String) -> TypeID? { find(name, [.enumeration, .wideEnumeration]) }
  package func typedef(named name: String) -> TypeID? { find(name, [.typedef]) }
  package func function(named name: String) -> TypeID? { find(name, [.function]) }
  /// An integer or floating type by its C name: `unsigned int`, `long unsigned int`.
  package func integer(named name: String) -> TypeID? { find(name, [.integer, .float]) }

  func isNamed(_ record: Record, _ name: [UInt8]) -> Bool {
    let start = strings.lowerBound + record.name
    guard strings.upperBound - start > name.count, bytes[start + name.count] == 0 else { return false }
    for index in 0..<name.count where bytes[start + index] != name[index] { return false }
    return true
  }

  /// Every type of `kind` with its name, in the list's order.
  package func all(_ kind: Kind, prefix: String = "") -> [(id: TypeID, name: String)] {
    let wanted = [UInt8](prefix.utf8)
    var found: [(id: TypeID, name: String)] = []
    for index in 1..<max(1, count) {
      let id = TypeID(UInt32(index))
      guard let record = record(id), record.kind == kind, record.name != 0 else { continue }
      let start = strings.lowerBound + record.name
      guard strings.upperBound - start > wanted.count, bytes[start..<start + wanted.count].elementsEqual(wanted) else {
        continue
      }
      found.append((id, text(at: record.name)))
    }
    return found
  }
}
