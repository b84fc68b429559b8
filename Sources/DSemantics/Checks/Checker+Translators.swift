import DSyntax
import IR
import Probes
import Source

// Translators: `translator T < S p > { member = expression; … };` says how the members of a T are had from an S, and `xlate <T> (e)` is
// such a T. No T lies in memory anywhere: a member is its expression, with `e` in the place of `p`, where it is asked for.

extension Checker {
  /// A translator's definition.
  mutating func check(_ written: TranslatorDefinition) {
    guard let output = resolve(written.output), let specifiers = written.input.specifiers,
      let base = resolve(specifiers), let input = apply(written.input, to: base)
    else { return }
    if translation(from: input, to: output, exactly: true) != nil {
      return report(.translatorRedeclared(spelled(input), spelled(output)), written.range)
    }
    guard case .record(let record) = output else {
      return report(.translatorOutput, written.output.range)
    }
    guard types.records[record].isComplete else {
      return report(.translatorIncomplete(spelled(output)), written.output.range)
    }
    var translation = Names.Translation(
      output: output, input: input, parameter: written.input.name ?? "", isLibrary: borrowed != nil)
    for member in written.members {
      guard let place = types.member(member.name, of: record) else {
        report(.translatorMember(member.name, of: spelled(output)), member.range)
        continue
      }
      translation.members[member.name] = (place.type, member.value)
    }
    names.translations.append(translation)
    // Checked here once, so that a mistake is reported where it stands even when nobody asks for the member. What D's own libraries say
    // may need types that this kernel lacks: there only who asks is told.
    if !translation.isLibrary { checkMembers(of: names.translations.count - 1, written) }
  }

  private mutating func checkMembers(of index: Int, _ written: TranslatorDefinition) {
    let translation = names.translations[index]
    // A translator's input is a value of its own; any address will do to see whether the members' types agree.
    let input = stand(for: translation.input, written.input.range)
    for member in written.members {
      guard let place = translation.members[member.name] else { continue }
      guard let value = expand(member.value, [translation.parameter: input]) else { continue }
      if !agrees(value, with: place.type) {
        report(.translatorIncompatible(member.name, spelled(place.type), spelled(value.type)), member.range)
      }
    }
  }

  /// A value of that type, for checks alone.
  private func stand(for type: DType, _ range: SourceRange) -> Typed {
    switch type {
    case .string: Typed(.string([]), .string, range)
    case .record, .array: Typed(.memory(address: Typed(.integer(0), .uint64, range), offset: 0, bits: nil), type, range)
    default: Typed(.convert(Typed(.builtin(.timestamp), .uint64, range)), type, range)
    }
  }

  /// The expression with those names in it and no others but the script's own.
  mutating func expand(_ expression: Expression, _ arguments: [String: Typed]) -> Typed? {
    guard mayExpand(expression.range) else { return nil }
    parameters.append(arguments)
    defer { parameters.removeLast() }
    return check(expression)
  }

  /// Whether a value may stand for a parameter of that type (libdtrace `dt_node_is_argcompat`).
  func agrees(_ value: Typed, with type: DType) -> Bool {
    if value.type == type { return true }
    if type.isStringCompatible, value.type.isStringCompatible { return true }
    if type.isInteger { return value.type.isInteger }
    if type.isPointer {
      if case .integer(0) = value.kind { return true }
      if value.type.isInteger { return value.type.integer.bytes == 8 }
      return value.type.isPointer
        && (value.type.element == type.element || value.type.element == .void || type.element == .void
          || value.type.element?.isInteger == true && type.element?.isInteger == true
            && types.size(of: value.type.element ?? .void) == types.size(of: type.element ?? .void))
    }
    return outputOfTranslation(value.type)?.output == type
  }

  /// The translator from a type to a record; exactly that, or one that takes what is compatible.
  private mutating func translation(from input: DType, to output: DType, exactly: Bool) -> Int? {
    let candidates = names.translations.indices.filter { names.translations[$0].output == output }
    // A script's own come before the libraries'.
    let ordered =
      candidates.filter { !names.translations[$0].isLibrary } + candidates.filter { names.translations[$0].isLibrary }
    if let same = ordered.first(where: { names.translations[$0].input == input }) { return same }
    guard !exactly else { return nil }
    let value = Typed(.builtin(.timestamp), input, .none)
    return ordered.first { agrees(value, with: names.translations[$0].input) }
  }

