import IR

// Functions that look for something in a text, a byte a round. What a loop finds is kept in scratch memory, whose contents the
// verifier does not follow.

extension HookEmitter {
  /// `strchr` and `strrchr`; the NUL is found at the end.
  mutating func findByte(_ to: Operand, _ source: TextSource, _ byte: Register, last: Bool) {
    let text = loopable(source)
    let (found, wanted) = (frame.scratch(8), frame.scratch(8))
    storeState(found, .immediate(-1))
    load(byte, into: .r0)
    emit(.arithmetic(.and, .r0, .immediate(255)))
    storeState(wanted, .register(.r0))
    loop(text.capacity, "find byte \(text) \(found) \(wanted) \(last)") { emitter, body in
      let next = emitter.code.makeLabel()
      emitter.element(of: text.place, .r7, below: text.capacity, into: .r1, body)
      emitter.emit(.load(.byte, .r0, from: .r1, offset: 0))
      emitter.loadState(.r2, emitter.inLoop(wanted))
      emitter.code.jump(.notEqual, .r0, .register(.r2), to: next)
      emitter.storeState(emitter.inLoop(found), .register(.r7))
      if !last { emitter.code.jump(to: body.stop) }
      emitter.code.place(next)
      emitter.code.jump(.equal, .r0, .immediate(0), to: body.stop)
    }
    loadState(.r0, found)
    give(to, text)
  }

  /// The offset in R0, or the rest of the text from there.
  private mutating func give(_ to: Operand, _ source: TextSource) {
    switch to {
    case .integer(let register): set(register, from: .r0)
    case .text(let register):
      let none = code.makeLabel()
      let done = code.makeLabel()
      let offset = frame.transient(8)
      let (base, at) = base(of: offset, .r1)
      emit(.store(.double, at: base, offset: at, .register(.r0)))
      let text = spare(source, register)
      clearText(register)
      let (again, place) = self.base(of: offset, .r1)
      emit(.load(.double, .r1, from: again, offset: place))
      code.jump(.greater, .r1, .immediate(Int32(source.capacity - 1)), to: none)
      address(of: text.place, into: .r3)
      emit(.arithmetic(.add, .r3, .register(.r1)))
      code.constant(.r2, Int64(plan.clause.texts[register.index]))
      take(register)
      code.jump(to: done)
      code.place(none)
      nullText(register)
      code.place(done)
    }
  }

  /// `index`, `rindex` and `strstr`: at each place the words of what is wanted are compared, the last one under a mask.
  mutating func findText(
    _ to: Operand, _ source: TextSource, _ wanted: TextSource, from: Register?, last: Bool
  ) {
    let textSize = (source.capacity + 7) / 8 * 8
    let words = (wanted.capacity + 7) / 8
    // A comparison at the text's end reaches as far behind it as the wanted text is long.
    let text = frame.scratch(textSize + words * 8 + 8)
    let pattern = frame.scratch(words * 8)
    let masks = frame.scratch(words * 8)
    let (low, high, found) = (frame.scratch(8), frame.scratch(8), frame.scratch(8))
    copy(from: source.place, to: text, textSize)
    zero(text.advanced(by: textSize), words * 8 + 8)
    copy(from: wanted.place, to: pattern, words * 8)
    writeMasks(of: pattern, to: masks, words)
    searchBounds(source, wanted, from: from, last: last, low: low, high: high)

    storeState(found, .immediate(-1))
    let key = "find text \(text) \(source.capacity) \(words) \(last)"
    loop(source.capacity, key) { emitter, body in
      let matched = emitter.code.makeLabel()
      emitter.loadState(.r3, emitter.inLoop(low))
      emitter.loadState(.r4, emitter.inLoop(high))
      // Where nothing can stand both may be less than 0.
      emitter.code.jump(.lessSigned, .r7, .register(.r3), to: body.again)
      emitter.code.jump(.greaterSigned, .r7, .register(.r4), to: body.stop)
      emitter.element(of: text, .r7, below: source.capacity, into: .r1, body)
      for word in 0..<words {
        emitter.emit(.load(.double, .r0, from: .r1, offset: emitter.short(word * 8)))
        emitter.loadState(.r2, emitter.inLoop(pattern).advanced(by: word * 8))
        emitter.emit(.arithmetic(.xor, .r0, .register(.r2)))
        emitter.loadState(.r2, emitter.inLoop(masks).advanced(by: word * 8))
        emitter.emit(.arithmetic(.and, .r0, .register(.r2)))
        emitter.code.jump(.notEqual, .r0, .immediate(0), to: body.again)
        emitter.code.jump(.notEqual, .r2, .immediate(-1), to: matched)
      }
      emitter.code.place(matched)
      emitter.storeState(emitter.inLoop(found), .register(.r7))
      if !last { emitter.code.jump(to: body.stop) }
    }
    loadState(.r0, found)
    give(to, source)
  }

