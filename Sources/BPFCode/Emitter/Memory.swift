import IR

// Addresses that a D program computes. Kernel and user memory is read through helpers, which fail rather than fault; the program's
// own memory (scratch, and the global variables of bytes) has addresses with a tag, whose low bits are a position that is compared
// with the memory's size before use.

extension HookEmitter {
  private static let tag = Int64(bitPattern: Scratch.tag)
  private static let globalTag = Int64(bitPattern: Scratch.globalTag)

  /// Bytes of the global variables of bytes.
  private var globalSize: Int { layout.own.globalSize }

  mutating func load(
    _ to: Register, _ address: Register, _ offset: Int, _ width: Width, signed: Bool, _ space: Space
  ) {
    let size = MemorySize(width)
    if space == .kernel, let place = variablePlace(address, offset, Int(width.rawValue)) {
      let (base, at) = base(of: place, .r1)
      emit(.load(size, .r0, from: base, offset: at))
      if signed { extend(.r0, width, signed: true) }
      set(to, from: .r0)
      return
    }
    let done = code.makeLabel()
    load(address, into: .r3)
    addConstant(.r3, offset, .r2)
    if space == .kernel {
      for own in ownMemories {
        let elsewhere = code.makeLabel()
        ownMemory(own, .r3, size: Int(width.rawValue), into: .r2, otherwise: elsewhere)
        emit(.load(size, .r0, from: .r2, offset: 0))
        code.jump(to: done)
        code.place(elsewhere)
      }
    }
    let place = frame.transient(8)
    self.address(of: place, into: .r1)
    code.constant(.r2, Int64(width.rawValue))
    emit(.call(space.owner == .kernel ? .probeReadKernel : .probeReadUser))
    // The helper zeroes what it could not read.
    if space.faults {
      code.jump(.notEqual, .r0, .immediate(0), to: fault(.badAddress, FaultValue(register: address, offset: 0)))
    }
    let (base, at) = base(of: place, .r1)
    emit(.load(size, .r0, from: base, offset: at))
    code.place(done)
    if signed { extend(.r0, width, signed: true) }
    set(to, from: .r0)
  }

  /// The pointer with its type: made anew from the context, since a register may lie where types are lost, and `context`
  /// itself gives numbers.
  mutating func typedPointer(_ register: Register, into machine: MachineRegister) {
    switch plan.lifetimes.typedPointers[register.index] {
    case .context(_, let word)?:
      contextAddress(into: machine)
      emit(.load(.double, machine, from: machine, offset: short(word * 8)))
    case .load(_, let base, let offset, _, _, _)?:
      typedPointer(base, into: machine)
      emit(.load(.double, machine, from: machine, offset: short(offset)))
    default: load(register, into: machine)
    }
  }

  /// A plain load: the verifier knows the pointer's type, and the kernel gives zero where the page is not there.
  mutating func loadTyped(_ to: Register, _ address: Register, _ offset: Int16, _ width: Width, signed: Bool) {
    typedPointer(address, into: .r3)
    emit(.load(MemorySize(width), .r0, from: .r3, offset: offset))
    if signed { extend(.r0, width, signed: true) }
    set(to, from: .r0)
  }

  /// Where a member of a variable of bytes lies, when the address is known now.
  private func variablePlace(_ address: Register, _ offset: Int, _ size: Int) -> Place? {
    guard let constant = plan.lifetimes.constantIntegers[address.index] else { return nil }
    let whole = UInt64(bitPattern: constant &+ Int64(offset))
    let position = Int(whole & ~Scratch.mask)
    switch whole & Scratch.mask {
    case Scratch.tag where position + size <= scratch.variableBytes:
      return .scratch((scratch.memory ?? 0) + position)
    case Scratch.globalTag where position + size <= globalSize: return .global(layout.globalBytes + position)
    default: return nil
    }
  }

  /// The memories of the program itself that this one has.
  enum OwnMemoryKind { case scratch, globals }

  private var ownMemories: [OwnMemoryKind] {
    (scratch.memory == nil ? [] : [.scratch]) + (globalSize > 0 ? [.globals] : [])
  }

