import IR

// exit() ends the run at once: no clause begins after it but END's and those of ERROR that END brings about. The host is told by a
// record and can only stop what it hears of; so the program itself remembers, in a variable.

extension Lowering {
  mutating func declareExit(_ clauses: [BoundClause]) {
    guard clauses.contains(where: { ($0.body ?? []).callsExit }) else { return }
    program.variables.append(
      Variable(name: Variable.exited, scope: .global, storage: .integer(.byte, signed: false)))
    exited = program.variables.count - 1
  }

  /// At the beginning of a clause.
  mutating func beginExit(_ clause: BoundClause, at hook: Hook) {
    exits = nil
    guard let exited else { return }
    if hook != .end, hook != .error {
      let called = newRegister()
      emit(.loadVariable(.integer(called), exited))
      let running = newRegister()
      emit(.compare(.equal, running, called, constant(0)))
      require(running)
    }
    if (clause.body ?? []).callsExit { exits = constant(0) }
  }

  mutating func noteExit() {
    if let exits { emit(.constant(exits, 1)) }
  }

  /// At the end of a clause: a fault before it takes the call back, as it does the record.
  mutating func endExit() {
    guard let exited, let exits else { return }
    choose(on: exits) {
      $0.emit(.storeVariable(exited, .integer(exits)))
    } otherwise: { _ in
    }
  }
}

extension [TypedStatement] {
  fileprivate var callsExit: Bool { contains(where: \.callsExit) }
}

extension TypedStatement {
  var callsExit: Bool {
    switch self {
    case .action(.exit, _): true
    case .branch(_, let then, let otherwise): then.callsExit || otherwise.callsExit
    case .action, .aggregate, .expression: false
    }
  }
}
