import IR

// Records: put together as `RecordLayout` says, and sent to the ring when the clause commits.

extension HookEmitter {
  /// Bit 8, `BPF_F_USER_STACK`.
  private static let userStack: Int64 = 256

  mutating func clearRecord() throws(EmitterError) {
    guard let record = plan.record else { return }
    zero(record.advanced(by: RecordLayout.headerSize), plan.clause.record.size - RecordLayout.headerSize)
  }

  mutating func happened(_ item: Int) {
    guard let record = plan.record else { return }
    let (base, offset) = base(of: record.advanced(by: RecordLayout.headerSize + item / 64 * 8 + item % 64 / 8), .r1)
    emit(.load(.byte, .r0, from: base, offset: offset))
    emit(.arithmetic(.or, .r0, .immediate(1 << Int32(item % 8))))
    emit(.store(.byte, at: base, offset: offset, .register(.r0)))
  }

  private func place(_ item: Int, _ field: Int) -> (Place, RecordLayout.Field)? {
    guard let record = plan.record, let field = plan.clause.record.field(item, field) else { return nil }
    return (record.advanced(by: field.offset), field)
  }

  mutating func record(_ item: Int, _ field: Int, _ value: Operand) throws(EmitterError) {
    guard let (place, field) = place(item, field) else { return }
    switch (field.kind, value) {
    case (.value(.integer(let width, _)), .integer(let register)):
      let (base, offset) = base(of: place, .r1)
      emit(.store(MemorySize(width), at: base, offset: offset, operand(register, .r2)))
    case (.symbol, .integer(let register)):
      let (base, offset) = base(of: place, .r1)
      emit(.store(.word, at: base, offset: offset, operand(register, .r2)))
    case (.value(.text(let capacity)), .text(let register)):
      move(source(register), to: place, capacity: capacity, size: capacity)
    default: break
    }
  }

  mutating func recordBytes(_ item: Int, _ field: Int, _ address: Register, _ size: Register, _ space: Space) {
    guard let (place, field) = place(item, field), field.size > 0 else { return }
    let unread = fault(.badAddress, FaultValue(register: address, offset: 0))
    let fits = code.makeLabel()
    load(address, into: .r3)
    load(size, into: .r4)
    code.jump(.lessEqual, .r4, .immediate(Int32(field.size)), to: fits)
    code.constant(.r4, Int64(field.size))
    code.place(fits)
    resolve(.r3, size: .r4, space, unread)
    emit(.arithmetic(.move, .r2, .register(.r4)))
    self.address(of: place, into: .r1)
    emit(.call(space.owner == .kernel ? .probeReadKernel : .probeReadUser))
    if space.faults { code.jump(.notEqual, .r0, .immediate(0), to: unread) }
  }

  mutating func recordStack(_ item: Int, _ field: Int) throws(EmitterError) {
    guard let (place, field) = place(item, field) else { return }
    switch field.kind {
    case .kernelStack(let frames):
      stack(at: place, size: frames * 8, flags: 0)
    case .userStack(let frames):
      process()
      let (base, offset) = base(of: place, .r1)
      emit(.store(.double, at: base, offset: offset, .register(.r0)))
      stack(at: place.advanced(by: 8), size: frames * 8, flags: Self.userStack)
    case .value, .symbol, .bytes: break
    }
  }

  mutating func loadStack(_ block: Variable.ID, _ frames: Int, user: Bool) {
    let place = self.block(block)
    if user {
      emit(.call(.getCurrentPidTgid))
      emit(.arithmetic(.shiftRight, .r0, .immediate(32)))
      let (base, offset) = base(of: place, .r1)
      emit(.store(.double, at: base, offset: offset, .register(.r0)))
    }
    stack(at: user ? place.advanced(by: 8) : place, size: frames * 8, flags: user ? Self.userStack : 0)
  }

  /// R0 = how many bytes of frames were found, or an error; the helper leaves zeros where there are none.
  private mutating func stack(at place: Place, size: Int, flags: Int64) {
    guard size > 0 else { return }
    if flags == 0, attachment == .called {
      // BEGIN and its like are fired by the host: the kernel's frames are those of the firing itself.
      zero(place, size)
      code.constant(.r0, 0)
      return
    }
    if flags == 0, case .tracepoint(let name) = attachment {
      skippedFrames(options.callers[name] ?? [])
    } else {
      code.constant(.r4, flags)
    }
    contextAddress(into: .r1)
    address(of: place, into: .r2)
    code.constant(.r3, Int64(size))
    emit(.call(.getStack))
  }

