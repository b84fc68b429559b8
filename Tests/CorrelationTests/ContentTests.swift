import Correlation
import Dissection
import Events
import Testing

/// One datagram socket that several processes send on or receive from: what their calls moved tells whose a packet is.
struct ContentTests {
  private let here = Endpoint(Address(v4: 0x0ac8_0101), 40_000)
  private let there = Endpoint(Address(v4: 0x0ac8_0102), 7000)
  private let start: Int64 = 1_000_000_000_000

  /// What process `pid` does with the socket, all of whose datagrams are as long.
  private func event(
    _ action: SocketEvent.Action, _ pid: UInt32, _ payload: String = "", sole: UInt64 = 0, at time: Int64
  ) -> Event {
    var what = SocketEvent(
      action: action, socket: SocketID(cookie: 1, namespace: 1), family: 2, type: 2, proto: 17,
      local: Endpoint(.none, here.port), result: Int64(payload.utf8.count))
    if !payload.isEmpty { what.payloadMark = mark(datagram(payload)) }
    what.peer = sole
    let process = ProcessID(pid: pid, start: UInt64(pid))
    return Event(
      time: Instant(nanoseconds: start + time),
      actor: Actor(process: process, thread: pid, command: Array("p\(pid)".utf8)), what: .socket(what))
  }

  private func datagram(_ payload: String, from source: Endpoint? = nil) -> [UInt8] {
    let (source, target) = source == nil ? (here, there) : (there, here)
    func two(_ number: Int) -> [UInt8] { [UInt8(number >> 8), UInt8(number & 0xff)] }
    func four(_ address: Address) -> [UInt8] { [24, 16, 8, 0].map { UInt8(address.low >> $0 & 0xff) } }
    let link: [UInt8] = [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0]
    let network = [0x45, 0] + two(28 + payload.utf8.count) + [0, 0, 0, 0, 64, 17, 0, 0]
    let transport = two(Int(source.port)) + two(Int(target.port)) + two(8 + payload.utf8.count) + [0, 0]
    return link + network + four(source.address) + four(target.address) + transport + Array(payload.utf8)
  }

  private func layers(_ frame: [UInt8]) -> Layers {
    dissect(RawSpan(_elements: frame.span), link: .ethernet, wireLength: frame.count)
  }
  private func mark(_ frame: [UInt8]) -> UInt64 { payloadMark(RawSpan(_elements: frame.span), layers(frame)) }

  private func owner(_ correlator: inout Correlator, _ frame: [UInt8], _ direction: Direction, at time: Int64) -> Owner
  {
    let info = FrameInfo(
      time: Instant(nanoseconds: start + time), wireLength: frame.count, linkType: .ethernet, direction: direction)
    return correlator.owner(of: layers(frame), info: info, namespace: 1, payload: mark(frame))
  }

  private func correlator() -> Correlator {
    var correlator = Correlator(seed: 1)
    correlator.begin(at: Instant(nanoseconds: start))
    correlator.observe(event(.create, 10, at: 100))
    return correlator
  }

  @Test func `two that send as much in one moment are told apart by what they sent`() {
    var correlator = correlator()
    correlator.observe(event(.send, 11, "this is from 11", at: 10_500))
    correlator.observe(event(.send, 12, "this is from 12", at: 10_600))
    // In the order in which they left, which their calls' ends do not show.
    let owners = [("12", 10_000 as Int64), ("11", 10_100)].map {
      owner(&correlator, datagram("this is from " + $0), .outbound, at: $1)
    }
    #expect(owners.map(\.actor?.process.pid) == [12, 11])
    #expect(owners.allSatisfy { $0.confidence == .high && $0.reason == "content" }, "\(owners)")
  }

  @Test func `what two sent alike in one moment is nobody's, nor what nobody is known to have sent`() {
    var correlator = correlator()
    correlator.observe(event(.send, 11, "they are alike", at: 10_500))
    correlator.observe(event(.send, 12, "they are alike", at: 10_600))
    #expect(owner(&correlator, datagram("they are alike"), .outbound, at: 10_000).actor == nil)
    var unknown = event(.send, 12, "what he has sent", at: 90_000_500)
    if case .socket(var what) = unknown.what {
      what.payloadMark = 0
      unknown.what = .socket(what)
    }
    correlator.observe(event(.send, 11, "what one has sent", at: 90_000_400))
    correlator.observe(unknown)
    correlator.observe(event(.send, 11, "what he has sent", at: 90_000_900))
    #expect(owner(&correlator, datagram("what he has sent"), .outbound, at: 90_000_000).actor == nil)
  }

