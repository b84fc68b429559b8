import IR

/// What processes do with sockets, of every family.
///
///     create                 socket(2) returned a descriptor
///     bind connect listen shutdown    the call returned
///     accept                 accept(2), accept4(2) returned a descriptor
///     send receive           sock_send_length, sock_recv_length (Linux 6.3): every way to send and receive, io_uring included
///     sent received          the same, with what was moved and whom it was for (`transferProbes`)
///     close                  close(2) of a socket's descriptor was entered
///     closing                the same, with whether another descriptor leads to it (args[3])
///     setsockopt             the call returned
///     attach-filter          a filter was attached (SO_ATTACH_FILTER, SO_ATTACH_BPF)
///     membership             a packet socket joined something (PACKET_ADD_MEMBERSHIP; promiscuous mode is one)
///     translated             net_dev_start_xmit: a packet leaves with other ends than its socket's (NAT), or was translated and
///                            is passed on, and args[0] is null; args[1]… say which ends (`translationProbe`)
///     transmitted            net_dev_start_xmit: a frame of a socket that is no stream's leaves (`transmissionProbe`)
///     submitted              net_dev_queue: such a frame is given to an interface's queue (`submissionProbe`)
///     arrived                netif_receive_skb: a datagram comes in whose ends netfilter may change (`arrivalProbe`)
///     delivered              sk_data_ready (Linux 6.3): a datagram was put into a socket's queue (`deliveryProbe`)
///     queued                 sk_data_ready (Linux 6.3): a message was put into a unix socket's queue (`queuingProbe`)
///     statistics             getsockopt(2) of a packet socket's statistics was entered (`statisticsProbe`)
///     asked                  net_dev_start_xmit: a listener that shares its port answers who asks for a connection (`askingProbe`)
///     written                tcp_sendmsg_locked (Linux 6.16): a process is about to give bytes to a TCP connection
///     inherited              sched_process_exec: a socket is the new program's descriptor 0, 1 or 2 (`inheritanceProbes`)
///     relayed                bytes went on from a connection to a channel, or the other way (channelProvider); args[2] says which way (0
///                            to a channel, 2 to one that is a named pipe, 1 from one),
///                            args[3] the channel, args[4] the bytes of the first call
///     seen                   a packet or raw socket as it is while the run goes on: in the kernel at its beginning, in the host VM
///                            once a second and at the end
///     found                  there before the run; args[3]… are the task that holds it (iter/task_file)
///     state-change           inet_sock_set_state: a TCP connection changed its state
///
/// args[0] is the socket, args[1] the call's result or the bytes.
package let socketProvider = Provider(
  name: "socket",
  probes: [
    returned("create", 41, socket: .socket(.word(1)), when: succeeded),
    returned("bind", 49, socket: .socket(.register("di"))),
    returned("connect", 42, socket: .socket(.register("di"))),
    returned("listen", 50, socket: .socket(.register("di"))),
    returned("shutdown", 48, socket: .socket(.register("di"))),
    returned("accept", 43, socket: .socket(.word(1)), when: succeeded),
    returned("accept", 288, socket: .socket(.word(1)), when: succeeded),
    Probe(name: "send", site: .tracepoint("sock_send_length"), arguments: transferred),
    Probe(name: "receive", site: .tracepoint("sock_recv_length"), arguments: transferred),
    Probe(
      name: "close", site: .syscall(number: 3, entry: true), arguments: closed,
      condition: .isSocket(.file(.register("di")))),
    // Another descriptor leads to it, or it is on its way to somebody (SCM_RIGHTS). Since Linux 6.13 a file's users are counted from 0
    // (`f_ref`), before from 1 (`f_count`).
    Probe(
      name: "closing", site: .syscall(number: 3, entry: true),
      arguments: closed + [
        Argument(
          "others", "int",
          .either(
            .compare(
              .greaterSigned, .member(.file(.register("di")), type: "file", path: "f_ref.refcnt.counter"), .constant(0)),
            .compare(
              .greaterSigned, .member(.file(.register("di")), type: "file", path: "f_count.counter"), .constant(1))))
      ], condition: .isSocket(.file(.register("di")))),
    returned("setsockopt", 54, socket: .socket(.register("di")), more: option),
    returned(
      "attach-filter", 54, socket: .socket(.register("di")), more: option,
      when: .both(
        succeeded,
        .both(
          .equal(.register("si"), 1), .either(.equal(.register("dx"), 26), .equal(.register("dx"), 50))))),
    returned(
      "membership", 54, socket: .socket(.register("di")), more: option,
      when: .both(succeeded, .both(.equal(.register("si"), 263), .equal(.register("dx"), 1)))),
    Probe(
      name: "state-change", site: .tracepoint("inet_sock_set_state"),
      arguments: [
        Argument("socket", "socketinfo_t *", .word(0)),
        Argument("old", "int", .word(1)),
        Argument("new", "int", .word(2)),
        // Of a subflow of MPTCP the kernel's address of the socket that programs have of it, else 0.
        Argument(
          "parent", "uintptr_t",
          .choose(
            isSubflow,
            .load(
              .address(connection("icsk_ulp_data"), type: "mptcp_subflow_context", path: "conn"), offset: 0, .double,
              signed: false), .constant(0))),
      ]),
    translationProbe, transmissionProbe, submissionProbe, arrivalProbe, deliveryProbe, askingProbe, queuingProbe,
    statisticsProbe,
    Probe(
      name: "relayed", site: .event("relayed"),
      arguments: [
        Argument("socket", "socketinfo_t *", .fed(slot: 0)), Argument("bytes", "int64_t", .fed(slot: 1)),
        Argument("direction", "int", .fed(slot: 2)), Argument("channel", "uintptr_t", .fed(slot: 3)),
        Argument("before", "int64_t", .fed(slot: 4)),
      ]),
    Probe(
      name: "written", site: .tracepoint("tcp_sendmsg_locked"),
      arguments: [Argument("socket", "socketinfo_t *", .word(0))]),
    Probe(
      name: "seen", site: .iterator("task_file"), arguments: found,
      condition: .both(.isSocket(.word(3)), .either(isPacketSocket, isRawSocket))),
    Probe(name: "found", site: .iterator("task_file"), arguments: found, condition: .isSocket(.word(3))),
  ] + transferProbes + inheritanceProbes)

