package import BTF
import IR

/// `sdt:GROUP::NAME`: every trace event of the kernel, by the record that it writes; args[N] is its Nth field.
/// - Parameters:
///   - names: group and name of each event.
///   - fields: the fields of an event's record: C type, offset, bytes and sign.
package func sdtProvider(
  names: @escaping @Sendable () -> [(group: String, name: String)],
  fields: @escaping @Sendable (_ group: String, _ name: String) -> [EventField]
) -> Provider {
  Provider(
    name: "sdt", probes: [],
    list: {
      names().filter { isOffered($0.group) }.map { group, name in
        Probe(
          module: group, name: name, site: .traceEvent(group: group, name: name),
          find: { fields(group, name).enumerated().map { argument($0, $1) } })
      }
    })
}

/// `rawtp:GROUP::NAME`: every tracepoint of the kernel, by its own arguments, typed by BTF.
package func rawTracepointProvider(
  types: TypeGraph, names: @escaping @Sendable () -> [(group: String, name: String)]
) -> Provider {
  Provider(
    name: "rawtp", probes: [],
    list: {
      let known = Set(types.tracepointNames)
      return names().filter { isOffered($0.group) && known.contains($0.name) }.map { group, name in
        Probe(
          module: group, name: name, site: .tracepoint(name), find: { tracepointArguments(name, types) })
      }
    })
}

/// One field of an event's record.
package struct EventField: Sendable, Hashable {
  package var type: String
  package var offset: Int
  package var size: Int
  package var isSigned: Bool
  package init(type: String, offset: Int, size: Int, isSigned: Bool) {
    self.type = type
    self.offset = offset
    self.size = size
    self.isSigned = isSigned
  }
}

/// System calls have a provider of their own, and what others make while they trace is theirs.
private func isOffered(_ group: String) -> Bool {
  !["syscalls", "kprobes", "uprobes", "ftrace"].contains(group) && !group.hasPrefix("dt_")
}

private func argument(_ index: Int, _ field: EventField) -> Argument {
  let record = Recipe.builtin(.context)
  // A text whose place in the record is told by a word: the offset in its low half (Documentation/trace/events.rst).
  if field.type.hasPrefix("__data_loc") {
    let place = Recipe.binary(
      .and, .load(record, offset: field.offset, .word, signed: false), .constant(0xffff))
    return Argument("arg\(index)", "char *", .binary(.add, record, place))
  }
  guard !field.type.hasSuffix("]"), let width = Width(rawValue: UInt8(clamping: field.size)) else {
    let element = field.type.prefix { $0 != "[" }.split(separator: " ").filter { $0 != "const" }.joined(separator: " ")
    return Argument("arg\(index)", "\(element) *", .binary(.add, record, .constant(Int64(field.offset))))
  }
  return Argument(
    "arg\(index)", field.type, .load(record, offset: field.offset, width, signed: field.isSigned))
}

private func tracepointArguments(_ name: String, _ types: TypeGraph) -> [Argument] {
  (types.tracepoint(named: name)?.arguments ?? []).enumerated().map { index, argument in
    let word = Recipe.word(index)
    let recipe: Recipe
    switch types[types.resolved(argument.type)] {
    case .integer(let integer) where integer.size < 8: recipe = narrowed(word, integer.size * 8, integer.signed)
    case .enumeration: recipe = narrowed(word, 32, false)
    default: recipe = word
    }
    return Argument("arg\(index)", types.describe(argument.type), recipe)
  }
}

/// The low bits of a word: the kernel puts narrow arguments into theirs without their signs.
private func narrowed(_ word: Recipe, _ bits: Int, _ isSigned: Bool) -> Recipe {
  let shift = Recipe.constant(Int64(64 - bits))
  return .binary(
    isSigned ? .shiftRightSigned : .shiftRightUnsigned, .binary(.shiftLeft, word, shift), shift)
}
