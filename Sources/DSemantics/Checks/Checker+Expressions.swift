import DSyntax
import IR
import Source

extension Checker {
  /// The expression with its type; nil when it is wrong, which has been reported.
  mutating func check(_ expression: Expression) -> Typed? {
    if options.solaris, let linux = SolarisNames.translated(expression) { return check(linux) }
    let range = borrowed ?? expression.range
    switch expression.kind {
    case .integer(let value, let suffix, let isCharacter):
      return Typed(.integer(Int64(bitPattern: value)), constantType(value, suffix, isCharacter), range)
    case .string(let bytes):
      return Typed(.string(bytes), .string, range)
    case .identifier(let name): return checkIdentifier(name, range)
    case .scoped(let scope, let name): return checkScoped(scope, name, range)
    case .aggregation(let name): return deferred(.aggregationMisused(name), .dynamic, range)
    case .macro(let name):
      report(.undefinedIdentifier("$" + name, nearest: nil), range)
      return nil
    case .unary(let operation, let operand): return checkUnary(operation, operand, range)
    case .postfix(let operation, let operand):
      return checkStep(operand, by: operation == .increment ? 1 : -1, prefix: false, operation.rawValue, range)
    case .binary(let operation, let left, let right): return checkBinary(operation, left, right, range)
    case .assign(let operation, let target, let value): return checkAssign(operation, target, value, range)
    case .conditional(let condition, let then, let otherwise):
      return checkConditional(condition, then, otherwise, range)
    case .comma(let first, let second):
      guard let left = check(first), let right = check(second) else { return nil }
      return Typed(.comma(left, right), right.type, range)
    case .call(let name, let arguments): return checkCall(name, arguments, range)
    case .index(let base, let key): return checkIndex(base, key, range)
    case .member(let base, let name): return checkMember(base, name, ".", range)
    case .arrow(let base, let name): return checkMember(base, name, "->", range)
    case .cast(let typeName, let operand): return checkCast(typeName, operand, range)
    case .sizeofType(let typeName):
      guard let type = resolve(typeName) else { return nil }
      return sizeConstant(type, range)
    case .sizeofExpression(let operand):
      // NULL is a plain zero there, and a literal as long as it is.
      if case .identifier("NULL") = operand.kind { return sizeConstant(.int, range) }
      if case .string(let bytes) = operand.kind { return Typed(.integer(Int64(bytes.count + 1)), .size, range) }
      guard let typed = typeOnly(operand) else { return nil }
      if case .memory(_, _, bits: _?) = typed.kind {
        report(.rule(tag: "D_SIZEOF_BITFIELD", "cannot apply sizeof to a bit-field"), range)
        return nil
      }
      return sizeConstant(typed.type, range)
    case .stringof(let operand): return checkStringof(operand, range)
    case .offsetof(let typeName, let member): return checkOffsetof(typeName, member, range)
    case .xlate(let typeName, let operand): return checkTranslate(typeName, operand, range)
    case .missing: return nil
    }
  }

  /// C's type of an integer constant; decimal ones do not become unsigned by themselves.
  private func constantType(_ value: UInt64, _ suffix: IntegerSuffix, _ isCharacter: Bool) -> DType {
    if isCharacter { return Int32(exactly: Int64(bitPattern: value)) != nil ? .int : .int64 }
    let fitsInt = value <= UInt64(Int32.max)
    let fitsUnsigned = value <= UInt64(UInt32.max)
    if suffix.longs == 0 {
      if !suffix.unsigned, fitsInt { return .int }
      if fitsUnsigned, suffix.unsigned || !suffix.isDecimal {
        return .integer(IntegerType(4, signed: false, "unsigned int"))
      }
    }
    let long = suffix.longs == 2 ? "long long" : "long"
    if !suffix.unsigned, value <= UInt64(Int64.max) { return .integer(IntegerType(8, signed: true, long)) }
    return .integer(IntegerType(8, signed: false, "unsigned " + long))
  }

  private mutating func sizeConstant(_ type: DType, _ range: SourceRange) -> Typed? {
    let size = type == .string ? options.stringSize : types.size(of: type)
    guard let size, size > 0 else {
      report(.unknownSize, range)
      return nil
    }
    return Typed(.integer(Int64(size)), .size, range)
  }

