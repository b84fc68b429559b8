import Correlation
import Dissection
import Events
import Probes

// What of a packet names its probe: `packet:INTERFACE:PROTOCOL:DIRECTION`.

extension Layers {
  /// The innermost protocol that was read, as probes name it.
  var named: PacketProtocol {
    switch transport {
    case .tcp: return .tcp
    case .udp: return .udp
    case .icmp: return .icmp
    case .icmpv6: return .icmp6
    case .none, .sctp, .dccp, .udpLite: break
    }
    if isARP { return .arp }
    switch version {
    case 4: return .ip
    case 6: return .ip6
    default: return .other
    }
  }
}

extension Timeline.Packet {
  /// Which way it went, as probes name it. What was only forwarded here is neither sent nor received.
  func direction(_ owner: Owner) -> PacketDirection {
    if owner.reason == "forwarded" { return .forward }
    switch info.direction {
    case .inbound: return .receive
    case .outbound: return .send
    case .unknown: break
    }
    // A cooked capture says in each packet's header what its file does not (`sll_pkttype`).
    switch layers.cookedType {
    case 0...2: return .receive
    case 4: return .send
    default: return .capture
    }
  }
}
