extension TypeTable {
  /// The type as D writes it, for messages.
  package func name(of type: DType) -> String {
    switch type {
    case .void: "void"
    case .integer(let integer): integer.name
    case .floating(_, let name): name
    case .string: "string"
    case .pointer(let target, _) where target.isTranslated: "pointer to " + name(of: target)
    case .pointer(let target, _): name(of: target) + " *"
    case .array(let element, let count): name(of: element) + " [\(count)]"
    case .record(let index): records[index].name
    case .enumeration(let index): enumerations[index].name
    case .function: "function"
    case .stack: "stack"
    case .symbol: "_symaddr"
    case .dynamic: "dynamic variable"
    case .translated, .translation: "translated data"
    }
  }

  /// The type as illumos' print() writes it: records by their typedefs; D has one type for all functions, `int ()`.
  package func alias(of type: DType) -> String {
    switch type {
    case .pointer(.function, _): "int (*)()"
    case .pointer(let target, _) where !target.isTranslated: alias(of: target) + " *"
    case .array(let element, let count): alias(of: element) + " [\(count)]"
    case .record(let index): aliases[index] ?? records[index].name
    default: name(of: type)
    }
  }
}
