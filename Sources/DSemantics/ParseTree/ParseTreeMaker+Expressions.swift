import DSyntax
import IR
import Source

extension ParseTreeMaker {
  func node(_ expression: Expression) -> ParseNode {
    if expression.isFolded, let typed = typed(expression), case .integer(let value) = typed.kind {
      return number(value, typed.type)
    }
    switch expression.kind {
    case .string(let bytes):
      let flags: ParseFlags = [.cooked, .reference, .dataPointer]
      return ParseNode("STRING \"\(escaped(bytes))\"", .init(type: "string", flags: flags))
    case .identifier(let name): return identifier(name, expression)
    case .scoped(let scope, let name):
      let prefix = scope == .thread ? "self" : "this"
      guard isCooked else { return operation("->", expression, [word(prefix), word(name)]) }
      return variable("\(prefix)->\(name)", expression)
    case .aggregation(let name): return isCooked ? aggregate(name, [], nil) : word("@" + name)
    case .assign(let operation, let target, let value):
      if isCooked, operation == nil, let (name, key) = checker.aggregation(target) {
        return aggregate(name, key, value)
      }
      return self.operation((operation?.rawValue ?? "") + "=", expression, [node(target), node(value)])
    case .unary(let operation, let operand): return unary(operation.rawValue, expression, operand)
    case .postfix(let operation, let operand): return unary(operation.rawValue, expression, operand)
    case .binary(let operation, let left, let right):
      return self.operation(operation.rawValue, expression, [node(left), node(right)])
    case .comma(let left, let right): return operation(",", expression, [node(left), node(right)])
    case .conditional(let test, let then, let otherwise):
      let parts: [ParseNode.Part] = [
        .node(node(test)), .mark("?"), .node(node(then)), .mark(":"), .node(node(otherwise)),
      ]
      return ParseNode("OP3", details(of: expression), parts)
    case .call(let name, let arguments):
      var given = arguments.map { node($0) }
      if pass == .whole, name == "copyinstr", given.count == 1 {
        given.append(number(Int64(checker.options.stringSize), .int))
      }
      return ParseNode("FUNC \(name)", callDetails(name, expression), list(given))
    case .index(let base, let key): return index(base, key, expression)
    case .member(let base, let name): return operation(".", expression, [node(base), word(name)])
    case .arrow(let base, let name): return operation("->", expression, [node(base), word(name)])
    case .cast(let type, let operand): return operation("(", expression, [node(type), node(operand)])
    case .xlate(let type, let input): return operation("xlate", expression, [node(type), node(input)])
    case .sizeofExpression(let operand): return unary("sizeof", expression, operand)
    case .stringof(let operand): return unary("stringof", expression, operand)
    case .macro(let name): return word("$" + name)
    case .integer, .sizeofType, .offsetof, .missing: return word("<?>")
    }
  }

  // MARK: Kinds of nodes

  private func number(_ value: Int64, _ type: DType) -> ParseNode {
    ParseNode("INT 0x" + String(UInt64(bitPattern: value), radix: 16), details(of: type, [], .common))
  }

  private func word(_ name: String) -> ParseNode { ParseNode("IDENT \(name)", .init()) }

  private func operation(_ sign: String, _ expression: Expression, _ operands: [ParseNode]) -> ParseNode {
    ParseNode("OP2 \(sign)", details(of: expression), operands.map { .node($0) })
  }

  private func unary(_ sign: String, _ expression: Expression, _ operand: Expression) -> ParseNode {
    ParseNode("OP1 \(sign)", details(of: expression), [.node(node(operand))])
  }

  private func node(_ name: TypeName) -> ParseNode {
    var resolver = checker
    return ParseNode("TYPE", resolver.resolve(name).map { details(of: $0, [], .common) } ?? .init())
  }

  private func list(_ nodes: [ParseNode]) -> [ParseNode.Part] {
    var parts: [ParseNode.Part] = []
    for node in nodes {
      if !parts.isEmpty { parts.append(.mark(",")) }
      parts.append(.node(node))
    }
    return parts
  }

