import IR

// llquantize(): `Aggregation.Function.logLinearBucket`, a comparison for each magnitude.

extension HookEmitter {
  /// R1 = the bucket. R0 stays.
  mutating func logLinearBucket(of value: Register, factor: Int64, low: Int64, high: Int64, steps: Int64) {
    let zero = Aggregation.Function.logLinearZeroBucket(factor: factor, low: low, high: high, steps: steps)
    let span = Aggregation.Function.logLinearSpan(factor: factor, steps: steps)
    let found = code.makeLabel()
    // R2 = the magnitude, R5 = the sign, R1 = how far from the middle.
    load(value, into: .r2)
    emit(.arithmetic(.move, .r5, .register(.r2)))
    negate(.r2, whenNegative: .r2)
    var end: Int64 = 1
    for _ in 0..<low { end *= factor }
    code.constant(.r1, 0)
    code.constant(.r3, end)
    code.jump(.less, .r2, .register(.r3), to: found)
    for order in low...high {
      let beyond = code.makeLabel()
      end *= factor
      code.constant(.r3, end)
      code.jump(.greaterEqual, .r2, .register(.r3), to: beyond)
      emit(.arithmetic(.move, .r1, .register(.r2)))
      // At order 0 a step may be less than one.
      if order == 0 { emit(.arithmetic(.multiply, .r1, .immediate(Int32(steps)))) }
      code.constant(.r3, order == 0 ? end : max(1, end / steps))
      emit(.arithmetic(.divide, .r1, .register(.r3)))
      emit(.arithmetic(.add, .r1, .immediate(Int32(Int(order - low) * span - Int(steps / factor) + 1))))
      code.jump(to: found)
      code.place(beyond)
    }
    code.constant(.r1, Int64(Int(high - low + 1) * span + 1))
    code.place(found)
    negate(.r1, whenNegative: .r5)
    emit(.arithmetic(.add, .r1, .immediate(Int32(zero))))
    // It is one of them; the verifier does not know.
    let bounded = code.makeLabel()
    code.jump(.lessEqual, .r1, .immediate(Int32(2 * zero)), to: bounded)
    code.constant(.r1, Int64(2 * zero))
    code.place(bounded)
  }
}
