import Bytes
import Capture
import Correlation
import Events
import Files
import Kernel
import Recording
import Time

/// The recording that is being written, and the packets' bytes that wait for their owners.
struct RecordingOutput: ~Copyable {
  private var writer: RecordingWriter
  private var kept: [UInt64: [UInt8]] = [:]
  private var nextTag: UInt64 = 0
  private(set) var summary = RecordSummary()

  init(_ path: String, _ captures: borrowing Captures) throws(TraceProblem) {
    let types = captures.linkTypes
    guard let link = types.isEmpty ? .ethernet : LinkType.recording(types) else {
      throw .input("these interfaces' link types cannot stand in one file")
    }
    do {
      var writer = try RecordingWriter(path: path, linkType: link)
      let namespace = identity(of: "/proc/self/ns/net").map { "\($0.inode)" } ?? "0"
      for (name, type) in zip(captures.names, types) {
        _ = try writer.interface(namespace: namespace, name: name, linkType: type)
      }
      self.writer = writer
    } catch {
      throw .input("\(path): \(error)")
    }
  }

  var problem: String? { summary.problem }

  /// Keeps a packet's bytes until its owner is known.
  mutating func keep(_ bytes: RawSpan) -> UInt64 {
    nextTag += 1
    kept[nextTag] = bytes.copy(0..<bytes.byteCount)
    return nextTag
  }

  mutating func forget(_ tag: UInt64) { kept[tag] = nil }

  mutating func take(_ item: Timeline.Item, _ watch: (Event) -> Void) {
    guard problem == nil else { return }
    do {
      switch item {
      case .event(let event):
        try writer.event(event)
        summary.events += 1
        watch(event)
      case .packet(let packet, let owner):
        guard let bytes = kept.removeValue(forKey: packet.tag) else { return }
        summary.packets += 1
        if owner.actor != nil { summary.attributed += 1 }
        try writer.packet(packet.info, RawSpan(_elements: bytes.span), owner: owner, id: summary.packets)
      }
    } catch {
      summary.problem = "\(error)"
    }
  }

  mutating func flush() {
    do { try writer.flushIfDue() } catch { summary.problem = "\(error)" }
  }

  /// Writes the counters and ends the file.
  mutating func finish(
    _ statistics: [CaptureStatistics?], losses: [(stage: String, count: UInt64)]
  ) -> RecordSummary {
    let time = Instant(nanoseconds: Clock.realtime.now)
    let counters = statistics.enumerated().compactMap { index, counters in
      counters.map {
        InterfaceStatistics(
          interface: index, time: time, received: $0.received, interfaceDropped: $0.interfaceDropped,
          systemDropped: $0.dropped, delivered: $0.received)
      }
    }
    if problem == nil {
      do { try writer.finish(at: time, statistics: counters, losses: losses) } catch { summary.problem = "\(error)" }
    }
    summary.losses = losses
    for (index, counters) in statistics.enumerated() {
      summary.losses.append(("capture-\(index)", counters?.dropped ?? 0))
    }
    return summary
  }
}
