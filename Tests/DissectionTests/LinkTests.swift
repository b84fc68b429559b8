import Dissection
import Events
import Testing

struct LinkTests {
  let packet = Packets.ipv4(17, Packets.udp())

  /// The innermost IP packet was reached, and all of it.
  private func reached(_ layers: Layers, _ sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(layers.sourcePort == 5353 && layers.destinationPort == 53, sourceLocation: sourceLocation)
    #expect(layers.source == Address(v4: 0xc000_0201), sourceLocation: sourceLocation)
    #expect(layers.payloadLength == 4 && layers.payloadCaptured == 4, sourceLocation: sourceLocation)
    #expect(layers.oddity == nil, sourceLocation: sourceLocation)
  }

  @Test func `Ethernet II, and its padding is not payload`() {
    let layers = dissected(Packets.ethernet(0x0800) + packet + [UInt8](repeating: 0, count: 14))
    reached(layers)
    #expect(layers.hardwareDestination == 0x0200_0000_0001 && layers.hardwareSource == 0x0200_0000_0002)
    #expect(layers.etherType == 0x0800 && layers.networkOffset == 14 && layers.vlan == nil)
  }

  @Test func `802.3 with LLC and SNAP`() {
    let llc: [UInt8] = [0xaa, 0xaa, 3, 0, 0, 0, 8, 0] + packet
    reached(dissected(Packets.ethernet(UInt16(llc.count)) + llc + [0, 0, 0]))
    let spanningTree = dissected(Packets.ethernet(3) + [0x42, 0x42, 3] + [UInt8](repeating: 0, count: 43))
    #expect(spanningTree.version == 0 && spanningTree.payloadLength == 0 && spanningTree.oddity == nil)
  }

  @Test(arguments: [UInt16(0x8100), 0x88a8, 0x9100])
  func `one tag, two tags, and their numbers`(outer: UInt16) {
    let single = dissected(Packets.ethernet(outer) + [0xa0, 5, 8, 0] + packet)
    reached(single)
    #expect(single.vlanCount == 1 && single.vlanTag == 0xa005 && single.vlan == 5)
    let double = dissected(Packets.ethernet(outer) + [0, 100, 0x81, 0, 0, 200, 8, 0] + packet)
    reached(double)
    #expect(double.vlanCount == 2 && double.vlan == 100 && double.innerVLANTag == 200)
  }

  @Test func `Linux cooked, both versions`() {
    let first: [UInt8] = [0, 4, 0, 1, 0, 6, 2, 0, 0, 0, 0, 2, 0, 0, 8, 0]
    let one = dissected(first + packet, link: .linuxCooked)
    reached(one)
    #expect(one.cookedType == 4 && one.hardwareSource == 0x0200_0000_0002)
    let second: [UInt8] = [8, 0, 0, 0, 0, 0, 0, 9, 0, 1, 3, 6, 2, 0, 0, 0, 0, 2, 0, 0]
    let two = dissected(second + packet, link: .linuxCooked2)
    reached(two)
    #expect(two.cookedType == 3 && two.interfaceIndex == 9 && two.hardwareSource == 0x0200_0000_0002)
    // Netlink's frames put their family where the ethertype stands.
    let netlink: [UInt8] = [0, 4, 3, 0x38, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0]
    #expect(dissected(netlink + packet, link: .linuxCooked).version == 0)
  }

  @Test(arguments: [[UInt8]([2, 0, 0, 0]), [0, 0, 0, 2]])
  func `null in the byte order of either kind of machine`(family: [UInt8]) {
    reached(dissected(family + packet, link: .null))
  }

  @Test(arguments: [UInt8(10), 24, 28, 30])
  func `the numbers that systems have for IPv6`(family: UInt8) {
    let six = Packets.ipv6(17, Packets.udp())
    #expect(dissected([family, 0, 0, 0] + six, link: .null).version == 6)
    #expect(dissected([0, 0, 0, family] + six, link: .loop).version == 6)
  }

  @Test func `loop is in network order only`() {
    reached(dissected([0, 0, 0, 2] + packet, link: .loop))
    #expect(
      dissected([2, 0, 0, 0] + packet, link: .loop).oddity == .inconsistent(.loop, .family, value: 0x0200_0000))
  }

  @Test(arguments: [UInt32(101), 12, 14, 228])
  func `raw IP begins at once`(number: UInt32) {
    reached(dissected(packet, link: LinkType(number)))
  }

  @Test func `raw IPv6 by its own number and by its version`() {
    let six = Packets.ipv6(17, Packets.udp())
    #expect(dissected(six, link: LinkType(229)).sourcePort == 5353)
    #expect(dissected(six, link: .raw).sourcePort == 5353)
    #expect(dissected(packet + packet, link: LinkType(229)).oddity == .inconsistent(.ipv6, .version, value: 4))
  }

  @Test func `PPPoE, PPP with and without its framing bytes`() {
    let ppp: [UInt8] = [0, 0x21] + packet
    let length = UInt8(ppp.count)
    reached(dissected(Packets.ethernet(0x8864) + [0x11, 0, 0, 1, 0, length] + ppp + [0, 0]))
    reached(dissected(ppp, link: LinkType(9)))
    reached(dissected([0xff, 3] + ppp, link: LinkType(9)))
    reached(dissected([0x0f, 0, 8, 0] + packet, link: LinkType(9)))
    reached(dissected([0xff, 3, 0x21] + packet, link: LinkType(9)))
  }

  @Test func `an 802.11 data frame behind a radiotap header`() {
    let radiotap: [UInt8] = [0, 0, 9, 0, 2, 0, 0, 0, 0]
    let llc: [UInt8] = [0xaa, 0xaa, 3, 0, 0, 0, 8, 0] + packet
    let addresses: [UInt8] = [9, 9, 9, 9, 9, 9, 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1]
    let toDS: [UInt8] = [0x88, 1, 0, 0] + addresses + [0, 0, 0, 0]
    let layers = dissected(radiotap + toDS + llc, link: LinkType(127))
    reached(layers)
    #expect(layers.hardwareSource == 0x0200_0000_0002 && layers.hardwareDestination == 0x0200_0000_0001)
    let encrypted: [UInt8] = [0x88, 0x41, 0, 0] + addresses + [0, 0, 0, 0]
    #expect(dissected(radiotap + encrypted + llc, link: LinkType(127)).version == 0)
  }

  @Test func `a link type that is not read is named`() {
    let layers = dissected(packet, link: LinkType(147))
    #expect(layers.oddity == .unknownLink(147) && layers.payloadLength == UInt32(packet.count))
    #expect(layers.oddity?.isMalformed == false && !LinkType(147).isDissected && LinkType.raw.isDissected)
  }
}
