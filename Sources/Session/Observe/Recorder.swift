import Capture
import Correlation
import Dissection
package import Events
import Files
import Glibc
import Kernel
import Processes
import Recording
import Time

/// What a recording is asked to hold.
package struct RecordRequest: Sendable {
  package var path = ""
  package var interfaces: [String] = []
  package var target: UInt32?
  package var command: String?
  /// Nanoseconds; nil until somebody ends it.
  package var duration: Int64?
  /// libpcap's syntax.
  package var filter = ""
  package init() {}
}

/// What a recording came to.
package struct RecordSummary: Sendable {
  package var packets: UInt64 = 0
  package var events: UInt64 = 0
  package var attributed: UInt64 = 0
  package var losses: [(stage: String, count: UInt64)] = []
  /// The file could not be written to its end: why.
  package var problem: String?
}

/// Records packets with their owners, and what processes do, until the time is up, the command has ended or somebody interrupts.
/// - Parameter watch: sees every event and every packet with its owner, in the order of time.
package func record(
  _ request: RecordRequest, progress: (RecordSummary) -> Void,
  watch: (Event) -> Void = { _ in }
) throws(TraceProblem) -> RecordSummary {
  let types = try kernelTypes()
  let child = try request.command.map { command throws(TraceProblem) in try startChild(command) }
  let target = child.map { UInt32($0.pid) } ?? request.target
  if child == nil, let pid = target, kill(pid_t(pid), 0) != 0, errno == ESRCH {
    throw .input("there is no process \(pid)")
  }
  var captures = try Captures(request.interfaces, filter: request.filter)
  var feed = try LiveFeed(FeedChoice(target: target), types: types)
  var output = try RecordingOutput(request.path, captures)
  let waker = try interrupted()

  // From here on everything is seen or counted; the command begins when all is in place.
  var correlator = Correlator()
  var timeline = Timeline()
  let boot = ClockPairing()
  correlator.begin(at: Instant(nanoseconds: Clock.realtime.now))
  try feed.begin()
  if let target, let snapshot = try? ProcessSnapshot(pid: target, bootTime: Instant(nanoseconds: boot.fromBoottime)) {
    timeline.push(snapshot.found(at: Clock.realtime.now))
  }
  child?.release()

  let end = request.duration.map { Clock.monotonic.now &+ $0 }
  var isOver = false
  var lastProgress = Clock.monotonic.now
  while true {
    feed.drain { timeline.push($0) }
    try captures.drain(&output, &timeline)
    // Kernel events may be a capture's timeout older than the packets that are read with them.
    let now = Clock.realtime.now
    let upTo = Instant(nanoseconds: isOver ? .max : now &- 50_000_000)
    timeline.drain(upTo: upTo, with: &correlator) { output.take($0, watch) }
    if isOver || output.problem != nil { break }
    if Clock.monotonic.now &- lastProgress > 1_000_000_000 {
      lastProgress = Clock.monotonic.now
      output.flush()
      progress(output.summary)
    }
    if !Interrupts.take().isEmpty || end.map({ Clock.monotonic.now >= $0 }) ?? false || child?.status() != nil
      || child == nil && target.map({ kill(pid_t($0), 0) != 0 }) ?? false
    {
      // What is still on its way comes within the capture's timeout; then the rest is handed out.
      feed.end()
      usleep(30_000)
      isOver = true
      continue
    }
    _ = try? readable([feed.descriptor, waker.descriptor] + captures.descriptors, within: 50)
    waker.reset()
  }
  timeline.finish(with: &correlator) { output.take($0, watch) }
  child?.terminate()
  var losses = feed.losses
  let statistics = timeline.statistics
  losses.append(("timeline-packets", statistics.lostPackets))
  losses.append(("timeline-events", statistics.lostEvents))
  return output.finish(captures.statistics, losses: losses)
}

extension ProcessSnapshot {
  /// The process as an event: it was there before the run.
  func found(at time: Int64) -> Event {
    Event(
      time: Instant(nanoseconds: time),
      actor: Actor(
        process: id, thread: id.pid, parent: parent, user: user, group: group, command: Array(command.utf8)),
      what: .process(.found(path: Array(executable.utf8), arguments: arguments.map { Array($0.utf8) })))
  }
}
