import Events
package import Processes

// The feeds are D programs, compiled and emitted as any other: the kernel tells what happens, one record an event.
// Each clause traces first the actor, then what its kind of event has, in the order that `FeedDecoder` reads.

/// Which events a run asks the kernel for.
package struct FeedChoice: Sendable, Equatable {
  /// What processes do with sockets, and their beginnings and ends.
  package var sockets = true
  /// Processes whose files, system calls and stacks are told too, and those of all they start.
  package var watched: [UInt32] = []
  /// Processes that hold the reading end of a pipe which a watched one holds the other end of: told of once it is seen to be written.
  package var readers: [UInt32] = []
  /// Files and named pipes that watched processes may write to: who opens one to read is watched from then on.
  package var files: Set<FileKey> = []
  /// Processes that have such a file open to read.
  package var fileReaders: [UInt32] = []
  /// Watch also whoever holds or makes a packet socket or a raw one.
  package var watchesSniffers = false
  /// Inode numbers of the network namespaces whose sockets and processes are told of; every one's when there are none.
  /// Watched processes are told of wherever they are.
  package var namespaces: [UInt32] = []
  /// System calls and opened files of whoever makes them.
  package var calls: [CallFeed] = []
  /// Packets whose ends the kernel changes (NAT); not where its types do not say how.
  package var translations = true
  /// Changes of hands of connections; not where the kernel does not tell of them (before Linux 6.16).
  package var writers = true
  /// Which socket a datagram is given to, where several may be; not where the kernel does not tell (before Linux 6.3).
  package var deliveries = true
  /// What is attached to interfaces and programs, and what goes on from connections to other programs: of no use to whoever asks only
  /// whose packets are whose.
  package var surroundings = true
  /// The process that looks, which is not watched.
  package var own: UInt32 = 0

  package init(
    sockets: Bool = true, watched: [UInt32] = [], watchesSniffers: Bool = false, namespaces: [UInt32] = []
  ) {
    self.sockets = sockets
    self.watched = watched
    self.watchesSniffers = watchesSniffers
    self.namespaces = namespaces
  }

  package init(target: UInt32?) { self.init(watched: target.map { [$0] } ?? []) }

  var watches: Bool { watchesSniffers || !watched.isEmpty }
}

/// What a feed's clause tells of, in the order of the clauses.
enum FeedClause: Sendable, Equatable {
  case socket(SocketEvent.Action)
  case processCreated, processExec, processExit, processFound
  case fileOpened, callEntered, callReturned, stack
  case attached(AttachmentEvent.Kind)
  /// What was written to tracefs' uprobe_events.
  case probeDefined
  /// Keeps the set of watched processes; records nothing.
  case bookkeeping

  /// Whether it may happen with each packet or system call, and whether no packet's owner rests on it then.
  var frequency: Frequency {
    switch self {
    case .socket(.send), .socket(.receive), .socket(.transmitted), .socket(.delivered): .ofPackets
    case .callEntered, .callReturned, .stack: .ofCalls
    case .socket, .processCreated, .processExec, .processExit, .processFound, .fileOpened, .attached, .probeDefined,
      .bookkeeping:
      .rare
    }
  }

  enum Frequency: Int, Comparable {
    case rare, ofPackets, ofCalls
    static func < (one: Frequency, other: Frequency) -> Bool { one.rawValue < other.rawValue }
  }
}

/// A feed's text, and what each of its clauses tells of.
struct Feed: Sendable {
  var text = ""
  var clauses: [FeedClause] = []

  private let choice: FeedChoice

  init(_ choice: FeedChoice) {
    self.choice = choice
    // The longest paths and names that are worth their room in the buffer.
    text += "#pragma D option strsize=256\nint watched[pid_t];\nint fed[pid_t];\n"
    for process in choice.watched + choice.readers + choice.fileReaders {
      add(.bookkeeping, "dtrace:::BEGIN", "watched[\(process)] = 1;")
    }
    if choice.watches { declareCallLimit() }
    if choice.watchesSniffers { addSniffers() }
    if choice.sockets { addSockets() }
    addProcesses()
    if choice.surroundings {
      addRelays()
      addAttachments()
    }
    if choice.watches { addWatched() }
    for call in choice.calls { add(call) }
  }

