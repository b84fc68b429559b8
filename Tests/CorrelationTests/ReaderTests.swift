import Correlation
import Dissection
import Events
import Testing

/// What lies in a socket's queue until somebody reads it, who may be another than who holds the socket when it comes.
struct ReaderTests {
  private let shared = SharedTests()
  private var start: Int64 { shared.start }
  private let second: Int64 = 1_000_000_000

  /// A packet from the other side, of which the first bytes are `frame`'s; with a tag of 802.1Q behind the hardware addresses.
  private func packet(_ frame: [UInt8], tag: [UInt8] = [], at time: Int64) -> Timeline.Packet {
    var frame = frame
    for place in 26..<30 { frame.swapAt(place, place + 4) }
    for place in 34..<36 { frame.swapAt(place, place + 2) }
    frame.insert(contentsOf: tag, at: 12)
    let bytes = RawSpan(_elements: frame.span)
    let layers = dissect(bytes, link: .ethernet, wireLength: frame.count)
    let info = FrameInfo(
      time: Instant(nanoseconds: start + time), wireLength: frame.count, linkType: .ethernet, direction: .inbound)
    return Timeline.Packet(layers: layers, info: info, namespace: 1, payload: payloadMark(bytes, layers))
  }

  private func receive(
    _ pid: UInt32, _ kind: (UInt16, UInt16, UInt16), _ bytes: Int64, next: UInt32 = 0, payload: UInt64 = 0,
    at time: Int64
  ) -> Event {
    var event = shared.event(.receive, pid, kind, result: bytes, detail: UInt64(next) << 32, at: time)
    guard case .socket(var socket) = event.what else { return event }
    socket.payloadMark = payload
    event.what = .socket(socket)
    return event
  }

  private func fork(_ parent: UInt32, _ child: UInt32, at time: Int64) -> Event {
    Event(
      time: Instant(nanoseconds: start + time), actor: shared.actor(parent),
      what: .process(.create(child: ProcessID(pid: child, start: UInt64(child)))))
  }

  private func listening() -> Correlator {
    var correlator = Correlator(seed: 1)
    correlator.begin(at: Instant(nanoseconds: start))
    correlator.hearsReaders = true
    return correlator
  }

  /// Drains twenty times a second up to `end`, and says who had which packet when it was handed out.
  private func owners(
    _ packets: [Timeline.Packet], _ events: [Event], patience: Int64 = 1_000_000_000, limit: Int = 1 << 16,
    upTo end: Int64, finishes: Bool = false
  ) -> (owners: [Owner], times: [Int64]) {
    var correlator = listening()
    var timeline = Timeline(patience: patience, limit: limit)
    var found: [Owner] = []
    var times: [Int64] = []
    var rest = events[...]
    var untold = packets[...]
    for time in stride(from: Int64(0), through: end, by: 50_000_000) {
      while let next = rest.first, next.time.nanoseconds <= start + time {
        timeline.push(next)
        rest.removeFirst()
      }
      while let next = untold.first, next.info.time.nanoseconds <= start + time {
        timeline.push(next)
        untold.removeFirst()
      }
      timeline.drain(upTo: Instant(nanoseconds: start + time), with: &correlator) { item in
        guard case .packet(_, let owner) = item else { return }
        found.append(owner)
        times.append(time)
      }
    }
    if finishes {
      timeline.finish(with: &correlator) { item in
        if case .packet(_, let owner) = item { found.append(owner) }
      }
    }
    #expect(correlator.statistics.packets == UInt64(found.count))
    return (found, times)
  }

  @Test func `a segment that lies unread is his who reads it, though he begins only then`() {
    let events = [
      shared.event(.connect, 11, shared.tcp, at: 1000), receive(11, shared.tcp, 10, next: 110, at: 30_000),
      fork(11, 12, at: 500_000_000), receive(12, shared.tcp, 20, next: 130, at: 600_000_000),
    ]
    let packets = [packet(shared.segment(100, 10), at: 20_000), packet(shared.segment(110, 20), at: 100_000_000)]
    let found = owners(packets, events, upTo: second)
    #expect(found.owners.map(\.actor?.process.pid) == [11, 12], "\(found.owners)")
    #expect(found.owners[1].role == .receiver && found.owners[1].confidence == .high)
    #expect(found.owners[1].actor?.command == Array("p12".utf8))
    // It is handed out as soon as that is known.
    #expect(found.times == [250_000_000, 600_000_000])
  }

