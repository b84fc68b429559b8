extension Declaration {
  package var printed: String {
    list(["declare"] + (storage.word.map { [$0] } ?? []) + [specifiers.printed] + declarators.map(\.printed))
  }
}

extension Declaration.StorageClass {
  fileprivate var word: String? {
    switch self {
    case .global: nil
    case .extern: "extern"
    case .static: "static"
    case .auto: "auto"
    case .register: "register"
    case .typedef: "typedef"
    case .selfLocal: "self"
    case .thisLocal: "this"
    }
  }
}

extension TypeSpecifiers {
  /// `const unsigned long`, `(struct s (int x))`
  package var printed: String {
    var words: [String] = []
    if isConst { words.append("const") }
    if isVolatile { words.append("volatile") }
    if isRestrict { words.append("restrict") }
    if isUserland { words.append("userland") }
    switch base {
    case .words(let names): words += names.isEmpty ? ["untyped"] : names
    case .named(let name): words.append(name)
    case .record(let kind, let tag, let members):
      let word = kind == .structure ? "struct" : "union"
      words.append(tagged(word, tag, members?.map { list([$0.specifiers.printed] + $0.declarators.map(\.printed)) }))
    case .enumeration(let tag, let members):
      words.append(tagged("enum", tag, members?.map(\.printed)))
    }
    return words.joined(separator: " ")
  }

  private func tagged(_ word: String, _ tag: String?, _ members: [String]?) -> String {
    let head = [word] + (tag.map { [$0] } ?? [])
    guard let members else { return head.joined(separator: " ") }
    return list(head + members)
  }
}

extension TypeSpecifiers.Enumerator {
  fileprivate var printed: String { value.map { list("=", name, $0.printed) } ?? name }
}

extension Declarator {
  /// `x`, `(x (array 3) pointer)`: the name, then what stands around it from the inside out; a type of its own first.
  package var printed: String {
    if isEllipsis { return "..." }
    var parts: [String] = []
    if let specifiers { parts.append(specifiers.printed) }
    if let name { parts.append(name) }
    parts += layers.map(\.printed)
    if let bitWidth { parts.append(list("bits", bitWidth.printed)) }
    return parts.count == 1 ? parts[0] : list(parts)
  }
}

extension Declarator.Layer {
  fileprivate var printed: String {
    switch self {
    case .pointer(let isConst): isConst ? "const-pointer" : "pointer"
    case .array(let count): list(["array"] + (count.map { [$0.printed] } ?? []))
    case .tuple(let keys): list(["keys"] + keys.map(\.printed))
    case .function(let parameters): list(["function"] + parameters.map(\.printed))
    }
  }
}

extension TypeName {
  package var printed: String {
    declarator.layers.isEmpty ? "<\(specifiers.printed)>" : "<\(specifiers.printed) \(declarator.printed)>"
  }
}

extension ProviderDeclaration.Probe {
  package var printed: String {
    var parts = ["probe", name, list(["from"] + arguments.map(\.printed))]
    if let translated { parts.append(list(["to"] + translated.map(\.printed))) }
    return list(parts)
  }
}
