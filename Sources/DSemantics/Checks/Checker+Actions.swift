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
      case .translated, .translation: return checkAssembled(value, isPrinted: false, written[0].range)
      case .dynamic: report(.traceDynamic, written[0].range)
      default: return .trace(value)
      }
      return nil
    case .printf: return checkPrintf(written, range)
    case .printa: return checkPrinta(written, range)
    case .stack, .ustack, .jstack:
      guard wants(0, action == .stack ? 1 : 2, action, written, range) else { return nil }
      var frames = action == .stack ? options.stackFrames : options.userStackFrames
      if let first = written.first {
        guard let value = check(first) else { return nil }
        guard value.type.isInteger else {
          report(
            .argumentType(action.rawValue, number: 1, given: spelled(value.type), wanted: "an integer"), first.range)
          return nil
        }
        guard case .integer(let given) = value.kind, given > 0, given <= 1024 else {
          let tag = action == .stack ? "D_STACK_SIZE" : "D_USTACK_FRAMES"
          report(.rule(tag: tag, "\(action.rawValue)( ) size must be a positive integer constant"), first.range)
          return nil
        }
        frames = Int(given)
      }
      frames = min(frames, options.maximumFrames)
      if written.count == 2 {
        guard let size = check(written[1]) else { return nil }
        guard size.type.isInteger else {
          report(
            .argumentType(action.rawValue, number: 2, given: spelled(size.type), wanted: "an integer"),
            written[1].range)
          return nil
        }
        guard case .integer(let given) = size.kind, given >= 0 else {
          report(
            .rule(tag: "D_USTACK_STRSIZE", "ustack( ) string size must be a non-negative integer constant"),
            written[1].range)
          return nil
        }
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
          .argumentType("normalize", number: 2, given: spelled(value.type), wanted: "a scalar"), written[1].range)
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
        report(.argumentType("trunc", number: 2, given: spelled(value.type), wanted: "a scalar"), written[1].range)
        return nil
      }
      return .truncate(index, value)
    case .sym, .func: return checkSymbol(action, .function, written, range)
    case .mod: return checkSymbol(action, .module, written, range)
    case .usym, .ufunc: return checkSymbol(action, .userFunction, written, range)
    case .umod: return checkSymbol(action, .userModule, written, range)
    case .uaddr: return checkSymbol(action, .userAddress, written, range)
    case .tracemem: return checkTracemem(written, range)
    case .printm: return checkPrintm(written, range)
    case .print: return checkPrint(written, range)
    default: return checkEffect(action, written, range)
    }
  }

  mutating func wants(
    _ low: Int, _ high: Int, _ action: ActionName, _ written: [Expression], _ range: SourceRange
  ) -> Bool {
    if (low...high).contains(written.count) { return true }
    report(.argumentCount(action.rawValue, given: written.count, wanted: prototype(low, high - low)), range)
    return false
  }

  mutating func checkInteger(_ action: ActionName, _ written: Expression, _ number: Int) -> Typed? {
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
        .rule(tag: "D_TRACEMEM_ADDR", "tracemem( ) argument #1 must be a pointer or integer"), written[0].range)
      return nil
    }
    guard size.type.isInteger else {
      report(
        .argumentType("tracemem", number: 2, given: spelled(size.type), wanted: "an integer"), written[1].range)
      return nil
    }
    guard case .integer(let capacity) = size.kind, capacity > 0, capacity <= 65_536 else {
      report(
        .rule(tag: "D_TRACEMEM_SIZE", "tracemem( ) argument #2 must be a positive integer constant"),
        written[1].range)
      return nil
    }
    guard written.count == 3 else { return .tracemem(address, capacity: Int(capacity), size: nil) }
    guard let dynamic = check(written[2]) else { return nil }
    guard dynamic.type.isInteger else {
      report(.rule(tag: "D_TRACEMEM_DYNSIZE", "tracemem( ) argument #3 must be an integer"), written[2].range)
      return nil
    }
    return .tracemem(address, capacity: Int(capacity), size: dynamic)
  }

  /// FreeBSD's `printm(size, memref(pointer, bytes))`.
  private mutating func checkPrintm(_ written: [Expression], _ range: SourceRange) -> TypedAction? {
    guard wants(2, 2, .printm, written, range) else { return nil }
    let size = check(written[0])
    let memory = check(written[1])
    guard let size, let memory else { return nil }
    guard size.type.isInteger, case .integer(let capacity) = size.kind, capacity > 0, capacity <= 65_536 else {
      report(
        .rule(
          tag: "D_PRINTM_SIZE", "printm( ) argument #1 must be a non-zero positive integral constant expression"),
        written[0].range)
      return nil
    }
    guard memory.type.isPointer else {
      report(
        .rule(
          tag: "D_PRINTM_ADDR",
          "printm( ) argument #2 is incompatible with prototype: prototype is pointer, argument is \(spelled(memory.type))"
        ),
        written[1].range)
      return nil
    }
    return .memory(memory, capacity: Int(capacity))
  }

  // MARK: Aggregations as arguments

  private mutating func checkAggregationArgument(_ action: ActionName, _ written: Expression) -> Int? {
    // libdtrace has one pair of tags for the two of them.
    let tag = action == .denormalize ? "NORMALIZE" : action.rawValue.uppercased()
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
      report(.argumentCount("printa", given: 0, wanted: "1"), range)
      return nil
    }
    var format: FormatText?
    var rest = written[...]
    if case .string(let bytes) = first.kind {
      format = FormatText(bytes)
      rest = rest.dropFirst()
    }
    if rest.isEmpty {
      report(.rule(tag: "D_PRINTA_PROTO", "printa( ) prototype mismatch: an aggregation is expected"), range)
      return nil
    }
    var indices: [Int] = []
    for expression in rest {
      guard let index = checkAggregationArgument(.printa, expression) else { return nil }
      indices.append(index)
    }
    let keys = indices.map { names.aggregations[$0].key?.count ?? 0 }
    if Set(keys).count > 1 {
      report(.rule(tag: "D_PRINTA_AGGKEY", "printa( ) aggregations have different keys"), range)
      return nil
    }
    let alike = indices.allSatisfy { other in
      zip(names.aggregations[other].key ?? [], names.aggregations[indices[0]].key ?? []).allSatisfy { isAlike($0, $1) }
    }
    guard alike else {
      report(.rule(tag: "D_PRINTA_AGGPROTO", "printa( ) aggregations have keys of different types"), range)
      return nil
    }
    if let format, !agrees(format, first.range, names.aggregations[indices[0]].key ?? [], range) { return nil }
    return .printa(indices, format: format)
  }

  private func isAlike(_ a: DType, _ b: DType) -> Bool {
    a.isString == b.isString && (a.isString || types.size(of: a) == types.size(of: b))
  }

  /// Whether the format's conversions take the key's parts, in order; those that are left over are not printed.
  private mutating func agrees(_ text: FormatText, _ range: SourceRange, _ key: [DType], _ call: SourceRange) -> Bool {
    guard let format = checkFormat(text, range) else { return false }
    let taking = format.directives.filter { !$0.ofAggregation }
    guard taking.count <= key.count else {
      report(
        .rule(
          tag: "D_PRINTF_ARG_PROTO",
          "printa( ) prototype mismatch: the key has \(key.count) part\(key.count == 1 ? "" : "s"), the format takes \(taking.count)"
        ), call)
      return false
    }
    for (number, (directive, type)) in zip(taking, key).enumerated() {
      guard accepts(directive.conversion.wanted, type) else {
        let conversion = "%\(directive.conversion.name) (\(directive.conversion.wanted.text))"
        report(
          .rule(
            tag: "D_PRINTF_ARG_TYPE",
            "printa( ) key part #\(number + 1) is incompatible with conversion \(conversion): it is of type \(spelled(type))"
          ), range)
        return false
      }
    }
    return true
  }
}
