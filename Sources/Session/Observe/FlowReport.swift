package import Correlation
import Dissection
package import Events
import Recording

/// The conversations of a run, a recording or a capture, with their owners where they are known.
package struct FlowReport: Sendable {
  package struct Row: Sendable {
    package var flow: Flow
    /// The surest answer that any of its packets has.
    package var owner: Owner
    /// Whether the owner is at the flow's source; also when there is none.
    package var isOwnedBySource: Bool
    /// What TCP's headers say; nil for other protocols.
    package var tcp: TCPConversation?
    /// What the packets themselves call the other end; the surest first.
    package var names: [String] = []
    package var bytes: UInt64 { flow.bytesOut &+ flow.bytesIn }
  }
  /// The largest first.
  package var rows: [Row] = []
  package var packets = 0
  /// Packets without an IP header: they belong to no flow.
  package var withoutFlow = 0
  /// Flows that gave their places to others, and are missing from the rows.
  package var evictions: UInt64 = 0
  /// What every stage lost, zeros too; empty for a file that says nothing of it.
  package var losses: [(stage: String, count: UInt64)] = []
  /// Why the flows are not all that there were: a damaged file, an interface that went away.
  package var damage: String?
  package init() {}
}

/// Reads files once, as one. What could be read before damage is kept.
package func readFlows(_ paths: [String]) throws(TraceProblem) -> FlowReport {
  var collector = FlowCollector()
  var reader = try opened(paths)
  var layers = Layers(link: 0, wireLength: 0, capturedLength: 0)
  var damage: String?
  do {
    while let item = try reader.next() {
      switch item {
      case .packet(let info):
        dissect(reader.bytes, link: info.linkType, wireLength: info.wireLength, into: &layers)
        guard let index = collector.count(layers, reader.bytes, at: info.time),
          let owner = reader.owner(surerThan: collector.confidence(index))
        else { continue }
        collector.own(index, owner, layers, info.direction)
      case .event(let event):
        if case .loss(let stage, let count) = event.what { collector.lose(stage, count) }
      default: continue
      }
    }
  } catch {
    damage = "\(told(error, in: reader.path)); what was read before it is shown"
  }
  var report = collector.finish()
  report.damage = damage
  return report
}

/// Watches a live run to its end.
/// - Parameter begun: called when everything is in place.
package func observeFlows(
  _ request: ObservationRequest, begun: @escaping () -> Void, progress: (ObservationProgress) -> Void
) throws(TraceProblem) -> FlowReport {
  var observation = try Observation(request)
  var collector = FlowCollector(begun: begun)
  let end = try observation.run(&collector, progress: progress)
  var report = collector.finish()
  report.losses = end.losses
  if case .captureFailed(let reason) = end.reason { report.damage = reason }
  return report
}
