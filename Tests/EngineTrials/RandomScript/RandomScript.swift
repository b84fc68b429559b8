package import Support

/// A D program that nobody would write, with what fires it. The same seed gives the same program as long as the compiler takes
/// the same language (`Grammar.usable`).
package struct RandomScript: Sendable {
  package struct Clause: Sendable {
    package var probes: String
    package var predicate: Piece?
    package var body: [Piece]

    var text: String {
      let condition = predicate.map { " / \($0.text) /" } ?? ""
      return "\(probes)\(condition)\n{\n" + body.map { "  \($0.text)\n" }.joined() + "}\n"
    }
  }

  package var seed: UInt64
  package var options: [String]
  package var declarations: [String]
  package var clauses: [Clause]
  /// What fires between BEGIN and END.
  package var inputs: [ConformanceInput]
  /// Elements of each array, and of each aggregation.
  package var entries: Int

  package var text: String {
    declarations.map { $0 + "\n" }.joined() + clauses.map(\.text).joined()
  }

  /// As a row of the conformance table, the answer missing.
  package var row: ConformanceRow {
    var row = ConformanceRow(name: "seed \(seed)", file: "random", line: Int(clamping: seed))
    row.options = options
    row.program = text
    row.inputs = inputs
    return row
  }

  /// The script as the table would have it, for people.
  package var shown: String {
    var out = "-- row seed \(seed) (entries \(entries))\n"
    if !options.isEmpty { out += "-- options " + options.joined(separator: " ") + "\n" }
    out += "-- D\n" + text + "-- input\n"
    for input in inputs {
      out += input.probe
      for (key, value) in input.numbers.sorted(by: { $0.key < $1.key }) {
        out += " \(key)=\(Int64(bitPattern: value))"
      }
      for (key, value) in input.texts { out += " \(key)=\"\(value)\"" }
      for (address, value) in input.memory.sorted(by: { $0.key < $1.key }) {
        out += " 0x\(String(address, radix: 16))=\"\(value)\""
      }
      out += "\n"
    }
    return out
  }
}

extension RandomScript {
  /// Everything that is one step smaller, the greatest steps first.
  private var smaller: [RandomScript] {
    var found: [RandomScript] = []
    func add(_ change: (inout RandomScript) -> Void) {
      var copy = self
      change(&copy)
      found.append(copy)
    }
    if clauses.count > 1 { for index in clauses.indices { add { $0.clauses.remove(at: index) } } }
    if inputs.count > 3 {
      add { $0.inputs.removeLast($0.inputs.count / 2) }
      add { $0.inputs.removeFirst($0.inputs.count / 2) }
    }
    for index in inputs.indices { add { $0.inputs.remove(at: index) } }
    for (number, clause) in clauses.enumerated() {
      if clause.predicate != nil { add { $0.clauses[number].predicate = nil } }
      for index in clause.body.indices { add { $0.clauses[number].body.remove(at: index) } }
      for (index, statement) in clause.body.enumerated() {
        for piece in statement.smaller { add { $0.clauses[number].body[index] = piece } }
      }
      for piece in clause.predicate?.smaller ?? [] { add { $0.clauses[number].predicate = piece } }
    }
    for index in declarations.indices { add { $0.declarations.remove(at: index) } }
    if !options.isEmpty { add { $0.options = [] } }
    return found
  }

  /// The smallest script found that still does what `shows` says of this one.
  /// - Parameter attempts: how many are tried at most.
  package func shrunk(attempts: Int = 400, while shows: (RandomScript) -> Bool) -> RandomScript {
    var best = self
    var left = attempts
    var isShrinking = true
    while isShrinking {
      isShrinking = false
      for candidate in best.smaller {
        guard left > 0 else { return best }
        left -= 1
        if shows(candidate) {
          best = candidate
          isShrinking = true
          break
        }
      }
    }
    return best
  }
}
