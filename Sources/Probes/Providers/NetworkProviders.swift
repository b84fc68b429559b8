import IR

/// IP packets as they are handed to an interface and as they come from one (DTrace guide, "ip Provider").
///
///     send       net_dev_queue(skb)
///     receive    netif_receive_skb(skb)
///
/// args: `pktinfo_t`, `csinfo_t`, `ipinfo_t`, `ifinfo_t`, `ipv4info_t`, `ipv6info_t`
package let ipProvider = Provider(
  name: "ip",
  probes: Passage.probes(where: \.isIP) { passage in
    [
      Argument("interface", "kernel_ifinfo_t *", .member(.word(0), type: "sk_buff", path: "dev")),
      Argument("ipv4", "ipv4info_t *", .choose(.equal(passage.version, 4), passage.header, .constant(0))),
      Argument("ipv6", "ipv6info_t *", .choose(.equal(passage.version, 6), passage.header, .constant(0))),
    ]
  })

/// TCP's segments and its connections' states (DTrace guide, "tcp Provider").
///
///     send, receive           as of ip, of TCP
///     state-change            inet_sock_set_state; args[3] has the new state, args[5] the old one
///     connect-request         the same, to SYN_SENT
///     connect-established     from SYN_SENT to ESTABLISHED
///     connect-refused         from SYN_SENT to CLOSE
///     accept-established      from SYN_RECV to ESTABLISHED
///
/// args: `pktinfo_t`, `csinfo_t`, `ipinfo_t`, `tcpsinfo_t`, `tcpinfo_t`, `tcplsinfo_t`; of changes of state the packet and its headers are
/// not known.
package let tcpProvider = Provider(
  name: "tcp",
  probes: Passage.probes(where: { $0.carries(6) }) { passage in
    [
      Argument("tcps", "tcpsinfo_t *", .member(.word(0), type: "sk_buff", path: "sk")),
      Argument("tcp", "kernel_tcpinfo_t *", passage.transport), Argument("old", "tcplsinfo_t *", .constant(0)),
    ]
  } + [
    change("state-change", nil), change("connect-request", .equal(.int(2), 2)),
    change("connect-established", .both(.equal(.int(1), 2), .equal(.int(2), 1))),
    change("connect-refused", .both(.equal(.int(1), 2), .equal(.int(2), 7))),
    change("accept-established", .both(.equal(.int(1), 3), .equal(.int(2), 1))),
  ])

/// UDP's datagrams. args: `pktinfo_t`, `csinfo_t`, `ipinfo_t`, `udpsinfo_t`, `udpinfo_t`
package let udpProvider = Provider(
  name: "udp",
  probes: Passage.probes(where: { $0.carries(17) }) { passage in
    [
      Argument("udps", "udpsinfo_t *", .member(.word(0), type: "sk_buff", path: "sk")),
      Argument("udp", "kernel_udpinfo_t *", passage.transport),
    ]
  })

/// Where a packet comes by, and where its headers lie then.
private enum Passage {
  case send, receive

  /// `send` and `receive`: the packet, its socket and its addresses, and behind them the provider's own arguments.
  static func probes(where condition: (Passage) -> Recipe, _ arguments: (Passage) -> [Argument]) -> [Probe] {
    [Passage.send, .receive].map { passage in
      Probe(
        module: "vmlinux", name: passage.name, site: .tracepoint(passage.tracepoint),
        arguments: [passage.packet, passage.connection, passage.network] + arguments(passage),
        condition: condition(passage))
    }
  }

  var name: String { self == .send ? "send" : "receive" }
  var tracepoint: String { self == .send ? "net_dev_queue" : "netif_receive_skb" }

  private func member(_ path: String) -> Recipe { .member(.word(0), type: "sk_buff", path: path) }

  /// The IP header. One that was just received has its link header taken off, and the mark of its network header not yet set.
  var header: Recipe {
    self == .receive ? member("data") : .binary(.add, member("head"), member("network_header"))
  }

  /// ETH_P_IP and ETH_P_IPV6 as they lie in memory.
  var isIP: Recipe { .either(.equal(member("protocol"), 0x0008), .equal(member("protocol"), 0xdd86)) }

  var version: Recipe {
    .binary(.shiftRightUnsigned, .load(header, offset: 0, .byte, signed: false), .constant(4))
  }