  /// `target` = the machine's address of `size` bytes in one of the program's memories, at the address in R3; on to `otherwise`
  /// when they do not lie there. R0, R1, R5 are lost.
  private mutating func ownMemory(
    _ memory: OwnMemoryKind, _ address: MachineRegister, size: Int, into target: MachineRegister,
    otherwise: Assembler.Label
  ) {
    let whole = memory == .scratch ? scratch.memorySize : globalSize
    position(of: address, in: memory, into: .r1)
    guard size <= whole else {
      code.jump(.greaterEqual, .r1, .immediate(0), to: otherwise)
      emit(.arithmetic(.move, target, .register(.r10)))
      emit(.arithmetic(.add, target, .immediate(Int32(Frame.context))))
      return
    }
    code.jump(.greater, .r1, .immediate(Int32(whole - size)), to: otherwise)
    switch memory {
    case .scratch:
      emit(.arithmetic(.move, .r0, .register(.r1)))
      emit(.arithmetic(.add, .r0, .immediate(Int32(size))))
      scratchMemory(plus: .r1, upTo: .r0, into: target, otherwise: otherwise)
    case .globals:
      self.address(of: .global(layout.globalBytes), into: target)
      emit(.arithmetic(.add, target, .register(.r1)))
    }
  }

  /// `register` = the position in that memory that the address in `address` means; beyond every size when it means none. R2 is lost.
  private mutating func position(
    of address: MachineRegister, in memory: OwnMemoryKind = .scratch, into register: MachineRegister
  ) {
    code.constant(.r2, memory == .scratch ? Self.tag : Self.globalTag)
    emit(.arithmetic(.move, register, .register(address)))
    emit(.arithmetic(.subtract, register, .register(.r2)))
  }

  /// `register` = the machine's address of a position that was compared with the size; on to `otherwise` when the firing has not
  /// allocated as far as `end`, so that the address is left from another. R5 is lost.
  private mutating func scratchMemory(
    plus position: MachineRegister, upTo end: MachineRegister, into register: MachineRegister,
    otherwise: Assembler.Label
  ) {
    needs.scratchSlot = true
    // Variables are there before anything is allocated: the firing must have taken its scratch memory.
    if scratch.variableBytes > 0 { needs.scratchBlocks[plan.number, default: []].insert(block) }
    emit(.load(.double, register, from: .r10, offset: Int16(Frame.scratch)))
    code.jump(.equal, register, .immediate(0), to: otherwise)
    emit(.load(.double, .r5, from: register, offset: Int16(ScratchLayout.top)))
    code.jump(.greater, end, .register(.r5), to: otherwise)
    emit(.arithmetic(.add, register, .immediate(Int32(scratch.memory ?? 0))))
    emit(.arithmetic(.add, register, .register(position)))
  }

  mutating func store(_ address: Register, _ offset: Int, _ value: Register, _ width: Width) {
    if let place = variablePlace(address, offset, Int(width.rawValue)) {
      let from = use(value, .r0)
      let (base, at) = base(of: place, .r1)
      emit(.store(MemorySize(width), at: base, offset: at, .register(from)))
      return
    }
    let refused = fault(.badAddress, FaultValue(register: address, offset: 0))
    load(address, into: .r3)
    addConstant(.r3, offset, .r2)
    writable(size: Int(width.rawValue), refused)
    let from = use(value, .r0)
    emit(.store(MemorySize(width), at: .r2, offset: 0, .register(from)))
  }

  /// R2 = the machine's address of `size` bytes of the program's own memory at the address in R3. R0, R1, R5 are lost.
  private mutating func writable(size: Int, _ refused: Assembler.Label) {
    let memories = ownMemories
    guard !memories.isEmpty else {
      // Every address is refused; the verifier must not see that.
      code.jump(.greaterEqual, .r3, .immediate(0), to: refused)
      emit(.arithmetic(.move, .r2, .register(.r10)))
      emit(.arithmetic(.add, .r2, .immediate(Int32(Frame.context))))
      return
    }
    let found = code.makeLabel()
    for (index, memory) in memories.enumerated() {
      let isLast = index == memories.count - 1
      let elsewhere = isLast ? refused : code.makeLabel()
      ownMemory(memory, .r3, size: size, into: .r2, otherwise: elsewhere)
      if isLast { break }
      code.jump(to: found)
      code.place(elsewhere)
    }
    code.place(found)
  }

