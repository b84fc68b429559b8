// Memory that was not there at the entry of a system call, because its page was never touched, is there at the return: the
// kernel has touched it by then. A clause may be run again at that moment if nothing outside of it has changed before it
// failed. Which of its reads are such is found out here; the engine does the rest.

extension Clause {
  /// The steps that may fail for a page of the process that is not there, before which the clause has changed nothing but what
  /// is its own: by their numbers in the clause, steps of all blocks counted in order from 0.
  package func rereadable(among variables: [Variable]) -> Set<Int> {
    var found: Set<Int> = []
    // Whether something may have changed when a block begins. Jumps go forward, so one pass in order answers it.
    var changed = [Bool](repeating: false, count: blocks.count)
    var number = 0
    let hasGlobalBytes = variables.contains { $0.scope == .global && $0.storage.kind == .bytes }
    for (index, block) in blocks.enumerated() {
      var hasChanged = changed[index]
      for step in block.steps {
        if step.readsProcess, !hasChanged { found.insert(number) }
        if step.changes(variables) || hasGlobalBytes && step.writesMemory { hasChanged = true }
        number += 1
      }
      for target in block.end.targets where hasChanged { changed[target] = true }
    }
    return found
  }

  /// The clause's own variables (`this->`) that it sets, and those that it reads.
  package func ownVariables(among variables: [Variable]) -> (set: Set<Variable.ID>, read: Set<Variable.ID>) {
    var set: Set<Variable.ID> = []
    var read: Set<Variable.ID> = []
    for step in blocks.lazy.flatMap(\.steps) {
      switch step {
      case .storeVariable(let id, _) where variables[id].scope == .clause: set.insert(id)
      case .loadVariable(_, let id) where variables[id].scope == .clause: read.insert(id)
      case .addressOfVariable(_, let id) where variables[id].scope == .clause:
        set.insert(id)
        read.insert(id)
      case .lookUpBytes(let block, _, _), .loadBytes(let block, _): set.insert(block)
      case .assignBytes(_, _, let block), .storeBytes(_, let block): read.insert(block)
      default: break
      }
    }
    return (set, read)
  }
}

extension Step {
  /// Whether it faults where the running process's memory is not there.
  fileprivate var readsProcess: Bool {
    switch self {
    case .load(_, _, _, _, _, let space), .copyBytes(_, _, _, let space), .loadText(_, _, _, let space),
      .loadFilled(_, _, _, _, let space), .recordBytes(_, _, _, _, let space):
      space == .user
    default: false
    }
  }

  /// Whether it changes what outlives the firing.
  fileprivate func changes(_ variables: [Variable]) -> Bool {
    switch self {
    case .storeVariable(let id, _): variables[id].scope != .clause
    case .assign, .remove, .aggregate, .assignBytes, .storeBytes, .speculation, .speculate, .conclude, .signal,
      .chill:
      true
    default: false
    }
  }

  /// Whether it writes where an address says.
  fileprivate var writesMemory: Bool {
    switch self {
    case .store, .storeText, .copyBytes: true
    default: false
    }
  }
}
