import Bytes

/// What a type is, read out of its record.
package enum Shape: Sendable, Hashable {
  case void
  case integer(Integer)
  case pointer(to: TypeID)
  case array(of: TypeID, count: Int)
  /// Size in bytes; the members are asked for with `members(of:)`.
  case structure(size: Int)
  case union(size: Int)
  /// Size in bytes; the values are asked for with `enumerators(of:)`.
  case enumeration(size: Int, signed: Bool)
  /// A structure or union that the kernel's types do not define.
  case forward(isUnion: Bool)
  case typedef(TypeID)
  case const(TypeID)
  case volatile(TypeID)
  case restrict(TypeID)
  case function(prototype: TypeID)
  /// The parameters are asked for with `parameters(of:)`.
  case prototype(returns: TypeID)
  case variable(TypeID)
  case section(size: Int)
  case float(size: Int)
  /// A tag on a type (`component` -1) or on one of its members or parameters.
  case declarationTag(TypeID, component: Int)
  case typeTag(TypeID)

  package struct Integer: Sendable, Hashable {
    /// Bytes.
    package var size: Int
    package var signed: Bool
    package var isBoolean: Bool
    package var isCharacter: Bool

    package init(size: Int, signed: Bool, isBoolean: Bool = false, isCharacter: Bool = false) {
      self.size = size
      self.signed = signed
      self.isBoolean = isBoolean
      self.isCharacter = isCharacter
    }
  }
}

extension TypeGraph {
  /// What the type is; `void` for an id that is not of this graph.
  package subscript(id: TypeID) -> Shape {
    guard let record = record(id) else { return .void }
    let other = TypeID(record.word)
    let size = Int(record.word)
    switch record.kind {
    case .void: return .void
    case .integer:
      // Bits 24-27 of the word that follows: BTF_INT_SIGNED, BTF_INT_CHAR, BTF_INT_BOOL.
      let encoding = word(at: record.entries) >> 24 & 0xf
      return .integer(
        Shape.Integer(
          size: size, signed: encoding & 1 != 0, isBoolean: encoding & 4 != 0, isCharacter: encoding & 2 != 0))
    case .pointer: return .pointer(to: other)
    case .array: return .array(of: TypeID(word(at: record.entries)), count: Int(word(at: record.entries + 8)))
    case .structure: return .structure(size: size)
    case .union: return .union(size: size)
    case .enumeration, .wideEnumeration: return .enumeration(size: size, signed: record.flag)
    case .forward: return .forward(isUnion: record.flag)
    case .typedef: return .typedef(other)
    case .const: return .const(other)
    case .volatile: return .volatile(other)
    case .restrict: return .restrict(other)
    case .function: return .function(prototype: other)
    case .prototype: return .prototype(returns: other)
    case .variable: return .variable(other)
    case .section: return .section(size: size)
    case .float: return .float(size: size)
    case .declarationTag:
      return .declarationTag(other, component: Int(Int32(bitPattern: word(at: record.entries))))
    case .typeTag: return .typeTag(other)
    }
  }

  /// Bytes of a value of the type; nil where it has no size (`void`, functions, forwards) or none that fits 2³¹.
  /// - Parameter pointer: bytes of a pointer; the kernel's types are those of a 64-bit kernel.
  package func size(of id: TypeID, pointer: Int = 8) -> Int? {
    var id = id
    var factor = 1
    for _ in 0..<Self.chainLimit {
      let size: Int
      switch self[id] {
      case .integer(let integer): size = integer.size
      case .structure(let bytes), .union(let bytes), .section(let bytes), .enumeration(let bytes, _), .float(let bytes):
        size = bytes
      case .pointer: size = pointer
      case .array(let element, let count):
        let (product, overflow) = factor.multipliedReportingOverflow(by: count)
        guard !overflow, product <= Int(Int32.max) else { return nil }
        (id, factor) = (element, product)
        continue
      case .typedef(let next), .const(let next), .volatile(let next), .restrict(let next), .typeTag(let next),
        .variable(let next):
        id = next
        continue
      default: return nil
      }
      let (product, overflow) = factor.multipliedReportingOverflow(by: size)
      return overflow || product > Int(Int32.max) ? nil : product
    }
    return nil
  }

  /// The type as C writes it: `const struct sk_buff *`, `u8[16]`.
  package func describe(_ id: TypeID) -> String { describe(id, depth: Self.chainLimit) }

  private func describe(_ id: TypeID, depth: Int) -> String {
    guard depth > 0 else { return "…" }
    func next(_ id: TypeID) -> String { describe(id, depth: depth - 1) }
    let name = name(of: id).isEmpty ? "(anonymous)" : name(of: id)
    switch self[id] {
    case .void: return "void"
    case .pointer(let target):
      if case .prototype(let result) = self[target] { return next(result) + " (*)()" }
      let target = next(target)
      return target + (target.hasSuffix("*") ? "*" : " *")
    case .array(let element, let count): return next(element) + "[\(count)]"
    case .structure: return "struct " + name
    case .union: return "union " + name
    case .enumeration: return "enum " + name
    case .forward(let isUnion): return (isUnion ? "union " : "struct ") + name
    case .const(let type): return kind(of: type) == .pointer ? next(type) + " const" : "const " + next(type)
    case .volatile(let type): return "volatile " + next(type)
    case .restrict(let type): return next(type) + " restrict"
    case .typeTag(let type): return next(type)
    case .prototype(let result): return next(result) + " ()"
    case .integer, .float, .typedef, .function, .variable, .section, .declarationTag: return name
    }
  }
}
