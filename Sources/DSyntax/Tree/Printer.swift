// A tree as text, for tests and for those who wonder what was read: nested lists, the operator or kind first.
//
//     syscall::open*:entry /pid == 968/ { @num[probefunc] = count(); }
//     (clause syscall::open*:entry (where (== pid 968)) (do (= ([] @num probefunc) (count))))

extension Script {
  /// One item a line.
  package var printed: String { items.map { $0.printed + "\n" }.joined() }
}

extension Script.Item {
  package var printed: String {
    switch self {
    case .clause(let clause): clause.printed
    case .declaration(let declaration): declaration.printed
    case .inline(let inline): list("inline", inline.declaration.printed, inline.value.printed)
    case .translator(let translator):
      list(
        ["translator", translator.output.printed, translator.input.printed]
          + translator.members.map { list("=", $0.name, $0.value.printed) })
    case .provider(let provider): list(["provider", provider.name] + provider.probes.map(\.printed))
    case .pragma(let pragma): list(["pragma"] + pragma.words)
    }
  }
}

extension Clause {
  package var printed: String {
    var parts = ["clause"] + probes.map(\.printed)
    if let predicate { parts.append(list("where", predicate.printed)) }
    if let body { parts.append(list(["do"] + body.map(\.printed))) }
    return list(parts)
  }
}

extension ProbeDescription {
  /// `provider:module:function:name`, or the number.
  package var printed: String { id.map(String.init) ?? "\(provider):\(module):\(function):\(name)" }
}

extension Statement {
  package var printed: String {
    switch self {
    case .expression(let expression): return expression.printed
    case .branch(let condition, let then, let otherwise, _):
      var parts = ["if", condition.printed, list(["do"] + then.map(\.printed))]
      if !otherwise.isEmpty { parts.append(list(["else"] + otherwise.map(\.printed))) }
      return list(parts)
    }
  }
}

extension Expression {
  package var printed: String {
    switch kind {
    case .integer(let value, let suffix, let isCharacter):
      isCharacter ? "(char \(value))" : "\(value)" + suffix.printed
    case .string(let bytes): quote(bytes)
    case .identifier(let name): name
    case .scoped(let scope, let name): (scope == .thread ? "self->" : "this->") + name
    case .aggregation(let name): "@" + name
    case .macro(let name): list("macro", name)
    case .unary(let operation, let operand): list(operation.rawValue, operand.printed)
    case .postfix(let operation, let operand): list("post" + operation.rawValue, operand.printed)
    case .binary(let operation, let left, let right): list(operation.rawValue, left.printed, right.printed)
    case .assign(let operation, let left, let right):
      list((operation?.rawValue ?? "") + "=", left.printed, right.printed)
    case .conditional(let condition, let then, let otherwise):
      list("?:", condition.printed, then.printed, otherwise.printed)
    case .comma(let left, let right): list(",", left.printed, right.printed)
    case .call(let name, let arguments): list([name] + arguments.map(\.printed))
    case .index(let base, let keys): list(["[]", base.printed] + keys.map(\.printed))
    case .member(let base, let name): list(".", base.printed, name)
    case .arrow(let base, let name): list("->", base.printed, name)
    case .cast(let type, let operand): list("cast", type.printed, operand.printed)
    case .sizeofType(let type): list("sizeof-type", type.printed)
    case .sizeofExpression(let operand): list("sizeof", operand.printed)
    case .stringof(let operand): list("stringof", operand.printed)
    case .offsetof(let type, let member): list("offsetof", type.printed, member)
    case .xlate(let type, let input): list("xlate", type.printed, input.printed)
    case .missing: "?"
    }
  }
}

extension IntegerSuffix {
  fileprivate var printed: String { (unsigned ? "u" : "") + String(repeating: "l", count: longs) }
}

func list(_ parts: [String]) -> String { "(" + parts.joined(separator: " ") + ")" }
func list(_ parts: String...) -> String { list(parts) }

private func quote(_ bytes: [UInt8]) -> String {
  var out = "\""
  for byte in bytes {
    switch byte {
    case 0x0a: out += "\\n"
    case 0x09: out += "\\t"
    case 0x22, 0x5c: out += "\\" + String(UnicodeScalar(byte))
    case 0x20..<0x7f: out += String(UnicodeScalar(byte))
    default: out += "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
  }
  return out + "\""
}
