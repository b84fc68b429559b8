import IR

// Variables: globals in the value of an array map, `self->` in task storage, `this->` in the firing's scratch.

extension HookEmitter {
  mutating func loadVariable(_ to: Operand, _ id: Variable.ID) throws(EmitterError) {
    let variable = program.variables[id]
    let offset = layout.offsets[id]
    switch variable.scope {
    case .global: loadVariable(to, variable.storage, from: .global(offset))
    case .clause: loadVariable(to, variable.storage, from: .scratch(ScratchLayout.variables + offset))
    case .thread:
      let present = code.makeLabel()
      let done = code.makeLabel()
      try threadStorage(create: false)
      code.jump(.notEqual, .r0, .immediate(0), to: present)
      clear(to)
      code.jump(to: done)
      code.place(present)
      loadVariable(to, variable.storage, from: .pointer(.r0, offset))
      code.place(done)
    }
  }

  private mutating func loadVariable(_ to: Operand, _ storage: Storage, from place: Place) {
    switch (to, storage) {
    case (.integer(let register), .integer(let width, let signed)):
      let (base, offset) = base(of: place, .r1)
      emit(.load(MemorySize(width), .r0, from: base, offset: offset))
      if signed { extend(.r0, width, signed: true) }
      set(register, from: .r0)
    case (.text(let register), .text(let capacity)):
      move(TextSource(place: place, capacity: capacity), to: register)
    default: break
    }
  }

  /// What is unset: zero, or NULL.
  mutating func clear(_ to: Operand) {
    switch to {
    case .integer(let register):
      code.constant(.r0, 0)
      set(register, from: .r0)
    case .text(let register):
      nullText(register)
    }
  }

  /// R0 = the address of the current task's variables, or 0.
  mutating func threadStorage(create: Bool) throws(EmitterError) {
    let map = try maps.threadsIndex(layout)
    needs.threadVariablesUses += 1
    if let known, known.threadVariablesUses <= 1 { return taskStorage(map, create: create) }
    // What was found once stays where it is for the firing.
    let have = code.makeLabel()
    emit(.load(.double, .r0, from: .r10, offset: Int16(Frame.threadVariables)))
    code.jump(.notEqual, .r0, .immediate(0), to: have)
    taskStorage(map, create: create)
    emit(.store(.double, at: .r10, offset: Int16(Frame.threadVariables), .register(.r0)))
    code.place(have)
  }

  /// R0 = the address of the current task's value in the map, or 0.
  mutating func taskStorage(_ map: Int, create: Bool) {
    currentTask()
    code.map(.r1, map)
    emit(.arithmetic(.move, .r2, .register(.r0)))
    code.constant(.r3, 0)
    // BPF_LOCAL_STORAGE_GET_F_CREATE
    code.constant(.r4, create ? 1 : 0)
    emit(.call(.taskStorageGet))
  }

  mutating func storeVariable(_ id: Variable.ID, _ value: Operand) throws(EmitterError) {
    let variable = program.variables[id]
    let offset = layout.offsets[id]
    switch variable.scope {
    case .global: storeVariable(value, variable.storage, to: .global(offset))
    case .clause: storeVariable(value, variable.storage, to: .scratch(ScratchLayout.variables + offset))
    case .thread: try storeThreadVariable(value, variable.storage, offset)
    }
  }

  private mutating func storeVariable(_ value: Operand, _ storage: Storage, to place: Place) {
    switch (value, storage) {
    case (.integer(let register), .integer(let width, _)):
      let (base, offset) = base(of: place, .r1)
      emit(.store(MemorySize(width), at: base, offset: offset, operand(register, .r2)))
    case (.text(let register), .text(let capacity)):
      move(source(register), to: place, capacity: capacity, size: (capacity + 7) / 8 * 8)
    default: break
    }
  }

  /// A thread that has no variables gets none for the sake of a zero.
  private mutating func storeThreadVariable(_ value: Operand, _ storage: Storage, _ offset: Int) throws(EmitterError) {
    let done = code.makeLabel()
    let store = code.makeLabel()
    let create = code.makeLabel()
    // New variables begin as zero, which is no text's NULL: only then it matters whether there are any yet.
    let hasTexts = program.variables.contains { $0.scope == .thread && $0.storage.isText }
    if !hasTexts { jumpUnlessUnset(value, storage, to: create) }
    try threadStorage(create: false)
    code.jump(.notEqual, .r0, .immediate(0), to: store)
    if hasTexts { jumpUnlessUnset(value, storage, to: create) }
    code.jump(to: done)
    code.place(create)
    try createThread(otherwise: done)
    code.place(store)
    storeVariable(value, storage, to: .pointer(.r0, offset))
    code.place(done)
  }

  /// R0 = the address of variables that the current task did not have: texts are NULL, the rest is zero; on to `full` when there
  /// is no room, which is counted.
  mutating func createThread(otherwise full: Assembler.Label) throws(EmitterError) {
    let created = code.makeLabel()
    try threadStorage(create: true)
    code.jump(.notEqual, .r0, .immediate(0), to: created)
    countDrop(.dynamic)
    code.jump(to: full)
    code.place(created)
    for (id, variable) in program.variables.enumerated() where variable.scope == .thread && variable.storage.isText {
      emit(.store(.half, at: .r0, offset: short(layout.offsets[id]), .immediate(Self.nullHalf)))
    }
  }

  /// Jumps when the value as it would be stored is neither zero nor NULL. R1 and R2 are lost.
  mutating func jumpUnlessUnset(_ value: Operand, _ storage: Storage, to label: Assembler.Label) {
    switch value {
    case .integer(let register):
      load(register, into: .r1)
      if case .integer(let width, _) = storage { extend(.r1, width, signed: false) }
    case .text(let register):
      let (base, offset) = base(of: source(register).place, .r2)
      emit(.load(.half, .r1, from: base, offset: offset))
      code.jump(.notEqual, .r1, .immediate(Self.nullHalf), to: label)
      return
    }
    code.jump(.notEqual, .r1, .immediate(0), to: label)
  }
}

extension Storage {
  var isText: Bool { if case .text = self { true } else { false } }
}
