import IR

extension HookEmitter {
  /// Waits until the clock is `time` nanoseconds further, by reading it again and again: a program may not sleep.
  mutating func chill(_ time: Register) {
    let end = frame.scratch(8)
    emit(.call(.ktimeGetNs))
    load(time, into: .r1)
    emit(.arithmetic(.add, .r0, .register(.r1)))
    storeState(end, .register(.r0))
    // As many rounds as a loop may have, of eight readings: they fill half a second, the longest wait, if a reading takes 8 ns or more.
    loop(1 << 23, "chill \(end)") { emitter, body in
      for _ in 0..<8 {
        emitter.emit(.call(.ktimeGetNs))
        emitter.loadState(.r1, emitter.inLoop(end))
        emitter.code.jump(.greaterEqual, .r0, .register(.r1), to: body.stop)
      }
    }
  }
}
