import EngineBench
import EngineTrials
import Foundation
import Support
import Testing

/// Random D texts in both engines, from the text to what is printed: `make fuzz-engines` runs as many as one likes.
@Suite(.serialized, .live, .enabled(if: Bench.allowed, "needs root and the kernel's types"))
struct RandomScriptsTests {
  @Test func `live: a random script does the same in the host VM and in the kernel`() throws {
    let stage = try KernelStage()
    var (data, faults, refused) = (0, 0, 0)
    for seed in 1...250 as ClosedRange<UInt64> {
      let script = RandomScript(seed: seed)
      switch ScriptTrial(script, on: stage).outcome() {
      case .same(let records, let failures):
        data += records
        faults += failures
      case .refused: refused += 1
      case .different(let what): Issue.record("\(what)\n\(script.shown)")
      }
    }
    print("random scripts: \(data) records of data and \(faults) of faults were the same; \(refused) did not compile")
    #expect(faults > 100 && data > 500 && refused < 50)
  }

  @Test func `the grammar of random scripts has most of the language`() {
    #expect(Grammar.usable.refused.count < 40, "\(Grammar.usable.refused)")
  }

  @Test func `a script that shows something is shrunk to what shows it`() {
    let script = RandomScript(seed: 7)
    let small = script.shrunk { $0.text.contains("this->p1") || $0.text.contains("syscall") }
    #expect(small.text.utf8.count < script.text.utf8.count)
    #expect(small.text.contains("this->p1") || small.text.contains("syscall"))
  }
}
