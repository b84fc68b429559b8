import DSyntax
import IR
import Source

extension Checker {
  /// `@name[key] = f(…)`.
  mutating func checkAggregate(
    _ name: String, _ keyWritten: [Expression], _ value: Expression, _ range: SourceRange
  ) -> TypedStatement? {
    guard case .call(let functionName, let arguments) = value.kind,
      let function = AggregatingName(rawValue: functionName)
    else {
      if case .call(let called, _) = value.kind, names.inlines[called] == nil, Subroutine(rawValue: called) == nil,
        ActionName(rawValue: called) == nil
      {
        report(.undefinedFunction(called, nearest: nearestFunction(to: called)), value.range)
      } else {
        report(.aggregationNeedsFunction(name), value.range)
      }
      return nil
    }
    let index = names.aggregation(name) ?? names.addAggregation(name, at: range)
    if let earlier = names.aggregations[index].spelled, earlier != function {
      report(.aggregationRedefined(name), range)
      return nil
    }
    names.aggregations[index].spelled = function
    let key = keyWritten.compactMap { checkKeyPart($0) }
    guard key.count == keyWritten.count, agree(key, index, range) else { return nil }
    guard let (shape, operand, increment) = checkFunction(function, arguments, index, value.range) else { return nil }
    if let earlier = names.aggregations[index].function, earlier != shape {
      report(
        .rule(
          tag: mismatchTag(earlier, shape), "\(functionName)( ) bounds do not agree with an earlier use of @\(name)"),
        value.range)
      return nil
    }
    names.aggregations[index].function = shape
    if let operand { names.aggregations[index].isSigned = operand.type.isSigned || !operand.type.isInteger }
    let strings = key.map { $0.type.isStringCompatible ? stringed($0) : $0 }
    return .aggregate(index, key: strings, value: operand, increment: increment, range)
  }

  private func mismatchTag(_ a: IR.Aggregation.Function, _ b: IR.Aggregation.Function) -> String {
    switch (a, b) {
    case (.linear(let low, _, _), .linear(let other, _, _)) where low != other: "D_LQUANT_MATCHBASE"
    case (.linear(_, let high, _), .linear(_, let other, _)) where high != other: "D_LQUANT_MATCHLIM"
    case (.linear, _): "D_LQUANT_MATCHSTEP"
    case (.logLinear(let factor, _, _, _), .logLinear(let other, _, _, _)) where factor != other:
      "D_LLQUANT_MATCHFACTOR"
    case (.logLinear(_, let low, _, _), .logLinear(_, let other, _, _)) where low != other: "D_LLQUANT_MATCHLMAG"
    case (.logLinear(_, _, let high, _), .logLinear(_, _, let other, _)) where high != other: "D_LLQUANT_MATCHHMAG"
    default: "D_LLQUANT_MATCHSTEPS"
    }
  }

  /// Whether the key agrees with the aggregation's earlier uses; the first use decides.
  private mutating func agree(_ key: [Typed], _ index: Int, _ range: SourceRange) -> Bool {
    let name = names.aggregations[index].name
    let symbolic = key.map { typed in
      if case .probePart = typed.kind { true } else { false }
    }
    for part in key where !isKey(part) {
      report(.aggregationKeyType(name, type: spelled(part.type)), part.range)
      return false
    }
    guard let known = names.aggregations[index].key else {
      names.aggregations[index].key = key.map { $0.type.isStringCompatible ? .string : $0.type }
      names.aggregations[index].symbolic = symbolic
      names.aggregations[index].addresses = key.map(\.addresses)
      return true
    }
    guard known.count == key.count else {
      report(.argumentCount("@\(name)[", given: key.count, wanted: "\(known.count)"), range)
      return false
    }
    for (part, type) in zip(key, known) where type.isString != part.type.isStringCompatible {
      report(.aggregationKeyMismatch(name), part.range)
      return false
    }
    for (part, addresses) in zip(key, names.aggregations[index].addresses) where part.addresses != addresses {
      report(.aggregationKeyMismatch(name), part.range)
      return false
    }
    for (place, flag) in symbolic.enumerated() where !flag { names.aggregations[index].symbolic[place] = false }
    return true
  }

  /// An expression, or one of the actions that stand for addresses in a key.
  private mutating func checkKeyPart(_ written: Expression) -> Typed? {
    guard case .call(let name, let arguments) = written.kind, names.inlines[name] == nil,
      let action = ActionName(rawValue: name), action.type != .void
    else { return check(written) }
    switch check(action, arguments, written.range) {
    case .stack(let frames): return Typed(.stack(frames: frames, user: false), .stack(user: false), written.range)
    case .userStack(let frames): return Typed(.stack(frames: frames, user: true), .stack(user: true), written.range)
    case .symbol(let kind, let address): return Typed(.symbol(kind, address), .symbol, written.range)
    default: return nil
    }
  }

