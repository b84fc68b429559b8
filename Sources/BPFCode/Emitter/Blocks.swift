import IR

// Aggregates by value: from a clause-local variable of bytes, which lies in the firing's scratch, to a map and back.

extension HookEmitter {
  /// Where a clause-local variable of bytes lies.
  func block(_ id: Variable.ID) -> Place { .scratch(scratch.variables + layout.own.positions[id]) }

  private func padded(_ size: Int) -> Int { (size + 7) / 8 * 8 }

  mutating func lookUpBytes(
    _ target: Variable.ID, _ id: AssociativeArray.ID, _ operands: [Operand]
  ) throws(EmitterError) {
    let size = padded(program.arrays[id].value.size)
    _ = try element(id, operands)
    copyFound(size, to: block(target))
  }

  mutating func assignBytes(
    _ id: AssociativeArray.ID, _ operands: [Operand], _ source: Variable.ID
  ) throws(EmitterError) {
    let array = program.arrays[id]
    let map = try maps.arrayIndex(id)
    let done = code.makeLabel()
    let key = key(operands, array.key, perThread: array.perThread)
    code.map(.r1, map)
    address(of: key, into: .r2)
    address(of: block(source), into: .r3)
    code.constant(.r4, 0)
    emit(.call(.mapUpdateElement))
    code.jump(.equal, .r0, .immediate(0), to: done)
    countDrop(.dynamic, of: id)
    code.place(done)
  }

  mutating func loadBytes(_ target: Variable.ID, _ id: Variable.ID) throws(EmitterError) {
    try threadStorage(create: false)
    let none = code.makeLabel()
    code.jump(.equal, .r0, .immediate(0), to: none)
    emit(.arithmetic(.add, .r0, .immediate(Int32(layout.offsets[id]))))
    code.place(none)
    copyFound(padded(program.variables[id].storage.size), to: block(target))
  }

  mutating func storeBytes(_ id: Variable.ID, _ source: Variable.ID) throws(EmitterError) {
    let size = padded(program.variables[id].storage.size)
    let have = code.makeLabel()
    let done = code.makeLabel()
    try threadStorage(create: false)
    code.jump(.notEqual, .r0, .immediate(0), to: have)
    try createThread(otherwise: done)
    code.place(have)
    emit(.arithmetic(.move, .r1, .register(.r0)))
    emit(.arithmetic(.add, .r1, .immediate(Int32(layout.offsets[id]))))
    code.constant(.r2, Int64(size))
    address(of: block(source), into: .r3)
    emit(.call(.probeReadKernel))
    code.place(done)
  }

  /// Copies from the address in R0, or zeros where it is 0.
  private mutating func copyFound(_ size: Int, to place: Place) {
    let found = code.makeLabel()
    emit(.arithmetic(.move, .r3, .register(.r0)))
    code.jump(.notEqual, .r0, .immediate(0), to: found)
    address(of: .constant(maps.zeros(size)), into: .r3)
    code.place(found)
    address(of: place, into: .r1)
    code.constant(.r2, Int64(size))
    emit(.call(.probeReadKernel))
  }
}
