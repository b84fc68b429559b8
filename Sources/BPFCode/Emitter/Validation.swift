import IR

// The IR is checked before anything is emitted, so that what follows may index by it.

extension Program {
  /// Throws when a clause names what is not there, or a jump does not go forward.
  func validate() throws(EmitterError) {
    for (index, probe) in probes.enumerated() {
      guard probe.parts.count == ProbePart.allCases.count, probe.parts.allSatisfy(symbols.indices.contains) else {
        throw .malformed("probe \(index) lacks names", clause: -1)
      }
    }
    for (number, clause) in clauses.enumerated() {
      guard !clause.probes.isEmpty, clause.probes.allSatisfy(probes.indices.contains) else {
        throw .malformed("clause without probes", clause: number)
      }
      guard !clause.blocks.isEmpty else { throw .malformed("clause without blocks", clause: number) }
      guard clause.texts.allSatisfy({ (1...128 << 10).contains($0) }) else {
        throw .malformed("text register of impossible size", clause: number)
      }
      for (position, block) in clause.blocks.enumerated() {
        for step in block.steps {
          try validate(step, in: clause, number)
        }
        for target in block.end.targets where !(position + 1..<clause.blocks.count).contains(target) {
          throw .malformed("block \(position) leads to \(target)", clause: number)
        }
        if case .branch(let register, _, _) = block.end, !(0..<clause.registers).contains(register.index) {
          throw .malformed("register \(register.index)", clause: number)
        }
      }
    }
  }

  private func validate(_ step: Step, in clause: Clause, _ number: Int) throws(EmitterError) {
    func wrong(_ what: String) -> EmitterError { .malformed("\(what) in \(step)", clause: number) }
    for operand in step.read + (step.written.map { [$0] } ?? []) {
      switch operand {
      case .integer(let register):
        guard (0..<clause.registers).contains(register.index) else { throw wrong("register") }
      case .text(let register):
        guard clause.texts.indices.contains(register.index) else { throw wrong("text register") }
      }
    }
    switch step {
    case .context(_, let word):
      // Registers of `struct pt_regs` are 21 words.
      guard (0..<21).contains(word) else { throw wrong("context word") }
    case .load(_, address: _, let offset, _, signed: _, _), .store(address: _, let offset, _, _):
      guard Int32(exactly: offset) != nil else { throw wrong("offset") }
    case .addressOfVariable(_, let id):
      guard variables.indices.contains(id), variables[id].storage.kind == .bytes, variables[id].scope != .thread else {
        throw wrong("variable")
      }
    case .storeText(_, let offset, _, let capacity):
      guard Int32(exactly: offset) != nil, (1...128 << 10).contains(capacity) else { throw wrong("offset") }
    case .lookUpBytes(let block, let id, let key), .assignBytes(let id, let key, let block):
      guard arrays.indices.contains(id), fits(key, arrays[id].key), holds(block, arrays[id].value) else {
        throw wrong("key")
      }
    case .loadBytes(let block, let id), .storeBytes(let id, let block):
      guard variables.indices.contains(id), variables[id].scope == .thread, holds(block, variables[id].storage) else {
        throw wrong("variable")
      }
    case .loadVariable(let operand, let id), .storeVariable(let id, let operand):
      guard variables.indices.contains(id), operand.fits(variables[id].storage) else { throw wrong("variable") }
    case .lookUp(let value, let id, let key), .assign(let id, let key, let value):
      guard arrays.indices.contains(id), value.fits(arrays[id].value) else { throw wrong("array") }
      guard fits(key, arrays[id].key) else { throw wrong("key") }
    case .remove(let id, let key):
      guard arrays.indices.contains(id), fits(key, arrays[id].key) else { throw wrong("key") }
    case .aggregate(let id, let key, let value, increment: _):
      guard aggregations.indices.contains(id) else { throw wrong("aggregation") }
      let parts = aggregations[id].key.flatMap(\.storages)
      guard fits(key, parts) else { throw wrong("key") }
      guard value != nil || aggregations[id].function == .count else { throw wrong("value") }
      if case .linear(let low, let high, let stride) = aggregations[id].function {
        guard stride > 0, high > low, !high.subtractingReportingOverflow(low).overflow else { throw wrong("levels") }
      }
    case .happened(let item):
      guard clause.record.items.indices.contains(item) else { throw wrong("item") }
    case .record(let item, let field, let operand):
      guard let kind = clause.record.field(item, field)?.kind else { throw wrong("field") }
      switch (kind, operand) {
      case (.value(let storage), _): guard operand.fits(storage) else { throw wrong("field") }
      case (.symbol, .integer): break
      default: throw wrong("field")
      }
    case .recordBytes(let item, let field, address: _, size: _, _):
      guard case .bytes = clause.record.field(item, field)?.kind else { throw wrong("field") }
    case .recordStack(let item, let field):
      switch clause.record.field(item, field)?.kind {
      case .kernelStack, .userStack: break
      default: throw wrong("field")
      }
    default: break
    }
  }

  /// Whether the variable is a clause-local one of bytes with room for the storage's.
  private func holds(_ block: Variable.ID, _ storage: Storage) -> Bool {
    variables.indices.contains(block) && variables[block].scope == .clause && variables[block].storage.kind == .bytes
      && storage.kind == .bytes && storage.size <= variables[block].storage.size
  }

  private func fits(_ key: [Operand], _ parts: [Storage]) -> Bool {
    key.count == parts.count && zip(key, parts).allSatisfy { $0.fits($1) }
  }
}

extension Operand {
  func fits(_ storage: Storage) -> Bool {
    switch (self, storage) {
    case (.integer, .integer), (.text, .text): true
    default: false
    }
  }
}

extension RecordLayout {
  func field(_ item: Int, _ field: Int) -> Field? {
    guard items.indices.contains(item), items[item].fields.indices.contains(field) else { return nil }
    return items[item].fields[field]
  }
}

extension Terminator {
  /// The blocks it may lead to.
  var targets: [Int] {
    switch self {
    case .jump(let target): [target]
    case .branch(_, let then, let otherwise): [then, otherwise]
    case .commit, .discard: []
    }
  }
}
