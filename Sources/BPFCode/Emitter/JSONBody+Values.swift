import IR

// What json() does with values, and with the steps of its path.

extension JSONBody {
  /// Numbers, and `true`, `false` and `null`.
  func readScalar(_ end: Assembler.Label, _ emitter: inout HookEmitter) {
    begin(.word, &emitter)
    let isLetter = emitter.code.makeLabel()
    jump(from: "a", through: "z", to: isLetter, &emitter)
    get(.r1, .letters, &emitter)
    for word in ["true", "false", "null"] {
      emitter.code.constant(.r2, word.utf8.reduce(0) { $0 << 8 | Int64($1) })
      emitter.code.jump(.equal, .r1, .register(.r2), to: end)
    }
    emitter.code.jump(to: body.stop)
    emitter.code.place(isLetter)
    get(.r1, .letters, &emitter)
    emitter.emit(.arithmetic(.shiftLeft, .r1, .immediate(8)))
    emitter.emit(.arithmetic(.or, .r1, .register(.r8)))
    set(.letters, .register(.r1), &emitter)
    emitter.code.jump(to: body.again)

    begin(.number, &emitter)
    let (isWhole, isNoPower) = (emitter.code.makeLabel(), emitter.code.makeLabel())
    jump(.notEqual, ".", to: isWhole, &emitter)
    go(to: .fraction, &emitter)
    emitter.code.place(isWhole)
    jump(.equal, "x", to: body.stop, &emitter)
    jump(.equal, "X", to: body.stop, &emitter)
    begin(.fraction, &emitter)
    emitter.emit(.arithmetic(.move, .r1, .register(.r8)))
    emitter.emit(.arithmetic(.or, .r1, .immediate(0x20)))
    emitter.code.jump(.notEqual, .r1, .immediate(0x65), to: isNoPower)
    go(to: .exponent, &emitter)
    emitter.code.place(isNoPower)
    jump(.equal, "+", to: body.stop, &emitter)
    jump(.equal, "-", to: body.stop, &emitter)
    begin(.exponent, &emitter)
    jump(from: "0", through: "9", to: body.again, &emitter)
    jump(.equal, "+", to: body.again, &emitter)
    jump(.equal, "-", to: body.again, &emitter)
    emitter.code.jump(to: end)
  }

  /// A number or a word ended before this byte, which is looked at again when it was not what is wanted.
  func endScalar(_ end: Assembler.Label, _ emitter: inout HookEmitter) {
    let isWanted = emitter.code.makeLabel()
    emitter.code.place(end)
    get(.r1, .isFound, &emitter)
    emitter.code.jump(.notEqual, .r1, .immediate(0), to: isWanted)
    set(.cursor, .register(.r7), &emitter)
    go(to: .comma, &emitter)
    emitter.code.place(isWanted)
    found(endingAt: .r7, &emitter)
  }

  /// The value that the path's last step leads to; a step more would need an object or an array.
  func found(endingAt end: MachineRegister, _ emitter: inout HookEmitter) {
    get(.r1, .left, &emitter)
    emitter.code.jump(.notEqual, .r1, .immediate(0), to: body.stop)
    set(.end, .register(end), &emitter)
    set(.isDone, .immediate(1), &emitter)
    emitter.code.jump(to: body.stop)
  }

  /// The first byte of a value.
  func readValue(_ emitter: inout HookEmitter) {
    begin(.value, &emitter)
    skipBlanks(&emitter)
    let (isNested, isText, isLetter, isNumber) = (
      emitter.code.makeLabel(), emitter.code.makeLabel(), emitter.code.makeLabel(), emitter.code.makeLabel()
    )
    set(.start, .register(.r7), &emitter)
    jump(.equal, "{", to: isNested, &emitter)
    jump(.equal, "[", to: isNested, &emitter)
    jump(.equal, "\"", to: isText, &emitter)
    jump(from: "a", through: "z", to: isLetter, &emitter)
    jump(.equal, "-", to: isNumber, &emitter)
    jump(from: "0", through: "9", to: isNumber, &emitter)
    emitter.code.jump(to: body.stop)
    emitter.code.place(isText)
    add(1, to: .start, &emitter)
    go(to: .string, &emitter)
    emitter.code.place(isLetter)
    set(.letters, .register(.r8), &emitter)
    go(to: .word, &emitter)
    emitter.code.place(isNumber)
    go(to: .number, &emitter)

    emitter.code.place(isNested)
    let whole = emitter.code.makeLabel()
    // R2 = whether it is an array.
    emitter.emit(.arithmetic(.move, .r2, .register(.r8)))
    emitter.emit(.arithmetic(.shiftRight, .r2, .immediate(5)))
    emitter.emit(.arithmetic(.and, .r2, .immediate(1)))
    emitter.emit(.arithmetic(.xor, .r2, .immediate(1)))
    get(.r1, .isFound, &emitter)
    emitter.code.jump(.equal, .r1, .immediate(0), to: whole)
    get(.r1, .left, &emitter)
    emitter.code.jump(.equal, .r1, .immediate(0), to: whole)
    emitter.emit(.arithmetic(.subtract, .r1, .immediate(1)))
    set(.left, .register(.r1), &emitter)
    set(.inArray, .register(.r2), &emitter)
    go(to: .step, &emitter)
    emitter.code.place(whole)
    set(.brackets, .register(.r2), &emitter)
    emitter.emit(.arithmetic(.xor, .r2, .immediate(1)))
    set(.braces, .register(.r2), &emitter)
    go(to: .nested, &emitter)
  }

