import DSyntax
import IR
import Source

// print(): the value that a pointer leads to.

extension Checker {
  mutating func checkPrint(_ written: [Expression], _ range: SourceRange) -> TypedAction? {
    guard wants(1, 1, .print, written, range), let value = check(written[0]) else { return nil }
    guard let target = value.type.element, !value.type.isTranslated else {
      report(
        .argumentType("print", number: 1, given: spelled(value.type), wanted: "void *"), written[0].range)
      return nil
    }
    let printed = printed(target, depth: 0)
    guard printed.size > 0 else {
      report(
        .rule(
          tag: "D_PRINT_SIZE",
          "print( ) argument #1 reference has type '\(spelled(target))' with size 0; cannot print( ) it."),
        written[0].range)
      return nil
    }
    return .print(value, printed)
  }

  private mutating func printed(_ type: DType, depth: Int) -> PrintedType {
    let size = types.size(of: type) ?? 0
    let name = spelled(type)
    guard depth <= PrintedType.deepest else { return PrintedType(name: name, size: size, kind: .other) }
    switch type {
    case .integer(let integer):
      return PrintedType(
        name: name, size: size, kind: integer.name == "char" ? .character : .integer(signed: integer.signed))
    case .enumeration(let index):
      let values = types.enumerations[index].values.map { ($0.value, $0.key) }
      return PrintedType(
        name: name, size: size, kind: .enumeration(Dictionary(values) { min($0, $1) }))
    case .pointer: return PrintedType(name: name, size: size, kind: .pointer)
    case .string:
      return PrintedType(
        name: name, size: size,
        kind: .array(PrintedType(name: "char", size: 1, kind: .character), count: size))
    case .array(let element, let count):
      return PrintedType(name: name, size: size, kind: .array(printed(element, depth: depth + 1), count: count))
    case .record(let index):
      let record = types.records[index]
      if record.members.isEmpty, let known = types.kernel.printed(record.name) { return known }
      let members = record.members.map { member in
        PrintedType.Member(
          name: member.name, type: printed(member.type, depth: depth + 1), bitOffset: member.bitOffset,
          bitWidth: member.bitWidth)
      }
      return PrintedType(name: name, size: size, kind: .record(members))
    default: return PrintedType(name: name, size: size, kind: .other)
    }
  }
}
