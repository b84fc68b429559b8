import Correlation
import Dissection
import Events
import Testing

/// Sockets that several processes send on, ports that several sockets have, names and ports that change hands.
struct SharedTests {
  let here = Endpoint(Address(v4: 0x0ac8_0101), 40_000)
  let there = Endpoint(Address(v4: 0x0ac8_0102), 7000)
  let start: Int64 = 1_000_000_000_000
  let udp: (UInt16, UInt16, UInt16) = (2, 2, 17)
  let tcp: (UInt16, UInt16, UInt16) = (2, 1, 6)

  func actor(_ pid: UInt32, _ name: String = "") -> Actor {
    Actor(
      process: ProcessID(pid: pid, start: UInt64(pid)), thread: pid,
      command: Array((name.isEmpty ? "p\(pid)" : name).utf8))
  }

  /// What process `pid` does with socket 1, or another.
  func event(
    _ action: SocketEvent.Action, _ pid: UInt32, _ kind: (UInt16, UInt16, UInt16), cookie: UInt64 = 1,
    result: Int64 = 0, detail: UInt64 = 0, sole: UInt64 = 0, name: String = "", isConnected: Bool = true, at time: Int64
  ) -> Event {
    var what = SocketEvent(
      action: action, socket: SocketID(cookie: cookie, namespace: 1), family: kind.0, type: kind.1, proto: kind.2,
      local: isConnected ? here : Endpoint(.none, here.port), remote: isConnected ? there : .none, result: result,
      detail: detail)
    what.peer = sole
    return Event(time: Instant(nanoseconds: start + time), actor: actor(pid, name), what: .socket(what))
  }

  func bytes(_ number: UInt32) -> [UInt8] { [24, 16, 8, 0].map { UInt8(number >> $0 & 0xff) } }

  func frame(_ proto: UInt8, _ transport: [UInt8], _ payload: [UInt8]) -> [UInt8] {
    let ports = [here.port, there.port].flatMap { [UInt8($0 >> 8), UInt8($0 & 0xff)] }
    let body = ports + transport + payload
    let length = UInt16(20 + body.count)
    return [
      2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0, 0x45, 0, UInt8(length >> 8), UInt8(length & 0xff), 0, 0, 0, 0, 64,
      proto, 0, 0,
    ]
      + bytes(UInt32(here.address.low)) + bytes(UInt32(there.address.low)) + body
  }
  func datagram(_ payload: String) -> [UInt8] {
    frame(17, [0, UInt8(8 + payload.utf8.count), 0, 0], Array(payload.utf8))
  }
  func segment(_ sequence: UInt32, _ count: Int) -> [UInt8] {
    frame(6, bytes(sequence) + [0, 0, 0, 0, 0x50, 0x18, 0, 0, 0, 0, 0, 0], [UInt8](repeating: 0, count: count))
  }

  func mark(_ frame: [UInt8]) -> UInt64 {
    frameMark(RawSpan(_elements: frame.span), link: .ethernet, wireLength: frame.count)
  }

  func owner(_ correlator: inout Correlator, _ frame: [UInt8], at time: Int64) -> Owner {
    let layers = dissect(RawSpan(_elements: frame.span), link: .ethernet, wireLength: frame.count)
    let info = FrameInfo(
      time: Instant(nanoseconds: start + time), wireLength: frame.count, linkType: .ethernet, direction: .outbound)
    return correlator.owner(of: layers, info: info, namespace: 1, mark: mark(frame))
  }

  /// An ARP reply from the other side.
  func reply(_ correlator: inout Correlator, at time: Int64) -> Owner {
    let reply: [UInt8] =
      [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 6, 0, 1, 8, 0, 6, 4, 0, 2, 2, 0, 0, 0, 0, 2]
      + bytes(UInt32(there.address.low))
      + [2, 0, 0, 0, 0, 1] + bytes(UInt32(here.address.low))
    let layers = dissect(RawSpan(_elements: reply.span), link: .ethernet, wireLength: reply.count)
    let info = FrameInfo(
      time: Instant(nanoseconds: start + time), wireLength: reply.count, linkType: .ethernet, direction: .inbound)
    return correlator.owner(of: layers, info: info, namespace: 1, mark: 0)
  }

