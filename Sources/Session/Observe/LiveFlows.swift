import Capture
import Correlation
package import Dissection
import Events
import Recording

/// What `flows` is asked for in a live run.
package struct LiveFlowsRequest: Sendable {
  package var observation = ObservationRequest()
  /// A D expression over packets; nil for everything.
  package var predicate: String?
  /// The most flows that are held.
  package var limit = FlowReport.usualLimit
  /// Which tunnels are entered; a packet in one of the others is its tunnel's.
  package var tunnels = Tunnels.all
  /// Whether payloads are read for the conversations' names.
  package var names = true
  /// Milliseconds between two reports of what there is so far; nil for one in the end.
  package var interval: Int?
  package init() {}
}

/// Watches a live run to its end.
/// - Parameters:
///   - begun: called when everything is in place.
///   - soFar: called with what there is, at the request's intervals.
package func observeFlows(
  _ request: LiveFlowsRequest, begun: @escaping () -> Void, soFar: @escaping (FlowReport) -> Void,
  progress: (ObservationProgress) -> Void
) throws(TraceProblem) -> FlowReport {
  var observed = request.observation
  observed.readsInterfaces = true
  var flows = try LiveFlows(request, begun: begun, soFar: soFar)
  var observation = try Observation(observed)
  let end = try observation.run(&flows, progress: progress)
  return flows.finish(end, isWhole: observed.filter.isEmpty && request.predicate == nil)
}

/// The observer: counts each packet to its conversation, and to its interface's books.
private struct LiveFlows: Observer {
  private var collector: FlowCollector
  private var ledger = InterfaceLedger()
  private var predicate: PacketPredicate?
  private let begun: () -> Void
  private let soFar: (FlowReport) -> Void
  private let interval: Int64?
  private let tunnels: Tunnels
  /// When the next report is due, in nanoseconds since 1970.
  private var due = Int64.max

  init(
    _ request: LiveFlowsRequest, begun: @escaping () -> Void, soFar: @escaping (FlowReport) -> Void
  ) throws(TraceProblem) {
    predicate = try request.predicate.map { text throws(TraceProblem) in try PacketPredicate(text) }
    collector = FlowCollector(limit: request.limit, names: request.names)
    interval = request.interval.map { Int64($0) * 1_000_000 }
    tunnels = request.tunnels
    self.begun = begun
    self.soFar = soFar
  }

  mutating func begin(at time: Instant) {
    begun()
    if let interval { due = time.nanoseconds &+ interval }
  }

  mutating func note(_ reading: InterfaceReading) { ledger.note(reading) }

  mutating func add(_ interface: RecordedInterface, at index: Int) {
    ledger.add(interface.name, at: index)
    predicate?.add(interface.name, at: index)
  }

  mutating func take(_ item: Timeline.Item, _ bytes: RawSpan) {
    switch item {
    case .event(let event):
      collector.learn(event)
      if case .socket(let socket) = event.what { ledger.count(socket) }
    case .packet(let packet, let owner):
      // What comes after the interfaces were read for the last time is no part of the run.
      if ledger.isLate(packet.info.time) { return }
      if let admits = predicate?.admits(packet, owner, bytes), !admits { return }
      var layers = packet.layers
      if !layers.tunnels.isSubset(of: tunnels) {
        let info = packet.info
        layers = dissect(bytes, link: info.linkType, wireLength: info.wireLength, entering: tunnels)
      }
      layers.wireLength = lengthOnWire(layers, bytes)
      ledger.count(layers, packet, owner)
      guard let index = collector.count(&layers, bytes, packet.info) else { return }
      collector.share(index, owner, layers, packet.info)
      if let known = collector.confidence(index), known >= owner.confidence { return }
      collector.own(index, owner, layers, packet.info.direction)
    }
  }

  mutating func pause(at time: Instant) {
    guard let interval, time.nanoseconds >= due else { return }
    due = time.nanoseconds &+ interval
    var copy = collector
    soFar(copy.finish())
  }

  mutating func finish(_ end: ObservationEnd, isWhole: Bool) -> FlowReport {
    var report = collector.finish()
    report.losses = end.losses
    if case .captureFailed(let reason) = end.reason { report.damage = reason }
    var lost = end.statistics.map { Int64(clamping: $0.systemDropped ?? 0) }
    // What found no room behind the capture was of this one, when it is the only one.
    let late = end.stageLosses.first { $0.stage == "timeline-packets" }?.count ?? 0
    if lost.count == 1 { lost[0] &+= Int64(clamping: late) }
    let loopbacks = ((try? captureInterfaces()) ?? []).filter(\.isLoopback).map(\.name)
    report.sums = ledger.sums(lost: lost, isWhole: isWhole, loopbacks: Set(loopbacks))
    return report
  }
}
