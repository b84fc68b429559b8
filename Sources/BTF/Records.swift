import Bytes

/// One pass over a blob: where the records are, and that nothing in them points outside. Afterwards every type and every
/// name that a record mentions is there, so readers need no error path.
struct Records {
  private(set) var offsets: [UInt32] = [0]
  private(set) var enumerations: [UInt32] = []
  private(set) var strings: Range<Int> = 0..<0
  private(set) var names = NameIndex()

  private static let magic: UInt16 = 0xeb9f
  private static let headerSize = 24

  /// - Parameter span: the blob, header first (`struct btf_header`).
  init(_ span: RawSpan) throws(BTFError) {
    let types = try readHeader(span)
    offsets.reserveCapacity(types.count / 24)
    try readRecords(span, types)
    names = NameIndex(of: offsets, in: span, strings: strings)
  }

  /// Checks the header, notes the strings, and gives the bytes of the types.
  private mutating func readHeader(_ span: RawSpan) throws(BTFError) -> Range<Int> {
    guard span.byteCount >= Self.headerSize else {
      throw .truncated(needed: Self.headerSize, available: span.byteCount)
    }
    // Offsets are stored in 32 bits; no kernel's types come near.
    guard span.byteCount <= Int(Int32.max) else {
      throw .badSection(offset: 0, count: span.byteCount, available: Int(Int32.max))
    }
    let magic = span.littleEndian(UInt16.self, at: 0)
    guard magic == Self.magic else { throw .notBTF(magic: magic) }
    guard span.byte(at: 2) == 1 else { throw .unsupportedVersion(span.byte(at: 2)) }
    let header = Int(span.littleEndian(UInt32.self, at: 4))
    guard header >= Self.headerSize else { throw .truncated(needed: Self.headerSize, available: header) }
    func section(_ field: Int) throws(BTFError) -> Range<Int> {
      let offset = header + Int(span.littleEndian(UInt32.self, at: field))
      let count = Int(span.littleEndian(UInt32.self, at: field + 4))
      guard offset % 4 == 0 || field == 16, offset + count <= span.byteCount else {
        throw .badSection(offset: offset, count: count, available: span.byteCount)
      }
      return offset..<offset + count
    }
    let types = try section(8)
    strings = try section(16)
    // The strings begin with the empty name and end with a NUL, so that every name in them ends.
    guard !strings.isEmpty, span.byte(at: strings.lowerBound) == 0, span.byte(at: strings.upperBound - 1) == 0 else {
      throw .danglingName(0, count: strings.count)
    }
    return types
  }

  private mutating func readRecords(_ span: RawSpan, _ types: Range<Int>) throws(BTFError) {
    var at = types.lowerBound
    let end = types.upperBound
    // The largest reference of each sort: types may be named before they come, so they are compared when all are read.
    var lastType: UInt32 = 0
    var lastName: UInt32 = 0
    while at < end {
      guard end - at >= 12 else { throw .truncated(needed: 12, available: end - at) }
      let info = span.littleEndian(UInt32.self, at: at + 4)
      guard let kind = Kind(rawValue: UInt8(info >> 24 & 0x1f)), kind != .void else {
        throw .unknownKind(UInt8(info >> 24 & 0x1f), type: offsets.count)
      }
      let count = Int(info & 0xffff)
      let size = 12 + kind.fixedSize + kind.entrySize * count
      guard end - at >= size else { throw .truncated(needed: size, available: end - at) }
      lastName = max(lastName, span.littleEndian(UInt32.self, at: at))
      if kind.refers { lastType = max(lastType, span.littleEndian(UInt32.self, at: at + 8)) }
      switch kind {
      case .structure, .union, .prototype:
        for entry in stride(from: at + 12, to: at + size, by: kind.entrySize) {
          lastName = max(lastName, span.littleEndian(UInt32.self, at: entry))
          lastType = max(lastType, span.littleEndian(UInt32.self, at: entry + 4))
        }
      case .section:
        for entry in stride(from: at + 12, to: at + size, by: 12) {
          lastType = max(lastType, span.littleEndian(UInt32.self, at: entry))
        }
      case .enumeration, .wideEnumeration:
        enumerations.append(UInt32(offsets.count))
        for entry in stride(from: at + 12, to: at + size, by: kind.entrySize) {
          lastName = max(lastName, span.littleEndian(UInt32.self, at: entry))
        }
      case .array:
        lastType = max(lastType, span.littleEndian(UInt32.self, at: at + 12))
      default: break
      }
      offsets.append(UInt32(at))
      at += size
    }
    guard lastType < offsets.count else { throw .danglingType(Int(lastType), count: offsets.count) }
    guard lastName < strings.count else { throw .danglingName(Int(lastName), count: strings.count) }
  }
}
