import IR

// A clock's timer that fires late by more than a period goes on with the next one, and the kernel runs nothing for what lay between. So each
// firing compares how many there were on its CPU with how many periods have gone by since the first.

extension HookEmitter {
  /// What is kept for each clock on each CPU, as offsets of 64-bit numbers.
  enum ClockState {
    /// When it fired first, in nanoseconds of CLOCK_MONOTONIC.
    static let first = 0
    static let firings = 8
    /// Skipped firings that are counted already.
    static let skipped = 16
    static let size = 24
  }

  /// The kernel's shortest period of a cpu-clock (perf_swevent_start_hrtimer), in nanoseconds.
  private static let shortestPeriod: UInt64 = 10_000

  /// Counts the firings of this clock that are missing. R0-R5 are lost.
  mutating func countSkippedTicks(_ period: UInt64) {
    let mark = frame.mark
    let done = code.makeLabel()
    let begun = code.makeLabel()
    let (map, index) = maps.addClockState()
    let now = frame.transient(8)
    emit(.call(.ktimeGetNs))
    let (base, offset) = base(of: now, .r1)
    emit(.store(.double, at: base, offset: offset, .register(.r0)))
    lookUp(map, index: index, key: frame.transient(4))
    code.jump(.equal, .r0, .immediate(0), to: done)
    emit(.load(.double, .r1, from: base, offset: offset))
    emit(.load(.double, .r2, from: .r0, offset: Int16(ClockState.first)))
    code.jump(.notEqual, .r2, .immediate(0), to: begun)
    emit(.store(.double, at: .r0, offset: Int16(ClockState.first), .register(.r1)))
    emit(.arithmetic(.move, .r2, .register(.r1)))
    code.place(begun)
    // R1 = the periods since the first firing, less the firings since: a first one that was late hides one.
    emit(.arithmetic(.subtract, .r1, .register(.r2)))
    code.constant(.r3, Int64(clamping: max(period, Self.shortestPeriod)))
    emit(.arithmetic(.divide, .r1, .register(.r3)))
    emit(.load(.double, .r2, from: .r0, offset: Int16(ClockState.firings)))
    emit(.arithmetic(.subtract, .r1, .register(.r2)))
    emit(.arithmetic(.add, .r2, .immediate(1)))
    emit(.store(.double, at: .r0, offset: Int16(ClockState.firings), .register(.r2)))
    emit(.load(.double, .r2, from: .r0, offset: Int16(ClockState.skipped)))
    code.jump(.lessEqualSigned, .r1, .register(.r2), to: done)
    emit(.store(.double, at: .r0, offset: Int16(ClockState.skipped), .register(.r1)))
    emit(.arithmetic(.subtract, .r1, .register(.r2)))
    emit(.store(.double, at: base, offset: offset, .register(.r1)))
    lookUp(maps.roles.drops, index: 0, key: frame.transient(4))
    code.jump(.equal, .r0, .immediate(0), to: done)
    emit(.load(.double, .r1, from: base, offset: offset))
    emit(.load(.double, .r2, from: .r0, offset: Int16(EmittedObject.Drop.tick.offset)))
    emit(.arithmetic(.add, .r2, .register(.r1)))
    emit(.store(.double, at: .r0, offset: Int16(EmittedObject.Drop.tick.offset), .register(.r2)))
    code.place(done)
    frame.release(to: mark)
  }
}
