import IR

// Which socket a datagram is given to: what its headers do not say where several sockets share a port, and where netfilter has
// changed its ends before (redirection, DNAT).

/// `socket:::arrived`: a UDP datagram has come in by an interface, as packet sockets see it, where netfilter has something to do with what
/// arrives (hooks at PREROUTING).
///
///     args[0]  the kernel's address of its `struct sk_buff`
///     args[1]  its mark (`frameMark`); 0 when its first bytes do not lie in one piece
let arrivalProbe = Probe(
  name: "arrived", site: .tracepoint("netif_receive_skb"),
  arguments: [
    Argument("packet", "uintptr_t", .word(0)),
    Argument("mark", "uint64_t", frameMark(of: arrived, lengthOfIP(arrived), inOnePiece: arrivedInOnePiece)),
  ],
  condition: .choose(
    .equal(etherType, 0x0008), .both(.equal(byte(arrived, 9), 17), hooks("hooks_ipv4")),
    .both(.equal(etherType, 0xdd86), .both(.equal(byte(arrived, 6), 17), hooks("hooks_ipv6")))))

/// `socket:::delivered`: a datagram was put into a socket's queue.
///
///     args[0]  the socket
///     args[1]  the bytes of its IP packet
///     args[2]  its mark, with the ends that it has now
///     args[3]  not 0 when other sockets may be bound to the same port (SO_REUSEADDR, SO_REUSEPORT)
///     args[4]  the kernel's address of its `struct sk_buff`
///     args[5]  the port that it is for, in host order: another than the socket's under TPROXY
let deliveryProbe = Probe(
  name: "delivered", site: .tracepoint("sk_data_ready"),
  arguments: [
    Argument("socket", "socketinfo_t *", .word(0)),
    Argument("bytes", "int64_t", lengthOfIP(delivered)),
    Argument("mark", "uint64_t", frameMark(of: delivered, lengthOfIP(delivered), inOnePiece: deliveredInOnePiece)),
    Argument(
      "shares_port", "int",
      .binary(
        .and,
        .load(.address(.word(0), type: "sock", path: "__sk_common.skc_state"), offset: 1, .byte, signed: false),
        .constant(0x1f))),
    Argument("packet", "uintptr_t", last),
    Argument(
      "port", "uint16_t", half(.binary(.add, queued("head", .double), queued("transport_header", .half)), 2)),
  ],
  // SOCK_DGRAM of the internet families, with something in its queue.
  condition: .both(
    .equal(.member(.word(0), type: "sock", path: "sk_type"), 2),
    .both(
      .either(.equal(family, 2), .equal(family, 10)),
      .compare(.notEqual, last, .address(.word(0), type: "sock", path: "sk_receive_queue")))))

private func skb(_ packet: Recipe, _ path: String) -> Recipe { .member(packet, type: "sk_buff", path: path) }
private func byte(_ start: Recipe, _ offset: Int) -> Recipe { .load(start, offset: offset, .byte, signed: false) }
private func half(_ start: Recipe, _ offset: Int) -> Recipe {
  let value = Recipe.load(start, offset: offset, .half, signed: false)
  return .binary(
    .or, .binary(.shiftLeft, .binary(.and, value, .constant(0xff)), .constant(8)),
    .binary(.shiftRightUnsigned, value, .constant(8)))
}

/// As the header says, since a short frame is padded: total length (RFC 791), or the payload's and 40 (RFC 8200).
private func lengthOfIP(_ start: Recipe) -> Recipe {
  .choose(
    .equal(.binary(.shiftRightUnsigned, byte(start, 0), .constant(4)), 4), half(start, 2),
    .binary(.add, half(start, 4), .constant(40)))
}

// MARK: As it comes in

private let etherType = skb(.word(0), "protocol")
private let arrived = skb(.word(0), "data")
private let arrivedInOnePiece = Recipe.binary(.subtract, skb(.word(0), "len"), skb(.word(0), "data_len"))

/// The first of a family's hooks are those at PREROUTING; null without any.
private func hooks(_ family: String) -> Recipe {
  let device = Recipe.load(.address(.word(0), type: "sk_buff", path: "dev"), offset: 0, .double, signed: false)
  let net = Recipe.load(.address(device, type: "net_device", path: "nd_net.net"), offset: 0, .double, signed: false)
  return .load(.address(net, type: "net", path: "nf." + family), offset: 0, .double, signed: false)
}

// MARK: As it lies in the queue

private let family = Recipe.member(.word(0), type: "sock", path: "__sk_common.skc_family")
/// The queue's last one. Its headers still lie before its payload.
private let last = Recipe.load(
  .address(.word(0), type: "sock", path: "sk_receive_queue.prev"), offset: 0, .double, signed: false)

private func queued(_ path: String, _ width: Width) -> Recipe {
  .load(.address(last, type: "sk_buff", path: path), offset: 0, width, signed: false)
}
private let delivered = Recipe.binary(.add, queued("head", .double), queued("network_header", .half))
private let deliveredInOnePiece = Recipe.binary(
  .subtract, .binary(.add, .binary(.subtract, queued("data", .double), delivered), queued("len", .word)),
  queued("data_len", .word))
