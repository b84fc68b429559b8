/// Why an owner was named, or why none could be: the words of `Owner.reason`.
package enum Reason: UInt8, Sendable, CaseIterable, BitwiseCopyable {
  // Which evidence named a process.
  /// A socket with exactly these two ends.
  case tuple
  /// A socket on its way to this other end, whose own port was not chosen yet.
  case connecting
  /// A socket bound to the port, and to no other end.
  case port
  /// A listening socket: the connection has none of its own yet, or this packet is the listener's.
  case listener
  /// TCP: whose send covers these bytes of the stream.
  case byteRange
  /// Whose call moved exactly these bytes, of those that use the socket.
  case content
  /// A send near in time, of as many bytes.
  case sendEvent
  /// A receive near in time.
  case receiveEvent
  /// Several processes use the socket; this one used it last.
  case latestUser
  /// Several could have sent it; this one's send is nearest in time.
  case nearestSend
  /// An ICMP identifier that belongs to one socket.
  case identifier
  /// The only raw socket of the protocol.
  case rawSocket
  /// A send through a packet socket, near in time, of as many bytes.
  case packetSend
  /// What this one asked through a packet socket is answered, and it has read as many bytes through one just after.
  case packetReceive
  /// The kernel told of this very frame as it left.
  case transmission
  /// The kernel told which socket it gave this very packet to.
  case delivery
  /// The process has ended; the kernel still delivers what it left.
  case orphan
  /// Nobody has read it yet; this one alone ever had the socket, or, where nobody is named, another may read it.
  case unread

  // What the kernel did.
  case arp, neighborDiscovery, icmpError, icmpReply, icmpRequest, reset, timeWait, multicast, forwarded, tunnel

  // Why nobody could be named.
  /// Several could have sent it, and nothing tells them apart.
  case ambiguous
  /// A socket is known, but no process that holds it.
  case noHolder
  case noSocket
  /// There is no socket for it, but events were lost, so that there may have been one.
  case lostEvent
  /// A socket has these ends, but in another network namespace than the packet's.
  case foreignNamespace
  /// The conversation is older than the run.
  case beforeStart
  /// There are no kernel events beside the packets.
  case noEvents
  /// The frame carries no IP.
  case notIP

  /// As `Owner.reason` has it.
  package var text: String {
    switch self {
    case .tuple: "tuple"
    case .connecting: "connecting"
    case .port: "port"
    case .listener: "listener"
    case .byteRange: "byte-range"
    case .content: "content"
    case .sendEvent: "send-event"
    case .receiveEvent: "receive-event"
    case .latestUser: "latest-user"
    case .nearestSend: "nearest-send"
    case .identifier: "identifier"
    case .rawSocket: "raw-socket"
    case .packetSend: "packet-send"
    case .packetReceive: "packet-receive"
    case .transmission: "transmission"
    case .delivery: "delivery"
    case .orphan: "orphan"
    case .unread: "unread"
    case .arp: "arp"
    case .neighborDiscovery: "nd"
    case .icmpError: "icmp-error"
    case .icmpReply: "icmp-reply"
    case .icmpRequest: "icmp-request"
    case .reset: "reset"
    case .timeWait: "time-wait"
    case .multicast: "multicast"
    case .forwarded: "forwarded"
    case .tunnel: "tunnel"
    case .ambiguous: "ambiguous"
    case .noHolder: "no-holder"
    case .noSocket: "no-socket"
    case .lostEvent: "lost-event"
    case .foreignNamespace: "foreign-namespace"
    case .beforeStart: "before-start"
    case .noEvents: "no-events"
    case .notIP: "not-ip"
    }
  }
}
