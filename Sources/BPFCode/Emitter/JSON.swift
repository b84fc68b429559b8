import IR

// `json`: two loops over bytes, one that takes the path apart and one that reads the text as far as the value, which is a part of the
// text. Their state lies in scratch memory, which the verifier does not follow. The host's side is `HostVM/TextFunctions+JSON.swift`.

/// What is expected of the next byte.
enum JSONStage: Int32, CaseIterable {
  case top, key, string, escape, unicode, colon, comma, word, number, fraction, exponent, value, nested
  /// Not of the text: the next step of the path is sought, or read as an array's index.
  case step, index
}

/// The words of the state, 8 bytes each.
enum JSONWord: Int16, CaseIterable {
  case stage
  /// The next byte of the text; where the value began, and where it ends once it is found.
  case cursor, start, end, isDone
  /// Whether a key is read, or a string within what is passed over or taken whole.
  case isKey, isWithin
  /// Whether the value that comes is the one of the path's step.
  case isFound
  case inArray, wanted, position, isNegative, hasSign
  case digits, braces, brackets
  /// The letters of a word, eight at most.
  case letters
  /// Where the path's step begins, how many come after it, and the next byte of it that a key or an index has; -1 where a key differs.
  case step, left, match

  var offset: Int16 { rawValue * 8 }
  static var size: Int { allCases.count * 8 }
}

/// Where the loops find what they work on.
struct JSONPlaces {
  var text: TextSource
  var path: TextSource
  /// The path's steps, each with its NUL.
  var steps: Place
  var stepsSize: Int
  var state: Place
}

extension HookEmitter {
  mutating func json(_ to: TextRegister, _ source: TextSource, _ path: TextSource) {
    let size = (path.capacity + 15) / 8 * 8
    let places = JSONPlaces(
      text: loopable(source), path: loopable(path), steps: frame.scratch(size), stepsSize: size,
      state: frame.scratch(JSONWord.size))
    zero(places.steps, size)
    zero(places.state, JSONWord.size)
    let key = "json \(places.text) \(places.path) \(places.steps) \(places.state)"
    loop(path.capacity, "path of " + key) { emitter, body in emitter.takeApart(places, body) }
    address(of: places.state, into: .r4)
    emit(.store(.double, at: .r4, offset: JSONWord.step.offset, .immediate(0)))
    // A byte may be looked at twice, and so may one of the path.
    loop(2 * (source.capacity + path.capacity), key) { emitter, body in
      var reader = JSONBody(places, body)
      reader.read(&emitter)
    }
    give(to, places)
  }

  /// One byte of the path: brackets and dots part its steps.
  private mutating func takeApart(_ places: JSONPlaces, _ body: LoopBody) {
    let (split, keep) = (code.makeLabel(), code.makeLabel())
    address(of: inLoop(places.state), into: .r9)
    element(of: places.path.place, .r7, below: places.path.capacity, into: .r1, body)
    emit(.load(.byte, .r8, from: .r1, offset: 0))
    code.jump(.equal, .r8, .immediate(0), to: body.stop)
    code.jump(.equal, .r8, .immediate(Int32(UInt8(ascii: "]"))), to: body.again)
    code.jump(.equal, .r8, .immediate(Int32(UInt8(ascii: "."))), to: split)
    code.jump(.notEqual, .r8, .immediate(Int32(UInt8(ascii: "["))), to: keep)
    code.jump(.equal, .r7, .immediate(0), to: body.again)
    code.place(split)
    emit(.load(.double, .r1, from: .r9, offset: JSONWord.left.offset))
    emit(.arithmetic(.add, .r1, .immediate(1)))
    emit(.store(.double, at: .r9, offset: JSONWord.left.offset, .register(.r1)))
    code.constant(.r8, 0)
    code.place(keep)
    emit(.load(.double, .r2, from: .r9, offset: JSONWord.step.offset))
    element(of: places.steps, .r2, below: places.stepsSize, into: .r3, body)
    emit(.store(.byte, at: .r3, offset: 0, .register(.r8)))
    emit(.arithmetic(.add, .r2, .immediate(1)))
    emit(.store(.double, at: .r9, offset: JSONWord.step.offset, .register(.r2)))
  }

  /// The part of the text that was found, or NULL.
  private mutating func give(_ to: TextRegister, _ places: JSONPlaces) {
    let (none, done, fits) = (code.makeLabel(), code.makeLabel(), code.makeLabel())
    let capacity = Int64(plan.clause.texts[to.index])
    let text = spare(places.text, to)
    clearText(to)
    address(of: places.state, into: .r4)
    emit(.load(.double, .r0, from: .r4, offset: JSONWord.isDone.offset))
    emit(.load(.double, .r1, from: .r4, offset: JSONWord.start.offset))
    emit(.load(.double, .r2, from: .r4, offset: JSONWord.end.offset))
    code.jump(.equal, .r0, .immediate(0), to: none)
    code.jump(.greater, .r1, .immediate(Int32(text.capacity - 1)), to: none)
    emit(.arithmetic(.subtract, .r2, .register(.r1)))
    code.jump(.lessEqual, .r2, .immediate(Int32(capacity - 1)), to: fits)
    code.constant(.r2, capacity - 1)
    code.place(fits)
    emit(.arithmetic(.add, .r2, .immediate(1)))
    address(of: text.place, into: .r3)
    emit(.arithmetic(.add, .r3, .register(.r1)))
    take(to)
    code.jump(to: done)
    code.place(none)
    nullText(to)
    code.place(done)
  }
}
