import Correlation
package import Events

/// What the flows of a group have in common.
package enum FlowGrouping: String, Sendable, CaseIterable {
  case process, host, name, container
}

/// Flows that have something in common, added up.
package struct FlowGroup: Sendable {
  /// What that is, for people: the owner, the other end's address, its name, the container.
  package var label: String
  /// Whose they are, by process; nil by anything else.
  package var owner: Owner?
  package var flows = 0
  /// From the owner's end to the others: where no owner is known, from the end that sent the first packet.
  package var packetsOut: UInt64 = 0
  package var bytesOut: UInt64 = 0
  package var packetsIn: UInt64 = 0
  package var bytesIn: UInt64 = 0
  package var first: Instant
  package var last: Instant
  package var retransmissions: UInt64 = 0
  /// The least that any of them shows, in nanoseconds; nil when none does.
  package var rtt: Int64?
  package var bytes: UInt64 { bytesOut &+ bytesIn }
}

extension FlowReport {
  /// The flows with the same owner, other end, name or container in one; the largest group first.
  package func grouped(by grouping: FlowGrouping) -> [FlowGroup] {
    switch grouping {
    // Each packet is its own owner's. Those of nobody by the reason why; the surest answer speaks for all.
    case .process:
      groupedByOwner {
        GroupKey(process: $0.owner.actor?.process, text: $0.owner.actor == nil ? $0.owner.reason : "")
      }
    case .host: grouped { GroupKey(text: $0.remote.description) }
    case .name: grouped { GroupKey(text: $0.names.first ?? "-") }
    case .container: groupedByOwner { GroupKey(text: $0.place) }
    }
  }

  /// By what packets' owners have in common: a flow is taken apart where it has several.
  private func groupedByOwner(_ key: (Row) -> GroupKey) -> [FlowGroup] {
    grouped(rows.lazy.flatMap(\.byOwner), key)
  }

  private struct GroupKey: Hashable {
    var process: ProcessID?
    var text = ""
  }

  private func grouped(_ key: (Row) -> GroupKey) -> [FlowGroup] { grouped(rows, key) }

  private func grouped(_ rows: some Sequence<Row>, _ key: (Row) -> GroupKey) -> [FlowGroup] {
    var places: [GroupKey: Int] = [:]
    var groups: [FlowGroup] = []
    for row in rows {
      let key = key(row)
      let place = places[key] ?? groups.count
      if place == groups.count {
        places[key] = place
        groups.append(FlowGroup(label: key.text, first: row.flow.first, last: row.flow.last))
      }
      groups[place].add(row)
    }
    return groups.sorted { $0.bytes != $1.bytes ? $0.bytes > $1.bytes : $0.first < $1.first }
  }
}

extension FlowReport.Row {
  /// A row for each owner of its packets. What TCP's headers say is of the flow, and goes with the owner of the flow.
  fileprivate var byOwner: [FlowReport.Row] {
    if shares.count < 2, shares.first.map({ $0.packets.owner.actor?.process == owner.actor?.process }) ?? true {
      return [self]
    }
    return shares.map { share in
      var row = self
      row.shares = []
      row.owner = share.packets.owner
      row.container = share.container
      let isForward = isOwnedBySource
      let (out, back) = (share.packets.out, share.packets.back)
      row.flow.packetsOut = isForward ? out.packets : back.packets
      row.flow.bytesOut = isForward ? out.bytes : back.bytes
      row.flow.packetsIn = isForward ? back.packets : out.packets
      row.flow.bytesIn = isForward ? back.bytes : out.bytes
      row.flow.first = share.packets.first
      row.flow.last = share.packets.last
      if share.packets.owner.actor?.process != owner.actor?.process { row.tcp = nil }
      return row
    }
  }

  /// The end that is not the owner's.
  var remote: Address { (isOwnedBySource ? flow.key.destination : flow.key.source).address }

  /// The container; `host` for a process that is in none; the kernel's and nobody's are apart.
  var place: String {
    if owner.actor != nil { return container.map(printable) ?? "host" }
    return owner.role == .kernel ? "kernel" : "nobody"
  }
}

extension FlowGroup {
  fileprivate mutating func add(_ row: FlowReport.Row) {
    let flow = row.flow
    let isForward = row.isOwnedBySource
    flows += 1
    packetsOut &+= isForward ? flow.packetsOut : flow.packetsIn
    bytesOut &+= isForward ? flow.bytesOut : flow.bytesIn
    packetsIn &+= isForward ? flow.packetsIn : flow.packetsOut
    bytesIn &+= isForward ? flow.bytesIn : flow.bytesOut
    first = min(first, flow.first)
    last = max(last, flow.last)
    retransmissions &+= row.tcp?.retransmissions ?? 0
    if let time = row.tcp?.rtt { rtt = min(rtt ?? .max, time) }
    if owner.map({ $0.confidence < row.owner.confidence }) ?? true { owner = row.owner }
  }
}
