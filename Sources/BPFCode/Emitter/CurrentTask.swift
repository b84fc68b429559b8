import IR

// What is read of the current task. Its address has a type, so its members are plain loads, where helpers for each of them would cost a
// call. Where BTF did not say where a member is, the helper for it remains.

extension HookEmitter {
  /// R0 = the current task's address, with its type. A helper's call is what costs most in a firing, above all where returns are
  /// guarded against speculation (18 ns of 90 on one machine), so one call serves all that ask.
  mutating func currentTask() {
    needs.taskUses += 1
    guard let known, known.taskUses <= 1 else {
      let have = code.makeLabel()
      emit(.load(.double, .r0, from: .r10, offset: Int16(Frame.task)))
      code.jump(.notEqual, .r0, .immediate(0), to: have)
      emit(.call(.getCurrentTaskBTF))
      emit(.store(.double, at: .r10, offset: Int16(Frame.task), .register(.r0)))
      code.place(have)
      return
    }
    emit(.call(.getCurrentTaskBTF))
  }

  /// R0 = the process's id.
  mutating func process() {
    if taskMember([offsets.taskTgid], .word) { return }
    emit(.call(.getCurrentPidTgid))
    emit(.arithmetic(.shiftRight, .r0, .immediate(32)))
  }

  /// R0 = the thread's id.
  mutating func thread() {
    if taskMember([offsets.taskPid], .word) { return }
    emit(.call(.getCurrentPidTgid))
    extend(.r0, .word, signed: false)
  }

  /// R0 = the user's id.
  mutating func user() {
    if taskMember([offsets.taskCred, offsets.credUid], .word) { return }
    emit(.call(.getCurrentUidGid))
    extend(.r0, .word, signed: false)
  }

  /// R0 = the group's id.
  mutating func group() {
    if taskMember([offsets.taskCred, offsets.credGid], .word) { return }
    emit(.call(.getCurrentUidGid))
    emit(.arithmetic(.shiftRight, .r0, .immediate(32)))
  }

  /// R0 = what lies at the end of a path of offsets from the current task; a pointer on it that leads nowhere gives 0.
  mutating func taskField(_ path: [(offset: Int?, name: String)], _ width: Width) throws(EmitterError) {
    if taskMember(path.map(\.offset), width) { return }
    emit(.call(.getCurrentTask))
    emit(.arithmetic(.move, .r3, .register(.r0)))
    for (index, step) in path.enumerated() {
      let last = index == path.count - 1
      try readField(step.offset, "task_struct … \(step.name)", last ? width : .double)
      if !last { emit(.arithmetic(.move, .r3, .register(.r0))) }
    }
  }

  /// The same by plain loads, which give 0 where a page is not there; false, and nothing emitted, when an offset is not known or too
  /// far for an instruction.
  private mutating func taskMember(_ path: [Int?], _ width: Width) -> Bool {
    let near = path.compactMap { $0.flatMap { Int16(exactly: $0) } }
    guard offsets.hasTypedTask, near.count == path.count else { return false }
    currentTask()
    for (index, offset) in near.enumerated() {
      emit(.load(index == near.count - 1 ? MemorySize(width) : .double, .r0, from: .r0, offset: offset))
    }
    return true
  }

  mutating func execname(_ to: TextRegister) {
    guard let place = plan.texts[to.index] else { return }
    let capacity = plan.clause.texts[to.index]
    if capacity >= 16 {
      zero(place.advanced(by: 16), (capacity + 7) / 8 * 8 - 16)
      commandName(at: place)
    } else {
      let name = frame.transient(16)
      commandName(at: name)
      move(TextSource(place: name, capacity: 16), to: to)
    }
  }

  /// The 16 bytes of `comm`, zero from the NUL on.
  private mutating func commandName(at place: Place) {
    guard offsets.hasTypedTask, let near = offsets.taskComm.flatMap({ Int16(exactly: $0) }), near < .max - 16 else {
      address(of: place, into: .r1)
      code.constant(.r2, 16)
      // The helper fills what it is given with zeros.
      emit(.call(.getCurrentComm))
      return
    }
    currentTask()
    emit(.load(.double, .r1, from: .r0, offset: near))
    emit(.load(.double, .r2, from: .r0, offset: near + 8))
    // Behind the NUL an earlier name's rest may stand (before 6.0). A NUL in the first word ends the second.
    code.constant(.r4, 0x0101_0101_0101_0101)
    code.constant(.r5, Int64(bitPattern: 0x8080_8080_8080_8080))
    endAtZero(.r1)
    let long = code.makeLabel()
    code.jump(.equal, .r3, .immediate(0), to: long)
    code.constant(.r2, 0)
    code.place(long)
    endAtZero(.r2)
    let (base, offset) = base(of: place, .r3)
    emit(.store(.double, at: base, offset: offset, .register(.r1)))
    emit(.store(.double, at: base, offset: offset + 8, .register(.r2)))
  }

  /// Clears what follows the first zero byte of `word`; R4 and R5 have ones in the bytes' lowest and highest bits. R3 = 0 when there
  /// is none; R0 is lost.
  private mutating func endAtZero(_ word: MachineRegister) {
    // The lowest bit of (w - ones) & ~w & tops belongs to the first zero byte; bits above it may be wrong.
    emit(.arithmetic(.move, .r3, .register(word)))
    emit(.arithmetic(.subtract, .r3, .register(.r4)))
    emit(.arithmetic(.move, .r0, .register(word)))
    emit(.arithmetic(.xor, .r0, .immediate(-1)))
    emit(.arithmetic(.and, .r3, .register(.r0)))
    emit(.arithmetic(.and, .r3, .register(.r5)))
    // That bit alone, at the foot of its byte, less one: the bytes before it. Without any, all of them.
    emit(.arithmetic(.move, .r0, .register(.r3)))
    emit(.arithmetic(.negate, .r0, .immediate(0)))
    emit(.arithmetic(.and, .r0, .register(.r3)))
    emit(.arithmetic(.shiftRight, .r0, .immediate(7)))
    emit(.arithmetic(.subtract, .r0, .immediate(1)))
    emit(.arithmetic(.and, word, .register(.r0)))
  }

  /// Stores the process's and the thread's id, in four bytes each. R0-R2 are lost.
  mutating func processAndThread(at place: Place) {
    if offsets.hasTypedTask, let process = offsets.taskTgid.flatMap({ Int16(exactly: $0) }),
      let thread = offsets.taskPid.flatMap({ Int16(exactly: $0) })
    {
      currentTask()
      emit(.load(.word, .r2, from: .r0, offset: process))
      emit(.load(.word, .r0, from: .r0, offset: thread))
    } else {
      emit(.call(.getCurrentPidTgid))
      emit(.arithmetic(.move, .r2, .register(.r0)))
      emit(.arithmetic(.shiftRight, .r2, .immediate(32)))
    }
    let (base, offset) = base(of: place, .r1)
    emit(.store(.word, at: base, offset: offset, .register(.r2)))
    emit(.store(.word, at: base, offset: offset + 4, .register(.r0)))
  }
}
