import IR

// Where a clause runs. Clauses that share a variable, an array or an aggregation belong together. What belongs to a clause on packets
// runs here, fed by the kernel; everything else runs in the kernel.

extension Program {
  /// The numbers of the clauses that run here; none when none is about packets, or what only the host's side tells.
  var clausesHere: Set<Int> {
    var here = Set(clauses.filter { has($0) { $0 == .packet || $0 == .event } }.map(\.number))
    if here.isEmpty { return [] }
    var shared: Set<State> = []
    while true {
      let joined = clauses.filter { here.contains($0.number) || !state(of: $0).isDisjoint(with: shared) }
      let more = joined.reduce(into: shared) { $0.formUnion(state(of: $1)) }
      here.formUnion(joined.map(\.number))
      if more == shared { break }
      shared = more
    }
    // What is left and waits for nothing in the kernel need not go there: `tick-10s { exit(0); }`.
    let rest = clauses.filter { !here.contains($0.number) }
    return rest.contains { has($0, isOfTheKernel) } ? here : Set(clauses.map(\.number))
  }

  /// The numbers of the clauses that only wait for faults and share nothing: each engine's faults fire them there.
  var clausesOfFaults: Set<Int> {
    Set(clauses.filter { clause in state(of: clause).isEmpty && !has(clause) { $0 != .error } }.map(\.number))
  }

  /// What of the clause outlives it, but for exit()'s own: each engine keeps that.
  private func state(of clause: Clause) -> Set<State> {
    clause.state.filter { if case .variable(let id) = $0 { variables[id].name != Variable.exited } else { true } }
  }

  private func has(_ clause: Clause, _ isMeant: (Hook) -> Bool) -> Bool {
    clause.probes.contains { isMeant(probes[$0].hook) }
  }
}

private func isOfTheKernel(_ hook: Hook) -> Bool {
  switch hook {
  case .tracepoint, .profile, .counter, .iterator, .userCode, .traceEvent: true
  case .begin, .end, .error, .tick, .packet, .event: false
  }
}

/// Something that outlives a clause.
private enum State: Hashable {
  case variable(Variable.ID)
  case array(AssociativeArray.ID)
  case aggregation(Aggregation.ID)
  case speculations
}

extension Clause {
  fileprivate var state: Set<State> {
    var state: Set<State> = []
    for step in blocks.flatMap(\.steps) {
      switch step {
      case .loadVariable(_, let id), .storeVariable(let id, _): state.insert(.variable(id))
      case .lookUp(_, let id, _), .assign(let id, _, _), .remove(let id, _): state.insert(.array(id))
      case .aggregate(let id, _, _, _): state.insert(.aggregation(id))
      case .speculation, .speculate, .conclude: state.insert(.speculations)
      default: break
      }
    }
    for item in record.items {
      switch item.action {
      case .printa(let ids, _): state.formUnion(ids.map { .aggregation($0) })
      case .clear(let id), .truncate(let id), .normalize(let id), .denormalize(let id): state.insert(.aggregation(id))
      default: break
      }
    }
    return state
  }
}
