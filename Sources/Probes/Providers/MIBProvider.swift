import IR

/// Solaris' counters of the `ip` module, as probes: each fires once for what the counter of that name counts.
///
///     ipOutRequests       net_dev_queue of an IPv4 packet that this machine made
///     ipForwDatagrams     net_dev_queue of an IPv4 packet that came in by an interface
///     ipInReceives        netif_receive_skb of an IPv4 packet
///     tcpActiveOpens …    the TCP and UDP counters that Solaris keeps in the same module
package let mibProvider = Provider(
  name: "mib",
  probes: [
    counter(
      "ipOutRequests", "net_dev_queue", .both(isIPv4, .equal(buffer("skb_iif"), 0)), function: "ip_output"),
    counter("ipForwDatagrams", "net_dev_queue", .both(isIPv4, buffer("skb_iif")), function: "ip_forward"),
    counter("ipInReceives", "netif_receive_skb", isIPv4, function: "ip_input"),
    counter("tcpActiveOpens", "inet_sock_set_state", became(2, from: 7), function: "tcp_connect"),
    counter("tcpPassiveOpens", "inet_sock_set_state", became(3, from: 10), function: "tcp_accept"),
    counter("tcpAttemptFails", "inet_sock_set_state", became(7, from: 2), function: "tcp_connect_failed"),
    counter("tcpRetransSegs", "tcp_retransmit_skb", nil, function: "tcp_retransmit"),
    counter("tcpOutRsts", "tcp_send_reset", nil, function: "tcp_send_reset"),
    counter("udpOutDatagrams", "sock_send_length", isUDP, function: "udp_output"),
    counter("udpInDatagrams", "sock_recv_length", isUDP, function: "udp_input"),
    counter("icmpOutMsgs", "icmp_send", nil, function: "icmp_send"),
  ])

private func counter(_ name: String, _ tracepoint: String, _ condition: Recipe?, function: String) -> Probe {
  Probe(
    module: "ip", function: function, name: name, site: .tracepoint(tracepoint),
    arguments: [Argument("value", "uint64_t", .constant(1))], condition: condition)
}

private func buffer(_ path: String) -> Recipe { .member(.word(0), type: "sk_buff", path: path) }

/// ETH_P_IP in network order.
private let isIPv4 = Recipe.equal(buffer("protocol"), 0x0008)

private let isUDP = Recipe.both(
  .equal(.member(.word(0), type: "sock", path: "sk_protocol"), 17),
  .compare(.greaterEqualSigned, .int(1), .constant(0)))

/// TCP states as the kernel numbers them: 1 established, 2 SYN sent, 3 SYN received, 7 close, 10 listen.
private func became(_ new: Int64, from old: Int64) -> Recipe { .both(.equal(.word(2), new), .equal(.word(1), old)) }
