extension Library {
  /// The ip provider's arguments out of the kernel's headers and devices (DTrace guide, "ip Provider").
  static let network = Library(
    defines: [
      "pktinfo_t", "struct pktinfo", "csinfo_t", "struct csinfo", "ipinfo_t", "struct ipinfo", "ifinfo_t",
      "struct ifinfo", "ipv4info_t", "struct ipv4info", "ipv6info_t", "struct ipv6info", "netstackid_t", "in6_addr_t",
      "conninfo_t", "struct conninfo",
    ],
    text: """
      typedef uint64_t netstackid_t;
      typedef struct in6_addr in6_addr_t;
      typedef struct conninfo { string ci_local; string ci_remote; string ci_protocol; } conninfo_t;
      typedef struct pktinfo { uintptr_t pkt_addr; } pktinfo_t;
      typedef struct csinfo { uintptr_t cs_addr; uint64_t cs_cid; pid_t cs_pid; } csinfo_t;
      typedef struct ipinfo { uint8_t ip_ver; uint32_t ip_plength; string ip_saddr; string ip_daddr; } ipinfo_t;
      typedef struct ifinfo { string if_name; int8_t if_local; netstackid_t if_ipstack; uintptr_t if_addr; } ifinfo_t;
      typedef struct ipv4info {
        uint8_t ipv4_ver; uint8_t ipv4_ihl; uint8_t ipv4_tos; uint16_t ipv4_length; uint16_t ipv4_ident;
        uint8_t ipv4_flags; uint16_t ipv4_offset; uint8_t ipv4_ttl; uint8_t ipv4_protocol; string ipv4_protostr;
        uint16_t ipv4_checksum; ipaddr_t ipv4_src; ipaddr_t ipv4_dst; string ipv4_saddr; string ipv4_daddr;
        struct iphdr *ipv4_hdr;
      } ipv4info_t;
      typedef struct ipv6info {
        uint8_t ipv6_ver; uint8_t ipv6_tclass; uint32_t ipv6_flow; uint16_t ipv6_plen; uint8_t ipv6_nexthdr;
        string ipv6_nextstr; uint8_t ipv6_hlim; in6_addr_t *ipv6_src; in6_addr_t *ipv6_dst; string ipv6_saddr;
        string ipv6_daddr; struct ipv6hdr *ipv6_hdr;
      } ipv6info_t;

      inline string __protocol[int p] = p == IPPROTO_TCP ? "TCP" : p == IPPROTO_UDP ? "UDP" : p == IPPROTO_IP ? "IP"
        : p == IPPROTO_ICMP ? "ICMP" : p == IPPROTO_IGMP ? "IGMP" : p == IPPROTO_EGP ? "EGP"
        : p == IPPROTO_IPV6 ? "IPv6" : p == IPPROTO_ROUTING ? "ROUTE" : p == IPPROTO_ESP ? "ESP"
        : p == IPPROTO_AH ? "AH" : p == IPPROTO_ICMPV6 ? "ICMPv6" : p == IPPROTO_OSPF ? "OSPF"
        : p == IPPROTO_SCTP ? "SCTP" : p == IPPROTO_RAW ? "RAW" : lltostr((uint64_t)p);

      translator pktinfo_t < struct sk_buff *S > { pkt_addr = (uintptr_t)S; };
      translator csinfo_t < struct sock *S > { cs_addr = (uintptr_t)S; };
      translator ipinfo_t < struct iphdr *I > {
        ip_ver = 4;
        ip_plength = I == 0 ? 0 : ntohs(I->tot_len) - (*(uint8_t *)I & 0xf) * 4;
        ip_saddr = I == 0 ? "<unknown>" : inet_ntoa(&I->saddr);
        ip_daddr = I == 0 ? "<unknown>" : inet_ntoa(&I->daddr);
      };
      translator ipinfo_t < struct ipv6hdr *I > {
        ip_ver = 6;
        ip_plength = I == 0 ? 0 : ntohs(I->payload_len);
        ip_saddr = I == 0 ? "<unknown>" : inet_ntoa6(&I->saddr);
        ip_daddr = I == 0 ? "<unknown>" : inet_ntoa6(&I->daddr);
      };
      translator ifinfo_t < struct net_device *N > {
        if_name = N == 0 ? "<unknown>" : stringof(N->name);
        if_ipstack = N == 0 ? 0 : (uint64_t)N->nd_net.net;
        if_local = N == 0;
        if_addr = (uintptr_t)N;
      };
      translator ipv4info_t < struct iphdr *I > {
        ipv4_ver = I == 0 ? 0 : 4;
        ipv4_ihl = I == 0 ? 0 : (*(uint8_t *)I & 0xf) * 4;
        ipv4_tos = I == 0 ? 0 : I->tos;
        ipv4_length = I == 0 ? 0 : ntohs(I->tot_len);
        ipv4_ident = I == 0 ? 0 : ntohs(I->id);
        ipv4_flags = I == 0 ? 0 : ntohs(I->frag_off) >> 12;
        ipv4_offset = I == 0 ? 0 : ntohs(I->frag_off) & 0x0fff;
        ipv4_ttl = I == 0 ? 0 : I->ttl;
        ipv4_protocol = I == 0 ? 0 : I->protocol;
        ipv4_protostr = I == 0 ? "<null>" : __protocol[I->protocol];
        ipv4_checksum = I == 0 ? 0 : ntohs(I->check);
        ipv4_src = I == 0 ? 0 : I->saddr;
        ipv4_dst = I == 0 ? 0 : I->daddr;
        ipv4_saddr = I == 0 ? "<null>" : inet_ntoa(&I->saddr);
        ipv4_daddr = I == 0 ? "<null>" : inet_ntoa(&I->daddr);
        ipv4_hdr = I;
      };
      translator ipv6info_t < struct ipv6hdr *I > {
        ipv6_ver = I == 0 ? 0 : *(uint8_t *)I >> 4;
        ipv6_tclass = I == 0 ? 0 : (ntohl(*(uint32_t *)I) & 0x0fffffff) >> 20;
        ipv6_flow = I == 0 ? 0 : ntohl(*(uint32_t *)I) & 0x000fffff;
        ipv6_plen = I == 0 ? 0 : ntohs(I->payload_len);
        ipv6_nexthdr = I == 0 ? 0 : I->nexthdr;
        ipv6_nextstr = I == 0 ? "<null>" : __protocol[I->nexthdr];
        ipv6_hlim = I == 0 ? 0 : I->hop_limit;
        ipv6_src = I == 0 ? (struct in6_addr *)0 : &I->saddr;
        ipv6_dst = I == 0 ? (struct in6_addr *)0 : &I->daddr;
        ipv6_saddr = I == 0 ? "<null>" : inet_ntoa6(&I->saddr);
        ipv6_daddr = I == 0 ? "<null>" : inet_ntoa6(&I->daddr);
        ipv6_hdr = I;
      };
      """)

