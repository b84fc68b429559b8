import IR

// `inet_ntoa6`: see `Function.inetNtoa6`. The loops keep what they find in scratch memory, which the verifier does not follow.

extension HookEmitter {
  mutating func writeAddress6(_ to: TextRegister, _ first: Register, _ second: Register, strict: Register?)
    throws(EmitterError)
  {
    let state = AddressState(at: frame.scratch(AddressState.size))
    let (six, done) = (code.makeLabel(), code.makeLabel())
    // R2 and R3: the address as two numbers.
    load(first, into: .r2)
    emit(.bigEndian(.r2, bits: 64))
    load(second, into: .r3)
    emit(.bigEndian(.r3, bits: 64))
    address(of: state.place, into: .r5)
    emit(.store(.double, at: .r5, offset: AddressState.bytes, operand(first, .r1)))
    emit(.store(.double, at: .r5, offset: AddressState.bytes + 8, operand(second, .r1)))
    let mapped = code.makeLabel()
    code.jump(.notEqual, .r2, .immediate(0), to: six)
    emit(.arithmetic(.move, .r1, .register(.r3)))
    emit(.arithmetic(.shiftRight, .r1, .immediate(32)))
    code.jump(.equal, .r1, .immediate(0xffff), to: mapped)
    code.jump(.notEqual, .r1, .immediate(0), to: six)
    code.jump(.lessEqual, .r3, .immediate(1), to: six)
    code.place(mapped)
    if let strict { try writeStrict(to, second, strict, done) }
    load(second, into: .r1)
    emit(.arithmetic(.shiftRight, .r1, .immediate(32)))
    writeQuad(to)
    code.jump(to: done)
    code.place(six)
    findZeros(state)
    writeGroups(state)
    clearText(to)
    address(of: state.place.advanced(by: Int(AddressState.text)), into: .r3)
    code.constant(.r2, Int64(plan.clause.texts[to.index]))
    take(to)
    code.place(done)
  }

  /// `::ffff:` or `::` and the IPv4 address, where that is wanted; then on to `done`.
  private mutating func writeStrict(
    _ to: TextRegister, _ second: Register, _ strict: Register, _ done: Assembler.Label
  ) throws(EmitterError) {
    let (plain, compatible, put) = (code.makeLabel(), code.makeLabel(), code.makeLabel())
    load(strict, into: .r0)
    code.jump(.equal, .r0, .immediate(0), to: plain)
    let text = frame.scratch(32)
    load(second, into: .r1)
    emit(.arithmetic(.shiftRight, .r1, .immediate(32)))
    writeQuad(to)
    let (base, offset) = base(of: text, .r3)
    for word in stride(from: 0, to: 32, by: 8) {
      emit(.store(.double, at: base, offset: offset + short(word), .immediate(0)))
    }
    // The low word of the second half, in the network's order, is zero or 0xffff0000.
    load(second, into: .r1)
    emit(.arithmetic(.shiftLeft, .r1, .immediate(32)))
    code.constant(.r0, 2)
    code.constant(.r2, 0x3a3a)
    code.jump(.equal, .r1, .immediate(0), to: compatible)
    code.constant(.r0, 7)
    code.constant(.r2, 0x3a66_6666_663a_3a)
    code.place(compatible)
    emit(.store(.double, at: base, offset: offset, .register(.r2)))
    code.place(put)
    address(of: text, into: .r1)
    emit(.arithmetic(.add, .r1, .register(.r0)))
    if let place = plan.texts[to.index] { address(of: place, into: .r3) }
    code.constant(.r2, 16)
    emit(.call(.probeReadKernelString))
    clearText(to)
    address(of: text, into: .r3)
    code.constant(.r2, Int64(plan.clause.texts[to.index]))
    take(to)
    code.jump(to: done)
    code.place(plain)
  }

