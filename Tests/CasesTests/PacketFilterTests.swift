import Cases
import Events
import Support
import Testing

@Suite struct PacketFilterTests {
  private static let talk = FilterTalk(from: Address(v4: 0x0a00_0002), to: Address(v4: 0x0a00_0001))

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
    ("udp and net 10.0.0.0/8", .broad(["UDP of network 10.0.0.0/8", "DHCP", "mDNS"])),
    ("tcp and host fd00::1", .broad(["TCP of host fd00::1"])),
    ("tcp and src host 10.0.0.1 and dst port 5555", .broad(["TCP port 5555 of host 10.0.0.1"])),
    ("tcp[((tcp[12] & 0xf0) >> 2):4] = 0x47455420", .broad(["TCP over IPv4"])),
    ("tcp[tcpflags] & tcp-syn != 0", .broad(["TCP over IPv4"])),
    ("udp port 53 and udp[10] & 0x80 != 0", .broad(["UDP port 53 over IPv4"])),
    ("ip[0] & 0xf > 5", .broad(["IPv4"])),
    ("esp or ah", .broad(["ESP", "AH"])),
    ("tcp port 179", .broad(["TCP port 179"])),
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
    ("icmp", .broad(["ICMP"])),
    ("icmp and dst host 10.0.0.1", .service("ICMP")),
    ("icmp or arp", .broad(["ICMP", "ARP"])),
    ("icmp6", .broad(["ICMPv6"])),
    (
      "tcp and src host 10.0.0.2 and dst host 10.0.0.1",
      .broad(["TCP of host 10.0.0.1 and host 10.0.0.2"], between: [talk])
    ),
    ("ether proto 0x8100", .broad(["VLAN"])),
    // arp-scan, in its way.
    (
      """
      ether dst 02:55:00:00:00:01 and (arp or (ether[14:4]=0xaaaa0300 and ether[20:2]=0x0806)
      or (ether[12:2]=0x8100 and ether[16:2]=0x0806) or (ether[12:2]=0x8100 and ether[18:4]=0xaaaa0300 and ether[24:2]=0x0806))
      """, .service("ARP and IEEE 802.2")
    ),
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

  @Test(.enabled(if: Lab.has("tcpdump"), "needs tcpdump"))
  func `a scanner's filter is between its host and those that it scans`() throws {
    let filter = "dst host 10.0.0.1 and (icmp or icmp6 or ((tcp or udp or sctp) and (src host 10.0.0.2)))"
    guard case .broad(_, let talks) = FilterBreadth(classic: try compiled(filter)) else {
      Issue.record("it hears conversations")
      return
    }
    #expect(talks == [Self.talk])
    guard case .broad(_, let open) = FilterBreadth(classic: try compiled("host 10.0.0.1 or (\(filter))")) else {
      Issue.record("it hears conversations")
      return
    }
    #expect(open.isEmpty, "it hears what anybody says to one of them, too")
  }

  /// Where the frames begin with the IP header.
  static let cooked: [(String, FilterBreadth)] = [
    ("", .everything),
    ("tcp", .broad(["TCP"])),
    ("udp port 68", .service("DHCP")),
    ("tcp port 4444", .broad(["TCP port 4444"])),
  ]

  @Test(.enabled(if: Lab.has("tcpdump"), "needs tcpdump"), arguments: cooked)
  func `without link headers a filter lets through the same`(_ expression: String, _ breadth: FilterBreadth) throws {
    #expect(FilterBreadth(classic: try compiled(expression, link: "RAW"), interface: .raw) == breadth)
  }

  @Test func `no filter lets through what the socket is bound to`() {
    #expect(FilterBreadth(classic: []) == .everything)
    #expect(FilterBreadth(classic: [], seeing: 0) == .nothing)
    #expect(FilterBreadth(classic: [], seeing: 0x0806) == .service("ARP"))
    #expect(FilterBreadth(classic: [], seeing: 0x4321) == .service("ethertype 0x4321"))
    #expect(
      FilterBreadth(classic: [], seeing: 0x0800) == .broad(["IPv4", "ICMP", "DHCP", "IGMP", "mDNS", "VRRP", "OSPF"]))
  }

  @Test func `the listener's filter is DHCP's`() {
    #expect(FilterBreadth(classic: listener, seeing: 0x0800) == .service("DHCP"))
    #expect(FilterBreadth(classic: listener) == .service("DHCP"))
    #expect(FilterBreadth(classic: listener, seeing: 0x0806) == .nothing)
  }

  @Test func `a DHCP client that waits for one answer of its own is DHCP`() {
    // On a cooked socket of IPv4: UDP, to port 68, a BOOTP reply with this transaction's number, compared by xor.
    let transaction: UInt32 = 0x7be3_1120
    let filter =
      step(0x30, 0, 0, 9) + step(0x15, 0, 9, 17) + step(0x28, 0, 0, 22) + step(0x15, 0, 7, 68) + step(0x30, 0, 0, 28)
      + step(0x15, 0, 5, 2) + step(0x20, 0, 0, 32) + step(0x01, 0, 0, transaction) + step(0xac) + step(0x15, 0, 1, 0)
      + step(0x06, 0, 0, 65535) + step(0x06)
    #expect(FilterBreadth(classic: filter, interface: .raw, seeing: 0x0800) == .service("DHCP"))
  }

  @Test func `a back door that waits for its magic bytes hears payload`() {
    let breadth = FilterBreadth(classic: magic)
    #expect(
      breadth == .payload("TCP with 0x5293 at byte 0; UDP with 0x7255 at byte 0; ICMP with 0x7255 at byte 0"))
    #expect(breadth.isBroad, "who waits for it hears what somebody else has sent")
    #expect(breadth.text.hasPrefix("only frames with certain contents: TCP with 0x5293"))
  }

  @Test func `what Linux says about a frame is compared as well`() {
    func filter(_ offset: UInt32, _ wanted: UInt32) -> [UInt8] {
      step(0x20, 0, 0, 0xffff_f000 + offset) + step(0x15, 0, 1, wanted) + step(0x06, 0, 0, 96) + step(0x06)
    }
    #expect(FilterBreadth(classic: filter(0, 0x88cc)) == .service("LLDP"))
    #expect(FilterBreadth(classic: filter(0, 0x0800)).text.hasPrefix("IPv4, ICMP, "))
    // Outgoing, another interface, VLAN 7: anybody's frames.
    #expect([filter(4, 4), filter(8, 9), filter(44, 7)].allSatisfy { FilterBreadth(classic: $0).isBroad })
  }

  @Test func `a program that refuses everything lets nothing through`() {
    #expect(FilterBreadth(classic: step(0x06)) == .nothing)
    // Both TCP and UDP.
    let both = step(0x30, 0, 0, 23) + step(0x15, 0, 2, 6) + step(0x15, 0, 1, 17) + step(0x06, 0, 0, 1) + step(0x06)
    #expect(FilterBreadth(classic: both) == .nothing)
    // A load outside every frame, and a division by an index that is zero.
    #expect(FilterBreadth(classic: step(0x20, 0, 0, 100_000) + step(0x06, 0, 0, 1)) == .nothing)
    #expect(FilterBreadth(classic: step(0x3c) + step(0x06, 0, 0, 1)) == .nothing)
  }

  @Test func `the text lists so many names as a line can hold`() {
    #expect(FilterBreadth.broad((1...20).map { "TCP port \($0)" }).text.hasSuffix("TCP port 7, 13 more"))
    #expect(FilterBreadth.service("ARP").text == "only ARP")
  }
}
