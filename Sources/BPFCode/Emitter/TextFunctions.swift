import IR

// Functions of texts and integers. The loops in them are bounded by the texts' capacities, which the verifier follows to the end.

extension HookEmitter {
  mutating func call(_ to: Operand, _ function: Function, _ arguments: [Operand]) throws(EmitterError) {
    switch (function, to, arguments.count) {
    case (.strlen, .integer(let to), 1):
      length(of: try text(arguments, 0))
      set(to, from: .r0)
    case (.strjoin, .text(let to), 2): join(to, try text(arguments, 0), try text(arguments, 1))
    case (.substr, .text(let to), 2...3):
      try substring(
        to, try text(arguments, 0), from: integer(arguments, 1),
        count: arguments.count > 2 ? integer(arguments, 2) : nil)
    case (.lltostr, .text(let to), 1...2):
      try write(to, try integer(arguments, 0), base: arguments.count > 1 ? integer(arguments, 1) : nil)
    case (.strchr, _, 2): findByte(to, try text(arguments, 0), try integer(arguments, 1), last: false)
    case (.strrchr, _, 2): findByte(to, try text(arguments, 0), try integer(arguments, 1), last: true)
    case (.strstr, _, 2): findText(to, try text(arguments, 0), try text(arguments, 1), from: nil, last: false)
    case (.index, .integer, 2...3), (.rindex, .integer, 2...3):
      let from = arguments.count > 2 ? try integer(arguments, 2) : nil
      findText(to, try text(arguments, 0), try text(arguments, 1), from: from, last: function == .rindex)
    case (.span, .integer(let to), 2), (.spanNot, .integer(let to), 2):
      span(to, try text(arguments, 0), try text(arguments, 1), member: function == .span)
    case (.cleanpath, .text(let to), 1): clean(to, try text(arguments, 0))
    case (.linkNtop, .text(let to), 4):
      try writeLink(
        to,
        [
          integer(arguments, 0), integer(arguments, 1), integer(arguments, 2), integer(arguments, 3),
        ])
    case (.basename, .text(let to), 1): lastComponent(to, try text(arguments, 0))
    case (.dirname, .text(let to), 1): directory(to, try text(arguments, 0))
    case (.tolower, .text(let to), 1): fold(to, try text(arguments, 0), first: 0x41)
    case (.toupper, .text(let to), 1): fold(to, try text(arguments, 0), first: 0x61)
    case (.path, .text(let to), 1): try path(to, at: try integer(arguments, 0))
    case (.inetNtoa, .text(let to), 1): writeAddress(to, try integer(arguments, 0))
    case (.inetNtoa6, .text(let to), 2...3):
      try writeAddress6(
        to, try integer(arguments, 0), try integer(arguments, 1),
        strict: arguments.count > 2 ? try integer(arguments, 2) : nil)
    case (.strtoll, .integer(let to), 1...2):
      readNumber(to, try text(arguments, 0), base: arguments.count > 1 ? try integer(arguments, 1) : nil)
    case (.json, .text(let to), 2): json(to, try text(arguments, 0), try text(arguments, 1))
    case (.htons, .integer(let to), 1): swap(to, try integer(arguments, 0), bits: 16)
    case (.htonl, .integer(let to), 1): swap(to, try integer(arguments, 0), bits: 32)
    case (.htonll, .integer(let to), 1): swap(to, try integer(arguments, 0), bits: 64)
    case (.rand, .integer(let to), 0):
      emit(.call(.getPrandomU32))
      extend(.r0, .word, signed: false)
      set(to, from: .r0)
    default: throw unsupported("\(function)")
    }
  }

  mutating func text(_ arguments: [Operand], _ index: Int) throws(EmitterError) -> TextSource {
    guard arguments.indices.contains(index), case .text(let register) = arguments[index] else {
      throw .malformed("argument \(index) is no text", clause: plan.number)
    }
    return source(register)
  }

  func integer(_ arguments: [Operand], _ index: Int) throws(EmitterError) -> Register {
    guard arguments.indices.contains(index), case .integer(let register) = arguments[index] else {
      throw .malformed("argument \(index) is no integer", clause: plan.number)
    }
    return register
  }

  private mutating func swap(_ to: Register, _ from: Register, bits: Int32) {
    load(from, into: .r0)
    emit(.bigEndian(.r0, bits: bits))
    set(to, from: .r0)
  }