  private mutating func restore(_ register: MachineRegister, _ place: Place) {
    let (base, offset) = base(of: place, register)
    emit(.load(.double, register, from: base, offset: offset))
  }

  /// For each word of a text a mask of the bytes before its NUL. A byte's top bit is set when it is not zero; from there it
  /// spreads over the byte.
  private mutating func writeMasks(of pattern: Place, to masks: Place, _ words: Int) {
    let (from, start) = base(of: pattern, .r1)
    let (to, end) = base(of: masks, .r4)
    code.constant(.r2, 0x7f7f_7f7f_7f7f_7f7f)
    for word in 0..<words {
      emit(.load(.double, .r0, from: from, offset: start + short(word * 8)))
      emit(.arithmetic(.move, .r3, .register(.r0)))
      emit(.arithmetic(.and, .r3, .register(.r2)))
      emit(.arithmetic(.add, .r3, .register(.r2)))
      emit(.arithmetic(.or, .r3, .register(.r0)))
      emit(.arithmetic(.or, .r3, .register(.r2)))
      emit(.arithmetic(.xor, .r3, .register(.r2)))
      emit(.arithmetic(.shiftRight, .r3, .immediate(7)))
      emit(.arithmetic(.multiply, .r3, .immediate(255)))
      if word == 0 {
        // NULL is marked behind its NUL.
        let some = code.makeLabel()
        emit(.arithmetic(.and, .r0, .immediate(255)))
        code.jump(.notEqual, .r0, .immediate(0), to: some)
        code.constant(.r3, 0)
        code.place(some)
      }
      emit(.store(.double, at: to, offset: end + short(word * 8), .register(.r3)))
    }
  }

  /// The first and the last offset at which the wanted text may stand; what is empty stands everywhere.
  private mutating func searchBounds(
    _ source: TextSource, _ wanted: TextSource, from: Register?, last: Bool, low: Place, high: Place
  ) {
    length(of: source)
    keep(.r0, high)
    length(of: wanted)
    // R0 = the wanted text's length, R1 = the text's, R2 = from, R3 = the last place.
    restore(.r1, high)
    emit(.arithmetic(.move, .r3, .register(.r1)))
    emit(.arithmetic(.subtract, .r3, .register(.r0)))
    if let from { load(from, into: .r2) } else { code.constant(.r2, last ? .max : 0) }
    let bounded = code.makeLabel()
    let settled = code.makeLabel()
    if last {
      code.jump(.greaterEqualSigned, .r2, .register(.r3), to: bounded)
      emit(.arithmetic(.move, .r3, .register(.r2)))
      code.place(bounded)
      code.jump(.notEqual, .r0, .immediate(0), to: settled)
      code.jump(.greaterEqualSigned, .r3, .immediate(0), to: settled)
      code.constant(.r3, 0)
      code.place(settled)
      code.constant(.r2, 0)
    } else {
      code.jump(.greaterEqualSigned, .r2, .immediate(0), to: bounded)
      code.constant(.r2, 0)
      code.place(bounded)
      code.jump(.notEqual, .r0, .immediate(0), to: settled)
      code.jump(.lessEqualSigned, .r2, .register(.r1), to: settled)
      emit(.arithmetic(.move, .r2, .register(.r1)))
      code.place(settled)
    }
    keep(.r2, low)
    keep(.r3, high)
  }

