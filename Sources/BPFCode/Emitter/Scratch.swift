import IR

/// What lies where in a firing's scratch memory, a value of a per-CPU array for each level of nesting:
///
///      0  1 while a firing uses it
///      8  how much of the D program's scratch memory is allocated
///     16  of a firing that several programs share (`Segments.swift`): whose it is, the context's address; 0 for any other
///     24  the same: the number, from 1, of the hook's firing that the next program is to leave out
///     32  the same: the timestamp, 0 while it was not taken
///     40  the `this->` variables
///      …  those of them that are bytes, and as much again; then what the D program allocates: its scratch memory; then as much again that stays zero: the verifier adds the bounds of a position and of a
///         length, which together reach that far
///      …  what the clauses need: registers, texts, keys, records
struct ScratchLayout {
  static let busy = 0
  static let top = 8
  static let owner = 16
  static let skipped = 24
  static let timestamp = 32
  static let variables = 40

  /// Where the D program's memory begins, and its size; nil when the program takes none.
  let memory: Int?
  let memorySize: Int
  /// Where the variables of bytes begin, and how many bytes they take.
  let variables: Int
  let variableBytes: Int
  /// Where the clauses' part begins.
  let start: Int

  init(_ program: Program, _ layout: VariableLayout) {
    let used = program.clauses.contains { clause in
      clause.blocks.contains { block in
        block.steps.contains { step in
          switch step {
          case .allocate, .addressOfText: true
          default: false
          }
        }
      }
    }
    variables = Self.variables + layout.clauseSize
    variableBytes = layout.own.clauseSize
    let behind = variables + 2 * variableBytes
    // Far more than a per-CPU value may have is refused when the maps are finished.
    memorySize = used ? (min(max(8, program.limits.scratchSize), 1 << 20) + 7) / 8 * 8 : 0
    memory = used ? behind : nil
    // Eight more, because the verifier does not see that a size rounded up stays within the limit, and eight for the zeros behind
    // what is allocated.
    let slack = max(memorySize, (min(max(0, program.limits.stringSize), 1 << 20) + 7) / 8 * 8) + 16
    start = memory == nil ? behind : behind + memorySize + slack
  }
}

extension HookEmitter {
  /// Takes the scratch of the first level that no interrupted firing on this CPU uses; with none left the firing is dropped
  /// and counted. The mark is exchanged atomically: an interrupt, or a task that preempts this one, finds it either way.
  mutating func emitAcquire() {
    needs.scratchSlot = true
    let taken = code.makeLabel()
    let have = code.makeLabel()
    emit(.load(.double, .r0, from: .r10, offset: Int16(Frame.scratch)))
    code.jump(.notEqual, .r0, .immediate(0), to: have)
    chooseLevel { emitter in
      emitter.code.constant(.r1, 1)
      emitter.emit(.exchange(.r1, at: .r0, offset: Int16(ScratchLayout.busy)))
      emitter.code.jump(.equal, .r1, .immediate(0), to: taken)
    }
    code.place(taken)
    emit(.store(.double, at: .r10, offset: Int16(Frame.scratch), .register(.r0)))
    if maySplit { ownScratch() }
    clearFiring()
    code.place(have)
  }

  /// Looks at the scratch memory of each level: `body` has its address in R0 and jumps away when it is the one. When none is, the firing
  /// is dropped and counted. R0-R5 are lost.
  mutating func chooseLevel(_ body: (inout HookEmitter) -> Void) {
    let mark = frame.mark
    let map = maps.scratchIndex()
    let key = frame.transient(4)
    for level in 0..<MapTable.nestingLevels {
      if maps.hasLargeScratch {
        lookUpLarge(map, level: level, key: key)
      } else {
        lookUp(map, index: level, key: key)
      }
      let other = code.makeLabel()
      code.jump(.equal, .r0, .immediate(0), to: other)
      body(&self)
      code.place(other)
    }
    frame.release(to: mark)
    countDrop(.nesting)
    code.jump(to: end)
  }

