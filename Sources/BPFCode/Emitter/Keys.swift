import IR

// Tuple keys, as `KeyLayout` lays them out.

extension HookEmitter {
  /// Puts a key together and says where it is: on the stack when it is small. R0-R5 are lost.
  mutating func key(_ operands: [Operand], _ parts: [Storage], perThread: Bool = false) -> Place {
    let layout = KeyLayout(parts, perThread: perThread)
    // A text alone is its own key where its memory is as long.
    if !perThread, operands.count == 1, case .text(let register) = operands[0], case .text(let capacity) = parts[0] {
      let source = source(register)
      if (source.capacity + 7) / 8 == (capacity + 7) / 8, source.capacity <= capacity { return source.place }
    }
    let place = frame.transient(max(8, layout.size))
    if perThread {
      emit(.call(.getCurrentPidTgid))
      extend(.r0, .word, signed: false)
      let (base, offset) = base(of: place, .r1)
      emit(.store(.double, at: base, offset: offset, .register(.r0)))
    }
    for ((operand, part), offset) in zip(zip(operands, parts), layout.offsets) {
      let target = place.advanced(by: offset)
      switch (operand, part) {
      case (.integer(let register), _):
        let (base, at) = base(of: target, .r1)
        emit(.store(.double, at: base, offset: at, operand(register, .r2)))
      case (.text(let register), .text(let capacity)):
        move(source(register), to: target, capacity: capacity, size: KeyLayout.size(of: part))
      default: break
      }
    }
    if layout.size == 0 { zero(place, 8) }
    return place
  }
}
