package import DSyntax
import IR
import Source

// `-x tree=N`: bit 0 asks for the tree as it was read, bit 1 for each clause's once its names and types are known, for each of its
// descriptions, and bit 2 for the whole program's then.

/// The trees that `options.parseTrees` asks for, as text; a script that was compiled by the same catalog and types.
package func parseTrees(
  _ script: Script, catalog: Catalog, types: any KernelTypes, options: Options
) -> String {
  var catalog = catalog
  var found = Diagnostics()
  let probes = bindProbes(script, &catalog, options, &found)
  var checker = Checker(
    types: TypeTable(kernel: types, narrowLongs: options.narrowLongs), catalog: catalog, options: options,
    found: Diagnostics())
  var text = ""
  if options.parseTrees & 1 != 0 {
    text += "Parse tree (Pass 1):\n" + ParseTreeMaker(checker: checker, pass: .read).program(script, probes)
  }
  var number = 0
  for item in script.items {
    checker.check(item, number: number, probes: probes)
    guard case .clause(let clause) = item else { continue }
    var maker = ParseTreeMaker(checker: checker, pass: .checked)
    maker.checker.current = probes[number]
    for description in clause.probes where options.parseTrees & 2 != 0 {
      text += "Parse tree (Pass 2):\n" + maker.node(clause, firing: description).lines(depth: 1)
    }
    number += 1
  }
  if options.parseTrees & 4 != 0 {
    text += "Parse tree (Pass 3):\n" + ParseTreeMaker(checker: checker, pass: .whole).program(script, probes)
  }
  // Who reads one tree reads until the next begins.
  return text + "Parse tree (end)\n"
}

extension Checker {
  /// One item of a script, for what it brings into being.
  fileprivate mutating func check(_ item: Script.Item, number: Int, probes: [[Int]]) {
    switch item {
    case .clause(let clause): _ = check(clause, number: number, probes: probes[number])
    case .declaration(let declaration): check(declaration)
    case .inline(let inline): check(inline)
    case .translator(let translator): check(translator)
    case .provider, .pragma: break
    }
  }
}

/// Makes the nodes: of what was read, or (cooked) of what the checks have made of it.
struct ParseTreeMaker {
  /// Of the whole program it is known what arguments were left out, too.
  enum Pass { case read, checked, whole }
  var checker: Checker
  let pass: Pass

  init(checker: Checker, pass: Pass) {
    self.checker = checker
    self.pass = pass
  }

  var isCooked: Bool { pass != .read }

  func program(_ script: Script, _ probes: [[Int]]) -> String {
    var maker = self
    var parts: [ParseNode.Part] = []
    var number = 0
    for item in script.items {
      switch item {
      case .clause(let clause):
        maker.checker.current = probes[number]
        parts.append(.node(maker.node(clause, firing: clause.probes.last)))
        number += 1
      case .inline(let inline):
        let name = inline.declaration.name ?? ""
        let type = maker.checker.names.inlines[name]?.type
        parts.append(.node(ParseNode("INLINE \(name)", details(of: type), [.node(maker.node(inline.value))])))
      case .translator(let translator): parts.append(.node(maker.node(translator)))
      case .provider(let provider):
        let its = provider.probes.map { ParseNode.Part.node(ParseNode("PROBE \($0.name)")) }
        parts.append(.node(ParseNode("PROVIDER \(provider.name) (decl)", nil, its)))
      case .declaration, .pragma: break
      }
    }
    return ParseNode("PROGRAM attr=\(Attributes.common.letters)", nil, parts).lines(depth: 1)
  }

  /// A clause, as it is for one of its descriptions.
  func node(_ clause: DSyntax.Clause, firing description: ProbeDescription?) -> ParseNode {
    var parts: [ParseNode.Part] = clause.probes.map { probe in
      .node(
        ParseNode(
          "PDESC \(probe.provider):\(probe.module):\(probe.function):\(probe.name) [\(probe.id ?? 0)]"))
    }
    let context = isCooked ? description.map { ProviderAttributes.of($0) } : nil
    parts.append(.mark("CTXATTR \((context ?? Attributes(.internal, .internal, .unknown)).letters)"))
    if let predicate = clause.predicate {
      parts += [.mark("PREDICATE /"), .node(node(predicate)), .mark("/")]
    }
    parts.append(.mark("ACTION"))
    parts += (clause.body ?? []).map { .node(node($0)) }
    var least = Attributes.common
    for case .expression(let expression) in clause.body ?? [] { least = least.minimum(attributes(of: expression)) }
    return ParseNode("CLAUSE attr=\(least.letters)", nil, parts)
  }

  private func node(_ statement: Statement) -> ParseNode {
    switch statement {
    case .expression(let expression):
      var isAction = false
      if case .call(let name, _) = expression.kind { isAction = ActionName(rawValue: name) != nil }
      let kind = isAction ? "PRODUCER" : "EXPRESSION"
      return ParseNode("D \(kind) attr=\(attributes(of: expression).letters)", nil, [.node(node(expression))])
    case .branch(let condition, let then, let otherwise, _):
      var parts: [ParseNode.Part] = [.node(node(condition)), .mark("THEN")] + then.map { .node(node($0)) }
      if !otherwise.isEmpty { parts += [.mark("ELSE")] + otherwise.map { .node(node($0)) } }
      return ParseNode("D IF attr=\(attributes(of: condition).letters)", nil, parts)
    }
  }

  private func node(_ translator: TranslatorDefinition) -> ParseNode {
    let members = translator.members.map { member in
      ParseNode.Part.node(ParseNode("MEMBER \(member.name)", details(of: nil), [.node(node(member.value))]))
    }
    var head = "XLATOR \(details(of: nil).text)"
    var resolver = checker
    if let output = resolver.resolve(translator.output) { head += " to <\(checker.spelled(output))>" }
    return ParseNode(head, nil, members)
  }
}
