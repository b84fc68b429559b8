import BTF
package import DSemantics
import DSyntax
import EngineBench
import IR
import Probes
import Source
package import Support

/// A row's program, compiled for one engine.
package struct CompiledRow {
  package var compiled: Compiled
  package var row: ConformanceRow

  /// What is wrong with a row's text.
  package struct Wrong: Error, CustomStringConvertible {
    package var description: String
  }

  package init(_ row: ConformanceRow, for engine: Engine) throws {
    var options = Options()
    for option in row.options {
      let parts = option.split(separator: "=", maxSplits: 1).map(String.init)
      try options.set(parts[0], parts.count > 1 ? parts[1] : nil)
    }
    let source = SourceText(row.program, name: "\(row.file):\(row.line)")
    var found = Diagnostics()
    let macros = MacroValues(arguments: ["table"] + row.arguments, defaultArguments: options.defaultArguments)
    let script = parse(source, macros: macros, reporting: &found)
    var compiled: Compiled?
    if !found.hasErrors {
      compiled = compile(
        script, catalog: Self.catalog, types: Self.types, options: options, engine: engine, reporting: &found)
    }
    guard var compiled else {
      throw Wrong(description: found.all.map { $0.rendered(in: source) }.joined(separator: "\n"))
    }
    compiled.options.quiet = true
    self.compiled = compiled
    self.row = row
  }

  static let catalog = Catalog([dtraceProvider, profileProvider, syscallProvider(solaris: false)])

  /// The running kernel's where there are any; a row asks only for those that every kernel has.
  static let types: any KernelTypes = (try? Bench.types.get()).map { BTFTypes($0) } ?? NoKernelTypes()

  /// The program's probe that an input names; nil where no clause is bound to it.
  func probe(of input: ConformanceInput) throws -> EnabledProbe.Index? {
    let parts = input.probe.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    var named = [String](repeating: "", count: 4 - min(4, parts.count)) + parts
    if parts.count == 1 { named = ["", "", "", parts[0]] }
    var catalog = compiled.catalog
    let matched = catalog.match(provider: named[0], module: named[1], function: named[2], name: named[3], id: nil)
    guard matched.count == 1 else { throw Wrong(description: "\(input.probe) names \(matched.count) probes") }
    let id = catalog.probes[matched[0]].id
    return compiled.program.probes.firstIndex { $0.id == id }
  }

  func probe(_ hook: Hook) -> EnabledProbe.Index? { compiled.program.probes.firstIndex { $0.hook == hook } }
}
