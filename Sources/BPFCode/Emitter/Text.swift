import IR

// Texts: NUL-bounded, and zero from the NUL to their capacity rounded up to 8 bytes, so that they copy, compare and become keys by
// the word.

extension HookEmitter {
  /// Where a text register's text is, and at most how long.
  mutating func source(_ register: TextRegister) -> TextSource {
    if let constant = plan.lifetimes.constantTexts[register.index] {
      return constantSource(constant, capacity: plan.clause.texts[register.index])
    }
    // A register that no reachable step writes has no place; it reads as empty.
    guard let place = plan.texts[register.index] else { return constantSource([], capacity: 1) }
    return TextSource(place: place, capacity: plan.clause.texts[register.index])
  }

  private mutating func constantSource(_ text: [UInt8], capacity: Int) -> TextSource {
    let bytes = Self.bytes(of: text, capacity: capacity)
    return TextSource(place: .constant(maps.constant(bytes)), capacity: bytes.count)
  }

  /// A text's bytes up to its NUL or as many as fit, and one NUL; zeros follow in the constants up to a multiple of 8.
  static func bytes(of text: [UInt8], capacity: Int) -> [UInt8] {
    var bytes = Array(text.prefix(capacity - 1).prefix { $0 != 0 })
    bytes.append(0)
    return bytes
  }

  mutating func text(_ to: TextRegister, _ constant: [UInt8]) {
    guard plan.lifetimes.constantTexts[to.index] == nil else { return }
    move(constantSource(constant, capacity: plan.clause.texts[to.index]), to: to)
  }

  /// What NULL is in memory: what begins with these bytes. An empty text has zeros there.
  static let null: [UInt8] = [0, 1]
  /// The same as the low half word of memory.
  static let nullHalf: Int32 = 0x100

  mutating func nullText(_ to: TextRegister) {
    move(TextSource(place: .constant(maps.constant(Self.null)), capacity: Self.null.count), to: to)
  }

  mutating func requireText(_ text: TextRegister) {
    let (base, offset) = base(of: source(text).place, .r1)
    emit(.load(.half, .r1, from: base, offset: offset))
    code.jump(.equal, .r1, .immediate(Self.nullHalf), to: fault(.badAddress, nil))
  }

  mutating func move(_ source: TextSource, to register: TextRegister) {
    guard let place = plan.texts[register.index], place != source.place else { return }
    let capacity = plan.clause.texts[register.index]
    move(source, to: place, capacity: capacity, size: (capacity + 7) / 8 * 8)
  }

  /// Copies a text to `size` bytes at `place`, of which `capacity` may hold text with its NUL; the rest becomes zero.
  mutating func move(_ source: TextSource, to place: Place, capacity: Int, size: Int) {
    let kept: Int
    if source.capacity <= capacity {
      kept = min((source.capacity + 7) / 8 * 8, size)
    } else if capacity <= 2, size >= 2 {
      moveShort(source, to: place, capacity: capacity, size: size)
      return
    } else {
      kept = capacity - 1
    }
    // Copying many bytes loses R0, and with it a target that it points to: then the rest comes first.
    if case .pointer = place { zero(place, from: kept, to: size) }
    copy(from: source.place, to: place, kept)
    if case .pointer = place { return }
    zero(place, from: kept, to: size)
  }

  /// At most one byte of a text, or NULL.
  private mutating func moveShort(_ source: TextSource, to place: Place, capacity: Int, size: Int) {
    let isNull = code.makeLabel()
    let (from, fromOffset) = base(of: source.place, .r1)
    emit(.load(.half, .r3, from: from, offset: fromOffset))
    code.jump(.equal, .r3, .immediate(Self.nullHalf), to: isNull)
    emit(.arithmetic(.and, .r3, .immediate(capacity == 2 ? 0xff : 0)))
    code.place(isNull)
    let (to, toOffset) = base(of: place, .r2)
    emit(.store(.half, at: to, offset: toOffset, .register(.r3)))
    zero(place, from: 2, to: size)
  }

