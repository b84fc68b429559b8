/// A D type. Compared by structure; structures and enumerations by their place in the `TypeTable`.
package indirect enum DType: Sendable, Hashable {
  case void
  case integer(IntegerType)
  case floating(bytes: Int, name: String)
  /// D's own: `strsize` bytes, NUL-bounded, compared and assigned by value.
  case string
  /// `userland`: what it points to is the process's.
  case pointer(DType, userland: Bool)
  case array(DType, count: Int)
  /// A structure or union that D text or the kernel's BTF defines: an index in `TypeTable.records`.
  case record(Int)
  /// An index in `TypeTable.enumerations`.
  case enumeration(Int)
  case function
  /// What `stack()` and `ustack()` give.
  case stack(user: Bool)
  /// What `sym()` and its like give.
  case symbol
  /// What a translator makes, by name (`psinfo_t`); its members are computed, not read.
  case translated(String)
  /// What a translator of D text makes, by its place in `Names.translations`; its members are its expressions.
  case translation(Int)
  /// What an aggregation would be where a value is wanted.
  case dynamic

  package static let int = DType.integer(.int)
  package static let uint64 = DType.integer(IntegerType(8, signed: false, "uint64_t"))
  package static let int64 = DType.integer(IntegerType(8, signed: true, "int64_t"))
  package static let size = DType.integer(IntegerType(8, signed: false, "size_t"))
  package static let char = DType.integer(IntegerType(1, signed: true, "char"))
}

/// An integer type: bytes, sign, and the name it was given.
package struct IntegerType: Sendable, Hashable {
  package var bytes: Int
  package var signed: Bool
  package var name: String
  package init(_ bytes: Int, signed: Bool, _ name: String) {
    self.bytes = bytes
    self.signed = signed
    self.name = name
  }
  package static let int = IntegerType(4, signed: true, "int")

  package static func == (a: Self, b: Self) -> Bool { a.bytes == b.bytes && a.signed == b.signed }
  package func hash(into hasher: inout Hasher) {
    hasher.combine(bytes)
    hasher.combine(signed)
  }
}

extension DType {
  package var isInteger: Bool {
    switch self {
    case .integer, .enumeration: true
    default: false
    }
  }

  package var isArithmetic: Bool {
    if case .floating = self { return true }
    return isInteger
  }

  package var isPointer: Bool {
    switch self {
    case .pointer, .array: true
    default: false
    }
  }

  /// A structure, a union or an array, which stands for its address where a number is wanted.
  package var isAggregate: Bool {
    switch self {
    case .array, .record: true
    default: false
    }
  }

  package var isArray: Bool {
    if case .array = self { return true }
    return false
  }

  /// Whether it is made by a translator, or leads to what is.
  package var isTranslated: Bool {
    switch self {
    case .translated, .translation: true
    case .pointer(let target, _): target.isTranslated
    default: false
    }
  }

  /// Integers and pointers: what a condition may be made of.
  package var isScalar: Bool { isArithmetic || isPointer }

  package var isString: Bool { self == .string }

  /// What a pointer or an array leads to.
  package var element: DType? {
    switch self {
    case .pointer(let target, _): target
    case .array(let element, _): element
    default: nil
    }
  }

  /// A string, or a pointer or array of one-byte integers, which D reads as a string where one is wanted.
  package var isStringCompatible: Bool {
    if isString { return true }
    var content = element
    // A pointer to an array of them is where they begin, as `&` of one is.
    if case .pointer = self, case .array(let inner, _)? = content { content = inner }
    if case .integer(let type)? = content { return type.bytes == 1 }
    return false
  }

  /// The integer type of the value in a register; pointers are unsigned 64-bit numbers.
  package var integer: IntegerType {
    switch self {
    case .integer(let type): type
    case .enumeration: .int
    default: IntegerType(8, signed: false, "uintptr_t")
    }
  }

  package var isSigned: Bool { isInteger && integer.signed }
}

/// The usual conversions, as libdtrace does them: the wider wins, of equals the unsigned.
package func promoted(_ a: DType, _ b: DType) -> DType {
  let left = a.integer
  let right = b.integer
  let leftRank = left.bytes * 8 + (left.signed ? 0 : 1)
  let rightRank = right.bytes * 8 + (right.signed ? 0 : 1)
  return .integer(leftRank >= rightRank ? left : right)
}
