import Correlation
import Events
import Reports
import Session

/// What a flow and a group of flows both have.
protocol FlowCounts {
  var flows: Int { get }
  var packetsOut: UInt64 { get }
  var bytesOut: UInt64 { get }
  var packetsIn: UInt64 { get }
  var bytesIn: UInt64 { get }
  var first: Instant { get }
  var last: Instant { get }
  var retransmissions: UInt64 { get }
  /// Nanoseconds.
  var rtt: Int64? { get }
}

extension FlowReport.Row: FlowCounts {
  var flows: Int { 1 }
  var packetsOut: UInt64 { flow.packetsOut }
  var bytesOut: UInt64 { flow.bytesOut }
  var packetsIn: UInt64 { flow.packetsIn }
  var bytesIn: UInt64 { flow.bytesIn }
  var first: Instant { flow.first }
  var last: Instant { flow.last }
  var retransmissions: UInt64 { tcp?.retransmissions ?? 0 }
  var rtt: Int64? { tcp?.rtt }
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
  ] + counts() + tcpColumns + [
    .list("names", "NAMES") { $0.names },
    .text("community_id") { communityID($0.flow.key, icmp: $0.icmp) },
    .text("container") { $0.container.map(printable) },
    .owner("OWNER") { $0.owner },
  ]
}

/// What TCP's headers say. The way out and back in is from the capture to the destination, in from there to the source.
private var tcpColumns: [Column<FlowReport.Row>] {
  func time(_ value: Int64?) -> Int64? { value.flatMap { $0 < 0 ? nil : $0 } }
  return [
    .text("state", "STATE") { $0.tcp?.state.rawValue },
    .text("conn_state") { $0.tcp?.outcome.rawValue },
    .number(nil, "RETRANS") { $0.tcp?.retransmissions },
    .number("retransmissions_out") { $0.tcp?.source.retransmissions },
    .number("retransmissions_in") { $0.tcp?.destination.retransmissions },
    .number("reordered_out") { $0.tcp?.source.reordered },
    .number("reordered_in") { $0.tcp?.destination.reordered },
    .seconds(nil, "RTT") { $0.tcp?.rtt },
    .seconds("rtt_initial") { time($0.tcp?.initialRTT) },
    .seconds("rtt_out_min") { time($0.tcp?.source.leastRTT) },
    .seconds("rtt_out") { time($0.tcp?.source.smoothedRTT) },
    .seconds("rtt_in_min") { time($0.tcp?.destination.leastRTT) },
    .seconds("rtt_in") { time($0.tcp?.destination.smoothedRTT) },
  ]
}

/// Protocols without ports have addresses alone.
private func end(_ endpoint: Endpoint) -> String {
  endpoint.port == 0 ? endpoint.address.description : endpoint.description
}

/// `flows --by …` anything else: what it is that the flows have in common, then what they add up to.
func groupColumns(_ grouping: FlowGrouping) -> [Column<FlowGroup>] {
  let sums: [Column<FlowGroup>] =
    [.number("flows", "FLOWS") { $0.flows }] + counts() + [
      .number("retransmissions", "RETRANS") { $0.retransmissions },
      .seconds("rtt_min", "RTT") { $0.rtt },
    ]
  switch grouping {
  case .process: return [.text(nil, "PROCESS") { $0.owner?.line }] + sums + [.owner { $0.owner ?? .unattributed("") }]
  case .host: return [.text("host", "HOST") { $0.label }] + sums
  case .name: return [.text("name", "NAME") { $0.label }] + sums
  case .container: return [.text("container", "CONTAINER") { $0.label }] + sums
  }
}