  private func identifier(_ name: String, _ expression: Expression) -> ParseNode {
    guard isCooked else { return word(name) }
    if name.contains("`") {
      let symbol = name.hasPrefix("`") ? "vmlinux" + name : name
      return ParseNode("SYMBOL \(symbol)", details(of: expression))
    }
    if let typed = typed(expression), case .integer(let value) = typed.kind,
      BuiltinVariables.find(name, at: expression.range) == nil, checker.names.scalar(name, .global) == nil,
      checker.names.inlines[name] == nil
    {
      return number(value, typed.type)
    }
    return variable(name, expression)
  }

  private func variable(_ name: String, _ expression: Expression, _ key: [ParseNode] = []) -> ParseNode {
    var origins: PointerOrigins = []
    var isAssigned = false
    if let index = scalar(expression) {
      origins = checker.names.scalars[index].origins
      isAssigned = checker.names.scalars[index].isAssigned
    }
    let given = origins.contains(.alloca) ? "(alloca-assigned) " : isAssigned ? "(normally-assigned) " : ""
    let parts = key.isEmpty ? [] : [.mark("[")] + list(key) + [.mark("]")]
    return ParseNode("VARIABLE \(given)\(name)", details(of: expression), parts)
  }

  private func aggregate(_ name: String, _ key: [Expression], _ value: Expression?) -> ParseNode {
    var least = Attributes.common
    for part in key { least = least.minimum(attributes(of: part)) }
    var parts = list(key.map { node($0) })
    parts.append(.mark("]"))
    if let value { parts += [.mark("="), .node(node(value))] }
    return ParseNode("AGGREGATE @\(name) attr=\(least.letters) [", nil, parts)
  }

  /// An element of D's own arrays is a variable; `E1[E2]` of others is `*(E1 + E2)`. What was read has the first key alone.
  private func index(_ base: Expression, _ key: [Expression], _ expression: Expression) -> ParseNode {
    guard isCooked else { return operation("[", expression, [node(base)] + key.prefix(1).map { node($0) }) }
    if let (name, key) = checker.aggregation(expression) { return aggregate(name, key, nil) }
    var name: String?
    if let (array, perThread) = checker.arrayName(base), checker.names.array(array, perThread: perThread) != nil {
      name = (perThread ? "self->" : "") + array
    } else if case .identifier(let known) = base.kind, scalar(base) == nil {
      name = known
    }
    if let name { return variable(name, expression, key.map { node($0) }) }
    let sum = Expression(.binary(.add, base, key.first ?? base), expression.range)
    return ParseNode(
      "OP1 *", details(of: expression), [.node(operation("+", sum, [node(base)] + key.prefix(1).map { node($0) }))])
  }

  private func escaped(_ bytes: [UInt8]) -> String {
    let names: [UInt8: String] = [
      7: "\\a", 8: "\\b", 9: "\\t", 10: "\\n", 11: "\\v", 12: "\\f", 13: "\\r", 34: "\\\"", 92: "\\\\",
    ]
    return bytes.map { byte in
      if let name = names[byte] { return name }
      if (0x20..<0x7f).contains(byte) { return String(UnicodeScalar(byte)) }
      let octal = String(byte, radix: 8)
      return "\\" + String(repeating: "0", count: 3 - octal.count) + octal
    }.joined()
  }
}

extension Expression {
  /// Whether it is a number as soon as it is read: of numbers alone.
  fileprivate var isFolded: Bool {
    switch kind {
    case .integer, .sizeofType, .offsetof: true
    case .sizeofExpression(let operand): if case .string = operand.kind { true } else { false }
    case .unary(let operation, let operand):
      [.plus, .minus, .not, .complement].contains(operation) && operand.isFolded
    case .binary(_, let left, let right): left.isFolded && right.isFolded
    case .cast(_, let operand): operand.isFolded
    default: false
    }
  }
}
