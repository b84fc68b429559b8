import IR

/// Solaris' counters of the `ip` module, as probes: each fires once for what the counter of that name counts, on the whole machine;
/// `args[1]` is the network namespace that counts it (the number in `/proc/PID/ns/net`).
///
///     ipOutRequests       net_dev_queue of an IPv4 packet that this machine made, once for all its fragments
///     ipForwDatagrams     net_dev_queue of an IPv4 packet that came in by an interface
///     ipInReceives        netif_receive_skb of an IPv4 packet that is not another machine's
///     icmpOutMsgs         as ipOutRequests, of ICMP
///     tcpActiveOpens …    inet_sock_set_state: a connection begins or does not come about
///     udp…Datagrams       sock_send_length, sock_recv_length of a datagram, IPv6 too as Solaris has it
///
/// What differs from /proc/net/snmp is in docs/tracing.md.
package let mibProvider = Provider(
  name: "mib",
  probes: [
    counter("ipOutRequests", .packet("net_dev_queue"), made, function: "ip_output"),
    counter("ipForwDatagrams", .packet("net_dev_queue"), forwarded, function: "ip_forward"),
    counter("ipInReceives", .packet("netif_receive_skb"), received, function: "ip_input"),
    counter("tcpActiveOpens", .socket("inet_sock_set_state"), became(2, from: 7), function: "tcp_connect"),
    counter("tcpPassiveOpens", .socket("inet_sock_set_state"), became(3, from: 10), function: "tcp_accept"),
    counter(
      "tcpAttemptFails", .socket("inet_sock_set_state"), .either(became(7, from: 2), became(7, from: 3)),
      function: "tcp_connect_failed"),
    counter("tcpRetransSegs", .socket("tcp_retransmit_skb"), nil, function: "tcp_retransmit"),
    counter("tcpOutRsts", .either("tcp_send_reset"), nil, function: "tcp_send_reset"),
    counter("udpOutDatagrams", .socket("sock_send_length"), isDatagram, function: "udp_output"),
    counter(
      "udpInDatagrams", .socket("sock_recv_length"), .both(isDatagram, .equal(.binary(.and, .word(2), peek), 0)),
      function: "udp_input"),
    counter("icmpOutMsgs", .packet("net_dev_queue"), .both(isICMP, made), function: "icmp_send"),
  ])

/// A tracepoint by what its first arguments are: a `struct sk_buff`; a `struct sock`; or a `struct sock`, which may be null, and a
/// `struct sk_buff`, which is there when that is not.
private enum Source {
  case packet(String)
  case socket(String)
  case either(String)

  var tracepoint: String {
    switch self {
    case .packet(let name), .socket(let name), .either(let name): name
    }
  }

  /// The inode number of the network namespace.
  var namespace: Recipe {
    let net: Recipe =
      switch self {
      case .packet: interfaceNamespace(.word(0))
      case .socket: socketNamespace
      case .either: .choose(.word(0), socketNamespace, interfaceNamespace(.word(1)))
      }
    return .load(.address(net, type: "net", path: "ns.inum"), offset: 0, .word, signed: false)
  }
}

/// A pointer member, read as memory: the verifier is not sure that what leads to it, or it itself, is not null.
private func pointer(_ base: Recipe, _ type: String, _ path: String) -> Recipe {
  .load(.address(base, type: type, path: path), offset: 0, .double, signed: false)
}

private let socketNamespace = pointer(.word(0), "sock", "__sk_common.skc_net.net")
private func interfaceNamespace(_ packet: Recipe) -> Recipe {
  pointer(pointer(packet, "sk_buff", "dev"), "net_device", "nd_net.net")
}

private func counter(_ name: String, _ source: Source, _ condition: Recipe?, function: String) -> Probe {
  Probe(
    module: "ip", function: function, name: name, site: .tracepoint(source.tracepoint),
    arguments: [
      Argument("value", "uint64_t", .constant(1)), Argument("netns", "uint32_t", source.namespace),
    ], condition: condition)
}

// MARK: Packets

private func buffer(_ path: String) -> Recipe { .member(.word(0), type: "sk_buff", path: path) }

/// Bytes of the IPv4 header.
private func header(_ offset: Int, _ width: Width) -> Recipe {
  .load(.binary(.add, buffer("head"), buffer("network_header")), offset: offset, width, signed: false)
}

/// ETH_P_IP in network order.
private let isIPv4 = Recipe.equal(buffer("protocol"), 0x0008)

/// The fragment offset, thirteen bits, in network order: the counter counts the packet before it is cut into fragments.
private let isFirst = Recipe.equal(.binary(.and, header(6, .half), .constant(0xff1f)), 0)

/// Frames that a program hands to an interface by itself (AF_PACKET, 17) have not gone through IP.
private let isInjected = Recipe.equal(
  .load(
    .address(pointer(.word(0), "sk_buff", "sk"), type: "sock", path: "__sk_common.skc_family"), offset: 0, .half,
    signed: false), 17)

private let made = Recipe.both(
  isIPv4, .both(.equal(buffer("skb_iif"), 0), .both(isFirst, .equal(isInjected, 0))))
private let forwarded = Recipe.both(isIPv4, .both(buffer("skb_iif"), isFirst))

/// The low three bits at that place are `pkt_type`; PACKET_OTHERHOST is 3: what only a promiscuous interface lets in.
private let packetType = Recipe.binary(
  .and, .load(.address(.word(0), type: "sk_buff", path: "__pkt_type_offset"), offset: 0, .byte, signed: false),
  .constant(7))
private let received = Recipe.both(isIPv4, .compare(.notEqual, packetType, .constant(3)))
private let isICMP = Recipe.equal(header(9, .byte), 1)

// MARK: Sockets

private func isProtocol(_ number: Int64) -> Recipe {
  .equal(.member(.word(0), type: "sock", path: "sk_protocol"), number)
}

/// TCP states as the kernel numbers them: 1 established, 2 SYN sent, 3 SYN received, 7 close, 10 listen.
private func became(_ new: Int64, from old: Int64) -> Recipe {
  .both(isProtocol(6), .both(.equal(.word(2), new), .equal(.word(1), old)))
}

private let isDatagram = Recipe.both(isProtocol(17), .compare(.greaterEqualSigned, .word(1), .constant(0)))

/// MSG_PEEK: what is only looked at is not received yet.
private let peek = Recipe.constant(2)
