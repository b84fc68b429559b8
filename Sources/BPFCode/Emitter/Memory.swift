import IR

// Addresses that a D program computes. Kernel and user memory is read through helpers, which fail rather than fault; the program's
// own memory (scratch, and the global variables of bytes) has addresses with a tag, whose low bits are a position that is compared
// with the memory's size before use.

extension HookEmitter {
  static let tag = Int64(bitPattern: Scratch.tag)
  private static let localTag = Int64(bitPattern: Scratch.localTag)
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
    if space.owner == .kernel, !space.faults, let cast = offsets.cast {
      emit(.arithmetic(.move, .r1, .register(.r3)))
      code.constant(.r2, Int64(cast.word))
      emit(.call(function: cast.function))
      emit(.load(size, .r0, from: .r0, offset: 0))
      code.place(done)
      if signed { extend(.r0, width, signed: true) }
      set(to, from: .r0)
      return
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
    case Scratch.localTag where position + size <= scratch.variableBytes: return .scratch(scratch.variables + position)
    case Scratch.globalTag where position + size <= globalSize: return .global(layout.globalBytes + position)
    default: return nil
    }
  }

  /// The memories of the program itself that this one has.
  enum OwnMemoryKind { case scratch, locals, globals }

  private var ownMemories: [OwnMemoryKind] {
    (scratch.memory == nil ? [] : [.scratch]) + (scratch.variableBytes > 0 ? [.locals] : [])
      + (globalSize > 0 ? [.globals] : [])
  }

  private func size(of memory: OwnMemoryKind) -> Int {
    switch memory {
    case .scratch: scratch.memorySize
    case .locals: scratch.variableBytes
    case .globals: globalSize
    }
  }

  /// `target` = the machine's address of the position in R1, which was compared with the size of the variables' memory.
  private mutating func variables(_ memory: OwnMemoryKind, into target: MachineRegister) {
    address(of: memory == .globals ? .global(layout.globalBytes) : .scratch(scratch.variables), into: target)
    emit(.arithmetic(.add, target, .register(.r1)))
  }

  /// `target` = the machine's address of `size` bytes in one of the program's memories, at the address in R3; on to `otherwise`
  /// when they do not lie there. R0, R1, R5 are lost.
  private mutating func ownMemory(
    _ memory: OwnMemoryKind, _ address: MachineRegister, size: Int, into target: MachineRegister,
    otherwise: Assembler.Label
  ) {
    let whole = self.size(of: memory)
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
    case .locals, .globals: variables(memory, into: target)
    }
  }

  /// `register` = the position in that memory that the address in `address` means; beyond every size when it means none. R2 is lost.
  private mutating func position(
    of address: MachineRegister, in memory: OwnMemoryKind = .scratch, into register: MachineRegister
  ) {
    switch memory {
    case .scratch: code.constant(.r2, Self.tag)
    case .locals: code.constant(.r2, Self.localTag)
    case .globals: code.constant(.r2, Self.globalTag)
    }
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

  mutating func faultUnless(_ test: Register, _ fault: Fault, _ value: Register) {
    let raised = self.fault(fault, FaultValue(register: value, offset: 0))
    code.jump(.equal, use(test, .r0), .immediate(0), to: raised)
  }

  mutating func copyBytes(_ to: Register, _ from: Register, _ size: Register, _ space: Space) {
    let refused = fault(.badAddress, FaultValue(register: to, offset: 0))
    let unread = fault(.badAddress, FaultValue(register: from, offset: 0))
    let tooLong = fault(.badSize, FaultValue(register: size, offset: 0))
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
      let limit = Int32(self.size(of: memory))
      load(to, into: .r0)
      position(of: .r0, in: memory, into: .r1)
      code.jump(.greaterEqual, .r1, .immediate(limit), to: elsewhere)
      within(memory, size: .r4, notThere: refused, tooLong: tooLong)
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
    resolve(.r3, size: .r4, space, unread, tooLong: tooLong)
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

  /// R2 = the machine's address of the position in R1, which is below the memory's size, when `size` bytes may be used there.
  private mutating func within(
    _ memory: OwnMemoryKind, size: MachineRegister, notThere: Assembler.Label, tooLong: Assembler.Label
  ) {
    let limit = Int32(self.size(of: memory))
    switch memory {
    case .scratch:
      emit(.arithmetic(.move, .r0, .register(.r1)))
      emit(.arithmetic(.add, .r0, .immediate(1)))
      scratchMemory(plus: .r1, upTo: .r0, into: .r2, otherwise: notThere)
    case .locals, .globals:
      code.jump(.greaterEqual, .r1, .immediate(limit), to: notThere)
      variables(memory, into: .r2)
      code.constant(.r5, Int64(limit))
    }
    code.jump(.greater, size, .immediate(limit), to: tooLong)
    emit(.arithmetic(.move, .r0, .register(.r1)))
    emit(.arithmetic(.add, .r0, .register(size)))
    // R5 is where what may be used ends.
    code.jump(.greater, .r0, .register(.r5), to: tooLong)
  }

  /// Turns the address in `address` to the machine's when it is one of the program's own memory; `size` bytes from there must lie
  /// within. R0, R1, R2, R5 are lost.
  mutating func resolve(
    _ address: MachineRegister, size: MachineRegister?, _ space: Space, _ refused: Assembler.Label,
    tooLong: Assembler.Label? = nil
  ) {
    guard space == .kernel else { return }
    let done = code.makeLabel()
    for memory in ownMemories {
      let elsewhere = code.makeLabel()
      let limit = Int32(self.size(of: memory))
      position(of: address, in: memory, into: .r1)
      code.jump(.greater, .r1, .immediate(limit), to: elsewhere)
      if let size, let tooLong {
        within(memory, size: size, notThere: refused, tooLong: tooLong)
        emit(.arithmetic(.move, address, .register(.r2)))
        code.jump(to: done)
        code.place(elsewhere)
        continue
      }
      emit(.arithmetic(.move, .r0, .register(.r1)))
      if let size { emit(.arithmetic(.add, .r0, .register(size))) }
      switch memory {
      case .scratch: scratchMemory(plus: .r1, upTo: .r0, into: .r2, otherwise: refused)
      case .locals, .globals:
        code.jump(.greater, .r0, .immediate(limit), to: refused)
        variables(memory, into: .r2)
      }
      emit(.arithmetic(.move, address, .register(.r2)))
      code.jump(to: done)
      code.place(elsewhere)
    }
    code.place(done)
  }
}
