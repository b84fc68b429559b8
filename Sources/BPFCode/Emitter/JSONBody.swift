import IR

/// The body of the loop over the text: R7 is the place of the byte and R8 the byte, R9 the state's address.
struct JSONBody {
  let places: JSONPlaces
  let body: LoopBody
  private var labels: [JSONStage: Assembler.Label] = [:]

  init(_ places: JSONPlaces, _ body: LoopBody) {
    self.places = places
    self.body = body
  }

  func get(_ register: MachineRegister, _ word: JSONWord, _ emitter: inout HookEmitter) {
    emitter.emit(.load(.double, register, from: .r9, offset: word.offset))
  }

  func set(_ word: JSONWord, _ value: MachineOperand, _ emitter: inout HookEmitter) {
    emitter.emit(.store(.double, at: .r9, offset: word.offset, value))
  }

  func add(_ amount: Int32, to word: JSONWord, _ emitter: inout HookEmitter) {
    get(.r1, word, &emitter)
    emitter.emit(.arithmetic(.add, .r1, .immediate(amount)))
    set(word, .register(.r1), &emitter)
  }

  /// On with the next byte, in another stage.
  func go(to stage: JSONStage, _ emitter: inout HookEmitter) {
    set(.stage, .immediate(stage.rawValue), &emitter)
    emitter.code.jump(to: body.again)
  }

  func jump(
    _ condition: JumpCondition, _ character: Character, to label: Assembler.Label, _ emitter: inout HookEmitter
  ) {
    emitter.code.jump(condition, .r8, .immediate(Int32(character.asciiValue ?? 0)), to: label)
  }

  func skipBlanks(_ emitter: inout HookEmitter) {
    for blank in [0x20, 0x0d, 0x0a, 0x09, 0x0c] as [Int32] {
      emitter.code.jump(.equal, .r8, .immediate(blank), to: body.again)
    }
  }

  /// To `label` where the byte is from `first` to `last`. R1 is lost.
  func jump(
    from first: Character, through last: Character, to label: Assembler.Label, _ emitter: inout HookEmitter
  ) {
    let (low, high) = (Int32(first.asciiValue ?? 0), Int32(last.asciiValue ?? 0))
    emitter.emit(.arithmetic(.move, .r1, .register(.r8)))
    emitter.emit(.arithmetic(.subtract, .r1, .immediate(low)))
    emitter.code.jump(.lessEqual, .r1, .immediate(high - low), to: label)
  }

  mutating func read(_ emitter: inout HookEmitter) {
    for stage in JSONStage.allCases { labels[stage] = emitter.code.makeLabel() }
    emitter.address(of: emitter.inLoop(places.state), into: .r9)
    get(.r2, .stage, &emitter)
    for stage in [JSONStage.step, .index] { dispatch(stage, &emitter) }
    get(.r7, .cursor, &emitter)
    emitter.element(of: places.text.place, .r7, below: places.text.capacity, into: .r1, body)
    emitter.emit(.load(.byte, .r8, from: .r1, offset: 0))
    emitter.code.jump(.equal, .r8, .immediate(0), to: body.stop)
    emitter.emit(.arithmetic(.move, .r1, .register(.r7)))
    emitter.emit(.arithmetic(.add, .r1, .immediate(1)))
    set(.cursor, .register(.r1), &emitter)
    for stage in JSONStage.allCases where stage != .step && stage != .index { dispatch(stage, &emitter) }
    emitter.code.jump(to: body.stop)

    let end = emitter.code.makeLabel()
    readPunctuation(&emitter)
    readString(&emitter)
    readScalar(end, &emitter)
    readValue(&emitter)
    readNested(&emitter)
    readPath(&emitter)
    endScalar(end, &emitter)
  }

  func dispatch(_ stage: JSONStage, _ emitter: inout HookEmitter) {
    guard let label = labels[stage] else { return }
    emitter.code.jump(.equal, .r2, .immediate(stage.rawValue), to: label)
  }

  func begin(_ stage: JSONStage, _ emitter: inout HookEmitter) {
    if let label = labels[stage] { emitter.code.place(label) }
  }

