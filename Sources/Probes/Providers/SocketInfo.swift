import IR

/// `socketinfo_t`: a socket as it is now. `so_laddr` and `so_raddr` are texts; with `_hi` and `_lo` behind them they are two words as
/// they lie in memory (network order). Ports are in host order but for `so_rport_net`.
package let socketInfo = Translator(
  name: "socketinfo_t",
  members: [
    .init("so_address", "uintptr_t", .translated, slot: SocketSlot.address.rawValue),
    .init("so_cookie", "uint64_t", .socketCookie(.translated), slot: SocketSlot.cookie.rawValue),
    .init(
      "so_netns", "uint64_t", .member(common("skc_net.net"), type: "net", path: "net_cookie"),
      slot: SocketSlot.namespace.rawValue),
    .init("so_family", "uint16_t", common("skc_family"), slot: SocketSlot.family.rawValue),
    .init("so_type", "uint16_t", sock("sk_type"), slot: SocketSlot.type.rawValue),
    .init("so_protocol", "uint16_t", protocolNumber, slot: SocketSlot.proto.rawValue),
    .init("so_state", "uint8_t", common("skc_state"), slot: SocketSlot.state.rawValue),
    .init("so_lport", "uint16_t", localPort, slot: SocketSlot.localPort.rawValue),
    .init("so_rport_net", "uint16_t", common("skc_dport"), slot: SocketSlot.remotePort.rawValue),
    .init("so_rport", "uint16_t", hostOrder(common("skc_dport")), slot: SocketSlot.remotePortNumber.rawValue),
    .init("so_laddr", "string", text(localHigh, localLow), slot: SocketSlot.localText.rawValue),
    .init("so_raddr", "string", text(remoteHigh, remoteLow), slot: SocketSlot.remoteText.rawValue),
    // Where a send goes: the other end, or what sendto(2) names, which only the host's side is told.
    .init("so_daddr", "string", text(remoteHigh, remoteLow), slot: SocketSlot.destinationText.rawValue),
    .init(
      "so_dport", "uint16_t", hostOrder(common("skc_dport")), slot: SocketSlot.destinationPort.rawValue),
    .init("so_laddr_hi", "uint64_t", localHigh, slot: SocketSlot.localHigh.rawValue),
    .init("so_laddr_lo", "uint64_t", localLow, slot: SocketSlot.localLow.rawValue),
    .init("so_raddr_hi", "uint64_t", remoteHigh, slot: SocketSlot.remoteHigh.rawValue),
    .init("so_raddr_lo", "uint64_t", remoteLow, slot: SocketSlot.remoteLow.rawValue),
    .init("so_ifindex", "int", interface, slot: SocketSlot.interface.rawValue),
    .init("so_membership", "uint16_t", ifPacket(membership), slot: SocketSlot.membership.rawValue),
    .init("so_filter", "uintptr_t", sock("sk_filter"), slot: SocketSlot.filter.rawValue),
    .init("so_filter_length", "uint16_t", filterLength, slot: SocketSlot.filterLength.rawValue),
    .init("so_filter_code", "uintptr_t", filterCode, slot: SocketSlot.filterCode.rawValue),
    .init(
      "so_ring", "uintptr_t", .choose(isPacket, packet("rx_ring.pg_vec"), ifXDP(xdp("rx"))),
      slot: SocketSlot.ring.rawValue),
    .init("so_frames", "uint32_t", frames, slot: SocketSlot.frames.rawValue),
    // Of a packet or raw socket: what waits in it to be read.
    .init(
      "so_queued", "uint32_t", .choose(isRawOrPacket, sock("sk_receive_queue.qlen"), .constant(0)),
      slot: SocketSlot.queued.rawValue),
    .init("so_peer", "uintptr_t", peer, slot: SocketSlot.peer.rawValue),
    // The sequence number of the next byte that is given to TCP, or to MPTCP, whose numbers are of 64 bits; 0 of other sockets.
    .init(
      "so_write_seq", "uint64_t",
      ifStream(
        .member(.translated, type: "tcp_sock", path: "write_seq"), .choose(isMPTCP, mptcp("write_seq"), .constant(0)))),
    // The sequence number of the next byte that is taken from TCP, or from MPTCP (Linux 6.11); 0 of other sockets.
    .init(
      "so_read_seq", "uint64_t",
      ifStream(
        .member(.translated, type: "tcp_sock", path: "copied_seq"),
        .choose(mptcpTellsReads, mptcpReadSequence, .constant(0)))),
    // What a packet socket's filter lets through, which only the host's side finds out, where it is told of the filter (`SocketBreadth`).
    .init("so_breadth", "int", .constant(0), slot: SocketSlot.breadth.rawValue),
    // Whether the running process's program has no name in any directory: known at create, bind, connect, listen and accept.
    .init("so_unlinked", "int", hasUnlinkedProgram, slot: SocketSlot.unlinked.rawValue),
    .init("so_netns_inode", "uint32_t", .member(common("skc_net.net"), type: "net", path: "ns.inum")),
  ])

