import Correlation
import Dissection
import Events
import Testing

/// Packets that could be more than one's: translated ones, frames in another's name, sockets that someone has let go of.
struct DisputedTests {
  private let here = Address(v4: 0x0ac8_0101)
  private let there = Address(v4: 0x0ac8_0102)
  /// What the socket is connected to; what is on the wire is `there`.
  private let virtual = Address(v4: 0x0a63_6363)
  private let start: Int64 = 1_000_000_000_000

  private func socket(
    _ action: SocketEvent.Action, _ pid: UInt32, cookie: UInt64? = nil, kind: (UInt16, UInt16, UInt16) = (2, 1, 6),
    _ local: Endpoint = .none, _ remote: Endpoint = .none, result: Int64 = 0, detail: UInt64 = 0, at time: Int64
  ) -> Event {
    Event(
      time: Instant(nanoseconds: start + time),
      actor: Actor(process: ProcessID(pid: pid, start: UInt64(pid)), thread: pid, command: Array("p\(pid)".utf8)),
      what: .socket(
        SocketEvent(
          action: action, socket: SocketID(cookie: cookie ?? UInt64(pid), namespace: 1), family: kind.0, type: kind.1,
          proto: kind.2, local: local, remote: remote, result: result, detail: detail)))
  }

  private func bytes(_ address: Address) -> [UInt8] {
    stride(from: 24, through: 0, by: -8).map { UInt8(address.low >> UInt64($0) & 0xff) }
  }
  private func bytes(_ port: UInt16) -> [UInt8] { [UInt8(port >> 8), UInt8(port & 0xff)] }

  /// An Ethernet frame of an IPv4 packet.
  private func owner(
    _ correlator: inout Correlator, _ direction: Direction, proto: UInt8, from source: Address, to destination: Address,
    _ body: [UInt8], at time: Int64
  ) -> Owner {
    let frame =
      [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0, 0x45, 0] + bytes(UInt16(20 + body.count))
      + [0, 0, 0, 0, 64, proto, 0, 0] + bytes(source) + bytes(destination) + body
    let layers = dissect(RawSpan(_elements: frame.span), link: .ethernet, wireLength: frame.count)
    let info = FrameInfo(
      time: Instant(nanoseconds: start + time), wireLength: frame.count, linkType: .ethernet, direction: direction)
    return correlator.owner(of: layers, info: info, namespace: 1)
  }

  private func segment(_ source: UInt16, _ destination: UInt16, sequence: UInt8, flags: UInt8, _ payload: Int)
    -> [UInt8]
  {
    bytes(source) + bytes(destination) + [0, 0, 0, sequence, 0, 0, 0, 0, 0x50, flags, 0, 0, 0, 0, 0, 0]
      + [UInt8](repeating: 0, count: payload)
  }

  /// A connection of process 11's from port 40,000, which has sent `sent` bytes from sequence number 100 on.
  private func connect(_ correlator: inout Correlator, to remote: Address, sent: Int64) {
    correlator.begin(at: Instant(nanoseconds: start))
    let (local, remote) = (Endpoint(here, 40_000), Endpoint(remote, 7000))
    correlator.observe(socket(.state, 11, local, remote, detail: 7 << 8 | 2, at: 1000))
    if remote.address == there {
      _ = owner(
        &correlator, .outbound, proto: 6, from: here, to: there, segment(40_000, 7000, sequence: 99, flags: 2, 0),
        at: 2000)
    }
    correlator.observe(socket(.connect, 11, local, remote, at: 9000))
    if sent > 0 { correlator.observe(socket(.send, 11, local, remote, result: sent, at: 20_000)) }
  }

