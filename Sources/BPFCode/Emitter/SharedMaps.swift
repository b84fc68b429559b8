import IR

// A program takes 64 maps (MAX_USED_MAPS), and one clause may use more aggregations than that. Those of such a clause share maps: behind
// the aggregation's number in the key, each with those whose keys and values are as long.

/// What the entries of a map that aggregations share are like, in bytes.
struct SharedShape: Hashable {
  /// With the aggregation's number before the key.
  var keySize: Int
  var valueSize: Int

  /// Bytes of the aggregation's number.
  static let tagSize = 8
}

extension Program {
  /// More kinds of entries than this become one kind.
  private static let mostShapes = 12

  /// The aggregations that share a map, each with its entries' shape there.
  /// - Parameter limit: maps that a clause may have of its own.
  func sharedAggregations(above limit: Int) -> [Aggregation.ID: SharedShape] {
    var shared: Set<Aggregation.ID> = []
    for clause in clauses {
      let used = clause.usedState
      if used.aggregations.count + used.arrays.count > limit { shared.formUnion(used.aggregations) }
    }
    var shapes: [Aggregation.ID: SharedShape] = [:]
    for id in shared {
      shapes[id] = SharedShape(
        keySize: SharedShape.tagSize + KeyLayout(aggregations[id]).size,
        valueSize: aggregations[id].function.words * 8)
    }
    guard Set(shapes.values).count > Self.mostShapes else { return shapes }
    let largest = SharedShape(
      keySize: shapes.values.map(\.keySize).max() ?? 0, valueSize: shapes.values.map(\.valueSize).max() ?? 0)
    return shapes.mapValues { _ in largest }
  }
}

extension Clause {
  /// The aggregations and arrays that its steps use.
  var usedState: (aggregations: Set<Aggregation.ID>, arrays: Set<AssociativeArray.ID>) {
    var used: (aggregations: Set<Aggregation.ID>, arrays: Set<AssociativeArray.ID>) = ([], [])
    for step in blocks.lazy.flatMap(\.steps) {
      switch step {
      case .aggregate(let id, _, _, _): used.aggregations.insert(id)
      case .lookUp(_, let id, _), .assign(let id, _, _), .remove(let id, _), .lookUpBytes(_, let id, _),
        .assignBytes(let id, _, _):
        used.arrays.insert(id)
      default: break
      }
    }
    return used
  }
}
