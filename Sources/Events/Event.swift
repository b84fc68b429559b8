/// One thing that happened outside the packets: a socket, process, file or system-call event, as the kernel told it.
/// A recording holds these; the correlation and the host-side D probes read them.
package struct Event: Sendable, Equatable {
  package var time: Instant
  package var cpu: UInt32
  package var actor: Actor
  package var what: What

  package init(time: Instant, cpu: UInt32 = 0, actor: Actor, what: What) {
    self.time = time
    self.cpu = cpu
    self.actor = actor
    self.what = what
  }

  package enum What: Sendable, Equatable {
    case process(ProcessEvent)
    case socket(SocketEvent)
    case file(FileEvent)
    case call(CallEvent)
    /// A user stack sampled from the actor: frames from the innermost, already named (`srg'scan+0x40`).
    case stack([String])
    /// What /proc says of the actor now.
    case state(ProcessState)
    /// Every descriptor that the actor has open now.
    case descriptors([DescriptorState])
    /// The path of the actor's control group, when it names a container.
    case container([UInt8])
    /// A program or a probe was attached to what others send or do.
    case attachment(AttachmentEvent)
    /// Whom the actor is set to ask for names (resolv.conf(5)), and the inode number of its mount namespace; of nobody (pid 0), and with 0, it
    /// is the machine's own setting.
    case resolvers([Address], place: UInt64)
    /// What a stage lost since the last such event.
    case loss(stage: String, count: UInt64)
  }
}

/// A process began, became another program, or ended; or was found running when the run began.
package enum ProcessEvent: Sendable, Equatable {
  /// The actor forked `child`.
  case create(child: ProcessID)
  /// The actor is now the program at `path`. `arguments` as given to execve, cut at a bound.
  case exec(path: [UInt8], arguments: [[UInt8]], standard: StandardChannels = .none)
  /// The actor's thread group ended, with wait(2)'s status.
  case exit(status: Int32)
  /// The actor was there before the run.
  case found(path: [UInt8], arguments: [[UInt8]])
}

/// What a new program's standard input and output lead to, where somebody else may hold the other end: the kernel's address of the pipe
/// (`struct pipe_inode_info`), of the terminal (the side that programs have: `struct tty_struct` of a pty's slave, and its lowest bit is set) or of
/// the unix socket; 0 for anything else. An address is used again when what was there is gone.
package struct StandardChannels: Sendable, Hashable {
  package var input: UInt64 = 0
  package var output: UInt64 = 0
  package init(input: UInt64 = 0, output: UInt64 = 0) {
    self.input = input
    self.output = output
  }
  package static let none = StandardChannels()
}

/// A system call that names a file: its path as the program gave it and the descriptor or negative errno it got.
package struct FileEvent: Sendable, Equatable {
  package var path: [UInt8]
  package var flags: UInt64
  package var result: Int64
  /// True when the path could not be read at entry and was read at return.
  package var readLate: Bool
  /// The number of the inode of a regular file or a named pipe; 0 of anything else, or when it is not known.
  package var inode: UInt64
  package init(path: [UInt8], flags: UInt64, result: Int64, readLate: Bool = false, inode: UInt64 = 0) {
    self.inode = inode
    self.path = path
    self.flags = flags
    self.result = result
    self.readLate = readLate
  }
}

/// A system call, entered or returned.
package struct CallEvent: Sendable, Equatable {
  /// The number in x86-64's table (or this machine's).
  package var number: UInt32
  /// True at entry.
  package var entry: Bool
  /// At entry its six arguments; at return the result in the first.
  package var arguments: [UInt64]
  package init(number: UInt32, entry: Bool, arguments: [UInt64]) {
    self.number = number
    self.entry = entry
    self.arguments = arguments
  }
}

