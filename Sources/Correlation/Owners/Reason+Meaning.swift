extension Reason {
  /// The reason that `Owner.reason` names; nil for another's.
  package init?(text: String) {
    guard let found = Self.allCases.first(where: { $0.text == text }) else { return nil }
    self = found
  }

  /// What it says, in words.
  package var meaning: String {
    switch self {
    case .tuple: "a socket with exactly these two ends"
    case .connecting: "a socket on its way to this other end"
    case .port: "a socket bound to the port"
    case .listener: "the listening socket: nobody has taken the connection from it yet"
    case .byteRange: "who wrote these bytes of the stream"
    case .content: "of those that use the socket, the one whose call moved exactly these bytes"
    case .sendEvent: "a send of as many bytes, near in time"
    case .receiveEvent: "a receive of as many bytes, near in time"
    case .latestUser: "of those that use the socket, the one that did last or holds it still"
    case .nearestSend: "several sends fit; this one is nearest in time"
    case .identifier: "the socket whose echoes have this identifier"
    case .rawSocket: "the only raw socket of the protocol"
    case .packetSend: "a packet socket's send of as many bytes, near in time"
    case .packetReceive:
      "an answer to what a packet socket sent, and a receive through one of as many bytes, near in time"
    case .transmission: "the kernel told of this very frame as it left the socket"
    case .delivery: "the kernel told which socket it gave this very packet to"
    case .orphan: "the process has ended; the kernel still delivers what it left"
    case .unread: "nobody has read it yet: who alone ever had the socket and asked for it, or nobody"
    case .arp, .neighborDiscovery: "the kernel asks for and tells link addresses"
    case .icmpError: "the kernel reports an error"
    case .icmpReply: "the kernel answers an echo"
    case .icmpRequest: "an echo that the kernel answers"
    case .reset: "the kernel refuses what has no socket, or ends what was given up"
    case .timeWait: "the connection is over, and the kernel keeps its ends for a while"
    case .multicast: "the kernel joins and leaves groups"
    case .forwarded: "passed on between others"
    case .tunnel: "a tunnel interface carries in it what is the kernel's own"
    case .ambiguous: "several could have sent it, and nothing tells them apart"
    case .noHolder: "the socket is known, but no process that holds it"
    case .noSocket: "no socket is known that it fits"
    case .lostEvent: "no socket is known that it fits, but events were lost"
    case .foreignNamespace: "a socket fits, but of another network namespace"
    case .beforeStart: "the conversation is older than the run"
    case .noEvents: "nothing was told beside the packets"
    case .notIP: "the frame carries no IP"
    }
  }
}
