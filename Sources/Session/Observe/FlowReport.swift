import Capture
package import Correlation
package import Dissection
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
    /// Of ICMP, the first packet's.
    package var icmp: (type: UInt8, code: UInt8)?
    /// What the packets themselves call the other end; the surest first.
    package var names: [String] = []
    /// The container that the owner is in: its id, or its name where it has no id.
    package var container: [UInt8]?
    /// Its packets by their own owners; empty where nobody says whose they are.
    var shares: [Share] = []
    package var bytes: UInt64 { flow.bytesOut &+ flow.bytesIn }
  }
  /// The packets of a flow that have one owner.
  struct Share: Sendable {
    var packets: FlowShares.Share
    /// The container that the owner is in.
    var container: [UInt8]?
    init(_ packets: FlowShares.Share, container: [UInt8]?) {
      self.packets = packets
      self.container = container
    }
  }
  /// The largest first.
  package internal(set) var rows = FlowRows()
  package var packets = 0
  /// Packets without an IP header: they belong to no flow.
  package var withoutFlow = FrameCount()
  /// Flows that gave their places to others, and are missing from the rows; and what they had come to.
  package var evictions: UInt64 = 0
  package var evicted = FrameCount()
  /// What every stage lost, zeros too; empty for a file that says nothing of it.
  package var losses: [(stage: String, count: UInt64)] = []
  /// What was not read for names, because it was too much at a time.
  package var unread: [(what: String, count: UInt64)] = []
  /// Why the flows are not all that there were: a damaged file, an interface that went away.
  package var damage: String?
  /// Of a live run, whether what was captured is what the interfaces counted.
  package var sums: [InterfaceSum] = []

  /// How many flows are held when nobody says otherwise.
  package static let usualLimit = 1 << 20

  package init() {}
}

/// Reads files once, as one. What could be read before damage is kept.
/// - Parameters:
///   - filter: in libpcap's language; empty for everything.
///   - predicate: a D expression over packets; nil for everything.
///   - limit: the most flows that are held.
///   - names: whether payloads are read for the conversations' names.
///   - tunnels: which kinds are entered; a packet in one of the others is its tunnel's.
package func readFlows(
  _ paths: [String], filter: String = "", where predicate: String? = nil, limit: Int = FlowReport.usualLimit,
  names: Bool = true, entering tunnels: Tunnels = .all
) throws(TraceProblem) -> FlowReport {
  var collector = FlowCollector(limit: limit, names: names)
  var files = try opened(paths)
  let isFiltered = !filter.isEmpty
  var filter = try FileFilter(filter)
  var predicate = try predicate.map { text throws(TraceProblem) in try PacketPredicate(text) }
  // To ask the predicate itself whether there is one would copy it for each packet.
  let isChosen = predicate != nil
  var layers = Layers(link: 0, wireLength: 0, capturedLength: 0)
  do {
    while true {
      let info: FrameInfo
      if let packet = files.nextAtHand() {
        info = packet
      } else {
        guard let item = try files.next() else { break }
        switch item {
        case .packet(let packet): info = packet
        case .event(let event):
          collector.learn(event)
          continue
        case .interface(let index):
          predicate?.add(files.reader.interfaces[index].name, at: index)
          continue
        default: continue
        }
      }
      let counted: Int?
      do {
        let bytes = files.reader.bytes
        if isFiltered, try !filter.admits(info, bytes) { continue }
        dissect(bytes, link: info.linkType, wireLength: info.wireLength, entering: tunnels, into: &layers)
        if isChosen {
          let packet = Timeline.Packet(layers: layers, info: info, namespace: 0, tag: 0)
          if !predicate!.admits(packet, files.reader.owner ?? .notRecorded, bytes) { continue }
        }
        counted = collector.count(&layers, bytes, info)
      }
      guard let index = counted, files.reader.mayHaveOwner else { continue }
      if let owner = files.reader.owner(surerThan: collector.confidence(index)) {
        collector.own(index, owner, layers, info.direction)
      }
      if let (process, role) = files.reader.ownerProcess, collector.share(index, process, role, layers, info) {
        continue
      }
      if let owner = files.reader.owner { collector.share(index, owner, layers, info) }
    }
  } catch let error as CaptureError {
    throw .input("\(error)")
  } catch {
    // The wait for a pipe was interrupted: what came before it is shown.
  }
  var report = collector.finish()
  report.damage = files.damage.map { $0 + "; what could be read is shown" }
  return report
}

/// A filter over a file's packets, or none.
struct FileFilter: ~Copyable {
  private var filter: Filter?

  /// Most captures are Ethernet's: what is wrong with the text is told at once.
  init(_ text: String) throws(TraceProblem) {
    guard !text.isEmpty else {
      filter = nil
      return
    }
    do { filter = try Filter(text, linkType: .ethernet) } catch { throw .input("\(error)") }
  }

  @inline(__always)
  mutating func admits(_ info: FrameInfo, _ bytes: RawSpan) throws(CaptureError) -> Bool {
    try filter?.matches(info, bytes) ?? true
  }
}