  @Test func `of several that receive from one socket it is the one who read these bytes`() {
    var correlator = correlator()
    correlator.observe(event(.receive, 12, "question two", at: 40_000))
    correlator.observe(event(.receive, 11, "question one", at: 41_000))
    let owners = [("one", 10_000 as Int64), ("two", 12_000)].map {
      owner(&correlator, datagram("question " + $0, from: there), .inbound, at: $1)
    }
    #expect(owners.map(\.actor?.process.pid) == [11, 12])
    #expect(owners.allSatisfy { $0.confidence == .high && $0.reason == "content" }, "\(owners)")
  }

  @Test func `equal datagrams are told apart when one was taken before the next came, and only then`() {
    var correlator = correlator()
    let question = datagram("the same again", from: there)
    // The first three come one after the other; the fourth and the fifth lie in the queue together.
    let arrivals: [Int64] = [10_000, 110_000, 210_000, 310_000, 315_000, 500_000]
    for time in arrivals { correlator.arrive(mark(question), port: here.port, namespace: 1, at: start + time) }
    for (pid, time) in [
      (UInt32(11), 40_000 as Int64), (12, 150_000), (13, 240_000), (12, 330_000), (11, 331_000), (13, 520_000),
    ] {
      correlator.observe(event(.receive, pid, "the same again", at: time))
    }
    let pids = arrivals.map { owner(&correlator, question, .inbound, at: $0).actor?.process.pid }
    #expect(pids == [11, 12, 13, nil, nil, 13])
  }

  /// A receive of which the bytes are not known, as io_uring's.
  private func unread(_ pid: UInt32, _ payload: String, at time: Int64) -> Event {
    var event = event(.receive, pid, payload, at: time)
    guard case .socket(var what) = event.what else { return event }
    what.payloadMark = 0
    event.what = .socket(what)
    return event
  }

  @Test func `what lay in the queue together is his who took all of it, though it is not known what he took`() {
    var correlator = correlator()
    // The fourth and the fifth are taken by two, the last two by one.
    let arrivals: [Int64] = [10_000, 110_000, 210_000, 310_000, 335_000, 500_000, 600_000]
    let questions = [
      "one to take", "two to take", "three taken", "four, taken", "five, taken", "six, taken.", "seven taken",
    ]
    .map { datagram($0, from: there) }
    for (question, time) in zip(questions, arrivals) {
      correlator.arrive(mark(question), port: here.port, namespace: 1, at: start + time)
    }
    for (pid, time) in [
      (UInt32(11), 80_000 as Int64), (12, 150_000), (11, 230_000), (12, 340_000), (11, 360_000), (12, 650_000),
      (12, 652_000),
    ] {
      correlator.observe(unread(pid, "eleven byte", at: time))
    }
    let owners = zip(questions, arrivals).map { owner(&correlator, $0, .inbound, at: $1) }
    #expect(owners.map(\.actor?.process.pid) == [11, 12, 11, nil, nil, 12, 12], "\(owners)")
    #expect(owners[0].reason == "content" && owners[3].reason == "ambiguous")
  }

  @Test func `receives of what was not seen to come make unsayable who took what was`() {
    var correlator = correlator()
    let question = datagram("one to take", from: there)
    let second: Int64 = 1_000_000_000
    for time in [second + 10_000, second + 110_000] {
      correlator.arrive(mark(question), port: here.port, namespace: 1, at: start + time)
    }
    // Another came on another way, and waited before the first.
    for (pid, time) in [(UInt32(11), 50_000 as Int64), (12, 150_000), (11, 160_000)] {
      correlator.observe(unread(pid, "eleven byte", at: second + time))
    }
    #expect(owner(&correlator, question, .inbound, at: second + 10_000).reason == "ambiguous")
  }

  @Test
  func `what waited in a slow interface's queue is his whose bytes it has, unless somebody sent as much just now`() {
    var correlator = correlator()
    correlator.observe(event(.send, 11, "this is from 11", at: 10_000))
    correlator.observe(event(.send, 12, "this is from 12", at: 20_000))
    let later: Int64 = 1_500_000_000
    let owners = ["this is from 11", "this is from 12"].map {
      owner(&correlator, datagram($0), .outbound, at: later)
    }
    #expect(owners.map(\.actor?.process.pid) == [11, 12] && owners.allSatisfy { $0.reason == "content" }, "\(owners)")
    // Of whom nothing is known but that he sends the same.
    correlator.observe(event(.send, 13, "this is from 11", at: later))
    #expect(owner(&correlator, datagram("this is from 11"), .outbound, at: later).actor?.process.pid == 13)
    #expect(owner(&correlator, datagram("this is from 12"), .outbound, at: later).actor?.process.pid == 12)
  }

