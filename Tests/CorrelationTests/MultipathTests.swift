import Correlation
import Dissection
import Events
import Testing

/// Several who write or read on one connection of Multipath TCP: whose bytes a segment has is said by their numbers in the connection.
extension SharedTests {
  private var multipath: (UInt16, UInt16, UInt16) { (2, 1, 262) }

  private func connected() -> Correlator {
    var correlator = Correlator(seed: 1)
    correlator.begin(at: Instant(nanoseconds: start))
    correlator.observe(event(.connect, 11, multipath, at: 1000))
    return correlator
  }

  private func move(
    _ correlator: inout Correlator, _ action: SocketEvent.Action, _ pid: UInt32, _ bytes: Int64, next: UInt32,
    at time: Int64
  ) {
    correlator.observe(event(action, pid, multipath, result: bytes, detail: UInt64(next) << 32, at: time))
  }

  /// A segment with a DSS of 26 bytes, or with none.
  /// - Parameter mapping: the number of the mapping's first byte in the data and in the subflow, and how many there are.
  private func segment(_ sequence: UInt32, _ count: Int, mapping: (UInt32, UInt32, UInt16)?) -> [UInt8] {
    let option = mapping.map { data, subflow, length in
      [30, 26, 0x20, 0x0f] + [UInt8](repeating: 7, count: 12) + bytes(data) + bytes(subflow)
        + [UInt8(length >> 8), UInt8(length & 255), 1, 1]
    }
    return frame(
      6, bytes(sequence) + [0, 0, 0, 0, option == nil ? 0x50 : 0xc0, 0x18, 0, 0, 0, 0, 0, 0] + (option ?? []),
      [UInt8](repeating: 0, count: count))
  }

  private func syn(_ sequence: UInt32) -> [UInt8] {
    frame(6, bytes(sequence) + [0, 0, 0, 0, 0x60, 2, 0, 0, 0, 0, 0, 0] + [30, 4, 1, 1], [])
  }

  private func whose(
    _ correlator: inout Correlator, _ frame: [UInt8], incoming: Bool = false, at time: Int64
  ) -> Owner {
    var frame = frame
    if incoming {
      for place in 26..<30 { frame.swapAt(place, place + 4) }
      for place in 34..<36 { frame.swapAt(place, place + 2) }
    }
    let bytes = RawSpan(_elements: frame.span)
    let layers = dissect(bytes, link: .ethernet, wireLength: frame.count)
    let info = FrameInfo(
      time: Instant(nanoseconds: start + time), wireLength: frame.count, linkType: .ethernet,
      direction: incoming ? .inbound : .outbound)
    return correlator.owner(of: layers, info: info, namespace: 1, mapping: multipathMapping(bytes, layers))
  }

  @Test func `of several who write to Multipath TCP each has his bytes, whatever the subflow numbers them`() {
    var correlator = connected()
    move(&correlator, .send, 11, 10, next: 1_000_010, at: 20_000)
    move(&correlator, .send, 12, 20, next: 1_000_030, at: 30_000)
    move(&correlator, .send, 11, 5, next: 1_000_035, at: 40_000)
    // The second left late, and the last again on another subflow.
    let owners = [
      segment(501, 10, mapping: (1_000_000, 1, 10)), segment(511, 20, mapping: (1_000_010, 11, 20)),
      segment(531, 5, mapping: (1_000_030, 31, 5)), segment(77, 5, mapping: (1_000_030, 7, 5)),
    ].map { whose(&correlator, $0, at: 90_000_000) }
    #expect(owners.map(\.actor?.process.pid) == [11, 12, 11, 11], "\(owners)")
    #expect(owners.allSatisfy { $0.reason == "byte-range" && $0.confidence == .high && $0.role == .sender })
    // Nobody has told of these yet, and without a mapping nothing is known.
    #expect(whose(&correlator, segment(536, 5, mapping: (1_000_035, 36, 5)), at: 50_000).reason == "ambiguous")
    #expect(whose(&correlator, segment(536, 5, mapping: nil), at: 50_000).reason == "ambiguous")
  }