  @Test func `two that send as much through one socket in the same moment are told apart by their frames`() {
    var correlator = Correlator(seed: 1)
    correlator.begin(at: Instant(nanoseconds: start))
    let (first, second) = (datagram("from 11"), datagram("from 12"))
    correlator.observe(event(.create, 11, udp, at: 1000))
    correlator.observe(event(.send, 11, udp, result: 7, at: 2000))
    // The second is on its way before the first, and its call is done after it.
    correlator.observe(event(.transmitted, 12, udp, result: 35, detail: mark(second), sole: 11, at: 10_000))
    correlator.observe(event(.transmitted, 11, udp, result: 35, detail: mark(first), sole: 11, at: 10_100))
    correlator.observe(event(.send, 11, udp, result: 7, at: 10_500))
    correlator.observe(event(.send, 12, udp, result: 7, at: 19_000))
    #expect(owner(&correlator, datagram("before!"), at: 1500).actor?.process.pid == 11)
    let owners = [owner(&correlator, second, at: 9900), owner(&correlator, first, at: 10_050)]
    #expect(owners.map(\.actor?.process.pid) == [12, 11])
    #expect(owners.allSatisfy { $0.confidence == .high && $0.reason == "transmission" }, "\(owners)")
  }

  @Test func `while the send of another who has the socket is not told of, its frames are nobody's`() {
    var correlator = Correlator(seed: 1)
    correlator.begin(at: Instant(nanoseconds: start))
    let (told, missed) = (datagram("from 12"), datagram("from 1x"))
    correlator.observe(event(.found, 12, udp, at: 500))
    correlator.observe(event(.create, 11, udp, at: 1000))
    correlator.observe(event(.send, 11, udp, result: 7, at: 2000))
    correlator.observe(event(.transmitted, 12, udp, result: 35, detail: mark(told), sole: 11, at: 10_000))
    let owners = [owner(&correlator, told, at: 9900), owner(&correlator, missed, at: 10_200)]
    #expect(owners.allSatisfy { $0.actor == nil && $0.reason == "ambiguous" }, "\(owners)")
    #expect(owner(&correlator, datagram("before!"), at: 1500).actor?.process.pid == 11)
    correlator.observe(event(.send, 12, udp, result: 7, at: 19_000))
    #expect(owner(&correlator, told, at: 9900).actor?.process.pid == 12)
  }

  @Test func `frames that waited and left in another's time do not make him the only sender`() {
    var correlator = Correlator(seed: 1)
    correlator.begin(at: Instant(nanoseconds: start))
    let frames = (0..<3).map { datagram("from 1\($0)") }
    correlator.observe(event(.create, 10, udp, at: 100))
    correlator.observe(event(.send, 11, udp, result: 7, at: 200))
    // 12's first waits with 11's, which the kernel lets go in the time of one of them and of the other.
    for (number, frame) in frames.enumerated() {
      correlator.observe(
        event(.transmitted, 12, udp, result: 35, detail: mark(frame), sole: 11, at: 10_000 + Int64(number) * 100))
    }
    correlator.observe(event(.send, 12, udp, result: 7, at: 12_000))
    #expect(owner(&correlator, datagram("first!!"), at: 9000).reason == "ambiguous")
  }

  @Test func `who sent before the other's first frame was seen may have sent that, too`() {
    var correlator = Correlator(seed: 1)
    correlator.begin(at: Instant(nanoseconds: start))
    let later = datagram("from 12")
    correlator.observe(event(.create, 10, udp, at: 100))
    correlator.observe(event(.send, 11, udp, result: 7, at: 200))
    correlator.observe(event(.send, 12, udp, result: 7, at: 300))
    correlator.observe(event(.transmitted, 12, udp, result: 35, detail: mark(later), sole: 11, at: 30_000))
    correlator.observe(event(.send, 12, udp, result: 7, at: 31_000))
    #expect(owner(&correlator, datagram("first!!"), at: 9000).actor == nil)
  }

