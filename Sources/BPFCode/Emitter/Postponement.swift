import IR

// A firing whose clause found a page of the process missing is put off to its probe's `resumption` (`EnabledProbe`), where that
// clause and those behind it run in their order: what they see is the same, but for time that has passed for the variables and for
// the process's memory itself. What is put off lies in task storage, since a thread is in one system call at a time:
//
//     0  which clauses, a bit each; 0 when nothing is put off
//     8  the firing's timestamp

/// Which clauses of one hook may be put off, and to where.
struct Postponement {
  static let clauses = 0
  static let timestamp = 8
  static let size = 16

  /// One clause of one firing, by their places.
  struct Position: Hashable {
    var firing: Int
    var clause: Int
  }

  /// Where the firings are put off, and where they are taken up.
  let hook: Hook
  let resumption: Hook
  let firings: [Firing]
  /// The bit of each clause that may have to run again.
  private(set) var bits: [Position: Int] = [:]
  /// Clauses at which the firing may be put off, and the steps that may be the reason.
  private(set) var starts: [Position: Set<Int>] = [:]

  /// Nil when no clause of the program may be put off.
  init?(_ program: Program) {
    guard let probe = program.probes.first(where: { $0.resumption != nil }), let resumption = probe.resumption else {
      return nil
    }
    hook = probe.hook
    self.resumption = resumption
    let bound = program.clauses.indices.filter { number in
      program.clauses[number].probes.contains { program.probes[$0].hook == probe.hook }
    }
    firings = Firing.all(program, hook: probe.hook, clauses: bound)
    for (index, firing) in firings.enumerated() { add(firing, index, program) }
    // A bit each in one word; more clauses than that are too many to be run twice.
    if starts.isEmpty || bits.count > 64 { return nil }
  }

  private mutating func add(_ firing: Firing, _ index: Int, _ program: Program) {
    let clauses = firing.clauses.map { program.clauses[$0.clause] }
    let own = clauses.map { $0.ownVariables(among: program.variables) }
    for (place, clause) in clauses.enumerated() {
      let steps = clause.rereadable(among: program.variables)
      let later = clauses[place...]
      // What an earlier clause left to a later one is not kept, and other words of the context are not the same.
      let inherited = own[..<place].reduce(into: Set()) { $0.formUnion($1.set) }
      let needed = own[place...].reduce(into: Set()) { $0.formUnion($1.read) }
      guard !steps.isEmpty, inherited.isDisjoint(with: needed), later.allSatisfy(\.usesFirstWordOnly) else { continue }
      starts[Position(firing: index, clause: place)] = steps
    }
    guard let first = starts.keys.filter({ $0.firing == index }).map(\.clause).min() else { return }
    for place in first..<clauses.count { bits[Position(firing: index, clause: place)] = bits.count }
  }

  /// Itself when the hook is one of its two.
  func concerning(_ hook: Hook) -> Postponement? { hook == self.hook || hook == resumption ? self : nil }

  /// The bits of a firing's clauses from `start` on.
  func mask(of firing: Int, from start: Int = 0) -> UInt64 {
    bits.reduce(0) { $1.key.firing == firing && $1.key.clause >= start ? $0 | 1 << UInt64($1.value) : $0 }
  }
}

extension Clause {
  fileprivate var usesFirstWordOnly: Bool {
    blocks.lazy.flatMap(\.steps).allSatisfy { step in
      if case .context(_, let word) = step { word == 0 } else { true }
    }
  }
}

extension HookEmitter {
  // MARK: Where they are put off

  /// Whether the firing is put off for this fault, rather than the fault told.
  func postpones(_ stub: FaultStub) -> Bool {
    guard let postponement, postponement.hook == hook, !isResumed, error == nil, stub.fault == .badAddress else {
      return false
    }
    return postponement.starts[position]?.contains(stub.step) == true
      && selection.probes.contains { program.probes[$0.probe].resumption != nil }
  }

