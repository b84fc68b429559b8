import Correlation
import Dissection
import Events
import Recording

/// Counts packets to their conversations and keeps of each the surest owner that any of its packets has.
struct FlowCollector {
  private(set) var report = FlowReport()
  private var table: FlowTable
  private var names = FlowNames()
  private var connections = TCPConversations()
  private var containers = ProcessContainers()
  private var shares: FlowShares
  /// By the index of the flow. How sure the owners are stands beside them: to ask an owner for it would copy the owner.
  private var owners: [Owner?] = []
  private var confidences: [Owner.Confidence?] = []
  /// Whether the owner is at the end that sent the first packet.
  private var sides: [Bool] = []
  /// On which interfaces the flow's packets were seen first, one each way: a packet that is passed on is seen on two, and was not
  /// sent twice for that.
  private var ways: [Way] = []
  private struct Way {
    var forward: UInt32?
    var back: UInt32?
  }
  /// Of ICMP, type and code of the flow's first packet.
  private var kinds: [UInt16] = []

  /// - Parameter limit: the most flows that are held.
  init(limit: Int) {
    table = FlowTable(limit: limit)
    shares = FlowShares(limit: limit)
  }

  /// Counts a packet; answers the index of its flow, nil when it belongs to none.
  @inline(__always)
  mutating func count(_ layers: Layers, _ frame: RawSpan, _ info: FrameInfo) -> Int? {
    let time = info.time
    report.packets += 1
    guard let recorded = table.record(layers, at: time) else {
      report.withoutFlow.add(layers.wireLength)
      return nil
    }
    if recorded.isNew { begin(recorded, layers) }
    names.read(layers, frame, recorded, at: time)
    if layers.transport == .tcp, isFirstSight(layers, recorded, info) { connections.record(layers, recorded, at: time) }
    return recorded.index
  }

  @inline(__always)
  private mutating func isFirstSight(_ layers: Layers, _ recorded: FlowTable.Recorded, _ info: FrameInfo) -> Bool {
    let interface =
      layers.interfaceIndex != 0 ? layers.interfaceIndex : UInt32(truncatingIfNeeded: info.interface)
    let known = recorded.isForward ? ways[recorded.index].forward : ways[recorded.index].back
    if let known { return known == interface }
    if recorded.isForward { ways[recorded.index].forward = interface } else { ways[recorded.index].back = interface }
    return true
  }

  @inline(never)
  private mutating func begin(_ recorded: FlowTable.Recorded, _ layers: Layers) {
    let index = recorded.index
    if index == owners.count {
      owners.append(nil)
      confidences.append(nil)
      sides.append(true)
      kinds.append(0)
      ways.append(Way())
    } else {
      // The place of a flow that was evicted.
      owners[index] = nil
      confidences[index] = nil
      sides[index] = true
      ways[index] = Way()
      connections.forget(index)
      shares.forget(index)
      if let evicted = table.evicted {
        report.evicted =
          report.evicted
          + FrameCount(
            packets: Int64(clamping: evicted.packetsOut &+ evicted.packetsIn),
            bytes: Int64(clamping: evicted.bytesOut &+ evicted.bytesIn))
      }
    }
    kinds[index] = UInt16(layers.icmpType) << 8 | UInt16(layers.icmpCode)
  }

  /// How sure the flow's owner is so far; nil when it has none.
  @inline(__always)
  func confidence(_ index: Int) -> Owner.Confidence? { confidences[index] }

  /// A surer owner of the flow, by one of its packets.
  mutating func own(_ index: Int, _ owner: Owner, _ layers: Layers, _ direction: Direction) {
    owners[index] = owner
    confidences[index] = owner.confidence
    // A packet that left is its sender's, one that came is its receiver's; on loopback the sender's answer comes first.
    let isSender = direction == .outbound || direction == .unknown && owner.role != .receiver
    let isForward = layers.flowKey?.source == table[index].key.source
    sides[index] = isSender == isForward
  }

  /// Counts a packet to its own owner.
  mutating func share(_ index: Int, _ owner: Owner, _ layers: Layers, _ info: FrameInfo) {
    let outgoing = owner.actor == nil ? isForward(index, layers) : isOut(owner.role, info.direction)
    shares.add(index, owner, outgoing: outgoing, bytes: layers.wireLength, at: info.time)
  }

  /// The same for a process that has packets of the flow already; false when it has none.
  @inline(__always)
  mutating func share(
    _ index: Int, _ process: ProcessID, _ role: Owner.Role, _ layers: Layers, _ info: FrameInfo
  ) -> Bool {
    shares.add(
      index, process, outgoing: isOut(role, info.direction), bytes: layers.wireLength, at: info.time)
  }

  private func isForward(_ index: Int, _ layers: Layers) -> Bool { layers.flowKey?.source == table[index].key.source }

  /// Whether a packet leaves its owner; on loopback it is its sender's.
  @inline(__always)
  private func isOut(_ role: Owner.Role, _ direction: Direction) -> Bool {
    direction == .outbound || direction == .unknown && role != .receiver
  }

  /// What happened beside the packets.
  mutating func learn(_ event: Event) {
    if case .loss(let stage, let count) = event.what { return lose(stage, count) }
    containers.learn(event)
  }

  /// A stage lost so many more.
  private mutating func lose(_ stage: String, _ count: UInt64) {
    if let place = report.losses.firstIndex(where: { $0.stage == stage }) {
      report.losses[place].count &+= count
    } else {
      report.losses.append((stage, count))
    }
  }

  /// What was collected up to now.
  mutating func finish() -> FlowReport {
    var report = report
    report.evictions = table.evictions
    report.unread = names.unread
    let names = names.finish()
    report.rows.reserveCapacity(table.count)
    for index in 0..<table.count {
      var row = FlowReport.Row(
        flow: table[index], owner: owners[index] ?? .unattributed("not-recorded"), isOwnedBySource: sides[index])
      row.shares = shares[index].map {
        FlowReport.Share($0, container: $0.owner.actor.flatMap { containers[$0.process] })
      }
      row.tcp = connections[index]
      row.names = names[index]
      row.container = row.owner.actor.flatMap { containers[$0.process] }
      if row.flow.key.proto == 1 || row.flow.key.proto == 58 {
        row.icmp = (UInt8(kinds[index] >> 8), UInt8(truncatingIfNeeded: kinds[index]))
      }
      report.rows.append(row)
    }
    report.rows.sort { $0.bytes != $1.bytes ? $0.bytes > $1.bytes : $0.flow.first < $1.flow.first }
    return report
  }
}
