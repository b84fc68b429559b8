import Correlation
import Dissection
import Events
import Testing

/// What comes in to ports that several sockets share, or under other ends than its socket's.
struct DeliveredTests {
  private let here = Address(v4: 0x0ac8_0102)
  private let there = Endpoint(Address(v4: 0x0ac8_0101), 40_000)
  private let start: Int64 = 1_000_000_000_000

  /// What process `pid` does with the socket whose cookie is its pid.
  private func event(
    _ action: SocketEvent.Action, _ pid: UInt32, type: UInt16 = 2, port: UInt16 = 7000, remote: Endpoint = .none,
    result: Int64 = 0, detail: UInt64 = 0, at time: Int64
  ) -> Event {
    Event(
      time: Instant(nanoseconds: start + time),
      actor: Actor(process: ProcessID(pid: pid, start: UInt64(pid)), thread: pid, command: Array("p\(pid)".utf8)),
      what: .socket(
        SocketEvent(
          action: action, socket: SocketID(cookie: UInt64(pid), namespace: 1), family: 2, type: type,
          proto: type == 2 ? 17 : 6, local: Endpoint(here, port), remote: remote, result: result, detail: detail)))
  }

  private func bytes(_ number: UInt16) -> [UInt8] { [UInt8(number >> 8), UInt8(number & 0xff)] }
  private func bytes(_ address: Address) -> [UInt8] {
    stride(from: 24, through: 0, by: -8).map { UInt8(address.low >> UInt64($0) & 0xff) }
  }

  /// An Ethernet frame with the least length that a cable carries.
  private func frame(_ proto: UInt8, from source: Endpoint, to target: Endpoint, _ rest: [UInt8]) -> [UInt8] {
    let body = bytes(source.port) + bytes(target.port) + rest
    let packet =
      [0x45, 0] + bytes(UInt16(20 + body.count)) + [0, 0, 0, 0, 64, proto, 0, 0] + bytes(source.address)
      + bytes(target.address) + body
    let frame = [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0] + packet
    return frame + [UInt8](repeating: 0, count: max(0, 60 - frame.count))
  }
  private func datagram(_ text: String, to port: UInt16 = 7000) -> [UInt8] {
    frame(17, from: there, to: Endpoint(here, port), bytes(UInt16(8 + text.utf8.count)) + [0, 0] + Array(text.utf8))
  }

  private func owner(
    _ correlator: inout Correlator, _ frame: [UInt8], _ direction: Direction = .inbound, at time: Int64
  ) -> Owner {
    let bytes = RawSpan(_elements: frame.span)
    let layers = dissect(bytes, link: .ethernet, wireLength: frame.count)
    let info = FrameInfo(
      time: Instant(nanoseconds: start + time), wireLength: frame.count, linkType: .ethernet, direction: direction)
    return correlator.owner(of: layers, info: info, namespace: 1, mark: frameMark(bytes, layers, info))
  }

  /// What the kernel makes of the IP packet, whose first 14 bytes are not the link's there.
  private func mark(_ frame: [UInt8]) -> UInt64 {
    let length = Int(frame[16]) << 8 | Int(frame[17])
    let packet = Array(frame[14..<14 + length])
    return frameMark(RawSpan(_elements: packet.span), link: .raw, wireLength: length)
  }

  /// Two processes on one port, both of which receive as much at the same time.
  private func group() -> Correlator {
    var correlator = Correlator(seed: 1)
    correlator.begin(at: Instant(nanoseconds: start))
    for pid in [11, 12] as [UInt32] {
      correlator.observe(event(.bind, pid, at: 1000))
      correlator.observe(event(.receive, pid, result: 4, at: 20_000))
    }
    return correlator
  }

