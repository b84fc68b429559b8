import IR

// Aggregations: a value for each key and each CPU, so that adding needs no atomic step. A firing that interrupts another between
// its load and its store on the same key can lose that one datum, as in DTrace.

extension HookEmitter {
  mutating func aggregate(
    _ id: Aggregation.ID, _ operands: [Operand], _ value: Register?, _ increment: Register?
  ) throws(EmitterError) {
    let aggregation = program.aggregations[id]
    let found = code.makeLabel()
    let done = code.makeLabel()
    switch try maps.aggregation(id) {
    case .single(let map):
      lookUp(map, index: 0, key: frame.transient(4))
      code.jump(.notEqual, .r0, .immediate(0), to: found)
    case .symbols(let map):
      guard case .integer(let symbol)? = operands.first else { throw .malformed("symbol key", clause: plan.number) }
      let key = frame.transient(4)
      let (base, offset) = base(of: key, .r1)
      emit(.store(.word, at: base, offset: offset, operand(symbol, .r2)))
      code.map(.r1, map)
      address(of: key, into: .r2)
      emit(.call(.mapLookUpElement))
      code.jump(.notEqual, .r0, .immediate(0), to: found)
    case .hash(let map):
      element(of: aggregation, map, key(operands, aggregation.key.flatMap(\.storages)), found: found)
    case .shared(let map):
      let key = key(
        operands, aggregation.key.flatMap(\.storages), tag: Int64(id), size: maps.sharedKeySize(of: id))
      element(of: aggregation, map, key, found: found)
    }
    countDrop(.aggregation)
    code.jump(to: done)
    code.place(found)
    // An array's element is always there; this word tells that it was touched.
    if let word = aggregation.function.touchedWord(in: try maps.aggregation(id)) {
      emit(.store(.double, at: .r0, offset: short(word * 8), .immediate(1)))
    }
    try add(value, increment, aggregation.function)
    code.place(done)
  }

  /// R0 = the value of the key, a new one when there is none yet; falls through when there is no room.
  private mutating func element(
    of aggregation: Aggregation, _ map: Int, _ key: Place, found: Assembler.Label
  ) {
    code.map(.r1, map)
    address(of: key, into: .r2)
    emit(.call(.mapLookUpElement))
    code.jump(.notEqual, .r0, .immediate(0), to: found)
    code.map(.r1, map)
    address(of: key, into: .r2)
    address(of: .constant(maps.zeros(maps.maps[map].valueSize)), into: .r3)
    // BPF_NOEXIST: an interrupting firing may have made it meanwhile, and its datum stays.
    code.constant(.r4, 1)
    emit(.call(.mapUpdateElement))
    code.map(.r1, map)
    address(of: key, into: .r2)
    emit(.call(.mapLookUpElement))
    code.jump(.notEqual, .r0, .immediate(0), to: found)
  }

  /// Adds one datum to the words at R0.
  private mutating func add(
    _ value: Register?, _ increment: Register?, _ function: Aggregation.Function
  ) throws(EmitterError) {
    guard let value else {
      addToWord(0, .immediate(1))
      return
    }
    switch function {
    case .count: addToWord(0, .immediate(1))
    case .sum: addToWord(0, operand(value, .r2))
    case .average:
      addToWord(0, .immediate(1))
      addToWord(1, operand(value, .r2))
    case .minimum: keep(value, unless: .lessEqualSigned)
    case .maximum: keep(value, unless: .greaterEqualSigned)
    case .standardDeviation: addSquare(of: value)
    case .quantize:
      quantizeBucket(of: value)
      addToBucket(increment)
    case .linear(let low, let high, let step):
      linearBucket(of: value, low: low, high: high, step: step)
      addToBucket(increment)
    case .logLinear(let factor, let low, let high, let steps):
      logLinearBucket(of: value, factor: factor, low: low, high: high, steps: steps)
      addToBucket(increment)
    }
  }

  private mutating func addToWord(_ index: Int, _ operand: MachineOperand) {
    emit(.load(.double, .r1, from: .r0, offset: short(index * 8)))
    emit(.arithmetic(.add, .r1, operand))
    emit(.store(.double, at: .r0, offset: short(index * 8), .register(.r1)))
  }

  /// Minimum and maximum: [n, value], where the value counts only when n is not zero.
  private mutating func keep(_ value: Register, unless better: JumpCondition) {
    let store = code.makeLabel()
    let kept = code.makeLabel()
    let new = use(value, .r2)
    emit(.load(.double, .r1, from: .r0, offset: 0))
    code.jump(.equal, .r1, .immediate(0), to: store)
    emit(.load(.double, .r3, from: .r0, offset: 8))
    code.jump(better, .r3, .register(new), to: kept)
    code.place(store)
    emit(.store(.double, at: .r0, offset: 8, .register(new)))
    code.place(kept)
    emit(.arithmetic(.add, .r1, .immediate(1)))
    emit(.store(.double, at: .r0, offset: 0, .register(.r1)))
  }

