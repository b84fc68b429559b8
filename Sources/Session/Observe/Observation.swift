import Capture
import Correlation
import Events
import Files
import Glibc
import Kernel
import Processes
package import Recording
import Time

/// What a live run is asked to look at.
package struct ObservationRequest: Sendable {
  /// Interfaces to capture from, and libpcap's filter for them.
  package var interfaces: [String] = []
  package var filter = ""
  /// Where there is no such filter: one that lets through all that the observer wants, so that the rest stays in the kernel.
  package var prefilter = ""
  /// A process whose files, calls and stacks are watched too.
  package var target: UInt32?
  /// A command that is started for the run, and watched so.
  package var command: String?
  /// Nanoseconds; nil until somebody ends it.
  package var duration: Int64?
  /// Tell only of the network namespaces that the target and the interfaces are in, and of what the target starts.
  package var isLocal = false
  /// Without a target, watch whoever holds or makes a packet socket.
  package var watchesSniffers = false
  /// Read the interfaces' own counters at the beginning and at the end, and hand them to the observer.
  package var readsInterfaces = false
  /// System calls and opened files that a D program asks for, whoever makes them; the target's own are then not told besides.
  package var calls: [CallFeed]?
  /// Tell too what is attached to interfaces and programs, whom the machine asks for names, and what goes on from connections to other programs.
  package var looksAround = true
  /// Nanoseconds that the run may stay behind what happens. Calls that are older are then left out, of packets and of what comes with each packet what
  /// is twice as old, and counted; nil where to be late is better than to miss something.
  package var mostBehind: Int64?
  /// Nanoseconds that what lies unread in a socket's queue is waited with, and all that comes after it, until it is known who reads it. Who
  /// looks on is not to see things late; a recording may say later what is right.
  package var patience: Int64 = 1_000_000_000
  package init() {}
}