  /// `link_ntop`: two digits a byte and a colon between.
  mutating func writeLink(_ to: TextRegister, _ arguments: [Register]) throws(EmitterError) {
    let bytes = frame.scratch(24)
    let text = frame.scratch(80)
    let count = frame.scratch(8)
    for (index, word) in arguments.dropFirst().enumerated() {
      load(word, into: .r0)
      storeState(bytes.advanced(by: index * 8), .register(.r0))
    }
    load(arguments[0], into: .r0)
    emit(.arithmetic(.and, .r0, .immediate(31)))
    storeState(count, .register(.r0))
    zero(text, 80)
    loop(24, "link \(bytes) \(text) \(count)") { emitter, body in
      emitter.loadState(.r2, emitter.inLoop(count))
      emitter.code.jump(.greaterEqual, .r7, .register(.r2), to: body.stop)
      emitter.element(of: bytes, .r7, below: 24, into: .r1, body)
      emitter.emit(.load(.byte, .r0, from: .r1, offset: 0))
      emitter.emit(.arithmetic(.multiply, .r7, .immediate(3)))
      emitter.address(of: emitter.inLoop(text), into: .r3)
      emitter.emit(.arithmetic(.add, .r3, .register(.r7)))
      let first = emitter.code.makeLabel()
      emitter.code.jump(.equal, .r7, .immediate(0), to: first)
      emitter.emit(.store(.byte, at: .r3, offset: 0, .immediate(0x3a)))
      emitter.code.place(first)
      for (place, shift) in [(Int16(1), Int32(4)), (2, 0)] {
        let decimal = emitter.code.makeLabel()
        emitter.emit(.arithmetic(.move, .r2, .register(.r0)))
        if shift > 0 { emitter.emit(.arithmetic(.shiftRight, .r2, .immediate(shift))) }
        emitter.emit(.arithmetic(.and, .r2, .immediate(15)))
        emitter.code.jump(.less, .r2, .immediate(10), to: decimal)
        emitter.emit(.arithmetic(.add, .r2, .immediate(0x61 - 0x30 - 10)))
        emitter.code.place(decimal)
        emitter.emit(.arithmetic(.add, .r2, .immediate(0x30)))
        emitter.emit(.store(.byte, at: .r3, offset: place, .register(.r2)))
      }
    }
    clearText(to)
    address(of: text.advanced(by: 1), into: .r3)
    code.constant(.r2, Int64(plan.clause.texts[to.index]))
    take(to)
  }

  /// The longest run of two or more zero groups, the first of equals: from `start` to `end`, 8 and 8 when there is none.
  private mutating func findZeros(_ state: AddressState) {
    let (loop, zero, next, none) = (code.makeLabel(), code.makeLabel(), code.makeLabel(), code.makeLabel())
    address(of: state.place, into: .r4)
    for offset in [AddressState.run, AddressState.longest] {
      emit(.store(.double, at: .r4, offset: offset, .immediate(0)))
    }
    emit(.store(.double, at: .r4, offset: AddressState.end, .immediate(8)))
    code.constant(.r5, 0)
    code.place(loop)
    group(state)
    code.jump(.equal, .r0, .immediate(0), to: zero)
    emit(.store(.double, at: .r4, offset: AddressState.run, .immediate(0)))
    code.jump(to: next)
    code.place(zero)
    emit(.load(.double, .r1, from: .r4, offset: AddressState.run))
    emit(.arithmetic(.add, .r1, .immediate(1)))
    emit(.store(.double, at: .r4, offset: AddressState.run, .register(.r1)))
    emit(.load(.double, .r2, from: .r4, offset: AddressState.longest))
    code.jump(.lessEqual, .r1, .register(.r2), to: next)
    code.jump(.less, .r1, .immediate(2), to: next)
    emit(.store(.double, at: .r4, offset: AddressState.longest, .register(.r1)))
    emit(.arithmetic(.move, .r2, .register(.r5)))
    emit(.arithmetic(.add, .r2, .immediate(1)))
    emit(.store(.double, at: .r4, offset: AddressState.end, .register(.r2)))
    code.place(next)
    emit(.arithmetic(.add, .r5, .immediate(1)))
    code.jump(.less, .r5, .immediate(8), to: loop)
    code.place(none)
    emit(.load(.double, .r1, from: .r4, offset: AddressState.end))
    emit(.load(.double, .r2, from: .r4, offset: AddressState.longest))
    emit(.arithmetic(.subtract, .r1, .register(.r2)))
    emit(.store(.double, at: .r4, offset: AddressState.start, .register(.r1)))
  }

