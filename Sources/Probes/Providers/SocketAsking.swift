import IR

/// `socket:::asked`: a listener answers who asks for a connection, SYN-ACK leaves by an interface, and its ends do not say whose it is: the
/// listener shares its port (SO_REUSEPORT), or is asked under another (TPROXY).
///
///     args[0]  the listener
///     args[1]  the cookie of its network namespace
///     args[2]  0, args[3] -1
///     args[4]… the ends of the connection, as `translationProbe` has them
let askingProbe = Probe(
  name: "asked", site: .tracepoint("net_dev_start_xmit"),
  arguments: [
    Argument("socket", "socketinfo_t *", transmittingSocket),
    Argument(
      "netns_cookie", "uint64_t",
      .load(
        .address(common(request, "skc_net.net", .double), type: "net", path: "net_cookie"), offset: 0, .double,
        signed: false)),
    Argument("result", "int64_t", .constant(0)),
    Argument("fd", "int", .constant(-1)),
    Argument("family", "int", common(request, "skc_family", .half)),
    Argument(
      "ports", "uint64_t",
      .binary(.or, .constant(6 << 32), .binary(.or, .binary(.shiftLeft, localPort, .constant(16)), remotePort))),
    Argument("source_hi", "uint64_t", v6("skc_v6_rcv_saddr", 0)),
    Argument("source_lo", "uint64_t", low("skc_v6_rcv_saddr", "skc_rcv_saddr")),
    Argument("destination_hi", "uint64_t", v6("skc_v6_daddr", 0)),
    Argument("destination_lo", "uint64_t", low("skc_v6_daddr", "skc_daddr")),
  ],
  // In NEW_SYN_RECV it is a `struct request_sock`; `skc_reuseport` is the fifth bit of the byte behind `skc_state`.
  condition: .both(
    .equal(common(request, "skc_state", .byte), 12),
    .either(
      .binary(
        .and,
        .load(
          .address(transmittingSocket, type: "sock_common", path: "skc_state"), offset: 1, .byte, signed: false),
        .constant(0x10)),
      .compare(
        .notEqual, common(request, "skc_num", .half), common(transmittingSocket, "skc_num", .half)))))

private let request = Recipe.load(
  .address(.word(0), type: "sk_buff", path: "sk"), offset: 0, .double, signed: false)

private func common(_ socket: Recipe, _ path: String, _ width: Width) -> Recipe {
  .load(.address(socket, type: "sock_common", path: path), offset: 0, width, signed: false)
}
private let isV6 = Recipe.equal(common(request, "skc_family", .half), 10)
/// In host order, and turned round.
private let localPort = Recipe.binary(
  .or, .binary(.shiftLeft, .binary(.and, common(request, "skc_num", .half), .constant(0xff)), .constant(8)),
  .binary(.shiftRightUnsigned, common(request, "skc_num", .half), .constant(8)))
private let remotePort = common(request, "skc_dport", .half)

private func word(_ path: String, _ offset: Int) -> Recipe {
  .load(.address(request, type: "sock_common", path: path), offset: offset, .double, signed: false)
}
private func v6(_ path: String, _ offset: Int) -> Recipe { .choose(isV6, word(path, offset), .constant(0)) }
private func low(_ v6: String, _ v4: String) -> Recipe { .choose(isV6, word(v6, 8), common(request, v4, .word)) }
