import IR

/// `socket:::translated`: a packet leaves by an interface, and the connection that it is of has been given other ends (netfilter's NAT).
///
///     args[0]  the socket that it is of; null where this machine only passes it on
///     args[1]  the cookie, args[2] the inode of the interface's network namespace
///     args[3]  the kernel's address of the `struct nf_conn`, plus 1 for the direction of its replies
///     args[4]  AF_INET or AF_INET6
///     args[5]  the protocol << 32 | the source's port << 16 | the destination's, both in network order
///     args[6]… the source's address on the wire in two words as they lie in memory (IPv4's in the second), then the destination's
package let translationProbe = Probe(
  name: "translated", site: .tracepoint("net_dev_start_xmit"),
  arguments: [
    Argument("socket", "socketinfo_t *", transmittingSocket),
    Argument(
      "netns_cookie", "uint64_t",
      .load(.address(net, type: "net", path: "net_cookie"), offset: 0, .double, signed: false)),
    Argument("netns", "uint32_t", .load(.address(net, type: "net", path: "ns.inum"), offset: 0, .word, signed: false)),
    Argument("connection", "uintptr_t", .binary(.or, connection, isReply)),
    Argument("family", "int", family),
    Argument("ports", "uint64_t", ports),
    Argument("source_hi", "uint64_t", v6(20)),
    Argument("source_lo", "uint64_t", low(20)),
    Argument("destination_hi", "uint64_t", v6(0)),
    Argument("destination_lo", "uint64_t", low(0)),
  ],
  // IPS_SRC_NAT, IPS_DST_NAT.
  condition: .both(
    connection,
    .both(
      .binary(
        .and,
        .load(.address(connection, type: "nf_conn", path: "status"), offset: 0, .double, signed: false), .constant(0x30)
      ),
      .either(transmittingSocket, .member(.word(0), type: "sk_buff", path: "skb_iif")))))

// The verifier is not sure of what a packet points to: it is read as memory.
private func pointer(_ base: Recipe, _ type: String, _ path: String) -> Recipe {
  .load(.address(base, type: type, path: path), offset: 0, .double, signed: false)
}

private let net = pointer(pointer(.word(0), "sk_buff", "dev"), "net_device", "nd_net.net")
private let holder = pointer(.word(0), "sk_buff", "sk")
private let state = Recipe.load(
  .address(holder, type: "sock", path: "__sk_common.skc_state"), offset: 0, .byte, signed: false)

/// In NEW_SYN_RECV (12) it is a request of the listener's, and in TIME_WAIT (6) nobody's any more: neither is a `struct sock`.
let transmittingSocket = Recipe.both(
  .compare(.notEqual, state, .constant(6)),
  .choose(.equal(state, 12), pointer(holder, "request_sock", "__req_common.skc_listener"), holder))

/// The address with what the packet is to the connection in its low three bits (`enum ip_conntrack_info`).
private let tracked = Recipe.member(.word(0), type: "sk_buff", path: "_nfct")
private let connection = Recipe.binary(.and, tracked, .constant(~7))
/// IP_CT_ESTABLISHED_REPLY and what follows it.
private let isReply = Recipe.compare(.greaterEqualSigned, .binary(.and, tracked, .constant(7)), .constant(3))

/// On the wire it has the ends of the other direction's tuple, exchanged. A `struct nf_conntrack_tuple_hash` is a list's links (16 bytes) and the
/// tuple: source address 16, port 2, family 2; destination address 16, port 2, protocol 1, direction 1.
private let tuple = Recipe.binary(
  .add, .address(connection, type: "nf_conn", path: "tuplehash"), .choose(isReply, .constant(16), .constant(16 + 56)))

private func part(_ offset: Int, _ width: Width) -> Recipe { .load(tuple, offset: offset, width, signed: false) }

private let family = part(18, .half)
private func v6(_ offset: Int) -> Recipe { .choose(.equal(family, 10), part(offset, .double), .constant(0)) }
private func low(_ offset: Int) -> Recipe {
  .choose(.equal(family, 10), part(offset + 8, .double), part(offset, .word))
}

private let ports = Recipe.binary(
  .or, .binary(.shiftLeft, part(38, .byte), .constant(32)),
  .binary(.or, .binary(.shiftLeft, part(36, .half), .constant(16)), part(16, .half)))
