// One step by itself: what it names exists, and kinds agree with how things are kept.

extension Verifier {
  mutating func check(_ step: Step, in clause: Clause, at place: Violation.Place) {
    switch step {
    case .constant, .copy, .binary, .negate, .complement, .compare, .extend, .builtin, .textBuiltin, .probeSymbol,
      .allocate, .copyBytes, .text, .copyText, .nullText, .requireText, .loadText, .loadFilled, .compareText,
      .symbolText,
      .addressOfText, .socketCookie,
      .faultUnless, .speculation, .speculate, .conclude, .signal, .chill:
      break
    case .loadStack(let id, let frames, let user):
      if check(id, in: .variable, of: program.variables.count, at: place) {
        check(program.variables[id], isBytesOf: [.clause], at: place)
        let room = program.variables[id].storage.size / 8 - (user ? 1 : 0)
        check(.frames, frames, 1...max(1, room), at: place)
      }
    case .addressOfVariable(_, let id):
      if check(id, in: .variable, of: program.variables.count, at: place) {
        check(program.variables[id], isBytesOf: [.global, .clause], at: place)
      }
    case .storeText(_, let offset, _, let capacity):
      check(.offset, offset, Int(Int32.min)...Int(Int32.max), at: place)
      check(.textCapacity, capacity, Bound.text, at: place)
    case .lookUpBytes(let block, let id, let key), .assignBytes(let id, let key, let block):
      if check(id, in: .array, of: program.arrays.count, at: place) {
        check(key, as: program.arrays[id].key.map(\.kind), at: place)
        check(program.arrays[id].value, in: block, at: place)
      }
    case .loadBytes(let block, let id), .storeBytes(let id, let block):
      if check(id, in: .variable, of: program.variables.count, at: place) {
        check(program.variables[id], isBytesOf: [.thread], at: place)
        check(program.variables[id].storage, in: block, at: place)
      }
    case .context(_, let word): check(.contextWord, word, Bound.words, at: place)
    case .fed(_, let slot), .textFed(_, let slot): check(.slot, slot, Bound.words, at: place)
    case .load(_, _, let offset, _, _, _), .store(_, let offset, _, _):
      check(.offset, offset, Int(Int32.min)...Int(Int32.max), at: place)
    case .call(let to, let function, let arguments): check(function, arguments, to, at: place)
    case .loadVariable(let value, let id), .storeVariable(let id, let value):
      if check(id, in: .variable, of: program.variables.count, at: place) {
        check(value, as: program.variables[id].storage.kind, at: place)
      }
    case .lookUp(let value, let id, let key), .assign(let id, let key, let value):
      if check(id, in: .array, of: program.arrays.count, at: place) {
        check(key, as: program.arrays[id].key.map(\.kind), at: place)
        check(value, as: program.arrays[id].value.kind, at: place)
      }
    case .remove(let id, let key):
      if check(id, in: .array, of: program.arrays.count, at: place) {
        check(key, as: program.arrays[id].key.map(\.kind), at: place)
      }
    case .aggregate(let id, let key, let value, let increment):
      if check(id, in: .aggregation, of: program.aggregations.count, at: place) {
        check(program.aggregations[id], key, value, increment, at: place)
      }
    case .happened(let item): check(item, in: .item, of: clause.record.items.count, at: place)
    case .record(let item, let field, let value):
      guard let kind = self.field(item, field, of: clause, at: place) else { return }
      switch kind {
      case .value(let storage): check(value, as: storage.kind, at: place)
      case .symbol: check(value, as: .integer, at: place)
      case .bytes, .kernelStack, .userStack: report(.wrongField(kind), at: place)
      }
    case .recordBytes(let item, let field, _, _, _):
      guard let kind = self.field(item, field, of: clause, at: place) else { return }
      if case .bytes = kind { return }
      report(.wrongField(kind), at: place)
    case .recordStack(let item, let field):
      guard let kind = self.field(item, field, of: clause, at: place) else { return }
      switch kind {
      case .kernelStack, .userStack: break
      case .value, .symbol, .bytes: report(.wrongField(kind), at: place)
      }
    }
  }

  private mutating func check(_ variable: Variable, isBytesOf scopes: Set<Variable.Scope>, at place: Violation.Place) {
    if variable.storage.kind != .bytes || !scopes.contains(variable.scope) { report(.wrongBlock, at: place) }
  }

  /// Whether a clause-local variable of bytes has room for what is kept so.
  private mutating func check(_ storage: Storage, in block: Variable.ID, at place: Violation.Place) {
    guard check(block, in: .variable, of: program.variables.count, at: place) else { return }
    check(program.variables[block], isBytesOf: [.clause], at: place)
    if storage.kind != .bytes || program.variables[block].storage.size < storage.size {
      report(.wrongBlock, at: place)
    }
  }

  private mutating func field(
    _ item: Int, _ field: Int, of clause: Clause, at place: Violation.Place
  ) -> RecordLayout.Field.Kind? {
    let items = clause.record.items
    guard check(item, in: .item, of: items.count, at: place),
      check(field, in: .field, of: items[item].fields.count, at: place)
    else { return nil }
    return items[item].fields[field].kind
  }

  private mutating func check(_ operand: Operand, as kind: Function.Signature.Kind, at place: Violation.Place) {
    if operand.kind != kind { report(.wrongKind(operand, expected: kind), at: place) }
  }

  private mutating func check(_ key: [Operand], as kinds: [Function.Signature.Kind], at place: Violation.Place) {
    if key.count != kinds.count { report(.wrongCount(key.count, expected: kinds.count...kinds.count), at: place) }
    for (operand, kind) in zip(key, kinds) { check(operand, as: kind, at: place) }
  }

  private mutating func check(
    _ function: Function, _ arguments: [Operand], _ to: Operand, at place: Violation.Place
  ) {
    let signature = function.signature
    let most = signature.parameters.count
    if !(most - signature.optional...most).contains(arguments.count) {
      report(.wrongCount(arguments.count, expected: most - signature.optional...most), at: place)
    }
    for (operand, kind) in zip(arguments, signature.parameters) { check(operand, as: kind, at: place) }
    if !signature.results.contains(to.kind) { report(.wrongKind(to, expected: signature.results[0]), at: place) }
  }

  private mutating func check(
    _ aggregation: Aggregation, _ key: [Operand], _ value: Register?, _ increment: Register?, at place: Violation.Place
  ) {
    check(
      key,
      as: aggregation.key.flatMap { $0.storages.map(\.kind) }, at: place)
    let needsDatum = aggregation.function != .count
    if (value != nil) != needsDatum { report(.datum(expected: needsDatum), at: place) }
    if increment != nil, !aggregation.function.takesIncrement {
      report(.weightNotTaken(aggregation.function), at: place)
    }
  }
}
