import Correlation
import Dissection
import Events
import Testing

/// Echoes through a ping socket that several processes have.
struct EchoTests {
  private let here = Address(v4: 0x0ac8_0101)
  private let there = Address(v4: 0x0ac8_0102)
  private let start: Int64 = 1_000_000_000_000

  private func socket(_ action: SocketEvent.Action, _ pid: UInt32, at time: Int64) -> Event {
    Event(
      time: Instant(nanoseconds: start + time),
      actor: Actor(process: ProcessID(pid: pid, start: UInt64(pid)), thread: pid, command: Array("p\(pid)".utf8)),
      what: .socket(
        SocketEvent(
          action: action, socket: SocketID(cookie: 5, namespace: 1), family: 2, type: 2, proto: 1,
          local: Endpoint(here, 777), remote: Endpoint(there, 0), result: 16)))
  }

  /// Whose a request with the identifier 777 is, or its answer.
  private func owner(
    _ correlator: inout Correlator, isAnswer: Bool, sequence: UInt8, _ data: String, at time: Int64
  ) -> Owner {
    func bytes(_ address: Address) -> [UInt8] { [24, 16, 8, 0].map { UInt8(address.low >> $0 & 0xff) } }
    let frame =
      [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0, 0x45, 0, 0, UInt8(28 + data.utf8.count), 0, 0, 0, 0, 64, 1, 0, 0]
      + bytes(isAnswer ? there : here) + bytes(isAnswer ? here : there)
      + [isAnswer ? 0 : 8, 0, 0, 0, 3, 9, 0, sequence] + Array(data.utf8)
    let span = RawSpan(_elements: frame.span)
    let layers = dissect(span, link: .ethernet, wireLength: frame.count)
    let info = FrameInfo(
      time: Instant(nanoseconds: start + time), wireLength: frame.count, linkType: .ethernet,
      direction: isAnswer ? .inbound : .outbound)
    return correlator.owner(of: layers, info: info, namespace: 1, payload: payloadMark(span, layers))
  }

  /// Two processes send one request each through one socket, ten milliseconds apart.
  private func asked(_ data: [String]) -> Correlator {
    var correlator = Correlator(seed: 1)
    correlator.begin(at: Instant(nanoseconds: start))
    for (number, pid) in ([11, 12] as [UInt32]).enumerated() {
      correlator.observe(socket(.send, pid, at: Int64(number) * 10_000_000 + 10_000))
    }
    for number in 0..<2 {
      let request = owner(
        &correlator, isAnswer: false, sequence: 1, data[number], at: Int64(number) * 10_000_000 + 5000)
      #expect(request.actor?.process.pid == UInt32(11 + number), "\(request)")
    }
    return correlator
  }

  @Test func `an answer that nobody reads is his who asked, by what it carries`() {
    let data = ["eleven's", "twelve's"]
    var correlator = asked(data)
    for number in [1, 0] {
      let answer = owner(&correlator, isAnswer: true, sequence: 1, data[number], at: 30_000_000)
      #expect(answer.actor?.process.pid == UInt32(11 + number) && answer.reason == "identifier", "\(answer)")
      #expect(answer.role == .receiver && answer.confidence == .medium)
    }
    for (sequence, text) in [(2, data[0]), (1, "no one's")] as [(UInt8, String)] {
      let answer = owner(&correlator, isAnswer: true, sequence: sequence, text, at: 31_000_000)
      #expect(answer.actor == nil && answer.reason == "ambiguous", "\(answer)")
    }
  }

  @Test func `an answer to what both asked is nobody's, and so is one where somebody reads answers`() {
    var correlator = asked(["the same", "the same"])
    #expect(owner(&correlator, isAnswer: true, sequence: 1, "the same", at: 30_000_000).actor == nil)
    correlator = asked(["eleven's", "twelve's"])
    for pid in [12, 13] as [UInt32] { correlator.observe(socket(.receive, pid, at: 100_000_000)) }
    #expect(owner(&correlator, isAnswer: true, sequence: 1, "eleven's", at: 30_000_000).actor == nil)
  }

  @Test(arguments: [false, true])
  func `an answer to a request that was not seen is nobody's of two who ask, while nobody reads it`(isRead: Bool) {
    var correlator = Correlator(seed: 1)
    correlator.begin(at: Instant(nanoseconds: start))
    for (pid, time) in [(11, 1000), (12, 2000)] as [(UInt32, Int64)] {
      correlator.observe(socket(.send, pid, at: time))
    }
    if isRead { correlator.observe(socket(.receive, 11, at: 9000)) }
    let answer = owner(&correlator, isAnswer: true, sequence: 1, "whatever", at: 5000)
    #expect(answer.actor?.process.pid == (isRead ? 11 : nil) && (isRead || answer.reason == "ambiguous"), "\(answer)")
  }
}