  /// What stands about keys and values.
  func readPunctuation(_ emitter: inout HookEmitter) {
    begin(.top, &emitter)
    skipBlanks(&emitter)
    let isArray = emitter.code.makeLabel()
    jump(.equal, "[", to: isArray, &emitter)
    jump(.notEqual, "{", to: body.stop, &emitter)
    go(to: .key, &emitter)
    emitter.code.place(isArray)
    set(.inArray, .immediate(1), &emitter)
    readIndex(&emitter)

    begin(.key, &emitter)
    skipBlanks(&emitter)
    jump(.notEqual, "\"", to: body.stop, &emitter)
    set(.isKey, .immediate(1), &emitter)
    get(.r1, .step, &emitter)
    set(.match, .register(.r1), &emitter)
    go(to: .string, &emitter)

    begin(.colon, &emitter)
    skipBlanks(&emitter)
    jump(.notEqual, ":", to: body.stop, &emitter)
    go(to: .value, &emitter)

    begin(.comma, &emitter)
    skipBlanks(&emitter)
    jump(.notEqual, ",", to: body.stop, &emitter)
    let (isElement, isOther) = (emitter.code.makeLabel(), emitter.code.makeLabel())
    get(.r1, .inArray, &emitter)
    emitter.code.jump(.notEqual, .r1, .immediate(0), to: isElement)
    go(to: .key, &emitter)
    emitter.code.place(isElement)
    add(1, to: .position, &emitter)
    get(.r2, .wanted, &emitter)
    emitter.code.jump(.notEqual, .r1, .register(.r2), to: isOther)
    set(.isFound, .immediate(1), &emitter)
    emitter.code.place(isOther)
    go(to: .value, &emitter)
  }

  func readString(_ emitter: inout HookEmitter) {
    begin(.string, &emitter)
    let quote = emitter.code.makeLabel()
    jump(.equal, "\"", to: quote, &emitter)
    compareKey(&emitter)
    jump(.notEqual, "\\", to: body.again, &emitter)
    go(to: .escape, &emitter)

    emitter.code.place(quote)
    let (isNotWithin, isValue) = (emitter.code.makeLabel(), emitter.code.makeLabel())
    get(.r1, .isWithin, &emitter)
    emitter.code.jump(.equal, .r1, .immediate(0), to: isNotWithin)
    set(.isWithin, .immediate(0), &emitter)
    go(to: .nested, &emitter)
    emitter.code.place(isNotWithin)
    get(.r1, .isKey, &emitter)
    emitter.code.jump(.equal, .r1, .immediate(0), to: isValue)
    set(.isKey, .immediate(0), &emitter)
    set(.stage, .immediate(JSONStage.colon.rawValue), &emitter)
    // The key is the step when the step ends where it does.
    get(.r2, .match, &emitter)
    emitter.code.jump(.lessSigned, .r2, .immediate(0), to: body.again)
    emitter.element(of: places.steps, .r2, below: places.stepsSize, into: .r3, body)
    emitter.emit(.load(.byte, .r3, from: .r3, offset: 0))
    emitter.code.jump(.notEqual, .r3, .immediate(0), to: body.again)
    set(.isFound, .immediate(1), &emitter)
    emitter.code.jump(to: body.again)
    emitter.code.place(isValue)
    set(.stage, .immediate(JSONStage.comma.rawValue), &emitter)
    get(.r1, .isFound, &emitter)
    emitter.code.jump(.equal, .r1, .immediate(0), to: body.again)
    found(endingAt: .r7, &emitter)

    begin(.escape, &emitter)
    compareKey(&emitter)
    let isUnicode = emitter.code.makeLabel()
    jump(.equal, "u", to: isUnicode, &emitter)
    go(to: .string, &emitter)
    emitter.code.place(isUnicode)
    set(.digits, .immediate(0), &emitter)
    go(to: .unicode, &emitter)

    begin(.unicode, &emitter)
    let isDigit = emitter.code.makeLabel()
    for (first, last) in [("0", "9"), ("a", "f"), ("A", "F")] as [(Character, Character)] {
      jump(from: first, through: last, to: isDigit, &emitter)
    }
    emitter.code.jump(to: body.stop)
    emitter.code.place(isDigit)
    compareKey(&emitter)
    add(1, to: .digits, &emitter)
    emitter.code.jump(.notEqual, .r1, .immediate(4), to: body.again)
    go(to: .string, &emitter)
  }

  /// One byte of a key beside one of the path's step.
  func compareKey(_ emitter: inout HookEmitter) {
    let (differs, done) = (emitter.code.makeLabel(), emitter.code.makeLabel())
    get(.r1, .isKey, &emitter)
    emitter.code.jump(.equal, .r1, .immediate(0), to: done)
    get(.r2, .match, &emitter)
    emitter.code.jump(.lessSigned, .r2, .immediate(0), to: done)
    emitter.element(of: places.steps, .r2, below: places.stepsSize, into: .r3, body)
    emitter.emit(.load(.byte, .r3, from: .r3, offset: 0))
    emitter.code.jump(.notEqual, .r3, .register(.r8), to: differs)
    emitter.emit(.arithmetic(.add, .r2, .immediate(1)))
    set(.match, .register(.r2), &emitter)
    emitter.code.jump(to: done)
    emitter.code.place(differs)
    set(.match, .immediate(-1), &emitter)
    emitter.code.place(done)
  }
}
