import BTF
import Bytes
import DSemantics
import DSyntax
import Events
import IR
import Kernel
import Processes
import Source
import Time

/// What happens on this machine, as events: the feeds' programs in the running kernel.
struct LiveFeed: ~Copyable {
  private var loaded: LoadedProgram
  private var decoder: FeedDecoder
  private var clocks: Clocks
  /// Processes whose stacks are told.
  private let watched: [UInt32]
  /// Firings that the kernel skipped, and when it was asked, in nanoseconds of the monotonic clock.
  private var recursion: (askedAt: Int64, frames: UInt64, others: UInt64) = (0, 0, 0)

  /// Compiles and loads; nothing is seen before `begin`.
  init(_ choice: FeedChoice, types: TypeGraph) throws(TraceProblem) {
    var choice = choice
    // Where connection tracking is a module that is not loaded, nothing is translated either.
    choice.translations = types.structure(named: "nf_conn") != nil
    choice.writers = types.tracepoint(named: "tcp_sendmsg_locked") != nil
    choice.deliveries = types.tracepoint(named: "sk_data_ready") != nil
    let feed = Feed(choice)
    let source = SourceText(feed.text, name: "feed")
    var found = Diagnostics()
    var options = Options()
    options.bufferSize = 16 << 20
    let script = parse(source, macros: MacroValues(named: macroNumbers(target: nil)), reporting: &found)
    let compiled = compile(
      script, catalog: catalog(options: options, interfaces: []), types: BTFTypes(types), options: options,
      engine: .kernel, reporting: &found)
    guard let compiled else { throw .fault(found.all.map { $0.rendered(in: source) }.joined()) }
    let clocks = Clocks()
    loaded = try LoadedProgram(compiled.program, types: types, clock: clocks.current)
    decoder = FeedDecoder(compiled.program, feed)
    self.clocks = clocks
    watched = choice.watched
  }

  /// From here on every event is seen or counted. Sockets that are open already come first, as `found`.
  mutating func begin() throws(TraceProblem) {
    decoder.notice(watched)
    try loaded.fire(.begin)
    try loaded.attach()
    try loaded.iterate()
  }

  /// Tells of the packet and raw sockets that are open now, as `seen`.
  mutating func lookAgain() {
    decoder.hasBegun = true
    decoder.notice(watched)
    // A look that fails costs the counters of this moment, and the next one has them.
    try? loaded.iterate(only: "task_file")
  }

  /// Tells of these processes' calls too from now on, and of whoever opens one of these files to read: the inspector has found them.
  func follow(_ found: Inspector.Found) {
    for pid in found.processes { loaded.set("watched", [UInt64(pid)], to: 1) }
    for file in found.files { loaded.set("kept", [file.inode, file.device], to: 1) }
  }

  /// For `poll`.
  var descriptor: CInt { loaded.descriptor }

  /// Gives the events that wait, as many at most.
  /// - Parameter frequent: leave out what is more frequent.
  /// - Returns: how many were left out, of which a packet's owner may have rested on them, and how many of the others.
  mutating func drain(
    atMost most: Int, _ position: inout ReadingPosition, upTo frequent: FeedClause.Frequency, _ body: (Event) -> Void
  ) -> (events: UInt64, calls: UInt64) {
    _ = clocks.pairAgain()
    let now = clocks
    var decoder = decoder
    let time = Clock.realtime.now
    var latest: Instant?
    var leftOut = (events: UInt64(0), calls: UInt64(0))
    let count = loaded.drain(atMost: most) { record in
      if frequent < .ofCalls, let one = decoder.frequent(record, now, beyond: frequent) {
        latest = one.time
        if one.frequency == .ofCalls { leftOut.calls += 1 } else { leftOut.events += 1 }
        return
      }
      guard let event = decoder.event(record, now) else { return }
      latest = event.time
      body(event.described)
      if let place = event.container { body(place) }
    }
    if count == most { position.reached(latest) } else { position.emptied(at: time) }
    self.decoder = decoder
    return leftOut
  }

  /// No event is seen after this.
  mutating func end() { loaded.detach() }

  /// Where the kernel tells of frames as they come and go, which it may do in the middle of telling of another: an interrupt brings them.
  private static let ofFrames: Set<String> = [
    "net_dev_queue", "net_dev_start_xmit", "netif_receive_skb", "sk_data_ready",
  ]

  /// What was left out, by stage.
  mutating func losses() -> [(stage: String, count: UInt64)] {
    lostEvents(afresh: true) + loaded.untoldCalls()
  }

  /// Of it what a packet's owner may have rested on. Each of the feed's programs has to be asked for its count of recursions: that is done
  /// no oftener than packets wait for their events.
  mutating func lostEvents(afresh: Bool) -> [(stage: String, count: UInt64)] {
    let drops = loaded.drops
    let time = Clock.monotonic.now
    if afresh || time &- recursion.askedAt >= 40_000_000 {
      let frames = loaded.recursionMisses(of: Self.ofFrames)
      recursion = (time, frames, loaded.recursionMisses &- frames)
    }
    return [
      ("kernel-ring", drops[0]), ("kernel-map", drops[1] &+ drops[2]), ("kernel-nesting", drops[3]),
      ("kernel-recursion", recursion.others), ("kernel-frames", recursion.frames),
      ("feed-malformed", decoder.malformed),
    ]
  }
}

extension Event {
  /// Where the program runs that was found or has begun, when that is a container. Whoever enters one does so before it becomes the
  /// program that is to run there; a child is where its parent is.
  fileprivate var container: Event? {
    switch what {
    case .process(.found), .process(.exec): break
    default: return nil
    }
    guard let group = containerGroup(of: actor.process.pid) else { return nil }
    var event = self
    event.what = .container(group)
    return event
  }

  /// A process that was found running, with the program that it runs, which the kernel's iterator does not tell.
  fileprivate var described: Event {
    guard case .process(.found) = what else { return self }
    let program = RunningProgram(of: actor.process.pid)
    var event = self
    event.what = .process(.found(path: program.path, arguments: program.arguments))
    return event
  }
}
