// How a step, an operand and the end of a block are written.

extension Register: CustomStringConvertible {
  package var description: String { "r\(index)" }
}

extension TextRegister: CustomStringConvertible {
  package var description: String { "t\(index)" }
}

extension Operand: CustomStringConvertible {
  package var description: String {
    switch self {
    case .integer(let register): register.description
    case .text(let register): register.description
    }
  }
}

extension BinaryOperator: CustomStringConvertible {
  /// C's sign; `s` and `u` tell signed from unsigned where the bits differ.
  package var description: String {
    switch self {
    case .add: "+"
    case .subtract: "-"
    case .multiply: "*"
    case .divideSigned: "/s"
    case .divideUnsigned: "/u"
    case .remainderSigned: "%s"
    case .remainderUnsigned: "%u"
    case .and: "&"
    case .or: "|"
    case .xor: "^"
    case .shiftLeft: "<<"
    case .shiftRightSigned: ">>s"
    case .shiftRightUnsigned: ">>u"
    }
  }
}

extension Comparison: CustomStringConvertible {
  package var description: String {
    switch self {
    case .equal: "=="
    case .notEqual: "!="
    case .lessSigned: "<s"
    case .lessEqualSigned: "<=s"
    case .greaterSigned: ">s"
    case .greaterEqualSigned: ">=s"
    case .lessUnsigned: "<u"
    case .lessEqualUnsigned: "<=u"
    case .greaterUnsigned: ">u"
    case .greaterEqualUnsigned: ">=u"
    }
  }
}

extension Step: CustomStringConvertible {
  package var description: String {
    func list(_ operands: [Operand]) -> String { operands.map(\.description).joined(separator: ", ") }
    func integer(_ width: Width, _ signed: Bool) -> String { "\(signed ? "i" : "u")\(width.rawValue)" }
    func shifted(_ address: Register, _ offset: Int) -> String {
      offset == 0 ? "\(address)" : "\(address)\(offset < 0 ? "-" : "+")\(offset.magnitude)"
    }
    switch self {
    case .constant(let to, let value): return "\(to) = \(value)"
    case .copy(let to, let from): return "\(to) = \(from)"
    case .binary(let sign, let to, let left, let right): return "\(to) = \(left) \(sign) \(right)"
    case .negate(let to, let from): return "\(to) = -\(from)"
    case .complement(let to, let from): return "\(to) = ~\(from)"
    case .compare(let sign, let to, let left, let right): return "\(to) = \(left) \(sign) \(right)"
    case .extend(let to, let from, let width, let signed): return "\(to) = \(integer(width, signed)) of \(from)"
    case .builtin(let to, let what): return "\(to) = \(what)"
    case .textBuiltin(let to, let what): return "\(to) = \(what)"
    case .probeSymbol(let to, let part): return "\(to) = symbol of probe \(part)"
    case .context(let to, let word): return "\(to) = ctx[\(word)]"
    case .fed(let to, let slot): return "\(to) = fed[\(slot)]"
    case .textFed(let to, let slot): return "\(to) = fed text[\(slot)]"
    case .load(let to, let address, let offset, let width, let signed, let space):
      return "\(to) = load \(integer(width, signed)) \(space) [\(shifted(address, offset))]"
    case .store(let address, let offset, let from, let width):
      return "store u\(width.rawValue) [\(shifted(address, offset))] = \(from)"
    case .allocate(let to, let size): return "\(to) = allocate \(size)"
    case .copyBytes(let to, let from, let size, let space):
      return "copy bytes to [\(to)] from \(space) [\(from)] size \(size)"
    case .addressOfVariable(let to, let id): return "\(to) = address of v\(id)"
    case .storeText(let address, let offset, let from, let capacity):
      return "store text(\(capacity)) [\(shifted(address, offset))] = \(from)"
    case .faultUnless(let test, let fault, let value): return "fault \(fault) \(value) unless \(test)"
    case .text(let to, let constant): return "\(to) = \(quoted(String(decoding: constant, as: UTF8.self)))"
    case .copyText(let to, let from): return "\(to) = \(from)"
    case .nullText(let to): return "\(to) = NULL"
    case .requireText(let text): return "require \(text)"
    case .loadText(let to, let address, let limit, let space):
      return "\(to) = load text \(space) [\(address)]" + (limit.map { " limit \($0)" } ?? "")
    case .loadFilled(let to, let address, let size, let filler, let space):
      return "\(to) = load \(size) bytes \(space) [\(address)] filled with \(filler)"
    case .loadStack(let block, let frames, let user):
      return "v\(block) = \(frames) frames of the \(user ? "user" : "kernel") stack"
    case .signal(let number): return "signal \(number) to the process"
    case .chill(let time): return "chill \(time) ns"
    case .speculation(let to): return "\(to) = a free speculation"
    case .speculate(let to, let number, let size): return "\(to) = ticket of speculation \(number) for \(size) bytes"
    case .conclude(let to, let number, let commits):
      return "\(to) = \(commits ? "commit" : "discard") speculation \(number)"
    case .socketCookie(let to, let socket): return "\(to) = cookie of socket \(socket)"
    case .compareText(let sign, let to, let left, let right): return "\(to) = \(left) \(sign) \(right)"
    case .symbolText(let to, let from): return "\(to) = text of symbol \(from)"
    case .addressOfText(let to, let from): return "\(to) = address of \(from)"
    case .call(let to, let function, let arguments): return "\(to) = \(function)(\(list(arguments)))"
    case .loadVariable(let to, let id): return "\(to) = v\(id)"
    case .storeVariable(let id, let from): return "v\(id) = \(from)"
    case .lookUp(let to, let id, let key): return "\(to) = a\(id)[\(list(key))]"
    case .assign(let id, let key, let from): return "a\(id)[\(list(key))] = \(from)"
    case .remove(let id, let key): return "remove a\(id)[\(list(key))]"
    case .lookUpBytes(let block, let id, let key): return "v\(block) = a\(id)[\(list(key))]"
    case .assignBytes(let id, let key, let block): return "a\(id)[\(list(key))] = v\(block)"
    case .loadBytes(let block, let id): return "v\(block) = v\(id)"
    case .storeBytes(let id, let block): return "v\(id) = v\(block)"
    case .aggregate(let id, let key, let value, let increment):
      return "aggregate @\(id)[\(list(key))]" + (value.map { " value \($0)" } ?? "")
        + (increment.map { " increment \($0)" } ?? "")
    case .happened(let item): return "item \(item) happened"
    case .record(let item, let field, let from): return "record \(item).\(field) = \(from)"
    case .recordBytes(let item, let field, let address, let size, let space):
      return "record \(item).\(field) = \(space) [\(address)] size \(size)"
    case .recordStack(let item, let field): return "record \(item).\(field) = stack"
    }
  }
}

extension Terminator: CustomStringConvertible {
  package var description: String {
    switch self {
    case .jump(let block): "jump \(block)"
    case .branch(let condition, let then, let otherwise): "branch \(condition) then \(then) otherwise \(otherwise)"
    case .commit: "commit"
    case .discard: "discard"
    }
  }
}
