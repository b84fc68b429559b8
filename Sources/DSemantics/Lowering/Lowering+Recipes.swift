import DSyntax
import IR
import Probes

// How a probe's arguments and a translator's members are had: recipes to steps.

extension Recipe {
  /// Whether the recipe starts from the argument that a translator is applied to.
  var needsTranslated: Bool {
    switch self {
    case .translated: true
    case .constant, .word, .builtin, .fed, .text, .textFed: false
    case .member(let base, _, _), .address(let base, _, _), .load(let base, _, _, _), .userLoad(let base, _, _, _),
      .kernelText(let base),
      .userText(let base),
      .socketCookie(let base):
      base.needsTranslated
    case .binary(_, let a, let b), .compare(_, let a, let b): a.needsTranslated || b.needsTranslated
    case .choose(let a, let b, let c), .addressText(let a, let b, let c):
      a.needsTranslated || b.needsTranslated || c.needsTranslated
    }
  }
}

extension Lowering {
  /// `argN`: zero where the probe has no such argument.
  mutating func argument(_ number: Int) -> Register {
    if isFed { return fed(number) }
    guard arguments.indices.contains(number) else { return constant(0) }
    return register(arguments[number].recipe)
  }

  mutating func textArgument(_ number: Int) -> TextRegister {
    if isFed { return fedText(number) }
    guard arguments.indices.contains(number) else { return empty() }
    return textual(arguments[number].recipe)
  }

  /// A computed member: captured before, or by its recipe over the argument that it is a member of.
  mutating func member(_ name: String, of structure: String, _ base: Typed) -> Register {
    guard let member = catalog.translators[structure]?.member(name) else { return constant(0) }
    if isFed, let slot = member.slot { return fed(slot) }
    let (recipe, from) = applied(member.recipe, base)
    return register(recipe, translated: from)
  }

  mutating func textMember(_ name: String, of structure: String, _ base: Typed) -> TextRegister {
    guard let member = catalog.translators[structure]?.member(name) else { return empty() }
    if isFed, let slot = member.slot { return fedText(slot) }
    let (recipe, from) = applied(member.recipe, base)
    return textual(recipe, translated: from)
  }

  /// A member of a probe's own argument is put together with the argument's recipe, so that types known to the verifier stay known.
  private mutating func applied(_ recipe: Recipe, _ base: Typed) -> (Recipe, Register?) {
    guard recipe.needsTranslated else { return (recipe, nil) }
    if case .convert(let inner) = base.kind, case .argument(let number) = inner.kind, arguments.indices.contains(number)
    {
      return (recipe.applied(to: arguments[number].recipe), nil)
    }
    return (recipe, integer(base))
  }

  private mutating func fed(_ slot: Int) -> Register {
    let register = newRegister()
    emit(.fed(register, slot: slot))
    return register
  }

  private mutating func fedText(_ slot: Int) -> TextRegister {
    let text = newText(textCapacity)
    emit(.textFed(text, slot: slot))
    return text
  }

  mutating func register(_ recipe: Recipe, translated: Register? = nil) -> Register {
    switch recipe {
    case .constant(let value): return result(of: .constant(KnownValues.anywhere, value))
    case .word(let word): return result(of: .context(KnownValues.anywhere, word: word))
    case .builtin(let builtin): return result(of: .builtin(KnownValues.anywhere, builtin))
    case .fed(let slot): return fed(slot)
    case .translated: return translated ?? constant(0)
    case .member(let base, let type, let path):
      let address = register(base, translated: translated)
      guard let place = place(type, path) else { return constant(0) }
      return result(
        of: .load(
          KnownValues.anywhere, address: address, offset: place.offset, place.width, signed: place.signed,
          space(of: base, as: type)))
    case .address(let base, let type, let path):
      let address = register(base, translated: translated)
      guard let place = place(type, path) else { return constant(0) }
      return result(
        of: .binary(
          .add, KnownValues.anywhere, address, result(of: .constant(KnownValues.anywhere, Int64(place.offset)))))
    case .load(let base, let offset, let width, let signed):
      let address = register(base, translated: translated)
      return result(
        of: .load(KnownValues.anywhere, address: address, offset: offset, width, signed: signed, .kernelOrZero))
    case .userLoad(let base, let offset, let width, let signed):
      let address = register(base, translated: translated)
      return result(
        of: .load(KnownValues.anywhere, address: address, offset: offset, width, signed: signed, .userOrEmpty))
    case .binary(let operation, let a, let b):
      let (left, right) = (register(a, translated: translated), register(b, translated: translated))
      return result(of: .binary(operation, KnownValues.anywhere, left, right))
    case .compare(let comparison, let a, let b):
      let (left, right) = (register(a, translated: translated), register(b, translated: translated))
      return result(of: .compare(comparison, KnownValues.anywhere, left, right))
    case .choose(let test, let then, let otherwise):
      if let known = known.register(of: recipe, translated: translated) { return known }
      let result = newRegister()
      choose(on: register(test, translated: translated)) {
        $0.emit(.copy(result, $0.register(then, translated: translated)))
      } otherwise: {
        $0.emit(.copy(result, $0.register(otherwise, translated: translated)))
      }
      known.add(recipe, translated: translated, result)
      return result
    case .socketCookie(let socket):
      // Only a socket that the verifier knows may be asked; another's cookie is read as it is, zero when nobody asked yet.
      guard target(of: socket) == "sock" else {
        return register(.member(socket, type: "sock", path: "__sk_common.skc_cookie.counter"), translated: translated)
      }
      return result(of: .socketCookie(KnownValues.anywhere, socket: register(socket, translated: translated)))
    case .text, .textFed, .kernelText, .userText, .addressText: return constant(0)
    }
  }

