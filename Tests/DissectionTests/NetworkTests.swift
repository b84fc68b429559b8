import Dissection
import Events
import Testing

struct NetworkTests {
  @Test func `the fields are where RFC 791 puts them`() {
    let layers = dissected(Packets.ethernet(0x0800) + Packets.ipv4(6, Packets.tcp()))
    #expect(layers.version == 4 && layers.hopLimit == 61 && layers.proto == 6 && layers.trafficClass == 0x10)
    #expect(layers.identification == 0x1234 && layers.totalLength == 55 && layers.networkHeaderLength == 20)
    #expect(layers.source == Address(v4: 0xc000_0201) && layers.destination == Address(v4: 0xc633_6407))
    #expect(layers.marks.contains(.dontFragment) && !layers.marks.contains(.fragmented))
  }

  @Test func `options lie between the header and the transport`() {
    let layers = dissected(Packets.ipv4(17, Packets.udp(), options: [0x94, 4, 0, 0]), link: .raw)
    #expect(layers.networkHeaderLength == 24 && layers.transportOffset == 24 && layers.sourcePort == 5353)
  }

  @Test func `a later fragment has no ports, its first one has`() {
    let first = dissected(Packets.ipv4(17, Packets.udp(), word: 0x2000), link: .raw)
    #expect(first.marks.isSuperset(of: [.fragmented, .moreFragments, .ports]) && !first.isLaterFragment)
    let later = dissected(Packets.ipv4(17, Packets.udp(), word: 3), link: .raw)
    #expect(later.fragmentOffset == 24 && later.marks.contains(.fragmented) && !later.marks.contains(.moreFragments))
    #expect(later.transport == .none && later.sourcePort == 0 && later.proto == 17 && later.payloadLength == 12)
    #expect(later.flowKey?.proto == 17)
  }

  @Test func `without a total length the packet fills the frame`() {
    var packet = Packets.ipv4(6, Packets.tcp())
    packet[2] = 0
    packet[3] = 0
    let layers = dissected(packet, link: .raw)
    #expect(layers.oddity == nil && layers.totalLength == UInt32(packet.count) && layers.payloadLength == 3)
  }

  @Test func `the fields are where RFC 8200 puts them`() {
    let layers = dissected(Packets.ethernet(0x86dd) + Packets.ipv6(6, Packets.tcp()))
    #expect(layers.version == 6 && layers.hopLimit == 58 && layers.trafficClass == 0xa5 && layers.proto == 6)
    #expect(layers.totalLength == 75 && layers.networkHeaderLength == 40 && layers.sourcePort == 50000)
    #expect(layers.source == Address(v6High: 0x2001_0db8_0000_0000, low: 1))
    #expect(layers.destination == Address(v6High: 0x2001_0db8_0000_0000, low: 2))
  }

  @Test func `extension headers in a row, each with its own way of counting`() {
    let eight: (UInt8) -> [UInt8] = { [$0, 0, 1, 4, 0, 0, 0, 0] }
    let authentication: [UInt8] = [60, 4] + [UInt8](repeating: 0, count: 22)
    let chain = eight(43) + eight(44) + [51, 0, 0, 0, 0, 0, 0xab, 0xcd] + authentication + eight(17)
    let layers = dissected(Packets.ipv6(0, chain + Packets.udp()), link: .raw)
    #expect(layers.sourcePort == 5353 && layers.proto == 17 && layers.oddity == nil)
    #expect(layers.networkHeaderLength == 40 + 32 + 24 && layers.identification == 0xabcd)
    // A fragment header on a whole datagram: RFC 6946 calls it atomic.
    #expect(layers.marks.contains(.fragmented) && !layers.isLaterFragment)
  }

  @Test func `an IPv6 fragment's offset is in bytes, and ends the reading`() {
    let layers = dissected(Packets.ipv6(44, [17, 0, 0, 0x19, 0, 0, 0, 1] + Packets.udp()), link: .raw)
    #expect(layers.fragmentOffset == 24 && layers.marks.contains(.moreFragments) && layers.transport == .none)
  }

  @Test func `a chain without an end stops at the bound`() {
    let chain = [UInt8](repeating: 0, count: 8 * 200)
    let layers = dissected(Packets.ipv6(60, chain.map { _ in 0 }), link: .raw)
    #expect(layers.oddity == .tooDeep(.hopByHop) && layers.oddity?.name == "tooDeep-hopByHop")
  }

  @Test func `ARP tells who asks for whom`() {
    let layers = dissected(Packets.ethernet(0x0806) + Packets.arp + [UInt8](repeating: 0, count: 18))
    #expect(layers.isARP && layers.arpOperation == 1 && layers.version == 0 && layers.flowKey == nil)
    #expect(layers.source == Address(v4: 0x0a00_0001) && layers.destination == Address(v4: 0x0a00_0009))
    #expect(layers.payloadLength == 0 && layers.oddity == nil)
  }

  @Test func `an ARP packet's view has its hardware addresses`() throws {
    let bytes = Packets.arp
    let packet = try ARPPacket(RawSpan(_elements: bytes.span))
    let (isEthernet, sender, target) = (packet.isEthernet, packet.senderHardware, packet.targetHardware)
    #expect(isEthernet && sender == 0x0200_0000_0002 && target == 0)
  }
}