  @Test func `of what lies unread the first byte, too, is his who reads it together with the other side's end`() {
    var ended = shared.event(.state, 0, shared.tcp, detail: 8 << 8 | 7, at: 700_000_000)
    ended.actor = shared.actor(12)
    let events = [
      shared.event(.connect, 11, shared.tcp, at: 1000), fork(11, 12, at: 2000), fork(11, 13, at: 3000),
      // Twenty bytes, and the FIN behind them; then TCP is done.
      receive(12, shared.tcp, 20, next: 121, at: 600_000_000), ended,
    ]
    let packets = [packet(shared.segment(100, 10), at: 20_000), packet(shared.segment(110, 10), at: 30_000)]
    let found = owners(packets, events, upTo: second)
    #expect(found.owners.map(\.actor?.process.pid) == [12, 12], "\(found.owners)")
    #expect(found.owners.allSatisfy { $0.role == .receiver && $0.confidence == .high })
  }

  @Test func `a datagram that lies unread is his who reads it`() {
    let frame = shared.datagram("a datagram of 33 bytes, and more.")
    let other = packet(shared.datagram("another one of 33 bytes, and so.."), at: 110_000_000)
    let one = packet(frame, at: 100_000_000)
    let events = [
      shared.event(.create, 11, shared.udp, at: 1000), fork(11, 12, at: 2000),
      receive(12, shared.udp, 33, payload: one.payload, at: 500_000_000), fork(11, 13, at: 510_000_000),
      receive(13, shared.udp, 33, payload: other.payload, at: 700_000_000),
    ]
    let found = owners([one, other], events, upTo: second)
    #expect(found.owners.map(\.actor?.process.pid) == [12, 13], "\(found.owners)")
    #expect(found.owners.allSatisfy { $0.role == .receiver && $0.confidence == .high && $0.reason == "content" })
  }

  @Test func `of two equal datagrams the one that still lies in the queue is not his who read the other`() {
    let frame = shared.datagram("the same 33 bytes in both of them")
    let both = [packet(frame, at: 100_000_000), packet(frame, at: 110_000_000)]
    let events = [
      shared.event(.create, 11, shared.udp, at: 1000), fork(11, 12, at: 2000),
      receive(11, shared.udp, 33, payload: both[0].payload, at: 120_000_000),
      receive(12, shared.udp, 33, payload: both[0].payload, at: 800_000_000),
    ]
    let found = owners(both, events, upTo: second)
    #expect(found.owners.map(\.actor?.process.pid) == [11, 12], "\(found.owners)")
  }

  @Test func `what nobody reads is waited with for so long, and then nobody's of several`() {
    let events = [
      shared.event(.connect, 11, shared.tcp, at: 1000), fork(11, 12, at: 2000),
      receive(11, shared.tcp, 10, next: 110, at: 30_000),
      receive(12, shared.tcp, 20, next: 130, at: 2_500_000_000),
    ]
    let packets = [
      packet(shared.segment(100, 10), at: 20_000), packet(shared.segment(110, 20), at: 100_000_000),
      packet(shared.segment(100, 10), at: 120_000_000),
    ]
    let found = owners(packets, events, upTo: 2 * second)
    #expect(found.owners.map(\.actor?.process.pid) == [11, nil, 11], "\(found.owners)")
    #expect(found.owners[1].reason == "unread")
    // What comes after it waits with it.
    #expect(found.times == [250_000_000, 1_100_000_000, 1_100_000_000])
  }

  @Test func `what nobody reads is in the hands of whoever alone has the socket, and that is not sure`() {
    let events = [
      shared.event(.connect, 11, shared.tcp, at: 1000), receive(11, shared.tcp, 10, next: 110, at: 30_000),
    ]
    let packets = [packet(shared.segment(110, 20), at: 100_000_000)]
    let found = owners(packets, events, upTo: 2 * second)
    #expect(found.owners.map(\.actor?.process.pid) == [11])
    #expect(found.owners[0].confidence == .medium && found.owners[0].reason == "unread")
  }

