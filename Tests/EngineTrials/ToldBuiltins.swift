import IR
import Support

/// A program whose builtins that a test cannot choose (who runs, and when) are words of the hook's context instead.
struct ToldBuiltins {
  private(set) var program: IR.Program
  /// Which word tells what.
  private var places: [Told: Int] = [:]

  enum Told: Hashable {
    case integer(Builtin)
    /// The word is the address of the name, in the kernel's memory.
    case execname

    init?(_ step: Step) {
      switch step {
      case .builtin(_, let builtin):
        guard Self.keys[builtin] != nil else { return nil }
        self = .integer(builtin)
      case .textBuiltin(_, .execname): self = .execname
      default: return nil
      }
    }

    /// The key of the table that says it.
    static let keys: [Builtin: String] = [
      .pid: "pid", .tid: "tid", .ppid: "ppid", .uid: "uid", .gid: "gid", .cpu: "cpu", .timestamp: "timestamp",
      .walltimestamp: "walltimestamp",
    ]
  }

  /// The row asks for more than a context can tell.
  struct Unfit: Error {}

  /// Words that the hooks have for themselves: ERROR's six arguments are the most.
  private static let taken = 6
  private static let words = 12

  init(_ program: IR.Program) throws {
    self.program = program
    for clause in program.clauses.indices {
      let isError = program.clauses[clause].probes.contains { program.probes[$0].hook == .error }
      for block in program.clauses[clause].blocks.indices {
        try tell(clause, block, isError: isError)
      }
    }
  }

  private mutating func tell(_ clause: Int, _ block: Int, isError: Bool) throws {
    let old = program.clauses[clause].blocks[block]
    var new = Block(end: old.end)
    for (index, step) in old.steps.enumerated() {
      var replaced = [step]
      if let told = Told(step) {
        // An ERROR clause has a context of its own, the fault's.
        if isError { throw Unfit() }
        let word = try place(of: told)
        switch step {
        case .builtin(let to, _): replaced = [.context(to, word: word)]
        case .textBuiltin(let to, _):
          let address = Register(program.clauses[clause].registers)
          program.clauses[clause].registers += 1
          replaced = [
            .context(address, word: word), .loadText(to, address: address, limit: nil, .kernel),
          ]
        default: break
        }
      }
      new.steps += replaced
      if !old.origins.isEmpty { new.origins += replaced.map { _ in old.origins[index] } }
    }
    program.clauses[clause].blocks[block] = new
  }

  private mutating func place(of told: Told) throws -> Int {
    if let known = places[told] { return known }
    let word = Self.words - 1 - places.count
    guard word >= Self.taken else { throw Unfit() }
    places[told] = word
    return word
  }

  /// The context of a firing, the hook's own words still zero.
  func words(of moment: Moment, execname: UInt64) -> [UInt64] {
    var words = [UInt64](repeating: 0, count: Self.words)
    for (told, word) in places {
      switch told {
      case .integer(let builtin): words[word] = moment[Told.keys[builtin] ?? ""]
      case .execname: words[word] = execname
      }
    }
    return words
  }
}