  /// Behind an IPv4 header with its options, or behind an IPv6 header without extensions.
  var transport: Recipe {
    let words = Recipe.binary(.and, .load(header, offset: 0, .byte, signed: false), .constant(15))
    return .binary(
      .add, header, .choose(.equal(version, 4), .binary(.multiply, words, .constant(4)), .constant(40)))
  }

  func carries(_ number: Int64) -> Recipe {
    let found = Recipe.choose(
      .equal(version, 4), .load(header, offset: 9, .byte, signed: false), .load(header, offset: 6, .byte, signed: false)
    )
    return .both(isIP, .equal(found, number))
  }

  var packet: Argument { Argument("packet", "kernel_pktinfo_t *", .word(0)) }
  var connection: Argument { Argument("connection", "kernel_csinfo_t *", member("sk")) }
  var network: Argument { Argument("network", "kernel_ipinfo_t *", header) }
}

private func change(_ name: String, _ condition: Recipe?) -> Probe {
  let isTCP = Recipe.equal(.member(.word(0), type: "sock", path: "sk_protocol"), 6)
  return Probe(
    module: "vmlinux", name: name, site: .tracepoint("inet_sock_set_state"),
    arguments: [
      Argument("packet", "kernel_pktinfo_t *", .constant(0)), Argument("connection", "kernel_csinfo_t *", .word(0)),
      Argument("network", "kernel_ipinfo_t *", .constant(0)), Argument("tcps", "changed_tcpsinfo_t *", .word(0)),
      Argument("tcp", "kernel_tcpinfo_t *", .constant(0)), Argument("old", "tcplsinfo_t *", .int(1)),
    ], condition: condition.map { .both(isTCP, $0) } ?? isTCP)
}

/// What the arguments offer; members that are not here are those of D's libraries.
package let networkTranslators = [
  Translator(name: "kernel_pktinfo_t", output: "pktinfo_t", input: "struct sk_buff *", members: []),
  Translator(
    name: "kernel_csinfo_t", output: "csinfo_t", input: "struct sock *",
    members: [
      .init("cs_cid", "uint64_t", .member(.translated, type: "sock", path: "__sk_common.skc_cookie.counter"))
    ]),
  Translator(
    name: "kernel_ipinfo_t", output: "ipinfo_t",
    members: [
      .init("ip_ver", "uint8_t", translatedVersion),
      .init(
        "ip_plength", "uint32_t",
        .choose(
          isFour,
          .binary(.subtract, bigEndian(2), .binary(.multiply, .binary(.and, byte(0), .constant(15)), .constant(4))),
          bigEndian(4))),
      .init("ip_saddr", "string", address(four: 12, six: 8)), .init("ip_daddr", "string", address(four: 16, six: 24)),
    ]),
  Translator(name: "kernel_ifinfo_t", output: "ifinfo_t", input: "struct net_device *", members: []),
  Translator(name: "ipv4info_t", input: "struct iphdr *", members: []),
  Translator(name: "ipv6info_t", input: "struct ipv6hdr *", members: []),
  Translator(name: "kernel_tcpinfo_t", output: "tcpinfo_t", input: "struct tcphdr *", members: []),
  Translator(name: "tcpsinfo_t", input: "struct tcp_sock *", members: []),
  Translator(
    name: "changed_tcpsinfo_t", output: "tcpsinfo_t", input: "struct tcp_sock *",
    members: [.init("tcps_state", "int", .int(2))]),
  Translator(name: "tcplsinfo_t", input: "int", members: []),
  Translator(name: "kernel_udpinfo_t", output: "udpinfo_t", input: "struct udphdr *", members: []),
  Translator(name: "udpsinfo_t", input: "struct udp_sock *", members: []),
]

private func byte(_ offset: Int) -> Recipe { .load(.translated, offset: offset, .byte, signed: false) }
private func bigEndian(_ offset: Int) -> Recipe {
  .binary(.or, .binary(.shiftLeft, byte(offset), .constant(8)), byte(offset + 1))
}
private let translatedVersion = Recipe.binary(.shiftRightUnsigned, byte(0), .constant(4))
private let isFour = Recipe.equal(translatedVersion, 4)

/// A packet's address from where the two families have it.
private func address(four: Int, six: Int) -> Recipe {
  .addressText(
    family: .choose(isFour, .constant(2), .choose(.equal(translatedVersion, 6), .constant(10), .constant(0))),
    high: .load(.translated, offset: six, .double, signed: false),
    low: .choose(
      isFour, .load(.translated, offset: four, .word, signed: false),
      .load(.translated, offset: six + 8, .double, signed: false)))
}