  private mutating func keep(_ register: MachineRegister, _ place: Place) {
    let (base, offset) = base(of: place, .r5)
    emit(.store(.double, at: base, offset: offset, .register(register)))
  }

  /// `tolower` and `toupper`: the letters from `first` on, 26 of them, change their case.
  mutating func fold(_ to: TextRegister, _ source: TextSource, first: Int32) {
    guard let place = plan.texts[to.index] else { return }
    let capacity = plan.clause.texts[to.index]
    move(source, to: to)
    // Of NULL it is "", as with every function whose argument was not asked for that.
    let some = code.makeLabel()
    let (base, offset) = base(of: place, .r1)
    emit(.load(.half, .r2, from: base, offset: offset))
    code.jump(.notEqual, .r2, .immediate(Self.nullHalf), to: some)
    emit(.store(.half, at: base, offset: offset, .immediate(0)))
    code.place(some)
    // On the stack it is short.
    var onStack = false
    if case .stack = place { onStack = true }
    let work = onStack ? frame.scratch(capacity) : place
    if onStack { copy(from: place, to: work, (capacity + 7) / 8 * 8) }
    loop(capacity, "fold \(work) \(capacity) \(first)") { emitter, body in
      emitter.element(of: work, .r7, below: capacity, into: .r1, body)
      emitter.emit(.load(.byte, .r0, from: .r1, offset: 0))
      emitter.code.jump(.equal, .r0, .immediate(0), to: body.stop)
      emitter.emit(.arithmetic(.move, .r2, .register(.r0)))
      emitter.emit(.arithmetic(.subtract, .r2, .immediate(first)))
      emitter.code.jump(.greater, .r2, .immediate(25), to: body.again)
      emitter.emit(.arithmetic(.xor, .r0, .immediate(32)))
      emitter.emit(.store(.byte, at: .r1, offset: 0, .register(.r0)))
    }
    if onStack { copy(from: work, to: place, (capacity + 7) / 8 * 8) }
  }

  /// `strspn` and `strcspn`: the set becomes a table of 256 bytes.
  mutating func span(_ to: Register, _ source: TextSource, _ set: TextSource, member: Bool) {
    let text = loopable(source)
    let members = loopable(set)
    let table = frame.scratch(256)
    let found = frame.scratch(8)
    zero(table, 256)
    storeState(found, .immediate(0))
    loop(members.capacity, "set \(members) \(table)") { emitter, body in
      emitter.element(of: members.place, .r7, below: members.capacity, into: .r1, body)
      emitter.emit(.load(.byte, .r0, from: .r1, offset: 0))
      emitter.code.jump(.equal, .r0, .immediate(0), to: body.stop)
      emitter.address(of: emitter.inLoop(table), into: .r2)
      emitter.emit(.arithmetic(.add, .r2, .register(.r0)))
      emitter.emit(.store(.byte, at: .r2, offset: 0, .immediate(1)))
    }
    loop(text.capacity, "span \(text) \(table) \(found) \(member)") { emitter, body in
      emitter.element(of: text.place, .r7, below: text.capacity, into: .r1, body)
      emitter.emit(.load(.byte, .r0, from: .r1, offset: 0))
      emitter.storeState(emitter.inLoop(found), .register(.r7))
      emitter.code.jump(.equal, .r0, .immediate(0), to: body.stop)
      emitter.address(of: emitter.inLoop(table), into: .r2)
      emitter.emit(.arithmetic(.add, .r2, .register(.r0)))
      emitter.emit(.load(.byte, .r0, from: .r2, offset: 0))
      emitter.code.jump(member ? .equal : .notEqual, .r0, .immediate(0), to: body.stop)
    }
    loadState(.r0, found)
    self.set(to, from: .r0)
  }
}
