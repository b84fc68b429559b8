import IR

// Functions that look for something in a text, a byte at a time. What a loop finds is kept in scratch memory, whose contents the
// verifier does not follow: it goes through each loop once and not once for every place where it may end.

extension HookEmitter {
  /// `strchr` and `strrchr`; the NUL is found at the end.
  mutating func findByte(_ to: Operand, _ source: TextSource, _ byte: Register, last: Bool) {
    let found = frame.scratch(8)
    let loop = code.makeLabel()
    let next = code.makeLabel()
    let done = code.makeLabel()
    address(of: found, into: .r4)
    emit(.store(.double, at: .r4, offset: 0, .immediate(-1)))
    address(of: source.place, into: .r3)
    load(byte, into: .r2)
    emit(.arithmetic(.and, .r2, .immediate(255)))
    code.constant(.r5, 0)
    code.place(loop)
    emit(.arithmetic(.move, .r1, .register(.r3)))
    emit(.arithmetic(.add, .r1, .register(.r5)))
    emit(.load(.byte, .r0, from: .r1, offset: 0))
    code.jump(.notEqual, .r0, .register(.r2), to: next)
    emit(.store(.double, at: .r4, offset: 0, .register(.r5)))
    if !last { code.jump(to: done) }
    code.place(next)
    code.jump(.equal, .r0, .immediate(0), to: done)
    emit(.arithmetic(.add, .r5, .immediate(1)))
    code.jump(.less, .r5, .immediate(Int32(source.capacity)), to: loop)
    code.place(done)
    emit(.load(.double, .r0, from: .r4, offset: 0))
    give(to, source)
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

    let loop = code.makeLabel()
    let matched = code.makeLabel()
    let next = code.makeLabel()
    let done = code.makeLabel()
    var (base, offset) = base(of: found, .r1)
    emit(.store(.double, at: base, offset: offset, .immediate(-1)))
    restore(.r3, low)
    restore(.r4, high)
    code.jump(.lessSigned, .r4, .register(.r3), to: done)
    code.constant(.r5, 0)
    code.place(loop)
    // Read anew each time: what the verifier learnt of them would tell one time through the loop from another.
    restore(.r3, low)
    restore(.r4, high)
    code.jump(.less, .r5, .register(.r3), to: next)
    code.jump(.greater, .r5, .register(.r4), to: done)
    for word in 0..<words {
      let same = code.makeLabel()
      address(of: text.advanced(by: word * 8), into: .r1)
      emit(.arithmetic(.add, .r1, .register(.r5)))
      emit(.load(.double, .r0, from: .r1, offset: 0))
      restore(.r2, pattern.advanced(by: word * 8))
      emit(.arithmetic(.xor, .r0, .register(.r2)))
      restore(.r2, masks.advanced(by: word * 8))
      emit(.arithmetic(.and, .r0, .register(.r2)))
      // The verifier follows what falls through first: that is the shorter way, so that few others wait for it.
      code.jump(.equal, .r0, .immediate(0), to: same)
      code.jump(to: next)
      code.place(same)
      code.jump(.notEqual, .r2, .immediate(-1), to: matched)
    }
    code.place(matched)
    (base, offset) = self.base(of: found, .r1)
    emit(.store(.double, at: base, offset: offset, .register(.r5)))
    if !last { code.jump(to: done) }
    code.place(next)
    emit(.arithmetic(.add, .r5, .immediate(1)))
    code.jump(.less, .r5, .immediate(Int32(source.capacity)), to: loop)
    code.place(done)
    restore(.r0, found)
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
    let loop = code.makeLabel()
    let next = code.makeLabel()
    let done = code.makeLabel()
    move(source, to: to)
    address(of: place, into: .r3)
    code.constant(.r5, 0)
    code.place(loop)
    emit(.arithmetic(.move, .r1, .register(.r3)))
    emit(.arithmetic(.add, .r1, .register(.r5)))
    emit(.load(.byte, .r0, from: .r1, offset: 0))
    code.jump(.equal, .r0, .immediate(0), to: done)
    emit(.arithmetic(.move, .r2, .register(.r0)))
    emit(.arithmetic(.subtract, .r2, .immediate(first)))
    code.jump(.greater, .r2, .immediate(25), to: next)
    emit(.arithmetic(.xor, .r0, .immediate(32)))
    emit(.store(.byte, at: .r1, offset: 0, .register(.r0)))
    code.place(next)
    emit(.arithmetic(.add, .r5, .immediate(1)))
    code.jump(.less, .r5, .immediate(Int32(plan.clause.texts[to.index])), to: loop)
    code.place(done)
  }
}
