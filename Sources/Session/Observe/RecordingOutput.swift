import Bytes
import Correlation
import Events
import Glibc
import Recording
import Time

/// The recording that is being written, in one file or in several, one after the other.
struct RecordingOutput: ~Copyable, Observer {
  private var writer: RecordingWriter
  private var files: RecordingFiles
  private var freeSpace: FreeSpaceGuard
  private let interfaces: [RecordedInterface]
  private let cut: PacketCut
  private(set) var summary = RecordSummary()
  private let begun: () -> Void
  private let own = UInt32(getpid())

  /// What a later file begins with; kept where there may be one.
  private var open = OpenState()
  /// What was counted up to now, and what of that the files before say.
  private var counters = StageCounters()
  private var told = StageCounters()

  /// Why the file cannot be written on.
  private var failure: String?
  /// Nothing more is taken: the last file's time is over, or too little space is left.
  private var isOver = false

  init(_ request: RecordRequest, _ interfaces: [RecordedInterface], begun: @escaping () -> Void) throws(TraceProblem) {
    guard LinkType.recording(interfaces.map(\.linkType)) != nil else {
      throw .input("these interfaces' link types cannot stand in one file")
    }
    let files = RecordingFiles(request.path, request.rotation, at: Instant(nanoseconds: Clock.realtime.now).seconds)
    let writer = try Self.begin(files.current, interfaces, request.cut)
    self.writer = writer
    self.files = files
    self.interfaces = interfaces
    cut = request.cut
    freeSpace = FreeSpaceGuard(request.leastFree)
    self.begun = begun
  }

  private static func begin(
    _ path: String, _ interfaces: [RecordedInterface], _ cut: PacketCut
  ) throws(TraceProblem) -> RecordingWriter {
    do {
      return try RecordingWriter.begin(path, interfaces, cut)
    } catch {
      // Nothing was lost that had been written.
      if case .system(let cause, _) = error { throw .input("\(cause)") }
      throw .input("\(path): \(error)")
    }
  }

  mutating func begin(at time: Instant) {
    begun()
    watchSpace(anyway: true)
  }

  var isDone: Bool { failure != nil || isOver }

  mutating func take(_ item: Timeline.Item, _ bytes: RawSpan) {
    do {
      if files.rotation.isWanted, try !makeRoom(at: item.time) { return }
      switch item {
      case .event(let event):
        // What the recorder does with its own sockets is nobody's doing that is recorded. What happens in its time is another matter.
        if case .socket(let socket) = event.what, event.actor.process.pid == own, !socket.action.isOfWhoeverRuns {
          return
        }
        if files.rotation.isWanted { open.learn(event) }
        try writer.event(event)
        summary.events += 1
      case .packet(let packet, let owner):
        summary.packets += 1
        if owner.actor != nil { summary.attributed += 1 }
        let kept = bytes.extracting(0..<cut.kept(of: bytes.byteCount, packet.layers))
        try writer.packet(packet.info, kept, owner: owner, id: summary.packets)
      }
    } catch {
      failure = "\(error)"
    }
    watchSpace()
  }

  mutating func pause(at time: Instant) {
    guard !isDone else { return }
    do { try writer.flushIfDue() } catch { failure = "\(error)" }
    if files.isOver(at: time.seconds) { isOver = true }
    watchSpace(anyway: true)
  }

  var countsAlong: Bool { files.rotation.isWanted }

  mutating func count(_ counters: StageCounters) { self.counters = counters }

  /// Begins another file where the rotation says so; false when there may be no other.
  private mutating func makeRoom(at time: Instant) throws(RecordingError) -> Bool {
    switch files.step(size: writer.size, at: time.seconds) {
    case .stay: return true
    case .end:
      isOver = true
      return false
    case .next: break
    }
    try finish(counters, at: time)
    var next = try RecordingWriter.begin(files.current, interfaces, cut)
    try next.goOn(after: writer, with: open.events(at: time))
    writer = next
    summary.files = files.count
    watchSpace(anyway: true)
    return !isDone
  }

  private mutating func watchSpace(anyway: Bool = false) {
    guard !isDone, let objection = freeSpace.objection(files.current, writer.written, anyway: anyway) else { return }
    summary.problem = objection
    isOver = true
  }

  /// Writes what was counted since the last file, and ends this one.
  private mutating func finish(_ counters: StageCounters, at time: Instant) throws(RecordingError) {
    let counted = counters.since(told)
    told = counters
    // The writer makes the interfaces' losses out of their counters.
    try writer.finish(at: time, statistics: counted.statistics, losses: counted.losses)
  }

  /// Writes the counters and ends the last file.
  mutating func finish(_ end: ObservationEnd) -> RecordSummary {
    summary.losses = end.losses
    var counters = StageCounters()
    counters.statistics = end.statistics
    counters.losses = end.stageLosses
    if files.rotation.isWanted {
      counters.losses.append(("open-state", open.lost))
      summary.losses.append(("open-state", open.lost))
    }
    if failure == nil {
      do { try finish(counters, at: end.time) } catch { failure = "\(error)" }
    }
    summary.problem = failure ?? summary.problem
    if case .captureFailed(let reason) = end.reason { summary.failure = reason }
    return summary
  }
}

extension RecordingWriter {
  /// A file with these interfaces; from its first moment it is one that can be read.
  fileprivate static func begin(
    _ path: String, _ interfaces: [RecordedInterface], _ cut: PacketCut
  ) throws(RecordingError) -> RecordingWriter {
    var writer = try RecordingWriter(
      path: path, linkType: LinkType.recording(interfaces.map(\.linkType)) ?? .ethernet)
    for interface in interfaces {
      _ = try writer.interface(
        namespace: interface.namespace ?? "0", name: interface.name, linkType: interface.linkType,
        snapLength: cut.most ?? 0)
    }
    try writer.flush()
    return writer
  }
}

extension Instant {
  /// Whole seconds since 1970.
  fileprivate var seconds: Int64 { nanoseconds / 1_000_000_000 }
}