  @Test func `one mapping may be of several segments, and some of them may be without it`() {
    var correlator = connected()
    move(&correlator, .send, 11, 1000, next: 1_001_000, at: 20_000)
    move(&correlator, .send, 12, 1000, next: 1_002_000, at: 30_000)
    _ = whose(&correlator, syn(500), at: 2000)
    let all = (UInt32(1_000_000), UInt32(1), UInt16(2000))
    let owners = [
      segment(501, 600, mapping: all), segment(1101, 600, mapping: all), segment(1701, 600, mapping: nil),
      segment(1301, 100, mapping: nil),
    ].map { whose(&correlator, $0, at: 31_000) }
    #expect(owners.map(\.actor?.process.pid) == [11, 11, 12, 11], "\(owners)")
    // Beyond what was announced, and of a connection that began since without Multipath TCP.
    #expect(whose(&correlator, segment(2401, 200, mapping: nil), at: 32_000).reason == "ambiguous")
    _ = whose(&correlator, frame(6, bytes(500) + [0, 0, 0, 0, 0x50, 2, 0, 0, 0, 0, 0, 0], []), at: 33_000)
    #expect(whose(&correlator, segment(1701, 600, mapping: nil), at: 34_000).reason == "ambiguous")
  }

  @Test func `where the other side speaks TCP alone the one stream's numbers tell, if all of it was told of`() {
    var correlator = connected()
    correlator.observe(event(.state, 11, multipath, detail: 7 << 8 | 2, at: 1100))
    _ = whose(&correlator, syn(500), at: 2000)
    let answer = frame(6, bytes(900) + bytes(501) + [0x50, 0x12, 0, 0, 0, 0, 0, 0], [])
    _ = whose(&correlator, answer, incoming: true, at: 3000)
    move(&correlator, .send, 11, 10, next: 1_000_010, at: 20_000)
    move(&correlator, .send, 12, 20, next: 1_000_030, at: 30_000)
    move(&correlator, .receive, 12, 60, next: 60, at: 40_000)
    move(&correlator, .receive, 11, 60, next: 120, at: 50_000)
    let sent = [(UInt32(501), 10), (511, 20)].map {
      whose(&correlator, segment($0, $1, mapping: nil), at: 60_000)
    }
    #expect(sent.map(\.actor?.process.pid) == [11, 12], "\(sent)")
    let received = [(UInt32(901), 60), (961, 60)].map {
      whose(&correlator, segment($0, $1, mapping: nil), incoming: true, at: 60_000)
    }
    #expect(received.map(\.actor?.process.pid) == [12, 11], "\(received)")
    // Ten bytes were told of by nobody.
    move(&correlator, .send, 11, 10, next: 1_000_050, at: 70_000)
    #expect(whose(&correlator, segment(531, 10, mapping: nil), at: 80_000).reason == "ambiguous")
    #expect(whose(&correlator, segment(541, 10, mapping: nil), at: 80_000).reason == "ambiguous")
    #expect(whose(&correlator, segment(511, 20, mapping: nil), at: 80_000).actor?.process.pid == 12)
  }

  @Test func `of several who read from Multipath TCP each has the segments that he took`() {
    var correlator = connected()
    move(&correlator, .receive, 12, 60, next: 7060, at: 20_000)
    move(&correlator, .receive, 11, 60, next: 7120, at: 30_000)
    let owners = [segment(1, 60, mapping: (7000, 1, 60)), segment(61, 60, mapping: (7060, 61, 60))]
      .map { whose(&correlator, $0, incoming: true, at: 10_000) }
    #expect(owners.map(\.actor?.process.pid) == [12, 11], "\(owners)")
    #expect(owners.allSatisfy { $0.reason == "byte-range" && $0.confidence == .high && $0.role == .receiver })
  }

  @Test func `what one of two who have a Multipath TCP connection has not told of yet may be the other's`() {
    var correlator = connected()
    move(&correlator, .send, 11, 10, next: 1_000_010, at: 20_000)
    let known = segment(501, 10, mapping: (1_000_000, 1, 10))
    let next = segment(511, 10, mapping: (1_000_010, 11, 10))
    #expect(whose(&correlator, next, at: 90_000).actor?.process.pid == 11)
    correlator.observe(
      Event(
        time: Instant(nanoseconds: start + 30_000), actor: actor(11),
        what: .process(.create(child: ProcessID(pid: 12, start: 12)))))
    #expect(whose(&correlator, next, at: 90_000).reason == "ambiguous")
    #expect(whose(&correlator, known, at: 90_000).actor?.process.pid == 11)
  }