/// What happened to a socket, with the socket as it was just after.
package struct SocketEvent: Sendable, Equatable {
  package enum Action: UInt8, Sendable, CaseIterable {
    /// Made by socket(2) or socketpair(2).
    case create = 1
    case bind, connect, listen
    /// The actor took this socket from a listener.
    case accept
    case send, receive, shutdown, close
    case attachFilter, setOption
    /// A TCP state change; `detail` is old << 8 | new, as the kernel numbers them.
    case state
    /// There before the run; the actor holds it.
    case found
    /// Membership of a packet socket: `detail` is PACKET_MR_* (1 is promiscuous, 2 every multicast).
    case membership
    /// Looked at while the run goes on: a packet or raw socket as it is now, with its counters; the actor holds it.
    case seen
    /// A packet of it left with other ends than its own (NAT): `local` and `remote` are those on the wire. Without a socket
    /// (cookie and address 0) it was another machine's, which this one passed on; `proto` is the packet's.
    case translated
    /// A frame of it left: told where its send does not say who sent which frame, since several processes or sockets may. The
    /// actor is who was running; `result` is the bytes of the network's packet, `detail` its mark (`frameMark`; 0: unknown). For
    /// a socket that several processes send on, `peer` is the pid of the one that alone had before.
    case transmitted
    /// Another process than before gives bytes to a TCP connection: `detail` is the sequence number of its first one, `peer` the pid
    /// of the other.
    case written
    /// A datagram was put into its queue: told where the packet's headers do not say which socket it is for, since several share the port or
    /// its ends were changed on the way (NAT). `result` is the bytes of the network's packet, `detail` its mark as it came in
    /// (`frameMark`). The actor is whoever was running.
    case delivered
    /// A listener that shares its port answered who asks for a connection: `local` and `remote` are the connection's ends.
    case asked
    /// The actor has just become another program, and the socket is its `descriptor` 0, 1 or 2.
    case inherited
    /// Bytes went on from this connection to where a program may have its standard input (`descriptor` 0, or 2 for a named pipe), or came from
    /// where one may have its standard output and went on to this connection (`descriptor` 1), by two calls of one thread of the actor's that followed each other.
    /// `detail` is the channel between, as in `StandardChannels`; `peer` how many bytes the first call moved, `result` the second.
    /// Told at most twenty times a second of each channel and direction.
    case relayed
    /// The actor asked for a packet socket's statistics, which sets its counter back: `frames` is what it had counted.
    case statistics

    /// Whether the kernel does it in the time of whoever runs, who need have nothing to do with it.
    package var isOfWhoeverRuns: Bool {
      switch self {
      case .state, .translated, .transmitted, .delivered, .asked: true
      default: false
      }
    }
  }

  package var action: Action
  package var socket: SocketID
  /// The kernel's address of the `struct sock`: an identity while the socket lives, before it has a cookie.
  package var address: UInt64
  /// AF_*: 2 inet, 10 inet6, 17 packet, 1 unix, 16 netlink.
  package var family: UInt16
  /// SOCK_*: 1 stream, 2 datagram, 3 raw.
  package var type: UInt16
  /// The IP protocol, or for a packet socket the ethertype (host order; 3 is ETH_P_ALL).
  package var proto: UInt16
  package var local: Endpoint
  package var remote: Endpoint
  /// The descriptor in the actor, or -1.
  package var descriptor: Int32
  /// Bytes sent or received, or the call's result when negative (an errno).
  package var result: Int64
  /// For a packet socket the interface it is bound to (0 any); else the bound device.
  package var interface: UInt32
  /// As `action` says; for `create`, `bind`, `connect`, `listen` and `accept` 1 when the actor's program has no name in any directory (it was
  /// deleted, or never had one); for `close` 1 when another descriptor leads to it or is on its way to somebody; for `found` and `seen` the membership, 0 without one; for `send` and `receive` the call's flags, above them
  /// the sequence number after the bytes of a TCP socket's send or receive (`write_seq`, `copied_seq` when the call was done, of MPTCP those of its data; 0: unknown).
  package var detail: UInt64
  /// An attached classic filter's instructions, eight bytes each, as `struct sock_filter`.
  package var filter: [UInt8]
  /// What filters there are: a classic one may be in `filter`.
  package var filterKind = FilterKind.none
  /// A packet socket's `tp_packets`: frames that passed its filter since it was made or since somebody read its statistics.
  package var frames: UInt32 = 0
  /// A packet socket whose frames are read from a mapped ring, without a call.
  package var hasRing = false
  /// Frames that wait to be read from a packet or raw socket, of `found` and `seen`.
  package var queued: UInt32 = 0
  /// The ethertype of the frame of a packet socket that was `transmitted`; whom it is for is in `destination`.
  package var etherType: UInt16 = 0
  /// For a unix socket the kernel's address of the one it is connected to, or that the send named; for a subflow of MPTCP (a TCP socket that the kernel made) that of
  /// the socket that programs have of it.
  package var peer: UInt64 = 0
  /// Of a frame that was `transmitted` the pid of who gave it to the interface's queue; 0 when that is not known.
  package var sender: UInt32 = 0
  /// Whom a send names by itself: an unconnected socket has no `remote`. Whom a packet socket's frame is for that was `transmitted`, with
  /// the port that UDP and TCP have.
  package var destination = Endpoint.none
  /// Of a send or receive of a datagram socket, and of a send of a raw one of IPv4: what `payloadMark` makes of its bytes; 0 when unknown.
  package var payloadMark: UInt64 = 0

  package enum FilterKind: UInt8, Sendable, CaseIterable {
    case none = 0
    /// Classic BPF (SO_ATTACH_FILTER).
    case classic
    /// eBPF (SO_ATTACH_BPF), which nobody here interprets.
    case extended
  }

  package init(
    action: Action, socket: SocketID, address: UInt64 = 0, family: UInt16 = 0, type: UInt16 = 0, proto: UInt16 = 0,
    local: Endpoint = .none, remote: Endpoint = .none, descriptor: Int32 = -1, result: Int64 = 0,
    interface: UInt32 = 0, detail: UInt64 = 0, filter: [UInt8] = []
  ) {
    self.action = action
    self.socket = socket
    self.address = address
    self.family = family
    self.type = type
    self.proto = proto
    self.local = local
    self.remote = remote
    self.descriptor = descriptor
    self.result = result
    self.interface = interface
    self.detail = detail
    self.filter = filter
  }
}

extension SocketEvent {
  /// Whether the socket speaks with netfilter: NETLINK_NETFILTER of AF_NETLINK.
  package var isNetfilters: Bool { family == 16 && proto == 12 }
}
