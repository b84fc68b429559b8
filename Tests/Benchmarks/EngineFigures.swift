import AllocationCount
import DSemantics
import DSyntax
import HostVM
import IR
import Probes
import SampleTraffic
import Source

/// What a firing costs in the host VM: a predicate of two comparisons, then a sum under two keys.
func measureEngine() throws {
  heading("nanoseconds a firing in the host VM", goal: "100, no allocation")
  print("  \(EngineSample.text)")
  var sample = try EngineSample()
  sample.fire(rounds: 20)
  var times = Samples()
  for _ in 0..<25 {
    let start = processorTime()
    sample.fire(rounds: 20)
    times.values.append(Double(processorTime() - start) / Double(20 * EngineSample.firings))
  }
  report("culprit", times, "ns")
  let before = allocation_count()
  sample.fire(rounds: 20)
  let allocations = Double(allocation_count() - before) / Double(20 * EngineSample.firings)
  Gates.show(allocations, "allocations a firing", decimals: 4, atMost: 0)
  try reportInstructions("engine", each: EngineSample.firings, of: "firing", atMost: 850)
}

/// A D program and what fires it.
struct EngineSample {
  static let text = "syscall::write:entry /pid == 1000 && arg2 > 64/ { @[arg0, probefunc] = sum(arg2); }"
  static let firings = 1024

  private var machine: Machine
  /// Refilled for each, as `Firing` wants it.
  private var firing = Firing()
  private let pids: [UInt32]
  /// What was fed of the calls' arguments: descriptor and size.
  private let arguments: [(UInt64, UInt64)]

  init() throws {
    let source = SourceText(Self.text, name: "benchmark")
    var found = Diagnostics()
    let script = parse(source, macros: MacroValues(arguments: ["benchmark"], named: [:]), reporting: &found)
    let compiled = compile(
      script, catalog: Catalog([syscallProvider(solaris: false)], translators: []), types: NoKernelTypes(),
      options: Options(), engine: .host, reporting: &found)
    guard let compiled else {
      throw Launch.Failure(description: found.all.map { $0.rendered(in: source) }.joined(separator: "\n"))
    }
    machine = try Machine(compiled.program, seed: 1)
    var random = SplitMix(seed: 3)
    pids = (0..<Self.firings).map { _ in random.next() % 4 == 0 ? 1001 : 1000 }
    arguments = (0..<Self.firings).map { _ in (random.next() % 16, random.next() % 1500) }
    firing.integers = [UInt64](repeating: 0, count: 10)
  }

  /// Runs the clause for each of the firings, so many times.
  mutating func fire(rounds: Int) {
    for _ in 0..<rounds {
      for index in 0..<Self.firings {
        firing.pid = pids[index]
        firing.integers[0] = arguments[index].0
        firing.integers[2] = arguments[index].1
        machine.fire(0, firing) { _ in }
      }
    }
  }
}