  mutating func add(_ clause: FeedClause, _ probes: String, when predicates: String?..., does body: String) {
    clauses.append(clause)
    let all = predicates.compactMap(\.self)
    text += probes + (all.isEmpty ? "" : " /\(all.map { "(\($0))" }.joined(separator: " && "))/") + " { \(body) }\n"
  }

  private mutating func add(_ clause: FeedClause, _ probes: String, _ body: String) {
    add(clause, probes, does: body)
  }

  /// Whether a process that acts in a namespace is told of; nil when every one is.
  func scope(_ namespace: String, _ process: String = "pid") -> String? {
    guard !choice.namespaces.isEmpty else { return nil }
    let inside = choice.namespaces.map { "\(namespace) == \($0)" }
    return (inside + (choice.watches ? ["watched[\(process)]", "fed[\(process)]"] : [])).joined(separator: " || ")
  }

  static let actor = "trace(curpsinfo->pr_start); trace(ppid); trace(uid); trace(gid); trace(execname); "

  static let socket = tracedSocketMembers.map { "trace(args[0]->\($0)); " }.joined()

  /// Hears what it is not spoken to about: AF_PACKET, AF_XDP, or SOCK_RAW of the internet families.
  private static let sniffs =
    "args[0]->so_family == 17 || args[0]->so_family == 44 || args[0]->so_type == 3 && (args[0]->so_family == 2 || args[0]->so_family == 10)"

  private mutating func addSniffers() {
    // A found socket's holder is in the arguments; who looks for it, and hears packets for this run, is nobody to be watched.
    for (probe, holder) in [("create", "pid"), ("found", "arg3")] {
      add(
        .bookkeeping, "socket:::\(probe)", when: "arg0 != 0", Self.sniffs, "\(holder) != \(choice.own)",
        scope("args[0]->so_netns_inode", holder), does: "watched[\(holder)] = 1;")
    }
  }

  private mutating func addSockets() {
    let scope = scope("args[0]->so_netns_inode")
    if choice.watches { addHearingLimit(scope) }
    let named =
      " trace(arg4); trace(arg5); trace(arg6);"
      + (tellsQueues
        ? " trace(args[0]->so_family == 1 ? self->queued : 0);" : " trace(0);")
    if tellsQueues { addQueues() }
    let transfers: [(SocketEvent.Action, String, String, String, String?)] = [
      (.send, "sent", "arg2 & 0xffffffff | args[0]->so_write_seq << 32", named, nil),
      (.receive, "received", "arg2 & 0xffffffff | args[0]->so_read_seq << 32", "", choice.watches ? Self.isHeard : nil),
    ]
    for (action, name, detail, more, limit) in transfers {
      add(
        .socket(action), "socket:::\(name)", when: scope, limit,
        does: Self.actor + Self.socket + "trace(arg1); trace(\(detail)); trace(-1); trace(arg3);" + more)
    }
    if tellsQueues {
      add(.bookkeeping, "socket:::sent", when: "self->queued != 0", does: "self->queued = 0;")
    }
    addTransmissions(scope)
    if choice.writers { addWriters(scope) }
    if choice.deliveries { addDeliveries(scope) }
    let calls: [(SocketEvent.Action, String)] = [
      (.create, "create"), (.bind, "bind"), (.connect, "connect"), (.listen, "listen"), (.accept, "accept"),
      (.shutdown, "shutdown"), (.close, "closing"),
    ]
    for (action, name) in calls {
      let detail = action == .close ? "arg3" : action == .shutdown ? "0" : "args[0]->so_unlinked"
      add(
        .socket(action), "socket:::\(name)", when: "arg0 != 0", scope,
        does: Self.actor + Self.socket + "trace(arg1); trace(\(detail)); trace(arg2);")
    }
    add(
      .socket(.inherited), "socket:::inherited", when: "arg0 != 0", scope,
      does: Self.actor + Self.socket + "trace(0); trace(0); trace(arg2);")
    add(
      .socket(.state), "socket:::state-change", when: scope,
      does: Self.actor + Self.socket + "trace(0); trace((arg1 << 8) | arg2); trace(-1); trace(arg3);")
    // Once a second for each connection and direction is enough; the kernel gives a connection's memory to the next one at once.
    if choice.translations {
      text += "int64_t translated[uintptr_t];\nuint64_t translation[uintptr_t];\n"
      let ends = "(arg5 ^ arg6 ^ arg7 ^ arg8 ^ arg9)"
      add(
        .socket(.translated), "socket:::translated",
        when: "translation[arg3] != \(ends) || timestamp - translated[arg3] > 1000000000", self.scope("arg2"),
        does: "translation[arg3] = \(ends); translated[arg3] = timestamp; " + Self.actor + Self.socket
          + "trace(0); trace(0); trace(-1); " + Self.ends)
    }
    let code =
      "if (args[0]->so_filter_length != 0) "
      + "{ tracemem(args[0]->so_filter_code, 2048, args[0]->so_filter_length * 8); }"
    add(
      .socket(.attachFilter), "socket:::attach-filter", when: "arg0 != 0", scope,
      does: Self.actor + Self.socket + "trace(arg1); trace(arg4); trace(arg2); " + code)
    add(
      .socket(.membership), "socket:::membership", when: "arg0 != 0", scope,
      does: Self.actor + Self.socket + "trace(arg1); trace(args[0]->so_membership); trace(arg2);")
    // The iterator runs in this program's own context: the holder is in the arguments.
    add(
      .socket(.found), "socket:::found", when: "arg0 != 0", self.scope("args[0]->so_netns_inode", "arg3"),
      does: "trace(arg4); trace(arg5); trace(arg6); trace(arg7); trace(args[8]); " + Self.socket
        + "trace(0); trace(args[0]->so_membership); trace(arg2); trace(arg3); trace(args[0]->so_queued); " + code)
  }