  /// The same to an address that may lie anywhere: by the bytes that the text has at most, zeros behind them. The register is R4,
  /// which stays; the others are lost.
  mutating func moveUnaligned(_ source: TextSource, to target: MachineRegister, capacity: Int) {
    let kept = min(source.capacity, capacity)
    if kept > 64 || capacity - kept > 64 {
      // The kernel's memory reads are written to any address; they lose R4.
      let mark = frame.mark
      let place = frame.transient(8)
      let (base, offset) = base(of: place, .r5)
      emit(.store(.double, at: base, offset: offset, .register(target)))
      address(of: source.place, into: .r3)
      emit(.arithmetic(.move, .r1, .register(target)))
      code.constant(.r2, Int64(kept))
      emit(.call(.probeReadKernel))
      let (again, at) = self.base(of: place, .r4)
      emit(.load(.double, .r4, from: again, offset: at))
      if kept < source.capacity {
        let (last, at) = self.base(of: .pointer(.r4, kept - 1), .r5)
        emit(.store(.byte, at: last, offset: at, .immediate(0)))
      }
      if kept < capacity {
        emit(.arithmetic(.move, .r1, .register(.r4)))
        emit(.arithmetic(.add, .r1, .immediate(Int32(kept))))
        address(of: .constant(maps.zeros(capacity - kept)), into: .r3)
        code.constant(.r2, Int64(capacity - kept))
        emit(.call(.probeReadKernel))
      }
      frame.release(to: mark)
      return
    }
    let (from, fromOffset) = base(of: source.place, .r1)
    for index in 0..<capacity {
      guard index < kept, index < capacity - 1 else {
        emit(.store(.byte, at: target, offset: short(index), .immediate(0)))
        continue
      }
      emit(.load(.byte, .r3, from: from, offset: fromOffset + short(index)))
      emit(.store(.byte, at: target, offset: short(index), .register(.r3)))
    }
  }

  /// Zeros from one offset to another, in aligned pieces.
  private mutating func zero(_ place: Place, from start: Int, to end: Int) {
    guard start < end else { return }
    if start % 8 == 0 {
      zero(place.advanced(by: start), end - start)
      return
    }
    let aligned = min(end, (start + 7) / 8 * 8)
    let (base, offset) = base(of: place, .r2)
    for (size, piece) in Self.pieces(start..<aligned) {
      emit(.store(size, at: base, offset: offset + short(piece), .immediate(0)))
    }
    if aligned < end { zero(place.advanced(by: aligned), end - aligned) }
  }

  mutating func loadText(_ to: TextRegister, _ address: Register, _ limit: Register?, _ space: Space) {
    let capacity = plan.clause.texts[to.index]
    guard let place = plan.texts[to.index] else { return }
    let refused = fault(.badAddress, FaultValue(register: address, offset: 0))
    zero(place, (capacity + 7) / 8 * 8)
    load(address, into: .r3)
    resolve(.r3, size: nil, space, refused)
    let done = code.makeLabel()
    if let limit {
      // The limit counts the NUL, as the helper does.
      let bounded = code.makeLabel()
      load(limit, into: .r2)
      code.jump(.equal, .r2, .immediate(0), to: done)
      code.jump(.lessEqual, .r2, .immediate(Int32(capacity)), to: bounded)
      code.constant(.r2, Int64(capacity))
      code.place(bounded)
    } else {
      code.constant(.r2, Int64(capacity))
    }
    self.address(of: place, into: .r1)
    emit(.call(space.owner == .kernel ? .probeReadKernelString : .probeReadUserString))
    // The helper zeroes what it could not read.
    if space.faults { code.jump(.lessSigned, .r0, .immediate(0), to: refused) }
    code.place(done)
  }

