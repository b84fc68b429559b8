import IR

/// What ERROR's clauses know of the fault that they are fired for: the rest is in the frame.
struct ErrorContext {
  /// `Clause.number` of the clause that faulted.
  var clause: Int
}

// ERROR's clauses stand behind each clause that may fault, so that they fire at once and before the clauses that follow, as
// DTrace has it; in a firing of their own, with other scratch memory.

extension HookEmitter {
  /// Behind the clause's fault record.
  mutating func emitErrorClauses() throws(EmitterError) {
    guard error == nil, !errorFirings.isEmpty else { return }
    let interrupted = self
    try keepFault()
    error = ErrorContext(clause: program.clauses[selection.clause].number)
    end = code.makeLabel()
    for (index, firing) in errorFirings.enumerated() {
      if index > 0 { resetScratch() }
      for bound in firing.clauses {
        selection = bound
        next = code.makeLabel()
        try emitClause(bound.clause)
        code.place(next)
      }
    }
    code.origin = nil
    code.place(end)
    emitRelease()
    if usesScratch { copySlot(Frame.interruptedScratch, to: Frame.scratch) }
    resume(interrupted)
  }

  private var usesScratch: Bool { known?.scratchSlot != false }

  /// A fault among ERROR's clauses uses the slots of the first.
  private mutating func keepFault() throws(EmitterError) {
    try loadProbe(.r2, probeID)
    emit(.store(.double, at: .r10, offset: Int16(Frame.errorProbe), .register(.r2)))
    copySlot(Frame.faultCode, to: Frame.errorFault)
    copySlot(Frame.faultValue, to: Frame.errorValue)
    guard usesScratch else { return }
    copySlot(Frame.scratch, to: Frame.interruptedScratch)
    emit(.store(.double, at: .r10, offset: Int16(Frame.scratch), .immediate(0)))
  }

  private mutating func copySlot(_ from: Int, to: Int) {
    emit(.load(.double, .r0, from: .r10, offset: Int16(from)))
    emit(.store(.double, at: .r10, offset: Int16(to), .register(.r0)))
  }

  /// What belongs to the clause that faulted is as before; what was emitted and found out stays.
  private mutating func resume(_ interrupted: HookEmitter) {
    plan = interrupted.plan
    selection = interrupted.selection
    next = interrupted.next
    end = interrupted.end
    faultExit = interrupted.faultExit
    faultStubs = interrupted.faultStubs
    block = interrupted.block
    step = interrupted.step
    error = nil
  }

  /// `register` = a word of ERROR's context (`Step`, on faults).
  mutating func error(_ error: ErrorContext, _ word: Int, into register: MachineRegister) {
    switch word {
    case 1: emit(.load(.double, register, from: .r10, offset: Int16(Frame.errorProbe)))
    case 2: code.constant(register, Int64(error.clause))
    case 3: emit(.load(.word, register, from: .r10, offset: Int16(Frame.errorFault + 4)))
    case 4: emit(.load(.word, register, from: .r10, offset: Int16(Frame.errorFault)))
    case 5: emit(.load(.double, register, from: .r10, offset: Int16(Frame.errorValue)))
    default: code.constant(register, 0)
    }
  }
}
