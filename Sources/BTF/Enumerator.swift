/// A name that stands for a number.
package struct Enumerator: Sendable, Hashable {
  package var name: String
  /// Of an unsigned 64-bit enumeration, the same bits.
  package var value: Int64
}

extension TypeGraph {
  /// An enumeration's names, in order; empty for other types.
  package func enumerators(of id: TypeID) -> [Enumerator] {
    guard let record = record(resolved(id)), record.kind.isEnumeration else { return [] }
    return (0..<record.count).map { index in
      let entry = record.entries + index * record.kind.entrySize
      return Enumerator(name: text(at: Int(word(at: entry))), value: value(of: record, at: entry))
    }
  }

  /// The value of an enumerator of any enumeration: `TCP_ESTABLISHED` is 1.
  package func enumerator(named name: String) -> (value: Int64, type: TypeID)? {
    let wanted = [UInt8](name.utf8)
    guard !wanted.isEmpty, !wanted.contains(0) else { return nil }
    for id in enumerations {
      guard let record = record(TypeID(id)) else { continue }
      for index in 0..<record.count {
        let entry = record.entries + index * record.kind.entrySize
        if isText(at: Int(word(at: entry)), wanted) { return (value(of: record, at: entry), TypeID(id)) }
      }
    }
    return nil
  }

  private func value(of record: Record, at entry: Int) -> Int64 {
    let low = word(at: entry + 4)
    if record.kind == .wideEnumeration { return Int64(bitPattern: UInt64(low) | UInt64(word(at: entry + 8)) << 32) }
    return record.flag ? Int64(Int32(bitPattern: low)) : Int64(low)
  }
}