  /// Puts this clause and the firing's later ones off and ends the firing; goes on behind this when it cannot be done.
  mutating func emitPostponement() throws(EmitterError) {
    guard let postponement else { return }
    let told = code.makeLabel()
    let probes = program.probes
    let resumes: (EnabledProbe.Index) -> Int64 = { probes[$0].resumption == nil ? 0 : 1 }
    if probeConstant(resumes) != 1 {
      try loadProbe(.r2, resumes)
      code.jump(.equal, .r2, .immediate(0), to: told)
    }
    // The storage's address must outlive the calls: in a register of the clause, which is over.
    taskStorage(maps.resumptionsIndex(), create: true)
    code.jump(.equal, .r0, .immediate(0), to: told)
    emit(.arithmetic(.move, .r6, .register(.r0)))
    timestamp()
    emit(.store(.double, at: .r6, offset: Int16(Postponement.timestamp), .register(.r0)))
    let counted = code.makeLabel()
    emit(.load(.double, .r1, from: .r6, offset: Int16(Postponement.clauses)))
    code.constant(.r2, Int64(bitPattern: postponement.mask(of: position.firing, from: position.clause)))
    emit(.arithmetic(.or, .r2, .register(.r1)))
    emit(.store(.double, at: .r6, offset: Int16(Postponement.clauses), .register(.r2)))
    code.jump(.notEqual, .r1, .immediate(0), to: counted)
    count(1)
    code.place(counted)
    code.jump(to: firingEnd)
    code.place(told)
  }

  /// Adds to the number of threads with something put off. R1 and R2 are lost.
  private mutating func count(_ amount: Int64) {
    code.map(.r1, maps.postponedIndex(), valueOffset: 0)
    code.constant(.r2, amount)
    emit(.add(.r2, at: .r1, offset: 0))
  }

  // MARK: Where they are taken up again

  /// The other hook's firings, when they are taken up again here.
  var resumedFirings: [Firing] {
    guard let postponement, postponement.resumption == hook else { return [] }
    return postponement.firings
  }

  /// Runs what was put off, before what is bound to this hook itself.
  mutating func emitResumption(_ firings: [Firing]) throws(EmitterError) {
    guard let postponement else { return }
    let nothing = code.makeLabel()
    // The selector is in its slot when it is needed; R0 is used for other things now.
    freshSelector = false
    code.map(.r1, maps.postponedIndex(), valueOffset: 0)
    emit(.load(.double, .r1, from: .r1, offset: 0))
    code.jump(.equal, .r1, .immediate(0), to: nothing)
    taskStorage(maps.resumptionsIndex(), create: false)
    code.jump(.equal, .r0, .immediate(0), to: nothing)
    emit(.load(.double, .r3, from: .r0, offset: Int16(Postponement.clauses)))
    code.jump(.equal, .r3, .immediate(0), to: nothing)
    emit(.load(.double, .r4, from: .r0, offset: Int16(Postponement.timestamp)))
    emit(.store(.double, at: .r0, offset: Int16(Postponement.clauses), .immediate(0)))
    let pending = frame.register()
    store(.r3, at: pending)
    needs.timestamp = true
    emit(.store(.double, at: .r10, offset: Int16(Frame.timestamp), .register(.r4)))
    count(-1)
    isResumed = true
    for (index, firing) in firings.enumerated() {
      try emitResumed(firing, index, pending, postponement)
    }
    isResumed = false
    // What is bound to this hook fires at a time of its own.
    emit(.store(.double, at: .r10, offset: Int16(Frame.timestamp), .immediate(0)))
    code.place(nothing)
  }

  private mutating func emitResumed(
    _ firing: Firing, _ index: Int, _ pending: Place, _ postponement: Postponement
  ) throws(EmitterError) {
    let mask = postponement.mask(of: index)
    guard mask != 0 else { return }
    let following = code.makeLabel()
    test(pending, mask, otherwise: following)
    if index > 0 { resetScratch() }
    for (place, bound) in firing.clauses.enumerated() {
      guard let bit = postponement.bits[.init(firing: index, clause: place)] else { continue }
      selection = bound
      next = code.makeLabel()
      test(pending, 1 << UInt64(bit), otherwise: next)
      if bound.values != firing.values { try emitTest(bound.values, otherwise: next) }
      try emitClause(bound.clause)
      code.place(next)
    }
    code.origin = nil
    code.place(following)
  }

  private mutating func store(_ register: MachineRegister, at place: Place) {
    let (base, offset) = base(of: place, .r5)
    emit(.store(.double, at: base, offset: offset, .register(register)))
  }

  /// Jumps to `otherwise` when none of the bits is set.
  private mutating func test(_ place: Place, _ mask: UInt64, otherwise: Assembler.Label) {
    let (base, offset) = base(of: place, .r1)
    emit(.load(.double, .r1, from: base, offset: offset))
    code.constant(.r2, Int64(bitPattern: mask))
    emit(.arithmetic(.and, .r1, .register(.r2)))
    code.jump(.equal, .r1, .immediate(0), to: otherwise)
  }
}