/// A live run: the kernel's events and the interfaces' packets, each with its owner, in the one order of time.
///
///     var observation = try Observation(request)                // everything is in place, nothing is seen yet
///     let end = try observation.run(&observer) { progress in }   // until the time is up or somebody ends it
package struct Observation: ~Copyable {
  /// The process that is watched: the request's, or its command's.
  package let target: UInt32?
  private let duration: Int64?
  private let readsInterfaces: Bool
  private let mostBehind: Int64?
  private let patience: Int64
  private let child: Child?
  private var captures: Captures
  private var feed: LiveFeed
  private var inspector: Inspector
  private var surroundings: Surroundings
  private let waker: Waker

  /// Opens all that is needed; the command waits at its gate.
  package init(_ request: ObservationRequest) throws(TraceProblem) {
    let child = try request.command.map { command throws(TraceProblem) in try startChild(command) }
    try self.init(request, child: child)
  }

  /// The same for a command that waits at its gate already.
  init(_ request: ObservationRequest, child: Child?) throws(TraceProblem) {
    let types = try kernelTypes()
    let target = child.map { UInt32($0.pid) } ?? request.target
    if child == nil, let pid = target { try requireProcess(pid) }
    let captures = try Captures(request.interfaces, filter: request.filter, prefilter: request.prefilter)
    let choice = FeedChoice(request, target: target)
    let feed = try LiveFeed(choice, types: types)
    let waker = try interrupted()
    self.target = target
    duration = request.duration
    readsInterfaces = request.readsInterfaces
    mostBehind = request.mostBehind
    patience = request.patience
    self.child = child
    self.captures = captures
    self.feed = feed
    inspector = Inspector(choice, own: Self.ownPIDs)
    surroundings = Surroundings(own: [UInt32(getpid())], looks: request.looksAround)
    self.waker = waker
  }

  /// This process and those that began it, which may hold an end of anything.
  fileprivate static var ownPIDs: Set<UInt32> {
    let own = UInt32(getpid())
    return Set([own] + ancestors(of: own).map(\.pid))
  }

  /// The interfaces that are captured from, as a recording describes them.
  package var interfaces: [RecordedInterface] { captures.interfaces }

  /// Hands everything to the observer until the time is up, the command has ended, the process is gone, the observer has
  /// seen enough or somebody interrupts.
  package mutating func run(
    _ observer: inout some Observer & ~Copyable, progress report: (ObservationProgress) -> Void = { _ in }
  ) throws(TraceProblem) -> ObservationEnd {
    // From here on every event is seen or counted. To find what is open already may take a second on a busy machine; packets
    // count from then on, because before nobody knows whose they are.
    var stream = Stream(at: Instant(nanoseconds: Clock.realtime.now), patience: patience)
    stream.know(captures)
    try feed.begin()
    // What waits there was captured before the beginning; it must not take the room of what comes after.
    captures.empty()
    let reading = readsInterfaces ? Self.readInterfaces() : nil
    let beginning = reading?.to ?? Instant(nanoseconds: Clock.realtime.now)
    captures.begin(at: beginning)
    // Who is watched is looked at before anybody hears that it is: it may be gone the next moment.
    stream.inspect(&inspector, &surroundings, feed)
    observer.begin(at: beginning)
    if let reading { observer.note(reading) }
    for (index, interface) in interfaces.enumerated() { observer.add(interface, at: index) }
    repeat { stream.fill(&feed, &inspector, &surroundings, &captures) } while stream.lags(behind: beginning)
    child?.release()

    var ended: ObservationEnd.Reason?
    var ending = Instant.latest
    let start = Clock.monotonic.now
    var reported = start
    var counted = Int64.min
    while true {
      stream.fill(&feed, &inspector, &surroundings, &captures, mostBehind: ended == nil ? mostBehind : nil)
      if observer.countsAlong, counted == .min || Clock.monotonic.now &- counted >= captureDelay {
        counted = Clock.monotonic.now
        observer.count(counters(stream, at: Instant(nanoseconds: Clock.realtime.now)))
      }
      // Kernel events may be a capture's timeout older than the packets that are read with them.
      let isLast = ended != nil && !stream.lags(behind: ending)
      let read = stream.readUpTo
      stream.learn(feed.lostEvents(afresh: isLast))
      stream.drain(isLast ? .latest : read.earlier(by: captureDelay), &captures, to: &observer)
      observer.pause(
        at: isLast ? Instant(nanoseconds: Clock.realtime.now) : stream.handedOutUpTo(read.earlier(by: captureDelay)))
      if observer.isDone { ended = ended ?? .observerDone }
      if isLast || observer.isDone { break }
      stream.progress.elapsed = Clock.monotonic.now &- start
      if Clock.monotonic.now &- reported >= 1_000_000_000 {
        reported = Clock.monotonic.now
        stream.know(captures)
        report(stream.progress)
        feed.lookAgain()
      }
      if ended != nil { continue }
      ended = reasonToEnd(since: start, &observer)
      if ended != nil {
        if readsInterfaces { observer.note(Self.readInterfaces()) }
        feed.lookAgain()
        stream.inspect(&inspector, &surroundings, feed, isEnd: true)
        endFeed()
        ending = Instant(nanoseconds: Clock.realtime.now)
        continue
      }
      if stream.waits { continue }
      // Two runs that hear each other's calls would wake each other without end, and a record that is not finished yet keeps its ring
      // readable: however often something comes, it is asked for some hundred times a second.
      usleep(rest)
      _ = try? readable([feed.descriptor, waker.descriptor] + captures.descriptors, within: min(50, observer.patience))
      waker.reset()
    }
    feed.end()
    endCommand()
    return end(stream, ended ?? .observerDone)
  }

  private static func readInterfaces() -> InterfaceReading {
    let reading = interfaceCounters { Clock.realtime.now }
    return InterfaceReading(
      counters: reading.counters, from: Instant(nanoseconds: reading.from), to: Instant(nanoseconds: reading.to))
  }

  /// No event is told of from here on. What is still on its way comes within the capture's timeout; then the rest is handed out.
  private mutating func endFeed() {
    feed.end()
    usleep(30_000)
  }

  /// A command that still runs ends with the run, and with it all that it started.
  private func endCommand() {
    guard let child else { return }
    child.terminate()
    for pid in inspector.descendants(of: UInt32(child.pid)) { kill(pid_t(pid), SIGTERM) }
  }

  private func reasonToEnd(
    since start: Int64, _ observer: inout some Observer & ~Copyable
  ) -> ObservationEnd.Reason? {
    for signal in Interrupts.take() where !observer.goesOn(after: signal) { return .interrupted(signal: signal) }
    if let failure = captures.failure { return .captureFailed(failure) }
    if let duration, Clock.monotonic.now &- start >= duration { return .timeUp }
    if let child { return child.status().map { .commandEnded(status: $0) } }
    if let target, kill(pid_t(target), 0) != 0, errno == ESRCH { return .targetGone }
    return nil
  }

  private mutating func end(_ stream: Stream, _ reason: ObservationEnd.Reason) -> ObservationEnd {
    let time = Instant(nanoseconds: Clock.realtime.now)
    var end = ObservationEnd(reason: reason, progress: stream.progress, time: time)
    let counters = counters(stream, at: time)
    end.statistics = counters.statistics
    end.stageLosses = counters.losses
    for counters in end.statistics {
      let name = interfaces[counters.interface].fullName
      if let count = counters.interfaceDropped { end.interfaceLosses.append((name + " interface", count)) }
      if let count = counters.systemDropped { end.interfaceLosses.append((name + " kernel", count)) }
    }
    return end
  }

  private mutating func counters(_ stream: Stream, at time: Instant) -> StageCounters {
    var counters = StageCounters()
    counters.statistics = captures.statistics(at: time)
    counters.losses = stream.losses + feed.losses() + [("unfollowed", inspector.unfollowed)]
    return counters
  }
}

