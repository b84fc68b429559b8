import Correlation
import Dissection
import Events
import Testing

/// Sockets that very many use one after the other, frames of rings that nobody reads, datagrams that wait long for a neighbour.
extension SharedTests {
  private func fresh() -> Correlator {
    var correlator = Correlator(seed: 1)
    correlator.begin(at: Instant(nanoseconds: start))
    return correlator
  }

  private func process(_ what: ProcessEvent, _ pid: UInt32, at time: Int64) -> Event {
    Event(time: Instant(nanoseconds: start + time), actor: actor(pid), what: .process(what))
  }

  /// Children of 10, one after the other, each of which sends a datagram on its socket and ends: one in 10 ms.
  private func send(_ correlator: inout Correlator, children: Range<UInt32>, kind: (UInt16, UInt16, UInt16)) {
    for pid in children {
      let time = Int64(pid) * 10_000_000
      correlator.observe(process(.create(child: ProcessID(pid: pid, start: UInt64(pid))), 10, at: time))
      correlator.observe(event(.send, pid, kind, result: 7, at: time + 1000))
      correlator.observe(process(.exit(status: 0), pid, at: time + 2000))
    }
  }

  @Test func `three thousand that used a socket in turn are known, and those who ended long ago make room`() {
    var correlator = fresh()
    correlator.observe(event(.create, 10, udp, at: 100))
    for first in stride(from: 11 as UInt32, to: 3011, by: 100) {
      send(&correlator, children: first..<first + 100, kind: udp)
      let last = first + 99
      let answer = owner(&correlator, datagram("any"), at: Int64(last) * 10_000_000 + 900)
      // 7 bytes were sent, not 3: only the time speaks for one of them, unless it is the parent who never sent.
      #expect(answer.actor?.process.pid != 10, "\(answer)")
      let own = owner(&correlator, datagram("seven.."), at: Int64(last) * 10_000_000 + 900)
      #expect(own.actor?.process.pid == last, "\(own)")
    }
    #expect(correlator.statistics.forgottenUsers > 1000)
  }

  @Test func `bytes of a stream whose writer was forgotten are nobody's, and the next one's are his`() {
    var correlator = fresh()
    correlator.observe(event(.connect, 10, tcp, at: 100))
    for pid in 11..<1511 as Range<UInt32> {
      let time = Int64(pid) * 10_000_000
      correlator.observe(process(.create(child: ProcessID(pid: pid, start: UInt64(pid))), 10, at: time))
      correlator.observe(event(.send, pid, tcp, result: 10, detail: UInt64(pid * 10 + 10) << 32, at: time + 1000))
      correlator.observe(process(.exit(status: 0), pid, at: time + 2000))
    }
    let moment = 1510 * 10_000_000 as Int64
    let owners = [20 * 10, 1400 * 10, 1510 * 10].map { owner(&correlator, segment($0, 5), at: moment) }
    #expect(owners.map(\.actor?.process.pid) == [nil, 1400, 1510], "\(owners)")
  }

  @Test func `a frame out of a packet socket's ring is his who sent it, whatever port it names`() {
    var correlator = fresh()
    let ring: (UInt16, UInt16, UInt16) = (17, 3, 0)
    let forged = datagram("in the name of 11")
    let own = datagram("as 11 would have.")
    correlator.observe(event(.bind, 11, udp, isConnected: false, at: 1000))
    // Of 11's socket every frame is told, and none was this.
    let first = datagram("first")
    correlator.observe(event(.transmitted, 11, udp, result: 33, detail: mark(first), isConnected: false, at: 2000))
    correlator.observe(event(.send, 11, udp, result: 5, isConnected: false, at: 2500))
    // What lies in pages is not read: the length alone is told.
    let length = Int64(forged.count - 14)
    correlator.observe(event(.transmitted, 12, ring, cookie: 2, result: length, isConnected: false, at: 10_000))
    correlator.observe(event(.send, 12, ring, cookie: 2, result: Int64(forged.count), isConnected: false, at: 12_000))
    correlator.observe(event(.transmitted, 11, udp, result: length, detail: mark(own), isConnected: false, at: 10_400))
    correlator.observe(event(.send, 11, udp, result: 17, isConnected: false, at: 12_500))
    #expect(owner(&correlator, forged, at: 9900).actor?.process.pid == 12)
    #expect(owner(&correlator, own, at: 10_300).actor?.process.pid == 11)
    // Of another length, and of another moment.
    #expect(owner(&correlator, datagram("short"), at: 9900).actor?.process.pid == 11)
    #expect(owner(&correlator, forged, at: 30_000_000).actor?.process.pid == 11)
  }