  /// Another probe's firing on the same memory begins with `this->` variables of its own.
  mutating func resetScratch() {
    guard known?.scratchSlot != false else { return }
    let none = code.makeLabel()
    emit(.load(.double, .r0, from: .r10, offset: Int16(Frame.scratch)))
    code.jump(.equal, .r0, .immediate(0), to: none)
    clearFiring()
    code.place(none)
  }

  /// R0 is the scratch's address.
  private mutating func clearFiring() {
    emit(.store(.double, at: .r0, offset: Int16(ScratchLayout.top), .immediate(0)))
    // What is allocated ends in zeros, where a text that is read there ends: `allocate` keeps it so.
    let variables =
      layout.clauseSize + (scratch.memory == nil ? scratch.variableBytes : 2 * scratch.variableBytes + 8)
    if variables > 256 {
      emit(.arithmetic(.move, .r1, .register(.r0)))
      emit(.arithmetic(.add, .r1, .immediate(Int32(ScratchLayout.variables))))
      code.constant(.r2, Int64(variables))
      address(of: .constant(maps.zeros(variables)), into: .r3)
      emit(.call(.probeReadKernel))
      return
    }
    for offset in stride(from: 0, to: variables, by: 8) {
      emit(.store(.double, at: .r0, offset: short(ScratchLayout.variables + offset), .immediate(0)))
    }
  }

  mutating func emitRelease() {
    guard known?.scratchSlot != false else { return }
    let none = code.makeLabel()
    emit(.load(.double, .r0, from: .r10, offset: Int16(Frame.scratch)))
    code.jump(.equal, .r0, .immediate(0), to: none)
    if maySplit { emit(.store(.double, at: .r0, offset: Int16(ScratchLayout.owner), .immediate(0))) }
    emit(.store(.double, at: .r0, offset: Int16(ScratchLayout.busy), .immediate(0)))
    code.place(none)
  }

  /// R0 = the address of element `index` of an array map.
  mutating func lookUp(_ map: Int, index: Int, key: Place) {
    let (base, offset) = base(of: key, .r2)
    emit(.store(.word, at: base, offset: offset, .immediate(Int32(index))))
    lookUp(map, key: key)
  }

  /// The same of an array that has the levels of each CPU behind those of the one before.
  private mutating func lookUpLarge(_ map: Int, level: Int, key: Place) {
    emit(.call(.getSmpProcessorID))
    emit(.arithmetic(.multiply, .r0, .immediate(Int32(MapTable.nestingLevels))))
    emit(.arithmetic(.add, .r0, .immediate(Int32(level))))
    let (base, offset) = base(of: key, .r2)
    emit(.store(.word, at: base, offset: offset, .register(.r0)))
    lookUp(map, key: key)
  }

  private mutating func lookUp(_ map: Int, key: Place) {
    code.map(.r1, map)
    address(of: key, into: .r2)
    emit(.call(.mapLookUpElement))
  }

  /// Adds one to what was left out on this CPU, and where an array had no room to its own. R0-R5 are lost.
  mutating func countDrop(_ drop: EmittedObject.Drop, of array: AssociativeArray.ID? = nil) {
    let mark = frame.mark
    let none = code.makeLabel()
    lookUp(maps.roles.drops, index: 0, key: frame.transient(4))
    code.jump(.equal, .r0, .immediate(0), to: none)
    for offset in [drop.offset] + (array.map { [EmittedObject.Drop.offset(of: $0)] } ?? []) {
      emit(.load(.double, .r1, from: .r0, offset: short(offset)))
      emit(.arithmetic(.add, .r1, .immediate(1)))
      emit(.store(.double, at: .r0, offset: short(offset), .register(.r1)))
    }
    code.place(none)
    frame.release(to: mark)
  }
}
