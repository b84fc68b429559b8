import Answers
import Application
import Bytes
import Correlation
import DSemantics
import Events
package import HostVM
package import IR

/// Takes a program's records as they arise; what they do to aggregations they do at once.
protocol RecordSink {
  mutating func take(_ record: RawSpan, _ aggregations: inout some AggregationSource)
  /// Does what commit() and discard() asked for whose records were lost; all records before it were taken.
  mutating func conclude(
    _ speculations: [(ticket: UInt64, commits: Bool)], _ aggregations: inout some AggregationSource)
}

/// A D program over events and packets: the host VM with each probe's inputs.
///
/// `timestamp` and `walltimestamp` are the stream's, as are the moments at which `tick-` probes fire: so a program says of a
/// recording what it said live.
struct HostProgram {
  let program: IR.Program
  private(set) var machine: Machine
  private var probes: HostProbes
  private var inputs: HostInputs
  /// What packets say, where the program has a probe for it and nobody else reads it.
  private var reader: MessageReader?
  private var messages = MessageQueue()
  private var firing = Firing()
  private var records = RecordQueue()
  private var ticks: [Tick]
  /// When the next of them is due, in nanoseconds since 1970.
  private(set) var nextTick = Int64.max
  private var calls: CallAssembly
  private let frames: FrameNames
  /// Probes with a clause that records a stack.
  private let stackProbes: Set<Int>
  /// Stacks that were recorded without having been told.
  private(set) var missingStacks: UInt64 = 0

  private struct Tick {
    var probe: Int
    var period: Int64
    /// Nanoseconds since 1970.
    var due = Int64.max
  }

  /// - Parameter frames: names the frames of the stacks that its records hold.
  init(_ compiled: Compiled, frames: FrameNames) throws(TraceProblem) {
    program = compiled.program
    calls = CallAssembly(compiled.program.callNeeds)
    self.frames = frames
    stackProbes = Set(compiled.program.clauses.filter(\.recordsUserStack).flatMap(\.probes))
    do {
      machine = try Machine(compiled.program)
    } catch {
      throw .fault("this program cannot be run: \(error.violations)")
    }
    probes = HostProbes(compiled)
    inputs = HostInputs(compiled.program)
    ticks = probes.ticks.map { Tick(probe: $0.probe, period: Int64(clamping: $0.period)) }
  }

  /// Fires BEGIN; the first tick is one period away.
  mutating func begin(at time: Instant, into sink: inout some RecordSink) {
    inputs.setNobody(in: &firing, at: time)
    fire(probes.begin, into: &sink)
    for index in ticks.indices { ticks[index].due = time.nanoseconds.addingClamped(ticks[index].period) }
    nextTick = ticks.lazy.map(\.due).min() ?? .max
  }

  /// Fires what is held back, and END.
  mutating func end(at time: Instant, into sink: inout some RecordSink) {
    release(at: time.nanoseconds, isEnd: true, into: &sink)
    inputs.setNobody(in: &firing, at: time)
    fire(probes.end, into: &sink)
  }

  mutating func add(_ interface: String, at index: Int) {
    probes.add(interface, at: index)
    inputs.add(interface, at: index)
  }

  /// What is known of a process's arguments, for `curpsinfo->pr_psargs`, and of its program, for `execpath()`.
  mutating func learn(_ process: ProcessID, arguments: [[UInt8]], executable: [UInt8] = []) {
    inputs.learn(process, arguments: arguments)
    inputs.learn(process, executable: executable)
  }

  /// What `remember()` and `recall()` are about.
  mutating func use(_ history: any HistoryKeeper) { machine.history = history }

  /// Fires the ticks that were due up to `time`, each at its own time, and what was held back for too long.
  mutating func advance(to time: Instant, into sink: inout some RecordSink) {
    release(at: time.nanoseconds, into: &sink)
    tick(upTo: min(time.nanoseconds, calls.holdsFrom ?? .max), into: &sink)
  }