  /// Both sides are zero behind their NULs, so they are equal when the words of the shorter memory are.
  mutating func compareText(_ comparison: Comparison, _ to: Register, _ left: TextRegister, _ right: TextRegister) {
    let (left, right) = (source(left), source(right))
    let words = (min(left.capacity, right.capacity) + 7) / 8
    let differ = code.makeLabel()
    let done = code.makeLabel()
    let constant = constantWords(left.place, words) ?? constantWords(right.place, words)
    let other = constantWords(left.place, words) == nil ? left.place : right.place
    let ordered = comparison != .equal && comparison != .notEqual
    if let constant, !ordered {
      let (base, offset) = base(of: other, .r3)
      for (index, word) in constant.enumerated() {
        emit(.load(.double, .r1, from: base, offset: offset + short(index * 8)))
        if let small = Int32(exactly: word) {
          code.jump(.notEqual, .r1, .immediate(small), to: differ)
        } else {
          code.constant(.r2, word)
          code.jump(.notEqual, .r1, .register(.r2), to: differ)
        }
      }
    } else {
      let (leftBase, leftOffset) = base(of: left.place, .r3)
      let (rightBase, rightOffset) = base(of: right.place, .r4)
      for index in 0..<words {
        emit(.load(.double, .r1, from: leftBase, offset: leftOffset + short(index * 8)))
        emit(.load(.double, .r2, from: rightBase, offset: rightOffset + short(index * 8)))
        code.jump(.notEqual, .r1, .register(.r2), to: differ)
      }
    }
    let equalHolds = [.equal, .lessEqualSigned, .greaterEqualSigned, .lessEqualUnsigned, .greaterEqualUnsigned]
      .contains(comparison)
    code.constant(.r0, equalHolds ? 1 : 0)
    code.jump(to: done)
    code.place(differ)
    if ordered {
      // The first byte that differs decides: in the other byte order it is the highest. NULL is less than anything else.
      let holds = code.makeLabel()
      for side in [MachineRegister.r1, .r2] {
        let some = code.makeLabel()
        code.jump(.notEqual, side, .immediate(Self.nullHalf), to: some)
        code.constant(.r0, comparison.isLess == (side == .r1) ? 1 : 0)
        code.jump(to: done)
        code.place(some)
      }
      emit(.bigEndian(.r1, bits: 64))
      emit(.bigEndian(.r2, bits: 64))
      code.constant(.r0, 1)
      code.jump(comparison.isLess ? .less : .greater, .r1, .register(.r2), to: holds)
      code.constant(.r0, 0)
      code.place(holds)
    } else {
      code.constant(.r0, comparison == .notEqual ? 1 : 0)
    }
    code.place(done)
    set(to, from: .r0)
  }

  /// The words of a constant; nil when the place is none.
  private func constantWords(_ place: Place, _ count: Int) -> [Int64]? {
    guard case .constant(let offset) = place else { return nil }
    return (0..<count).map { maps.constantWord(at: offset + $0 * 8) }
  }

  /// The symbols lie in the constants one behind another, each in as many bytes as the longest takes.
  mutating func symbolText(_ to: TextRegister, _ symbol: Register) {
    if let index = plan.lifetimes.constantIntegers[symbol.index] {
      let known = Int(exactly: index).flatMap { program.symbols.indices.contains($0) ? program.symbols[$0] : nil }
      move(constantSource(Array((known ?? "").utf8), capacity: plan.clause.texts[to.index]), to: to)
      return
    }
    let longest = program.symbols.map { $0.utf8.count + 1 }.max() ?? 1
    let stride = (min(longest, plan.clause.texts[to.index]) + 7) / 8 * 8
    var table: [UInt8] = []
    for symbol in program.symbols {
      let bytes = Self.bytes(of: Array(symbol.utf8), capacity: min(longest, plan.clause.texts[to.index]))
      table += bytes + [UInt8](repeating: 0, count: stride - bytes.count)
    }
    // What is no symbol is the empty text behind them all.
    table += [UInt8](repeating: 0, count: stride)
    let bounded = code.makeLabel()
    load(symbol, into: .r0)
    code.jump(.lessEqual, .r0, .immediate(Int32(program.symbols.count)), to: bounded)
    code.constant(.r0, Int64(program.symbols.count))
    code.place(bounded)
    emit(.arithmetic(.multiply, .r0, .immediate(Int32(stride))))
    address(of: .constant(maps.constant(table)), into: .r1)
    emit(.arithmetic(.add, .r0, .register(.r1)))
    move(TextSource(place: .pointer(.r0, 0), capacity: min(longest, plan.clause.texts[to.index])), to: to)
  }
}

extension Comparison {
  /// Whether it asks for the left side to be the lesser; texts have no sign.
  fileprivate var isLess: Bool {
    switch self {
    case .lessSigned, .lessEqualSigned, .lessUnsigned, .lessEqualUnsigned: true
    default: false
    }
  }
}
