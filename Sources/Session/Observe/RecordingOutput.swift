import Bytes
import Correlation
import Events
import Recording

/// The recording that is being written.
struct RecordingOutput: ~Copyable, Observer {
  private var writer: RecordingWriter
  private(set) var summary = RecordSummary()
  private let begun: () -> Void

  init(_ path: String, _ interfaces: [RecordedInterface], begun: @escaping () -> Void) throws(TraceProblem) {
    let types = interfaces.map(\.linkType)
    guard let link = types.isEmpty ? .ethernet : LinkType.recording(types) else {
      throw .input("these interfaces' link types cannot stand in one file")
    }
    do {
      var writer = try RecordingWriter(path: path, linkType: link)
      for interface in interfaces {
        _ = try writer.interface(
          namespace: interface.namespace ?? "0", name: interface.name, linkType: interface.linkType)
      }
      // From its first moment the file is one that can be read.
      try writer.flush()
      self.writer = writer
      self.begun = begun
    } catch {
      // Nothing was lost that had been written.
      if case .system(let cause, _) = error { throw .input("\(cause)") }
      throw .input("\(path): \(error)")
    }
  }

  mutating func begin(at time: Instant) { begun() }

  /// Nothing more can be written.
  var isDone: Bool { summary.problem != nil }

  mutating func take(_ item: Timeline.Item, _ bytes: RawSpan) {
    do {
      switch item {
      case .event(let event):
        try writer.event(event)
        summary.events += 1
      case .packet(let packet, let owner):
        summary.packets += 1
        if owner.actor != nil { summary.attributed += 1 }
        try writer.packet(packet.info, bytes, owner: owner, id: summary.packets)
      }
    } catch {
      summary.problem = "\(error)"
    }
  }

  mutating func pause(at time: Instant) {
    guard !isDone else { return }
    do { try writer.flushIfDue() } catch { summary.problem = "\(error)" }
  }

  /// Writes the counters and ends the file.
  mutating func finish(_ end: ObservationEnd) -> RecordSummary {
    if !isDone {
      do {
        // The writer makes the interfaces' losses out of their counters.
        try writer.finish(at: end.time, statistics: end.statistics, losses: end.stageLosses)
      } catch {
        summary.problem = "\(error)"
      }
    }
    summary.losses = end.losses
    if case .captureFailed(let reason) = end.reason { summary.failure = reason }
    return summary
  }
}