  /// Where a datagram socket's queues are told of, and what goes on around the watched processes, a unix socket's are looked at, too.
  private var tellsQueues: Bool { choice.deliveries && choice.surroundings }

  /// Whom a unix socket's send is for that names a receiver: the same thread has put the message into its queue just before. Who takes
  /// something from a queue into which a watched process has put something is told of, wherever he is, and so on.
  private mutating func addQueues() {
    text += "self uintptr_t queued;\n"
    add(.bookkeeping, "socket:::queued", when: "args[0]->so_type == 2", does: "self->queued = arg0;")
    guard choice.watches, !choice.namespaces.isEmpty else { return }
    text += "int feeding[uintptr_t];\n"
    add(.bookkeeping, "socket:::queued", when: "watched[pid] || fed[pid]", does: "feeding[arg0] = 1;")
    add(
      .bookkeeping, "socket:::received", when: "args[0]->so_family == 1 && feeding[arg0] != 0",
      "!watched[pid] && pid != \(choice.own)", does: "fed[pid] = 1;")
  }

  /// Frames whose sends do not say whose they are: those of packet and raw sockets, of sockets that share their port, and of sockets that
  /// several processes send on, from the second one's first frame on.
  private mutating func addTransmissions(_ scope: String?) {
    text += "uint64_t transmitter[uintptr_t];\nuint64_t submitter[int];\nuint64_t submitterToo[int];\n"
    // The pid of who sent first, and above it whether others did too. Nobody's is the idle task's, in whose time queues are emptied.
    add(
      .bookkeeping, "socket:::submitted",
      when: "args[0]->so_type == 2 && args[0]->so_family != 17 && pid != 0",
      "transmitter[arg0] <= 0xffffffff && transmitter[arg0] != pid",
      does: "transmitter[arg0] = transmitter[arg0] == 0 ? pid : transmitter[arg0] | 1 << 32;")
    // Who gave a frame to the interface's queue, which it may leave in anybody's time: by where it lies and what it is, told in the upper half. Others
    // that are sent meanwhile, on any interface, may come to its place; so it has two, and what shares one of them has another second one.
    let isShared = "args[0]->so_type == 3 || args[0]->so_family == 17 || transmitter[arg0] > 0xffffffff"
    add(
      .bookkeeping, "socket:::submitted", when: isShared, "pid != 0",
      does: "submitter[arg1 >> 8 & 16383] = ((arg1 ^ arg2) & 0xffffffff00000000) | pid; "
        + "submitterToo[(arg1 >> 8 ^ arg1 >> 22) & 16383] = ((arg1 ^ arg2) & 0xffffffff00000000) | pid;")
    let submitters = ["submitter[arg8 >> 8 & 16383]", "submitterToo[(arg8 >> 8 ^ arg8 >> 22) & 16383]"]
    let submitter = submitters.reversed().reduce("0") { rest, place in
      "((\(place) ^ arg8 ^ arg2) & 0xffffffff00000000) == 0 ? \(place) & 0xffffffff : \(rest)"
    }
    add(.bookkeeping, "socket:::create", when: "arg0 != 0 && transmitter[arg0] != 0", does: "transmitter[arg0] = 0;")
    add(
      .socket(.transmitted), "socket:::transmitted",
      when:
        "args[0]->so_type == 3 || args[0]->so_family == 17 || arg3 != 0 || arg9 != 0 || transmitter[arg0] > 0xffffffff",
      scope,
      does: Self.actor + Self.socket + "trace(arg1); trace(arg2); trace(-1); trace(transmitter[arg0]); "
        + "trace((\(isShared)) ? (\(submitter)) : 0); "
        + "trace(arg4); trace(arg5); trace(arg6); trace(arg7);")
  }

