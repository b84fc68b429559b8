import Correlation
import Dissection
import Events
import Files
import Kernel
package import Recording
import Time

/// A recording, or a capture of any other program, as an observer sees it: the same items as live, in the order of the file.
///
///     var replay = try Replay(["evidence.pcapng"])
///     let end = try replay.run(&observer)
///
/// Owners are those that were recorded; a packet of a file without any is unattributed, `not-recorded`.
package struct Replay: ~Copyable {
  private var files: FileReading
  /// What was read already, to know the interfaces and when it begins: what has no time, then the first that has one.
  private var leading: [RecordingReader.Item] = []
  private var first: RecordingReader.Item?
  /// Why reading ended before the file did.
  private var stopped: ObservationEnd.Reason?

  private var progress = ObservationProgress()
  private var losses = LossCounters()
  private var statistics: [InterfaceStatistics] = []
  private let isInterruptible: Bool
  /// A loss that the file does not tell of.
  private var pretended: (stage: String, count: UInt64)?
  /// Whether what was lost was told after everything else; a file without events of ours has nothing of the kind to tell.
  private var hasEnd = true
  /// The stream's latest moment.
  private var latest = Instant(nanoseconds: 0)

  private static let mostLeading = 1 << 12

  /// Opens the files, read as one in this order, and reads on to their first packet or event.
  /// - Parameter interruptible: a signal ends the run; false where somebody else waits for signals.
  package init(_ paths: [String], interruptible: Bool = true) throws(TraceProblem) {
    isInterruptible = interruptible
    if interruptible { _ = try interrupted() }
    files = try opened(paths)
    first = read()
    while let next = first, next.time == nil, leading.count < Self.mostLeading {
      leading.append(next)
      first = read()
    }
  }

  /// The time of the first packet or event.
  var start: Instant { first?.time ?? latest }

  /// The interfaces that the file describes before its first packet; of a pcap file one, without a name.
  package var interfaces: [RecordedInterface] { files.reader.interfaces }

  /// The modules of its `packet` probes: the interfaces' names, each once, and the empty one, which stands for those that the file
  /// describes later.
  package var interfaceNames: [String] {
    var seen: Set<String> = []
    return (interfaces.map(\.name) + [""]).filter { seen.insert($0).inserted }
  }

  /// Let the stream begin with a loss, as if the file told of it.
  mutating func pretendLoss(of count: UInt64, at stage: String) { pretended = (stage, count) }

  /// Hands everything to the observer until the file ends or cannot be read on, the observer has seen enough or somebody
  /// interrupts.
  package mutating func run(
    _ observer: inout some Observer & ~Copyable, progress report: (ObservationProgress) -> Void = { _ in }
  ) throws(TraceProblem) -> ObservationEnd {
    latest = first?.time ?? latest
    observer.begin(at: latest)
    for item in leading { hand(item, to: &observer) }
    if let (stage, count) = pretended {
      let nobody = Actor(process: ProcessID(pid: 0, start: 0))
      hand(.event(Event(time: latest, actor: nobody, what: .loss(stage: stage, count: count))), to: &observer)
    }

    let start = Clock.monotonic.now
    var reported = start
    var reason = ObservationEnd.Reason.fileEnded
    var item = first.take()
    while let next = item {
      hand(next, to: &observer)
      if observer.isDone {
        reason = .observerDone
        break
      }
      if (progress.packets &+ progress.events) & 1023 == 0 {
        if isInterruptible, let signal = Interrupts.take().first {
          reason = .interrupted(signal: signal)
          break
        }
        observer.pause(at: latest)
        progress.elapsed = Clock.monotonic.now &- start
        if Clock.monotonic.now &- reported >= 1_000_000_000 {
          reported = Clock.monotonic.now
          report(progress)
        }
      }
      item = read()
    }
    observer.pause(at: latest)
    progress.elapsed = Clock.monotonic.now &- start
    var end = ObservationEnd(reason: stopped ?? reason, progress: progress, time: latest)
    end.statistics = statistics
    end.stageLosses = losses.all
    end.damagedRecords = files.reader.damagedRecords
    end.hasEnd = hasEnd
    return end
  }

  /// Hands one record over. A packet's bytes are the reader's.
  private mutating func hand(_ item: RecordingReader.Item, to observer: inout some Observer & ~Copyable) {
    switch item {
    case .packet(let info):
      latest = max(latest, info.time)
      progress.packets &+= 1
      let layers = dissect(files.reader.bytes, link: info.linkType, wireLength: info.wireLength)
      let packet = Timeline.Packet(layers: layers, info: info, namespace: 0, tag: progress.packets)
      let owner = files.reader.mayHaveOwner ? files.reader.owner(surerThan: nil) : nil
      observer.take(.packet(packet, owner ?? .notRecorded), files.reader.bytes)
    case .event(let event):
      latest = max(latest, event.time)
      progress.events &+= 1
      if case .loss(let stage, let count) = event.what {
        losses.add(stage, count)
        hasEnd = true
      } else {
        hasEnd = false
      }
      observer.take(.event(event), RawSpan())
    case .process(let process): observer.learn(process)
    case .interface(let index): observer.add(files.reader.interfaces[index], at: index)
    case .statistics(let counters): if statistics.count < Self.mostLeading { statistics.append(counters) }
    }
  }

  /// The next record; nil at the end, and when somebody interrupts the wait for a pipe.
  private mutating func read() -> RecordingReader.Item? {
    while true {
      do {
        if let info = files.nextAtHand() { return .packet(info) }
        let item = try files.next()
        if item == nil, let damage = files.damage { stopped = .fileDamaged(damage) }
        return item
      } catch {
        guard isInterruptible, let signal = Interrupts.take().first else { continue }
        stopped = .interrupted(signal: signal)
        return nil
      }
    }
  }
}

extension RecordingReader.Item {
  /// When it happened, of those that happen.
  fileprivate var time: Instant? {
    switch self {
    case .packet(let info): info.time
    case .event(let event): event.time
    case .process, .interface, .statistics: nil
    }
  }
}

extension Owner {
  /// Of a packet in a file that names no owners.
  static let notRecorded = Owner.unattributed("not-recorded")
}

/// What a file says that its stages lost, each under its name, in the order they are named first.
private struct LossCounters {
  private var places: [String: Int] = [:]
  private(set) var all: [(stage: String, count: UInt64)] = []

  mutating func add(_ stage: String, _ count: UInt64) {
    if let place = places[stage] {
      all[place].count &+= count
    } else if all.count < 4096 {
      places[stage] = all.count
      all.append((stage, count))
    }
  }
}
