import DSyntax
import IR
import Probes
import Source

extension Lowering {
  /// Steps that leave a string in a text register, and fault where it is NULL.
  mutating func presentText(_ typed: Typed) -> TextRegister {
    let register = text(typed)
    if mayBeNull(typed) { emit(.requireText(register)) }
    return register
  }

  /// Variables begin as NULL, and so does what is not found.
  private func mayBeNull(_ typed: Typed) -> Bool {
    switch typed.kind {
    case .integer, .variable, .element, .call(.strchr, _), .call(.strrchr, _), .call(.strstr, _), .call(.strtok, _),
      .call(.json, _), .call(.memstr, _):
      true
    case .conditional(_, let then, let otherwise): mayBeNull(then) || mayBeNull(otherwise)
    case .comma(_, let last), .assign(_, let last): mayBeNull(last)
    case .convert(let inner): inner.type.isString && mayBeNull(inner)
    default: false
    }
  }

  /// Steps that leave a string in a text register.
  mutating func text(_ typed: Typed) -> TextRegister {
    switch typed.kind {
    case .string(let value):
      let register = newText(capacity(typed))
      emit(.text(register, constant: value))
      return register
    case .integer:
      let register = newText(capacity(typed))
      emit(.nullText(register))
      return register
    case .textBuiltin(let builtin):
      let register = newText(capacity(typed))
      emit(.textBuiltin(register, builtin))
      return register
    case .probePart(let part):
      let symbol = newRegister()
      emit(.probeSymbol(symbol, part))
      let register = newText(capacity(typed))
      emit(.symbolText(register, symbol))
      return register
    case .variable(let index):
      let register = newText(textCapacity)
      emit(.loadVariable(.text(register), index))
      return register
    case .element(let array, let key):
      let operands = self.key(key)
      let register = newText(textCapacity)
      emit(.lookUp(.text(register), array, key: operands))
      return register
    case .held(.text(let register)): return register
    case .translated(let base, let structure, let member):
      return textMember(member, of: structure, base)
    case .conditional(let test, let then, let otherwise):
      let result = newText(capacity(typed))
      choose(test) {
        $0.emit(.copyText(result, $0.text(then)))
      } otherwise: {
        $0.emit(.copyText(result, $0.text(otherwise)))
      }
      return result
    case .comma(let first, let second):
      evaluate(first)
      return text(second)
    case .assign(let target, let value):
      let stored = text(value)
      store(.text(stored), target)
      return stored
    case .stringOf(let inner): return read(inner)
    case .convert(let inner):
      if case .argument(let number) = inner.kind { return textArgument(number) }
      return inner.type.isString ? text(inner) : read(inner)
    case .memory(let address, let offset, _):
      let base = integer(address)
      let place = offset == 0 ? base : binary(.add, base, constant(Int64(offset)), signed: false)
      return loadText(at: place, limit: nil, space(of: address), capacity: textCapacity)
    case .call(.copyinstr, let arguments):
      let address = integer(arguments[0])
      let limit = arguments.count > 1 ? integer(arguments[1]) : nil
      return loadText(at: address, limit: limit, .user, capacity: readCapacity)
    case .call(.inetNtop, let arguments): return internetAddress(arguments[0], arguments[1])
    case .call(.linkNtop, let arguments): return linkAddress(arguments[0], arguments[1])
    case .call(.memstr, let arguments): return memoryText(arguments)
    case .call(.strtok, let arguments): return token(arguments[0], arguments[1])
    case .call(let subroutine, let arguments):
      guard let function = subroutine.function else { return empty() }
      let operands =
        switch subroutine {
        case .inetNtoa: words(at: arguments[0], .word, count: 1)
        case .inetNtoa6: words(at: arguments[0], .double, count: 2) + arguments.dropFirst().map { operand($0) }
        case .strchr, .strrchr: [.text(searched(arguments[0]))] + arguments.dropFirst().map { operand($0) }
        case .substr:
          [.text(substringSource(arguments[0], from: arguments[1]))] + arguments.dropFirst().map { operand($0) }
        default: arguments.map { presentOperand($0) }
        }
      let register = newText(textCapacity)
      emit(.call(.text(register), function, operands))
      return register
    default: return empty()
    }
  }

  /// What an address's pointer leads to, as the functions take it.
  mutating func words(at pointer: Typed, _ width: Width, count: Int) -> [Operand] {
    let address = integer(pointer)
    return (0..<count).map { word in
      let register = newRegister()
      emit(
        .load(
          register, address: address, offset: word * Int(width.rawValue), width, signed: false,
          space(of: pointer)))
      return .integer(register)
    }
  }

  /// What a byte is looked for in: of characters that a pointer leads to, what copyinstr() would read of them.
  private mutating func searched(_ source: Typed) -> TextRegister {
    guard case .stringOf(let inner) = source.kind, case .pointer = inner.type else { return presentText(source) }
    let address = integer(inner)
    return loadText(at: address, limit: nil, space(of: inner), capacity: readCapacity)
  }

  /// Characters that a pointer leads to are read as far as the part that begins at a constant place may reach.
  private mutating func substringSource(_ source: Typed, from start: Typed) -> TextRegister {
    guard case .stringOf(let inner) = source.kind, inner.type.isPointer, case .integer(let first) = start.kind,
      (1...4096).contains(first)
    else { return presentText(source) }
    let address = integer(inner)
    return loadText(at: address, limit: nil, space(of: inner), capacity: textCapacity + Int(first))
  }

  /// The characters that a pointer leads to, or that an array holds.
  private mutating func read(_ inner: Typed) -> TextRegister {
    let address = integer(inner)
    var limit: Register?
    // The limit counts a NUL, which the characters of an array may lack.
    if case .array(_, let count) = inner.type, count > 0, count < textCapacity {
      limit = constant(Int64(count + 1))
    }
    let typed = Typed(.stringOf(inner), .string, inner.range)
    return loadText(at: address, limit: limit, space(of: inner), capacity: capacity(typed))
  }

  mutating func loadText(at address: Register, limit: Register?, _ space: Space, capacity: Int) -> TextRegister {
    let register = newText(capacity)
    emit(.loadText(register, address: address, limit: limit, space))
    return register
  }

  /// memstr(address, filler, size): all but the last byte, which is the NUL's; NULL for no size.
  private mutating func memoryText(_ arguments: [Typed]) -> TextRegister {
    let (address, filler, size) = (integer(arguments[0]), integer(arguments[1]), integer(arguments[2]))
    let space = space(of: arguments[0])
    let text = newText(textCapacity)
    choose(on: size) {
      let fits = $0.newRegister()
      $0.emit(.compare(.lessEqualUnsigned, fits, size, $0.constant(Self.memoryTextLimit)))
      $0.emit(.faultUnless(fits, .illegalOperation, value: $0.constant(0)))
      let count = $0.binary(.subtract, size, $0.constant(1), signed: false)
      $0.emit(.loadFilled(text, address: address, size: count, filler: filler, space))
    } otherwise: {
      $0.emit(.nullText(text))
    }
    return text
  }

  /// FreeBSD's `kern.dtrace.memstr_max`.
  private static let memoryTextLimit: Int64 = 4096

  mutating func empty() -> TextRegister {
    let register = newText(2)
    emit(.text(register, constant: []))
    return register
  }
}
