import IR

// Memory whose size is known now: addresses, copies, zeros.

extension HookEmitter {
  /// A register and an offset that reach `place`; `temporary` is used where no register holds a base already.
  mutating func base(of place: Place, _ temporary: MachineRegister) -> (MachineRegister, Int16) {
    switch place {
    case .stack(let offset):
      return (.r10, short(offset))
    case .scratch(let offset):
      loadScratch(into: temporary)
      return within(temporary, offset, temporary)
    case .constant(let offset):
      code.map(temporary, maps.constantsIndex(), valueOffset: offset)
      return (temporary, 0)
    case .global(let offset):
      code.map(temporary, maps.globalsIndex(layout), valueOffset: offset)
      return (temporary, 0)
    case .pointer(let register, let offset):
      return within(register, offset, temporary)
    }
  }

  /// An instruction reaches 32 KiB from its register; half of that is left to those who add to the offset.
  private mutating func within(
    _ register: MachineRegister, _ offset: Int, _ temporary: MachineRegister
  ) -> (MachineRegister, Int16) {
    if offset < 16 << 10 { return (register, short(offset)) }
    if register != temporary { emit(.arithmetic(.move, temporary, .register(register))) }
    emit(.arithmetic(.add, temporary, .immediate(Int32(offset))))
    return (temporary, 0)
  }

  /// The address of `place` in `register`.
  mutating func address(of place: Place, into register: MachineRegister) {
    let (base, offset) = base(of: place, register)
    if base != register { emit(.arithmetic(.move, register, .register(base))) }
    if offset != 0 { emit(.arithmetic(.add, register, .immediate(Int32(offset)))) }
  }

  /// The scratch's address, in a block that is behind the acquisition.
  mutating func loadScratch(into register: MachineRegister) {
    needs.scratchBlocks[plan.number, default: []].insert(block)
    needs.scratchSlot = true
    emit(.load(.double, register, from: .r10, offset: Int16(Frame.scratch)))
  }

  /// Above this many bytes a helper's loop is shorter than its unrolled copy.
  private static let unrolled = 128

  /// Copies `count` bytes; both places start on multiples of 8. R0-R3 are lost, and R4 and R5 when many bytes are copied.
  mutating func copy(from source: Place, to target: Place, _ count: Int) {
    guard count > 0 else { return }
    if count > Self.unrolled {
      address(of: source, into: .r3)
      address(of: target, into: .r1)
      code.constant(.r2, Int64(count))
      emit(.call(.probeReadKernel))
      return
    }
    let (from, fromOffset) = base(of: source, .r1)
    let (to, toOffset) = base(of: target, .r2)
    for (size, offset) in Self.pieces(0..<count) {
      emit(.load(size, .r3, from: from, offset: fromOffset + short(offset)))
      emit(.store(size, at: to, offset: toOffset + short(offset), .register(.r3)))
    }
  }

  /// Writes `count` zero bytes. R2 is lost, and R0-R5 when they are many, unless the place is a pointer.
  mutating func zero(_ place: Place, _ count: Int) {
    guard count > 0 else { return }
    var isPointer = false
    if case .pointer = place { isPointer = true }
    if count > Self.unrolled * 2, count % 8 == 0, !isPointer {
      let zeros = Place.constant(maps.zeros(count))
      copy(from: zeros, to: place, count)
      return
    }
    // What one base reaches, one after the other.
    for start in stride(from: 0, to: count, by: 8 << 10) {
      let (to, offset) = base(of: place.advanced(by: start), .r2)
      for (size, piece) in Self.pieces(0..<min(count - start, 8 << 10)) {
        emit(.store(size, at: to, offset: offset + short(piece), .immediate(0)))
      }
    }
  }

  /// A range of offsets in pieces that are aligned to their size.
  static func pieces(_ range: Range<Int>) -> [(MemorySize, Int)] {
    var pieces: [(MemorySize, Int)] = []
    var offset = range.lowerBound
    while offset < range.upperBound {
      let rest = range.upperBound - offset
      let (size, count): (MemorySize, Int) =
        if offset % 8 == 0, rest >= 8 {
          (.double, 8)
        } else if offset % 4 == 0, rest >= 4 {
          (.word, 4)
        } else if offset % 2 == 0, rest >= 2 {
          (.half, 2)
        } else {
          (.byte, 1)
        }
      pieces.append((size, offset))
      offset += count
    }
    return pieces
  }
}

extension MemorySize {
  init(_ width: Width) {
    self =
      switch width {
      case .byte: .byte
      case .half: .half
      case .word: .word
      case .double: .double
      }
  }
}
