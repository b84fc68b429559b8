// Which registers a step reads and writes: for the verifier, and for whoever allocates real ones.

extension Step {
  /// The register that the step sets, if it sets one.
  package var written: Operand? {
    switch self {
    case .constant(let to, _), .copy(let to, _), .binary(_, let to, _, _), .negate(let to, _), .complement(let to, _),
      .compare(_, let to, _, _), .extend(let to, _, _, _), .builtin(let to, _), .probeSymbol(let to, _),
      .context(let to, _), .fed(let to, _), .load(let to, _, _, _, _, _), .allocate(let to, _),
      .compareText(_, let to, _, _), .addressOfText(let to, _), .socketCookie(let to, _), .addressOfVariable(let to, _),
      .speculation(let to), .speculate(let to, _, _), .conclude(let to, _, _):
      .integer(to)
    case .textBuiltin(let to, _), .textFed(let to, _), .text(let to, _), .copyText(let to, _), .nullText(let to),
      .loadText(let to, _, _, _), .loadFilled(let to, _, _, _, _), .symbolText(let to, _):
      .text(to)
    case .call(let to, _, _), .loadVariable(let to, _), .lookUp(let to, _, _):
      to
    case .requireText, .store, .copyBytes, .storeText, .faultUnless, .lookUpBytes, .assignBytes, .loadBytes,
      .storeBytes,
      .storeVariable, .assign, .remove, .aggregate, .happened, .record, .recordBytes,
      .recordStack, .signal, .chill, .loadStack:
      nil
    }
  }

  /// The same step of the integer steps that recipes are made of, with its result in another register; any other as it is.
  package func writing(to register: Register) -> Step {
    switch self {
    case .constant(_, let value): .constant(register, value)
    case .binary(let operation, _, let left, let right): .binary(operation, register, left, right)
    case .compare(let comparison, _, let left, let right): .compare(comparison, register, left, right)
    case .builtin(_, let builtin): .builtin(register, builtin)
    case .context(_, let word): .context(register, word: word)
    case .load(_, let address, let offset, let width, let signed, let space):
      .load(register, address: address, offset: offset, width, signed: signed, space)
    case .socketCookie(_, let socket): .socketCookie(register, socket: socket)
    default: self
    }
  }

  /// The registers that the step reads, in the order it names them.
  package var read: [Operand] {
    switch self {
    case .constant, .builtin, .textBuiltin, .addressOfVariable, .loadBytes, .storeBytes, .probeSymbol, .context, .fed,
      .textFed, .text, .nullText, .loadVariable, .happened, .recordStack, .speculation, .loadStack:
      []
    case .copy(_, let from), .negate(_, let from), .complement(_, let from), .extend(_, let from, _, _),
      .load(_, let from, _, _, _, _), .allocate(_, let from), .symbolText(_, let from), .socketCookie(_, let from),
      .speculate(_, let from, _), .conclude(_, let from, _), .signal(let from),
      .chill(let from):
      [.integer(from)]
    case .binary(_, _, let left, let right), .compare(_, _, let left, let right):
      [.integer(left), .integer(right)]
    case .store(let address, _, let from, _): [.integer(address), .integer(from)]
    case .copyBytes(let to, let from, let size, _): [.integer(to), .integer(from), .integer(size)]
    case .copyText(_, let from), .addressOfText(_, let from), .requireText(let from): [.text(from)]
    case .loadText(_, let address, let limit, _): [.integer(address)] + (limit.map { [.integer($0)] } ?? [])
    case .loadFilled(_, let address, let size, let filler, _): [.integer(address), .integer(size), .integer(filler)]
    case .compareText(_, _, let left, let right): [.text(left), .text(right)]
    case .call(_, _, let arguments): arguments
    case .storeVariable(_, let from), .record(_, _, let from): [from]
    case .lookUp(_, _, let key), .remove(_, let key), .lookUpBytes(_, _, let key), .assignBytes(_, let key, _): key
    case .storeText(let address, _, let from, _): [.integer(address), .text(from)]
    case .faultUnless(let test, _, let value): [.integer(test), .integer(value)]
    case .assign(_, let key, let from): key + [from]
    case .aggregate(_, let key, let value, let increment):
      key + (value.map { [.integer($0)] } ?? []) + (increment.map { [.integer($0)] } ?? [])
    case .recordBytes(_, _, let address, let size, _): [.integer(address), .integer(size)]
    }
  }
}
