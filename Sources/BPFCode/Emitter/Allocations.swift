import IR

// Scratch memory as a clause takes it: from its top on, and all of it is given back when the next clause begins.

extension HookEmitter {
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
    let some = code.makeLabel()
    let done = code.makeLabel()
    let (base, offset) = base(of: source.place, .r1)
    emit(.load(.half, .r1, from: base, offset: offset))
    code.jump(.notEqual, .r1, .immediate(Self.nullHalf), to: some)
    code.constant(.r0, 0)
    set(to, from: .r0)
    code.jump(to: done)
    code.place(some)
    guard size <= scratch.memorySize else {
      // Only NULL needs no room.
      code.jump(to: full)
      code.place(done)
      return
    }
    code.constant(.r2, Int64(size))
    takeTop(.r2, full)
    code.constant(.r0, Self.tag)
    emit(.arithmetic(.add, .r0, .register(.r3)))
    set(to, from: .r0)
    emit(.arithmetic(.move, .r0, .register(.r1)))
    move(source, to: .pointer(.r0, 0), capacity: size, size: size + 8)
    code.place(done)
  }

  /// What the clause before this one allocated is gone.
  mutating func releaseAllocations() {
    guard scratch.memory != nil, plan.clause.touchesAllocations else { return }
    guard position.clause > 0 || error != nil || isResumed else { return }
    needs.scratchSlot = true
    let none = code.makeLabel()
    emit(.load(.double, .r0, from: .r10, offset: Int16(Frame.scratch)))
    code.jump(.equal, .r0, .immediate(0), to: none)
    emit(.store(.double, at: .r0, offset: Int16(ScratchLayout.top), .immediate(0)))
    let (base, offset) = base(of: .pointer(.r0, scratch.memory ?? 0), .r1)
    emit(.store(.double, at: base, offset: offset, .immediate(0)))
    code.place(none)
  }
}

extension Clause {
  /// Whether it may allocate, or use an address of what was.
  fileprivate var touchesAllocations: Bool {
    blocks.contains { block in
      block.steps.contains { step in
        switch step {
        case .allocate, .addressOfText, .copyBytes, .store, .storeText: true
        case .load(_, _, _, _, _, .kernel), .loadText(_, _, _, .kernel), .loadFilled(_, _, _, _, .kernel),
          .recordBytes(_, _, _, _, .kernel):
          true
        default: false
        }
      }
    }
  }
}