  private mutating func checkIdentifier(_ name: String, _ range: SourceRange) -> Typed? {
    if let value = parameters.last?[name] { return value }
    if let inline = names.inlines[name], inline.parameters.isEmpty { return expand(inline, [:], range) }
    if loadLibrary(defining: name) { return checkIdentifier(name, range) }
    if let index = names.scalar(name, .global) {
      guard let type = names.scalars[index].type else {
        report(.undefinedVariable(name), range)
        return nil
      }
      return Typed(.variable(index), type, range)
    }
    if name.contains("`") { return checkKernelSymbol(name, range) }
    if name == "curthread" { return currentThread(range) }
    if name == "ipl" { return checkInterruptLevel(range) }
    if let builtin = BuiltinVariables.find(name, at: range) { return builtin }
    if let value = KnownConstants.find(name, at: range) { return value }
    if let (type, value) = types.enumerators[name] { return Typed(.integer(value), type, range) }
    if names.array(name, perThread: false) != nil {
      report(.arrayMisused(name), range)
      return nil
    }
    if name == "args" || name == "uregs" {
      report(.arrayMisused(name), range)
      return nil
    }
    if ActionName(rawValue: name) != nil || Subroutine(rawValue: name) != nil {
      report(.functionAsVariable(name), range)
      return nil
    }
    report(.undefinedIdentifier(name, nearest: nearestVariable(to: name)), range)
    return nil
  }