private func connection(_ path: String) -> Recipe {
  .load(.address(.word(0), type: "inet_connection_sock", path: path), offset: 0, .double, signed: false)
}
/// What stands above TCP (`icsk_ulp_ops`) goes by the name of `mptcp`.
private let isSubflow = Recipe.both(
  connection("icsk_ulp_ops"),
  .equal(
    .load(.address(connection("icsk_ulp_ops"), type: "tcp_ulp_ops", path: "name"), offset: 0, .double, signed: false),
    0x70_6374_706d))

/// What `iter/task_file` shows of a task that holds a socket: `struct bpf_iter__task_file` is meta, task, fd, file.
private let found =
  [
    Argument(
      "socket", "socketinfo_t *",
      .member(.member(.word(3), type: "file", path: "private_data"), type: "socket", path: "sk")),
    Argument("result", "int64_t", .constant(0)),
    Argument("fd", "int", .binary(.and, .word(2), .constant(0xffff_ffff))),
  ]
  + iteratedTask(
    start: .member(
      .member(.word(1), type: "task_struct", path: "group_leader"), type: "task_struct", path: "start_boottime"))

/// Of what `found` shows: AF_PACKET and AF_XDP, or SOCK_RAW of the internet families.
private let isPacketSocket = Recipe.either(
  .equal(heldSocket("__sk_common.skc_family"), 17), .equal(heldSocket("__sk_common.skc_family"), 44))
private let isRawSocket = Recipe.both(
  .equal(heldSocket("sk_type"), 3),
  .either(.equal(heldSocket("__sk_common.skc_family"), 2), .equal(heldSocket("__sk_common.skc_family"), 10)))
private func heldSocket(_ path: String) -> Recipe { .member(found[0].recipe, type: "sock", path: path) }

private let succeeded = Recipe.compare(.greaterEqualSigned, .word(1), .constant(0))

private let option = [
  Argument("level", "int", .register("si")),
  Argument("name", "int", .register("dx")),
  Argument("value", "uintptr_t", .register("r10")),
  Argument("size", "uint32_t", .register("r8")),
]

/// A probe at the return of a system call whose first argument is a descriptor.
private let closed = [
  Argument("socket", "socketinfo_t *", .socket(.register("di"))),
  Argument("result", "int64_t", .constant(0)),
  Argument("fd", "int", .register("di")),
]

private func returned(
  _ name: String, _ number: Int, socket: Recipe, more: [Argument] = [], when condition: Recipe? = nil
) -> Probe {
  Probe(
    name: name, site: .syscall(number: number, entry: false),
    arguments: [
      Argument("socket", "socketinfo_t *", socket),
      Argument("result", "int64_t", .word(1)),
      Argument("fd", "int", name == "create" || name == "accept" ? .word(1) : .register("di")),
    ] + more, condition: condition)
}
