import IR

/// Emits the program of one hook: all clauses bound to its probes, in the order of the text.
///
/// R0-R5 are free within a step; R6-R9 and the frame hold the clause's registers. What each kind of step becomes is in the
/// extensions of this type, a file a kind.
struct HookEmitter {
  /// What emission finds out that it would have liked to know before: so it is done twice.
  struct Needs {
    /// By clause, the blocks with steps that need scratch memory.
    var scratchBlocks: [Int: Set<Int>] = [:]
    /// Whether the slot of the scratch's address is looked at.
    var scratchSlot = false
    var timestamp = false
    var context = false
    /// Whether the selector is looked at again after the first test.
    var selector = false
    /// How many places ask for the current task, and for its variables: one alone need not keep the answer.
    var taskUses = 0
    var threadVariablesUses = 0
    /// Look-ups whose element is used again.
    var reusedElements: Set<ElementSite> = []
    /// Entries of code, of all segments; and whether there is more than one.
    var length = 0
    var isSplit = false
  }

  let program: Program
  let options: EmitterOptions
  let hook: Hook
  let attachment: ProgramSpec.Attachment
  /// Indices in `Program.clauses`.
  let clauses: [Int]
  let layout: VariableLayout
  let scratch: ScratchLayout
  /// What a fault fires.
  let errorFirings: [Firing]
  let known: Needs?

  var maps: MapTable
  var code = Assembler()
  /// The programs before the one that is being emitted, and the program array that leads from one to the next.
  var finishedSegments: [Assembler] = []
  var segmentTable: Int?
  var needs = Needs()
  var frame: Frame
  var plan: ClausePlan
  /// By which probes the clause being emitted is reached.
  var selection = ClauseSelection(clause: 0, probes: [])
  /// R0 holds the selector, just read.
  var freshSelector = false
  /// Where the program returns, releasing what it holds.
  var end: Assembler.Label
  /// Where the next clause begins, for whoever ends this one.
  var next: Assembler.Label
  var faultExit: Assembler.Label
  var faultStubs: [FaultStub] = []
  /// Firings of this hook that may be put off, or those of another that are taken up again here.
  let postponement: Postponement?
  /// Whether a clause is being emitted that is taken up again.
  var isResumed = false
  /// Which of the hook's firings and of its clauses is being emitted, and where that firing ends.
  var position = Postponement.Position(firing: 0, clause: 0)
  var firingEnd: Assembler.Label
  /// The element whose address is in its slot, as long as it is sure to be.
  var keptElement: KeptElement?
  /// Set while ERROR's clauses are emitted.
  var error: ErrorContext?
  var block = 0
  /// The number of the step being emitted among its clause's, all blocks counted.
  var step = 0

  init(
    _ program: Program, _ options: EmitterOptions, hook: Hook, attachment: ProgramSpec.Attachment, clauses: [Int],
    postponement: Postponement?, maps: MapTable, known: Needs?
  ) {
    self.program = program
    self.options = options
    self.hook = hook
    self.attachment = attachment
    self.clauses = clauses
    self.postponement = postponement
    self.maps = maps
    self.known = known
    layout = VariableLayout(program.variables)
    scratch = ScratchLayout(program, layout)
    errorFirings = Firing.all(program, hook: .error, clauses: Array(program.clauses.indices))
    frame = Frame(scratchStart: scratch.start, hasErrorClauses: !errorFirings.isEmpty)
    plan = ClausePlan(Clause(number: 0, probes: [], blocks: [Block()]), number: 0, frame: &frame) { _ in nil }
    end = code.makeLabel()
    next = code.makeLabel()
    faultExit = code.makeLabel()
    firingEnd = end
  }

  /// The whole program.
  mutating func emit() throws(EmitterError) {
    let firings = Firing.all(program, hook: hook, clauses: clauses)
    let resumed = resumedFirings
    emitStart()
    if case .cpuClock(let period, _) = attachment { countSkippedTicks(period) }
    try emitSelector(firings + resumed)
    if !resumed.isEmpty { try emitResumption(resumed) }
    for (index, firing) in firings.enumerated() {
      let isLast = index + 1 == firings.count
      firingEnd = isLast ? end : code.makeLabel()
      try emitTest(firing.values, otherwise: firingEnd)
      if index > 0 || !resumed.isEmpty { resetScratch() }
      for (number, bound) in firing.clauses.enumerated() {
        if number > 0, isLongEnough(before: program.clauses[bound.clause]) { try emitNextSegment(firings, at: index) }
        selection = bound
        position = Postponement.Position(firing: index, clause: number)
        next = code.makeLabel()
        if bound.values != firing.values { try emitTest(bound.values, otherwise: next) }
        try emitClause(bound.clause)
        code.place(next)
      }
      code.origin = nil
      if !isLast { code.place(firingEnd) }
    }
    emitEnd()
    needs.length = finishedSegments.reduce(code.count) { $0 + $1.count }
    maps.needScratch(
      known == nil || (known?.scratchBlocks.isEmpty == true && !maySplit) ? 0 : max(frame.scratchPeak, scratch.start))
  }

