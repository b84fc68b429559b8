import IR

// Associative arrays: a hash map each, with keys and values of exactly their sizes.

extension HookEmitter {
  /// R0 = the address of the element's value, or 0.
  mutating func element(_ id: AssociativeArray.ID, _ operands: [Operand]) throws(EmitterError) -> Place {
    let array = program.arrays[id]
    let map = try maps.arrayIndex(id)
    let key = key(operands, array.key, perThread: array.perThread)
    lookUp(map, key)
    return key
  }

  /// R0 = the address of the value at `key`, or 0.
  private mutating func lookUp(_ map: Int, _ key: Place) {
    code.map(.r1, map)
    address(of: key, into: .r2)
    emit(.call(.mapLookUpElement))
  }

  mutating func lookUp(_ to: Operand, _ id: AssociativeArray.ID, _ operands: [Operand]) throws(EmitterError) {
    let none = code.makeLabel()
    let done = code.makeLabel()
    _ = try element(id, operands)
    keepElement(of: id, operands)
    code.jump(.equal, .r0, .immediate(0), to: none)
    switch (to, program.arrays[id].value) {
    case (.text(let register), .text(let capacity)):
      move(TextSource(place: .pointer(.r0, 0), capacity: capacity), to: register)
      code.jump(to: done)
      code.place(none)
      clear(to)
    case (.integer(let register), _):
      // What a missing element's look-up leaves in R0 is its value.
      emit(.load(.double, .r0, from: .r0, offset: 0))
      code.place(none)
      set(register, from: .r0)
    default: break
    }
    code.place(done)
  }

  /// An element that is set to zero or NULL is removed, as D frees it.
  mutating func assign(_ id: AssociativeArray.ID, _ operands: [Operand], _ value: Operand) throws(EmitterError) {
    let array = program.arrays[id]
    let map = try maps.arrayIndex(id)
    let done = code.makeLabel()
    let set = code.makeLabel()
    // An increment finds its element again at once.
    let missing = code.makeLabel()
    if useKeptElement(of: id, operands) {
      code.jump(.equal, .r0, .immediate(0), to: missing)
      storeInPlace(value, array.value)
      code.jump(to: done)
    }
    code.place(missing)
    let key = key(operands, array.key, perThread: array.perThread)
    if isKeptInPlace(id) {
      let absent = code.makeLabel()
      lookUp(map, key)
      code.jump(.equal, .r0, .immediate(0), to: absent)
      storeInPlace(value, array.value)
      code.jump(to: done)
      code.place(absent)
    }
    jumpUnlessUnset(value, array.value, to: set)
    remove(map, key)
    code.jump(to: done)
    code.place(set)
    // The map's own update is atomic: another CPU never reads half of an element, nor does this one write to an element that was
    // freed and given to another key meanwhile.
    let stored = stored(value, array.value)
    code.map(.r1, map)
    address(of: key, into: .r2)
    address(of: stored, into: .r3)
    code.constant(.r4, 0)
    emit(.call(.mapUpdateElement))
    code.jump(.equal, .r0, .immediate(0), to: done)
    countDrop(.dynamic, of: id)
    code.place(done)
  }

  /// Where the value is, as it lies in the map.
  private mutating func stored(_ value: Operand, _ storage: Storage) -> Place {
    switch (value, storage) {
    case (.text(let register), .text(let capacity)):
      let source = source(register)
      let size = (capacity + 7) / 8 * 8
      if (source.capacity + 7) / 8 * 8 == size, source.capacity <= capacity { return source.place }
      let place = frame.transient(size)
      move(source, to: place, capacity: capacity, size: size)
      return place
    case (.integer(let register), .integer(let width, let signed)):
      let place = frame.transient(8)
      load(register, into: .r1)
      extend(.r1, width, signed: signed)
      let (base, offset) = base(of: place, .r2)
      emit(.store(.double, at: base, offset: offset, .register(.r1)))
      return place
    default:
      return .constant(maps.zeros(storage.size))
    }
  }

  mutating func remove(_ id: AssociativeArray.ID, _ operands: [Operand]) throws(EmitterError) {
    let array = program.arrays[id]
    remove(try maps.arrayIndex(id), key(operands, array.key, perThread: array.perThread))
  }

  private mutating func remove(_ map: Int, _ key: Place) {
    code.map(.r1, map)
    address(of: key, into: .r2)
    emit(.call(.mapDeleteElement))
  }
}
