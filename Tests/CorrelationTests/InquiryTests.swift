import Correlation
import Dissection
import Events
import Testing

/// Answers to what a packet socket sent, as a DHCP client does before it has an address: no socket of the port takes them, and a packet socket reads them.
struct InquiryTests {
  private let start: Int64 = 1_000_000_000_000

  /// A DHCP message's frame, of which no more than the lengths and ends is there.
  private func frame(isAnswer: Bool, length: Int = 300, port: UInt16 = 68) -> [UInt8] {
    func halves(_ word: UInt16) -> [UInt8] { [UInt8(word >> 8), UInt8(word & 0xff)] }
    let hardware: [UInt8] =
      isAnswer ? [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2] : [255, 255, 255, 255, 255, 255, 2, 0, 0, 0, 0, 1]
    // To an address that is nobody's yet.
    let ends: [UInt8] = isAnswer ? [10, 66, 1, 1, 10, 66, 1, 20] : [0, 0, 0, 0, 255, 255, 255, 255]
    let ports = isAnswer ? halves(67) + halves(port) : halves(port) + halves(67)
    return hardware + [8, 0, 0x45, 0] + halves(UInt16(28 + length)) + [0, 0, 0, 0, 64, 17, 0, 0] + ends + ports
      + halves(UInt16(8 + length)) + [0, 0] + [UInt8](repeating: 0, count: length)
  }

  /// What a process does with a packet socket (SOCK_DGRAM, ETH_P_IP).
  private func event(
    _ action: SocketEvent.Action, _ pid: UInt32, cookie: UInt64, result: Int64 = 0, at time: Int64
  ) -> Event {
    Event(
      time: Instant(nanoseconds: start + time),
      actor: Actor(process: ProcessID(pid: pid, start: UInt64(pid)), thread: pid, command: Array("p\(pid)".utf8)),
      what: .socket(
        SocketEvent(
          action: action, socket: SocketID(cookie: cookie, namespace: 1), address: cookie, family: 17, type: 2,
          proto: 0x800, result: result)))
  }

  private func owner(_ correlator: inout Correlator, _ frame: [UInt8], isOut: Bool, at time: Int64) -> Owner {
    let layers = dissect(RawSpan(_elements: frame.span), link: .ethernet, wireLength: frame.count)
    let info = FrameInfo(
      time: Instant(nanoseconds: start + time), wireLength: frame.count, linkType: .ethernet,
      direction: isOut ? .outbound : .inbound)
    return correlator.owner(of: layers, info: info, namespace: 1)
  }

  /// Client 11 listens with socket 1 and asks with socket 2; a sniffer, 12, reads all.
  private func asked(readsAt: Int64?, bytes: Int64 = 328) -> (Correlator, Owner) {
    var correlator = Correlator(seed: 1)
    correlator.begin(at: Instant(nanoseconds: start))
    correlator.know(addresses: [Address(v4: 0x7f00_0001)], in: 1)
    correlator.observe(event(.create, 12, cookie: 3, at: 500))
    correlator.observe(event(.create, 11, cookie: 1, at: 1000))
    correlator.observe(event(.create, 11, cookie: 2, at: 2000))
    correlator.observe(event(.send, 11, cookie: 2, result: 328, at: 100_000))
    correlator.observe(event(.receive, 12, cookie: 3, result: 328, at: 5_050_000))
    if let readsAt { correlator.observe(event(.receive, 11, cookie: 1, result: bytes, at: readsAt)) }
    let request = owner(&correlator, frame(isAnswer: false), isOut: true, at: 90_000)
    return (correlator, request)
  }

  @Test func `an answer that no socket takes is his who asked, once he has read it`() {
    var (correlator, request) = asked(readsAt: 5_100_000)
    #expect(request.actor?.process.pid == 11 && request.reason == "packet-send")
    let answer = owner(&correlator, frame(isAnswer: true), isOut: false, at: 5_000_000)
    #expect(answer.actor?.process.pid == 11, "\(answer)")
    #expect(answer.role == .receiver && answer.confidence == .medium && answer.reason == "packet-receive")
    #expect(answer.socket?.cookie == 1)
  }

  @Test func `it is not the sniffer's, nor his who asked something else or has not read it`() {
    // Read too late, read something of another length, not read.
    for (readsAt, bytes) in [(900_000_000, 328), (5_100_000, 100), (nil, 0)] as [(Int64?, Int64)] {
      var (correlator, _) = asked(readsAt: readsAt, bytes: bytes)
      let answer = owner(&correlator, frame(isAnswer: true), isOut: false, at: 5_000_000)
      #expect(answer.actor == nil, "\(answer)")
    }
    // To a port that nobody asked from.
    var (correlator, _) = asked(readsAt: 5_100_000)
    let other = owner(&correlator, frame(isAnswer: true, port: 69), isOut: false, at: 5_000_000)
    #expect(other.actor == nil, "\(other)")
  }

  @Test func `an answer that came before the question was nobody's, and the next is not taken for it`() {
    var (correlator, _) = asked(readsAt: nil)
    #expect(owner(&correlator, frame(isAnswer: true), isOut: false, at: 50_000).actor == nil)
    correlator.observe(event(.receive, 11, cookie: 1, result: 328, at: 8_000_000))
    let answer = owner(&correlator, frame(isAnswer: true), isOut: false, at: 7_950_000)
    #expect(answer.actor?.process.pid == 11, "\(answer)")
  }
}
