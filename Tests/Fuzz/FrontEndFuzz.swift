import CompilerTrials
import DSemantics
import EngineBench
import Glibc
import Support
import Synchronization

/// Odd and wrong D texts through the compiler.
struct FrontEndFuzz {
  let count: Int
  let seed: UInt64
  /// What is being tried, for the handler of a crash.
  private static let current = Atomic<UInt64>(0)

  /// Bytes of the odd texts: none takes more than a second.
  #if DEBUG
    private static let oddSize = 300_000
  #else
    private static let oddSize = 10 << 20
  #endif
  private static let most = 1.0

  func run() throws -> Int32 {
    let trial = CompilerTrial(types: (try? Bench.types.get()).map { BTFTypes($0) } ?? NoKernelTypes())
    reportCrashes()
    var (slow, slowest, programs, complaints) = (0, 0.0, 0, 0)
    for size in [1000, 100_000, Self.oddSize] {
      for (index, odd) in OddText.all(size: size).enumerated() where !Fuzz.isOver {
        Self.current.store(UInt64(index), ordering: .relaxed)
        let result = trial.run(odd.text)
        slowest = max(slowest, result.seconds)
        guard result.seconds > Self.most else { continue }
        slow += 1
        Fuzz.tell("\(odd.name), \(odd.text.count) bytes: \(result.seconds) s")
      }
    }
    let mutator = TextMutator(CompilerTrial.corpus(try ConformanceRow.all().map(\.program)))
    var progress = Progress()
    var tried = 0
    while tried < count, !Fuzz.isOver {
      let number = seed &+ UInt64(tried)
      Self.current.store(number, ordering: .relaxed)
      let text = mutator.text(seed: number)
      let result = trial.run(text)
      tried += 1
      slowest = max(slowest, result.seconds)
      complaints += result.complaints
      if result.isProgram { programs += 1 }
      if result.seconds > Self.most {
        slow += 1
        Fuzz.tell("seed \(number): \(result.seconds) s\n" + String(decoding: text.prefix(2000), as: UTF8.self))
      }
      progress.tell { "\(tried) texts, \(programs) of them programs, \(complaints) complaints, \(slow) slow" }
    }
    print(
      "front end: \(tried) texts from seed \(seed) on, \(programs) of them programs, \(complaints) complaints; \(slow) took more "
        + "than a second, the slowest \(Int(slowest * 1000)) ms")
    return slow == 0 ? 0 : 1
  }

  /// A crash says which seed it was.
  private func reportCrashes() {
    for number in [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGABRT] {
      signal(number) { number in
        Fuzz.tell("\nFuzz: signal \(number) at text \(FrontEndFuzz.current.load(ordering: .relaxed))")
        signal(number, SIG_DFL)
        raise(number)
      }
    }
  }
}
