import Cases
import Support
import Testing

@Suite struct PacketFilterTests {
  /// What tcpdump compiles to what it lets through.
  static let expressions: [(String, FilterBreadth)] = [
    ("", .everything),
    ("not port 22", .everything),
    ("not arp", .everything),
    ("tcp", .broad(["TCP"])),
    ("ip or ip6", .broad(["IPv4", "IPv6", "ICMP", "DHCP", "IGMP", "mDNS", "VRRP", "OSPF", "ICMPv6", "DHCPv6"])),
    ("tcp or arp", .broad(["TCP", "ARP"])),
    ("tcp port 80", .broad(["TCP port 80"])),
    ("ip and tcp port 4444", .broad(["TCP port 4444 over IPv4"])),
    ("port 53", .broad(["UDP port 53", "TCP port 53", "SCTP port 53"])),
    ("tcp portrange 6000-6010", .broad(["TCP port 6000-6010"])),
    ("tcp and host 10.0.0.1", .broad(["TCP of host 10.0.0.1"])),
    ("udp and net 10.0.0.0/8", .broad(["UDP of network 10.0.0.0/8"])),
    ("tcp and host fd00::1", .broad(["TCP of host fd00::1"])),
    ("tcp and src host 10.0.0.1 and dst port 5555", .broad(["TCP port 5555 of host 10.0.0.1"])),
    ("tcp[((tcp[12] & 0xf0) >> 2):4] = 0x47455420", .broad(["TCP over IPv4"])),
    ("tcp[tcpflags] & tcp-syn != 0", .broad(["TCP over IPv4"])),
    ("udp port 68", .service("DHCP")),
    ("ip and udp dst port 68", .service("DHCP")),
    ("port 67 or port 68", .service("DHCP")),
    ("arp or port 68", .service("DHCP and ARP")),
    ("arp", .service("ARP")),
    ("arp host 10.0.0.1", .service("ARP")),
    ("ether proto 0x88cc", .service("LLDP")),
    ("ether proto 0x888e", .service("EAPOL")),
    ("ether proto 0x8902", .service("CFM")),
    ("ether proto 0x88f7", .service("PTP")),
    ("ether proto 0x4321", .service("ethertype 0x4321")),
    ("igmp", .service("IGMP")),
    ("ip proto 112", .service("VRRP")),
    ("icmp", .service("ICMP")),
    ("icmp6", .service("ICMPv6")),
    ("icmp6 and ip6[40] >= 133 and ip6[40] <= 137", .service("ICMPv6 neighbour discovery")),
    ("udp port 3784", .service("BFD")),
    ("tcp[((tcp[12] & 0xf0) >> 2):2] = 0x5293", .payload("TCP with 0x5293 at byte 0")),
    ("udp[8:2] = 0x7255", .payload("UDP with 0x7255 at byte 0")),
    ("icmp[8:2] = 0x7255 and icmp[icmptype] == 8", .payload("ICMP with 0x7255 at byte 0")),
  ]

  @Test(.enabled(if: Lab.has("tcpdump"), "needs tcpdump"), arguments: expressions)
  func `what tcpdump compiles lets through what it says`(_ expression: String, _ breadth: FilterBreadth) throws {
    #expect(FilterBreadth(classic: try compiled(expression)) == breadth)
  }
}
