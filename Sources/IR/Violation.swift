/// One way in which a program breaks the rules of this module, and where.
package struct Violation: Error, Sendable, Hashable, CustomStringConvertible {
  /// Where in the program; indices are those of the program's arrays.
  package enum Place: Sendable, Hashable {
    case limits
    case probe(Int)
    case variable(Int)
    case array(Int)
    case aggregation(Int)
    case clause(Int)
    /// An item of a clause's record.
    case item(clause: Int, Int)
    case block(clause: Int, Int)
    case step(clause: Int, block: Int, Int)
    /// How a block ends.
    case end(clause: Int, block: Int)
  }

  package enum Rule: Sendable, Hashable {
    /// An index that names nothing: `count` is how many there are.
    case noSuch(Table, index: Int, count: Int)
    /// A register is read that some path from block 0 has not written.
    case readBeforeWritten(Operand)
    /// A value of one kind stands where the other is kept.
    case wrongKind(Operand, expected: Function.Signature.Kind)
    /// A tuple has the wrong number of parts, or a call of arguments.
    case wrongCount(Int, expected: ClosedRange<Int>)
    /// A jump to its own block or an earlier one.
    case jumpsBack(to: Int)
    case noBlocks
    case noProbes
    /// The probes of one clause belong to different hooks.
    case mixedHooks(Int, Int)
    /// A probe is selected by a number where its hook gives none.
    case selectorWithoutSource
    /// `origins` is neither empty nor as long as `steps`.
    case originsCount(Int, steps: Int)
    /// count() with a datum, or another function without one.
    case datum(expected: Bool)
    /// A function that has no weight was given one.
    case weightNotTaken(Aggregation.Function)
    /// A field is filled by a step made for another kind of field.
    case wrongField(RecordLayout.Field.Kind)
    /// A variable that is not one of bytes, of another scope, or too small for what the step moves.
    case wrongBlock
    /// A number outside of what it may be.
    case outOfRange(Quantity, Int, allowed: ClosedRange<Int>)
    /// Bounds of a distribution that define no buckets, or too many.
    case badBuckets(Aggregation.Function)
  }

  /// What an index points into.
  package enum Table: Sendable, Hashable {
    case register, text, symbol, probe, variable, array, aggregation, item, field, block, origin
  }

  /// What a number counts.
  package enum Quantity: Sendable, Hashable {
    case textCapacity, period, selectorWord, selectorOffset, contextWord, slot, offset, registers, texts, parts, bytes
    case frames, recordSize, stringSize, scratchSize, arrayEntries, aggregationEntries, bufferSize
  }

  package var place: Place
  package var rule: Rule

  package init(_ rule: Rule, at place: Place) {
    self.place = place
    self.rule = rule
  }

  package var description: String { "\(place): \(rule)" }
}

extension Violation.Place: CustomStringConvertible {
  package var description: String {
    switch self {
    case .limits: "limits"
    case .probe(let index): "probe \(index)"
    case .variable(let index): "variable \(index)"
    case .array(let index): "array \(index)"
    case .aggregation(let index): "aggregation \(index)"
    case .clause(let index): "clause \(index)"
    case .item(let clause, let item): "clause \(clause) item \(item)"
    case .block(let clause, let block): "clause \(clause) block \(block)"
    case .step(let clause, let block, let step): "clause \(clause) block \(block) step \(step)"
    case .end(let clause, let block): "clause \(clause) end of block \(block)"
    }
  }
}

extension Violation.Rule: CustomStringConvertible {
  package var description: String {
    switch self {
    case .noSuch(let table, let index, let count): "there is no \(table) \(index) (there are \(count))"
    case .readBeforeWritten(let operand): "\(operand) is read before every path has written it"
    case .wrongKind(let operand, let expected): "\(operand) where \(expected) is kept"
    case .wrongCount(let count, let expected):
      expected.count == 1
        ? "\(count) parts where \(expected.lowerBound) are needed"
        : "\(count) parts where \(expected.lowerBound) to \(expected.upperBound) are needed"
    case .jumpsBack(let block): "jumps back to block \(block)"
    case .noBlocks: "has no blocks"
    case .noProbes: "is bound to no probe"
    case .mixedHooks(let first, let second): "probes \(first) and \(second) belong to different hooks"
    case .selectorWithoutSource: "is selected by a number that its hook does not give"
    case .originsCount(let count, let steps): "\(count) origins for \(steps) steps"
    case .datum(let expected): expected ? "needs a datum" : "takes no datum"
    case .weightNotTaken(let function): "\(function) takes no increment"
    case .wrongField(let kind): "a field of \(kind) is not filled by this step"
    case .wrongBlock: "moves bytes by a variable that does not hold them"
    case .outOfRange(let quantity, let value, let allowed):
      "\(quantity) of \(value), which must be \(allowed.lowerBound) to \(allowed.upperBound)"
    case .badBuckets(let function): "\(function) has no buckets, or too many"
    }
  }
}