  @Test func `of several sockets on one port a datagram is for the one that the kernel gave it to`() {
    var correlator = group()
    let (first, second, third) = (datagram("1111"), datagram("2222"), datagram("3333"))
    correlator.observe(event(.delivered, 12, result: 32, detail: mark(first), at: 10_100))
    correlator.observe(event(.delivered, 11, result: 32, detail: mark(second), at: 10_200))

    #expect(owner(&correlator, first, at: 10_000).actor?.process.pid == 12)
    let told = owner(&correlator, second, at: 10_010)
    #expect(told.actor?.process.pid == 11)
    #expect(told.role == .receiver)
    #expect(told.reason == "delivery")
    #expect(owner(&correlator, third, at: 10_020).reason == "ambiguous")
  }

  @Test func `a datagram came in before the kernel gave it to a socket`() {
    var correlator = group()
    let frame = datagram("1111")
    correlator.observe(event(.delivered, 12, result: 32, detail: mark(frame), at: 10_000))
    #expect(owner(&correlator, frame, at: 500_000).actor == nil)
  }

  @Test func `of equal datagrams that two sockets were given at once neither is said`() {
    var correlator = group()
    let frame = datagram("1111")
    correlator.observe(event(.delivered, 12, result: 32, detail: mark(frame), at: 10_100))
    correlator.observe(event(.delivered, 11, result: 32, detail: mark(frame), at: 10_150))
    #expect(owner(&correlator, frame, at: 10_000).reason == "ambiguous")
  }

  @Test func `a redirected datagram that nobody answers is its receiver's, and not his who has the port`() {
    var correlator = Correlator(seed: 1)
    correlator.begin(at: Instant(nanoseconds: start))
    correlator.observe(event(.bind, 11, port: 7000, at: 1000))
    correlator.observe(event(.bind, 12, port: 7090, at: 1000))
    let plain = datagram("plain")
    #expect(owner(&correlator, plain, at: 2000).actor?.process.pid == 11)
    for (number, text) in ["one", "other"].enumerated() {
      let time = 10_000 * Int64(number + 1)
      let frame = datagram(text)
      correlator.observe(event(.delivered, 12, port: 7090, result: 31, detail: mark(frame), at: time + 100))
      #expect(owner(&correlator, frame, at: time).actor?.process.pid == 12)
    }
    // What was not told of has the conversation's owner.
    #expect(owner(&correlator, plain, at: 50_000).actor?.process.pid == 11)
  }

  @Test func `who asks several listeners on one port for a connection asks the one that answers`() {
    var correlator = Correlator(seed: 1)
    correlator.begin(at: Instant(nanoseconds: start))
    for pid in [11, 12] as [UInt32] { correlator.observe(event(.listen, pid, type: 1, at: 1000)) }
    // So many at once that the listener's oldest ends would be gone if it held few.
    for number in 0..<1000 as Range<UInt16> {
      let client = Endpoint(there.address, 40_000 + number)
      correlator.observe(event(.asked, number % 2 == 0 ? 12 : 11, type: 1, remote: client, at: 10_000))
    }
    for number in 0..<1000 as Range<UInt16> {
      let client = Endpoint(there.address, 40_000 + number)
      let expected: UInt32 = number % 2 == 0 ? 12 : 11
      let ask = frame(
        6, from: client, to: Endpoint(here, 7000), [0, 0, 0, 1, 0, 0, 0, 0, 0x50, 2, 0, 0, 0, 0, 0, 0])
      let answer = frame(
        6, from: Endpoint(here, 7000), to: client, [0, 0, 0, 1, 0, 0, 0, 2, 0x50, 18, 0, 0, 0, 0, 0, 0])
      #expect(owner(&correlator, ask, at: -2_000_000).actor?.process.pid == expected)
      #expect(owner(&correlator, answer, .outbound, at: 9_900).actor?.process.pid == expected)
    }
  }