  /// An object or an array that is passed over or taken whole.
  func readNested(_ emitter: inout HookEmitter) {
    begin(.nested, &emitter)
    let (isNoText, counted) = (emitter.code.makeLabel(), emitter.code.makeLabel())
    jump(.notEqual, "\"", to: isNoText, &emitter)
    set(.isWithin, .immediate(1), &emitter)
    go(to: .string, &emitter)
    emitter.code.place(isNoText)
    for (character, word, amount) in [
      ("[", .brackets, 1), ("{", .braces, 1), ("]", .brackets, -1), ("}", .braces, -1),
    ] as [(Character, JSONWord, Int32)] {
      let isOther = emitter.code.makeLabel()
      jump(.notEqual, character, to: isOther, &emitter)
      get(.r1, word, &emitter)
      if amount < 0 { emitter.code.jump(.equal, .r1, .immediate(0), to: body.stop) }
      emitter.emit(.arithmetic(.add, .r1, .immediate(amount)))
      set(word, .register(.r1), &emitter)
      emitter.code.jump(to: counted)
      emitter.code.place(isOther)
    }
    emitter.code.place(counted)
    let isWanted = emitter.code.makeLabel()
    get(.r1, .braces, &emitter)
    emitter.code.jump(.notEqual, .r1, .immediate(0), to: body.again)
    get(.r1, .brackets, &emitter)
    emitter.code.jump(.notEqual, .r1, .immediate(0), to: body.again)
    get(.r1, .isFound, &emitter)
    emitter.code.jump(.notEqual, .r1, .immediate(0), to: isWanted)
    go(to: .comma, &emitter)
    emitter.code.place(isWanted)
    emitter.emit(.arithmetic(.add, .r7, .immediate(1)))
    found(endingAt: .r7, &emitter)
  }

  /// Rounds that read no byte of the text: on to the next step of the path, which is a key or an index, read as strtoll() does.
  func readPath(_ emitter: inout HookEmitter) {
    begin(.step, &emitter)
    get(.r2, .step, &emitter)
    emitter.element(of: places.steps, .r2, below: places.stepsSize, into: .r3, body)
    emitter.emit(.load(.byte, .r8, from: .r3, offset: 0))
    emitter.emit(.arithmetic(.add, .r2, .immediate(1)))
    set(.step, .register(.r2), &emitter)
    emitter.code.jump(.notEqual, .r8, .immediate(0), to: body.again)
    let isArray = emitter.code.makeLabel()
    get(.r1, .inArray, &emitter)
    emitter.code.jump(.notEqual, .r1, .immediate(0), to: isArray)
    set(.isFound, .immediate(0), &emitter)
    go(to: .key, &emitter)
    emitter.code.place(isArray)
    readIndex(&emitter)

    begin(.index, &emitter)
    let (isSigned, isMinus, isRead, isPositive, isOther) = (
      emitter.code.makeLabel(), emitter.code.makeLabel(), emitter.code.makeLabel(), emitter.code.makeLabel(),
      emitter.code.makeLabel()
    )
    get(.r2, .match, &emitter)
    emitter.element(of: places.steps, .r2, below: places.stepsSize, into: .r3, body)
    emitter.emit(.load(.byte, .r8, from: .r3, offset: 0))
    emitter.emit(.arithmetic(.add, .r2, .immediate(1)))
    set(.match, .register(.r2), &emitter)
    get(.r1, .hasSign, &emitter)
    emitter.code.jump(.notEqual, .r1, .immediate(0), to: isSigned)
    jump(.equal, " ", to: body.again, &emitter)
    jump(.equal, "\t", to: body.again, &emitter)
    set(.hasSign, .immediate(1), &emitter)
    jump(.equal, "+", to: body.again, &emitter)
    jump(.equal, "-", to: isMinus, &emitter)
    emitter.code.place(isSigned)
    emitter.emit(.arithmetic(.subtract, .r8, .immediate(0x30)))
    emitter.code.jump(.greater, .r8, .immediate(9), to: isRead)
    get(.r1, .wanted, &emitter)
    emitter.emit(.arithmetic(.multiply, .r1, .immediate(10)))
    emitter.emit(.arithmetic(.add, .r1, .register(.r8)))
    set(.wanted, .register(.r1), &emitter)
    emitter.code.jump(to: body.again)
    emitter.code.place(isMinus)
    set(.isNegative, .immediate(1), &emitter)
    emitter.code.jump(to: body.again)
    emitter.code.place(isRead)
    get(.r1, .wanted, &emitter)
    get(.r2, .isNegative, &emitter)
    emitter.code.jump(.equal, .r2, .immediate(0), to: isPositive)
    emitter.emit(.arithmetic(.negate, .r1, .immediate(0)))
    set(.wanted, .register(.r1), &emitter)
    emitter.code.place(isPositive)
    set(.isFound, .immediate(1), &emitter)
    emitter.code.jump(.equal, .r1, .immediate(0), to: isOther)
    set(.isFound, .immediate(0), &emitter)
    emitter.code.place(isOther)
    go(to: .value, &emitter)
  }

  /// An array begins: its first element is the 0th.
  func readIndex(_ emitter: inout HookEmitter) {
    for word in [JSONWord.position, .wanted, .isNegative, .hasSign] { set(word, .immediate(0), &emitter) }
    get(.r1, .step, &emitter)
    set(.match, .register(.r1), &emitter)
    go(to: .index, &emitter)
  }
}
