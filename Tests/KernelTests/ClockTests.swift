import Events
import Kernel
import Testing
import Time

struct ClockTests {
  /// Clocks that are read in the order of the script; each read takes the time that the script says.
  final class Scripted {
    var monotonic: Int64
    var steps: [Int64]
    let real: Int64
    let boot: Int64
    init(monotonic: Int64, real: Int64, boot: Int64, steps: [Int64]) {
      (self.monotonic, self.real, self.boot, self.steps) = (monotonic, real, boot, steps)
    }
    func read(_ clock: Clock) -> Int64 {
      if !steps.isEmpty { monotonic += steps.removeFirst() }
      switch clock {
      case .monotonic: return monotonic
      case .realtime: return monotonic + real
      case .boottime: return monotonic + boot
      }
    }
  }

  @Test func `the tightest of several readings is taken`() {
    // Three tries of four reads: 300, 30 and 3,000 wide.
    let clocks = Scripted(
      monotonic: 1000, real: 5_000_000, boot: 70, steps: [0, 100, 100, 100, 0, 10, 10, 10, 0, 1000, 1000, 1000])
    let pairing = ClockPairing(tries: 3, clocks.read)
    #expect(pairing.uncertainty == 30)
    #expect(abs(pairing.fromMonotonic - 5_000_000) <= 30)
    #expect(abs(pairing.fromBoottime - (5_000_000 - 70)) <= 30)
  }

  @Test func `a time before the wall clock was set keeps its old meaning`() {
    var clocks = Clocks(ClockPairing(tries: 1, Scripted(monotonic: 1000, real: 1_000_000, boot: 0, steps: []).read))
    #expect(clocks.instant(monotonic: 1500) == Instant(nanoseconds: 1_001_500))
    // Nothing moved.
    #expect(
      clocks.pairAgain(ClockPairing(tries: 1, Scripted(monotonic: 2000, real: 1_000_000, boot: 0, steps: []).read)) == 0
    )
    // Set back by a second at 3,000.
    let moved = clocks.pairAgain(
      ClockPairing(tries: 1, Scripted(monotonic: 3000, real: 1_000_000 - 1_000_000_000, boot: 0, steps: []).read))
    #expect(moved == -1_000_000_000)
    #expect(clocks.instant(monotonic: 2500) == Instant(nanoseconds: 1_002_500))
    #expect(clocks.instant(monotonic: 3500) == Instant(nanoseconds: 1_003_500 - 1_000_000_000))
  }

  @Test func `sleep moves boot time against monotonic time only`() {
    var clocks = Clocks(ClockPairing(tries: 1, Scripted(monotonic: 1000, real: 900_000, boot: 0, steps: []).read))
    // Slept 5,000: boot and wall time went on.
    clocks.pairAgain(ClockPairing(tries: 1, Scripted(monotonic: 2000, real: 905_000, boot: 5000, steps: []).read))
    #expect(clocks.instant(boottime: 1500) == Instant(nanoseconds: 901_500))
    #expect(clocks.instant(boottime: 7500) == Instant(nanoseconds: 907_500))
    #expect(clocks.instant(monotonic: 2500) == Instant(nanoseconds: 907_500))
  }

  @Test func `this machine's clocks agree with each other`() {
    let clocks = Clocks()
    let (before, monotonic, after) = (Clock.realtime.now, Clock.monotonic.now, Clock.realtime.now)
    let instant = clocks.instant(monotonic: UInt64(monotonic)).nanoseconds
    #expect(instant >= before - clocks.current.uncertainty && instant <= after + clocks.current.uncertainty)
  }
}