  @Test(arguments: [[0x81, 0, 0, 5], [0x88, 0xa8, 0, 7, 0x81, 0, 0, 5]] as [[UInt8]])
  func `a frame with a tag is his who has read what it carries, and nobody's while nobody has`(tag: [UInt8]) {
    let segments = [
      packet(shared.segment(100, 10), tag: tag, at: 20_000), packet(shared.segment(110, 20), tag: tag, at: 90_000_000),
    ]
    let datagrams = ["the datagram of 32 bytes, read..", "the other one, for another host."].map {
      packet(shared.datagram($0), tag: tag, at: 100_000_000)
    }
    #expect(
      (segments + datagrams).allSatisfy {
        Int($0.layers.vlanCount) == tag.count / 4 && $0.layers.vlan == UInt16(tag[3])
      })
    let taken = [
      shared.event(.connect, 11, shared.tcp, at: 1000), receive(11, shared.tcp, 10, next: 110, at: 30_000),
    ]
    let read = [
      shared.event(.connect, 11, shared.udp, at: 1000),
      receive(11, shared.udp, 32, payload: datagrams[0].payload, at: 110_000_000),
    ]
    for (packets, events) in [(segments, taken), (datagrams, read)] {
      let found = owners(packets, events, upTo: 2 * second)
      #expect(found.owners.map(\.actor?.process.pid) == [11, nil], "\(found.owners)")
      #expect(found.owners[1].reason == "unread")
    }
  }

  @Test(arguments: [false, true]) func `a SYN with a tag is a listener's when the connection is taken from it`(
    isTaken: Bool
  ) {
    let syn = shared.frame(6, shared.bytes(99) + [0, 0, 0, 0, 0x50, 2, 0, 0, 0, 0, 0, 0], [])
    var events = [
      shared.event(.bind, 11, shared.tcp, isConnected: false, at: 1000),
      shared.event(.listen, 11, shared.tcp, isConnected: false, at: 2000),
    ]
    if isTaken { events.append(shared.event(.accept, 11, shared.tcp, cookie: 2, at: 150_000)) }
    let plain = owners([packet(syn, at: 100_000)], events, upTo: second)
    #expect(plain.owners.map(\.actor?.process.pid) == [11], "\(plain.owners)")
    let tagged = owners([packet(syn, tag: [0x81, 0, 0, 5], at: 100_000)], events, upTo: second)
    #expect(tagged.owners.map(\.actor?.process.pid) == [isTaken ? 11 : nil], "\(tagged.owners)")
  }

  @Test func `what somebody bound and never read may be for a program that is yet to begin`() {
    let events = [
      shared.event(.bind, 11, shared.udp, isConnected: false, at: 1000),
      shared.event(.accept, 12, shared.tcp, cookie: 2, at: 2000),
    ]
    let packets = [
      packet(shared.segment(110, 20), at: 100_000_000), packet(shared.datagram("12345678"), at: 110_000_000),
    ]
    let found = owners(packets, events, upTo: 2 * second)
    #expect(found.owners.allSatisfy { $0.actor == nil && $0.reason == "unread" }, "\(found.owners)")
  }

  @Test func `who begins another process while data wait for him is not named for them`() {
    let events = [
      shared.event(.connect, 11, shared.tcp, at: 1000), receive(11, shared.tcp, 10, next: 110, at: 30_000),
      fork(11, 12, at: 800_000_000),
    ]
    let found = owners([packet(shared.segment(110, 20), at: 100_000_000)], events, upTo: 2 * second)
    #expect(found.owners.map(\.reason) == ["unread"] && found.owners[0].actor == nil, "\(found.owners)")
  }

  @Test func `what comes while a socket is on its way to another process is his who takes it`() {
    let one = packet(shared.datagram("an answer of 33 bytes, and more.."), at: 100_000_000)
    var close = shared.event(.close, 11, shared.udp, detail: 1, at: 99_000_000)
    func events(_ close: Event) -> [Event] {
      [
        shared.event(.connect, 11, shared.udp, at: 1000), shared.event(.send, 11, shared.udp, result: 9, at: 2000),
        close,
        receive(12, shared.udp, 33, payload: one.payload, at: 600_000_000),
      ]
    }
    let found = owners([one], events(close), upTo: second)
    #expect(found.owners.map(\.actor?.process.pid) == [12] && found.times == [600_000_000], "\(found.owners)")
    // Without, it is closed, and nobody is waited for.
    close = shared.event(.close, 11, shared.udp, at: 101_000_000)
    #expect(owners([one], events(close), upTo: second).times == [300_000_000])
  }

  @Test func `nothing waits for a reader where there is no room, nor at the end`() {
    let events = [shared.event(.connect, 11, shared.tcp, at: 1000)]
    let packets = (0..<40).map { packet(shared.segment(100 + $0, 1), at: 100_000_000 + Int64($0)) }
    let crowded = owners(packets, events, limit: 64, upTo: 400_000_000)
    // A quarter of the room may wait.
    #expect(crowded.owners.count == 24 && crowded.owners.allSatisfy { $0.reason == "unread" })
    let ended = owners(packets, events, upTo: 400_000_000, finishes: true)
    #expect(ended.times.isEmpty && ended.owners.count == 40)
  }

  @Test func `a connection that is over is not waited for`() {
    let events = [
      shared.event(.connect, 11, shared.tcp, at: 1000), fork(11, 12, at: 2000),
      receive(11, shared.tcp, 10, next: 110, at: 30_000),
      shared.event(.state, 11, shared.tcp, detail: 1 << 8 | 7, at: 500_000_000),
    ]
    let found = owners([packet(shared.segment(110, 20), at: 100_000_000)], events, upTo: second)
    #expect(found.times == [500_000_000], "\(found)")
  }
}
