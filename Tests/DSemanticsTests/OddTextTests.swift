import CompilerTrials
import DSemantics
import Support
import Testing

/// No text crashes the compiler. `make fuzz-front-end` tries larger ones, and more, and measures.
@Suite struct OddTextTests {
  static let trial = CompilerTrial(types: NoKernelTypes())

  @Test func `a text that is odd in one way is compiled or refused`() {
    for odd in OddText.all(size: 300) {
      let result = Self.trial.run(odd.text)
      #expect(result.isProgram || result.complaints > 0, "\(odd.name), \(odd.text.count) bytes")
    }
  }

  @Test func `a text with changes is compiled or refused`() throws {
    let own = try ConformanceRow.all().map(\.program) + WrongProgram.all().map(\.text)
    let mutator = TextMutator(CompilerTrial.corpus(own))
    var programs = 0
    for seed in 1...1500 as ClosedRange<UInt64> {
      let result = Self.trial.run(mutator.text(seed: seed))
      #expect(result.isProgram || result.complaints > 0, "seed \(seed)")
      if result.isProgram { programs += 1 }
    }
    // Texts that nobody could take for D would try little of the compiler.
    #expect(programs > 20)
  }
}