  /// The register that holds what a step of a recipe comes to: the one it has come to before, where it has.
  private mutating func result(of step: Step) -> Register {
    if let known = known.register(of: step) { return known }
    let result = newRegister()
    emit(step.writing(to: result))
    known.add(step, result)
    return result
  }

  mutating func textual(_ recipe: Recipe, translated: Register? = nil) -> TextRegister {
    switch recipe {
    case .text(let builtin):
      let text = newText(builtin == .execname ? 16 : builtin == .psargs ? 80 : textCapacity)
      emit(.textBuiltin(text, builtin))
      return text
    case .textFed(let slot): return fedText(slot)
    case .kernelText(let base):
      let address = register(base, translated: translated)
      return loadText(at: address, limit: nil, .kernelOrZero, capacity: textCapacity)
    case .userText(let base):
      let address = register(base, translated: translated)
      return loadText(at: address, limit: nil, .userOrEmpty, capacity: textCapacity)
    case .addressText(let family, let high, let low):
      let family = register(family, translated: translated)
      let text = newText(46)
      ifEqual(family, 10) {
        let words = [$0.register(high, translated: translated), $0.register(low, translated: translated)]
        $0.emit(.call(.text(text), .inetNtoa6, words.map { .integer($0) }))
      } otherwise: {
        $0.ifEqual(family, 2) {
          let word = $0.register(low, translated: translated)
          $0.emit(.call(.text(text), .inetNtoa, [.integer(word)]))
        } otherwise: {
          $0.emit(.text(text, constant: []))
        }
      }
      return text
    default: return empty()
    }
  }

  private mutating func ifEqual(
    _ value: Register, _ constant: Int64, then: (inout Lowering) -> Void, otherwise: (inout Lowering) -> Void
  ) {
    let test = newRegister()
    emit(.compare(.equal, test, value, self.constant(constant)))
    choose(on: test, then: then, otherwise: otherwise)
  }

  /// A tracepoint's own pointer argument, and a pointer read from one, keep their types with the verifier.
  private func space(of base: Recipe, as type: String) -> Space { target(of: base) == type ? .typed : .kernelOrZero }

  /// The structure that the verifier knows the recipe's pointer to lead to; nil when it knows none.
  private func target(of recipe: Recipe) -> String? {
    switch recipe {
    case .word(let word): return tracepoint.flatMap { types.kernel.structure(ofArgument: word, tracepoint: $0) }
    case .member(let base, let type, let path):
      guard target(of: base) == type, case .pointer(.record(let name, false, _))? = shape(type, path) else {
        return nil
      }
      return name.hasPrefix("struct ") ? String(name.dropFirst(7)) : nil
    default: return nil
    }
  }

  private func shape(_ type: String, _ path: String) -> KernelShape? { walk(type, path)?.shape }

  private func walk(_ type: String, _ path: String) -> (bits: Int, shape: KernelShape)? {
    var record = "struct " + type
    var bits = 0
    var last: KernelShape?
    for name in path.split(separator: ".") {
      guard let member = types.kernel.member(String(name), of: record) else { return nil }
      bits += member.bitOffset
      last = member.shape
      if case .record(let inner, _, _) = member.shape { record = inner }
    }
    return last.map { (bits, $0) }
  }

  private func place(_ type: String, _ path: String) -> (offset: Int, width: Width, signed: Bool)? {
    guard let (bits, shape) = walk(type, path) else { return nil }
    switch shape {
    case .integer(let bytes, let signed, _): return (bits / 8, Width(rawValue: UInt8(bytes)) ?? .double, signed)
    case .enumeration: return (bits / 8, .word, false)
    case .pointer, .array, .record: return (bits / 8, .double, false)
    default: return nil
    }
  }
}
