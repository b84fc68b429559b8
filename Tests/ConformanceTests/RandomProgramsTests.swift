import BPFCode
import EngineBench
import Foundation
import HostVM
import IR
import Support
import Testing

/// The same random programs with the same random inputs in both engines: every record, variable and aggregation is compared.
/// `CULPRIT_RANDOM_PROGRAMS` says how many, `CULPRIT_RANDOM_SEED` where to begin.
@Suite(.serialized, .live, .enabled(if: Bench.allowed, "needs root and the kernel's types"))
struct RandomProgramsTests {
  private static func setting(_ name: String) -> UInt64? {
    ProcessInfo.processInfo.environment["CULPRIT_RANDOM_" + name].flatMap { UInt64($0) }
  }

  @Test func `live: a random program answers the same in the host VM and in the kernel`() throws {
    let first = Self.setting("SEED") ?? 1
    let block = try KernelBlock(size: RandomProgram.blockSize)
    for seed in first..<first + (Self.setting("PROGRAMS") ?? 60) {
      let program = RandomProgram.make(seed: seed, steps: 24, inputs: .context)
      try #require(program.violations() == [], "seed \(seed)")
      let trial = try Trial(program, seed: seed, block: block)
      for difference in try trial.differences(firings: 12) {
        Issue.record("seed \(seed): \(difference)")
      }
    }
  }
}
