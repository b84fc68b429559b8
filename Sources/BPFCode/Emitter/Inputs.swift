import IR

// What a program knows of the moment, the task and the probe.

extension HookEmitter {
  func symbol(_ part: ProbePart) -> (EnabledProbe.Index) -> Int64 {
    let probes = program.probes
    return { Int64(probes[$0].parts[Int(part.rawValue)]) }
  }

  var probeID: (EnabledProbe.Index) -> Int64 {
    let probes = program.probes
    return { Int64(probes[$0].id) }
  }

  /// A number from 1 for each pair of probe and clause.
  var enabledProbeID: (EnabledProbe.Index) -> Int64 {
    let clauses = Int64(program.clauses.count)
    let clause = Int64(selection.clause)
    return { Int64($0) * clauses + clause + 1 }
  }

  mutating func builtin(_ to: Register, _ builtin: Builtin) throws(EmitterError) {
    switch builtin {
    case .pid: process()
    case .tid: thread()
    case .uid: user()
    case .gid: group()
    case .cpu:
      emit(.call(.getSmpProcessorID))
      extend(.r0, .word, signed: false)
    case .timestamp: timestamp()
    case .walltimestamp:
      timestamp()
      code.map(.r1, maps.clockIndex(), valueOffset: 0)
      emit(.load(.double, .r1, from: .r1, offset: 0))
      emit(.arithmetic(.add, .r0, .register(.r1)))
    case .errno: try errno()
    case .probeID: try loadProbe(.r0, probeID)
    case .enabledProbeID: try loadProbe(.r0, enabledProbeID)
    case .stackDepth: stackDepth(user: false)
    case .userStackDepth: stackDepth(user: true)
    case .kernelPC: try programCounter(user: false)
    case .userPC: try programCounter(user: true)
    case .userCaller: userCaller()
    case .currentTask: emit(.call(.getCurrentTask))
    case .userRegisters:
      emit(.call(.getCurrentTaskBTF))
      emit(.arithmetic(.move, .r1, .register(.r0)))
      emit(.call(.taskPtRegs))
      forgetType()
    case .context: contextNumber()
    case .ppid:
      try taskField([(offsets.taskRealParent, "real_parent"), (offsets.taskTgid, "tgid")], .word)
    case .processStart:
      try taskField(
        [(offsets.taskGroupLeader, "group_leader"), (offsets.taskStartBoottime, "start_boottime")], .double)
    case .vtimestamp:
      try taskField([(offsets.taskRunTime, "se.sum_exec_runtime")], .double)
      // The kernel adds to it at ticks and switches alone. Scripts ask whether what they kept of it is set: in a new child it is not 0 either.
      emit(.arithmetic(.add, .r0, .immediate(1)))
    case .networkNamespace:
      try taskField(
        [(offsets.taskNsproxy, "nsproxy"), (offsets.nsproxyNetNs, "net_ns"), (offsets.netInum, "ns.inum")], .word)
    }
    set(to, from: .r0)
  }

  /// R0, a pointer whose type the verifier knows and that is not null, becomes a number, as in `contextWord`: who reads there first asks
  /// whether it lies in the firing's own memory, and no pointer may be reckoned with.
  private mutating func forgetType() {
    emit(.arithmetic(.negate, .r0, .immediate(0)))
    emit(.arithmetic(.negate, .r0, .immediate(0)))
  }

  var offsets: KernelOffsets { options.offsets }

  /// R0 = the firing's one timestamp.
  mutating func timestamp() {
    needs.timestamp = true
    let known = code.makeLabel()
    emit(.load(.double, .r0, from: .r10, offset: Int16(Frame.timestamp)))
    code.jump(.notEqual, .r0, .immediate(0), to: known)
    emit(.call(.ktimeGetNs))
    emit(.store(.double, at: .r10, offset: Int16(Frame.timestamp), .register(.r0)))
    code.place(known)
  }

  /// R0 = the field at `offset` of what R3 points to; 0 when it cannot be read.
  mutating func readField(_ offset: Int?, _ name: String, _ width: Width) throws(EmitterError) {
    guard let offset = offset.flatMap({ Int32(exactly: $0) }) else {
      throw .missingOffset(name, clause: plan.number, origin: code.origin)
    }
    let mark = frame.mark
    let place = frame.transient(8)
    emit(.arithmetic(.add, .r3, .immediate(offset)))
    let (base, at) = base(of: place, .r1)
    emit(.store(.double, at: base, offset: at, .immediate(0)))
    address(of: place, into: .r1)
    code.constant(.r2, Int64(width.rawValue))
    // When it fails the helper leaves zeros.
    emit(.call(.probeReadKernel))
    let (again, place2) = self.base(of: place, .r1)
    emit(.load(.double, .r0, from: again, offset: place2))
    frame.release(to: mark)
  }