  /// ``mod`name``: a variable of the kernel's, where it lies; a function is its address.
  private mutating func checkKernelSymbol(_ spelled: String, _ range: SourceRange) -> Typed? {
    let parts = spelled.split(separator: "`", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, let (type, address) = types.symbol(parts[1], module: parts[0]) else {
      if let name = parts.last, parts.first == "", let linux = OtherKernels.counterpart(of: name, at: range) {
        return check(linux)
      }
      report(.undefinedIdentifier(spelled, nearest: nil), range)
      return nil
    }
    if options.linkMode == .dynamic, !options.undefinedKernelSymbols {
      // Where symbols are left to be resolved later, the kernel's are none of those that may be.
      let spelled = "\(parts[0].isEmpty ? "vmlinux" : parts[0])`\(parts[1])"
      report(.rule(tag: "D_ASRELO", "relocation remains against kernel symbol \(spelled) (offset 0x0)"), range)
      return nil
    }
    kernelVariables[address] = parts[1]
    let pointer = Typed(.integer(Int64(bitPattern: address)), .pointer(type, userland: false), range)
    return Typed(.memory(address: pointer, offset: 0, bits: nil), type, range)
  }

  /// `curthread`: the kernel's structure of the thread that runs.
  private mutating func currentThread(_ range: SourceRange) -> Typed? {
    guard let task = type(spelled: "struct task_struct *") else {
      report(.unsupported("curthread needs the kernel's types"), range)
      return nil
    }
    relies(on: Attributes(.stable, .private, .common), "curthread", range)
    return Typed(.convert(Typed(.builtin(.currentTask), .uint64, range)), task, range)
  }

  mutating func expand(_ inline: Names.Inline, _ arguments: [String: Typed], _ range: SourceRange) -> Typed? {
    guard mayExpand(range) else { return nil }
    parameters.append(arguments)
    defer { parameters.removeLast() }
    if inline.attributes != .common { relies(on: inline.attributes, "an inline", range) }
    let outer = borrowed
    if inline.isLibrary { borrowed = borrowed ?? range }
    defer { borrowed = outer }
    guard let value = check(inline.value) else { return nil }
    if inline.type.isInteger, value.type.isString {
      report(.incompatible(spelled(inline.type), spelled(value.type), operation: "="), range)
      return nil
    }
    if let (output, isPointer) = outputOfTranslation(value.type) {
      guard inline.type == (isPointer ? .pointer(output, userland: false) : output) else {
        report(.incompatible(spelled(inline.type), spelled(output), operation: "="), range)
        return nil
      }
      return value
    }
    return convert(value, to: inline.type, range)
  }

  /// Whether one more inline or member may be expanded here: one that names itself would never end.
  mutating func mayExpand(_ range: SourceRange) -> Bool {
    expansions += 1
    if parameters.count < 32, expansions <= 4096 { return true }
    // Told once.
    if expansions <= 4096 || expansions == 4097 {
      report(.unsupported("translators and inline definitions are nested too deeply"), range)
    }
    // What is left of the clause is not looked into any more.
    expansions = max(expansions, 4097)
    return false
  }

  private mutating func checkScoped(_ scope: DSyntax.Scope, _ name: String, _ range: SourceRange) -> Typed? {
    let prefix = scope == .thread ? "self->" : "this->"
    guard let index = names.scalar(name, scope == .thread ? .thread : .clause), let type = names.scalars[index].type
    else {
      report(.undefinedVariable(prefix + name), range)
      return nil
    }
    return Typed(.variable(index), type, range)
  }

  private mutating func checkConditional(
    _ condition: Expression, _ then: Expression, _ otherwise: Expression, _ range: SourceRange
  ) -> Typed? {
    let test = check(condition)
    let first = check(then)
    let second = check(otherwise)
    guard let test, let first, let second else { return nil }
    guard test.type.isScalar else {
      report(.needsScalar(operation: "?:", plural: false), condition.range)
      return nil
    }
    if first.type == .void || second.type == .void {
      report(.rule(tag: "D_OP_ACT", "an action cannot be used in a conditional expression"), range)
      return nil
    }
    if first.type == second.type { return Typed(.conditional(test, first, second), first.type, range) }
    if first.type.isInteger, second.type.isInteger {
      return Typed(.conditional(test, first, second), promoted(first.type, second.type), range)
    }
    if first.type.isStringCompatible, second.type.isStringCompatible {
      return Typed(.conditional(test, stringed(first), stringed(second)), .string, range)
    }
    if first.type.isString && second.isNull || second.type.isString && first.isNull {
      return Typed(.conditional(test, stringed(first), stringed(second)), .string, range)
    }
    if first.type.isPointer, second.type.isPointer || second.type.isInteger {
      return Typed(.conditional(test, first, second), first.type, range)
    }
    if second.type.isPointer, first.type.isInteger {
      return Typed(.conditional(test, first, second), second.type, range)
    }
    report(.incompatible(spelled(first.type), spelled(second.type), operation: "?:"), range)
    return nil
  }

  /// The value as a D string: a string is itself, a pointer to characters is read.
  func stringed(_ typed: Typed) -> Typed {
    if typed.type.isString { return typed }
    return typed.isNull ? Typed(.integer(0), .string, typed.range) : Typed(.stringOf(typed), .string, typed.range)
  }

  private mutating func checkStringof(_ operand: Expression, _ range: SourceRange) -> Typed? {
    guard let typed = check(operand) else { return nil }
    if typed.type.isString { return typed }
    guard typed.type.isScalar else {
      report(.stringofType(spelled(typed.type)), range)
      return nil
    }
    return Typed(.stringOf(typed), .string, range)
  }

  private mutating func checkOffsetof(_ typeName: TypeName, _ member: String, _ range: SourceRange) -> Typed? {
    guard isKnown(typeName.specifiers) else {
      report(.rule(tag: "D_SYNTAX", "syntax error near a name that is no type's"), typeName.specifiers.range)
      return nil
    }
    guard let type = resolve(typeName) else { return nil }
    guard case .record(let record) = type, types.records[record].isComplete else {
      report(
        .rule(tag: "D_OFFSETOF_TYPE", "offsetof( ) takes a struct or union type, not \(spelled(type))"), range)
      return nil
    }
    guard let found = types.member(member, of: record) else {
      report(.rule(tag: "D_UNKNOWN", "\(member) is not a member of \(spelled(type))"), range)
      return nil
    }
    if found.bitWidth != nil {
      report(.rule(tag: "D_OFFSETOF_BITFIELD", "cannot take the offset of a bit-field: \(member)"), range)
      return nil
    }
    return Typed(.integer(Int64(found.bitOffset / 8)), .size, range)
  }

  private mutating func checkCast(_ typeName: TypeName, _ operand: Expression, _ range: SourceRange) -> Typed? {
    let type = resolve(typeName)
    let value = check(operand)
    guard let type, let value else { return nil }
    return convert(value, to: type, range)
  }

  /// The value as another type, where C or D allows it.
  mutating func convert(_ value: Typed, to type: DType, _ range: SourceRange) -> Typed? {
    if value.type == type { return Typed(value.kind, type, range) }
    if value.type.isTranslated {
      let output = outputOfTranslation(value.type)
      if let output, type == (output.isPointer ? .pointer(output.output, userland: false) : output.output) {
        return value
      }
      if type != .void {
        report(.badCast(from: spelled(value.type), to: spelled(type)), range)
        return nil
      }
    }
    switch type {
    case .string where value.type.isStringCompatible || value.type.isPointer: return stringed(value)
    case .void: return Typed(.convert(value), .void, range)
    case .integer, .enumeration:
      if value.type.isScalar { return Typed(.convert(value), type, range) }
    case .pointer:
      if value.type.isScalar || value.type.isString { return Typed(.convert(value), type, range) }
    default: break
    }
    report(.badCast(from: spelled(value.type), to: spelled(type)), range)
    return nil
  }
}
