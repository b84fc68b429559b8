import DSyntax
import IR
import Probes
import Source

/// Gives every expression of a script its meaning and its type, clause after clause in the order of the text, as variables
/// take their type from their first assignment. What is wrong is reported; the checks go on with the next statement.
struct Checker {
  var types: TypeTable
  var names = Names()
  var found: Diagnostics
  let catalog: Catalog
  let options: Options
  /// The probes of the clause being checked.
  var current: [Int] = []
  /// Parameters of the inline being expanded, by name.
  var parameters: [[String: Typed]] = []

  init(types: TypeTable, catalog: Catalog, options: Options, found: Diagnostics) {
    self.types = types
    self.catalog = catalog
    self.options = options
    self.found = found
  }

  mutating func report(_ complaint: SemanticComplaint, _ range: SourceRange) { found.report(complaint, at: range) }

  func spelled(_ type: DType) -> String { types.name(of: type) }

  /// Checks one clause whose probes are `probes` (none when nothing matched and `-Z` allowed it).
  mutating func check(_ clause: DSyntax.Clause, number: Int, probes: [Int]) -> BoundClause {
    current = probes
    var predicate: Typed?
    if let written = clause.predicate, let typed = check(written) {
      if typed.type.isScalar {
        predicate = typed
      } else {
        report(.predicateNotScalar, written.range)
      }
    }
    let body = clause.body.map { check($0) }
    return BoundClause(number: number, probes: probes, predicate: predicate, body: body, range: clause.range)
  }

  mutating func check(_ statements: [Statement]) -> [TypedStatement] {
    var typed: [TypedStatement] = []
    for statement in statements {
      switch statement {
      case .expression(let expression):
        if let checked = check(statement: expression) { typed.append(checked) }
      case .branch(let condition, let then, let otherwise, _):
        let checked = check(condition)
        if let checked, !checked.type.isScalar { report(.predicateNotScalar, condition.range) }
        let first = check(then)
        let second = check(otherwise)
        if let checked { typed.append(.branch(checked, then: first, otherwise: second)) }
      }
    }
    return typed
  }

  /// An expression that stands as a statement: an action, an aggregation, or something with an effect.
  private mutating func check(statement expression: Expression) -> TypedStatement? {
    switch expression.kind {
    case .call(let name, let arguments):
      if let action = ActionName(rawValue: name) {
        return check(action, arguments, expression.range).map { .action($0, expression.range) }
      }
      if name == "copyinto" || name == "bcopy" { return checkCopy(name, arguments, expression.range) }
      if AggregatingName(rawValue: name) != nil {
        report(.actionInExpression(name), expression.range)
        return nil
      }
    case .assign(nil, let target, let value):
      if let (name, key) = aggregation(target) { return checkAggregate(name, key, value, target.range) }
    case .aggregation, .index:
      if let (name, _) = aggregation(expression) {
        report(.aggregationNull(name), expression.range)
        return nil
      }
    default: break
    }
    return check(expression).map { .expression($0) }
  }

  /// The name and the key when the expression is an aggregation, `@a` or `@a[…]`.
  func aggregation(_ expression: Expression) -> (String, [Expression])? {
    switch expression.kind {
    case .aggregation(let name): return (name, [])
    case .index(let base, let key):
      if case .aggregation(let name) = base.kind { return (name, key) }
      return nil
    default: return nil
    }
  }
}
