import DSyntax
import IR
import Source

extension ParseTreeMaker {
  /// What the checks make of an expression that they have seen before.
  func typed(_ expression: Expression) -> Typed? {
    var trial = checker
    return trial.whole { $0.check(expression) }
  }

  /// How far what it names may be relied on.
  func attributes(of expression: Expression) -> Attributes {
    guard isCooked else { return .common }
    var trial = checker
    trial.reliance = .common
    if case .assign(nil, let target, _) = expression.kind, let (_, key) = checker.aggregation(target) {
      for part in key { _ = trial.check(part) }
    } else if case .call(let name, let arguments) = expression.kind, ActionName(rawValue: name) != nil {
      for argument in arguments { _ = trial.check(argument) }
    } else {
      _ = trial.check(expression)
    }
    return trial.reliance
  }

  func details(of expression: Expression) -> ParseNode.Details {
    guard isCooked, let typed = typed(expression) else { return .init() }
    var flags = access(expression)
    if !typed.type.isString, checker.origins(of: typed) == .alloca { flags.insert(.alloca) }
    if case .memory(_, _, .some) = typed.kind { flags.insert(.bitField) }
    if case .binary(let operation, let left, let right) = expression.kind, operation == .add || operation == .subtract,
      left.isText || right.isText
    {
      flags.insert(.dataPointer)
    }
    return details(of: typed.type, flags, attributes(of: expression))
  }

  func details(of type: DType?) -> ParseNode.Details { type.map { details(of: $0, [], .common) } ?? .init() }

  func details(of type: DType, _ flags: ParseFlags, _ attributes: Attributes) -> ParseNode.Details {
    var flags = flags.union(.cooked)
    var name = checker.spelled(type)
    switch type {
    case .integer(let integer): if integer.signed { flags.insert(.signed) }
    case .void: flags.insert(.signed)
    case .dynamic, .translated, .translation:
      flags.formUnion([.signed, .reference])
      name = "<DYN>"
    case .string, .array, .record, .function: flags.insert(.reference)
    case .pointer(_, userland: true): flags.insert(.userland)
    default: break
    }
    return .init(type: name, attributes: attributes, flags: flags)
  }

  func callDetails(_ name: String, _ expression: Expression) -> ParseNode.Details {
    guard isCooked else { return .init() }
    if let action = ActionName(rawValue: name) { return details(of: action.type, [], attributes(of: expression)) }
    if AggregatingName(rawValue: name) != nil { return details(of: .dynamic, [], .common) }
    return details(of: expression)
  }

  /// The variable that it is, by its place in `Names.scalars`.
  func scalar(_ expression: Expression) -> Int? {
    switch expression.kind {
    case .identifier(let name): checker.names.scalar(name, .global)
    case .scoped(.thread, let name): checker.names.scalar(name, .thread)
    case .scoped(.clause, let name): checker.names.scalar(name, .clause)
    default: nil
    }
  }

  /// Whether it is a place, and one that the program may write.
  private func access(_ expression: Expression) -> ParseFlags {
    switch expression.kind {
    case .identifier, .scoped: return scalar(expression) != nil ? [.lvalue, .writable] : .lvalue
    case .index(let base, _):
      if let (name, perThread) = checker.arrayName(base), checker.names.array(name, perThread: perThread) != nil {
        return [.lvalue, .writable]
      }
      return access(base).union(.lvalue)
    case .member(let base, _): return access(base)
    case .arrow(let base, _): return access(base).union(.lvalue)
    case .unary(.dereference, let operand): return access(operand).union(.lvalue)
    // What is stored is no place.
    case .assign(_, let target, _), .postfix(_, let target), .unary(.increment, let target),
      .unary(.decrement, let target):
      return access(target).subtracting(.lvalue)
    default: return []
    }
  }
}

extension Expression {
  fileprivate var isText: Bool { if case .string = kind { true } else { false } }
}
