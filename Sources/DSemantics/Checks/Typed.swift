package import DSyntax
package import IR
package import Source

/// An expression whose names are resolved and whose types are known.
package struct Typed: Sendable {
  package var kind: Kind
  package var type: DType
  package var range: SourceRange

  init(_ kind: Kind, _ type: DType, _ range: SourceRange) {
    self.kind = kind
    self.type = type
    self.range = range
  }

  /// Whether it is a constant zero that may stand for a pointer: D's NULL, also for a string.
  var isNull: Bool {
    if case .integer(0) = kind { return type.isInteger || type.isPointer || type.isString }
    return false
  }

  var isConstant: Bool { if case .integer = kind { true } else { false } }

  package indirect enum Kind: Sendable {
    case integer(Int64)
    case string([UInt8])
    case builtin(Builtin)
    case textBuiltin(TextBuiltin)
    case probePart(IR.ProbePart)
    /// `argN`: the probe's Nth argument as a 64-bit number.
    case argument(Int)
    /// A scalar variable, by its place in `Names.variables`.
    case variable(Int)
    /// An element of an associative array, by its place in `Names.arrays`.
    case element(Int, [Typed])
    /// What lies at `address` in memory; the type says how much. An array or a record stands for its own address.
    case memory(address: Typed, offset: Int, bits: BitField?)
    /// A computed member of what a translator makes from `base`.
    case translated(base: Typed, struct: String, member: String)
    /// An index, which must be less than `count`: else the clause faults.
    case bounded(Typed, count: Int)
    /// A value that a register holds already; only lowering makes it.
    case held(Operand)
    case negate(Typed)
    case complement(Typed)
    case not(Typed)
    case binary(DSyntax.BinaryOperator, Typed, Typed)
    /// A comparison of integers or of strings.
    case compare(DSyntax.BinaryOperator, Typed, Typed)
    case logical(DSyntax.BinaryOperator, Typed, Typed)
    case conditional(Typed, Typed, Typed)
    case comma(Typed, Typed)
    /// Stores `value` in `target` and is the stored value.
    case assign(target: Typed, value: Typed)
    /// `target op= value`: `scale` is what pointers count in.
    case update(target: Typed, DSyntax.BinaryOperator, value: Typed, scale: Int)
    /// `++` and `--`; `prefix` gives the new value, else the old.
    case step(target: Typed, by: Int64, prefix: Bool)
    case convert(Typed)
    case stringOf(Typed)
    case call(Subroutine, [Typed])
    /// Parts of an aggregation's key that are no values elsewhere: stack() or ustack(), and sym() and its like.
    case stack(frames: Int, user: Bool)
    case symbol(SymbolKind, Typed)
  }

  package struct BitField: Sendable, Hashable {
    /// From the lowest bit of the unit at the offset.
    package var shift: Int
    package var width: Int
  }
}

/// A statement whose names are resolved and whose types are known.
package indirect enum TypedStatement: Sendable {
  case expression(Typed)
  case branch(Typed, then: [TypedStatement], otherwise: [TypedStatement])
  /// `@a[key] = f(value, increment)`, by the aggregation's place in `Names.aggregations`.
  case aggregate(Int, key: [Typed], value: Typed?, increment: Typed?, SourceRange)
  case action(TypedAction, SourceRange)
}

/// A call of an action.
package enum TypedAction: Sendable {
  case trace(Typed)
  case printf(FormatText, [Typed])
  case printa([Int], format: FormatText?)
  case stack(frames: Int)
  case userStack(frames: Int)
  case exit(Typed)
  case clear(Int)
  case truncate(Int, Typed?)
  case normalize(Int, Typed)
  case denormalize(Int)
  case symbol(SymbolKind, Typed)
  case tracemem(Typed, capacity: Int, size: Typed?)
  /// The bytes that memref()'s two words say, no more than the capacity.
  case memory(Typed, capacity: Int)
  case speculate(Typed)
  case conclude(Typed, commits: Bool)
  case system(FormatText, [Typed])
  case freopen(FormatText, [Typed])
  /// What a rule has found, as a sentence.
  case finding(FormatText, [Typed])
  case truncateOutput
  case setOption(Typed, Typed?)
  case raise(Typed)
  case stop
  case chill(Typed)
  /// The packet of a `struct sk_buff *`, with the number of its link type.
  case packet(Typed, linkType: Typed)
  /// What this kernel, or Linux, does not allow.
  case impossible(ActionName)
  /// What the address leads to, as a value of the type.
  case print(Typed, PrintedType)
  /// A value in memory's order, of parts at their places; without a type, its bytes.
  case show(PrintedType?, size: Int, [(place: Range<Int>, value: Typed)])
  case copyInto(address: Typed, size: Typed, to: Typed)
  case copyBytes(from: Typed, to: Typed, size: Typed)
}

/// A clause whose probes are found and whose body is checked.
package struct BoundClause: Sendable {
  package var number: Int
  /// `IR.Clause.ordinal`.
  package var ordinal = 0
  /// Indices in the catalog.
  package var probes: [Int]
  package var predicate: Typed?
  /// Nil for the default action.
  package var body: [TypedStatement]?
  package var range: SourceRange
}
