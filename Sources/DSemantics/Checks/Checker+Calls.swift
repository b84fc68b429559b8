import DSyntax
import IR
import Source

extension Checker {
  /// A call that gives a value.
  mutating func checkCall(_ name: String, _ written: [Expression], _ range: SourceRange) -> Typed? {
    if Subroutine(rawValue: name) == nil { _ = loadLibrary(defining: name) }
    if let inline = names.inlines[name] {
      return checkInlineCall(name, inline, written, range)
    }
    guard let subroutine = Subroutine(rawValue: name) else {
      if let action = ActionName(rawValue: name) {
        // Too few arguments, or too many, are told before that it gives no value.
        var trial = self
        _ = trial.check(action, written, range)
        if case SemanticComplaint.argumentCount(name, let given, let wanted)? = trial.found.all.last?.complaint,
          trial.found.all.count > found.all.count
        {
          report(.argumentCount(name, given: given, wanted: wanted), range)
          return nil
        }
        return deferred(.actionInExpression(name), action.type, range)
      }
      if AggregatingName(rawValue: name) != nil {
        report(.actionInExpression(name), range)
      } else if let missing = SolarisNames.absent[name] {
        report(.rule(tag: "D_FUNC_UNDEF", "\(name)( ) is about \(missing), which Linux does not have"), range)
      } else if BuiltinVariables.find(name, at: range) != nil || names.scalar(name, .global) != nil {
        report(.notAFunction(name), range)
      } else {
        report(.undefinedFunction(name, nearest: nearestFunction(to: name)), range)
      }
      return nil
    }
    guard let arguments = checkArguments(of: subroutine, written, range) else { return nil }
    if subroutine == .alloca || subroutine == .copyin, case .integer(let size)? = arguments.last?.kind,
      UInt64(bitPattern: size) > UInt64(options.scratchSize)
    {
      report(
        .rule(
          tag: "D_ALLOCA_SIZE",
          "\(name)(\(UInt64(bitPattern: size))) size larger than scratchsize \(options.scratchSize)"),
        written.last?.range ?? range)
      return nil
    }
    var result = subroutine.signature.result
    if subroutine == .mutexOwner, let task = types.find("struct task_struct") {
      result = .pointer(task, userland: false)
    }
    return Typed(.call(subroutine, arguments), result, range)
  }

  /// An inline with parameters, which stand in `[ ]` or in `( )`.
  mutating func checkInlineCall(
    _ name: String, _ inline: Names.Inline, _ written: [Expression], _ range: SourceRange
  ) -> Typed? {
    guard inline.parameters.count == written.count else {
      report(.argumentCount(name, given: written.count, wanted: "\(inline.parameters.count)"), range)
      return nil
    }
    var arguments: [String: Typed] = [:]
    for (parameter, expression) in zip(inline.parameters, written) {
      guard let value = check(expression), let converted = convert(value, to: parameter.type, expression.range) else {
        return nil
      }
      arguments[parameter.name] = converted
    }
    return expand(inline, arguments, range)
  }

  func prototype(_ required: Int, _ optional: Int) -> String {
    optional == 0 ? "\(required)" : "\(required) to \(required + optional)"
  }

