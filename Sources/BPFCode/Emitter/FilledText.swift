import IR

// `memstr`: bytes with NULs among them as one text.

extension HookEmitter {
  mutating func loadFilled(
    _ to: TextRegister, _ address: Register, _ size: Register, _ filler: Register, _ space: Space
  ) {
    let capacity = plan.clause.texts[to.index]
    guard plan.texts[to.index] != nil else { return }
    guard capacity > 1 else { return clearText(to) }
    let refused = fault(.badAddress, FaultValue(register: address, offset: 0))
    let (fits, none) = (code.makeLabel(), code.makeLabel())
    let bytes = frame.scratch(capacity)
    let (count, byte) = (frame.scratch(8), frame.scratch(8))
    zero(bytes, (capacity + 7) / 8 * 8)
    load(filler, into: .r0)
    emit(.arithmetic(.and, .r0, .immediate(255)))
    storeState(byte, .register(.r0))
    load(address, into: .r3)
    load(size, into: .r4)
    code.jump(.lessEqual, .r4, .immediate(Int32(capacity - 1)), to: fits)
    code.constant(.r4, Int64(capacity - 1))
    code.place(fits)
    code.jump(.equal, .r4, .immediate(0), to: none)
    storeState(count, .register(.r4))
    resolve(.r3, size: .r4, space, refused)
    emit(.arithmetic(.move, .r2, .register(.r4)))
    self.address(of: bytes, into: .r1)
    emit(.call(space.owner == .kernel ? .probeReadKernel : .probeReadUser))
    // The helper zeroes what it could not read.
    if space.faults { code.jump(.notEqual, .r0, .immediate(0), to: refused) }
    loop(capacity - 1, "fill \(bytes) \(capacity) \(count) \(byte)") { emitter, body in
      emitter.element(of: bytes, .r7, below: capacity - 1, into: .r1, body)
      emitter.loadState(.r2, emitter.inLoop(count))
      emitter.code.jump(.greaterEqual, .r7, .register(.r2), to: body.stop)
      emitter.emit(.load(.byte, .r0, from: .r1, offset: 0))
      emitter.code.jump(.notEqual, .r0, .immediate(0), to: body.again)
      emitter.loadState(.r2, emitter.inLoop(byte))
      emitter.emit(.store(.byte, at: .r1, offset: 0, .register(.r2)))
    }
    code.place(none)
    clearText(to)
    self.address(of: bytes, into: .r3)
    code.constant(.r2, Int64(capacity))
    take(to)
  }
}
