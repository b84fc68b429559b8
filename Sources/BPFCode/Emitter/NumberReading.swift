import IR

// `strtoll`: one loop over the bytes whose whole state is in scratch memory, which the verifier does not follow.

extension HookEmitter {
  /// Where the reading stands.
  private enum Stage {
    /// Blanks and a sign may come.
    static let start: Int32 = 0
    /// The first digit may come, or `0x`.
    static let number: Int32 = 1
    static let digits: Int32 = 2
    /// The `x` of `0x` comes, and says nothing.
    static let mark: Int32 = 3
  }

  mutating func readNumber(_ to: Register, _ source: TextSource, base: Register?) {
    let size = (source.capacity + 7) / 8 * 8
    // The sign `0x` is looked for two bytes ahead.
    let text = frame.scratch(size + 8)
    let state = NumberState(at: frame.scratch(32))
    if let base {
      load(base, into: .r0)
      let refused = fault(.illegalOperation, nil)
      code.jump(.less, .r0, .immediate(2), to: refused)
      code.jump(.greater, .r0, .immediate(36), to: refused)
    } else {
      code.constant(.r0, 10)
    }
    address(of: state.value, into: .r4)
    for place in [state.valueOffset, state.negativeOffset, state.stageOffset] {
      emit(.store(.double, at: .r4, offset: place, .immediate(0)))
    }
    emit(.store(.double, at: .r4, offset: state.baseOffset, .register(.r0)))
    copy(from: source.place, to: text, size)
    zero(text.advanced(by: size), 8)
    loop(source.capacity, "number \(text) \(source.capacity) \(state.value)") { emitter, body in
      emitter.element(of: text, .r7, below: source.capacity, into: .r3, body)
      emitter.address(of: emitter.inLoop(state.value), into: .r4)
      emitter.emit(.load(.byte, .r0, from: .r3, offset: 0))
      emitter.code.jump(.equal, .r0, .immediate(0), to: body.stop)
      emitter.begin(state, body.again)
      emitter.digit(state, body.stop)
    }
    address(of: state.value, into: .r4)
    emit(.load(.double, .r0, from: .r4, offset: state.valueOffset))
    emit(.load(.double, .r1, from: .r4, offset: state.negativeOffset))
    let positive = code.makeLabel()
    code.jump(.equal, .r1, .immediate(0), to: positive)
    emit(.arithmetic(.negate, .r0, .immediate(0)))
    code.place(positive)
    set(to, from: .r0)
  }

  /// What comes before the digits: on to `next` when the byte in R0, at R3, belongs there. R4 is the state's address.
  fileprivate mutating func begin(_ state: NumberState, _ next: Assembler.Label) {
    let (digits, number, minus, sign) = (code.makeLabel(), code.makeLabel(), code.makeLabel(), code.makeLabel())
    let mark = code.makeLabel()
    emit(.load(.double, .r1, from: .r4, offset: state.stageOffset))
    code.jump(.equal, .r1, .immediate(Stage.digits), to: digits)
    code.jump(.equal, .r1, .immediate(Stage.mark), to: mark)
    code.jump(.equal, .r1, .immediate(Stage.number), to: number)
    for blank in [0x20, 0x09] as [Int32] { code.jump(.equal, .r0, .immediate(blank), to: next) }
    code.jump(.equal, .r0, .immediate(0x2d), to: minus)
    code.jump(.equal, .r0, .immediate(0x2b), to: sign)
    code.jump(to: number)
    code.place(minus)
    emit(.store(.double, at: .r4, offset: state.negativeOffset, .immediate(1)))
    code.place(sign)
    emit(.store(.double, at: .r4, offset: state.stageOffset, .immediate(Stage.number)))
    code.jump(to: next)
    code.place(mark)
    emit(.store(.double, at: .r4, offset: state.stageOffset, .immediate(Stage.digits)))
    code.jump(to: next)

    code.place(number)
    emit(.store(.double, at: .r4, offset: state.stageOffset, .immediate(Stage.digits)))
    emit(.load(.double, .r1, from: .r4, offset: state.baseOffset))
    code.jump(.notEqual, .r1, .immediate(16), to: digits)
    code.jump(.notEqual, .r0, .immediate(0x30), to: digits)
    emit(.load(.byte, .r1, from: .r3, offset: 1))
    emit(.arithmetic(.or, .r1, .immediate(0x20)))
    code.jump(.notEqual, .r1, .immediate(0x78), to: digits)
    emit(.load(.byte, .r1, from: .r3, offset: 2))
    value(ofDigit: .r1, otherwise: digits)
    code.jump(.greater, .r1, .immediate(15), to: digits)
    emit(.store(.double, at: .r4, offset: state.stageOffset, .immediate(Stage.mark)))
    code.jump(to: next)
    code.place(digits)
  }

  /// Takes the digit in R0; on to `done` when it is none.
  fileprivate mutating func digit(_ state: NumberState, _ done: Assembler.Label) {
    value(ofDigit: .r0, otherwise: done)
    emit(.load(.double, .r1, from: .r4, offset: state.baseOffset))
    code.jump(.greaterEqual, .r0, .register(.r1), to: done)
    emit(.load(.double, .r2, from: .r4, offset: state.valueOffset))
    emit(.arithmetic(.multiply, .r2, .register(.r1)))
    emit(.arithmetic(.add, .r2, .register(.r0)))
    emit(.store(.double, at: .r4, offset: state.valueOffset, .register(.r2)))
  }

  /// A digit or a letter of either case becomes the number that it means.
  private mutating func value(ofDigit register: MachineRegister, otherwise: Assembler.Label) {
    let (letter, done) = (code.makeLabel(), code.makeLabel())
    code.jump(.greater, register, .immediate(0x39), to: letter)
    code.jump(.less, register, .immediate(0x30), to: otherwise)
    emit(.arithmetic(.subtract, register, .immediate(0x30)))
    code.jump(to: done)
    code.place(letter)
    emit(.arithmetic(.or, register, .immediate(0x20)))
    code.jump(.less, register, .immediate(0x61), to: otherwise)
    code.jump(.greater, register, .immediate(0x7a), to: otherwise)
    emit(.arithmetic(.subtract, register, .immediate(0x61 - 10)))
    code.place(done)
  }
}

/// The words of a number being read, from the address of the first.
private struct NumberState {
  let value: Place
  let valueOffset: Int16 = 0
  let negativeOffset: Int16 = 8
  let stageOffset: Int16 = 16
  let baseOffset: Int16 = 24

  init(at place: Place) { value = place }
}
