import Correlation
import Events
import Reports
import Session

/// What a flow and a group of flows both have.
protocol FlowCounts {
  var packetsOut: UInt64 { get }
  var bytesOut: UInt64 { get }
  var packetsIn: UInt64 { get }
  var bytesIn: UInt64 { get }
  var first: Instant { get }
  var last: Instant { get }
}

extension FlowReport.Row: FlowCounts {
  var packetsOut: UInt64 { flow.packetsOut }
  var bytesOut: UInt64 { flow.bytesOut }
  var packetsIn: UInt64 { flow.packetsIn }
  var bytesIn: UInt64 { flow.bytesIn }
  var first: Instant { flow.first }
  var last: Instant { flow.last }
}

extension FlowGroup: FlowCounts {}

private func counts<Item: FlowCounts>() -> [Column<Item>] {
  [
    .number("packets_out", "PACKETS OUT") { $0.packetsOut },
    .number("bytes_out", "BYTES OUT") { $0.bytesOut },
    .number("packets_in", "PACKETS IN") { $0.packetsIn },
    .number("bytes_in", "BYTES IN") { $0.bytesIn },
    .seconds("first") { $0.first.nanoseconds },
    .seconds("last") { $0.last.nanoseconds },
    .seconds("duration", "DURATION") { $0.last.since($0.first) },
  ]
}

/// `flows --by flow`.
var flowColumns: [Column<FlowReport.Row>] {
  [
    .text("proto", "PROTO") { protocolName($0.flow.key.proto) },
    .text(nil, "SOURCE") { end($0.flow.key.source) },
    .text(nil, "DESTINATION") { end($0.flow.key.destination) },
    .text("src") { $0.flow.key.source.address.description },
    .number("sport") { $0.flow.key.source.port },
    .text("dst") { $0.flow.key.destination.address.description },
    .number("dport") { $0.flow.key.destination.port },
  ] + counts() + [
    .list("names", "NAMES") { $0.names },
    .owner("OWNER") { $0.owner },
  ]
}

/// Protocols without ports have addresses alone.
private func end(_ endpoint: Endpoint) -> String {
  endpoint.port == 0 ? endpoint.address.description : endpoint.description
}

/// `flows --by …` anything else: what it is that the flows have in common, then what they add up to.
func groupColumns(_ grouping: FlowsCommand.Grouping) -> [Column<FlowGroup>] {
  let what: Column<FlowGroup>
  switch grouping {
  case .host: what = .text("host", "HOST") { $0.host?.description }
  case .process, .flow: what = .text(nil, "PROCESS") { $0.owner?.line }
  }
  let owner: [Column<FlowGroup>] = grouping == .process ? [.owner { $0.owner ?? .unattributed("") }] : []
  return [what, .number("flows", "FLOWS") { $0.flows }] + counts() + owner
}
