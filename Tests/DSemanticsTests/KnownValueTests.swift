import DSemantics
import DSyntax
import IR
import Probes
import Source
import Testing

/// What a clause asks of its probe's arguments is read once on every way through it.
@Suite struct KnownValueTests {
  /// `args[0]` lies in the process's memory at the context's first word, `args[1]` eight bytes behind it; `args[2]` is one or the other.
  static let catalog: Catalog = {
    let (first, second) = (word(0), word(8))
    return Catalog([
      Provider(
        name: "sample",
        probes: [
          Probe(
            name: "moved", site: .tracepoint("sample"),
            arguments: [
              Argument("first", "uint64_t", first), Argument("second", "uint64_t", second),
              Argument("chosen", "uint64_t", .choose(first, second, .binary(.add, second, .constant(1)))),
            ])
        ])
    ])
  }()

  private static func word(_ offset: Int) -> Recipe {
    .userLoad(.word(0), offset: offset, .double, signed: false)
  }

  private func clause(_ body: String) throws -> IR.Clause {
    let source = SourceText("sample:::moved \(body)", name: "p.d")
    var found = Diagnostics()
    let script = parse(source, macros: MacroValues(arguments: ["p.d"]), reporting: &found)
    let compiled = compile(
      script, catalog: Self.catalog, types: NoKernelTypes(), options: Options(), engine: .kernel, reporting: &found)
    #expect(!found.hasErrors)
    return try #require(compiled?.program.clauses.first)
  }

  /// The offsets that the clause reads at, in order.
  private func reads(_ clause: IR.Clause) -> [Int] {
    clause.blocks.flatMap(\.steps).compactMap {
      if case .load(_, _, let offset, _, _, .userOrEmpty) = $0 { offset } else { nil }
    }
  }

  @Test(arguments: [
    ("/arg0 != 0/ { trace(arg0); trace(arg0); }", [0]),
    ("{ trace(arg0); trace(arg1); trace(arg1 + arg0); }", [0, 8]),
    // Both ways of the choice read the second word, and what is asked later does not know which was gone.
    ("{ trace(arg2); trace(arg2); }", [0, 8, 8]),
    ("{ trace(arg1); trace(arg2); }", [8, 0]),
    ("{ trace(arg2); trace(arg1); }", [0, 8, 8, 8]),
    ("{ trace(pid == 1 ? arg0 : 0); trace(arg0); }", [0, 0]),
    ("{ if (pid == 1) { trace(arg0); } else { trace(arg0); } trace(arg0); }", [0, 0, 0]),
    // Half a second later another value may lie there.
    ("{ trace(arg0); chill(500); trace(arg0); }", [0, 0]),
    ("{ trace(arg0); this->p = (char *)alloca(8); this->p[0] = 1; trace(arg0); }", [0, 0]),
  ])
  func `a value is read once on every way that needs it`(body: String, offsets: [Int]) throws {
    #expect(reads(try clause(body)) == offsets)
  }

  @Test func `no way reads a register that only another way has set`() throws {
    let clause = try clause(
      "/arg2 != 3/ { trace(pid == 1 ? arg2 : arg0); if (arg1 > 2) { trace(arg2); } else { trace(arg1); } trace(arg2 + arg1); }"
    )
    var known = [Set<Operand>?](repeating: nil, count: clause.blocks.count)
    known[0] = []
    // Jumps go forward: each block is looked at after all that lead to it.
    for (index, block) in clause.blocks.enumerated() {
      guard var set = known[index] else { continue }
      for step in block.steps {
        #expect(Set(step.read).isSubset(of: set), "\(step)")
        if let written = step.written { set.insert(written) }
      }
      var targets: [Int] = []
      switch block.end {
      case .jump(let target): targets = [target]
      case .branch(let test, let then, let otherwise):
        #expect(set.contains(.integer(test)))
        targets = [then, otherwise]
      case .commit, .discard: break
      }
      for target in targets { known[target] = known[target]?.intersection(set) ?? set }
    }
  }
}
