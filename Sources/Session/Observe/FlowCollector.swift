import Correlation
import Dissection
import Events
import Recording

/// Counts packets to their conversations and keeps of each the surest owner that any of its packets has.
struct FlowCollector {
  private(set) var report = FlowReport()
  private var table: FlowTable
  private var names = FlowNames()
  private let readsNames: Bool
  private var connections = TCPConversations()
  private var containers = ProcessContainers()
  private var shares: FlowShares
  /// By the index of the flow.
  private var notes: [FlowNote] = []
  private var owners: [Owner] = []
  /// Places of owners whose flows were evicted.
  private var freeOwners: [UInt32] = []

  /// - Parameters:
  ///   - limit: the most flows that are held.
  ///   - names: whether payloads are read for the conversations' names.
  init(limit: Int, names: Bool = true) {
    table = FlowTable(limit: limit)
    shares = FlowShares(limit: limit)
    readsNames = names
  }

  /// Counts a packet; answers the index of its flow, nil when it belongs to none. The layers stay as they are.
  @inline(__always)
  mutating func count(_ layers: inout Layers, _ frame: RawSpan, _ info: FrameInfo) -> Int? {
    let time = info.time
    report.packets &+= 1
    guard let recorded = table.record(inPlace: &layers, at: time) else {
      report.withoutFlow.add(layers.wireLength)
      return nil
    }
    if recorded.isNew { begin(recorded, layers) }
    if readsNames { names.read(&layers, frame, recorded, at: time) }
    if layers.transport == .tcp, isFirstSight(&layers, recorded, info) {
      connections.record(inPlace: &layers, recorded, at: time)
    }
    return recorded.index
  }

  /// Whether the packet was seen on the interface on which those that went its way were seen first: a packet that is passed on is seen
  /// on two, and was not sent twice for that.
  @inline(__always)
  private mutating func isFirstSight(
    _ layers: inout Layers, _ recorded: FlowTable.Recorded, _ info: FrameInfo
  ) -> Bool {
    let seen = layers.interfaceIndex != 0 ? layers.interfaceIndex : UInt32(truncatingIfNeeded: info.interface)
    let interface = min(seen, FlowNote.unseen - 1)
    let known = recorded.isForward ? notes[recorded.index].forward : notes[recorded.index].back
    if known != FlowNote.unseen { return known == interface }
    if recorded.isForward { notes[recorded.index].forward = interface } else { notes[recorded.index].back = interface }
    return true
  }

  @inline(never)
  private mutating func begin(_ recorded: FlowTable.Recorded, _ layers: Layers) {
    let note = FlowNote(kind: UInt16(layers.icmpType) << 8 | UInt16(layers.icmpCode))
    let index = recorded.index
    if index == notes.count { return notes.append(note) }
    // The place of a flow that was evicted.
    if notes[index].owner != 0 { freeOwners.append(notes[index].owner) }
    notes[index] = note
    connections.forget(index)
    shares.forget(index)
    guard let evicted = table.evicted else { return }
    report.evicted =
      report.evicted
      + FrameCount(
        packets: Int64(clamping: evicted.packetsOut &+ evicted.packetsIn),
        bytes: Int64(clamping: evicted.bytesOut &+ evicted.bytesIn))
  }

  /// How sure the flow's owner is so far; nil when it has none.
  @inline(__always)
  func confidence(_ index: Int) -> Owner.Confidence? { notes[index].confidence }

  /// A surer owner of the flow, by one of its packets.
  mutating func own(_ index: Int, _ owner: Owner, _ layers: Layers, _ direction: Direction) {
    if notes[index].owner == 0 {
      if let free = freeOwners.popLast() {
        notes[index].owner = free
      } else {
        owners.append(owner)
        notes[index].owner = UInt32(truncatingIfNeeded: owners.count)
      }
    }
    owners[Int(notes[index].owner) - 1] = owner
    notes[index].confidence = owner.confidence
    // A packet that left is its sender's, one that came is its receiver's; on loopback the sender's answer comes first.
    let isSender = direction == .outbound || direction == .unknown && owner.role != .receiver
    let isForward = layers.flowKey?.source == table[index].key.source
    notes[index].isOwnedBySource = isSender == isForward
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
    report.unread = readsNames ? names.unread : []
    report.rows = FlowRows(
      table: table, notes: notes, owners: owners, connections: connections, names: readsNames ? names.finish() : nil,
      containers: containers, shares: shares)
    return report
  }
}

/// What is kept of a flow beside its counts.
struct FlowNote: Sendable {
  /// The place of its owner among the owners, plus one; 0 while it has none.
  var owner: UInt32 = 0
  /// On which interfaces its packets were seen first, each way.
  var forward = Self.unseen
  var back = Self.unseen
  /// Of ICMP, type and code of the first packet.
  var kind: UInt16
  /// How sure the owner is: to ask the owner would copy it.
  var confidence: Owner.Confidence?
  /// Whether the owner is at the end that sent the first packet.
  var isOwnedBySource = true

  static let unseen = UInt32.max

  init(kind: UInt16) { self.kind = kind }
}