  /// `xlate <T> (e)`, `xlate <T *> (e)`
  mutating func checkTranslate(_ typeName: TypeName, _ operand: Expression, _ range: SourceRange) -> Typed? {
    guard let type = resolve(typeName), let value = check(operand) else { return nil }
    return translate(value, to: type, range)
  }

  mutating func translate(_ value: Typed, to type: DType, _ range: SourceRange) -> Typed? {
    var output = type
    if case .pointer(let target, _) = type { output = target }
    guard let index = translation(from: value.type, to: output, exactly: false) else {
      report(.noTranslator(from: spelled(value.type), to: spelled(type)), range)
      return nil
    }
    var made = DType.translation(index)
    if type.isPointer { made = .pointer(made, userland: false) }
    return Typed(.convert(value), made, range)
  }

  /// `.member` or `->member` of what a translator makes.
  mutating func checkTranslated(_ base: Typed, _ index: Int, _ member: String, _ range: SourceRange) -> Typed? {
    let translation = names.translations[index]
    guard let (type, value) = translation.members[member] else {
      report(.noConversion(member), range)
      return nil
    }
    var input = Typed(.convert(base), translation.input, range)
    if case .convert(let inner) = base.kind, inner.type == translation.input || !inner.type.isInteger {
      input = inner.type == translation.input ? inner : Typed(.convert(inner), translation.input, range)
    }
    let outer = borrowed
    if translation.isLibrary { borrowed = borrowed ?? range }
    defer { borrowed = outer }
    guard let typed = expand(value, [translation.parameter: input]) else { return nil }
    return typed.type.isScalar && type.isScalar && !type.isArray && !typed.type.isArray
      ? Typed(.convert(typed), type, range) : Typed(typed.kind, typed.type, range)
  }

  /// A record's variable set to a translated value: every member that the translator makes, and zero for the other numbers and strings.
  mutating func assign(
    translation index: Int, _ value: Typed, to target: Typed, _ record: Int, _ range: SourceRange
  ) -> Typed? {
    var steps: [Typed] = []
    for member in types.records[record].members {
      guard !member.name.isEmpty, let place = memory(of: target, ".", member, range) else { continue }
      var given = Typed(.integer(0), .int64, range)
      if names.translations[index].members[member.name] != nil {
        guard let made = checkTranslated(value, index, member.name, range) else { return nil }
        given = made
      } else if place.type.isString {
        given = Typed(.string([]), .string, range)
      } else if !place.type.isScalar || place.type.isArray {
        continue
      }
      if place.type.isString { given = stringed(given) }
      steps.append(Typed(.assign(target: place, value: given), place.type, range))
    }
    return steps.reversed().reduce(target) { Typed(.comma($1, $0), target.type, range) }
  }

  /// A member that a provider's table does not have: by the translator of D's libraries from what the table's argument is.
  mutating func checkTranslated(
    _ base: Typed, named structure: String, _ member: String, _ range: SourceRange
  ) -> Typed? {
    guard let index = libraryTranslation(of: structure) else {
      report(.noConversion(member), range)
      return nil
    }
    let input = names.translations[index].input
    return checkTranslated(Typed(.convert(base), input, range), index, member, range)
  }

  /// The libraries' translator behind a provider's table.
  mutating func libraryTranslation(of structure: String) -> Int? {
    let table = catalog.translators[structure]
    guard let input = table?.input.flatMap({ type(spelled: $0) }), let output = findType(table?.output ?? structure)
    else { return nil }
    return translation(from: input, to: output, exactly: true)
  }

  /// What a translated value would be if it lay in memory.
  func outputOfTranslation(_ type: DType) -> (output: DType, isPointer: Bool)? {
    switch type {
    case .translation(let index): (names.translations[index].output, false)
    case .translated(let name): types.known(catalog.translators[name]?.output ?? name).map { ($0, false) }
    case .pointer(let target, _): outputOfTranslation(target).map { ($0.output, true) }
    default: nil
    }
  }
}