  /// Which socket gets what comes in, where its headers do not say: several share the port, or netfilter changes the ends on the way. What
  /// arrives is remembered until it lies in a queue, on the same processor and soon after.
  private mutating func addDeliveries(_ scope: String?) {
    let place = "[arg4 >> 8 & 255, cpu]"
    var (isChanged, mark) = ("0", "arg2")
    if choice.translations {
      text += "uint64_t arrived[uintptr_t, int];\nuint64_t arrivedAs[uintptr_t, int];\n"
      add(
        .bookkeeping, "socket:::arrived",
        does: "arrived[arg0 >> 8 & 255, cpu] = arg0; arrivedAs[arg0 >> 8 & 255, cpu] = arg1;")
      isChanged = "arrived\(place) == arg4 && arrivedAs\(place) != 0 && arrivedAs\(place) != arg2"
      mark = "arrived\(place) == arg4 && arrivedAs\(place) != 0 ? arrivedAs\(place) : arg2"
    }
    add(
      .socket(.delivered), "socket:::delivered", when: "arg3 != 0 || arg5 != args[0]->so_lport || \(isChanged)", scope,
      does: Self.actor + Self.socket + "trace(arg1); trace(\(mark)); trace(-1);")
    if choice.translations {
      add(.bookkeeping, "socket:::delivered", when: "arrived\(place) == arg4", does: "arrived\(place) = 0;")
    }
    add(
      .socket(.asked), "socket:::asked", when: scope,
      does: Self.actor + Self.socket + "trace(0); trace(0); trace(-1); " + Self.ends)
  }

  /// As `translationProbe` has them.
  private static let ends = "trace(arg1); trace(arg4); trace(arg5); trace(arg6); trace(arg7); trace(arg8); trace(arg9);"

  /// Changes of hands of the connections that several processes write on, under the connection's lock: whose bytes begin where.
  private mutating func addWriters(_ scope: String?) {
    text += "uint64_t writer[uintptr_t];\n"
    add(
      .socket(.written), "socket:::written", when: "writer[arg0] != 0 && writer[arg0] != pid", scope,
      does: Self.actor + Self.socket + "trace(0); trace(args[0]->so_write_seq); trace(-1); trace(writer[arg0]);")
    add(.bookkeeping, "socket:::written", when: "writer[arg0] != pid", does: "writer[arg0] = pid;")
    // TCP_CLOSE
    add(.bookkeeping, "socket:::state-change", when: "arg2 == 7 && writer[arg0] != 0", does: "writer[arg0] = 0;")
  }

