import Correlation
package import Events

/// Flows that have something in common, added up.
package struct FlowGroup: Sendable {
  /// Whose they are, by process; nil by host.
  package var owner: Owner?
  /// The other end, by host.
  package var host: Address?
  package var flows = 0
  /// From the owner's end to the others: where no owner is known, from the end that sent the first packet.
  package var packetsOut: UInt64 = 0
  package var bytesOut: UInt64 = 0
  package var packetsIn: UInt64 = 0
  package var bytesIn: UInt64 = 0
  package var first: Instant
  package var last: Instant
  package var bytes: UInt64 { bytesOut &+ bytesIn }
}

extension FlowReport {
  /// The flows of each process in one; those of nobody by the reason why.
  package func byProcess() -> [FlowGroup] {
    grouped {
      GroupKey(process: $0.owner.actor?.process, reason: $0.owner.actor == nil ? $0.owner.reason : "")
    } describe: { group, row in
      // The surest answer speaks for all.
      if group.owner == nil || group.owner!.confidence < row.owner.confidence { group.owner = row.owner }
    }
  }

  /// The flows with each host in one.
  package func byHost() -> [FlowGroup] {
    grouped {
      GroupKey(host: $0.remote)
    } describe: { group, row in
      group.host = row.remote
    }
  }

  private struct GroupKey: Hashable {
    var process: ProcessID?
    var reason = ""
    var host: Address?
  }

  private func grouped(
    _ key: (Row) -> GroupKey, describe: (inout FlowGroup, Row) -> Void
  ) -> [FlowGroup] {
    var places: [GroupKey: Int] = [:]
    var groups: [FlowGroup] = []
    for row in rows {
      let key = key(row)
      let place = places[key] ?? groups.count
      if place == groups.count {
        places[key] = place
        groups.append(FlowGroup(first: row.flow.first, last: row.flow.last))
      }
      groups[place].add(row)
      describe(&groups[place], row)
    }
    return groups.sorted { $0.bytes != $1.bytes ? $0.bytes > $1.bytes : $0.first < $1.first }
  }
}

extension FlowReport.Row {
  /// The end that is not the owner's.
  var remote: Address { (isOwnedBySource ? flow.key.destination : flow.key.source).address }
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
  }
}