  /// The tcp and udp providers' arguments (DTrace guide, "tcp Provider", "udp Provider").
  static let transport = Library(
    defines: [
      "tcpinfo_t", "struct tcpinfo", "tcpsinfo_t", "struct tcpsinfo", "tcplsinfo_t", "struct tcplsinfo", "udpinfo_t",
      "struct udpinfo", "udpsinfo_t", "struct udpsinfo", "tcp_state_string",
    ],
    text: """
      inline string tcp_state_string[int state] = state == TCP_STATE_CLOSED ? "state-closed"
        : state == TCP_STATE_IDLE ? "state-idle" : state == TCP_STATE_LISTEN ? "state-listen"
        : state == TCP_STATE_SYN_SENT ? "state-syn-sent" : state == TCP_STATE_SYN_RECEIVED ? "state-syn-received"
        : state == TCP_STATE_ESTABLISHED ? "state-established" : state == TCP_STATE_CLOSE_WAIT ? "state-close-wait"
        : state == TCP_STATE_FIN_WAIT_1 ? "state-fin-wait-1" : state == TCP_STATE_CLOSING ? "state-closing"
        : state == TCP_STATE_LAST_ACK ? "state-last-ack" : state == TCP_STATE_FIN_WAIT_2 ? "state-fin-wait-2"
        : state == TCP_STATE_TIME_WAIT ? "state-time-wait" : "<unknown>";

      typedef struct tcpinfo {
        uint16_t tcp_sport; uint16_t tcp_dport; uint32_t tcp_seq; uint32_t tcp_ack; uint8_t tcp_offset;
        uint8_t tcp_flags; uint16_t tcp_window; uint16_t tcp_checksum; uint16_t tcp_urgent; uintptr_t tcp_hdr;
      } tcpinfo_t;
      typedef struct tcpsinfo {
        uintptr_t tcps_addr; int tcps_local; uint16_t tcps_lport; uint16_t tcps_rport; string tcps_laddr;
        string tcps_raddr; int tcps_state; uint32_t tcps_iss; uint32_t tcps_suna; uint32_t tcps_snxt;
        uint32_t tcps_rnxt; uint32_t tcps_swnd; int32_t tcps_snd_ws; uint32_t tcps_rwnd; int32_t tcps_rcv_ws;
        uint32_t tcps_cwnd; uint32_t tcps_cwnd_ssthresh; uint32_t tcps_sack_snxt; uint32_t tcps_rto;
        uint32_t tcps_mss; int tcps_retransmit; uint32_t tcps_rtt; uint32_t tcps_rtt_sd; uint32_t tcps_irs;
      } tcpsinfo_t;
      typedef struct tcplsinfo { int tcps_state; } tcplsinfo_t;
      typedef struct udpinfo {
        uint16_t udp_sport; uint16_t udp_dport; uint16_t udp_length; uint16_t udp_checksum; struct udphdr *udp_hdr;
      } udpinfo_t;
      typedef struct udpsinfo {
        uintptr_t udps_addr; uint16_t udps_lport; uint16_t udps_rport; string udps_laddr; string udps_raddr;
      } udpsinfo_t;

      translator tcpinfo_t < struct tcphdr *T > {
        tcp_sport = T == 0 ? 0 : ntohs(T->source);
        tcp_dport = T == 0 ? 0 : ntohs(T->dest);
        tcp_seq = T == 0 ? 0 : ntohl(T->seq);
        tcp_ack = T == 0 ? 0 : ntohl(T->ack_seq);
        tcp_offset = T == 0 ? 0 : (((uint8_t *)T)[12] & 0xf0) >> 2;
        tcp_flags = T == 0 ? 0 : ((uint8_t *)T)[13];
        tcp_window = T == 0 ? 0 : ntohs(T->window);
        tcp_checksum = T == 0 ? 0 : ntohs(T->check);
        tcp_urgent = T == 0 ? 0 : ntohs(T->urg_ptr);
        tcp_hdr = (uintptr_t)T;
      };

      inline int __family[struct tcp_sock *T] = T == 0 ? 0 : ((struct sock *)T)->__sk_common.skc_family;

      translator tcpsinfo_t < struct tcp_sock *T > {
        tcps_addr = (uintptr_t)T;
        tcps_local = __family[T] == AF_INET && ((struct sock *)T)->__sk_common.skc_rcv_saddr
          == ((struct sock *)T)->__sk_common.skc_daddr;
        tcps_lport = T == 0 ? 0 : ((struct sock *)T)->__sk_common.skc_num;
        tcps_rport = T == 0 ? 0 : ntohs(((struct sock *)T)->__sk_common.skc_dport);
        tcps_laddr = __family[T] == AF_INET ? inet_ntoa(&((struct sock *)T)->__sk_common.skc_rcv_saddr)
          : __family[T] == AF_INET6 ? inet_ntoa6(&((struct sock *)T)->__sk_common.skc_v6_rcv_saddr) : "<unknown>";
        tcps_raddr = __family[T] == AF_INET ? inet_ntoa(&((struct sock *)T)->__sk_common.skc_daddr)
          : __family[T] == AF_INET6 ? inet_ntoa6(&((struct sock *)T)->__sk_common.skc_v6_daddr) : "<unknown>";
        tcps_state = T == 0 ? 0 : ((struct sock *)T)->__sk_common.skc_state;
        tcps_iss = T == 0 ? 0 : T->snd_una - (uint32_t)T->bytes_acked;
        tcps_suna = T == 0 ? 0 : T->snd_una;
        tcps_snxt = T == 0 ? 0 : T->snd_nxt;
        tcps_rnxt = T == 0 ? 0 : T->rcv_nxt;
        tcps_swnd = T == 0 ? 0 : T->snd_wnd;
        tcps_snd_ws = T == 0 ? 0 : T->rx_opt.snd_wscale;
        tcps_rwnd = T == 0 ? 0 : T->rcv_wnd;
        tcps_rcv_ws = T == 0 ? 0 : T->rx_opt.rcv_wscale;
        tcps_cwnd = T == 0 ? 0 : T->snd_cwnd;
        tcps_cwnd_ssthresh = T == 0 ? 0 : T->snd_ssthresh;
        tcps_rto = T == 0 ? 0 : T->inet_conn.icsk_rto;
        tcps_mss = T == 0 ? 0 : T->mss_cache;
        tcps_rtt = T == 0 ? 0 : (T->srtt_us >> 3) / 1000;
        tcps_rtt_sd = T == 0 ? 0 : (T->mdev_us >> 2) / 1000;
        tcps_irs = T == 0 ? 0 : T->bytes_received > 0 ? T->rcv_nxt - (uint32_t)T->bytes_received : 0;
      };
      translator tcplsinfo_t < int I > { tcps_state = I; };
      translator udpinfo_t < struct udphdr *U > {
        udp_sport = U == 0 ? 0 : ntohs(U->source);
        udp_dport = U == 0 ? 0 : ntohs(U->dest);
        udp_length = U == 0 ? 0 : ntohs(U->len);
        udp_checksum = U == 0 ? 0 : ntohs(U->check);
        udp_hdr = U;
      };
      translator udpsinfo_t < struct udp_sock *S > {
        udps_addr = (uintptr_t)S;
        udps_lport = S == 0 ? 0 : ((struct sock *)S)->__sk_common.skc_num;
        udps_rport = S == 0 ? 0 : ntohs(((struct sock *)S)->__sk_common.skc_dport);
      };
      """)
}