  private mutating func tick(upTo time: Int64, into sink: inout some RecordSink) {
    guard time >= nextTick else { return }
    skipTicks(before: time)
    // A tick beyond the last moment that there is has no time: a stream that says it is there has none either.
    while let index = ticks.indices.min(by: { ticks[$0].due < ticks[$1].due }), ticks[index].due <= time,
      ticks[index].due < .max
    {
      inputs.setNobody(in: &firing, at: Instant(nanoseconds: ticks[index].due))
      ticks[index].due = ticks[index].due.addingClamped(ticks[index].period)
      fire([ticks[index].probe], into: &sink)
    }
    nextTick = ticks.lazy.map(\.due).min() ?? .max
  }

  /// A stream that jumps, as a damaged or a made-up file may, must not keep its ticks firing for years.
  private mutating func skipTicks(before time: Int64) {
    for index in ticks.indices {
      let ahead = time.subtractingReportingOverflow(ticks[index].due)
      guard ahead.overflow || ahead.partialValue / ticks[index].period > Self.mostTicks else { continue }
      guard time > ticks[index].due else { continue }
      ticks[index].due = time - time % ticks[index].period
      skippedTicks &+= 1
    }
  }
  private static let mostTicks: Int64 = 1 << 20
  /// How many times the stream jumped over more ticks than that.
  private(set) var skippedTicks: UInt64 = 0

  /// Fires what the item fires, the ticks that were due before it first.
  /// - Parameter bytes: of a packet its frame.
  mutating func take(_ item: Timeline.Item, _ bytes: RawSpan, into sink: inout some RecordSink) {
    var said: MessageReader.Said?
    if hearsMessages, case .packet(let packet, _) = item {
      if reader == nil { reader = MessageReader() }
      said = reader?.read(packet, bytes)
    }
    take(item, at: item.time, saying: said, into: &sink)
  }

  /// Whether packets, or what was done to a socket, can fire anything: else it need not be told of them.
  var heedsPackets: Bool { calls.needs.any || probes.hasPackets || hearsMessages }
  func heeds(_ action: SocketEvent.Action) -> Bool { calls.needs.any || probes.of(action) >= 0 }

  /// Whether it has a probe for what packets say.
  var hearsMessages: Bool { probes.hasMessages }

  /// The same where somebody reads packets for several programs.
  /// - Parameter time: the item's, which costs something to be asked for.
  mutating func take(
    _ item: Timeline.Item, at time: Instant, saying said: MessageReader.Said?, into sink: inout some RecordSink
  ) {
    if hearsMessages, case .packet = item { messages.append(said) }
    guard calls.needs.any else { return fire(item, at: time, CallDetails(), into: &sink) }
    calls.push(item)
    release(at: time.nanoseconds, into: &sink)
  }

  private mutating func release(at time: Int64, isEnd: Bool = false, into sink: inout some RecordSink) {
    while let (item, details) = calls.pop(at: time, isEnd: isEnd) { fire(item, at: item.time, details, into: &sink) }
  }

  private mutating func fire(
    _ item: Timeline.Item, at time: Instant, _ details: CallDetails, into sink: inout some RecordSink
  ) {
    tick(upTo: time.nanoseconds, into: &sink)
    switch item {
    case .event(let event): fire(event, details, into: &sink)
    case .packet(let packet, let owner):
      inputs.count(packet)
      let probe = probes.of(packet, owner)
      if probe >= 0 {
        inputs.set(packet, owner, in: &firing)
        fire(probe, into: &sink)
      }
      if hearsMessages, let said = messages.next() { fire(said, of: packet, owner, into: &sink) }
    }
  }

  private mutating func fire(
    _ said: MessageReader.Said, of packet: Timeline.Packet, _ owner: Owner, into sink: inout some RecordSink
  ) {
    for message in said.messages {
      let probe = probes.of(message, packet)
      guard probe >= 0 else { continue }
      inputs.set(packet, owner, in: &firing)
      inputs.set(message, said.texts, in: &firing)
      fire(probe, into: &sink)
    }
  }

