package import DSyntax
package import IR
import Probes
package import Source

/// What the compiler makes of a script, or what is wrong with it.
package struct Compiled: Sendable {
  package var program: Program
  /// The catalog with the probes that the script's descriptions made (`tick-3s`).
  package var catalog: Catalog
  /// How many probes each clause's descriptions matched, in the order of the text.
  package var matchedByClause: [Int]
  /// The options after the script's own pragmas.
  package var options: Options
  /// The first action of the text that needs the option `destructive`.
  package var destructive: ActionName?
  /// Symbols of the kernel's that the text names, by their addresses: the kernel may list no names of its variables.
  package var kernelVariables: [UInt64: String] = [:]
  /// What each clause relies on, in the order of the text.
  package var stability: [StabilityReport]
  /// The types of D and of the text.
  package var types: TypeTable
  /// The variables of the text, for `-S`.
  package var variables: [ListedVariable]
}

/// A tree to a program for one engine, or to everything that is wrong with it.
package func compile(
  _ script: Script, catalog: Catalog, types: any KernelTypes, options: Options, engine: Engine,
  reporting found: inout Diagnostics
) -> Compiled? {
  var options = options
  var catalog = catalog

  // Pragmas first: they change how the rest is read.
  applyPragmas(script, &options, &found)
  checkDependencies(script, catalog, &found)

  // Descriptions to probes. Beyond this point a clause knows where it fires.
  let clauses = bindProbes(script, &catalog, options, &found)

  // Names and types, in the order of the text. Beyond this point every expression has a type and no name is a string.
  var checker = Checker(
    types: TypeTable(kernel: types, narrowLongs: options.narrowLongs), catalog: catalog, options: options, found: found)
  let bound = checker.check(script, probes: clauses)
  found = checker.found
  guard !found.hasErrors else { return nil }

  // Steps. Beyond this point only what the engine lacks can be wrong.
  var lowering = Lowering(
    types: checker.types, names: checker.names, catalog: catalog, options: options, engine: engine, found: found)
  lowering.lower(bound)
  found = lowering.found
  guard !found.hasErrors else { return nil }
  return Compiled(
    program: lowering.program, catalog: catalog,
    matchedByClause: clauses.map { $0.count { !checker.catalog.probes[$0].isTwin } }, options: options,
    destructive: checker.destructive, kernelVariables: checker.kernelVariables, stability: checker.stability,
    types: checker.types, variables: checker.names.listed(checker.types, stringSize: options.stringSize))
}

extension Script {
  /// The options after the script's own pragmas, for who needs them before it compiles; what is wrong with them `compile` says.
  package func options(from given: Options) -> Options {
    var options = given
    var found = Diagnostics()
    applyPragmas(self, &options, &found)
    return options
  }
}

/// `#pragma D option name[=value]`; other pragmas change nothing here.
private func applyPragmas(_ script: Script, _ options: inout Options, _ found: inout Diagnostics) {
  for case .pragma(let pragma) in script.items {
    guard pragma.words.count >= 3, pragma.words[0] == "D", pragma.words[1] == "option" else { continue }
    let parts = pragma.words[2...].joined().split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      .map(String.init)
    let value = parts.count > 1 ? parts[1] : nil
    do {
      try options.set(parts[0], value, by: .program)
    } catch {
      found.report(SemanticComplaint.badOption(parts[0], value: value, error.text), at: pragma.range)
    }
  }
}

/// `#pragma D depends_on provider ip`: what is not there ends the compilation. A script's libraries are read when it names something of
/// them, so nothing but a library may depend on one.
private func checkDependencies(_ script: Script, _ catalog: Catalog, _ found: inout Diagnostics) {
  for case .pragma(let pragma) in script.items {
    guard pragma.words.count >= 4, pragma.words[0] == "D", pragma.words[1] == "depends_on" else { continue }
    let (kind, name) = (pragma.words[2], pragma.words[3])
    switch kind {
    case "library":
      found.report(SemanticComplaint.dependsOnLibrary, at: pragma.range)
    case "provider" where !catalog.probes.contains(where: { $0.provider == name }),
      "module" where name != "vmlinux" && !catalog.probes.contains(where: { $0.probe.module == name }):
      found.report(SemanticComplaint.missingDependency(kind, name), at: pragma.range)
    default: break
    }
  }
}