  /// R4 = how many frames of a tracepoint's stack are not the kernel's own: the program, `bpf_trace_run…`, and up to two of the functions
  /// whose code is at `callers`.
  private mutating func skippedFrames(_ callers: [Range<UInt64>]) {
    guard !callers.isEmpty else { return code.constant(.r4, Self.programFrames) }
    let mark = frame.mark
    let done = code.makeLabel()
    let first = frame.transient(16)
    contextAddress(into: .r1)
    address(of: first, into: .r2)
    code.constant(.r3, 16)
    code.constant(.r4, Self.programFrames)
    emit(.call(.getStack))
    code.constant(.r4, Self.programFrames)
    for index in 0..<2 {
      let isCaller = code.makeLabel()
      let (base, offset) = base(of: first.advanced(by: index * 8), .r1)
      emit(.load(.double, .r1, from: base, offset: offset))
      for caller in callers {
        code.constant(.r2, Int64(bitPattern: caller.lowerBound))
        emit(.arithmetic(.move, .r3, .register(.r1)))
        emit(.arithmetic(.subtract, .r3, .register(.r2)))
        code.jump(.less, .r3, .immediate(Int32(clamping: caller.count)), to: isCaller)
      }
      code.jump(to: done)
      code.place(isCaller)
      emit(.arithmetic(.add, .r4, .immediate(1)))
    }
    code.place(done)
    frame.release(to: mark)
  }

  /// The frames of the program and of the kernel's function that runs it.
  private static var programFrames: Int64 { 2 }

  /// R0 = how many frames there are, of at most 127 or `maxframes`.
  mutating func stackDepth(user: Bool) {
    let mark = frame.mark
    let size = min(127, program.limits.frames) * 8
    let failed = code.makeLabel()
    stack(at: frame.scratch(size), size: size, flags: user ? Self.userStack : 0)
    code.jump(.greaterEqualSigned, .r0, .immediate(0), to: failed)
    code.constant(.r0, 0)
    code.place(failed)
    emit(.arithmetic(.shiftRight, .r0, .immediate(3)))
    frame.release(to: mark)
  }

  /// The second frame of the user stack; the helper leaves zeros where there is none.
  mutating func userCaller() {
    let mark = frame.mark
    let frames = frame.scratch(16)
    stack(at: frames, size: 16, flags: Self.userStack)
    let (base, offset) = base(of: frames.advanced(by: 8), .r1)
    emit(.load(.double, .r0, from: base, offset: offset))
    frame.release(to: mark)
  }

  // MARK: Sending

  mutating func emitCommit() throws(EmitterError) {
    guard let record = plan.record else { return }
    code.origin = nil
    block = plan.recordBlock ?? 0
    try emitHeader(at: record, kind: 0)
    emitOutput(of: record, plan.clause.record.size, controls: plan.clause.record.controls)
  }

  /// The 32 bytes that every record begins with.
  mutating func emitHeader(at record: Place, kind: Int32) throws(EmitterError) {
    func field(_ offset: Int) -> Place { record.advanced(by: offset) }
    timestamp()
    var (base, offset) = base(of: record, .r1)
    emit(.store(.word, at: base, offset: offset, .immediate(isResumed ? kind | 1 << 16 : kind)))
    emit(.store(.word, at: base, offset: offset + 4, .immediate(Int32(truncatingIfNeeded: plan.number))))
    emit(.store(.double, at: base, offset: offset + 8, .register(.r0)))
    emit(.call(.getSmpProcessorID))
    (base, offset) = self.base(of: record, .r1)
    emit(.store(.word, at: base, offset: offset + 16, .register(.r0)))
    let number: (EnabledProbe.Index) -> Int64 = { Int64($0) }
    if let constant = probeConstant(number).flatMap({ Int32(exactly: $0) }) {
      emit(.store(.word, at: base, offset: offset + 20, .immediate(constant)))
    } else {
      try loadProbe(.r2, number)
      (base, offset) = self.base(of: record, .r1)
      emit(.store(.word, at: base, offset: offset + 20, .register(.r2)))
    }
    processAndThread(at: field(24))
  }

  /// - Parameter controls: whether the record may take the last room in the ring (`RecordLayout.controls`).
  mutating func emitOutput(of record: Place, _ size: Int, controls: Bool) {
    let sent = code.makeLabel()
    let full = code.makeLabel()
    if !controls, let limit = maps.limitOfPlainRecords {
      code.map(.r1, maps.roles.records)
      // BPF_RB_AVAIL_DATA
      code.constant(.r2, 0)
      emit(.call(.ringBufferQuery))
      code.jump(.greater, .r0, .immediate(Int32(clamping: limit)), to: full)
    }
    code.map(.r1, maps.roles.records)
    address(of: record, into: .r2)
    code.constant(.r3, Int64(size))
    code.constant(.r4, Int64(options.wakeup))
    emit(.call(.ringBufferOutput))
    code.jump(.equal, .r0, .immediate(0), to: sent)
    code.place(full)
    countDrop(.principal)
    code.place(sent)
  }
}
