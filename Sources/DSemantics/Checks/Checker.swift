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
  /// Inlines and translators' members that were expanded in this clause: each may name the one before twice, so that a few lines ask for
  /// more than any machine has.
  var expansions = 0
  /// While text of D's own libraries is read: the place in the script that needs it, which stands for every place in them.
  var borrowed: SourceRange?
  /// The libraries that were read, by their places in `Library.all`.
  var libraries: Set<Int> = []
  /// Symbols of the kernel's that the text names, by their addresses.
  var kernelVariables: [UInt64: String] = [:]
  /// What the clause being checked has called so far, and the first call of the script that needs `-w`.
  var called: CalledActions = []
  var destructive: ActionName?
  /// Actions and aggregations that stood where a value is wanted; they are complained of when nothing else is wrong there.
  private var deferred: [(SemanticComplaint, SourceRange)] = []

  /// What each clause so far relies on; what the present one does.
  var stability: [StabilityReport] = []
  var reliance = Attributes.common
  /// Pragmas on names that the script has not defined yet.
  var pendingPragmas: [DSyntax.Pragma] = []

  init(types: TypeTable, catalog: Catalog, options: Options, found: Diagnostics) {
    self.types = types
    self.types.stringSize = options.stringSize
    self.catalog = catalog
    self.options = options
    self.found = found
  }

  mutating func report(_ complaint: SemanticComplaint, _ range: SourceRange) {
    found.report(complaint, at: borrowed ?? range)
  }

  /// Something that has no value where one is wanted: what its type does not fit is complained of first.
  mutating func deferred(_ complaint: SemanticComplaint, _ type: DType, _ range: SourceRange) -> Typed {
    deferred.append((complaint, range))
    return Typed(.integer(0), type, range)
  }

  /// Checks what only its type is wanted of.
  mutating func typeOnly(_ expression: Expression) -> Typed? {
    let outer = deferred
    defer { deferred = outer }
    return check(expression)
  }

  /// Checks something whole, such as a statement, and what was deferred in it.
  mutating func whole<T>(_ body: (inout Checker) -> T?) -> T? {
    let before = found.all.count
    let outer = deferred
    deferred = []
    defer { deferred = outer }
    let result = body(&self)
    guard let (complaint, range) = deferred.first else { return result }
    if found.all.count == before { report(complaint, range) }
    return nil
  }

  func spelled(_ type: DType) -> String { types.name(of: type) }

  /// Checks one clause whose probes are `probes` (none when nothing matched and `-Z` allowed it).
  mutating func check(_ clause: DSyntax.Clause, number: Int, probes: [Int]) -> BoundClause {
    current = probes
    called = []
    expansions = 0
    beginStability(clause)
    defer { endStability(clause) }
    // libdtrace's order: the predicate may ask for a variable that only the body assigns.
    guard let condition = clause.predicate, condition.assigns else {
      let body = clause.body.map { check($0) }
      let predicate = clause.predicate.flatMap { check(condition: $0) }
      return BoundClause(number: number, probes: probes, predicate: predicate, body: body, range: clause.range)
    }
    // Where that does not do, the body may use what the predicate brings into being.
    var other = self
    var body = clause.body.map { check($0) }
    var predicate = check(condition: condition)
    if found.all.count > other.found.all.count {
      let first = other.check(condition: condition)
      let second = clause.body.map { other.check($0) }
      if other.found.all.count < found.all.count { (self, predicate, body) = (other, first, second) }
    }
    return BoundClause(number: number, probes: probes, predicate: predicate, body: body, range: clause.range)
  }

  mutating func check(_ statements: [Statement]) -> [TypedStatement] {
    var typed: [TypedStatement] = []
    for statement in statements {
      switch statement {
      case .expression(let expression):
        if case .conditional(let condition, let then, let otherwise) = expression.kind,
          then.acts || otherwise.acts
        {
          // `wanted ? printf("…") : 1;` as a statement is an if: the arm that does nothing is no statement.
          let arms = [then, otherwise].map { $0.isConstant ? [] : [Statement.expression($0)] }
          typed += check([.branch(condition, then: arms[0], otherwise: arms[1], expression.range)])
          continue
        }
        if let checked = whole({ $0.check(statement: expression) }) { typed.append(checked) }
      case .branch(let condition, let then, let otherwise, _):
        let checked = check(condition: condition)
        let first = check(then)
        let second = check(otherwise)
        if let checked { typed.append(.branch(checked, then: first, otherwise: second)) }
      }
    }
    return typed
  }

  /// A predicate, or what an if asks.
  private mutating func check(condition: Expression) -> Typed? {
    whole { checker in
      guard let typed = checker.check(condition) else { return nil }
      if case .array = typed.type {
      } else if typed.type.isScalar {
        return typed
      }
      checker.report(.predicateNotScalar, condition.range)
      return nil
    }
  }

  /// An expression that stands as a statement: an action, an aggregation, or something with an effect.
  private mutating func check(statement expression: Expression) -> TypedStatement? {
    switch expression.kind {
    case .call(let name, let arguments):
      if let action = ActionName(rawValue: name) {
        guard let checked = check(action, arguments, expression.range) else { return nil }
        placed(action, expression.range)
        return .action(checked, expression.range)
      }
      if name == "copyinto" || name == "bcopy" { return checkCopy(name, arguments, expression.range) }
      if AggregatingName(rawValue: name) != nil {
        report(.actionInExpression(name), expression.range)
        return nil
      }
    case .assign(nil, let target, let value):
      if let (name, key) = aggregation(target) {
        guard let checked = checkAggregate(name, key, value, target.range) else { return nil }
        placedAggregation(target.range)
        return checked
      }
      if case .index(let base, _) = target.kind, let (name, _) = aggregation(base) {
        report(.aggregationMisused(name), target.range)
        return nil
      }
    case .aggregation(let name) where names.aggregation(name) == nil:
      report(.undefinedIdentifier("@" + name, nearest: nil), expression.range)
      return nil
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

extension Expression {
  /// Whether it is an action or an aggregation's datum, or a choice between some.
  fileprivate var acts: Bool {
    switch kind {
    case .call(let name, _): ActionName(rawValue: name) != nil
    case .assign(_, let target, _):
      switch target.kind {
      case .aggregation: true
      case .index(let base, _): if case .aggregation = base.kind { true } else { false }
      default: false
      }
    case .conditional(_, let then, let otherwise): then.acts || otherwise.acts
    default: false
    }
  }

  fileprivate var isConstant: Bool { if case .integer = kind { true } else { false } }
}
