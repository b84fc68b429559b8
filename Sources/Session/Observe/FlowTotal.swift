import Correlation

/// Several flows' counts, added up.
package struct FlowTotal: Sendable, Hashable {
  package var packetsOut: UInt64 = 0
  package var bytesOut: UInt64 = 0
  package var packetsIn: UInt64 = 0
  package var bytesIn: UInt64 = 0
  package var retransmissions: UInt64 = 0

  init() {}

  /// Adds a flow's, from its source to its destination and back.
  mutating func add(_ flow: Flow, _ retransmissions: UInt64) {
    packetsOut &+= flow.packetsOut
    bytesOut &+= flow.bytesOut
    packetsIn &+= flow.packetsIn
    bytesIn &+= flow.bytesIn
    self.retransmissions &+= retransmissions
  }
}

extension [FlowGroup] {
  /// What all of them come to, each from its owner's end and back.
  package var total: FlowTotal {
    var total = FlowTotal()
    for group in self {
      total.packetsOut &+= group.packetsOut
      total.bytesOut &+= group.bytesOut
      total.packetsIn &+= group.packetsIn
      total.bytesIn &+= group.bytesIn
      total.retransmissions &+= group.retransmissions
    }
    return total
  }
}
