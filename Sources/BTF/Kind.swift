/// BTF's kinds of type, by the number they have in a record (`include/uapi/linux/btf.h`).
package enum Kind: UInt8, Sendable, Hashable, CaseIterable {
  case void = 0
  case integer, pointer, array, structure, union, enumeration, forward, typedef, volatile, const, restrict
  case function, prototype, variable, section, float, declarationTag, typeTag, wideEnumeration

  /// The highest number there is a kind for.
  static var last: UInt8 { 19 }

  /// Bytes that follow a record's 12 whatever its count is, and bytes of each of its entries: words of four, two bits a kind,
  /// because the pass over all records asks 126,000 times.
  @inline(__always)
  static func sizes(of number: UInt8) -> (fixed: Int, entry: Int) {
    let shift = UInt64(number) &* 2
    return (Int(fixedWords >> shift & 3) &* 4, Int(entryWords >> shift & 3) &* 4)
  }

  /// Bytes of one entry that follows a record.
  var entrySize: Int { Self.sizes(of: rawValue).entry }

  /// integer 1, array 3, variable 1, declaration tag 1.
  private static var fixedWords: UInt64 { 1 << 2 | 3 << 6 | 1 << 28 | 1 << 34 }
  /// structure 3, union 3, enumeration 2, prototype 2, section 3, wide enumeration 3.
  private static var entryWords: UInt64 { 3 << 8 | 3 << 10 | 2 << 12 | 2 << 26 | 3 << 30 | 3 << 38 }

  /// A record's third word is another type, not a size.
  @inline(__always)
  static func refers(_ number: UInt8) -> Bool { referring >> UInt32(number) & 1 != 0 }

  /// pointer 2, typedef 8, volatile 9, const 10, restrict 11, function 12, prototype 13, variable 14, tags 17 and 18.
  private static var referring: UInt32 { 1 << 2 | 0x7f << 8 | 1 << 17 | 1 << 18 }

  /// `const`, `volatile`, `restrict` and type tags: the same type to a reader of memory.
  package var isModifier: Bool {
    switch self {
    case .volatile, .const, .restrict, .typeTag: true
    default: false
    }
  }

  package var isStructureOrUnion: Bool { self == .structure || self == .union }
  package var isEnumeration: Bool { self == .enumeration || self == .wideEnumeration }
}