/// Where the host's side has a socket's members, after the ten arguments.
package enum SocketSlot: Int, Sendable, CaseIterable {
  case address = 16
  case cookie, namespace, family, type, proto, state, localPort, remotePort, localHigh, localLow, remoteHigh, remoteLow
  case interface, membership, filter, filterLength, filterCode, ring, frames, peer
  case remotePortNumber, localText, remoteText, breadth, unlinked, destinationText, destinationPort, queued
}

/// `so_breadth`: what a packet socket hears, as far as its classic filter says. Known at `create`, `bind`, `attach-filter`, `found` and
/// `seen`.
package enum SocketBreadth: Int, Sendable {
  /// Another event, another kind of socket or of filter, or a run in the kernel.
  case unknown = 0
  case everything = 1
  /// Conversations of others among it.
  case broad = 2
  /// One protocol that networks have for themselves: DHCP, ARP, LLDP.
  case service = 3
  /// Only frames in which an application wrote certain bytes.
  case payload = 4
  case nothing = 5
}

private func sock(_ path: String) -> Recipe { .member(.translated, type: "sock", path: path) }
private func common(_ path: String) -> Recipe { sock("__sk_common." + path) }
private func packet(_ path: String) -> Recipe { .member(.translated, type: "packet_sock", path: path) }

private let isV6 = Recipe.equal(common("skc_family"), 10)
/// Of a stream socket of the internet families what it is of TCP, and of others; zero of any other socket.
private func ifStream(_ tcp: Recipe, _ other: Recipe) -> Recipe {
  .choose(
    .both(.either(.equal(common("skc_family"), 2), isV6), .equal(sock("sk_type"), 1)),
    .choose(.equal(sock("sk_protocol"), 6), tcp, other), .constant(0))
}
/// Of those.
private let isMPTCP = Recipe.equal(sock("sk_protocol"), 262)
private func mptcp(_ path: String) -> Recipe { .member(.translated, type: "mptcp_sock", path: path) }
/// What comes in begins with `iasn` of the first subflow, while there is one, and with `ack_seq` less `bytes_received`, where a DATA_FIN counts as
/// one (`mptcp_check_data_fin`). Both of these grow with what is put into the queue, not at once; and a TCP Fast Open's bytes stand before `iasn`.
private let mptcpStart = Recipe.member(
  .load(
    .address(mptcp("first"), type: "inet_connection_sock", path: "icsk_ulp_data"), offset: 0, .double, signed: false),
  type: "mptcp_subflow_context", path: "iasn")
private let mptcpQueueStart = Recipe.binary(
  .subtract, .binary(.subtract, mptcp("ack_seq"), mptcp("bytes_received")),
  .compare(.equal, mptcp("ack_seq"), .binary(.add, mptcp("rcv_data_fin_seq"), .constant(1))))
private let mptcpTellsReads = Recipe.both(
  .both(isMPTCP, mptcp("bytes_consumed")),
  .either(.equal(mptcpStart, 0), .compare(.equal, mptcpStart, mptcpQueueStart)))
private let mptcpReadSequence = Recipe.binary(
  .add, .choose(mptcpStart, mptcpStart, mptcpQueueStart), mptcp("bytes_consumed"))