  @Test func `whose call was told of late, so that others' bytes seem to be his, makes nobody wrong`() {
    var correlator = connected()
    // 11, 12 and 13 write ten bytes each, and each is told of when the next has written; then 12 alone.
    move(&correlator, .send, 11, 10, next: 120, at: 20_000)
    move(&correlator, .send, 12, 10, next: 130, at: 20_100)
    move(&correlator, .send, 13, 10, next: 130, at: 20_200)
    move(&correlator, .send, 12, 10, next: 140, at: 30_000)
    let owners = stride(from: UInt32(100), through: 130, by: 10)
      .map { whose(&correlator, segment($0, 10, mapping: ($0, $0, 10)), at: 25_000) }
    #expect(owners.map(\.actor?.process.pid) == [nil, nil, nil, 12], "\(owners)")
    #expect(owners[..<3].allSatisfy { $0.reason == "ambiguous" })
  }

  @Test func `of what two claim twice, and twice again, the bytes before are still theirs who wrote them`() {
    var correlator = connected()
    move(&correlator, .send, 11, 50, next: 150, at: 10_000)
    // 13, 11 and 12 write ten bytes each, and two of them are told of late; the third's word comes last.
    for (pid, next) in [(UInt32(11), UInt32(180)), (12, 180), (13, 180)] {
      move(&correlator, .send, pid, 10, next: next, at: 20_000)
    }
    move(&correlator, .send, 12, 10, next: 190, at: 30_000)
    let owners = [UInt32(100), 140, 150, 160, 170, 180]
      .map { whose(&correlator, segment($0, 10, mapping: ($0, $0, 10)), at: 25_000) }
    #expect(owners.map(\.actor?.process.pid) == [11, 11, nil, nil, nil, 12], "\(owners)")
  }

  @Test func `a subflow is his who had the connection, though the kernel gave its memory to another one since`() {
    var correlator = Correlator(seed: 1)
    correlator.begin(at: Instant(nanoseconds: start))
    func change(_ event: Event, _ body: (inout SocketEvent) -> Void) -> Event {
      var event = event
      guard case .socket(var what) = event.what else { return event }
      body(&what)
      event.what = .socket(what)
      return event
    }
    func begin(_ pid: UInt32, _ port: UInt16, cookie: UInt64, at time: Int64) {
      correlator.observe(
        change(event(.connect, pid, multipath, cookie: cookie, at: time)) {
          $0.address = 0x1000
          $0.local.port = port
        })
      correlator.observe(
        change(event(.state, pid, tcp, cookie: cookie + 1, detail: 7 << 8 | 2, at: time + 10)) {
          $0.peer = 0x1000
          $0.local.port = port
        })
    }
    begin(11, here.port, cookie: 1, at: 1000)
    begin(12, here.port + 1, cookie: 3, at: 50_000)
    #expect(whose(&correlator, segment(501, 10, mapping: (1_000_000, 1, 10)), at: 20_000).actor?.process.pid == 11)
  }

  @Test func `a connection of Multipath TCP that nobody has taken yet is in its listener's hands`() {
    var correlator = Correlator(seed: 1)
    correlator.begin(at: Instant(nanoseconds: start))
    func observe(
      _ action: SocketEvent.Action, _ pid: UInt32, _ kind: (UInt16, UInt16, UInt16), cookie: UInt64, detail: UInt64 = 0,
      _ body: (inout SocketEvent) -> Void = { _ in }
    ) {
      var event = event(action, pid, kind, cookie: cookie, detail: detail, at: 1000)
      guard case .socket(var what) = event.what else { return }
      body(&what)
      event.what = .socket(what)
      correlator.observe(event)
    }
    observe(.listen, 11, multipath, cookie: 1) {
      $0.address = 0x1000
      $0.remote = .none
    }
    // Another's network stack is running when the connection comes about.
    observe(.state, 99, tcp, cookie: 2, detail: 10 << 8 | 3) { $0.peer = 0x1000 }
    observe(.state, 99, multipath, cookie: 3, detail: 10 << 8 | 1) {
      $0.address = 0x2000
      $0.local = .none
      $0.remote = .none
    }
    observe(.state, 99, tcp, cookie: 2, detail: 3 << 8 | 1) { $0.peer = 0x2000 }
    let last = whose(&correlator, segment(501, 0, mapping: nil), at: 20_000)
    #expect(last.actor?.process.pid == 11 && last.reason == "listener", "\(last)")
  }
}