  /// Where a program ends, releasing what the firing holds.
  mutating func emitEnd() {
    code.origin = nil
    code.place(end)
    emitRelease()
    code.constant(.r0, 0)
    code.emit(.exit)
  }

  mutating func emitStart() {
    // The first pass saves all there may be a need for; the second what the first has seen used.
    if known?.context != false { code.emit(.store(.double, at: .r10, offset: Int16(Frame.context), .register(.r1))) }
    for (needed, slot) in [
      (known?.scratchSlot, Frame.scratch), (known?.timestamp, Frame.timestamp),
      (known.map { $0.taskUses > 1 }, Frame.task), (known.map { $0.threadVariablesUses > 1 }, Frame.threadVariables),
    ]
    where needed != false {
      code.emit(.store(.double, at: .r10, offset: Int16(slot), .immediate(0)))
    }
  }

  mutating func emitClause(_ number: Int) throws(EmitterError) {
    let clause = program.clauses[number]
    let mark = frame.mark
    let emitter = self
    plan = ClausePlan(clause, number: number, frame: &frame) { emitter.constantValue(of: $0) }
    faultStubs = []
    faultExit = code.makeLabel()
    let commit = code.makeLabel()
    // A block that only ends the clause is where it leads to.
    let labels = clause.blocks.indices.map { isBare(clause.blocks[$0], $0) ? next : code.makeLabel() }
    let scratchBlock = known?.scratchBlocks[number].flatMap { plan.flow.commonDominator($0) }

    let order = clause.blocks.indices.filter { plan.flow.reachable[$0] && labels[$0] != next }
    for (position, index) in order.enumerated() {
      block = index
      code.origin = nil
      code.place(labels[index])
      keptElement = nil
      let acquireFirst = scratchBlock == index && known?.scratchBlocks[number]?.contains(index) == true
      if acquireFirst { emitAcquire() }
      if index == 0 {
        releaseAllocations()
        try clearUndefined()
      }
      try emitSteps(of: clause.blocks[index])
      code.origin = nil
      if scratchBlock == index && !acquireFirst { emitAcquire() }
      if plan.recordBlock == index, !clause.blocks[index].steps.contains(where: \.records) { try clearRecord() }
      let following = position + 1 < order.count ? order[position + 1] : nil
      try emit(clause.blocks[index], index, labels: labels, following: following, commit: commit)
    }
    code.place(commit)
    if order.contains(where: { clause.blocks[$0].end == .commit }), plan.record != nil { try emitCommit() }
    let mayFault = !faultStubs.isEmpty
    if mayFault {
      code.jump(to: next)
      try emitFaults()
    }
    frame.release(to: mark)
    if mayFault { try emitErrorClauses() }
  }

  private mutating func emitSteps(of block: Block) throws(EmitterError) {
    let clause = plan.clause
    var cleared = plan.recordBlock != self.block
    // The comparison that a fused branch makes is emitted with the branch.
    let before = clause.blocks[..<self.block].reduce(0) { $0 + $1.steps.count }
    let count = block.steps.count - (plan.lifetimes.fusedBranches.contains(self.block) ? 1 : 0)
    for (index, step) in block.steps.prefix(count).enumerated() {
      if !cleared, step.records {
        cleared = true
        try clearRecord()
      }
      code.origin = origin(of: index, in: block, clause)
      self.step = before + index
      let mark = frame.mark
      try emit(step)
      frame.release(to: mark)
      forgetElement(after: step)
    }
  }

  private func origin(of step: Int, in block: Block, _ clause: Clause) -> Range<Int>? {
    guard block.origins.indices.contains(step) else { return nil }
    let index = Int(block.origins[step])
    return clause.origins.indices.contains(index) ? clause.origins[index] : nil
  }

  /// The jumps a block ends with; what follows right behind needs none.
  private mutating func emit(
    _ block: Block, _ index: Int, labels: [Assembler.Label], following: Int?, commit: Assembler.Label
  ) throws(EmitterError) {
    switch block.end {
    case .jump(let target):
      if target != following { code.jump(to: labels[target]) }
    case .commit:
      if plan.record == nil { code.jump(to: next) } else if following != nil { code.jump(to: commit) }
    case .discard:
      code.jump(to: next)
    case .branch(let register, let then, let otherwise):
      var test = Test(condition: .notEqual, left: register, right: nil)
      if plan.lifetimes.fusedBranches.contains(index),
        case .compare(let comparison, _, let left, let right) = block.steps.last
      {
        test = Test(condition: JumpCondition(comparison), left: left, right: right)
      }
      if then == otherwise {
        if then != following { code.jump(to: labels[then]) }
      } else if then == following {
        test.condition = test.condition.inverted
        jump(test, to: labels[otherwise])
      } else {
        jump(test, to: labels[then])
        if otherwise != following { code.jump(to: labels[otherwise]) }
      }
    }
  }

  /// Whether a block does nothing but end the clause.
  private func isBare(_ block: Block, _ index: Int) -> Bool {
    index != 0 && block.steps.isEmpty && (block.end == .discard || (block.end == .commit && plan.record == nil))
  }

  /// The D text of what is being emitted goes with every complaint.
  func unsupported(_ what: String) -> EmitterError { .unsupported(what, clause: plan.number, origin: code.origin) }
}
