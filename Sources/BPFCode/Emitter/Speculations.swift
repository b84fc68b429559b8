import IR

// Speculations: a table of states, and a queue of the numbers that are free. The host frees a number when it has dealt with the
// records of a speculation that was committed or discarded (`EmittedObject.SpeculationState`).

extension HookEmitter {
  mutating func speculation(_ to: Register) {
    let mark = frame.mark
    let (none, busy, zero, done) = (code.makeLabel(), code.makeLabel(), code.makeLabel(), code.makeLabel())
    let key = frame.transient(8)
    code.map(.r1, maps.freeSpeculationsIndex())
    address(of: key, into: .r2)
    emit(.call(.mapPopElement))
    code.jump(.notEqual, .r0, .immediate(0), to: none)
    speculationState(key)
    code.jump(.equal, .r0, .immediate(0), to: zero)
    // Given once more, and in use.
    emit(.load(.double, .r1, from: .r0, offset: 0))
    emit(.arithmetic(.shiftRight, .r1, .immediate(EmittedObject.SpeculationState.flagBits)))
    emit(.arithmetic(.add, .r1, .immediate(1)))
    emit(.arithmetic(.shiftLeft, .r1, .immediate(EmittedObject.SpeculationState.flagBits)))
    emit(.arithmetic(.or, .r1, .immediate(EmittedObject.SpeculationState.inUse)))
    emit(.store(.double, at: .r0, offset: 0, .register(.r1)))
    emit(.store(.double, at: .r0, offset: 8, .immediate(0)))
    let (base, offset) = base(of: key, .r1)
    emit(.load(.word, .r0, from: base, offset: offset))
    code.jump(to: done)

    code.place(none)
    lookUp(maps.speculationsIndex(), index: 0, key: key)
    code.jump(.equal, .r0, .immediate(0), to: zero)
    emit(.load(.double, .r1, from: .r0, offset: 0))
    emit(.load(.double, .r2, from: .r0, offset: 8))
    code.jump(.notEqual, .r1, .register(.r2), to: busy)
    countDrop(.speculationUnavailable)
    code.jump(to: zero)
    code.place(busy)
    countDrop(.speculationBusy)
    code.place(zero)
    code.constant(.r0, 0)
    code.place(done)
    set(to, from: .r0)
    frame.release(to: mark)
  }

  mutating func speculate(_ ticket: Register, _ number: Register, size: Int) {
    let mark = frame.mark
    let (none, fits, done) = (code.makeLabel(), code.makeLabel(), code.makeLabel())
    load(number, into: .r1)
    code.jump(.greater, .r1, .immediate(Int32(maps.speculationCount)), to: none)
    speculationState(of: .r1, none: none)
    code.constant(.r1, Int64(size))
    emit(.fetchAdd(.r1, at: .r0, offset: 8))
    addConstant(.r1, size, .r2)
    code.constant(.r2, Int64(program.limits.speculationSize))
    code.jump(.lessEqual, .r1, .register(.r2), to: fits)
    code.constant(.r1, -Int64(size))
    emit(.add(.r1, at: .r0, offset: 8))
    countDrop(.speculation)
    code.place(none)
    code.constant(.r0, 0)
    code.jump(to: done)
    code.place(fits)
    self.ticket(ofState: .r3, number)
    code.place(done)
    set(ticket, from: .r0)
    frame.release(to: mark)
  }

  mutating func conclude(_ ticket: Register, _ number: Register, commits: Bool) {
    let mark = frame.mark
    let (none, done) = (code.makeLabel(), code.makeLabel())
    let refused = fault(.illegalOperation, nil)
    load(number, into: .r1)
    code.jump(.greater, .r1, .immediate(Int32(maps.speculationCount)), to: refused)
    speculationState(of: .r1, none: none)
    // Whoever sets the mark first has it.
    let marks = EmittedObject.SpeculationState.concluded | (commits ? EmittedObject.SpeculationState.committed : 0)
    code.constant(.r3, Int64(marks))
    emit(.fetchOr(.r3, at: .r0, offset: 0))
    emit(.arithmetic(.move, .r1, .register(.r3)))
    emit(.arithmetic(.and, .r1, .immediate(EmittedObject.SpeculationState.concluded)))
    code.jump(.notEqual, .r1, .immediate(0), to: none)
    self.ticket(ofState: .r3, number)
    set(ticket, from: .r0)
    let key = frame.transient(8)
    let end = code.makeLabel()
    lookUp(maps.speculationsIndex(), index: 0, key: key)
    code.jump(.equal, .r0, .immediate(0), to: end)
    code.constant(.r1, 1)
    emit(.add(.r1, at: .r0, offset: 0))
    code.jump(to: end)
    code.place(none)
    code.constant(.r0, 0)
    set(ticket, from: .r0)
    code.jump(to: done)
    code.place(end)
    code.place(done)
    frame.release(to: mark)
  }

  /// R0 = the address of the state whose number lies at `key`, or 0.
  private mutating func speculationState(_ key: Place) {
    code.map(.r1, maps.speculationsIndex())
    address(of: key, into: .r2)
    emit(.call(.mapLookUpElement))
  }

  /// R0 = the address of the state of the number in R1, R3 = the state; jumps to `none` where it is not in use.
  private mutating func speculationState(of number: MachineRegister, none: Assembler.Label) {
    // Element 0 is the counts.
    code.jump(.equal, number, .immediate(0), to: none)
    let key = frame.transient(8)
    let (base, offset) = base(of: key, .r2)
    emit(.store(.word, at: base, offset: offset, .register(number)))
    speculationState(key)
    code.jump(.equal, .r0, .immediate(0), to: none)
    emit(.load(.double, .r3, from: .r0, offset: 0))
    emit(.arithmetic(.move, .r1, .register(.r3)))
    emit(.arithmetic(.and, .r1, .immediate(3)))
    code.jump(.notEqual, .r1, .immediate(EmittedObject.SpeculationState.inUse), to: none)
  }

  /// R0 = the ticket of a number in that state. R1 is lost, and `state`.
  private mutating func ticket(ofState state: MachineRegister, _ number: Register) {
    emit(.arithmetic(.shiftRight, state, .immediate(EmittedObject.SpeculationState.flagBits)))
    emit(.arithmetic(.shiftLeft, state, .immediate(16)))
    load(number, into: .r0)
    emit(.arithmetic(.or, .r0, .register(state)))
  }
}
