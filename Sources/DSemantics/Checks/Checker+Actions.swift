import DSyntax
import IR
import Source

extension Checker {
  mutating func check(_ action: ActionName, _ written: [Expression], _ range: SourceRange) -> TypedAction? {
    switch action {
    case .trace:
      guard wants(1, 1, action, written, range), let value = check(written[0]) else { return nil }
      switch value.type {
      case .void: report(.traceVoid, written[0].range)
      case .translated: report(.traceDynamic, written[0].range)
      default: return .trace(value)
      }
      return nil
    case .printf: return checkPrintf(written, range)
    case .printa: return checkPrinta(written, range)
    case .stack, .ustack:
      guard wants(0, action == .stack ? 1 : 2, action, written, range) else { return nil }
      var frames = action == .stack ? options.stackFrames : options.userStackFrames
      if let first = written.first {
        guard let value = check(first) else { return nil }
        guard case .integer(let given) = value.kind, given > 0, given <= 1024 else {
          let tag = action == .stack ? "D_STACK_SIZE" : "D_USTACK_FRAMES"
          report(.lquantize(tag: tag, "\(action.rawValue)( ) size must be a positive integer constant"), first.range)
          return nil
        }
        frames = Int(given)
      }
      return action == .stack ? .stack(frames: frames) : .userStack(frames: frames)
    case .exit:
      guard wants(1, 1, action, written, range), let value = checkInteger(action, written[0], 1) else { return nil }
      return .exit(value)
    case .clear, .denormalize:
      guard wants(1, 1, action, written, range), let index = checkAggregationArgument(action, written[0]) else {
        return nil
      }
      return action == .clear ? .clear(index) : .denormalize(index)
    case .normalize:
      guard wants(2, 2, action, written, range), let index = checkAggregationArgument(action, written[0]) else {
        return nil
      }
      guard let value = check(written[1]) else { return nil }
      guard value.type.isScalar else {
        report(
          .lquantize(tag: "D_NORMALIZE_SCALAR", "normalize( ) argument #2 must be of scalar type"), written[1].range)
        return nil
      }
      return .normalize(index, value)
    case .trunc:
      guard wants(1, 2, action, written, range), let index = checkAggregationArgument(action, written[0]) else {
        return nil
      }
      guard written.count == 2 else { return .truncate(index, nil) }
      guard let value = check(written[1]) else { return nil }
      guard value.type.isScalar else {
        report(.lquantize(tag: "D_TRUNC_SCALAR", "trunc( ) argument #2 must be of scalar type"), written[1].range)
        return nil
      }
      return .truncate(index, value)
    case .sym, .func: return checkSymbol(action, .function, written, range)
    case .mod: return checkSymbol(action, .module, written, range)
    case .usym, .ufunc: return checkSymbol(action, .userFunction, written, range)
    case .umod: return checkSymbol(action, .userModule, written, range)
    case .uaddr: return checkSymbol(action, .userAddress, written, range)
    case .tracemem: return checkTracemem(written, range)
    }
  }

  private mutating func wants(
    _ low: Int, _ high: Int, _ action: ActionName, _ written: [Expression], _ range: SourceRange
  ) -> Bool {
    if (low...high).contains(written.count) { return true }
    report(.argumentCount(action.rawValue, given: written.count, wanted: prototype(low, high - low)), range)
    return false
  }

  private mutating func checkInteger(_ action: ActionName, _ written: Expression, _ number: Int) -> Typed? {
    guard let value = check(written) else { return nil }
    guard value.type.isScalar else {
      report(.argumentType(action.rawValue, number: number, given: spelled(value.type), wanted: "int"), written.range)
      return nil
    }
    return value
  }

  private mutating func checkSymbol(
    _ action: ActionName, _ kind: SymbolKind, _ written: [Expression], _ range: SourceRange
  ) -> TypedAction? {
    guard wants(1, 1, action, written, range), let value = checkInteger(action, written[0], 1) else { return nil }
    return .symbol(kind, value)
  }

  private mutating func checkTracemem(_ written: [Expression], _ range: SourceRange) -> TypedAction? {
    guard wants(2, 3, .tracemem, written, range) else { return nil }
    let address = check(written[0])
    let size = check(written[1])
    guard let address, let size else { return nil }
    guard address.type.isScalar else {
      report(
        .lquantize(tag: "D_TRACEMEM_ADDR", "tracemem( ) argument #1 must be a pointer or integer"), written[0].range)
      return nil
    }
    guard case .integer(let capacity) = size.kind, capacity > 0, capacity <= 65_536 else {
      report(
        .lquantize(tag: "D_TRACEMEM_SIZE", "tracemem( ) argument #2 must be a positive integer constant"),
        written[1].range)
      return nil
    }
    guard written.count == 3 else { return .tracemem(address, capacity: Int(capacity), size: nil) }
    guard let dynamic = check(written[2]) else { return nil }
    guard dynamic.type.isInteger else {
      report(.lquantize(tag: "D_TRACEMEM_DYNSIZE", "tracemem( ) argument #3 must be an integer"), written[2].range)
      return nil
    }
    return .tracemem(address, capacity: Int(capacity), size: dynamic)
  }

  // MARK: Aggregations as arguments

  private mutating func checkAggregationArgument(_ action: ActionName, _ written: Expression) -> Int? {
    let tag = action.rawValue.uppercased()
    guard let (name, key) = aggregation(written) else {
      report(.notAnAggregation(action: action.rawValue, tag: "D_\(tag)_AGGARG"), written.range)
      return nil
    }
    guard key.isEmpty, let index = names.aggregation(name) else {
      report(.emptyAggregation(action: action.rawValue, name: name, tag: "D_\(tag)_AGGBAD"), written.range)
      return nil
    }
    return index
  }

  private mutating func checkPrinta(_ written: [Expression], _ range: SourceRange) -> TypedAction? {
    guard let first = written.first else {
      report(.lquantize(tag: "D_PRINTA_PROTO", "printa( ) prototype mismatch: 0 args passed, 1 expected"), range)
      return nil
    }
    var format: String?
    var rest = written[...]
    if case .string(let bytes) = first.kind {
      format = String(decoding: bytes, as: UTF8.self)
      rest = rest.dropFirst()
    }
    if rest.isEmpty {
      report(.lquantize(tag: "D_PRINTA_PROTO", "printa( ) prototype mismatch: an aggregation is expected"), range)
      return nil
    }
    var indices: [Int] = []
    for expression in rest {
      guard let index = checkAggregationArgument(.printa, expression) else { return nil }
      indices.append(index)
    }
    let keys = indices.map { names.aggregations[$0].key?.count ?? 0 }
    if Set(keys).count > 1 {
      report(.lquantize(tag: "D_PRINTA_AGGKEY", "printa( ) aggregations have different keys"), range)
      return nil
    }
    if format == nil, indices.count > 1 {
      report(.lquantize(tag: "D_PRINTA_PROTO", "printa( ) of several aggregations needs a format"), range)
      return nil
    }
    return .printa(indices, format: format)
  }
}