  /// What can be part of a key: numbers, addresses and strings, not what is made up member by member.
  private func isKey(_ part: Typed) -> Bool {
    if part.addresses != nil { return true }
    let type = part.type
    if type.isTranslated { return false }
    return type.isScalar || type.isString
  }

  /// The function with its constants, its datum and its weight.
  private mutating func checkFunction(
    _ function: AggregatingName, _ written: [Expression], _ index: Int, _ range: SourceRange
  ) -> (IR.Aggregation.Function, Typed?, Typed?)? {
    let name = function.rawValue
    let (low, high) =
      switch function {
      case .count: (0, 0)
      case .avg, .max, .min, .stddev, .sum: (1, 1)
      case .quantize: (1, 2)
      case .lquantize: (3, 5)
      case .llquantize: (5, 6)
      }
    guard (low...high).contains(written.count) else {
      report(.argumentCount(name, given: written.count, wanted: prototype(low, high - low)), range)
      return nil
    }
    if function == .count { return (.count, nil, nil) }
    if function == .lquantize || function == .llquantize {
      // Bounds are integers by their prototypes, which are looked at before anything else.
      for (number, bound) in written.enumerated().dropFirst() {
        guard let typed = check(bound) else { return nil }
        if typed.type.isScalar { continue }
        report(.argumentType(name, number: number + 1, given: spelled(typed.type), wanted: "int32_t"), bound.range)
        return nil
      }
    }
    guard let datum = check(written[0]) else { return nil }
    guard datum.type.isScalar else {
      report(.aggregationScalar(name), written[0].range)
      return nil
    }
    switch function {
    case .count: return nil
    case .sum: return (.sum, datum, nil)
    case .avg: return (.average, datum, nil)
    case .min: return (.minimum, datum, nil)
    case .max: return (.maximum, datum, nil)
    case .stddev: return (.standardDeviation, datum, nil)
    case .quantize:
      guard written.count == 2 else { return (.quantize, datum, nil) }
      guard let weight = checkWeight(name, written[1], 2) else { return nil }
      return (.quantize, datum, weight)
    case .lquantize: return checkLinear(datum, written)
    case .llquantize: return checkLogLinear(datum, written, names.aggregations[index], range)
    }
  }

  private mutating func checkWeight(_ name: String, _ written: Expression, _ number: Int) -> Typed? {
    guard let weight = check(written) else { return nil }
    guard weight.type.isInteger else {
      report(.argumentType(name, number: number, given: spelled(weight.type), wanted: "an integer"), written.range)
      return nil
    }
    return weight
  }

  private mutating func constant(_ written: Expression, tag: String, _ text: String) -> Int64? {
    guard let typed = check(written) else { return nil }
    guard case .integer(let value) = typed.kind else {
      report(.rule(tag: tag, text), written.range)
      return nil
    }
    return value
  }

  private mutating func checkLinear(_ datum: Typed, _ written: [Expression]) -> (
    IR.Aggregation.Function, Typed?, Typed?
  )? {
    let must = "must be an integer constant"
    guard let low = constant(written[1], tag: "D_LQUANT_BASETYPE", "lquantize( ) argument #1 \(must)"),
      let high = constant(written[2], tag: "D_LQUANT_LIMTYPE", "lquantize( ) argument #2 \(must)")
    else { return nil }
    var step: Int64 = 1
    if written.count > 3 {
      guard let given = constant(written[3], tag: "D_LQUANT_STEPTYPE", "lquantize( ) argument #3 \(must)") else {
        return nil
      }
      step = given
    }
    for (value, tag, number) in [(low, "D_LQUANT_BASEVAL", 1), (high, "D_LQUANT_LIMVAL", 2)]
    where Int64(Int32(truncatingIfNeeded: value)) != value {
      report(.rule(tag: tag, "lquantize( ) argument #\(number) must be a 32-bit quantity"), written[number].range)
      return nil
    }
    guard high > low else {
      report(
        .rule(tag: "D_LQUANT_MISMATCH", "lquantize( ) base (argument #1) must be less than limit (argument #2)"),
        written[1].range)
      return nil
    }
    guard step > 0, step <= Int64(UInt16.max) else {
      let tag = step > 0 ? "D_LQUANT_STEPVAL" : "D_LQUANT_STEPTYPE"
      report(.rule(tag: tag, "lquantize( ) step must be a non-zero positive 16-bit quantity"), written[3].range)
      return nil
    }
    guard (high - low) / step <= Int64(UInt16.max) else {
      report(
        .rule(tag: "D_LQUANT_STEPSMALL", "lquantize( ) step is too small: there would be more than 65535 levels"),
        written[1].range)
      return nil
    }
    guard step <= high - low else {
      report(
        .rule(tag: "D_LQUANT_STEPLARGE", "lquantize( ) step (argument #3) is larger than the range"),
        written[1].range)
      return nil
    }
    var weight: Typed?
    if written.count > 4 {
      guard let given = checkWeight("lquantize", written[4], 5) else { return nil }
      weight = given
    }
    return (.linear(low: low, high: high, step: step), datum, weight)
  }

