import Correlation
import Events
import Processes
import Recording

/// A D program with clauses on packets, live: they and what shares something with them run here, the others in the kernel.
struct SplitTrace: ~Copyable, Observer {
  private var here: HostTrace
  private var inKernel: KernelTrace?
  private let announce: () -> Void
  /// Why the kernel's part ended early.
  private var problem: TraceProblem?

  init(here: HostTrace, inKernel: consuming KernelTrace?, announce: @escaping () -> Void) {
    self.here = here
    self.inKernel = inKernel
    self.announce = announce
    let header = SharedHeader()
    self.here.share(header)
    self.inKernel?.share(header)
  }

  var isDone: Bool {
    if here.isDone || problem != nil { return true }
    switch inKernel {
    case .some(let kernel): return kernel.isOver
    case .none: return false
    }
  }

  var patience: Int {
    switch inKernel {
    case .some(let kernel): min(here.patience, kernel.patience)
    case .none: here.patience
    }
  }

  mutating func begin(at time: Instant) {
    attempt { (kernel) throws(TraceProblem) in try kernel.begin() }
    announce()
    here.begin(at: time)
  }

  mutating func add(_ interface: RecordedInterface, at index: Int) { here.add(interface, at: index) }

  mutating func learn(_ process: ProcessRecord) { here.learn(process) }

  mutating func take(_ item: Timeline.Item, _ bytes: RawSpan) { here.take(item, bytes) }

  mutating func pause(at time: Instant) {
    attempt { (kernel) throws(TraceProblem) in try kernel.pass() }
    here.pause(at: time)
  }

  /// Ends both parts; the kernel's prints first.
  mutating func finish(_ end: ObservationEnd) throws(TraceProblem) -> TraceEnd {
    if let problem { throw problem }
    attempt { (kernel) throws(TraceProblem) in try kernel.finish(wasInterrupted: end.wasInterrupted) }
    here.finish(at: end.time, wasInterrupted: end.wasInterrupted && inKernel == nil)
    if let problem { throw problem }
    let status = inKernel?.exitStatus ?? 0
    return TraceEnd(exitStatus: status == 0 ? here.exitStatus : status)
  }

  private mutating func attempt(_ body: (inout KernelTrace) throws(TraceProblem) -> Void) {
    guard problem == nil, inKernel != nil else { return }
    do {
      try body(&inKernel!)
    } catch {
      problem = error
    }
  }
}
