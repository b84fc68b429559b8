import Dissection
import Events
import Testing

struct TransportTests {
  private func four(_ proto: UInt8, _ payload: [UInt8]) -> Layers {
    dissected(Packets.ipv4(proto, payload), link: .raw)
  }

  @Test func `the fields are where RFC 9293 puts them`() {
    let layers = four(6, Packets.tcp())
    #expect(layers.transport == .tcp && layers.sourcePort == 50000 && layers.destinationPort == 443)
    #expect(layers.sequence == 0x0102_0304 && layers.acknowledgment == 0x0506_0708)
    #expect(layers.tcpFlags == 0x18 && layers.window == 501 && layers.transportHeaderLength == 32)
    #expect(layers.payload == 52..<55 && layers.oddity == nil)
    let expected = FlowKey(
      source: Endpoint(Address(v4: 0xc000_0201), 50000), destination: Endpoint(Address(v4: 0xc633_6407), 443), proto: 6)
    #expect(layers.flowKey == expected)
  }

  @Test(
    arguments: [
      ([2, 4, 5, 0xb4] as [UInt8], nil), ([1, 1, 1, 0], nil), ([0, 99, 99, 99], nil), ([2, 0, 0, 0], 0),
      ([2, 1, 0, 0], 1),
      ([1, 1, 2, 4], 4), ([1, 1, 1, 8], 0),
    ] as [([UInt8], UInt32?)])
  func `each option must end within the header`(options: [UInt8], bad: UInt32?) {
    #expect(four(6, Packets.tcp(options: options)).oddity == bad.map { .inconsistent(.tcp, .optionLength, value: $0) })
  }

  @Test func `the ninth flag is AE`() {
    var segment = Packets.tcp()
    segment[12] |= 1
    #expect(four(6, segment).tcpFlags == 0x118)
  }

  @Test func `a datagram ends where its length says`() {
    let layers = four(17, Packets.udp() + [0xee, 0xee])
    #expect(layers.transport == .udp && layers.payloadLength == 4 && layers.oddity == nil)
  }

  @Test func `a first fragment is shorter than its datagram, and that is right`() {
    var datagram = Packets.udp()
    datagram[4] = 9
    #expect(dissected(Packets.ipv4(17, datagram, word: 0x2000), link: .raw).oddity == nil)
    #expect(dissected(Packets.ipv4(17, datagram), link: .raw).oddity == .inconsistent(.udp, .length, value: 0x90c))
  }

  @Test func `an echo has its identifier and number`() {
    let layers = four(1, Packets.echo)
    #expect(layers.transport == .icmp && layers.icmpType == 8 && layers.icmpCode == 0)
    #expect(layers.echoIdentifier == 0xbeef && layers.echoSequence == 3 && layers.flowKey?.source.port == 0)
    let six = dissected(Packets.ipv6(58, [128] + Packets.echo.dropFirst()), link: .raw)
    #expect(six.transport == .icmpv6 && six.echoIdentifier == 0xbeef)
    // Port unreachable: the same place holds nothing.
    #expect(four(1, [3, 3] + Packets.echo.dropFirst(2)).echoIdentifier == 0)
  }

  @Test(arguments: [(132, .sctp), (33, .dccp), (136, .udpLite)] as [(UInt8, Layers.Transport)])
  func `transports that are read no farther have their ports`(proto: UInt8, transport: Layers.Transport) {
    let layers = four(proto, [0, 7, 0, 9] + [UInt8](repeating: 0, count: 16))
    #expect(layers.transport == transport && layers.sourcePort == 7 && layers.destinationPort == 9)
  }
}

struct TunnelTests {
  let inner = Packets.ipv4(17, Packets.udp())

