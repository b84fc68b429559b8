import DSyntax
package import IR
package import Source

/// What a script's names stand for, as far as it has been read: variables, arrays, aggregations, inlines.
package struct Names: Sendable {
  package struct Scalar: Sendable {
    package var name: String
    package var scope: Variable.Scope
    /// Nil until the first assignment says.
    package var type: DType?
    package var isAssigned = false
  }
  package struct Array: Sendable {
    package var name: String
    package var perThread: Bool
    /// Nil until the first use says.
    package var key: [DType]?
    package var value: DType?
  }
  package struct AggregationName: Sendable {
    package var name: String
    package var spelled: AggregatingName?
    package var function: IR.Aggregation.Function?
    package var key: [DType]?
    /// For each key part whether every use so far is a part of the probe's name.
    package var symbolic: [Bool] = []
    /// For each key part the addresses that it is, if it is.
    package var addresses: [IR.Aggregation.KeyPart?] = []
    package var isSigned = true
    package var declaredAt: SourceRange
  }
  struct Inline {
    var type: DType
    var parameters: [(name: String, type: DType)]
    var value: Expression
    /// Whether D's own libraries have it.
    var isLibrary = false
    /// How far it may be relied on, as a pragma says.
    var attributes = Attributes.common
  }
  /// A translator of D text.
  struct Translation {
    /// The record that it makes, and what it makes it from.
    var output: DType
    var input: DType
    /// What its expressions call the input.
    var parameter: String
    /// Whether D's own libraries have it.
    var isLibrary: Bool
    var members: [String: (type: DType, value: Expression)] = [:]
  }
  struct Key: Hashable {
    var scope: Variable.Scope
    var name: String
  }

  package var scalars: [Scalar] = []
  package var arrays: [Array] = []
  package var aggregations: [AggregationName] = []
  var inlines: [String: Inline] = [:]
  var translations: [Translation] = []
  private var scalarIndex: [Key: Int] = [:]
  private var arrayIndex: [Key: Int] = [:]
  private var aggregationIndex: [String: Int] = [:]

  package init() {}

  func scalar(_ name: String, _ scope: Variable.Scope) -> Int? { scalarIndex[Key(scope: scope, name: name)] }

  func array(_ name: String, perThread: Bool) -> Int? {
    arrayIndex[Key(scope: perThread ? .thread : .global, name: name)]
  }

  func aggregation(_ name: String) -> Int? { aggregationIndex[name] }

  mutating func addScalar(_ name: String, _ scope: Variable.Scope, type: DType?) -> Int {
    scalars.append(Scalar(name: name, scope: scope, type: type))
    scalarIndex[Key(scope: scope, name: name)] = scalars.count - 1
    return scalars.count - 1
  }

  mutating func addArray(_ name: String, perThread: Bool, key: [DType]?, value: DType?) -> Int {
    arrays.append(Array(name: name, perThread: perThread, key: key, value: value))
    arrayIndex[Key(scope: perThread ? .thread : .global, name: name)] = arrays.count - 1
    return arrays.count - 1
  }

  mutating func addAggregation(_ name: String, at range: SourceRange) -> Int {
    aggregations.append(AggregationName(name: name, declaredAt: range))
    aggregationIndex[name] = aggregations.count - 1
    return aggregations.count - 1
  }

}