  /// R0 = the group whose number is in R5. R4 = the state's address.
  private mutating func group(_ state: AddressState) {
    address(of: state.place, into: .r4)
    emit(.arithmetic(.move, .r1, .register(.r5)))
    emit(.arithmetic(.shiftLeft, .r1, .immediate(1)))
    emit(.arithmetic(.add, .r1, .register(.r4)))
    emit(.load(.half, .r0, from: .r1, offset: AddressState.bytes))
    emit(.bigEndian(.r0, bits: 16))
  }

  private mutating func writeGroups(_ state: AddressState) {
    let (loop, next) = (code.makeLabel(), code.makeLabel())
    let (plain, single, digits) = (code.makeLabel(), code.makeLabel(), code.makeLabel())
    zero(state.place.advanced(by: Int(AddressState.text)), AddressState.room)
    address(of: state.place, into: .r4)
    emit(.store(.double, at: .r4, offset: AddressState.length, .immediate(0)))
    code.constant(.r5, 0)
    code.place(loop)
    group(state)
    emit(.load(.double, .r1, from: .r4, offset: AddressState.start))
    emit(.load(.double, .r2, from: .r4, offset: AddressState.end))
    code.jump(.less, .r5, .register(.r1), to: plain)
    code.jump(.greater, .r5, .register(.r2), to: plain)
    code.jump(.equal, .r5, .register(.r2), to: digits)
    // Among the zeros: two colons stand for all of them.
    code.jump(.notEqual, .r5, .register(.r1), to: next)
    append(.immediate(0x3a))
    append(.immediate(0x3a))
    code.jump(to: next)
    code.place(plain)
    code.jump(.equal, .r5, .immediate(0), to: digits)
    append(.immediate(0x3a))
    code.place(digits)
    for shift in [12, 8, 4, 0] as [Int32] {
      let skipped = code.makeLabel()
      // A leading zero is left out, but for the last digit.
      if shift > 0 { code.jump(.less, .r0, .immediate(1 << shift), to: skipped) }
      emit(.arithmetic(.move, .r3, .register(.r0)))
      emit(.arithmetic(.shiftRight, .r3, .immediate(shift)))
      emit(.arithmetic(.and, .r3, .immediate(15)))
      let decimal = code.makeLabel()
      code.jump(.less, .r3, .immediate(10), to: decimal)
      emit(.arithmetic(.add, .r3, .immediate(0x61 - 0x30 - 10)))
      code.place(decimal)
      emit(.arithmetic(.add, .r3, .immediate(0x30)))
      append(.register(.r3))
      code.place(skipped)
    }
    code.place(single)
    code.place(next)
    emit(.arithmetic(.add, .r5, .immediate(1)))
    code.jump(.less, .r5, .immediate(8), to: loop)
  }

  /// A byte behind the text so far. R4 is the state's address; R1 and R2 are lost.
  private mutating func append(_ byte: MachineOperand) {
    let full = code.makeLabel()
    emit(.load(.double, .r1, from: .r4, offset: AddressState.length))
    code.jump(.greater, .r1, .immediate(Int32(AddressState.room - 1)), to: full)
    emit(.arithmetic(.move, .r2, .register(.r4)))
    emit(.arithmetic(.add, .r2, .register(.r1)))
    emit(.store(.byte, at: .r2, offset: AddressState.text, byte))
    emit(.arithmetic(.add, .r1, .immediate(1)))
    emit(.store(.double, at: .r4, offset: AddressState.length, .register(.r1)))
    code.place(full)
  }
}

/// What is kept while an address is written, from the first of its places.
private struct AddressState {
  /// The sixteen bytes, in their order.
  static let bytes: Int16 = 0
  static let run: Int16 = 16
  static let longest: Int16 = 24
  static let start: Int16 = 32
  static let end: Int16 = 40
  static let length: Int16 = 48
  static let text: Int16 = 56
  /// Eight groups of four digits, seven colons, the NUL.
  static let room = 40
  static let size = 96

  let place: Place
  init(at place: Place) { self.place = place }
}