  @Test func `what leaves just after a neighbour's address came is not judged by who was running`() {
    var correlator = Correlator(seed: 1)
    correlator.begin(at: Instant(nanoseconds: start))
    let (first, second) = (datagram("from 11"), datagram("from 12"))
    correlator.observe(event(.create, 10, udp, at: 100))
    for (pid, time) in [(UInt32(11), Int64(200)), (12, 300), (11, 20_000_000), (12, 20_000_100)] {
      correlator.observe(event(.send, pid, udp, result: 7, at: time))
    }
    let later = 25_000_000 as Int64
    for (frame, time) in [(first, 10_000), (datagram("another"), 10_300), (second, later)] {
      correlator.observe(event(.transmitted, 12, udp, result: 35, detail: mark(frame), sole: 11, at: time))
    }
    correlator.observe(event(.send, 12, udp, result: 7, at: later + 5000))
    #expect(reply(&correlator, at: 5000).reason == "arp")
    #expect(owner(&correlator, first, at: 9900).reason == "ambiguous")
    // Long after it is as it always is.
    #expect(owner(&correlator, second, at: later - 100).actor?.process.pid == 12)
  }

  @Test func `the first frames of two that waited for a neighbour's address may be either's`() {
    var correlator = Correlator(seed: 1)
    correlator.begin(at: Instant(nanoseconds: start))
    correlator.observe(event(.create, 10, udp, at: 100))
    correlator.observe(event(.send, 11, udp, result: 7, at: 2000))
    // 12's first has left in 11's time, and 11's second in 12's: the kernel takes 11 for the only one until then.
    correlator.observe(
      event(.transmitted, 12, udp, result: 35, detail: mark(datagram("second!")), sole: 11, at: 60_000))
    correlator.observe(event(.send, 12, udp, result: 7, at: 96_000))
    _ = reply(&correlator, at: 5000)
    let owner = owner(&correlator, datagram("first!!"), at: 7000)
    #expect(owner.actor == nil && owner.reason == "ambiguous", "\(owner)")
  }

  @Test func `a frame that left in the time of one who was sending another is not his`() {
    var correlator = Correlator(seed: 1)
    correlator.begin(at: Instant(nanoseconds: start))
    let (waited, own) = (datagram("from 11"), datagram("from 12"))
    correlator.observe(event(.send, 11, udp, result: 7, at: 2000))
    correlator.observe(event(.transmitted, 12, udp, result: 35, detail: mark(own), sole: 11, at: 10_000))
    correlator.observe(event(.transmitted, 12, udp, result: 35, detail: mark(waited), sole: 11, at: 10_100))
    correlator.observe(event(.send, 12, udp, result: 7, at: 11_000))
    let owner = owner(&correlator, waited, at: 10_050)
    #expect(owner.actor == nil && owner.reason == "ambiguous", "\(owner)")
  }

  @Test func `of two sockets with one port a frame is the one's whose it was as it left`() {
    var correlator = Correlator(seed: 1)
    correlator.begin(at: Instant(nanoseconds: start))
    let frames = [datagram("from 11"), datagram("from 12")]
    for (pid, frame) in zip([11, 12] as [UInt32], frames) {
      correlator.observe(event(.bind, pid, udp, cookie: UInt64(pid), isConnected: false, at: 1000))
      correlator.observe(
        event(
          .transmitted, 99, udp, cookie: UInt64(pid), result: 35, detail: mark(frame), isConnected: false, at: 10_000))
      correlator.observe(
        event(.send, pid, udp, cookie: UInt64(pid), result: 7, isConnected: false, at: 30_000 - 1000 * Int64(pid)))
    }
    #expect(frames.map { owner(&correlator, $0, at: 9900).actor?.process.pid } == [11, 12])
  }

  @Test func `a raw socket's datagram in the name of another's port is the raw socket's, and the next is the other's`()
  {
    var correlator = Correlator(seed: 1)
    correlator.begin(at: Instant(nanoseconds: start))
    let (forged, own) = (datagram("from 12"), datagram("from 11"))
    correlator.observe(event(.bind, 11, udp, isConnected: false, at: 1000))
    correlator.observe(
      event(.transmitted, 12, (2, 3, 255), cookie: 2, result: 35, detail: mark(forged), isConnected: false, at: 10_000))
    correlator.observe(event(.send, 12, (2, 3, 255), cookie: 2, result: 35, isConnected: false, at: 12_000))
    correlator.observe(event(.send, 11, udp, result: 7, isConnected: false, at: 12_500))
    #expect(owner(&correlator, forged, at: 9900).actor?.process.pid == 12)
    #expect(owner(&correlator, own, at: 9950).actor?.process.pid == 11)
  }