/// Microseconds between what was read and the next wait. Two recorders that watched each other lost 318,000 calls in four seconds without.
private let rest: UInt32 = 2000

/// Nanoseconds that the kernel may keep a packet before it hands it over, with room to spare.
private let captureDelay: Int64 = 100_000_000

/// The two ways that meet: what waits, and what was handed out.
private struct Stream {
  private var correlator = Correlator()
  private var timeline: Timeline
  private var toldLosses = ToldLosses()
  private var events = ReadingPosition()
  private var packets = ReadingPosition()
  var progress = ObservationProgress()

  /// What a pass may take, in nanoseconds, and how much is read of one way before the other is looked at. However fast things happen,
  /// what was read is handed out, and written, some times a second.
  private static let pass: Int64 = 50_000_000
  private static let turn = 256

  init(at time: Instant, patience: Int64) {
    timeline = Timeline(patience: patience)
    correlator.begin(at: time)
    correlator.hearsReaders = true
    correlator.hearsSenders = true
  }

  /// What happened before has been handed out when all is read up to `time`.
  func handedOutUpTo(_ time: Instant) -> Instant {
    min(time.earlier(by: timeline.lookahead), Instant(nanoseconds: timeline.waitingSince ?? .max))
  }

  /// Reads what waits, by turns of whichever way is behind the other, until nothing does or the pass is over.
  mutating func fill(
    _ feed: inout LiveFeed, _ inspector: inout Inspector, _ surroundings: inout Surroundings,
    _ captures: inout Captures,
    mostBehind: Int64? = nil
  ) {
    let end = Clock.monotonic.now &+ Self.pass
    // Calls are left out first: no packet's owner rests on them.
    func isLate(_ position: inout ReadingPosition, _ now: Int64) -> Bool {
      position.isTooLate(at: now, by: mostBehind.map { 2 * $0 }, still: true)
    }
    events.lookAgain()
    packets.lookAgain()
    while waits, Clock.monotonic.now < end {
      let now = Clock.realtime.now
      if events.waits, !packets.waits || events.time <= packets.time {
        let frequent: FeedClause.Frequency =
          !events.isTooLate(at: now, by: mostBehind) ? .ofCalls : isLate(&events, now) ? .rare : .ofPackets
        let leftOut = feed.drain(atMost: Self.turn, &events, upTo: frequent) { event in
          if inspector.takeIn(event, in: captures.namespace) { timeline.push(event) }
          surroundings.note(event) { timeline.push($0) }
        }
        timeline.miss(events: leftOut.events, calls: leftOut.calls)
        inspect(&inspector, &surroundings, feed)
      } else if isLate(&packets, now) {
        timeline.miss(packets: captures.skip(atMost: Self.turn, &packets))
      } else {
        captures.drain(&timeline, atMost: Self.turn, &packets)
      }
    }
  }

