import Glibc
import RecordingTrials
import Support
import Synchronization

/// Damaged captures, of Culprit's own form and of those of others that say whose packets are, through everything that reads files.
struct RecordingFuzz {
  let count: Int
  let seed: UInt64
  /// What is being tried, for the handler of a crash.
  private static let current = Atomic<UInt64>(0)

  /// Seconds for ten megabytes or less; optimized, as nobody else reads.
  private static let most = 1.0

  func run() throws -> Int32 {
    reportCrashes()
    let mutator = RecordingMutator(try AnnotatedCapture.corpus())
    let path = "/tmp/culprit-fuzz-\(getpid()).pcapng"
    let trial = RecordingTrial(path: path)
    var (slow, slowest, packets, owned, events, damaged) = (0, 0.0, 0, 0, UInt64(0), 0)
    var progress = Progress()
    var tried = 0
    while tried < count, !Fuzz.isOver {
      let number = seed &+ UInt64(tried)
      Self.current.store(number, ordering: .relaxed)
      let (name, bytes) = mutator.bytes(seed: number)
      let result = try trial.run(bytes)
      tried += 1
      slowest = max(slowest, result.seconds)
      packets += result.packets
      owned += result.owned
      events += result.events
      if result.isDamaged { damaged += 1 }
      if result.seconds > Self.most {
        slow += 1
        Fuzz.tell("seed \(number), \(name), \(bytes.count) bytes: \(result.seconds) s")
      }
      progress.tell { "\(tried) captures, \(damaged) of them refused somewhere, \(packets) packets, \(slow) slow" }
    }
    unsafe unlink(path)
    print(
      "recordings: \(tried) captures from seed \(seed) on, \(damaged) of them refused somewhere; \(packets) packets (\(owned) with owners) "
        + "and \(events) events were read; \(slow) took more than a second, the slowest \(Int(slowest * 1000)) ms")
    return slow == 0 ? 0 : 1
  }

  /// A crash says which seed it was; the capture is where it was read.
  private func reportCrashes() {
    for number in [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGABRT] {
      signal(number) { number in
        Fuzz.tell("\nFuzz: signal \(number) at capture \(RecordingFuzz.current.load(ordering: .relaxed))")
        signal(number, SIG_DFL)
        raise(number)
      }
    }
  }
}