/// For each clause, in order, the catalog's probes that its descriptions match.
func bindProbes(
  _ script: Script, _ catalog: inout Catalog, _ options: Options, _ found: inout Diagnostics
) -> [[Int]] {
  var bound: [[Int]] = []
  for case .clause(let clause) in script.items {
    var probes: [Int] = []
    for description in clause.probes {
      var matched = catalog.match(
        provider: description.provider, module: description.module, function: description.function,
        name: description.name, id: description.id)
      // Solaris has the function that a probe of these stands in; Linux's tracepoints have none.
      if matched.isEmpty, options.solaris, ["proc", "sched", "io"].contains(description.provider) {
        matched = catalog.match(
          provider: description.provider, module: "", function: "", name: description.name, id: nil)
      }
      if matched.isEmpty, options.solaris, description.provider == "syscall" {
        if let successor = solarisSuccessor(of: description.function) {
          matched = catalog.match(
            provider: description.provider, module: description.module, function: successor, name: description.name,
            id: nil)
        } else if solarisCallsGone.contains(description.function) {
          continue
        }
      }
      if let problem = catalog.problem {
        found.report(SemanticComplaint.rule(tag: problem.tag, problem.text), at: description.range)
      } else if matched.isEmpty, let id = description.id {
        found.report(SemanticComplaint.noSuchProbeNumber(id), at: description.range)
      } else if matched.isEmpty, !options.zeroMatches {
        found.report(
          SemanticComplaint.noSuchProbe(description.spelled, hint: catalog.hint(for: description)),
          at: description.range)
      }
      let possible = matched.filter { !catalog.probes[$0].needsFunctions }
      if possible.isEmpty, let first = matched.first, case .functions(let names) = catalog.probes[first].probe.site {
        found.report(
          SemanticComplaint.rule(tag: "D_PDESC_INVAL", needsFunctions(description.spelled, names)),
          at: description.range)
      }
      for index in possible where !probes.contains(index) { probes.append(index) }
    }
    bound.append(probes)
  }
  return bound
}

private func needsFunctions(_ probe: String, _ names: String) -> String {
  "\(probe) needs the tracing of kernel functions (\(names)), which this kernel does not allow"
}

extension Catalog.Entry {
  fileprivate var needsFunctions: Bool { if case .functions = probe.site { true } else { false } }
}

extension Checker {
  /// Every item of the script in its order; `probes` has the matched ones of each clause.
  mutating func check(_ script: Script, probes: [[Int]]) -> [BoundClause] {
    var bound: [BoundClause] = []
    var ordinal = 0
    for item in script.items {
      switch item {
      case .clause(let clause):
        var checked = check(clause, number: bound.count, probes: probes[bound.count])
        checked.ordinal = ordinal
        bound.append(checked)
        ordinal += clause.probes.count
      case .declaration(let declaration): check(declaration)
      case .inline(let inline): check(inline)
      case .translator(let translator): check(translator)
      case .pragma(let pragma): check(pragma)
      case .provider: break
      }
    }
    reportUnusedPragmas()
    return bound
  }
}

extension ProbeDescription {
  /// `provider:module:function:name`
  package var spelled: String { id.map(String.init) ?? "\(provider):\(module):\(function):\(name)" }
}

extension Catalog {
  /// What would help when nothing matches: a provider's or a function's near miss, or where most programs go today.
  func hint(for description: ProbeDescription) -> String? {
    if let reason = absence(
      of: description.provider, description.module, description.function, description.name)
    {
      return reason
    }
    let offered = probes.filter { glob(description.provider, $0.provider) }
    let isFunction = offered.contains { glob(description.function, $0.probe.function) }
    if !isFunction, description.provider == "syscall", ["open", "creat"].contains(description.function) {
      return "most programs call openat: use syscall::open*:\(description.name)"
    }
    if !isFunction, let near = nearest(to: description.function, among: Set(offered.map(\.probe.function)).sorted()) {
      return "did you mean \(near)?"
    }
    let names = Set(offered.map(\.probe.name)).sorted()
    if let near = nearest(to: description.name, among: names) { return "did you mean \(near)?" }
    return nearest(to: description.provider, among: Set(probes.map(\.provider)).sorted()).map { "did you mean \($0)?" }
  }
}
