import DSyntax
import IR
import Probes
import Source

// print(): the value that a pointer leads to.

extension Checker {
  mutating func checkPrint(_ written: [Expression], _ range: SourceRange) -> TypedAction? {
    guard wants(1, 1, .print, written, range), let value = check(written[0]) else { return nil }
    guard case .pointer(let target, _) = value.type, !value.type.isTranslated, target != .void, target != .function
    else {
      return checkShown(value, written[0])
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

  /// What no pointer leads to is shown as it is, in illumos's manner. A bare number has no type to be shown as.
  private mutating func checkShown(_ value: Typed, _ written: Expression) -> TypedAction? {
    switch (value.type, written.kind) {
    case (_, .integer), (.void, _), (.dynamic, _), (.function, _), (.stack, _), (.symbol, _):
      break
    case (.translated, _), (.translation, _): return checkAssembled(value, isPrinted: true, written.range)
    default:
      if value.type.isTranslated { break }
      var type = printed(value.type, depth: 0)
      if value.type.isString {
        // `strsize` characters and their NUL.
        type.size += 1
        type.kind = .array(PrintedType(name: "char", size: 1, kind: .character), count: type.size)
      }
      guard type.size > 0 else { break }
      return .show(type, size: type.size, [(0..<type.size, value)])
    }
    report(.argumentType("print", number: 1, given: spelled(value.type), wanted: "void *"), written.range)
    return nil
  }

  /// What a translator makes, for trace() and print(): the members that it has, the others zero.
  mutating func checkAssembled(_ value: Typed, isPrinted: Bool, _ range: SourceRange) -> TypedAction? {
    guard case .record(let record)? = assembledType(value.type) else {
      report(.traceDynamic, range)
      return nil
    }
    var parts: [(place: Range<Int>, value: Typed)] = []
    for member in types.records[record].members where member.bitWidth == nil && makes(member.name, value.type) {
      guard let part = checkMember(of: value, ".", member.name, range) else { return nil }
      // A provider's table may have as a number what is a structure in Solaris.
      guard fits(part.type, in: member.type) else { continue }
      let start = member.bitOffset / 8
      parts.append((start..<start + (types.size(of: member.type) ?? 0), part))
    }
    let type = printed(.record(record), depth: 0)
    return .show(isPrinted ? type : nil, size: type.size, parts)
  }

  private func fits(_ part: DType, in member: DType) -> Bool {
    switch member {
    case .record: part == member
    case .array: part.isArray || part.isString
    case .string: part.isStringCompatible
    default: part.isScalar && !part.isArray
    }
  }

  /// The record that a translated value would be; its definition may be a library's that nothing has asked for yet.
  private mutating func assembledType(_ type: DType) -> DType? {
    if case .translated(let name) = type { return findType(catalog.translators[name]?.output ?? name) }
    return outputOfTranslation(type)?.output
  }

  /// Whether the translator, or the provider's table, says how the member is had.
  private mutating func makes(_ member: String, _ type: DType) -> Bool {
    switch type {
    case .translation(let index): return names.translations[index].members[member] != nil
    case .translated(let name):
      if catalog.translators[name]?.member(member) != nil { return true }
      return libraryTranslation(of: name).map { names.translations[$0].members[member] != nil } ?? false
    default: return false
    }
  }

  private mutating func printed(_ type: DType, depth: Int) -> PrintedType {
    let size = types.size(of: type) ?? 0
    var made = named(type, size: size, depth: depth)
    made.alias = types.alias(of: type)
    if made.alias == made.name { made.alias = nil }
    return made
  }

  private mutating func named(_ type: DType, size: Int, depth: Int) -> PrintedType {
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
