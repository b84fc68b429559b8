import IR

// `basename` and `dirname`, as the commands of these names: trailing slashes do not count; of nothing it is ".", of slashes alone "/".

extension HookEmitter {
  private static let slash: Int32 = 0x2f

  mutating func lastComponent(_ to: TextRegister, _ source: TextSource) {
    let text = spare(source, to)
    let (start, end, before) = components(text)
    let done = code.makeLabel()
    _ = before
    unlessComponent(end, to, text, done)
    // R1 = where it starts, R2 = its length and the NUL.
    load(.r1, start, below: text.capacity, otherwise: done)
    load(.r2, end, below: text.capacity, otherwise: done)
    emit(.arithmetic(.subtract, .r2, .register(.r1)))
    emit(.arithmetic(.add, .r2, .immediate(1)))
    part(to, text)
    code.place(done)
  }

  mutating func directory(_ to: TextRegister, _ source: TextSource) {
    let text = spare(source, to)
    let (start, end, before) = components(text)
    let done = code.makeLabel()
    let above = code.makeLabel()
    let below = code.makeLabel()
    unlessComponent(end, to, text, done)
    load(.r2, before, below: text.capacity, otherwise: done)
    code.jump(.notEqual, .r2, .immediate(0), to: above)
    // The only component: behind a slash, or behind nothing.
    load(.r1, start, below: text.capacity, otherwise: done)
    code.jump(.notEqual, .r1, .immediate(0), to: below)
    self.text(to, always: ".")
    code.jump(to: done)
    code.place(below)
    self.text(to, always: "/")
    code.jump(to: done)
    code.place(above)
    code.constant(.r1, 0)
    emit(.arithmetic(.add, .r2, .immediate(1)))
    part(to, text)
    code.place(done)
  }

  private mutating func text(_ to: TextRegister, always constant: String) {
    let bytes = Self.bytes(of: Array(constant.utf8), capacity: 2)
    move(TextSource(place: .constant(maps.constant(bytes)), capacity: bytes.count), to: to)
  }

  /// Where the last component starts and ends, and where the one before it ends: each in scratch memory, where the verifier does not
  /// follow it.
  private mutating func components(_ source: TextSource) -> (start: Place, end: Place, before: Place) {
    let text = loopable(source)
    let places = frame.scratch(32)
    let (start, end, before) = (places, places.advanced(by: 8), places.advanced(by: 16))
    // 1 behind a slash and at the beginning.
    let outside = places.advanced(by: 24)
    for place in [start, end, before] { storeState(place, .immediate(0)) }
    storeState(outside, .immediate(1))
    loop(text.capacity, "components \(text) \(places)") { emitter, body in
      let (inside, slash) = (emitter.code.makeLabel(), emitter.code.makeLabel())
      emitter.element(of: text.place, .r7, below: text.capacity, into: .r1, body)
      emitter.emit(.load(.byte, .r0, from: .r1, offset: 0))
      emitter.code.jump(.equal, .r0, .immediate(0), to: body.stop)
      emitter.code.jump(.equal, .r0, .immediate(Self.slash), to: slash)
      emitter.loadState(.r2, emitter.inLoop(outside))
      emitter.code.jump(.equal, .r2, .immediate(0), to: inside)
      emitter.storeState(emitter.inLoop(outside), .immediate(0))
      emitter.loadState(.r1, emitter.inLoop(end))
      emitter.storeState(emitter.inLoop(before), .register(.r1))
      emitter.storeState(emitter.inLoop(start), .register(.r7))
      emitter.code.place(inside)
      emitter.emit(.arithmetic(.move, .r1, .register(.r7)))
      emitter.emit(.arithmetic(.add, .r1, .immediate(1)))
      emitter.storeState(emitter.inLoop(end), .register(.r1))
      emitter.code.jump(to: body.again)
      emitter.code.place(slash)
      emitter.storeState(emitter.inLoop(outside), .immediate(1))
    }
    return (start, end, before)
  }

  /// "." or "/" when there is no component, and on to `done`.
  private mutating func unlessComponent(
    _ end: Place, _ to: TextRegister, _ text: TextSource, _ done: Assembler.Label
  ) {
    let some = code.makeLabel()
    let slashes = code.makeLabel()
    clearText(to)
    var (base, offset) = base(of: end, .r1)
    emit(.load(.double, .r1, from: base, offset: offset))
    code.jump(.notEqual, .r1, .immediate(0), to: some)
    (base, offset) = self.base(of: text.place, .r1)
    emit(.load(.byte, .r1, from: base, offset: offset))
    code.jump(.notEqual, .r1, .immediate(0), to: slashes)
    self.text(to, always: ".")
    code.jump(to: done)
    code.place(slashes)
    self.text(to, always: "/")
    code.jump(to: done)
    code.place(some)
  }

  /// A position that was kept, so that the verifier knows it again; it is never beyond the text.
  private mutating func load(_ register: MachineRegister, _ place: Place, below limit: Int, otherwise: Assembler.Label)
  {
    let (base, offset) = base(of: place, register)
    emit(.load(.double, register, from: base, offset: offset))
    code.jump(.greater, register, .immediate(Int32(limit)), to: otherwise)
  }

  /// The text's bytes from R1 on, R2 of them with the NUL, as many as fit.
  private mutating func part(_ to: TextRegister, _ text: TextSource) {
    let fits = code.makeLabel()
    let capacity = Int64(plan.clause.texts[to.index])
    code.jump(.lessEqual, .r2, .immediate(Int32(capacity)), to: fits)
    code.constant(.r2, capacity)
    code.place(fits)
    address(of: text.place, into: .r3)
    emit(.arithmetic(.add, .r3, .register(.r1)))
    take(to)
  }
}
