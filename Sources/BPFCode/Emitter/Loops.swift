import IR

// Loops over the bytes of texts, by `bpf_loop` (5.17): the body is a function that the verifier goes through once, however often it
// runs and from however many places it is called. It knows of the firing what lies in its scratch memory.

/// What a loop's body begins with: R6 is the scratch's address and R7 the number of the round, from 0.
struct LoopBody {
  /// Leads to the next round, and to the loop's end.
  let again: Assembler.Label
  let stop: Assembler.Label
}

extension HookEmitter {
  /// Runs `body` for at most `count` rounds. `key` says all that the body is made from: a body that is there already is called again.
  /// R0-R5 are lost.
  mutating func loop(_ count: Int, _ key: String, _ body: (inout HookEmitter, LoopBody) -> Void) {
    needs.scratchBlocks[plan.number, default: []].insert(block)
    needs.scratchSlot = true
    let label = code.function(key) ?? loopBody(key, body)
    code.constant(.r1, Int64(count))
    code.function(.r2, label)
    emit(.arithmetic(.move, .r3, .register(.r10)))
    emit(.arithmetic(.add, .r3, .immediate(Int32(Frame.scratch))))
    code.constant(.r4, 0)
    emit(.call(.loop))
  }

  private mutating func loopBody(_ key: String, _ body: (inout HookEmitter, LoopBody) -> Void) -> Assembler.Label {
    let label = code.beginFunction(key)
    let labels = LoopBody(again: code.makeLabel(), stop: code.makeLabel())
    emit(.load(.double, .r6, from: .r2, offset: 0))
    emit(.arithmetic(.move, .r7, .register(.r1)))
    body(&self, labels)
    code.place(labels.again)
    code.constant(.r0, 0)
    emit(.exit)
    code.place(labels.stop)
    code.constant(.r0, 1)
    emit(.exit)
    code.endFunction()
    return label
  }

  /// The same memory, as a loop's body names it.
  func inLoop(_ place: Place) -> Place {
    if case .scratch(let offset) = place { return .pointer(.r6, offset) }
    return place
  }

  /// A text where a loop's body finds it: not on the stack.
  mutating func loopable(_ source: TextSource) -> TextSource {
    guard case .stack = source.place else { return source }
    let size = (source.capacity + 7) / 8 * 8
    let place = frame.scratch(size)
    copy(from: source.place, to: place, size)
    return TextSource(place: place, capacity: source.capacity)
  }

  /// In a loop's body, `register` = the address of the byte in `place` whose number is in `index`; beyond the last of `count` the loop
  /// stops.
  mutating func element(
    of place: Place, _ index: MachineRegister, below count: Int, into register: MachineRegister, _ body: LoopBody
  ) {
    code.jump(.greater, index, .immediate(Int32(count - 1)), to: body.stop)
    address(of: inLoop(place), into: register)
    emit(.arithmetic(.add, register, .register(index)))
  }

  /// A word of the state that loops keep in scratch memory.
  mutating func loadState(_ register: MachineRegister, _ place: Place) {
    let (base, offset) = base(of: place, register)
    emit(.load(.double, register, from: base, offset: offset))
  }

  /// Sets it. R5 is lost.
  mutating func storeState(_ place: Place, _ value: MachineOperand) {
    let (base, offset) = base(of: place, .r5)
    emit(.store(.double, at: base, offset: offset, value))
  }
}
