import DSyntax
import IR
import Source

extension Checker {
  /// `int x;`, `self string s;`, `int a[string];`, `typedef …;`, `struct s { … };`
  mutating func check(_ declaration: Declaration) {
    if declaration.storage == .typedef, !isKnown(declaration.specifiers) {
      let name = declaration.declarators.first?.name ?? ""
      report(.rule(tag: "D_SYNTAX", "syntax error near \"\(name);\""), declaration.specifiers.range)
      return
    }
    guard let base = resolve(declaration.specifiers) else { return }
    if declaration.declarators.isEmpty, declaration.specifiers.isPlain {
      report(.rule(tag: "D_DECL_USELESS", "useless declaration"), declaration.range)
    }
    for declarator in declaration.declarators {
      guard checkPrototypes(declarator) else { continue }
      guard let name = declarator.name, let type = apply(declarator, to: base) else { continue }
      switch declaration.storage {
      case .typedef:
        if let known = types.find(name), known != type, !types.mayBecome(name) {
          report(.redeclared(name), declarator.range)
        } else {
          types.define(name, as: type)
        }
      case .selfLocal: declare(name, .thread, type, declarator)
      case .thisLocal: declare(name, .clause, type, declarator)
      case .extern: declare(name, .global, type, declarator, true)
      case .auto, .register:
        report(
          .rule(tag: "D_DECL_BADCLASS", "specified storage class not appropriate in this context"), declarator.range)
      case .static, .global: declare(name, .global, type, declarator)
      }
    }
  }

  /// Whether a name that stands for a type is one; what is none is no type to the grammar of D.
  mutating func isKnown(_ specifiers: TypeSpecifiers) -> Bool {
    guard case .named(let name) = specifiers.base else { return true }
    return types.find(name) != nil || catalog.translators[name] != nil
  }

  private mutating func declare(
    _ name: String, _ scope: Variable.Scope, _ type: DType, _ declarator: Declarator, _ isExtern: Bool = false
  ) {
    // A function's declaration makes nothing that could be called or assigned to.
    guard type != .function else { return }
    if scope == .global, isTaken(name, declarator.range) || names.inlines[name] != nil {
      report(.redeclared(name), declarator.range)
      return
    }
    for layer in declarator.layers {
      guard case .tuple(let parameters) = layer else { continue }
      guard scope != .clause else {
        report(
          .rule(tag: "D_DECL_LOCASSC", "an associative array cannot be declared as a this-> variable: \(name)"),
          declarator.range)
        return
      }
      let key = parameters.compactMap { parameter -> DType? in
        guard let specifiers = parameter.specifiers, let base = resolve(specifiers) else { return nil }
        return apply(parameter, to: base)
      }
      guard key.count == parameters.count else { return }
      if names.array(name, perThread: scope == .thread) != nil {
        report(.redeclared(name), declarator.range)
        return
      }
      _ = names.addArray(name, perThread: scope == .thread, key: key, value: type)
      return
    }
    if case .array(_, 0) = type, isExtern { return }
    if case .array(_, 0) = type {
      report(.rule(tag: "D_DECL_ARRNULL", "the array's size is needed: \(name)"), declarator.range)
      return
    }
    if type == .void {
      report(.rule(tag: "D_DECL_VOIDOBJ", "cannot have void object: \(name)"), declarator.range)
      return
    }
    if let known = names.scalar(name, scope) {
      if let earlier = names.scalars[known].type, earlier != type { report(.redeclared(name), declarator.range) }
      return
    }
    let index = names.addScalar(name, scope, type: type)
    names.scalars[index].isAssigned = true
  }

  /// Whether D itself has something of that name.
  private func isTaken(_ name: String, _ range: SourceRange) -> Bool {
    Versions.has(name, in: options.version)
      && (BuiltinVariables.find(name, at: range) != nil || Subroutine(rawValue: name) != nil
        || ActionName(rawValue: name) != nil)
  }

  /// `inline string NAME = value;`
  mutating func check(_ inline: InlineDefinition) {
    guard let specifiers = inline.declaration.specifiers, let base = resolve(specifiers),
      let name = inline.declaration.name
    else { return }
    guard let type = apply(inline.declaration, to: base) else { return }
    expansions = 0
    if names.inlines[name]?.isLibrary == false || names.scalar(name, .global) != nil || isTaken(name, inline.range) {
      report(.redeclared(name), inline.range)
      return
    }
    var parameters: [(name: String, type: DType)] = []
    for layer in inline.declaration.layers {
      guard case .tuple(let written) = layer else { continue }
      for parameter in written {
        guard let specifiers = parameter.specifiers, let base = resolve(specifiers), let name = parameter.name,
          let type = apply(parameter, to: base)
        else { continue }
        parameters.append((name, type))
      }
    }
    let definition = Names.Inline(
      type: type, parameters: parameters, value: inline.value, isLibrary: borrowed != nil)
    if parameters.isEmpty, !definition.isLibrary {
      // Checked once here, so that a mistake in it is reported where it stands even when nobody uses it.
      guard expand(definition, [:], inline.range) != nil else { return }
    }
    names.inlines[name] = definition
  }
}

extension TypeSpecifiers {
  /// Neither a structure, a union nor an enumeration, which a declaration may be of without naming a variable.
  fileprivate var isPlain: Bool {
    switch base {
    case .words, .named: true
    case .record, .enumeration: false
    }
  }
}
