import IR

// A hook's program that grows long goes on in another, by a tail call: the verifier looks at each for itself, so a thousand clauses are as
// good as one, and each may use 64 maps. The firing's scratch memory stays taken, and is found again by the context's address, which no
// other firing that is under way on any CPU has.

extension HookEmitter {
  /// Entries of code after which a program ends: jumps reach 32,767 instructions and the verifier follows 8,192 branches on one path.
  private static let length = 6_000
  /// The kernel takes 64 maps; a clause brings some that it has of its own, and a few others.
  private static let mapLimit = 64 - 12
  /// MAX_TAIL_CALL_CNT.
  private static let callLimit = 33

  /// Whether this pass may come to an end of a program before the end of the text.
  var maySplit: Bool { known?.isSplit != false }

  /// Whether the next clause belongs in another program.
  func isLongEnough(before clause: Clause) -> Bool {
    guard maySplit else { return false }
    let share = (known?.length ?? 0) / (Self.callLimit - 3)
    return code.count > max(Self.length, share) || code.maps.count + maps.mapCount(of: clause) > Self.mapLimit
  }

  /// Ends the program in the middle of a firing, and begins the one that the firing goes on in.
  mutating func emitNextSegment(_ firings: [Firing], at firing: Int) throws(EmitterError) {
    needs.isSplit = true
    guard finishedSegments.count < Self.callLimit else { throw .assembler(.programTooLong(needs.length)) }
    let table = segmentTable ?? maps.addSegments("segments")
    segmentTable = table
    let isLast = firing + 1 == firings.count

    code.origin = nil
    let leave = code.makeLabel()
    emitAcquire()
    if !isLast {
      code.jump(to: leave)
      // Who comes here has done with this firing: the next program is to begin behind it.
      code.place(firingEnd)
      emitAcquire()
      emit(.load(.double, .r0, from: .r10, offset: Int16(Frame.scratch)))
      emit(.store(.double, at: .r0, offset: Int16(ScratchLayout.skipped), .immediate(Int32(firing + 1))))
      code.place(leave)
    }
    if known?.timestamp != false {
      emit(.load(.double, .r0, from: .r10, offset: Int16(Frame.scratch)))
      emit(.load(.double, .r1, from: .r10, offset: Int16(Frame.timestamp)))
      emit(.store(.double, at: .r0, offset: Int16(ScratchLayout.timestamp), .register(.r1)))
    }
    needs.context = true
    emit(.load(.double, .r1, from: .r10, offset: Int16(Frame.context)))
    code.map(.r2, table)
    code.constant(.r3, Int64(finishedSegments.count))
    emit(.call(.tailCall))
    countDrop(.nesting)
    emitEnd()

    finishedSegments.append(code)
    code = Assembler()
    end = code.makeLabel()
    firingEnd = isLast ? end : code.makeLabel()
    emitStart()
    if known?.selector != false { try emitSelector(firings) }
    freshSelector = false
    findScratch()
    if !isLast {
      emit(.load(.double, .r1, from: .r0, offset: Int16(ScratchLayout.skipped)))
      code.jump(.equal, .r1, .immediate(Int32(firing + 1)), to: firingEnd)
    }
  }

  /// A firing that other programs may go on with says whose its memory is. R0 is the scratch's address; R1 is lost.
  mutating func ownScratch() {
    needs.context = true
    emit(.load(.double, .r1, from: .r10, offset: Int16(Frame.context)))
    emit(.store(.double, at: .r0, offset: Int16(ScratchLayout.owner), .register(.r1)))
    emit(.store(.double, at: .r0, offset: Int16(ScratchLayout.skipped), .immediate(0)))
  }

  /// The firing's memory, and what is kept there: R0 and the frame's slots.
  private mutating func findScratch() {
    needs.scratchSlot = true
    let found = code.makeLabel()
    chooseLevel { emitter in
      emitter.emit(.load(.double, .r1, from: .r0, offset: Int16(ScratchLayout.owner)))
      emitter.emit(.load(.double, .r2, from: .r10, offset: Int16(Frame.context)))
      emitter.code.jump(.equal, .r1, .register(.r2), to: found)
    }
    code.place(found)
    emit(.store(.double, at: .r10, offset: Int16(Frame.scratch), .register(.r0)))
    guard known?.timestamp != false else { return }
    emit(.load(.double, .r1, from: .r0, offset: Int16(ScratchLayout.timestamp)))
    emit(.store(.double, at: .r10, offset: Int16(Frame.timestamp), .register(.r1)))
  }
}