  @Test
  func `a datagram that waited a second for its neighbour is his who sent one as long, and never his who sent none`() {
    var correlator = fresh()
    correlator.observe(event(.create, 10, udp, at: 100))
    for (pid, bytes) in [(11, 5), (12, 6), (13, 6)] as [(UInt32, Int64)] {
      correlator.observe(process(.create(child: ProcessID(pid: pid, start: UInt64(pid))), 10, at: 150))
      correlator.observe(event(.send, pid, udp, result: bytes, at: Int64(pid) * 1000))
      correlator.observe(process(.exit(status: 0), pid, at: 50_000))
    }
    let later = 1_000_000_000 as Int64
    let before = owner(&correlator, datagram("12345"), at: later - 1000)
    #expect(before.actor == nil && before.reason == "ambiguous", "\(before)")
    _ = reply(&correlator, at: later)
    let owners = ["12345", "123456", "1234567"].map { owner(&correlator, datagram($0), at: later + 5000) }
    #expect(owners.map(\.actor?.process.pid) == [11, nil, nil], "\(owners)")
  }

  @Test func `frames that left in another's time are still the only one's who ever had the socket`() {
    var correlator = fresh()
    let waited = datagram("from 11")
    correlator.observe(event(.create, 11, udp, at: 100))
    correlator.observe(event(.send, 11, udp, result: 7, at: 2000))
    correlator.observe(event(.transmitted, 99, udp, result: 35, detail: mark(waited), sole: 11, at: 600_000_000))
    #expect(owner(&correlator, waited, at: 599_999_900).actor?.process.pid == 11)
  }

  @Test func `of sockets with one port, what passes an interface is the one's that is bound to it`() {
    var correlator = fresh()
    for (pid, device) in [(11, 2), (12, 3), (13, 0)] as [(UInt32, UInt32)] {
      var bound = event(.bind, pid, udp, cookie: UInt64(pid), isConnected: false, at: Int64(pid) * 100)
      guard case .socket(var what) = bound.what else { continue }
      what.interface = device
      bound.what = .socket(what)
      correlator.observe(bound)
    }
    func seen(on device: UInt32, _ direction: Direction) -> UInt32? {
      var frame = datagram("any")
      if direction == .inbound {
        // Addresses and ports change places.
        for place in [26, 27, 28, 29] { frame.swapAt(place, place + 4) }
        for place in [34, 35] { frame.swapAt(place, place + 2) }
      }
      let layers = dissect(RawSpan(_elements: frame.span), link: .ethernet, wireLength: frame.count)
      let info = FrameInfo(
        time: Instant(nanoseconds: start + 10_000), wireLength: frame.count, linkType: .ethernet, direction: direction)
      return correlator.owner(of: layers, info: info, namespace: 1, device: device).actor?.process.pid
    }
    #expect([2, 3, 4].map { seen(on: $0, .inbound) } == [11, 12, 13])
    // Who is bound to none may send there, too.
    #expect([2, 3, 4].map { seen(on: $0, .outbound) } == [nil, nil, 13])
  }

  @Test func `who sent as root and gives that up later sent as root`() {
    var correlator = fresh()
    func send(as user: UInt32, at time: Int64) {
      var sent = event(.send, 11, udp, result: 3, at: time)
      sent.actor.user = user
      correlator.observe(sent)
    }
    correlator.observe(event(.create, 11, udp, at: 1000))
    send(as: 0, at: 20_000)
    send(as: 1235, at: 100_000_000)
    let users = [19_000, 99_999_000].map { owner(&correlator, datagram("any"), at: $0).actor?.user }
    #expect(users == [0, 1235])
    // A program that runs as its file's owner does so from its exec on.
    var became = process(.exec(path: Array("/bin/su".utf8), arguments: []), 11, at: 300_000_000)
    became.actor.user = 0
    correlator.observe(became)
    let around = [299_999_000, 300_001_000].map { owner(&correlator, datagram("any"), at: $0).actor?.user }
    #expect(around == [1235, 0])
  }
}
