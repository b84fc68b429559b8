import IR

// `psargs`: the arguments that the process was started with, joined by blanks.

extension HookEmitter {
  /// As many bytes as DTrace's `pr_psargs` has, with the NUL (PRARGSZ).
  private static let capacity = 80

  /// Reads `mm->arg_start` up to `arg_end`; NULs between the arguments become blanks. A task without user memory, and one whose
  /// arguments are not resident, has its command name instead.
  mutating func arguments(_ to: TextRegister) throws(EmitterError) {
    let offsets = options.offsets
    let named = code.makeLabel()
    let done = code.makeLabel()
    let raw = frame.transient(Self.capacity)
    let start = frame.transient(8)
    let text = frame.transient(Self.capacity)
    zero(raw, Self.capacity)
    zero(text, Self.capacity)

    emit(.call(.getCurrentTask))
    emit(.arithmetic(.move, .r3, .register(.r0)))
    try readField(offsets.taskMm, "task_struct mm", .double)
    code.jump(.equal, .r0, .immediate(0), to: named)
    save(.r0, at: start)
    emit(.arithmetic(.move, .r3, .register(.r0)))
    let memory = frame.transient(8)
    save(.r0, at: memory)
    try readField(offsets.mmArgStart, "mm_struct arg_start", .double)
    save(.r0, at: start)
    restore(.r3, from: memory)
    try readField(offsets.mmArgEnd, "mm_struct arg_end", .double)
    restore(.r3, from: start)
    emit(.arithmetic(.move, .r2, .register(.r0)))
    emit(.arithmetic(.subtract, .r2, .register(.r3)))
    // The last byte is the last argument's NUL.
    emit(.arithmetic(.subtract, .r2, .immediate(1)))
    let fits = code.makeLabel()
    code.jump(.lessEqual, .r2, .immediate(Int32(Self.capacity - 1)), to: fits)
    code.constant(.r2, Int64(Self.capacity - 1))
    code.place(fits)
    save(.r2, at: memory)
    address(of: raw, into: .r1)
    emit(.call(.probeReadUser))
    code.jump(.notEqual, .r0, .immediate(0), to: named)
    blankZeros(raw)
    // As much of it as was read; the blanks behind that are left.
    restore(.r2, from: memory)
    code.jump(.greater, .r2, .immediate(Int32(Self.capacity - 1)), to: named)
    address(of: raw, into: .r3)
    address(of: text, into: .r1)
    emit(.call(.probeReadKernel))
    code.jump(to: done)

    code.place(named)
    address(of: text, into: .r1)
    code.constant(.r2, 16)
    emit(.call(.getCurrentComm))
    code.place(done)
    move(TextSource(place: text, capacity: Self.capacity), to: to)
  }

  mutating func save(_ register: MachineRegister, at place: Place) {
    let (base, offset) = base(of: place, .r5)
    emit(.store(.double, at: base, offset: offset, .register(register)))
  }

  mutating func restore(_ register: MachineRegister, from place: Place) {
    let (base, offset) = base(of: place, register)
    emit(.load(.double, register, from: base, offset: offset))
  }

  /// Each zero byte of the 80 becomes a blank, eight at a time: adding 0x7f to a byte's low seven bits sets its top bit unless they
  /// are all zero; what has neither that bit nor its own is a zero byte, and its top bit, shifted by two, is a blank.
  private mutating func blankZeros(_ place: Place) {
    let (base, start) = base(of: place, .r1)
    code.constant(.r2, 0x7f7f_7f7f_7f7f_7f7f)
    for offset in stride(from: Int16(0), to: Int16(Self.capacity), by: 8) {
      emit(.load(.double, .r3, from: base, offset: start + offset))
      emit(.arithmetic(.move, .r4, .register(.r3)))
      emit(.arithmetic(.and, .r4, .register(.r2)))
      emit(.arithmetic(.add, .r4, .register(.r2)))
      emit(.arithmetic(.or, .r4, .register(.r3)))
      emit(.arithmetic(.or, .r4, .register(.r2)))
      emit(.arithmetic(.xor, .r4, .immediate(-1)))
      emit(.arithmetic(.shiftRight, .r4, .immediate(2)))
      emit(.arithmetic(.or, .r3, .register(.r4)))
      emit(.store(.double, at: base, offset: start + offset, .register(.r3)))
    }
  }
}