  @Test func `bytes of a stream are whose who had begun to write there, though calls end in another order`() {
    var correlator = Correlator(seed: 1)
    correlator.begin(at: Instant(nanoseconds: start))
    correlator.observe(event(.connect, 11, tcp, at: 1000))
    correlator.observe(event(.written, 12, tcp, detail: 110, sole: 11, at: 5000))
    correlator.observe(event(.written, 11, tcp, detail: 130, sole: 12, at: 6000))
    correlator.observe(event(.send, 12, tcp, result: 20, detail: 140 << 32, at: 7000))
    correlator.observe(event(.send, 11, tcp, result: 20, detail: 140 << 32, at: 7100))
    let owners = [100, 110, 129, 130].map { owner(&correlator, segment($0, 5), at: 6500) }
    #expect(owners.map(\.actor?.process.pid) == [11, 12, 12, 11], "\(owners)")
    #expect(owners.allSatisfy { $0.confidence == .high && $0.reason == "byte-range" })
  }

  @Test func `without changes of hands, bytes that two claim are nobody's and the others their writers'`() {
    var correlator = Correlator(seed: 1)
    correlator.begin(at: Instant(nanoseconds: start))
    correlator.observe(event(.connect, 11, tcp, at: 1000))
    // The numbers go over their end.
    let base = UInt32.max - 14
    func next(_ offset: UInt32) -> UInt64 { UInt64(base &+ offset) << 32 }
    correlator.observe(event(.send, 11, tcp, result: 10, detail: next(10), at: 2000))
    correlator.observe(event(.send, 12, tcp, result: 10, detail: next(20), at: 3000))
    correlator.observe(event(.send, 11, tcp, result: 10, detail: next(40), at: 4000))
    correlator.observe(event(.send, 12, tcp, result: 10, detail: next(40), at: 4100))
    let owners = [0, 10, 19, 20, 30].map { owner(&correlator, segment(base &+ $0, 1), at: 3500) }
    #expect(owners.map(\.actor?.process.pid) == [11, 12, 12, nil, nil], "\(owners)")
  }

  @Test func `a name taken before a send is the send's, and the one before is the send's before`() {
    var correlator = Correlator(seed: 1)
    correlator.begin(at: Instant(nanoseconds: start))
    correlator.observe(event(.create, 11, udp, name: "one", at: 1000))
    correlator.observe(event(.send, 11, udp, result: 3, name: "one", at: 20_000))
    correlator.observe(event(.send, 11, udp, result: 3, name: "two", at: 40_000))
    let names = [19_000, 39_000].map { owner(&correlator, datagram("any"), at: $0).actor?.command }
    #expect(names == [Array("one".utf8), Array("two".utf8)])
  }

  @Test func `a port that forty processes had within a fifth of a second is each one's in its time`() {
    var correlator = Correlator(seed: 1)
    correlator.begin(at: Instant(nanoseconds: start))
    let step: Int64 = 5_000_000
    // Events are heard of before packets are asked about.
    for number in 0..<40 {
      let (pid, time) = (UInt32(number + 11), Int64(number) * step)
      let cookie = UInt64(pid)
      correlator.observe(event(.bind, pid, udp, cookie: cookie, isConnected: false, at: time + 1000))
      correlator.observe(event(.send, pid, udp, cookie: cookie, result: 3, isConnected: false, at: time + 90_000))
      correlator.observe(event(.close, pid, udp, cookie: cookie, isConnected: false, at: time + 100_000))
    }
    let pids = (0..<40).map { owner(&correlator, datagram("any"), at: Int64($0) * step + 80_000).actor?.process.pid }
    #expect(pids == (0..<40).map { UInt32($0 + 11) })
  }
}