  mutating func storeText(_ address: Register, _ offset: Int, _ text: TextRegister, _ capacity: Int) {
    let refused = fault(.badAddress, FaultValue(register: address, offset: 0))
    let source = source(text)
    load(address, into: .r3)
    addConstant(.r3, offset, .r2)
    writable(size: capacity, refused)
    emit(.arithmetic(.move, .r4, .register(.r2)))
    moveUnaligned(source, to: .r4, capacity: capacity)
  }

  mutating func addressOfVariable(_ to: Register, _ id: Variable.ID) {
    code.constant(.r0, Int64(bitPattern: layout.own.address(of: id, in: program.variables)))
    set(to, from: .r0)
  }

  mutating func faultUnless(_ test: Register, _ fault: Fault) {
    let raised = self.fault(fault, nil)
    code.jump(.equal, use(test, .r0), .immediate(0), to: raised)
  }

  mutating func allocate(_ to: Register, _ size: Register) {
    let full = fault(.noScratch, nil)
    let limit = Int32(scratch.memorySize)
    load(size, into: .r2)
    code.jump(.greater, .r2, .immediate(limit), to: full)
    emit(.arithmetic(.add, .r2, .immediate(7)))
    emit(.arithmetic(.and, .r2, .immediate(-8)))
    takeTop(.r2, full)
    // The memory was another firing's, and so were the eight bytes behind it. R3 is the position, R1 its address, R2 the size.
    emit(.arithmetic(.add, .r2, .immediate(8)))
    let mark = frame.mark
    let kept = frame.transient(8)
    let (base, offset) = base(of: kept, .r5)
    emit(.store(.double, at: base, offset: offset, .register(.r3)))
    address(of: .constant(maps.zeros(scratch.memorySize + 16)), into: .r3)
    emit(.call(.probeReadKernel))
    let (again, at) = self.base(of: kept, .r3)
    emit(.load(.double, .r3, from: again, offset: at))
    code.constant(.r0, Self.tag)
    emit(.arithmetic(.add, .r0, .register(.r3)))
    set(to, from: .r0)
    frame.release(to: mark)
  }

  /// Moves the top by `size`, which was compared with the memory's size. R3 = the position before, R1 = its address in the machine.
  private mutating func takeTop(_ size: MachineRegister, _ full: Assembler.Label) {
    let limit = Int32(scratch.memorySize)
    loadScratch(into: .r1)
    emit(.load(.double, .r3, from: .r1, offset: Int16(ScratchLayout.top)))
    code.jump(.greater, .r3, .immediate(limit), to: full)
    emit(.arithmetic(.move, .r4, .register(.r3)))
    emit(.arithmetic(.add, .r4, .register(size)))
    code.jump(.greater, .r4, .immediate(limit), to: full)
    emit(.store(.double, at: .r1, offset: Int16(ScratchLayout.top), .register(.r4)))
    emit(.arithmetic(.add, .r1, .immediate(Int32(scratch.memory ?? 0))))
    emit(.arithmetic(.add, .r1, .register(.r3)))
  }

  mutating func addressOfText(_ to: Register, _ text: TextRegister) {
    let source = source(text)
    let size = (plan.clause.texts[text.index] + 7) / 8 * 8
    let full = fault(.noScratch, nil)
    guard size <= scratch.memorySize else {
      code.constant(.r0, 0)
      code.jump(.equal, .r0, .immediate(0), to: full)
      set(to, from: .r0)
      return
    }
    let some = code.makeLabel()
    let done = code.makeLabel()
    let (base, offset) = base(of: source.place, .r1)
    emit(.load(.half, .r1, from: base, offset: offset))
    code.jump(.notEqual, .r1, .immediate(Self.nullHalf), to: some)
    code.constant(.r0, 0)
    set(to, from: .r0)
    code.jump(to: done)
    code.place(some)
    code.constant(.r2, Int64(size))
    takeTop(.r2, full)
    code.constant(.r0, Self.tag)
    emit(.arithmetic(.add, .r0, .register(.r3)))
    set(to, from: .r0)
    emit(.arithmetic(.move, .r0, .register(.r1)))
    move(source, to: .pointer(.r0, 0), capacity: size, size: size + 8)
    code.place(done)
  }