  private mutating func checkArguments(
    of subroutine: Subroutine, _ written: [Expression], _ range: SourceRange
  ) -> [Typed]? {
    let (required, optional, _) = subroutine.signature
    guard (required.count...required.count + optional.count).contains(written.count) else {
      let wanted = prototype(required.count, optional.count)
      report(.argumentCount(subroutine.rawValue, given: written.count, wanted: wanted), range)
      return nil
    }
    var arguments: [Typed] = []
    for (number, (parameter, expression)) in zip(required + optional, written).enumerated() {
      guard let value = check(expression) else { continue }
      switch parameter {
      case .integer where value.type.isScalar: arguments.append(value)
      case .pointer
      where value.type.isPointer || value.type.isString || value.type.isInteger && value.type.integer.bytes == 8:
        arguments.append(value)
      case .address where value.type.isPointer || value.type.isInteger && value.type.integer.bytes == 8:
        arguments.append(value)
      case .string where value.type.isStringCompatible || value.isNull: arguments.append(stringed(value))
      case .constant where value.type.isInteger && value.isConstant: arguments.append(value)
      case .structure(let name) where isPointer(value, to: name): arguments.append(value)
      case .recollection:
        guard case .string(let bytes) = value.kind,
          let what = Recollection(rawValue: String(decoding: bytes, as: UTF8.self))
        else { fallthrough }
        arguments.append(Typed(.integer(what.number), .int64, value.range))
      default:
        let wanted =
          switch parameter {
          case .integer: "an integer"
          case .constant: "an integer constant"
          case .pointer, .address: "a pointer"
          case .string: "const char *"
          case .structure(let name): name + " *"
          case .recollection: "one of " + Recollection.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
          }
        report(
          .argumentType(subroutine.rawValue, number: number + 1, given: spelled(value.type), wanted: wanted),
          expression.range)
      }
    }
    return arguments.count == written.count ? arguments : nil
  }

  /// Whether it may be taken for a pointer to the type of that name: one to nothing in particular and NULL may, too, as may an
  /// address that is a number.
  private mutating func isPointer(_ value: Typed, to name: String) -> Bool {
    if value.isNull || value.type.element == .void { return true }
    if value.type.isInteger { return value.type.integer.bytes == 8 }
    guard let target = value.type.element else { return false }
    return types.find(name) == target
  }

  /// `copyinto(address, size, to)` and `bcopy(from, to, size)`, which stand as statements.
  mutating func checkCopy(_ name: String, _ written: [Expression], _ range: SourceRange) -> TypedStatement? {
    guard let subroutine = Subroutine(rawValue: name),
      let arguments = checkArguments(of: subroutine, written, range)
    else { return nil }
    let place = name == "bcopy" ? 1 : 2
    guard isTarget(arguments[place], of: name, number: place + 1) else { return nil }
    return name == "bcopy"
      ? .action(.copyBytes(from: arguments[0], to: arguments[1], size: arguments[2]), range)
      : .action(.copyInto(address: arguments[0], size: arguments[1], to: arguments[2]), range)
  }

  // MARK: Near misses

  func nearestFunction(to name: String) -> String? {
    nearest(
      to: name,
      among: Subroutine.allCases.map(\.rawValue) + ActionName.allCases.map(\.rawValue)
        + AggregatingName.allCases.map(\.rawValue))
  }

  func nearestVariable(to name: String) -> String? {
    nearest(
      to: name,
      among: BuiltinVariables.names + names.scalars.filter { $0.scope == .global }.map(\.name)
        + names.inlines.keys.sorted())
  }
}

/// The other name that differs from `name` by the fewest edits, if by no more than a third of its letters.
func nearest(to name: String, among candidates: [String]) -> String? {
  let word = Array(name.utf8)
  guard word.count <= 64 else { return nil }
  var best: (distance: Int, name: String)?
  for candidate in candidates where candidate != name {
    let other = Array(candidate.utf8)
    guard abs(other.count - word.count) <= 3 else { continue }
    let distance = edits(word, other)
    if distance <= max(1, word.count / 3), distance < best?.distance ?? .max { best = (distance, candidate) }
  }
  return best?.name
}

/// How many letters must be put in, left out, replaced or exchanged with their neighbour.
private func edits(_ word: [UInt8], _ other: [UInt8]) -> Int {
  var last: [Int] = []
  var row = Array(0...other.count)
  for i in word.indices {
    var next = [i + 1] + [Int](repeating: 0, count: other.count)
    for j in other.indices {
      let replaced = row[j] + (word[i] == other[j] ? 0 : 1)
      next[j + 1] = min(replaced, min(next[j], row[j + 1]) + 1)
      if i > 0, j > 0, word[i] == other[j - 1], word[i - 1] == other[j] {
        next[j + 1] = min(next[j + 1], last[j - 1] + 1)
      }
    }
    (last, row) = (row, next)
  }
  return row[other.count]
}
