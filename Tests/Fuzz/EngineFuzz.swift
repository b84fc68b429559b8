import EngineTrials

/// Random D programs, each in the host VM and in the kernel.
struct EngineFuzz {
  let count: Int
  let seed: UInt64

  func run() throws -> Int32 {
    var (programs, data, faults, refused, different, passing) = (0, 0, 0, 0, 0, 0)
    var reasons: [String: Int] = [:]
    var kinds: [String: Int] = [:]
    let stage = try KernelStage()
    var progress = Progress()
    if !Grammar.usable.refused.isEmpty {
      Fuzz.tell("not in this compiler's language:\n  " + Grammar.usable.refused.joined(separator: "\n  "))
    }
    while programs + refused < count, !Fuzz.isOver {
      let script = RandomScript(seed: seed &+ UInt64(programs + refused))
      switch ScriptTrial(script, on: stage).outcome() {
      case .same(let records, let failures):
        data += records
        faults += failures
        programs += 1
      case .refused(let reason):
        refused += 1
        let first = reason.split(separator: "\n").first.map(String.init) ?? ""
        let words = first.drop { $0 != "[" }
        reasons[String(words), default: 0] += 1
      // Where memory is short, or another program is at the thread's storage on this CPU, the kernel has no room for a variable at times,
      // and says so; the same program then has it.
      case .different(let what) where what.hasPrefix("drops:") && isSame(script, on: stage):
        programs += 1
        passing += 1
      case .different(let what):
        programs += 1
        different += 1
        show(script, what, &kinds, on: stage)
      }
      let seconds = progress.seconds
      progress.tell {
        "\(programs) programs, \(data) records, \(faults) faults, \(different) differences, \(refused) refused, "
          + "\(Int(Double(programs) / seconds)) a second"
      }
    }
    print(
      "engines: \(programs) random programs from seed \(seed) on, \(data) records of data and \(faults) of faults, "
        + "\(different) differences; \(passing) had a drop the first time only; \(refused) were none; \(Int(progress.seconds)) s"
    )
    for (reason, number) in reasons.sorted(by: { $0.value > $1.value }).prefix(12) {
      Fuzz.tell("  refused \(number) times: \(reason)")
    }
    return different == 0 ? 0 : 1
  }

  private func isSame(_ script: RandomScript, on stage: KernelStage) -> Bool {
    if case .same = ScriptTrial(script, on: stage).outcome() { true } else { false }
  }

  /// Prints a difference with its program, as small as it becomes; of each kind a few.
  private func show(_ script: RandomScript, _ what: String, _ kinds: inout [String: Int], on stage: KernelStage) {
    let kind = String(what.split(separator: "\n").first?.prefix(40) ?? "")
    kinds[kind, default: 0] += 1
    Fuzz.tell("\nseed \(script.seed): \(what.prefix(600))")
    guard kinds[kind]! <= 3, kinds.values.reduce(0, +) < 40 else { return }
    let isLoading = what.contains("verifier") || what.contains("bpf(")
    let small = script.shrunk { candidate in
      guard !Fuzz.isOver else { return false }
      guard case .different(let other) = ScriptTrial(candidate, on: stage).outcome() else { return false }
      return isLoading == (other.contains("verifier") || other.contains("bpf("))
    }
    Fuzz.tell(small.shown)
    if case .different(let what) = ScriptTrial(small, on: stage).outcome() { Fuzz.tell(String(what.prefix(800))) }
  }
}