  private mutating func addProcesses() {
    let scope = scope("curpsinfo->pr_netns")
    let watch = choice.watches ? " if (watched[pid]) { watched[arg1] = 1; }" : ""
    add(.processCreated, "proc:::create", when: scope, does: Self.actor + "trace(arg1); trace(arg2);" + watch)
    add(
      .processExec, "proc:::exec-success", when: scope,
      does: Self.actor + "trace(args[0]); trace(curpsinfo->pr_psargs); trace(args[1]); trace(args[2]);")
    add(.processExit, "proc:::exit", when: scope, does: Self.actor + "trace(arg1);")
    // Parents come before their children, unless pids have begun anew. This program itself is nobody's to watch.
    if choice.watches {
      add(.bookkeeping, "proc:::found", when: "watched[arg2] && arg0 != $pid", does: "watched[arg0] = 1;")
    }
    add(
      .processFound, "proc:::found", when: self.scope("arg6", "arg0"),
      does: "trace(arg1); trace(arg2); trace(arg3); trace(arg4); trace(args[5]); trace(arg0);")
  }

  /// Programs and probes that somebody attaches. What this program attaches to look is nobody's business.
  private mutating func addAttachments() {
    let (scope, own) = (scope("curpsinfo->pr_netns"), "pid != $pid")
    let program = "trace(args[0]); trace(args[1]); trace(args[2]); "
    // BPF_PROG_TYPE_SCHED_CLS, _SCHED_ACT and _XDP.
    add(
      .attached(.load), "bpf:::load", when: "args[0] == 3 || args[0] == 4 || args[0] == 6", own, scope,
      does: Self.actor + program)
    // An iterator (BPF_TRACE_ITER) looks once, and uprobes have a probe of their own.
    add(
      .attached(.program), "bpf:::attach", when: "args[0] != 28 && args[0] != 48", own, scope,
      does: Self.actor + program + "trace(args[3]);")
    add(
      .attached(.probe), "uprobe:::attach", when: own, scope,
      does: Self.actor + "trace(args[0]); trace(args[1]); trace(args[2]); trace(args[3]);")
    add(.probeDefined, "uprobe:::define", when: own, scope, does: Self.actor + "trace(args[0]);")
    add(
      .attached(.promiscuous), "host:::promiscuous", when: own, scope,
      does: Self.actor + "trace(args[0]); trace(args[1]);")
  }

  private mutating func addWatched() {
    text += "int stacks[string, string];\nint kinds;\n"
    // At return the page that holds the path has been touched by the kernel itself.
    // 1 of files whose generation is not known, else that and 2: the number of an inode that is gone is soon another file's.
    text += "uint64_t kept[uint64_t, uint64_t];\n"
    for file in choice.files.sorted() {
      add(.bookkeeping, "dtrace:::BEGIN", does: "kept[\(file.inode), \(file.device)] = 1;")
    }
    for call in ["open", "creat", "openat", "openat2"] {
      let opened = "file::\(call):opened"
      add(
        .bookkeeping, opened, when: "watched[pid] && arg3 != 0 && (arg2 & 3) != 0", does: "kept[arg3, arg4] = 2 + arg5;"
      )
      add(.fileOpened, opened, when: "watched[pid]", does: Self.opened)
      add(
        .fileOpened, opened,
        when: "!watched[pid] && arg3 != 0 && (arg2 & 3) != 1 && pid != \(choice.own)",
        "(kept[arg3, arg4] == 1 || kept[arg3, arg4] == 2 + arg5)",
        does: Self.opened + " watched[pid] = 1;")
    }
    addCallLimit()
    add(
      .socket(.statistics), "socket:::statistics", when: "watched[pid] && arg0 != 0", Self.isTold,
      does: Self.actor + Self.socket + "trace(0); trace(0); trace(arg2);")
    add(.callEntered, "syscall:::entry", when: "watched[pid]", Self.isTold, does: Self.entered)
    // Who reads the memory of one that is watched has what that one has.
    add(
      .callEntered, "syscall::process_vm_readv:entry", when: "watched[arg0] && !watched[pid] && pid != \(choice.own)",
      does: Self.entered + " watched[pid] = 1;")
    add(.callReturned, "syscall:::return", when: "watched[pid]", Self.isTold, does: Self.returned)
    // A few stacks of each kind of call that a program makes are enough to see who calls. The array has room for 16,384 kinds.
    let count = "stacks[execname, probefunc]"
    add(
      .stack, "syscall:::entry", when: "watched[pid] && \(count) < 4", "\(count) > 0 || kinds < 16000",
      does: "kinds += \(count) == 0; " + Self.actor + "ustack(32); \(count)++;")
  }
}