  private mutating func errno() throws(EmitterError) {
    guard case .tracepoint("sys_exit", _) = hook, !isResumed else {
      code.constant(.r0, 0)
      return
    }
    // sys_exit(regs, ret): a failure is -4095 to -1.
    let done = code.makeLabel()
    let failed = code.makeLabel()
    contextWord(1, into: .r1)
    emit(.arithmetic(.negate, .r1, .immediate(0)))
    emit(.arithmetic(.move, .r0, .register(.r1)))
    emit(.arithmetic(.subtract, .r1, .immediate(1)))
    code.jump(.less, .r1, .immediate(4095), to: failed)
    code.constant(.r0, 0)
    code.jump(to: done)
    code.place(failed)
    extend(.r0, .word, signed: false)
    code.place(done)
  }

  /// R0 = the context's address as a number, where the context is memory that a program may want to read by address.
  private mutating func contextNumber() {
    guard case .traceEvent = attachment else {
      code.constant(.r0, 0)
      return
    }
    contextAddress(into: .r0)
    // Negated twice it is a number, as in `contextWord`.
    emit(.arithmetic(.negate, .r0, .immediate(0)))
    emit(.arithmetic(.negate, .r0, .immediate(0)))
  }

  /// The program counter of the side that was interrupted, 0 for the other.
  private mutating func programCounter(user: Bool) throws(EmitterError) {
    guard attachment.isPerfEvent else {
      code.constant(.r0, 0)
      return
    }
    guard let ip = offsets.registersIP, let cs = offsets.registersCS else {
      throw .missingOffset("pt_regs ip, cs", clause: plan.number, origin: code.origin)
    }
    // The context begins with the interrupted registers; the low bits of cs are the privilege level, 3 in user mode.
    let other = code.makeLabel()
    contextAddress(into: .r1)
    emit(.load(.double, .r2, from: .r1, offset: short(cs)))
    emit(.arithmetic(.and, .r2, .immediate(3)))
    code.constant(.r0, 0)
    code.jump(user ? .equal : .notEqual, .r2, .immediate(0), to: other)
    emit(.load(.double, .r0, from: .r1, offset: short(ip)))
    code.place(other)
  }

  mutating func contextAddress(into register: MachineRegister) {
    needs.context = true
    emit(.load(.double, register, from: .r10, offset: Int16(Frame.context)))
  }

  /// A 64-bit word of a tracepoint's context, as a number.
  mutating func contextWord(_ word: Int, into register: MachineRegister) {
    contextAddress(into: register)
    emit(.load(.double, register, from: register, offset: short(word * 8)))
    // In a BTF tracepoint a pointer argument has a type, and arithmetic on it is refused. What was negated is a number.
    switch attachment {
    case .tracepoint, .iterator:
      // Its pointers may be null (of tracepoints some), and no arithmetic at all is allowed before that is known.
      let null = code.makeLabel()
      code.jump(.equal, register, .immediate(0), to: null)
      emit(.arithmetic(.negate, register, .immediate(0)))
      emit(.arithmetic(.negate, register, .immediate(0)))
      code.place(null)
    default: break
    }
  }

  mutating func context(_ to: Register, _ word: Int) throws(EmitterError) {
    let work = target(to, .r0)
    if let error {
      self.error(error, word, into: work)
    } else if attachment.isTraceEvent {
      code.constant(work, 0)
    } else if attachment.isPerfEvent {
      // A profile probe's context is registers, not words.
      code.constant(work, 0)
    } else {
      contextWord(word, into: work)
    }
    set(to, from: work)
  }

  mutating func textBuiltin(_ to: TextRegister, _ builtin: TextBuiltin) throws(EmitterError) {
    switch builtin {
    case .execname: execname(to)
    case .psargs: try arguments(to)
    case .currentDirectory: try currentDirectory(to)
    }
  }
}

extension ProgramSpec.Attachment {
  /// Whether the verifier knows what the context's words point to.
  var hasTypedPointers: Bool {
    switch self {
    case .tracepoint, .iterator: true
    case .called, .cpuClock, .counter, .userCode, .traceEvent: false
    }
  }

  var isTraceEvent: Bool {
    if case .traceEvent = self { return true }
    return false
  }

  var isPerfEvent: Bool {
    switch self {
    case .cpuClock, .counter: true
    default: false
    }
  }
}
