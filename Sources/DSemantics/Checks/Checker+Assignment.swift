import DSyntax
import IR
import Source

extension Checker {
  /// `=` and `op=`. A name that was never seen becomes a variable of the value's type.
  mutating func checkAssign(
    _ operation: DSyntax.BinaryOperator?, _ targetWritten: Expression, _ valueWritten: Expression, _ range: SourceRange
  ) -> Typed? {
    if let (name, _) = aggregation(targetWritten) {
      report(.aggregationMisused(name), range)
      return nil
    }
    let sign = (operation?.rawValue ?? "") + "="
    // What is changed must be there before; what is set takes its type from the value.
    if operation != nil, isUnset(targetWritten) { return nil }
    let valueChecked = check(valueWritten)
    guard let value = valueChecked else { return nil }
    guard
      let target = checkTarget(
        targetWritten, givenBy: operation == nil ? typeGiven(by: value, valueWritten) : .int64, sign)
    else {
      return nil
    }
    guard let operation else {
      if case .record(let record) = target.type, case .translation(let index) = value.type,
        names.translations[index].output == target.type
      {
        return assign(translation: index, value, to: target, record, range)
      }
      guard let stored = assignable(value, to: target, sign, range) else { return nil }
      guard value.isNull || !target.type.isString else {
        return Typed(.assign(target: target, value: stored), target.type, range)
      }
      guard note(stored, assignedTo: target, range) else { return nil }
      return Typed(.assign(target: target, value: stored), target.type, range)
    }
    if target.type.isInteger, value.type.isInteger {
      return Typed(.update(target: target, operation, value: value, scale: 1), target.type, range)
    }
    if target.type.isPointer, value.type.isInteger, operation == .add || operation == .subtract {
      let scale = target.type.element.flatMap { types.size(of: $0) } ?? 1
      return Typed(.update(target: target, operation, value: value, scale: scale), target.type, range)
    }
    if value.type.element == .void, operation == .add || operation == .subtract {
      report(.rule(tag: "D_OP_VFPTR", "operator \(sign) requires operands of known size"), range)
    } else if operation == .add || operation == .subtract {
      report(.incompatible(spelled(target.type), spelled(value.type), operation: sign), range)
    } else {
      report(.needsInteger(operation: sign, plural: true), range)
    }
    return nil
  }

  /// The type of a variable that begins with a value. Solaris' variables kept all 64 bits of what was stored in them later, so
  /// that scripts of its day could begin with `start = 0` and go on with `start = timestamp`.
  private func typeGiven(by value: Typed, _ written: Expression) -> DType {
    if options.solaris, case .integer(_, _, isCharacter: false) = written.kind, value.type == .int { return .int64 }
    return value.type
  }

  /// Whether it is a variable that nothing has set or declared yet, which is reported.
  private mutating func isUnset(_ target: Expression) -> Bool {
    let name: String
    switch target.kind {
    case .identifier(let global):
      guard names.scalar(global, .global) == nil, names.array(global, perThread: false) == nil,
        parameters.last?[global] == nil, names.inlines[global] == nil, !global.contains("`"),
        KnownConstants.find(global, at: target.range) == nil, types.enumerators[global] == nil,
        BuiltinVariables.find(global, at: target.range) == nil
      else { return false }
      name = global
    case .scoped(let scope, let local):
      guard names.scalar(local, scope == .thread ? .thread : .clause) == nil,
        scope != .thread || names.array(local, perThread: true) == nil
      else { return false }
      name = (scope == .thread ? "self->" : "this->") + local
    default: return false
    }
    report(.undefinedVariable(name), target.range)
    return true
  }

  /// `++` and `--`.
  mutating func checkStep(
    _ operand: Expression, by amount: Int64, prefix: Bool, _ sign: String, _ range: SourceRange
  ) -> Typed? {
    guard let target = checkTarget(operand, givenBy: .int64, sign) else { return nil }
    guard target.type.isScalar else {
      report(.needsScalar(operation: sign, plural: false), range)
      return nil
    }
    let scale = target.type.isPointer ? target.type.element.flatMap { types.size(of: $0) } ?? 1 : 1
    return Typed(.step(target: target, by: amount * Int64(scale), prefix: prefix), target.type, range)
  }

  /// What is assigned to: an existing or a new variable, an array's element, or scratch memory.
  private mutating func checkTarget(_ written: Expression, givenBy type: DType, _ sign: String) -> Typed? {
    switch written.kind {
    case .identifier(let name):
      if parameters.last?[name] == nil, names.inlines[name] == nil, names.array(name, perThread: false) == nil,
        BuiltinVariables.find(name, at: written.range) == nil
      {
        return scalarTarget(name, .global, type, sign, written.range)
      }
    case .scoped(let scope, let name):
      return scalarTarget(name, scope == .thread ? .thread : .clause, type, sign, written.range)
    case .index(let base, let key):
      if let (name, perThread) = arrayName(base) { return elementTarget(name, perThread, key, type, written.range) }
      if case .scoped(.clause, let name) = base.kind, names.scalar(name, .clause) == nil {
        report(.localArray(name), written.range)
        return nil
      }
    default: break
    }
    guard let target = check(written) else { return nil }
    switch target.kind {
    case .memory, .element, .variable: return isWhole(target.type, sign, written.range) ? target : nil
    case .builtin, .textBuiltin, .probePart, .argument:
      report(.notWritable(operation: sign), written.range)
    default:
      report(.needsLvalue(operation: sign), written.range)
    }
    return nil
  }