  @Test func `on loopback a frame whose source is translated is its sender's`() {
    var correlator = Correlator(seed: 1)
    correlator.begin(at: Instant(nanoseconds: start))
    correlator.know(addresses: [here], in: 1)
    let client = Endpoint(here, 40_000)
    let virtual = Endpoint(Address(v4: 0x0a63_6361), 80)
    // The client's is connected to what is not there; the server's sees the client.
    correlator.observe(event(.connect, 12, type: 1, port: 40_000, remote: virtual, at: 1000))
    correlator.observe(event(.accept, 11, type: 1, port: 7092, remote: client, at: 1000))
    let answer = frame(
      6, from: virtual, to: client, [0, 0, 0, 9, 0, 0, 0, 2, 0x50, 16, 0, 0, 0, 0, 0, 0])
    #expect(owner(&correlator, answer, .unknown, at: 20_000).actor?.process.pid == 12)

    var translated = event(.translated, 11, type: 1, port: 80, remote: client, at: 10_000)
    guard case .socket(var what) = translated.what else { return }
    what.local = virtual
    translated.what = .socket(what)
    correlator.observe(translated)
    #expect(owner(&correlator, answer, .unknown, at: 20_000).actor?.process.pid == 11)
  }

  @Test func `a subflow of MPTCP, which the kernel makes, is his who has the connection's socket`() {
    var correlator = Correlator(seed: 1)
    correlator.begin(at: Instant(nanoseconds: start))
    let client = Endpoint(here, 40_000)
    let server = Endpoint(there.address, 7004)
    func change(_ action: SocketEvent.Action, _ pid: UInt32, _ body: (inout SocketEvent) -> Void) -> Event {
      var event = event(action, pid, type: 1, port: 40_000, remote: server, at: 1000)
      guard case .socket(var what) = event.what else { return event }
      body(&what)
      event.what = .socket(what)
      return event
    }
    correlator.observe(
      change(.connect, 11) {
        $0.proto = 262
        $0.address = 0x1000
        $0.local = client
      })
    // CLOSE to SYN_SENT, and on to ESTABLISHED.
    for states in [7 << 8 | 2, 2 << 8 | 1] as [UInt64] {
      correlator.observe(
        change(.state, 99) {
          $0.detail = states
          $0.peer = 0x1000
          $0.local = Endpoint(here, 41_000)
        })
    }
    let segment = frame(
      6, from: Endpoint(here, 41_000), to: server,
      [0, 0, 0, 9, 0, 0, 0, 2, 0x50, 16, 0, 0, 0, 0, 0, 0] + [UInt8](repeating: 1, count: 100))
    #expect(owner(&correlator, segment, .outbound, at: 20_000).actor?.process.pid == 11)
  }

  @Test func `which of two that receive from one socket took a datagram is not guessed`() {
    var correlator = Correlator(seed: 1)
    correlator.begin(at: Instant(nanoseconds: start))
    for (pid, time) in [(11, 10_050), (12, 10_090)] as [(UInt32, Int64)] {
      var received = event(.receive, 10, result: 4, at: time)
      received.actor = Actor(process: ProcessID(pid: pid, start: UInt64(pid)), thread: pid)
      correlator.observe(received)
    }
    #expect(owner(&correlator, datagram("1111"), at: 10_000).reason == "ambiguous")
  }

  @Test func `once the kernel lost events nobody says that there is no socket`() {
    var correlator = Correlator(seed: 1)
    correlator.begin(at: Instant(nanoseconds: start))
    var told = ToldLosses()
    told.tell([("kernel-ring", 0), ("kernel-map", 0)], to: &correlator)
    #expect(owner(&correlator, datagram("1111"), at: 1000).reason == "no-socket")

    told.tell([("kernel-ring", 3), ("kernel-map", 0)], to: &correlator)
    told.tell([("kernel-ring", 5), ("kernel-map", 1)], to: &correlator)
    #expect(owner(&correlator, datagram("1111"), at: 2000).reason == "lost-event")
    #expect(correlator.statistics.lost == ["kernel-ring": 5, "kernel-map": 1])
  }
}
