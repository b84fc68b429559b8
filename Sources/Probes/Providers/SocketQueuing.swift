import IR

/// `socket:::queued`: a message was put into a unix socket's queue. The running thread is who sent it: of a datagram that names its receiver
/// (sendto(2)) nothing else says where it goes.
///
///     args[0]  the socket that it is for
let queuingProbe = Probe(
  name: "queued", site: .tracepoint("sk_data_ready"),
  arguments: [Argument("socket", "socketinfo_t *", .word(0))],
  condition: .equal(.member(.word(0), type: "sock", path: "__sk_common.skc_family"), 1))

/// `socket:::statistics`: a packet socket's statistics are asked for (PACKET_STATISTICS), which sets its counters back. It is as it was before.
let statisticsProbe = Probe(
  name: "statistics", site: .syscall(number: 55, entry: true),
  arguments: [
    Argument("socket", "socketinfo_t *", .socket(.register("di"))),
    Argument("result", "int64_t", .constant(0)),
    Argument("fd", "int", .register("di")),
  ],
  // SOL_PACKET, PACKET_STATISTICS.
  condition: .both(
    .both(.equal(.register("si"), 263), .equal(.register("dx"), 6)), .isSocket(.file(.register("di")))))
