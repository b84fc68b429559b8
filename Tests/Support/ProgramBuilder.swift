package import IR

/// Puts an `IR.Program` together by hand, for tests of whatever reads or runs one.
///
///     var builder = ProgramBuilder()
///     let probe = builder.probe("dtrace:::BEGIN", .begin)
///     let hits = builder.aggregation("hits", .count, [.value(.integer(.word, signed: true))])
///     builder.clause(on: probe) { clause in
///       let pid = clause.builtin(.pid)
///       clause.aggregate(hits, [pid])
///     }
package struct ProgramBuilder {
  package var program = Program()

  package init() {}

  /// Interns a name.
  package mutating func symbol(_ name: String) -> Int {
    if let index = program.symbols.firstIndex(of: name) { return index }
    program.symbols.append(name)
    return program.symbols.count - 1
  }

  /// Adds a probe by its four-part name; its id is its index plus one.
  @discardableResult
  package mutating func probe(
    _ name: String, _ hook: Hook = .packet, selector: Int64? = nil
  ) -> EnabledProbe.Index {
    let parts = name.split(separator: ":", omittingEmptySubsequences: false).map { symbol(String($0)) }
    let selector = selector.map { EnabledProbe.Selector(value: $0) }
    let id = UInt32(program.probes.count + 1)
    program.probes.append(EnabledProbe(id: id, parts: parts, hook: hook, selector: selector))
    return program.probes.count - 1
  }

  package mutating func variable(
    _ name: String, _ scope: Variable.Scope = .global, _ storage: Storage = .integer(.double, signed: true)
  ) -> Variable.ID {
    program.variables.append(Variable(name: name, scope: scope, storage: storage))
    return program.variables.count - 1
  }

  package mutating func array(
    _ name: String, _ key: [Storage], _ value: Storage = .integer(.double, signed: true), perThread: Bool = false
  ) -> AssociativeArray.ID {
    program.arrays.append(AssociativeArray(name: name, perThread: perThread, key: key, value: value))
    return program.arrays.count - 1
  }

  package mutating func aggregation(
    _ name: String, _ function: Aggregation.Function, _ key: [Aggregation.KeyPart] = []
  ) -> Aggregation.ID {
    program.aggregations.append(Aggregation(name: name, function: function, key: key))
    return program.aggregations.count - 1
  }

  /// Adds a clause, built by `body`; a block that `body` leaves open ends in `.commit`.
  package mutating func clause(on probes: EnabledProbe.Index..., body: (inout ClauseBuilder) -> Void) {
    var builder = ClauseBuilder()
    body(&builder)
    program.clauses.append(builder.finish(number: program.clauses.count, probes: probes))
  }
}