  @Test func `a connection whose other end was translated is its socket's, both ways, until it ends`() {
    var correlator = Correlator(seed: 1)
    connect(&correlator, to: virtual, sent: 5)
    func ask(_ time: Int64) -> [Owner] {
      [
        owner(
          &correlator, .outbound, proto: 6, from: here, to: there,
          segment(40_000, 7000, sequence: 100, flags: 0x18, 5), at: time),
        owner(
          &correlator, .inbound, proto: 6, from: there, to: here,
          segment(7000, 40_000, sequence: 1, flags: 0x10, 0), at: time + 1),
      ]
    }
    for owner in ask(19_000) { #expect(owner.actor == nil && owner.reason != "forwarded", "\(owner)") }
    // Whoever runs when it leaves has no part in it.
    correlator.observe(
      socket(.translated, 99, cookie: 11, Endpoint(here, 40_000), Endpoint(there, 7000), at: 19_500))
    for owner in ask(21_000) { #expect(owner.actor?.process.pid == 11, "\(owner)") }
  }

  @Test func `what is passed on under this machine's own address is forwarded, both ways`() {
    var correlator = Correlator(seed: 1)
    correlator.begin(at: Instant(nanoseconds: start))
    correlator.know(addresses: [here], in: 1)
    let datagram = bytes(UInt16(50_000)) + bytes(UInt16(7000)) + [0, 8, 0, 0]
    let answer = bytes(UInt16(7000)) + bytes(UInt16(50_000)) + [0, 8, 0, 0]
    let before = owner(&correlator, .outbound, proto: 17, from: here, to: there, datagram, at: 1000)
    #expect(before.reason == "no-socket")
    correlator.observe(
      socket(
        .translated, 99, cookie: 0, kind: (2, 0, 17), Endpoint(here, 50_000), Endpoint(there, 7000), at: 2000))
    let out = owner(&correlator, .outbound, proto: 17, from: here, to: there, datagram, at: 3000)
    let back = owner(&correlator, .inbound, proto: 17, from: there, to: here, answer, at: 4000)
    for owner in [out, back] {
      #expect(owner.role == .kernel && owner.reason == "forwarded" && owner.actor == nil, "\(owner)")
    }
  }

  @Test func `what two other machines say to each other through this one is no server's here that has their port`() {
    var correlator = Correlator(seed: 1)
    correlator.begin(at: Instant(nanoseconds: start))
    correlator.know(addresses: [here], in: 1)
    let any = Address(v4: 0)
    correlator.observe(socket(.bind, 11, kind: (2, 2, 17), Endpoint(any, 7000), at: 1000))
    correlator.observe(socket(.bind, 12, cookie: 12, Endpoint(any, 80), at: 1100))
    correlator.observe(socket(.listen, 12, cookie: 12, Endpoint(any, 80), at: 1200))
    let datagram = bytes(UInt16(50_000)) + bytes(UInt16(7000)) + [0, 8, 0, 0]
    for direction in [Direction.inbound, .outbound] {
      let passing = owner(&correlator, direction, proto: 17, from: virtual, to: there, datagram, at: 2000)
      #expect(passing.reason == "forwarded" && passing.actor == nil, "\(passing)")
      let asking = owner(
        &correlator, direction, proto: 6, from: virtual, to: there,
        segment(50_000, 80, sequence: 1, flags: 2, 0), at: 2100)
      #expect(asking.reason == "forwarded" && asking.actor == nil, "\(asking)")
    }
    let own = owner(&correlator, .inbound, proto: 17, from: virtual, to: here, datagram, at: 3000)
    #expect(own.actor?.process.pid == 11)
    let called = owner(
      &correlator, .inbound, proto: 17, from: virtual, to: Address(v4: 0x0ac8_01ff), datagram, at: 3000)
    #expect(called.actor?.process.pid == 11)
  }

  @Test func `a network that a route makes this machine's own is its servers', and its broadcasts are known`() {
    var correlator = Correlator(seed: 1)
    correlator.begin(at: Instant(nanoseconds: start))
    let network = AddressPrefix(Address(v4: 0x0a63_6000), 20)
    let broadcast = Address(v4: 0x0ac8_01bf)
    correlator.know(addresses: [here], prefixes: [network], broadcasts: [broadcast], in: 1)
    correlator.observe(socket(.bind, 11, kind: (2, 2, 17), Endpoint(Address(v4: 0), 7000), at: 1000))
    let datagram = bytes(UInt16(50_000)) + bytes(UInt16(7000)) + [0, 8, 0, 0]
    func asked(_ target: UInt32) -> Owner {
      owner(&correlator, .inbound, proto: 17, from: there, to: Address(v4: target), datagram, at: 2000)
    }
    #expect([0x0a63_6000, 0x0a63_6fff, 0x0ac8_01bf].map { asked($0).actor?.process.pid } == [11, 11, 11])
    #expect(
      [0x0a63_7000, 0x0a63_5fff, 0x0ac8_01ff].map { asked($0).reason } == ["forwarded", "forwarded", "forwarded"])
  }

  @Test func `what is for another station is no server's here, and what is for one of this machine's interfaces is`() {
    // The frames here are for 02:00:00:00:00:02.
    for (hardware, expected) in [([1], nil), ([1, 0x0200_0000_0002], 11), ([], 11)] as [(Set<UInt64>, UInt32?)] {
      var correlator = Correlator(seed: 1)
      correlator.begin(at: Instant(nanoseconds: start))
      correlator.know(addresses: [here], hardware: hardware, in: 1)
      correlator.observe(socket(.bind, 11, kind: (2, 2, 17), Endpoint(Address(v4: 0), 7000), at: 1000))
      let datagram = bytes(UInt16(50_000)) + bytes(UInt16(7000)) + [0, 8, 0, 0]
      let heard = owner(&correlator, .unknown, proto: 17, from: there, to: here, datagram, at: 2000)
      #expect(heard.actor?.process.pid == expected && (expected != nil || heard.reason == "forwarded"), "\(heard)")
    }
  }

  @Test
  func `what passes by is not that of a socket of this machine with the same ends, until its ends may be another's`() {
    var correlator = Correlator(seed: 1)
    correlator.begin(at: Instant(nanoseconds: start))
    correlator.know(addresses: [here], in: 1)
    let datagram = bytes(UInt16(50_000)) + bytes(UInt16(7000)) + [0, 8, 0, 0]
    let mine = (Endpoint(here, 50_000), Endpoint(there, 7000))
    func ask(_ time: Int64) -> Owner {
      owner(&correlator, .outbound, proto: 17, from: here, to: there, datagram, at: time)
    }
    correlator.observe(socket(.connect, 11, kind: (2, 2, 17), mine.0, mine.1, at: 1000))
    #expect(ask(2000).actor?.process.pid == 11)
    let (second, minute): (Int64, Int64) = (1_000_000_000, 60_000_000_000)
    for time in [0, minute] {
      correlator.observe(socket(.translated, 99, cookie: 0, kind: (2, 0, 17), mine.0, mine.1, at: time + 3000))
      #expect(ask(time + 4000).reason == "forwarded")
      #expect(ask(time + 8 * second).reason == "forwarded")
      #expect(ask(time + 10 * second).actor?.process.pid == 11)
    }
  }

  @Test func `a segment that lies outside a connection's stream is that of the packet socket that sent as much`() {
    var correlator = Correlator(seed: 1)
    connect(&correlator, to: there, sent: 5)
    correlator.observe(socket(.create, 12, kind: (17, 2, 0x800), at: 21_000))
    correlator.observe(socket(.send, 12, kind: (17, 2, 0x800), result: 45, at: 22_000))
    func pid(sequence: UInt8) -> UInt32? {
      owner(
        &correlator, .outbound, proto: 6, from: here, to: there,
        segment(40_000, 7000, sequence: sequence, flags: 0x18, 5), at: 19_000
      ).actor?.process.pid
    }
    #expect(pid(sequence: 100) == 11)
    #expect(pid(sequence: 7) == 12)
    #expect(pid(sequence: 105) == 12)
  }

  @Test func `of a raw socket and a packet socket that send as much, the one whose send is nearest sent it`() {
    var correlator = Correlator(seed: 1)
    correlator.begin(at: Instant(nanoseconds: start))
    for (pid, kind, time) in [
      (UInt32(11), (UInt16(2), UInt16(3), UInt16(253)), Int64(1000)), (12, (17, 2, 0x800), 2000),
    ] {
      correlator.observe(socket(.create, pid, kind: kind, at: time))
    }
    // The raw socket counts what follows the IP header, the packet socket the whole packet.
    correlator.observe(socket(.send, 11, kind: (2, 3, 253), result: 14, at: 102_000))
    correlator.observe(socket(.send, 12, kind: (17, 2, 0x800), result: 34, at: 2_002_000))
    for (pid, time) in [(UInt32(11), Int64(100_000)), (12, 2_000_000)] {
      let owner = owner(
        &correlator, .outbound, proto: 253, from: here, to: there, [UInt8](repeating: 1, count: 14), at: time)
      #expect(owner.actor?.process.pid == pid && owner.confidence > .low, "\(owner)")
    }
  }

  @Test func `a listener that a child has closed is its parent's`() {
    var correlator = Correlator(seed: 1)
    correlator.begin(at: Instant(nanoseconds: start))
    let local = Endpoint(here, 7005)
    correlator.observe(socket(.bind, 11, cookie: 5, local, at: 1000))
    correlator.observe(socket(.listen, 11, cookie: 5, local, at: 2000))
    correlator.observe(socket(.close, 12, cookie: 5, local, at: 3000))
    let syn = owner(
      &correlator, .inbound, proto: 6, from: there, to: here, segment(50_000, 7005, sequence: 1, flags: 2, 0), at: 9000)
    #expect(syn.actor?.process.pid == 11, "\(syn)")
  }

  @Test func `a listener that several hold and nobody has accepted from is whose it was first`() {
    var correlator = Correlator(seed: 1)
    correlator.begin(at: Instant(nanoseconds: start))
    let local = Endpoint(here, 7005)
    // Told of when the run begins, and of the child when it is born.
    for (pid, time) in [(UInt32(11), Int64(1000)), (12, 2000), (13, 3000)] {
      correlator.observe(socket(.found, pid, cookie: 5, local, at: time))
    }
    func owner(_ time: Int64) -> Owner {
      self.owner(
        &correlator, .inbound, proto: 6, from: there, to: here, segment(50_000, 7005, sequence: 1, flags: 2, 0),
        at: time)
    }
    #expect(owner(9000).actor?.process.pid == 11 && owner(9000).confidence == .medium)
    // Who accepts is the one who works with it.
    correlator.observe(socket(.accept, 12, cookie: 5, local, at: 10_000))
    #expect(owner(11_000).actor?.process.pid == 12)
  }

  @Test func `who asks a listener of several workers for a connection asks the one who takes it`() {
    var correlator = Correlator(seed: 1)
    correlator.begin(at: Instant(nanoseconds: start))
    let local = Endpoint(here, 7005)
    for (pid, time) in [(UInt32(11), Int64(1000)), (12, 2000), (13, 3000)] {
      correlator.observe(socket(.found, pid, cookie: 5, local, at: time))
    }
    // 13 has taken the last one, 12 takes this one; the kernel makes its socket before that.
    correlator.observe(socket(.accept, 13, cookie: 6, local, Endpoint(there, 49_999), at: 4000))
    correlator.observe(
      socket(.state, 0, cookie: 7, local, Endpoint(there, 50_000), detail: 3 << 8 | 1, at: 9200))
    correlator.observe(socket(.accept, 12, cookie: 7, local, Endpoint(there, 50_000), at: 90_000))
    let asked = owner(
      &correlator, .inbound, proto: 6, from: there, to: here, segment(50_000, 7005, sequence: 1, flags: 2, 0), at: 9000)
    let answered = owner(
      &correlator, .outbound, proto: 6, from: here, to: there, segment(7005, 50_000, sequence: 9, flags: 18, 0),
      at: 9100
    )
    #expect([asked, answered].map(\.actor?.process.pid) == [12, 12], "\(asked) \(answered)")
  }

  // MARK: Two that listen, and none that does any more

  @Test func `IPv4 comes to the one of two at a port that is of IPv4`() {
    var correlator = Correlator(seed: 1)
    correlator.begin(at: Instant(nanoseconds: start))
    for (pid, family) in [(11, 2), (12, 10)] as [(UInt32, UInt16)] {
      let local = Endpoint(.none, 80)
      correlator.observe(socket(.create, pid, kind: (family, 1, 6), at: 1000))
      correlator.observe(socket(.bind, pid, kind: (family, 1, 6), local, at: 2000))
      correlator.observe(socket(.state, pid, kind: (family, 1, 6), local, detail: 7 << 8 | 10, at: 3000))
      correlator.observe(socket(.listen, pid, kind: (family, 1, 6), local, at: 4000))
    }
    let asked = owner(
      &correlator, .inbound, proto: 6, from: there, to: here, segment(40_000, 80, sequence: 7, flags: 2, 0), at: 9000)
    let answered = owner(
      &correlator, .outbound, proto: 6, from: here, to: there, segment(80, 40_000, sequence: 9, flags: 0x12, 0),
      at: 9500)
    #expect([asked, answered].map(\.actor?.process.pid) == [11, 11], "\(asked) \(answered)")
  }

  @Test func `a datagram that comes in after its socket was closed is nobody's`() {
    var correlator = Correlator(seed: 1)
    correlator.begin(at: Instant(nanoseconds: start))
    let local = Endpoint(here, 7000)
    correlator.observe(socket(.create, 11, kind: (2, 2, 17), at: 0))
    correlator.observe(socket(.bind, 11, kind: (2, 2, 17), local, at: 1000))
    correlator.observe(socket(.close, 11, kind: (2, 2, 17), local, at: 10_000_000))
    func pid(_ time: Int64) -> UInt32? {
      owner(&correlator, .inbound, proto: 17, from: there, to: here, datagram(40_000, 7000), at: time).actor?.process
        .pid
    }
    #expect(pid(9_000_000) == 11)
    #expect(pid(13_000_000) == nil)
  }

  @Test func `a SYN from the port of a connection that was refused is the next one's`() {
    var correlator = Correlator(seed: 1)
    correlator.begin(at: Instant(nanoseconds: start))
    let (local, remote) = (Endpoint(here, 40_000), Endpoint(there, 7000))
    for (pid, time) in [(11, 0), (12, 10_000_000)] as [(UInt32, Int64)] {
      correlator.observe(socket(.create, pid, at: time))
      correlator.observe(socket(.bind, pid, Endpoint(.none, 40_000), at: time + 1000))
      correlator.observe(socket(.state, pid, local, remote, detail: 7 << 8 | 2, at: time + 2000))
      correlator.observe(socket(.state, pid, local, remote, detail: 2 << 8 | 7, at: time + 200_000))
      correlator.observe(socket(.connect, pid, local, remote, result: -111, at: time + 210_000))
    }
    let asked = owner(
      &correlator, .outbound, proto: 6, from: here, to: there, segment(40_000, 7000, sequence: 7, flags: 2, 0),
      at: 10_050_000)
    #expect(asked.actor?.process.pid == 12, "\(asked)")
  }

  // MARK: Ports that go from one process to the next

  private func datagram(_ source: UInt16, _ destination: UInt16) -> [UInt8] {
    bytes(source) + bytes(destination) + bytes(UInt16(8 + 4)) + [0, 0, 1, 2, 3, 4]
  }

  /// Process 11 connects a datagram socket at port 40,000, sends and ends; 12 has the port at once, unconnected, and is told of when it has sent.
  private func handOver(_ correlator: inout Correlator, losing count: UInt64 = 0) {
    correlator.begin(at: Instant(nanoseconds: start))
    let (local, remote) = (Endpoint(here, 40_000), Endpoint(there, 7000))
    correlator.observe(socket(.create, 11, kind: (2, 2, 17), at: 0))
    correlator.observe(socket(.connect, 11, kind: (2, 2, 17), local, remote, at: 1000))
    correlator.observe(socket(.send, 11, kind: (2, 2, 17), local, remote, result: 4, at: 3000))
    correlator.observe(socket(.close, 11, kind: (2, 2, 17), local, remote, at: 4000))
    correlator.observe(socket(.create, 12, kind: (2, 2, 17), at: 5000))
    if count > 0 { return correlator.lost("kernel-ring", count) }
    correlator.observe(
      socket(.send, 12, kind: (2, 2, 17), Endpoint(.none, 40_000), result: 4, at: 50_000_000))
  }

  @Test func `a port that was connected is its next owner's from then on`() {
    var correlator = Correlator(seed: 1)
    handOver(&correlator)
    func pid(_ time: Int64) -> UInt32? {
      owner(&correlator, .outbound, proto: 17, from: here, to: there, datagram(40_000, 7000), at: time).actor?.process
        .pid
    }
    #expect(pid(2000) == 11)
    // The send of 12 took long: its datagram was seen before it was told of, and close behind the end of 11's socket.
    #expect(pid(6000) == 12)
    #expect(pid(60_000_000) == 12)
    #expect(pid(2500) == 11)
  }

  @Test func `what leaves a port after its socket is nobody's when events were lost since`() {
    var correlator = Correlator(seed: 1)
    handOver(&correlator, losing: 1)
    let owner = owner(
      &correlator, .outbound, proto: 17, from: here, to: there, datagram(40_000, 7000), at: 6000)
    #expect(owner.actor == nil && owner.reason == "lost-event", "\(owner)")
  }

  /// ECONNRESET: who asks for more of a connection that was reset does not bring it back.
  @Test(arguments: [false, true])
  func `a connection that begins at the ends of one that is over is the next one's, whose port nobody has told of yet`(
    isAskedAgain: Bool
  ) {
    var correlator = Correlator(seed: 1)
    connect(&correlator, to: there, sent: 5)
    let (local, remote) = (Endpoint(here, 40_000), Endpoint(there, 7000))
    correlator.observe(socket(.state, 11, local, remote, detail: 1 << 8 | 7, at: 30_000))
    if isAskedAgain {
      correlator.observe(socket(.receive, 11, local, remote, result: -104, at: 30_300))
      correlator.observe(socket(.close, 11, local, remote, at: 30_600))
    }
    correlator.observe(socket(.create, 12, at: 31_000))
    correlator.observe(socket(.state, 12, .none, remote, detail: 7 << 8 | 2, at: 32_000))
    correlator.observe(socket(.connect, 12, local, remote, at: 90_000_000))
    func pid(_ flags: UInt8, _ time: Int64) -> UInt32? {
      owner(
        &correlator, .outbound, proto: 6, from: here, to: there, segment(40_000, 7000, sequence: 7, flags: flags, 0),
        at: time
      ).actor?.process.pid
    }
    #expect(pid(0x02, 33_000) == 12)
    #expect(pid(0x10, 34_000) == 12)
  }
}