  private mutating func checkLogLinear(
    _ datum: Typed, _ written: [Expression], _ aggregation: Names.AggregationName, _ range: SourceRange
  ) -> (IR.Aggregation.Function, Typed?, Typed?)? {
    var values: [Int64] = []
    let parts = [
      ("FACTOR", nil, "factor"), ("LMAG", "LOW", "low magnitude"), ("HMAG", "HIGH", "high magnitude"),
      ("STEP", "NSTEP", "steps"),
    ]
    for (number, (tag, illumos, word)) in parts.enumerated() {
      guard
        let value = constant(
          written[number + 1], tag: "D_LLQUANT_\(tag)TYPE",
          "llquantize( ) argument #\(number + 1) (\(word)) must be an integer constant")
      else { return nil }
      guard value >= (tag == "STEP" ? 1 : 0), value <= Int64(UInt16.max) else {
        let what = tag == "STEP" && value <= 0 ? "TYPE" : "VAL"
        report(
          .rule(
            tag: "D_LLQUANT_\(tag)\(what)", illumos: illumos.map { "D_LLQUANT_\($0)\(what)" },
            "llquantize( ) argument #\(number + 1) (\(word)) must be an unsigned 16-bit quantity"),
          written[number + 1].range)
        return nil
      }
      values.append(value)
    }
    let (factor, low, high, steps) = (values[0], values[1], values[2], values[3])
    if case .logLinear(let earlier, _, _, _)? = aggregation.function, earlier != factor {
      report(
        .rule(
          tag: "D_LLQUANT_MATCHFACTOR", "llquantize( ) bounds do not agree with an earlier use of @\(aggregation.name)"),
        range)
      return nil
    }
    guard factor >= 2 else {
      report(
        .rule(
          tag: "D_LLQUANT_FACTORVAL", illumos: "D_LLQUANT_FACTORSMALL",
          "llquantize( ) factor (argument #1) must be two or more"),
        written[1].range)
      return nil
    }
    guard high >= low else {
      report(
        .rule(
          tag: "D_LLQUANT_HMAGVAL", illumos: "D_LLQUANT_MAGRANGE",
          "llquantize( ) high magnitude must not be less than the low magnitude"),
        written[3].range)
      return nil
    }
    var power: Int64 = 1
    for _ in 0..<(high + 1) {
      let (next, overflow) = power.multipliedReportingOverflow(by: factor)
      guard !overflow else {
        report(
          .rule(
            tag: "D_LLQUANT_HMAGVAL", illumos: "D_LLQUANT_MAGTOOBIG",
            "llquantize( ) factor to the power of the high magnitude overflows 64 bits"),
          written[3].range)
        return nil
      }
      power = next
    }
    // Steps are spread evenly over a magnitude.
    let shape = IR.Aggregation.Function.logLinear(factor: factor, low: low, high: high, steps: steps)
    guard shape.hasBuckets else {
      report(
        .rule(
          tag: "D_LLQUANT_STEPVAL", illumos: steps < factor ? "D_LLQUANT_FACTORNSTEPS" : "D_LLQUANT_FACTOREVEN",
          "llquantize( ) steps (argument #4) must divide the factor or be a multiple of it, and divide each magnitude evenly"
        ), written[4].range)
      return nil
    }
    var weight: Typed?
    if written.count > 5 {
      guard let given = checkWeight("llquantize", written[5], 6) else { return nil }
      weight = given
    }
    return (shape, datum, weight)
  }
}

extension Typed {
  /// What an aggregation's key keeps of it when it stands for addresses.
  var addresses: IR.Aggregation.KeyPart? {
    switch kind {
    case .stack(let frames, let user): user ? .userStack(frames: frames) : .kernelStack(frames: frames)
    case .symbol(let kind, _): .address(kind)
    default: nil
    }
  }
}
