import Events

// The feeds are D programs, compiled and emitted as any other: the kernel tells what happens, one record an event.
// Each clause traces first the actor, then what its kind of event has, in the order that `FeedDecoder` reads.

/// Which events a run asks the kernel for.
package struct FeedChoice: Sendable, Equatable {
  /// What every process does with sockets, and their beginnings and ends.
  package var sockets = true
  /// Files opened, system calls and stacks of the target and all it starts; nil for none.
  package var target: UInt32?
  /// System calls and opened files of whoever makes them.
  package var calls: [CallFeed] = []
  package init(sockets: Bool = true, target: UInt32? = nil) {
    self.sockets = sockets
    self.target = target
  }
}

/// What a feed's clause tells of, in the order of the clauses.
enum FeedClause: Sendable, Equatable {
  case socket(SocketEvent.Action)
  case processCreated, processExec, processExit
  case fileOpened, callEntered, callReturned, stack
  /// Keeps the set of watched processes; records nothing.
  case bookkeeping
}

/// A feed's text, and what each of its clauses tells of.
struct Feed: Sendable {
  var text = ""
  var clauses: [FeedClause] = []

  init(_ choice: FeedChoice) {
    // The longest paths and names that are worth their room in the buffer.
    text += "#pragma D option strsize=256\n"
    if choice.sockets { addSockets() }
    addProcesses(watching: choice.target)
    if let target = choice.target { addTarget(target) }
    for call in choice.calls { add(call) }
  }

  mutating func add(_ clause: FeedClause, _ probes: String, when predicate: String? = nil, _ body: String) {
    clauses.append(clause)
    text += probes + (predicate.map { " /\($0)/" } ?? "") + " { \(body) }\n"
  }

  static let actor = "trace(curpsinfo->pr_start); trace(ppid); trace(uid); trace(gid); trace(execname); "

  private static let socket = tracedSocketMembers.map { "trace(args[0]->\($0)); " }.joined()

  private mutating func addSockets() {
    let transfers: [(SocketEvent.Action, String)] = [(.send, "send"), (.receive, "receive")]
    for (action, name) in transfers {
      add(.socket(action), "socket:::\(name)", Self.actor + Self.socket + "trace(arg1); trace(arg2); trace(-1);")
    }
    let calls: [(SocketEvent.Action, String)] = [
      (.create, "create"), (.bind, "bind"), (.connect, "connect"), (.listen, "listen"), (.accept, "accept"),
      (.shutdown, "shutdown"), (.close, "close"),
    ]
    for (action, name) in calls {
      add(
        .socket(action), "socket:::\(name)", when: "arg0 != 0",
        Self.actor + Self.socket + "trace(arg1); trace(0); trace(arg2);")
    }
    add(
      .socket(.state), "socket:::state-change",
      Self.actor + Self.socket + "trace(0); trace((arg1 << 8) | arg2); trace(-1);")
    let code =
      "if (args[0]->so_filter_length != 0) "
      + "{ tracemem(args[0]->so_filter_code, 512, args[0]->so_filter_length * 8); }"
    add(
      .socket(.attachFilter), "socket:::attach-filter", when: "arg0 != 0",
      Self.actor + Self.socket + "trace(arg1); trace(arg4); trace(arg2); " + code)
    add(
      .socket(.membership), "socket:::membership", when: "arg0 != 0",
      Self.actor + Self.socket + "trace(arg1); trace(args[0]->so_membership); trace(arg2);")
    // The iterator runs in this program's own context: the holder is in the arguments.
    add(
      .socket(.found), "socket:::found", when: "arg0 != 0",
      "trace(arg4); trace(arg5); trace(arg6); trace(arg7); trace(args[8]); " + Self.socket
        + "trace(0); trace(args[0]->so_membership); trace(arg2); trace(arg3); " + code)
  }

  private mutating func addProcesses(watching target: UInt32?) {
    let watch = target == nil ? "" : " if (watched[pid]) { watched[arg1] = 1; }"
    if let target { add(.bookkeeping, "dtrace:::BEGIN", "watched[\(target)] = 1;") }
    add(.processCreated, "proc:::create", Self.actor + "trace(arg1); trace(arg2);" + watch)
    add(
      .processExec, "proc:::exec-success",
      Self.actor + "trace(args[0]); trace(curpsinfo->pr_psargs);")
    add(.processExit, "proc:::exit", Self.actor + "trace(arg1);")
  }

  private mutating func addTarget(_ target: UInt32) {
    text += "int stacks[string];\n"
    // At return the page that holds the path has been touched by the kernel itself.
    for call in ["open", "creat", "openat", "openat2"] {
      add(.fileOpened, "file::\(call):opened", when: "watched[pid]", Self.opened)
    }
    add(.callEntered, "syscall:::entry", when: "watched[pid]", Self.entered)
    add(.callReturned, "syscall:::return", when: "watched[pid]", Self.returned)
    // A few stacks of each kind of call are enough to see who calls.
    add(
      .stack, "syscall:::entry", when: "watched[pid] && stacks[probefunc] < 4",
      Self.actor + "ustack(32); stacks[probefunc]++;")
  }
}