private let isPacket = Recipe.equal(common("skc_family"), 17)
private let isRawOrPacket = Recipe.either(isPacket, .equal(sock("sk_type"), 3))
private let isXDP = Recipe.equal(common("skc_family"), 44)
private func xdp(_ path: String) -> Recipe { .member(.translated, type: "xdp_sock", path: path) }
private func ifXDP(_ recipe: Recipe) -> Recipe { .choose(isXDP, recipe, .constant(0)) }
private func ifPacket(_ recipe: Recipe) -> Recipe { .choose(isPacket, recipe, .constant(0)) }

/// Eight bytes of an IPv6 address, and zero for the other families.
private func v6(_ name: String, _ offset: Int) -> Recipe {
  .choose(
    isV6,
    .load(.address(.translated, type: "sock", path: "__sk_common." + name), offset: offset, .double, signed: false),
    .constant(0))
}

private let localHigh = v6("skc_v6_rcv_saddr", 0)
private let localLow = either(v6("skc_v6_rcv_saddr", 8), local4)
private let remoteHigh = v6("skc_v6_daddr", 0)
private let remoteLow = either(v6("skc_v6_daddr", 8), common("skc_daddr"))

private func text(_ high: Recipe, _ low: Recipe) -> Recipe {
  .addressText(family: common("skc_family"), high: high, low: low)
}

/// The two bytes turned round.
private func hostOrder(_ port: Recipe) -> Recipe {
  .binary(
    .or, .binary(.shiftLeft, .binary(.and, port, .constant(0xff)), .constant(8)),
    .binary(.shiftRightUnsigned, port, .constant(8)))
}

private func either(_ v6: Recipe, _ v4: Recipe) -> Recipe { .choose(isV6, v6, v4) }

/// The source address in use; for a socket that is not connected the one it is bound to.
private let local4 = Recipe.member(.translated, type: "inet_sock", path: "inet_saddr")

/// The port in host order. TCP gives it up (`inet_put_port`) before it tells of the end of a connection, which is the only word there is
/// of one that was refused: until the state is CLOSE (7), the header's copy still has it.
private let localPort = Recipe.choose(
  common("skc_num"), common("skc_num"),
  .choose(
    .both(
      .either(.equal(common("skc_family"), 2), isV6),
      .both(common("skc_dport"), .compare(.notEqual, common("skc_state"), .constant(7)))),
    swapped(.member(.translated, type: "inet_sock", path: "inet_sport")), .constant(0)))

/// 16 bits from network order.
private func swapped(_ port: Recipe) -> Recipe {
  .binary(
    .or, .binary(.and, .binary(.shiftLeft, port, .constant(8)), .constant(0xff00)),
    .binary(.shiftRightUnsigned, port, .constant(8)))
}

/// A packet socket's ethertype in network order, else `sk_protocol`.
private let protocolNumber = Recipe.choose(isPacket, packet("num"), sock("sk_protocol"))

private let interface = Recipe.choose(
  isPacket, packet("ifindex"),
  .choose(
    .both(isXDP, xdp("dev")), .member(xdp("dev"), type: "net_device", path: "ifindex"), common("skc_bound_dev_if")))

/// Frames that a packet socket's filter let through, and those that were put into an AF_XDP socket's ring (`xskq_prod_submit`).
private let frames = Recipe.choose(
  isPacket, packet("stats.stats1.tp_packets"),
  ifXDP(.choose(xdp("rx"), .member(xdp("rx"), type: "xsk_queue", path: "cached_prod"), .constant(0))))

/// PACKET_MR_* of the first membership (1 is promiscuous); 0 without one.
private let membership = Recipe.choose(
  packet("mclist"), .member(packet("mclist"), type: "packet_mclist", path: "type"), .constant(0))

/// The socket that a unix socket is connected to.
private let peer = Recipe.choose(
  .equal(common("skc_family"), 1), .member(.translated, type: "unix_sock", path: "peer"), .constant(0))

/// A classic filter's program as it was attached; none of an eBPF one.
private let filterProgram = Recipe.member(
  .member(sock("sk_filter"), type: "sk_filter", path: "prog"), type: "bpf_prog", path: "orig_prog")
private let filterLength = Recipe.choose(
  sock("sk_filter"), .member(filterProgram, type: "sock_fprog_kern", path: "len"), .constant(0))
private let filterCode = Recipe.choose(
  sock("sk_filter"), .member(filterProgram, type: "sock_fprog_kern", path: "filter"), .constant(0))
