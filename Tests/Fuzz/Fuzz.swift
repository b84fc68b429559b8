import EngineBench
import Glibc
import Synchronization

/// Looks for what nobody thought of, for as long as one likes:
///
///     Fuzz engines   [COUNT [SEED]]    random D programs in both engines
///     Fuzz front-end [COUNT [SEED]]    wrong and odd D texts through the compiler
///     Fuzz recordings [COUNT [SEED]]   damaged captures through everything that reads them
///
/// Progress and what is found go to standard error, the result to standard output; Ctrl-C ends it with the result so far.
/// Exits with 1 where something was found.
@main struct Fuzz {
  private static let interrupted = Atomic<Bool>(false)
  /// Ctrl-C came.
  static var isOver: Bool { interrupted.load(ordering: .relaxed) }

  static func main() throws {
    let words = Array(CommandLine.arguments.dropFirst())
    let count = words.count > 1 ? Int(words[1]) : .max
    let seed = words.count > 2 ? UInt64(words[2]) : 1
    guard let kind = words.first, let count, let seed else { usage() }
    signal(SIGINT) { _ in Fuzz.interrupted.store(true, ordering: .relaxed) }
    switch kind {
    case "engines":
      guard Bench.allowed else {
        print("Fuzz: the engines are compared by root, on a kernel that has its types")
        exit(4)
      }
      exit(try EngineFuzz(count: count, seed: seed).run())
    case "front-end": exit(try FrontEndFuzz(count: count, seed: seed).run())
    case "recordings": exit(try RecordingFuzz(count: count, seed: seed).run())
    default: usage()
    }
  }

  static func usage() -> Never {
    print("usage: Fuzz engines|front-end|recordings [COUNT [SEED]]")
    exit(2)
  }

  static func tell(_ text: String) {
    var line = text + "\n"
    line.withUTF8 { bytes in _ = unsafe write(2, bytes.baseAddress, bytes.count) }
  }
}

/// Says how far it is, every so many seconds.
struct Progress {
  private let clock = ContinuousClock()
  private let start: ContinuousClock.Instant
  private var told: ContinuousClock.Instant

  init() {
    start = clock.now
    told = start
  }

  /// Seconds since the start.
  var seconds: Double {
    let (whole, parts) = (clock.now - start).components
    return Double(whole) + Double(parts) / 1e18
  }

  mutating func tell(_ text: () -> String) {
    guard clock.now - told > .seconds(5) else { return }
    told = clock.now
    Fuzz.tell(text())
  }
}
