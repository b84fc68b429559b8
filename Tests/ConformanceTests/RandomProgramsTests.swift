import BPFCode
import EngineBench
import EngineTrials
import Foundation
import HostVM
import IR
import Support
import Testing

/// The same random programs with the same random inputs in both engines: every record, variable and aggregation is compared.
/// `CULPRIT_RANDOM_PROGRAMS` says how many, `CULPRIT_RANDOM_SEED` where to begin, `CULPRIT_RANDOM_STEPS` how long they are.
@Suite(.serialized, .live, .enabled(if: Bench.allowed, "needs root and the kernel's types"))
struct RandomProgramsTests {
  private static func setting(_ name: String) -> UInt64? {
    ProcessInfo.processInfo.environment["CULPRIT_RANDOM_" + name].flatMap { UInt64($0) }
  }

  @Test func `live: a random program answers the same in the host VM and in the kernel`() throws {
    let first = Self.setting("SEED") ?? 1
    let steps = Int(Self.setting("STEPS") ?? 24)
    let block = try KernelBlock(size: RandomProgram.blockSize)
    var (data, faults) = (0, 0)
    for seed in first..<first + (Self.setting("PROGRAMS") ?? 150) {
      let program = RandomProgram.make(seed: seed, steps: steps, inputs: .context)
      try #require(program.violations() == [], "seed \(seed)")
      let trial = try Trial(program, seed: seed, block: block)
      for difference in try trial.differences(firings: 24) {
        Issue.record("seed \(seed): \(difference)")
      }
      data += trial.data
      faults += trial.faults
    }
    // Programs that mostly fault would compare little.
    print("random programs: \(data) records of data and \(faults) of faults were the same")
    #expect(faults > 0 && data > faults)
  }
}
