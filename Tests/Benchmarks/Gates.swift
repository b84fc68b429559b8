import Synchronization

/// What hardly depends on the machine, and may not grow: instructions and allocations. The bounds are about a tenth above what was measured with
/// Swift 6.3.1 (docs/benchmarks.md); `make bench` fails when one is passed.
enum Gates {
  private static let passed = Mutex<[String]>([])

  /// Prints a count for a unit of work beside its bound, and remembers when it is above it.
  static func show(_ count: Double, _ what: String, decimals: Int, atMost most: Double?) {
    var line = "    \(fixed(count, decimals)) \(what)"
    if let most {
      let isPassed = count > most
      line += isPassed ? ", MORE THAN \(fixed(most, decimals))" : " (at most \(fixed(most, decimals)))"
      if isPassed {
        passed.withLock { $0.append("\(fixed(count, decimals)) \(what), at most \(fixed(most, decimals))") }
      }
    }
    print(line)
  }

  /// Says which bounds were passed; answers whether none was.
  static func conclude() -> Bool {
    let all = passed.withLock { $0 }
    for line in all { print("gate: \(line)") }
    return all.isEmpty
  }
}
