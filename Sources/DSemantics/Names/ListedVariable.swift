package import DSyntax
package import IR
import Source

/// A variable as `-S` lists it: what it is, and where DTrace's layout has it.
package struct ListedVariable: Sendable {
  package var name: String
  package var scope: Variable.Scope
  /// From 0 in the order of their first mention; built-in ones have theirs from 0x100 on.
  package var id: Int
  /// Bytes from the first of its scope: in the order of the declarations, each at a multiple of its alignment. Thread-locals are found
  /// one by one, and begin at 0. Nil for a built-in one, which is not kept.
  package var offset: Int?
  /// Whether it is one of the arrays that D has built in.
  package var isArray = false
  /// `D type (array) by ref (size 10)`
  package var type: String
}

extension Names {
  /// Every scalar variable that the text declares or assigns, in the order of its first mention, then the built-in ones.
  func listed(_ types: TypeTable, stringSize: Int) -> [ListedVariable] {
    var ends: [Variable.Scope: Int] = [:]
    let own = scalars.enumerated().compactMap { id, scalar -> ListedVariable? in
      guard let type = scalar.type else { return nil }
      let size = type.isString ? stringSize : types.listedSize(of: type)
      var alignment = 8
      switch type {
      case .string: alignment = 1
      case .record: break
      default: alignment = max(1, types.alignment(of: type))
      }
      var offset = 0
      if scalar.scope != .thread {
        offset = ((ends[scalar.scope] ?? 0) + alignment - 1) / alignment * alignment
        ends[scalar.scope] = offset + size
      }
      return ListedVariable(name: scalar.name, scope: scalar.scope, id: id, offset: offset, type: type.listed(size))
    }
    let named = BuiltinVariables.names + (0...9).map { "arg\($0)" } + ["curthread", "curcpu", "ipl", "uregs"]
    return own
      + named.enumerated().compactMap { number, name in
        guard let type = BuiltinVariables.listedType(of: name) else { return nil }
        let size = type.isString ? stringSize : types.listedSize(of: type)
        let isArray = name == "args" || name == "uregs"
        // What the elements of args[] are depends on the probe.
        let text = name == "args" ? "any (unknown) by ref (size 0)" : type.listed(size)
        return ListedVariable(
          name: name, scope: .global, id: 0x100 + number, offset: nil, isArray: isArray, type: text)
      }
  }
}

extension BuiltinVariables {
  /// The type of a built-in variable, of an array its elements', as far as its listing goes.
  fileprivate static func listedType(of name: String) -> DType? {
    switch name {
    case "args", "curthread", "curcpu": .pointer(.void, userland: false)
    case "ipl": .integer(IntegerType(4, signed: false, "uint_t"))
    case "uregs": .uint64
    default: find(name, at: .none)?.type
    }
  }
}

extension TypeTable {
  /// Bytes of a value; of a record up to the end of its last member, as DTrace's own table has it.
  fileprivate func listedSize(of type: DType) -> Int {
    guard case .record(let index) = type, records[index].isComplete else { return size(of: type) ?? 0 }
    return records[index].members.map { $0.bitOffset / 8 + (size(of: $0.type) ?? 0) }.max() ?? 0
  }
}

extension DType {
  fileprivate func listed(_ size: Int) -> String {
    let kind =
      switch self {
      case .string: "string (unknown) by ref"
      case .array: "D type (array) by ref"
      case .record: "D type (struct) by ref"
      case .pointer: "D type (pointer)"
      case .enumeration: "D type (enum)"
      case .floating: "D type (float)"
      default: "D type (integer)"
      }
    return "\(kind) (size \(size))"
  }
}

/// What a clause does with variables.
package struct VariableUse: Sendable {
  /// A variable by its scope and name.
  package struct Name: Hashable, Sendable {
    package var scope: Variable.Scope
    package var name: String
    package init(scope: Variable.Scope, name: String) {
      self.scope = scope
      self.name = name
    }
  }
  package private(set) var read: Set<Name> = []
  package private(set) var written: Set<Name> = []

  package init(_ clause: DSyntax.Clause) {
    if let predicate = clause.predicate { visit(predicate) }
    for statement in clause.body ?? [] { visit(statement) }
  }

  private mutating func visit(_ statement: Statement) {
    switch statement {
    case .expression(let expression): visit(expression)
    case .branch(let condition, let then, let otherwise, _):
      visit(condition)
      for statement in then + otherwise { visit(statement) }
    }
  }

  private mutating func visit(_ expression: Expression) {
    switch expression.kind {
    case .identifier, .scoped: if let name = variable(expression) { read.insert(name) }
    case .assign(let operation, let target, let value):
      visit(value)
      guard let name = variable(target) else { return visit(target) }
      written.insert(name)
      if operation != nil { read.insert(name) }
    case .postfix(_, let operand), .unary(.increment, let operand), .unary(.decrement, let operand):
      if let name = variable(operand) { written.insert(name) }
      visit(operand)
    case .unary(_, let operand), .member(let operand, _), .arrow(let operand, _), .cast(_, let operand),
      .sizeofExpression(let operand), .stringof(let operand), .xlate(_, let operand):
      visit(operand)
    case .binary(_, let left, let right), .comma(let left, let right):
      visit(left)
      visit(right)
    case .conditional(let condition, let then, let otherwise): for part in [condition, then, otherwise] { visit(part) }
    case .call(_, let arguments): for argument in arguments { visit(argument) }
    case .index(let base, let keys): for part in [base] + keys { visit(part) }
    case .integer, .string, .aggregation, .macro, .sizeofType, .offsetof, .missing: break
    }
  }

  private func variable(_ expression: Expression) -> Name? {
    switch expression.kind {
    case .identifier(let name): Name(scope: .global, name: name)
    case .scoped(.thread, let name): Name(scope: .thread, name: name)
    case .scoped(.clause, let name): Name(scope: .clause, name: name)
    default: nil
    }
  }
}