  /// R0 = how many bytes stand before the NUL: at most the capacity less one, also to the verifier's knowledge. R1-R5 are lost.
  mutating func length(of source: TextSource) {
    let bounded = code.makeLabel()
    let mark = frame.mark
    // The helper that copies a text returns its length, so a copy of the text onto a spare place tells it.
    address(of: frame.transient(source.capacity), into: .r1)
    address(of: source.place, into: .r3)
    code.constant(.r2, Int64(source.capacity))
    emit(.call(.probeReadKernelString))
    emit(.arithmetic(.subtract, .r0, .immediate(1)))
    code.jump(.lessEqual, .r0, .immediate(Int32(source.capacity - 1)), to: bounded)
    code.constant(.r0, 0)
    code.place(bounded)
    frame.release(to: mark)
  }

  /// The text at R3, as much as fits, to a register; the memory around must be the kernel's own. `size` in R2 counts the NUL.
  mutating func take(_ to: TextRegister) {
    guard let place = plan.texts[to.index] else { return }
    address(of: place, into: .r1)
    emit(.call(.probeReadKernelString))
  }

  mutating func clearText(_ to: TextRegister) {
    if let place = plan.texts[to.index] { zero(place, (plan.clause.texts[to.index] + 7) / 8 * 8) }
  }

  private mutating func join(_ to: TextRegister, _ left: TextSource, _ right: TextSource) {
    let both = frame.scratch(left.capacity + right.capacity)
    let bounded = code.makeLabel()
    address(of: both, into: .r1)
    code.constant(.r2, Int64(left.capacity))
    address(of: left.place, into: .r3)
    emit(.call(.probeReadKernelString))
    emit(.arithmetic(.subtract, .r0, .immediate(1)))
    code.jump(.lessEqual, .r0, .immediate(Int32(left.capacity - 1)), to: bounded)
    code.constant(.r0, 0)
    code.place(bounded)
    address(of: both, into: .r1)
    emit(.arithmetic(.add, .r1, .register(.r0)))
    code.constant(.r2, Int64(right.capacity))
    address(of: right.place, into: .r3)
    emit(.call(.probeReadKernelString))
    clearText(to)
    address(of: both, into: .r3)
    code.constant(.r2, Int64(plan.clause.texts[to.index]))
    take(to)
  }

  /// DTrace's `substr`: a negative index counts from the end, a negative count leaves that many off it.
  private mutating func substring(
    _ to: TextRegister, _ source: TextSource, from index: Register, count: Register?
  ) throws(EmitterError) {
    let text = spare(source, to)
    let empty = code.makeLabel()
    let begun = code.makeLabel()
    let bounded = code.makeLabel()
    let taken = code.makeLabel()
    let fits = code.makeLabel()
    let capacity = Int64(plan.clause.texts[to.index])
    clearText(to)
    length(of: text)
    // R0 = the length, R1 = where to begin, R2 = how many.
    load(index, into: .r1)
    if let count { load(count, into: .r2) } else { code.constant(.r2, 1 << 40) }
    code.jump(.greaterEqualSigned, .r1, .immediate(0), to: begun)
    emit(.arithmetic(.add, .r1, .register(.r0)))
    code.jump(.greaterEqualSigned, .r1, .immediate(0), to: begun)
    // Begins before the text, and may reach into it; a count that is negative leaves nothing.
    code.jump(.lessSigned, .r2, .immediate(0), to: empty)
    emit(.arithmetic(.move, .r3, .register(.r1)))
    emit(.arithmetic(.add, .r3, .register(.r2)))
    code.jump(.lessEqualSigned, .r3, .immediate(0), to: begun)
    emit(.arithmetic(.move, .r2, .register(.r3)))
    code.constant(.r1, 0)
    code.place(begun)
    // Also what is still negative, which is a great number.
    code.jump(.greaterEqual, .r1, .register(.r0), to: empty)
    code.jump(.greater, .r1, .immediate(Int32(text.capacity - 1)), to: empty)
    code.jump(.greaterEqualSigned, .r2, .immediate(0), to: taken)
    emit(.arithmetic(.add, .r2, .register(.r0)))
    emit(.arithmetic(.subtract, .r2, .register(.r1)))
    code.jump(.lessEqualSigned, .r2, .immediate(0), to: empty)
    code.place(taken)
    code.jump(.lessEqual, .r2, .immediate(Int32(capacity - 1)), to: bounded)
    code.constant(.r2, capacity - 1)
    code.place(bounded)
    emit(.arithmetic(.add, .r2, .immediate(1)))
    address(of: text.place, into: .r3)
    emit(.arithmetic(.add, .r3, .register(.r1)))
    code.place(fits)
    take(to)
    code.place(empty)
  }

  /// A copy when the result's own memory is the source's.
  mutating func spare(_ source: TextSource, _ to: TextRegister) -> TextSource {
    guard plan.texts[to.index] == source.place else { return source }
    let place = frame.transient((source.capacity + 7) / 8 * 8)
    copy(from: source.place, to: place, (source.capacity + 7) / 8 * 8)
    return TextSource(place: place, capacity: source.capacity)
  }
}
