import Events

// What a program passes on: bytes that it received from a connection it writes, by the same thread and at once, to where another program may
// have its standard input; or it reads what another wrote and sends it on. So shells are used through pipes, terminals and unix sockets. What was
// received may be encrypted: the numbers of bytes need not be the same.

extension Feed {
  /// Nothing is known of a process before it has received something from a connection, or sent something.
  mutating func addRelays() {
    text += """
      self uintptr_t heard;
      self int64_t heardAt;
      self int64_t heardBytes;
      self uintptr_t taken;
      self int64_t takenBytes;
      int talks[pid_t];
      int64_t relayed[uintptr_t, int];

      """
    let isConnection =
      "(args[0]->so_type == 1 || args[0]->so_type == 2 && args[0]->so_rport_net != 0)"
      + " && (args[0]->so_family == 2 || args[0]->so_family == 10)"
    add(
      .bookkeeping, "socket:::received", when: isConnection, "arg1 > 0",
      does:
        "self->heard = args[0]->so_address; self->heardAt = timestamp; self->heardBytes = arg1; self->taken = 0; talks[pid] = 1;"
    )
    add(.bookkeeping, "socket:::sent", when: isConnection, "arg1 > 0 && talks[pid] == 0", does: "talks[pid] = 1;")
    add(.bookkeeping, "proc:::exit", when: "talks[pid]", does: "talks[pid] = 0;")
    // A thread that does something else first passes nothing on.
    let scope = scope("curpsinfo->pr_netns")
    add(
      .socket(.relayed), "channel:::write", when: "self->heard != 0 && timestamp - self->heardAt < 20000000",
      "args[0] != 0 && timestamp - relayed[args[0], 0] > 50000000", scope,
      does: "relayed[args[0], 0] = timestamp; " + Self.actor
        + tracedSocketMembers.map { "trace(\(heard[$0] ?? "0")); " }.joined()
        + "trace(arg1); trace(args[0]); trace(args[3] ? 2 : 0); trace(self->heardBytes);")
    add(
      .bookkeeping, "channel:::read", when: "talks[pid]", "args[0] != 0",
      does: "self->takenBytes = (self->taken == args[0] ? self->takenBytes : 0) + arg1; self->taken = args[0];")
    add(
      .socket(.relayed), "socket:::sent", when: "self->taken != 0 && arg1 > 0", isConnection,
      "timestamp - relayed[self->taken, 1] > 50000000", scope,
      does: "relayed[self->taken, 1] = timestamp; " + Self.actor + Self.socket
        + "trace(arg1); trace(self->taken); trace(1); trace(self->takenBytes);")
    add(.bookkeeping, "socket:::sent", when: "self->taken != 0", isConnection, does: "self->taken = 0;")
  }
}

/// The members of `tracedSocketMembers` that a connection has, of the thread's `self->heard`: D translates the sockets of arguments alone.
private let heard: [String: String] = {
  let socket = "((struct sock *)self->heard)"
  let common = socket + "->__sk_common."
  func half(_ member: String, _ high: Bool) -> String {
    let (low, up) = high ? (0, 1) : (2, 3)
    let words = common + member + ".in6_u.u6_addr32"
    return "((uint64_t)\(words)[\(low)] | (uint64_t)\(words)[\(up)] << 32)"
  }
  func address(_ v6: String, _ v4: String) -> (high: String, low: String) {
    let isV6 = "\(common)skc_family == 10"
    return ("(\(isV6) ? \(half(v6, true)) : 0)", "(\(isV6) ? \(half(v6, false)) : (uint64_t)\(common)\(v4))")
  }
  let (local, remote) = (address("skc_v6_rcv_saddr", "skc_rcv_saddr"), address("skc_v6_daddr", "skc_daddr"))
  return [
    "so_address": "self->heard", "so_cookie": "(uint64_t)\(common)skc_cookie.counter",
    "so_netns": "(uint64_t)\(common)skc_net.net->net_cookie", "so_family": "(uint64_t)\(common)skc_family",
    "so_type": "(uint64_t)\(socket)->sk_type", "so_protocol": "(uint64_t)\(socket)->sk_protocol",
    "so_lport": "(uint64_t)\(common)skc_num",
    "so_rport_net": "(uint64_t)\(common)skc_dport", "so_laddr_hi": local.high, "so_laddr_lo": local.low,
    "so_raddr_hi": remote.high, "so_raddr_lo": remote.low, "so_ifindex": "(uint64_t)\(common)skc_bound_dev_if",
  ]
}()
