/// BTF's kinds of type, by the number they have in a record (`include/uapi/linux/btf.h`).
package enum Kind: UInt8, Sendable, Hashable, CaseIterable {
  case void = 0
  case integer, pointer, array, structure, union, enumeration, forward, typedef, volatile, const, restrict
  case function, prototype, variable, section, float, declarationTag, typeTag, wideEnumeration

  /// Bytes of one of the `count` entries that follow the record's 12 bytes.
  var entrySize: Int {
    switch self {
    case .structure, .union, .section, .wideEnumeration: 12
    case .enumeration, .prototype: 8
    default: 0
    }
  }

  /// Bytes that follow the record's 12 bytes whatever its count is.
  var fixedSize: Int {
    switch self {
    case .integer, .variable, .declarationTag: 4
    case .array: 12
    default: 0
    }
  }

  /// The record's third word is another type, not a size.
  var refers: Bool {
    switch self {
    case .pointer, .typedef, .volatile, .const, .restrict, .function, .prototype, .variable, .declarationTag, .typeTag:
      true
    default: false
    }
  }

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
