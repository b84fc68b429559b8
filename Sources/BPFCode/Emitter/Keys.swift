import IR

// Tuple keys, as `KeyLayout` lays them out.

extension HookEmitter {
  /// Puts a key together and says where it is: on the stack when it is small. R0-R5 are lost.
  mutating func key(
    _ operands: [Operand], _ parts: [Storage], perThread: Bool = false, tag: Int64? = nil, size: Int = 8
  ) -> Place {
    let layout = KeyLayout(parts, perThread: perThread)
    // A text alone is its own key where its memory is as long.
    if !perThread, tag == nil, operands.count == 1, case .text(let register) = operands[0],
      case .text(let capacity) = parts[0]
    {
      let source = source(register)
      if (source.capacity + 7) / 8 == (capacity + 7) / 8, source.capacity <= capacity { return source.place }
    }
    let whole = frame.transient(max(size, layout.size))
    let place = tag == nil ? whole : whole.advanced(by: SharedShape.tagSize)
    if let tag {
      if size > SharedShape.tagSize + layout.size { zero(whole, size) }
      code.constant(.r2, tag)
      let (base, offset) = base(of: whole, .r1)
      emit(.store(.double, at: base, offset: offset, .register(.r2)))
    }
    if perThread {
      thread()
      let (base, offset) = base(of: place, .r1)
      emit(.store(.double, at: base, offset: offset, .register(.r0)))
    }
    for ((part, kind), offset) in zip(zip(operands, parts), layout.offsets) {
      let target = place.advanced(by: offset)
      switch (part, kind) {
      case (.integer(let register), .integer(let width, let signed)):
        keyPart(register, width, signed: signed, at: target)
      case (.text(let register), .text(let capacity)):
        move(source(register), to: target, capacity: capacity, size: KeyLayout.size(of: kind))
      default: break
      }
    }
    if layout.size == 0, tag == nil { zero(place, 8) }
    return whole
  }

  /// An integer loses what its storage does not hold, and is extended to 8 bytes by its sign.
  private mutating func keyPart(_ register: Register, _ width: Width, signed: Bool, at place: Place) {
    var value = MachineOperand.register(.r2)
    if let constant = plan.lifetimes.constantIntegers[register.index],
      let small = Int32(exactly: extended(constant, width, signed: signed))
    {
      value = .immediate(small)
    } else if width == .double {
      value = .register(use(register, .r2))
    } else {
      load(register, into: .r2)
      extend(.r2, width, signed: signed)
    }
    let (base, offset) = base(of: place, .r1)
    emit(.store(.double, at: base, offset: offset, value))
  }

  private func extended(_ value: Int64, _ width: Width, signed: Bool) -> Int64 {
    let shift = Int64(64 - 8 * Int(width.rawValue))
    return signed ? (value << shift) >> shift : Int64(bitPattern: UInt64(bitPattern: value << shift) >> UInt64(shift))
  }
}