  /// Whether something waited when the last pass was over.
  var waits: Bool { events.waits || packets.waits }

  /// What happened before has been read.
  var readUpTo: Instant { min(events.time, packets.time) }

  /// Whether there is something to be read yet of what happened before `time`.
  func lags(behind time: Instant) -> Bool { waits && readUpTo < time }

  mutating func inspect(
    _ inspector: inout Inspector, _ surroundings: inout Surroundings, _ feed: borrowing LiveFeed, isEnd: Bool = false
  ) {
    surroundings.look(at: Clock.realtime.now, isEnd: isEnd) { timeline.push($0) }
    inspector.look(at: Clock.realtime.now, isEnd: isEnd) { timeline.push($0) }
    feed.follow(inspector.takeFound())
  }

  /// Which addresses are this machine's own: what comes from and goes to others is forwarded. They may change while a run lasts.
  mutating func know(_ captures: borrowing Captures) {
    let routes = captures.routes
    correlator.know(
      addresses: captures.addresses, prefixes: routes.prefixes, broadcasts: routes.broadcasts,
      hardware: captures.hardware, in: captures.namespace)
  }

  /// Hands out what is due when nothing older than `time` will come; everything for `.latest`.
  mutating func drain(
    _ time: Instant, _ captures: inout Captures, to observer: inout some Observer & ~Copyable
  ) {
    var count = ObservationProgress()
    timeline.drain(upTo: time, with: &correlator) { item in
      switch item {
      case .event: count.events &+= 1
      case .packet: count.packets &+= 1
      }
      captures.hand(item, to: &observer)
    }
    progress.events &+= count.events
    progress.packets &+= count.packets
  }

  /// What the kernel lost of events until now, before the packets of that time are asked about.
  mutating func learn(_ losses: [(stage: String, count: UInt64)]) { toldLosses.tell(losses, to: &correlator) }

  /// Late are those that came when packets before them in time, or within `lookahead` before, had their owners already.
  var losses: [(stage: String, count: UInt64)] {
    let counts = timeline.statistics
    return [
      ("timeline-packets", counts.lostPackets), ("timeline-events", counts.lostEvents),
      ("timeline-calls", counts.lostCalls),
      ("timeline-late", counts.lateEvents), ("translated", correlator.forgottenPassers),
    ]
  }
}

extension Instant {
  fileprivate static let latest = Instant(nanoseconds: .max)
  fileprivate func earlier(by nanoseconds: Int64) -> Instant { Instant(nanoseconds: self.nanoseconds &- nanoseconds) }
}

/// Fails when there is no such process.
func requireProcess(_ pid: UInt32) throws(TraceProblem) {
  if kill(pid_t(pid), 0) != 0, errno == ESRCH { throw .input("there is no process \(pid)") }
}

extension FeedChoice {
  /// What the kernel is asked for. Whoever reads a pipe that the target writes is watched from the beginning.
  fileprivate init(_ request: ObservationRequest, target: UInt32?) {
    self.init(target: request.calls == nil ? target : nil)
    calls = request.calls ?? []
    own = UInt32(getpid())
    surroundings = request.looksAround
    guard calls.isEmpty else { return }
    watchesSniffers = target == nil && request.watchesSniffers
    if let target {
      let pipes = openDescriptors(of: target).filter { $0.kind == .pipe && $0.canWrite }.map(\.inode)
      let own = Observation.ownPIDs
      readers = Processes.readers(ofPipes: Set(pipes)).filter { $0 != target && !own.contains($0) }
      let tree = processTree(of: target)
      files = tree.reduce(into: []) { $0.formUnion(filesToWrite(of: $1)) }
      fileReaders = Processes.readers(ofFiles: files).filter { !tree.contains($0) && !own.contains($0) }
    }
    guard request.isLocal else { return }
    let places = (request.interfaces.isEmpty ? [] : ["self"]) + (target.map { ["\($0)"] } ?? [])
    namespaces = Array(
      Set(places.compactMap { identity(of: "/proc/\($0)/ns/net") }.map { UInt32(truncatingIfNeeded: $0.inode) }))
  }
}
