import DSyntax
import IR
import Source

/// Which memory a pointer may lead to, as far as the text tells.
struct PointerOrigins: OptionSet, Sendable {
  let rawValue: Int
  /// What alloca() and copyin() give.
  static let alloca = PointerOrigins(rawValue: 1)
  /// A variable of the program's.
  static let variable = PointerOrigins(rawValue: 2)
  /// The kernel's or the process's, or nobody knows whose.
  static let other = PointerOrigins(rawValue: 4)
}

// A pointer either leads to what was allocated or to what was not: libdtrace refuses the mixture, and copies only to the former.

extension Checker {
  /// Nothing for NULL.
  func origins(of typed: Typed) -> PointerOrigins {
    switch typed.kind {
    case .integer(0): return []
    case .call(let subroutine, _) where subroutine == .alloca || subroutine == .copyin: return .alloca
    case .variable(let index):
      return typed.type.isAggregate ? .variable : names.scalars[index].origins
    case .element(let array, _): return typed.type.isAggregate ? .variable : names.arrays[array].origins
    case .memory(let address, _, _):
      // An aggregate stands for its own address; what a pointer member holds is not known.
      return typed.type.isAggregate ? origins(of: address) : .other
    case .binary(_, let left, let right):
      return origins(of: left.type.isPointer || !right.type.isPointer ? left : right)
    case .convert(let inner): return origins(of: inner)
    case .conditional(_, let then, let otherwise): return origins(of: then).union(origins(of: otherwise))
    case .assign(_, let value): return origins(of: value)
    case .comma(_, let last): return origins(of: last)
    default: return .other
    }
  }

  /// Notes what a pointer variable is given; false where it then would hold both kinds.
  mutating func note(_ value: Typed, assignedTo target: Typed, _ range: SourceRange) -> Bool {
    if target.type.isString {
      switch value.kind {
      case .string([]): noteNull(target)
      case .integer(0): noteNull(target)
      default: break
      }
      return true
    }
    guard target.type.isPointer, value.type.isPointer else { return true }
    if case .conditional(_, let then, let otherwise) = value.kind {
      let (one, other) = (origins(of: then), origins(of: otherwise))
      if !one.isEmpty, !other.isEmpty, one.contains(.alloca) != other.contains(.alloca) {
        report(
          .rule(tag: "D_ALLOCA_INCOMPAT", "ternary conditional with alloca and non-alloca pointers not allowed"), range)
        return false
      }
    }
    let given = origins(of: value)
    let all: PointerOrigins
    let name: String
    switch target.kind {
    case .variable(let index):
      names.scalars[index].origins.formUnion(given)
      (all, name) = (names.scalars[index].origins, names.scalars[index].name)
    case .element(let array, _):
      names.arrays[array].origins.formUnion(given)
      (all, name) = (names.arrays[array].origins, names.arrays[array].name)
    default: return true
    }
    guard all.contains(.alloca), all != .alloca else { return true }
    report(
      .rule(
        tag: "D_ALLOCA_INCOMPAT",
        "\(name): cannot reuse the same identifier for both alloca and non-alloca allocations"),
      range)
    return false
  }

  /// The empty string is what NULL becomes, and an empty literal is one too.
  private mutating func noteNull(_ target: Typed) {
    switch target.kind {
    case .variable(let index): names.scalars[index].isNullable = true
    case .element(let array, _): names.arrays[array].isNullable = true
    default: break
    }
  }

  /// Whether a copy may go there; complains where it may not.
  mutating func isTarget(_ typed: Typed, of name: String, number: Int) -> Bool {
    let found = origins(of: typed)
    if !typed.type.isString, !found.isEmpty, !found.contains(.other) { return true }
    report(
      .argumentType(name, number: number, given: "non-alloca pointer", wanted: "alloca pointer"), typed.range)
    return false
  }
}
