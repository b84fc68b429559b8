package import Bytes

/// A type by its place in the kernel's list; 0 is `void`. Also what the kernel calls a BTF id.
package struct TypeID: Sendable, Hashable, Comparable {
  package var rawValue: UInt32
  package init(_ rawValue: UInt32) { self.rawValue = rawValue }
  package static let void = TypeID(0)
  package static func < (a: TypeID, b: TypeID) -> Bool { a.rawValue < b.rawValue }
}

/// A kernel's types: the bytes of `/sys/kernel/btf/vmlinux` with an index of where each type's record begins.
///
/// Made in one pass that checks everything a record refers to, so that no question about it can leave the bytes; what a
/// record says is read when somebody asks. Format: Documentation/bpf/btf.rst.
package struct TypeGraph: Sendable {
  let bytes: SharedBytes
  /// Where each type's record begins in `bytes`; entry 0, `void`, has no record.
  let offsets: [UInt32]
  /// Where the strings are in `bytes`.
  let strings: Range<Int>
  let names: NameIndex
  let functions = FunctionIndex()
  /// Enumerations in the order of the list: the values' names are searched, not indexed.
  let enumerations: [UInt32]

  /// - Parameter bytes: one whole BTF blob, little-endian.
  package init(_ bytes: [UInt8]) throws(BTFError) { try self.init(SharedBytes(bytes)) }

  /// - Parameter bytes: as above, kept and not copied.
  package init(_ bytes: SharedBytes) throws(BTFError) {
    let records = try Records(bytes.span)
    self.bytes = bytes
    offsets = records.offsets
    strings = records.strings
    enumerations = records.enumerations
    names = NameIndex(of: records.named, offsets: offsets, in: bytes.span, strings: strings)
  }

  /// Types in the list, `void` counted.
  package var count: Int { offsets.count }

  /// Bytes of the blob.
  package var byteCount: Int { bytes.count }

  package func kind(of id: TypeID) -> Kind {
    guard let record = record(id) else { return .void }
    return record.kind
  }

  /// The type's own name; empty when it has none.
  package func name(of id: TypeID) -> String {
    guard let record = record(id) else { return "void" }
    return text(at: record.name)
  }

  /// The words of a record, checked when the graph was made.
  struct Record {
    /// Offset of the name in the strings.
    let name: Int
    let kind: Kind
    /// Entries that follow.
    let count: Int
    /// A structure's members carry bit-field sizes; an enumeration is signed; a forward is a union.
    let flag: Bool
    /// A size in bytes or another type, as the kind says.
    let word: UInt32
    /// Where what follows the 12 bytes begins in the blob.
    let entries: Int
  }

  /// Nil for `void` and for ids that are not of this graph.
  func record(_ id: TypeID) -> Record? {
    guard id != .void, Int(id.rawValue) < offsets.count else { return nil }
    let at = Int(offsets[Int(id.rawValue)])
    let span = bytes.span
    let info = span.littleEndian(UInt32.self, at: at + 4)
    return Record(
      name: Int(span.littleEndian(UInt32.self, at: at)), kind: Kind(rawValue: UInt8(info >> 24 & 0x1f)) ?? .void,
      count: Int(info & 0xffff), flag: info >> 31 != 0, word: span.littleEndian(UInt32.self, at: at + 8),
      entries: at + 12)
  }

  /// The 32-bit word at an offset in the blob.
  func word(at offset: Int) -> UInt32 { bytes.span.littleEndian(UInt32.self, at: offset) }

  /// The name that begins at `offset` in the strings.
  func text(at offset: Int) -> String {
    String(decoding: bytes.span.text(at: strings.lowerBound + offset, limit: strings.count - offset), as: UTF8.self)
  }
}
