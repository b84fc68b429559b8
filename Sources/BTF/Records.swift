import Bytes

/// One pass over a blob: where the records are, and that nothing in them points outside. Afterwards every type and every
/// name that a record mentions is there, so readers need no error path.
struct Records {
  private(set) var offsets: [UInt32] = [0]
  private(set) var enumerations: [UInt32] = []
  private(set) var strings: Range<Int> = 0..<0
  /// Types with a name that are not functions, in the list's order.
  private(set) var named: [UInt32] = []

  private static let magic: UInt16 = 0xeb9f
  private static let headerSize = 24

  /// - Parameter span: the blob, header first (`struct btf_header`).
  init(_ span: RawSpan) throws(BTFError) {
    let types = try readHeader(span)
    offsets.reserveCapacity(types.count / 24)
    try readRecords(span, types)
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
      let number = UInt8(info >> 24 & 0x1f)
      guard number != 0, number <= Kind.last else { throw .unknownKind(number, type: offsets.count) }
      let sizes = Kind.sizes(of: number)
      let size = 12 + sizes.fixed + sizes.entry * Int(info & 0xffff)
      guard end - at >= size else { throw .truncated(needed: size, available: end - at) }
      let name = span.littleEndian(UInt32.self, at: at)
      lastName = max(lastName, name)
      if name != 0, number != Kind.function.rawValue { named.append(UInt32(truncatingIfNeeded: offsets.count)) }
      if Kind.refers(number) { lastType = max(lastType, span.littleEndian(UInt32.self, at: at + 8)) }
      if size > 12 {
        let rest = span.extracting(at + 12..<at + size)
        switch Kind(rawValue: number) {
        case .structure, .union: (lastName, lastType) = Self.largest(rest, 12, lastName, lastType)
        case .prototype: (lastName, lastType) = Self.largest(rest, 8, lastName, lastType)
        case .section: lastType = Self.largest(rest, 12, lastType)
        case .enumeration: lastName = Self.largest(rest, 8, lastName)
        case .wideEnumeration: lastName = Self.largest(rest, 12, lastName)
        case .array: lastType = Self.largest(rest.extracting(0..<8), 4, lastType)
        default: break
        }
        if number == Kind.enumeration.rawValue || number == Kind.wideEnumeration.rawValue {
          enumerations.append(UInt32(offsets.count))
        }
      }
      offsets.append(UInt32(truncatingIfNeeded: at))
      at += size
    }
    guard lastType < offsets.count else { throw .danglingType(Int(lastType), count: offsets.count) }
    guard lastName < strings.count else { throw .danglingName(Int(lastName), count: strings.count) }
  }

  /// The largest first word of the entries, or `sofar`.
  @inline(__always)
  private static func largest(_ entries: RawSpan, _ size: Int, _ sofar: UInt32) -> UInt32 {
    var largest = sofar
    var at = 0
    while at < entries.byteCount {
      largest = max(largest, entries.littleEndian(UInt32.self, at: at))
      at &+= size
    }
    return largest
  }

  /// The largest first and second word of the entries, or those so far.
  @inline(__always)
  private static func largest(_ entries: RawSpan, _ size: Int, _ first: UInt32, _ second: UInt32) -> (UInt32, UInt32) {
    var (first, second) = (first, second)
    var at = 0
    while at < entries.byteCount {
      let words = entries.littleEndian(UInt64.self, at: at)
      first = max(first, UInt32(truncatingIfNeeded: words))
      second = max(second, UInt32(truncatingIfNeeded: words >> 32))
      at &+= size
    }
    return (first, second)
  }
}