  @Test func `inside every tunnel the inner packet is described, and the outer one on request`() {
    let ethernet = Packets.ethernet(0x0800) + inner
    let cases: [(String, Tunnels, [UInt8])] = [
      ("6in4's opposite", .ipInIP, Packets.ipv6(4, inner)),
      ("GRE with a key", .gre, Packets.ipv4(47, [0x20, 0, 8, 0, 0, 0, 0, 1] + inner)),
      ("Ethernet in GRE", .gre, Packets.ipv4(47, [0, 0, 0x65, 0x58] + ethernet)),
      ("ERSPAN I", .gre, Packets.ipv4(47, [0, 0, 0x88, 0xbe] + ethernet)),
      (
        "ERSPAN II", .gre,
        Packets.ipv4(47, [0x10, 0, 0x88, 0xbe, 0, 0, 0, 1, 0x10, 1, 0, 0, 0, 0, 0, 0] + ethernet)
      ),
      (
        "ERSPAN III with its eight bytes more", .gre,
        Packets.ipv4(
          47,
          [0x10, 0, 0x22, 0xeb, 0, 0, 0, 1, 0x20, 1] + [0, 0, 0, 0, 0, 0, 0, 0, 0, 1] + [UInt8](repeating: 7, count: 8)
            + ethernet)
      ),
      (
        "NSH in VXLAN-GPE", .vxlan,
        Packets.ipv4(
          17, Packets.udp([0x0c, 0, 0, 4, 0, 0, 1, 0, 0x0f, 0xc2, 2, 3, 0, 0, 1, 255] + ethernet, to: 4790))
      ),
      ("VXLAN", .vxlan, Packets.ipv4(17, Packets.udp([8, 0, 0, 0, 0, 0, 1, 0] + ethernet, to: 4789))),
      (
        "VXLAN whose reserved bits are not 0", .vxlan,
        Packets.ipv4(17, Packets.udp([0xff, 1, 0xd1, 0xf2, 0, 0, 11, 0] + ethernet, to: 4789))
      ),
      (
        "Geneve", .geneve,
        Packets.ipv6(17, Packets.udp([1, 0, 0x65, 0x58, 0, 0, 1, 0, 0, 0, 0, 0] + ethernet, to: 6081))
      ),
      ("GTP-U", .gtp, Packets.ipv4(17, Packets.udp([0x30, 255, 0, 40, 0, 0, 0, 1] + inner, to: 2152))),
      ("L2TP", .l2tp, Packets.ipv4(17, Packets.udp([0, 2, 0, 1, 0, 1, 0, 0x21] + inner, to: 1701))),
    ]
    for (name, tunnel, packet) in cases {
      let entered = dissected(packet, link: .raw)
      #expect(entered.destinationPort == 53 && entered.version == 4 && entered.tunnels == tunnel, "\(name)")
      #expect(entered.oddity == nil && entered.payloadLength == 4, "\(name)")
      let outside = dissected(packet, link: .raw, entering: [])
      #expect(outside.destinationPort != 53 && outside.networkOffset == 0, "\(name)")
    }
  }

  @Test func `a service header stands before what it carries, and says itself how long it is`() {
    let context = [UInt8](repeating: 0, count: 16)
    let long = dissected(Packets.ethernet(0x894f) + [0x0f, 0xc6, 1, 1, 0, 0, 1, 255] + context + inner)
    #expect(long.destinationPort == 53 && long.oddity == nil)
    let short = dissected(Packets.ethernet(0x894f) + [0x0f, 0xc1, 1, 1, 0, 0, 1, 255] + inner)
    #expect(short.oddity == .inconsistent(.nsh, .length, value: 4) && short.version == 0)
  }

  @Test func `a port alone makes no tunnel`() {
    let layers = dissected(Packets.ipv4(17, Packets.udp([0, 0, 0, 0, 0, 0, 0, 0], to: 4789)), link: .raw)
    #expect(layers.tunnels == [] && layers.destinationPort == 4789 && layers.payloadLength == 8)
  }

  @Test func `a tunnel of another protocol leaves the outer packet described`() {
    let packet = Packets.udp([8, 0, 0, 0, 0, 0, 1, 0] + Packets.ethernet(0x0806) + Packets.arp, to: 4789)
    let layers = dissected(Packets.ipv4(17, packet), link: .raw)
    #expect(layers.tunnels == .vxlan && layers.flowKey?.destination.port == 4789 && !layers.isARP)
  }

  @Test func `an outer fragment stays known inside`() {
    let layers = dissected(Packets.ipv4(4, inner, word: 0x2000), link: .raw)
    #expect(layers.marks.contains(.fragmented) && !layers.marks.contains(.moreFragments) && layers.sourcePort == 5353)
  }

  @Test func `tunnels in tunnels stop at the bound`() {
    var packet = inner
    for _ in 0..<40 { packet = Packets.ipv4(4, packet) }
    #expect(dissected(packet, link: .raw).oddity == .tooDeep(.ipv4))
  }
}
