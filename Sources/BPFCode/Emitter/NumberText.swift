import IR

// Numbers as texts.

extension HookEmitter {
  /// 64 binary digits, a sign or a prefix, the NUL.
  private static let room = 72

  /// `lltostr`: in base 10 signed; in others the bits, with `0` before octal and `0x` before hexadecimal digits.
  mutating func write(_ to: TextRegister, _ number: Register, base: Register?) throws(EmitterError) {
    let radix = base.map { plan.lifetimes.constantIntegers[$0.index] } ?? 10
    let digits = frame.scratch(Self.room)
    clearText(to)
    // R1 = what is left, R0 = the number, R4 = the base.
    if let base, radix == nil || !(2...36).contains(radix ?? 0) {
      load(base, into: .r4)
      code.jump(.less, .r4, .immediate(2), to: fault(.illegalOperation, nil))
      code.jump(.greater, .r4, .immediate(36), to: fault(.illegalOperation, nil))
    } else {
      code.constant(.r4, radix ?? 10)
    }
    load(number, into: .r1)
    emit(.arithmetic(.move, .r0, .register(.r1)))
    let unsigned = code.makeLabel()
    code.jump(.notEqual, .r4, .immediate(10), to: unsigned)
    negate(.r1, whenNegative: .r1)
    code.place(unsigned)
    let (left, radixPlace, whole, start) = (frame.scratch(8), frame.scratch(8), frame.scratch(8), frame.scratch(8))
    storeState(left, .register(.r1))
    storeState(radixPlace, .register(.r4))
    storeState(whole, .register(.r0))
    // Where the last digit so far stands: the verifier does not know that the quotient comes to zero.
    storeState(start, .immediate(Int32(Self.room - 1)))
    let (base5, offset5) = self.base(of: digits.advanced(by: Self.room - 1), .r5)
    emit(.store(.byte, at: base5, offset: offset5, .immediate(0)))
    loop(64, "digits \(digits) \(left)") { emitter, body in
      let decimal = emitter.code.makeLabel()
      emitter.loadState(.r1, emitter.inLoop(left))
      emitter.loadState(.r4, emitter.inLoop(radixPlace))
      emitter.loadState(.r3, emitter.inLoop(start))
      emitter.emit(.arithmetic(.move, .r2, .register(.r1)))
      emitter.emit(.arithmetic(.remainder, .r2, .register(.r4)))
      emitter.emit(.arithmetic(.divide, .r1, .register(.r4)))
      emitter.code.jump(.less, .r2, .immediate(10), to: decimal)
      emitter.emit(.arithmetic(.add, .r2, .immediate(0x61 - 0x30 - 10)))
      emitter.code.place(decimal)
      emitter.emit(.arithmetic(.add, .r2, .immediate(0x30)))
      emitter.emit(.arithmetic(.subtract, .r3, .immediate(1)))
      emitter.element(of: digits, .r3, below: Self.room, into: .r0, body)
      emitter.emit(.store(.byte, at: .r0, offset: 0, .register(.r2)))
      emitter.storeState(emitter.inLoop(start), .register(.r3))
      emitter.storeState(emitter.inLoop(left), .register(.r1))
      emitter.code.jump(.equal, .r1, .immediate(0), to: body.stop)
    }
    let far = code.makeLabel()
    loadState(.r0, whole)
    loadState(.r4, radixPlace)
    loadState(.r1, start)
    // Always so; two more bytes may stand before the digits.
    code.jump(.greater, .r1, .immediate(Int32(Self.room - 1)), to: far)
    code.jump(.less, .r1, .immediate(2), to: far)
    address(of: digits, into: .r5)
    emit(.arithmetic(.add, .r5, .register(.r1)))
    prefix()
    emit(.arithmetic(.move, .r3, .register(.r5)))
    code.constant(.r2, Int64(plan.clause.texts[to.index]))
    take(to)
    code.place(far)
  }

  /// What stands before the digits of the number in R0 to the base in R4.
  private mutating func prefix() {
    let octal = code.makeLabel()
    let hexadecimal = code.makeLabel()
    let done = code.makeLabel()
    code.jump(.equal, .r4, .immediate(8), to: octal)
    code.jump(.equal, .r4, .immediate(16), to: hexadecimal)
    code.jump(.notEqual, .r4, .immediate(10), to: done)
    code.jump(.greaterEqualSigned, .r0, .immediate(0), to: done)
    prepend(.immediate(0x2d))
    code.jump(to: done)
    code.place(hexadecimal)
    prepend(.immediate(0x78))
    prepend(.immediate(0x30))
    code.jump(to: done)
    code.place(octal)
    code.jump(.equal, .r0, .immediate(0), to: done)
    prepend(.immediate(0x30))
    code.place(done)
  }

  private mutating func prepend(_ byte: MachineOperand) {
    emit(.arithmetic(.subtract, .r5, .immediate(1)))
    emit(.store(.byte, at: .r5, offset: 0, byte))
  }

  /// `inet_ntoa`: the four bytes of a word, the low one first, each of at most three digits.
  mutating func writeAddress(_ to: TextRegister, _ word: Register) {
    load(word, into: .r1)
    writeQuad(to)
  }

  /// The same for the word in R1.
  mutating func writeQuad(_ to: TextRegister) {
    let digits = frame.transient(16)
    let mark = frame.mark
    let word = frame.transient(8)
    let (base, offset) = base(of: word, .r5)
    emit(.store(.double, at: base, offset: offset, .register(.r1)))
    clearText(to)
    address(of: digits, into: .r5)
    for offset in [Int16(0), 8] { emit(.store(.double, at: .r5, offset: offset, .immediate(0))) }
    let (again, at) = self.base(of: word, .r1)
    emit(.load(.double, .r1, from: again, offset: at))
    frame.release(to: mark)
    for part in 0..<4 {
      emit(.arithmetic(.move, .r2, .register(.r1)))
      emit(.arithmetic(.and, .r2, .immediate(255)))
      emit(.arithmetic(.shiftRight, .r1, .immediate(8)))
      for divisor in [100, 10, 1] as [Int32] {
        let skip = code.makeLabel()
        // A leading digit stands only where the number reaches it.
        if divisor > 1 {
          code.jump(.less, .r2, .immediate(divisor), to: skip)
        }
        emit(.arithmetic(.move, .r3, .register(.r2)))
        emit(.arithmetic(.divide, .r3, .immediate(divisor)))
        emit(.arithmetic(.remainder, .r3, .immediate(10)))
        emit(.arithmetic(.add, .r3, .immediate(0x30)))
        emit(.store(.byte, at: .r5, offset: 0, .register(.r3)))
        emit(.arithmetic(.add, .r5, .immediate(1)))
        code.place(skip)
      }
      if part < 3 {
        emit(.store(.byte, at: .r5, offset: 0, .immediate(0x2e)))
        emit(.arithmetic(.add, .r5, .immediate(1)))
      }
    }
    address(of: digits, into: .r3)
    code.constant(.r2, Int64(plan.clause.texts[to.index]))
    take(to)
  }
}