  /// [n, sum, low and high word of the sum of squares].
  private mutating func addSquare(of value: Register) {
    addToWord(0, .immediate(1))
    addToWord(1, operand(value, .r2))
    load(value, into: .r1)
    negate(.r1, whenNegative: .r1)
    // (a·2³² + b)² = a²·2⁶⁴ + 2ab·2³² + b². R1 = a, R2 = b, R3 = ab.
    emit(.arithmetic(.move, .r2, .register(.r1), wide: false))
    emit(.arithmetic(.shiftRight, .r1, .immediate(32)))
    emit(.arithmetic(.move, .r3, .register(.r1)))
    emit(.arithmetic(.multiply, .r3, .register(.r2)))
    emit(.arithmetic(.multiply, .r1, .register(.r1)))
    emit(.arithmetic(.multiply, .r2, .register(.r2)))
    // The high word takes ab's top 31 bits, because 2ab·2³² = ab·2³³.
    emit(.arithmetic(.move, .r4, .register(.r3)))
    emit(.arithmetic(.shiftRight, .r4, .immediate(31)))
    emit(.arithmetic(.add, .r1, .register(.r4)))
    emit(.arithmetic(.shiftLeft, .r3, .immediate(33)))
    addWithCarry(.r2, .r3, carryInto: .r1)
    emit(.load(.double, .r3, from: .r0, offset: 16))
    addWithCarry(.r2, .r3, carryInto: .r1)
    emit(.store(.double, at: .r0, offset: 16, .register(.r2)))
    emit(.load(.double, .r3, from: .r0, offset: 24))
    emit(.arithmetic(.add, .r3, .register(.r1)))
    emit(.store(.double, at: .r0, offset: 24, .register(.r3)))
  }

  /// `low += addend`, and one into `high` when it wraps.
  private mutating func addWithCarry(_ low: MachineRegister, _ addend: MachineRegister, carryInto high: MachineRegister)
  {
    let none = code.makeLabel()
    emit(.arithmetic(.add, low, .register(addend)))
    code.jump(.greaterEqual, low, .register(addend), to: none)
    emit(.arithmetic(.add, high, .immediate(1)))
    code.place(none)
  }

  /// Adds to the word whose index is in R1.
  private mutating func addToBucket(_ increment: Register?) {
    emit(.arithmetic(.shiftLeft, .r1, .immediate(3)))
    emit(.arithmetic(.add, .r0, .register(.r1)))
    addToWord(0, increment.map { operand($0, .r2) } ?? .immediate(1))
  }

  /// R1 = the bucket of a power of two, `Aggregation.Function.quantizeBucket`. The logarithm is found by halves without a branch, so
  /// that the verifier has one way through it and not 64.
  private mutating func quantizeBucket(of value: Register) {
    let positive = code.makeLabel()
    let done = code.makeLabel()
    load(value, into: .r2)
    code.constant(.r1, 63)
    code.jump(.equal, .r2, .immediate(0), to: done)
    emit(.arithmetic(.move, .r5, .register(.r2)))
    negate(.r2, whenNegative: .r2)
    code.constant(.r3, 0)
    for bits in [5, 4, 3, 2, 1, 0] as [Int32] {
      // R4 = 1 when a bit at or above 2^bits is set: what is not zero or its negative has the top bit.
      emit(.arithmetic(.move, .r4, .register(.r2)))
      emit(.arithmetic(.shiftRight, .r4, .immediate(1 << bits)))
      emit(.arithmetic(.move, .r1, .register(.r4)))
      emit(.arithmetic(.negate, .r1, .immediate(0)))
      emit(.arithmetic(.or, .r4, .register(.r1)))
      emit(.arithmetic(.shiftRight, .r4, .immediate(63)))
      emit(.arithmetic(.shiftLeft, .r4, .immediate(bits)))
      emit(.arithmetic(.shiftRight, .r2, .register(.r4)))
      emit(.arithmetic(.add, .r3, .register(.r4)))
    }
    emit(.arithmetic(.and, .r3, .immediate(63)))
    // The smallest number of all shares the last bucket; no other has its 64th bit set.
    code.constant(.r1, 0)
    code.jump(.greater, .r3, .immediate(62), to: done)
    code.jump(.greaterSigned, .r5, .immediate(0), to: positive)
    code.constant(.r1, 62)
    emit(.arithmetic(.subtract, .r1, .register(.r3)))
    code.jump(to: done)
    code.place(positive)
    code.constant(.r1, 64)
    emit(.arithmetic(.add, .r1, .register(.r3)))
    code.place(done)
  }

  /// R1 = the bucket of a linear aggregation, `Aggregation.Function.linearBucket`.
  private mutating func linearBucket(of value: Register, low: Int64, high: Int64, step: Int64) {
    let above = code.makeLabel()
    let done = code.makeLabel()
    let levels = (high - low) / step
    load(value, into: .r2)
    code.constant(.r1, 0)
    code.constant(.r3, low)
    code.jump(.lessSigned, .r2, .register(.r3), to: done)
    emit(.arithmetic(.subtract, .r2, .register(.r3)))
    code.constant(.r3, step)
    emit(.arithmetic(.divide, .r2, .register(.r3)))
    code.constant(.r1, levels)
    code.jump(.greaterEqual, .r2, .register(.r1), to: above)
    emit(.arithmetic(.move, .r1, .register(.r2)))
    code.place(above)
    emit(.arithmetic(.add, .r1, .immediate(1)))
    code.place(done)
  }
}