  private mutating func fire(_ event: Event, _ details: CallDetails, into sink: inout some RecordSink) {
    inputs.learn(event)
    switch event.what {
    case .socket(let what):
      let probe = probes.of(what.action)
      guard probe >= 0 else { return }
      inputs.set(event, in: &firing)
      inputs.set(what, in: &firing)
      fire(probe, into: &sink)
    case .call(let what):
      guard let call = probes.of(what) else { return }
      inputs.set(event, in: &firing)
      inputs.set(what, order: call.order, in: &firing)
      if calls.needs.any { set(details) }
      if call.probe >= 0 { fire(call.probe, into: &sink) }
      if call.failure >= 0, inputs.setFailure(of: what, in: &firing) { fire(call.failure, into: &sink) }
    case .process(let what):
      for probe in probes.of(what) {
        inputs.set(event, in: &firing)
        inputs.set(what, asChild: probe.isChild, in: &firing)
        fire(probe.probe, into: &sink)
      }
      if case .exit = what { machine.threadEnded(event.actor.thread) }
    case .file(let what):
      guard probes.opened >= 0 else { return }
      inputs.set(event, in: &firing)
      inputs.set(what, in: &firing)
      fire(probes.opened, into: &sink)
    case .attachment(let what):
      let probe = probes.of(what)
      guard probe >= 0 else { return }
      inputs.set(event, in: &firing)
      inputs.set(what, in: &firing)
      fire(probe, into: &sink)
    case .resolvers(let addresses, let place):
      guard probes.resolver >= 0 else { return }
      for address in addresses {
        inputs.set(event, in: &firing)
        inputs.set(resolver: address, in: place, &firing)
        fire(probes.resolver, into: &sink)
      }
    case .stack, .state, .descriptors, .container, .loss: break
    }
  }

  private mutating func set(_ details: CallDetails) {
    firing.memory = details.path
    firing.userStack.removeAll(keepingCapacity: true)
    for frame in details.frames { firing.userStack.append(frames.address(of: frame)) }
  }

  private mutating func fire(_ probes: [Int], into sink: inout some RecordSink) {
    for probe in probes { fire(probe, into: &sink) }
  }

  private mutating func fire(_ probe: Int, into sink: inout some RecordSink) {
    var queue = RecordQueue()
    swap(&queue, &records)
    machine.fire(probe, firing) { queue.append($0) }
    if calls.needs.stacks, firing.userStack.isEmpty, !queue.isEmpty, stackProbes.contains(probe) { missingStacks &+= 1 }
    queue.drain(into: &sink, &machine)
    // A clause that faulted after commit() has sent no record.
    if !machine.concludedSpeculations.isEmpty { sink.conclude(machine.concludedSpeculations, &machine) }
    swap(&queue, &records)
  }

  /// Prints the records that were held until now.
  mutating func release(_ output: inout TraceOutput) { output.release(&machine) }

  /// Prints the aggregations that are left.
  mutating func finish(_ output: inout TraceOutput) { output.finish(&machine) }
}

/// The records of one firing, until it is over: what they do to aggregations must not come in between its clauses.
private struct RecordQueue {
  private var bytes: [UInt8] = []
  private var ends: [Int] = []

  var isEmpty: Bool { ends.isEmpty }

  mutating func append(_ record: RawSpan) {
    bytes.append(copying: record)
    ends.append(bytes.count)
  }

  mutating func drain(into sink: inout some RecordSink, _ aggregations: inout some AggregationSource) {
    guard !ends.isEmpty else { return }
    hand(to: &sink, &aggregations)
    bytes.removeAll(keepingCapacity: true)
    ends.removeAll(keepingCapacity: true)
  }

  private func hand(to sink: inout some RecordSink, _ aggregations: inout some AggregationSource) {
    let all = RawSpan(_elements: bytes.span)
    var start = 0
    for end in ends {
      sink.take(all.extracting(start..<end), &aggregations)
      start = end
    }
  }
}

/// The printer's actions on aggregations, done in the machine's tables.
extension Machine: AggregationSource {
  package mutating func entries(of aggregation: Aggregation.ID) -> [AggregationEntry] {
    aggregationEntries(aggregation)
  }
}

extension Int64 {
  /// `self + other`, at most the largest number: times in recordings are anybody's.
  fileprivate func addingClamped(_ other: Int64) -> Int64 {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }
}
