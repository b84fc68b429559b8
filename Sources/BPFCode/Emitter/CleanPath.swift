import IR

// `cleanpath`: a path is taken a byte a round, its NUL included; what a component comes to is decided at its end.

/// The words that are kept meanwhile, from the first of their places.
private struct PathState {
  static let words = 6
  let place: Place
  /// Bytes written.
  var length: Place { place }
  /// Bytes of the component so far.
  var component: Place { place.advanced(by: 8) }
  /// How much was written before the component.
  var start: Place { place.advanced(by: 16) }
  /// How many components `..` may take back.
  var depth: Place { place.advanced(by: 24) }
  /// Whether the component is dots so far, and whether the path begins with a slash.
  var dots: Place { place.advanced(by: 32) }
  var rooted: Place { place.advanced(by: 40) }
}

extension HookEmitter {
  private static let slash: Int32 = 0x2f
  private static let dot: Int32 = 0x2e

  mutating func clean(_ to: TextRegister, _ source: TextSource) {
    let text = loopable(source)
    let out = frame.scratch(text.capacity + 8)
    let starts = frame.scratch((text.capacity / 2 + 2) * 8)
    let state = PathState(place: frame.scratch(PathState.words * 8))
    let (relative, settled) = (code.makeLabel(), code.makeLabel())
    for place in [state.length, state.component, state.start, state.depth, state.rooted] {
      storeState(place, .immediate(0))
    }
    storeState(state.dots, .immediate(1))
    var (base, offset) = base(of: text.place, .r1)
    emit(.load(.byte, .r0, from: base, offset: offset))
    code.jump(.notEqual, .r0, .immediate(Self.slash), to: relative)
    (base, offset) = self.base(of: out, .r1)
    emit(.store(.byte, at: base, offset: offset, .immediate(Self.slash)))
    storeState(state.length, .immediate(1))
    storeState(state.rooted, .immediate(1))
    code.place(relative)
    loop(text.capacity, "clean \(text) \(out)") { $0.cleanByte(text, out, starts, state, $1) }
    // A relative path of which nothing is left is the directory itself.
    loadState(.r0, state.length)
    code.jump(.notEqual, .r0, .immediate(0), to: settled)
    (base, offset) = self.base(of: text.place, .r1)
    emit(.load(.byte, .r0, from: base, offset: offset))
    code.jump(.equal, .r0, .immediate(0), to: settled)
    (base, offset) = self.base(of: out, .r1)
    emit(.store(.half, at: base, offset: offset, .immediate(Self.dot)))
    code.place(settled)
    clearText(to)
    address(of: out, into: .r3)
    code.constant(.r2, Int64(plan.clause.texts[to.index]))
    take(to)
  }

  private mutating func cleanByte(
    _ text: TextSource, _ out: Place, _ starts: Place, _ state: PathState, _ body: LoopBody
  ) {
    let (ended, begun, written) = (code.makeLabel(), code.makeLabel(), code.makeLabel())
    element(of: text.place, .r7, below: text.capacity, into: .r1, body)
    emit(.load(.byte, .r8, from: .r1, offset: 0))
    code.jump(.equal, .r8, .immediate(0), to: ended)
    code.jump(.equal, .r8, .immediate(Self.slash), to: ended)

    loadState(.r2, inLoop(state.component))
    loadState(.r3, inLoop(state.length))
    code.jump(.notEqual, .r2, .immediate(0), to: begun)
    storeState(inLoop(state.start), .register(.r3))
    // A slash stands before each component but the first; the root's stands there already.
    loadState(.r4, inLoop(state.rooted))
    code.jump(.lessEqual, .r3, .register(.r4), to: begun)
    element(of: out, .r3, below: text.capacity, into: .r1, body)
    emit(.store(.byte, at: .r1, offset: 0, .immediate(Self.slash)))
    emit(.arithmetic(.add, .r3, .immediate(1)))
    code.place(begun)
    element(of: out, .r3, below: text.capacity, into: .r1, body)
    emit(.store(.byte, at: .r1, offset: 0, .register(.r8)))
    emit(.arithmetic(.add, .r3, .immediate(1)))
    storeState(inLoop(state.length), .register(.r3))
    emit(.arithmetic(.add, .r2, .immediate(1)))
    storeState(inLoop(state.component), .register(.r2))
    code.jump(.equal, .r8, .immediate(Self.dot), to: body.again)
    storeState(inLoop(state.dots), .immediate(0))
    code.jump(to: body.again)

    code.place(ended)
    cleanComponent(text, starts, state, written, body)
    code.place(written)
    storeState(inLoop(state.component), .immediate(0))
    storeState(inLoop(state.dots), .immediate(1))
    code.jump(.notEqual, .r8, .immediate(0), to: body.again)
    loadState(.r3, inLoop(state.length))
    element(of: out, .r3, below: text.capacity + 8, into: .r1, body)
    emit(.store(.byte, at: .r1, offset: 0, .immediate(0)))
    code.jump(to: body.stop)
  }

  /// Takes the component back, and for `..` the one before it, or keeps it.
  private mutating func cleanComponent(
    _ text: TextSource, _ starts: Place, _ state: PathState, _ written: Assembler.Label, _ body: LoopBody
  ) {
    let (kept, parent, above) = (code.makeLabel(), code.makeLabel(), code.makeLabel())
    loadState(.r2, inLoop(state.component))
    code.jump(.equal, .r2, .immediate(0), to: written)
    loadState(.r3, inLoop(state.start))
    loadState(.r4, inLoop(state.depth))
    loadState(.r5, inLoop(state.dots))
    code.jump(.equal, .r5, .immediate(0), to: kept)
    code.jump(.equal, .r2, .immediate(2), to: parent)
    code.jump(.notEqual, .r2, .immediate(1), to: kept)
    storeState(inLoop(state.length), .register(.r3))
    code.jump(to: written)

    code.place(parent)
    code.jump(.notEqual, .r4, .immediate(0), to: above)
    loadState(.r5, inLoop(state.rooted))
    code.jump(.equal, .r5, .immediate(0), to: written)
    storeState(inLoop(state.length), .register(.r3))
    code.jump(to: written)
    code.place(above)
    emit(.arithmetic(.subtract, .r4, .immediate(1)))
    storeState(inLoop(state.depth), .register(.r4))
    startPlace(starts, text, body)
    emit(.load(.double, .r3, from: .r1, offset: 0))
    storeState(inLoop(state.length), .register(.r3))
    code.jump(to: written)

    code.place(kept)
    emit(.arithmetic(.move, .r2, .register(.r4)))
    emit(.arithmetic(.add, .r2, .immediate(1)))
    storeState(inLoop(state.depth), .register(.r2))
    startPlace(starts, text, body)
    emit(.store(.double, at: .r1, offset: 0, .register(.r3)))
  }

  /// R1 = where the start of the component whose number is in R4 is kept. R4 is lost.
  private mutating func startPlace(_ starts: Place, _ text: TextSource, _ body: LoopBody) {
    code.jump(.greater, .r4, .immediate(Int32(text.capacity / 2 + 1)), to: body.stop)
    emit(.arithmetic(.shiftLeft, .r4, .immediate(3)))
    address(of: inLoop(starts), into: .r1)
    emit(.arithmetic(.add, .r1, .register(.r4)))
  }
}