  private mutating func scalarTarget(
    _ name: String, _ scope: Variable.Scope, _ type: DType, _ sign: String, _ range: SourceRange
  ) -> Typed? {
    let index = names.scalar(name, scope) ?? names.addScalar(name, scope, type: nil)
    if names.scalars[index].type == nil { names.scalars[index].type = variableType(type) }
    names.scalars[index].isAssigned = true
    let known = names.scalars[index].type ?? type
    return isWhole(known, sign, range) ? Typed(.variable(index), known, range) : nil
  }

  /// Whether a value of that type is assigned to as a whole: arrays are not.
  private mutating func isWhole(_ type: DType, _ sign: String, _ range: SourceRange) -> Bool {
    guard case .array = type else { return true }
    report(
      .rule(tag: "D_OP_ARRFUN", "operator \(sign) may not be applied to an operand of type \"\(spelled(type))\""), range
    )
    return false
  }

  /// What a variable holds that is first given a value of that type: arrays are held as pointers to them.
  private func variableType(_ type: DType) -> DType {
    if case .array(let element, _) = type { return .pointer(element, userland: false) }
    return type
  }

  /// The name when the expression is one that may be an associative array.
  func arrayName(_ base: Expression) -> (String, Bool)? {
    switch base.kind {
    case .identifier(let name):
      if names.scalar(name, .global) != nil || names.inlines[name] != nil || name == "args" || name == "uregs"
        || name.contains("`")
      {
        return nil
      }
      if parameters.last?[name] != nil || BuiltinVariables.find(name, at: base.range) != nil { return nil }
      return (name, false)
    case .scoped(.thread, let name): return names.scalar(name, .thread) != nil ? nil : (name, true)
    default: return nil
    }
  }

  private mutating func elementTarget(
    _ name: String, _ perThread: Bool, _ key: [Expression], _ type: DType, _ range: SourceRange
  ) -> Typed? {
    let index =
      names.array(name, perThread: perThread) ?? names.addArray(name, perThread: perThread, key: nil, value: nil)
    guard let checked = checkKey(of: index, key, range) else { return nil }
    if names.arrays[index].value == nil { names.arrays[index].value = variableType(type) }
    return Typed(.element(index, checked), names.arrays[index].value ?? type, range)
  }

  /// The key, agreeing with the array's earlier uses; the first use decides.
  mutating func checkKey(of array: Int, _ written: [Expression], _ range: SourceRange) -> [Typed]? {
    let key = written.compactMap { check($0) }
    guard key.count == written.count else { return nil }
    guard let known = names.arrays[array].key else {
      names.arrays[array].key = key.map { $0.type.isStringCompatible ? .string : $0.type }
      return key.map { $0.type.isStringCompatible ? stringed($0) : $0 }
    }
    guard known.count == key.count else {
      report(.argumentCount(names.arrays[array].name + "[", given: key.count, wanted: "\(known.count)"), range)
      return nil
    }
    var agreed: [Typed] = []
    for (part, type) in zip(key, known) {
      if type.isString, part.type.isStringCompatible {
        agreed.append(stringed(part))
      } else if type == part.type {
        agreed.append(part)
      } else if type.isScalar, part.type.isScalar {
        agreed.append(Typed(.convert(part), type, part.range))
      } else {
        report(.arrayKeyMismatch(names.arrays[array].name), part.range)
        return nil
      }
    }
    return agreed
  }

  /// The value as the target takes it.
  private mutating func assignable(_ value: Typed, to target: Typed, _ sign: String, _ range: SourceRange) -> Typed? {
    if target.type == value.type { return value }
    if target.type.isString, value.type.isStringCompatible { return stringed(value) }
    if case .record = target.type, case .integer(0) = value.kind {
      switch target.kind {
      case .element: return value
      case .variable(let index) where names.scalars[index].scope == .thread: return value
      default: break
      }
    }
    if target.type.isInteger, value.type.isInteger { return value }
    if target.type.isPointer, value.type.isPointer { return value }
    if target.type.isStringCompatible, target.type.isPointer, value.type.isString {
      return Typed(.convert(value), target.type, range)
    }
    if value.isNull {
      if target.type.isString { return stringed(value) }
      if target.type.isPointer { return value }
      // Zero frees a dynamic variable, of whatever type it is.
      switch target.kind {
      case .element: return value
      case .variable(let index) where names.scalars[index].scope == .thread: return value
      default: break
      }
    }
    if target.type.isPointer, value.type.isInteger, value.type.integer.bytes == 8 { return value }
    if target.type.isInteger, value.type.isPointer { return value }
    report(.incompatible(spelled(target.type), spelled(value.type), operation: sign), range)
    return nil
  }
}
