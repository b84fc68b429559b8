import Correlation
import Dissection
import Events

/// Counts packets to their conversations and keeps of each the surest owner that any of its packets has.
struct FlowCollector {
  private(set) var report = FlowReport()
  private var table = FlowTable()
  private var names = FlowNames()
  private var connections = TCPConversations()
  /// By the index of the flow. How sure the owners are stands beside them: to ask an owner for it would copy the owner.
  private var owners: [Owner?] = []
  private var confidences: [Owner.Confidence?] = []
  /// Whether the owner is at the end that sent the first packet.
  private var sides: [Bool] = []
  private let begun: () -> Void

  init(begun: @escaping () -> Void = {}) { self.begun = begun }

  /// Counts a packet; answers the index of its flow, nil when it belongs to none.
  @inline(__always)
  mutating func count(_ layers: Layers, _ frame: RawSpan, at time: Instant) -> Int? {
    report.packets += 1
    guard let recorded = table.record(layers, at: time) else {
      report.withoutFlow += 1
      return nil
    }
    names.read(layers, frame, recorded, at: time)
    if recorded.index == owners.count {
      owners.append(nil)
      confidences.append(nil)
      sides.append(true)
    } else if recorded.isNew {
      // The place of a flow that was evicted.
      owners[recorded.index] = nil
      confidences[recorded.index] = nil
      connections.forget(recorded.index)
    }
    if layers.transport == .tcp { connections.record(layers, recorded, at: time) }
    return recorded.index
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

  /// A stage lost so many more.
  mutating func lose(_ stage: String, _ count: UInt64) {
    if let place = report.losses.firstIndex(where: { $0.stage == stage }) {
      report.losses[place].count &+= count
    } else {
      report.losses.append((stage, count))
    }
  }

  mutating func finish() -> FlowReport {
    report.evictions = table.evictions
    let names = names.finish()
    for index in 0..<table.count {
      report.rows.append(
        .init(
          flow: table[index], owner: owners[index] ?? .unattributed("not-recorded"), isOwnedBySource: sides[index],
          tcp: connections[index], names: names[index]))
    }
    report.rows.sort { $0.bytes != $1.bytes ? $0.bytes > $1.bytes : $0.flow.first < $1.flow.first }
    return report
  }
}

extension FlowCollector: Observer {
  mutating func begin(at time: Instant) { begun() }

  mutating func take(_ item: Timeline.Item, _ bytes: RawSpan) {
    guard case .packet(let packet, let owner) = item, let index = count(packet.layers, bytes, at: packet.info.time)
    else {
      return
    }
    if let known = confidence(index), known >= owner.confidence { return }
    own(index, owner, packet.layers, packet.info.direction)
  }
}