  mutating func copyBytes(_ to: Register, _ from: Register, _ size: Register, _ space: Space) {
    let refused = fault(.badAddress, FaultValue(register: to, offset: 0))
    let unread = fault(.badAddress, FaultValue(register: from, offset: 0))
    let done = code.makeLabel()
    load(from, into: .r3)
    load(size, into: .r4)
    code.jump(.equal, .r4, .immediate(0), to: done)
    let memories = ownMemories
    guard !memories.isEmpty else {
      code.jump(.notEqual, .r4, .immediate(0), to: refused)
      code.place(done)
      return
    }
    let copy = code.makeLabel()
    for (index, memory) in memories.enumerated() {
      let isLast = index == memories.count - 1
      let elsewhere = isLast ? refused : code.makeLabel()
      let limit = Int32(memory == .scratch ? scratch.memorySize : globalSize)
      load(to, into: .r0)
      position(of: .r0, in: memory, into: .r1)
      code.jump(.greater, .r1, .immediate(limit), to: elsewhere)
      code.jump(.greater, .r4, .immediate(limit), to: refused)
      emit(.arithmetic(.move, .r0, .register(.r1)))
      emit(.arithmetic(.add, .r0, .register(.r4)))
      switch memory {
      case .scratch: scratchMemory(plus: .r1, upTo: .r0, into: .r2, otherwise: refused)
      case .globals:
        code.jump(.greater, .r0, .immediate(limit), to: refused)
        address(of: .global(layout.globalBytes), into: .r2)
        emit(.arithmetic(.add, .r2, .register(.r1)))
      }
      if !isLast {
        code.jump(to: copy)
        code.place(elsewhere)
      }
    }
    code.place(copy)
    let mark = frame.mark
    let kept = frame.transient(8)
    if space == .kernel {
      // Where the bytes come from may be the program's own memory too, and finding out takes all registers.
      let (base, offset) = base(of: kept, .r5)
      emit(.store(.double, at: base, offset: offset, .register(.r2)))
    } else {
      emit(.arithmetic(.move, .r1, .register(.r2)))
    }
    resolve(.r3, size: .r4, space, unread)
    if space == .kernel {
      let (base, offset) = base(of: kept, .r1)
      emit(.load(.double, .r1, from: base, offset: offset))
    }
    emit(.arithmetic(.move, .r2, .register(.r4)))
    emit(.call(space.owner == .kernel ? .probeReadKernel : .probeReadUser))
    code.jump(.notEqual, .r0, .immediate(0), to: unread)
    frame.release(to: mark)
    code.place(done)
  }

  /// Turns the address in `address` to the machine's when it is one of the program's own memory; `size` bytes from there must lie
  /// within. R0, R1, R2, R5 are lost.
  mutating func resolve(
    _ address: MachineRegister, size: MachineRegister?, _ space: Space, _ refused: Assembler.Label
  ) {
    guard space == .kernel else { return }
    let done = code.makeLabel()
    for memory in ownMemories {
      let elsewhere = code.makeLabel()
      let limit = Int32(memory == .scratch ? scratch.memorySize : globalSize)
      position(of: address, in: memory, into: .r1)
      code.jump(.greater, .r1, .immediate(limit), to: elsewhere)
      emit(.arithmetic(.move, .r0, .register(.r1)))
      if let size { emit(.arithmetic(.add, .r0, .register(size))) }
      switch memory {
      case .scratch: scratchMemory(plus: .r1, upTo: .r0, into: .r2, otherwise: refused)
      case .globals:
        code.jump(.greater, .r0, .immediate(limit), to: refused)
        self.address(of: .global(layout.globalBytes), into: .r2)
        emit(.arithmetic(.add, .r2, .register(.r1)))
      }
      emit(.arithmetic(.move, address, .register(.r2)))
      code.jump(to: done)
      code.place(elsewhere)
    }
    code.place(done)
  }
}
