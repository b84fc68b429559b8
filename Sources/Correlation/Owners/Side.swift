import Dissection
import Events

/// A packet seen from one of its ends.
struct Side: Sendable, BitwiseCopyable {
  var local: Endpoint
  var remote: Endpoint
  /// The packet leaves this end.
  var isOutgoing: Bool

  init(_ key: FlowKey, outgoing: Bool) {
    local = outgoing ? key.source : key.destination
    remote = outgoing ? key.destination : key.source
    isOutgoing = outgoing
  }
}

extension Correlator {
  /// Whether an address is one of the namespace's own; nil when nobody said which those are.
  func isLocal(_ address: Address, in namespace: UInt64) -> Bool? {
    if address.version == 4, address.low >> 24 == 127 { return true }
    if address.version == 6, address.high == 0, address.low == 1 { return true }
    guard let own = networks[namespace] else { return nil }
    return own.addresses.contains(address) || own.prefixes.contains { $0.contains(address) }
  }

  /// The ends at which an owner may be: the sender's of a packet that leaves, the receiver's of one that comes in. Where that is not known both,
  /// and the sender's first, so that a loopback frame, which libpcap shows once, is its sender's.
  func sides(_ key: FlowKey, _ direction: Direction, _ namespace: UInt64) -> (first: Side?, second: Side?) {
    let out = Side(key, outgoing: true)
    let back = Side(key, outgoing: false)
    switch direction {
    case .outbound: return (out, nil)
    case .inbound: return (back, nil)
    case .unknown:
      let mine = isLocal(key.source.address, in: namespace)
      let theirs = isLocal(key.destination.address, in: namespace)
      return (
        mine == false ? nil : out,
        theirs == false && !key.destination.address.isGroup ? nil : back
      )
    }
  }
}
