import DSyntax
import Source

// Parameters of functions and keys of arrays, as a declaration gives them (libdtrace `dt_decl_prototype`).

extension Checker {
  /// Whether every parameter list and key list of the declarator is sound.
  mutating func checkPrototypes(_ declarator: Declarator) -> Bool {
    declarator.layers.allSatisfy { layer in
      switch layer {
      case .tuple(let keys): checkPrototype(keys, of: "array", allowsVoid: false)
      case .function(let parameters): checkPrototype(parameters, of: "function", allowsVoid: true)
      case .pointer, .array: true
      }
    }
  }

  private mutating func checkPrototype(_ parameters: [Declarator], of kind: String, allowsVoid: Bool) -> Bool {
    var hasVoid = false
    for (index, parameter) in parameters.enumerated() where !parameter.isEllipsis {
      let isDynamic = parameter.layers.contains { if case .tuple = $0 { true } else { false } }
      let isVoid = parameter.isVoid
      if isDynamic || isVoid && !allowsVoid {
        let type = isDynamic ? "dynamic variable" : "void"
        let name = parameter.name ?? "(anonymous)"
        report(.prototypeType(kind: kind, type: type, name: name, number: index + 1), parameter.range)
        return false
      }
      if isVoid, let name = parameter.name {
        report(.rule(tag: "D_DECL_PROTO_NAME", "void parameter may not have a name: \(name)"), parameter.range)
        return false
      }
      hasVoid = hasVoid || isVoid
    }
    guard hasVoid, parameters.count > 1 else { return true }
    report(
      .rule(tag: "D_DECL_PROTO_VOID", "void must be sole parameter"),
      parameters[0].range.through(parameters[parameters.count - 1].range))
    return false
  }
}

extension Declarator {
  /// `void`, and nothing that points to it.
  fileprivate var isVoid: Bool {
    guard layers.isEmpty, case .words(let words)? = specifiers?.base else { return false }
    return words.contains("void")
  }
}