  @Test func `just after events were lost nobody is guessed of those who share a socket`() {
    var correlator = correlator()
    correlator.observe(event(.send, 11, "this is from 11", at: 10_000))
    correlator.observe(event(.send, 12, "this is from 12", at: 11_000))
    let other = datagram("this is whose ?")
    #expect(owner(&correlator, other, .outbound, at: 12_000).reason == "ambiguous")
    correlator.lost("kernel-ring", 1)
    let asked = owner(&correlator, other, .outbound, at: 12_000)
    #expect(asked.actor == nil && asked.reason == "lost-event", "\(asked)")
    // Bytes that are one's are his all the same.
    #expect(owner(&correlator, datagram("this is from 12"), .outbound, at: 12_000).actor?.process.pid == 12)
    // Ten seconds later it is as it was.
    correlator.observe(event(.send, 11, "this is from 11", at: 10_000_000_000))
    #expect(owner(&correlator, other, .outbound, at: 10_000_000_000).reason == "ambiguous")
  }

  @Test func `what is lost of frames makes who has a stream no less sure, and who sent a datagram it does`() {
    let shared = SharedTests()
    func reason(_ kind: (UInt16, UInt16, UInt16), _ frame: [UInt8], after loss: String) -> String {
      var correlator = Correlator(seed: 1)
      correlator.begin(at: Instant(nanoseconds: shared.start))
      // Two have it, of whom one alone holds it by now.
      correlator.observe(shared.event(.connect, 11, kind, at: 1000))
      correlator.observe(shared.event(.send, 11, kind, result: 20, at: 2000))
      correlator.observe(shared.event(.send, 12, kind, result: 20, at: 3000))
      correlator.lost(loss, 1)
      return shared.owner(&correlator, frame, at: 1_000_000).reason
    }
    let (acknowledgment, datagram) = (shared.segment(100, 0), shared.datagram("something else"))
    #expect(reason(shared.tcp, acknowledgment, after: "kernel-recursion") == "lost-event")
    #expect(reason(shared.tcp, acknowledgment, after: "kernel-frames") == "latest-user")
    #expect(reason(shared.udp, datagram, after: "kernel-recursion") == "lost-event")
    #expect(reason(shared.udp, datagram, after: "kernel-frames") == "lost-event")
  }

  @Test func `a raw socket's frame is his whose bytes it has, also when it waited for a neighbour's address`() {
    var correlator = Correlator(seed: 1)
    correlator.begin(at: Instant(nanoseconds: start))
    // Of protocol 253, behind the same headers: port numbers are its first four bytes.
    func raw(_ payload: String) -> [UInt8] {
      var frame = datagram(payload)
      frame[23] = 253
      return frame
    }
    func event(_ action: SocketEvent.Action, _ pid: UInt32, _ frame: [UInt8], at time: Int64) -> Event {
      var event = self.event(action, pid, sole: action == .transmitted ? 11 : 0, at: time)
      guard case .socket(var what) = event.what else { return event }
      what.type = 3
      what.proto = 253
      what.local = Endpoint(.none, 253)
      what.result = Int64(frame.count - 34)
      if action == .send { what.payloadMark = mark(frame) }
      if action == .transmitted {
        what.detail = frameMark(RawSpan(_elements: frame.span), link: .ethernet, wireLength: frame.count)
      }
      event.what = .socket(what)
      return event
    }
    let (first, second) = (raw("this is from 11"), raw("this is from 12"))
    #expect(mark(first) != 0 && mark(first) != mark(second))
    correlator.observe(event(.create, 10, first, at: 100))
    correlator.observe(event(.send, 11, first, at: 2000))
    correlator.observe(event(.send, 12, second, at: 2500))
    // Both leave in the time of whoever runs when the address comes.
    for (frame, time) in [(first, 10_000 as Int64), (second, 10_300)] {
      correlator.observe(event(.transmitted, 12, frame, at: time))
    }
    _ = SharedTests().reply(&correlator, at: 5000)
    let owners = [(second, 10_200 as Int64), (first, 9900)].map { frame, time in
      let info = FrameInfo(
        time: Instant(nanoseconds: start + time), wireLength: frame.count, linkType: .ethernet, direction: .outbound)
      return correlator.owner(
        of: layers(frame), info: info, namespace: 1,
        mark: frameMark(RawSpan(_elements: frame.span), link: .ethernet, wireLength: frame.count), payload: mark(frame))
    }
    #expect(owners.map(\.actor?.process.pid) == [12, 11], "\(owners)")
    #expect(owners.allSatisfy { $0.reason == "content" && $0.confidence == .high })
  }
}
