import Correlation
import Dissection
import Events
import Testing

/// Connections on their way: until a port is known the only word about a SYN is that somebody asked.
struct ConnectingTests {
  private let here = Address(v4: 0x0ac8_0101)
  private let there = Endpoint(Address(v4: 0x0ac8_0102), 7000)
  private let start: Int64 = 1_000_000_000_000

  private func actor(_ pid: UInt32) -> Actor {
    Actor(process: ProcessID(pid: pid, start: UInt64(pid)), thread: pid, command: Array("p\(pid)".utf8))
  }

  /// TCP's change of state of socket `pid`'s, whose port is told or not.
  private func change(_ pid: UInt32, from old: UInt64, to new: UInt64, port: UInt16 = 0, at time: Int64) -> Event {
    Event(
      time: Instant(nanoseconds: start + time), actor: actor(pid),
      what: .socket(
        SocketEvent(
          action: .state, socket: SocketID(cookie: UInt64(pid), namespace: 1), family: 2, type: 1, proto: 6,
          local: Endpoint(here, port), remote: there, detail: old << 8 | new)))
  }

  private func owner(_ correlator: inout Correlator, port: UInt16, flags: UInt8, sequence: UInt8, at time: Int64)
    -> Owner
  {
    // Ethernet, IPv4 and TCP headers without payload; a RST goes back.
    let isBack = flags == 0x14
    let (source, destination): ([UInt8], [UInt8]) = ([10, 200, 1, 1], [10, 200, 1, 2])
    let ports = [UInt8(port >> 8), UInt8(port & 0xff)]
    let serverPort: [UInt8] = [0x1b, 0x58]
    let frame: [UInt8] =
      [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0, 0x45, 0, 0, 40, 0, 0, 0, 0, 64, 6, 0, 0]
      + (isBack ? destination + source + serverPort + ports : source + destination + ports + serverPort)
      + [0, 0, 0, sequence, 0, 0, 0, 0, 0x50, flags, 0, 0, 0, 0, 0, 0]
    let layers = dissect(RawSpan(_elements: frame.span), link: .ethernet, wireLength: frame.count)
    let info = FrameInfo(
      time: Instant(nanoseconds: start + time), wireLength: frame.count, linkType: .ethernet,
      direction: isBack ? .inbound : .outbound)
    return correlator.owner(of: layers, info: info, namespace: 1)
  }

  private let microsecond: Int64 = 1000

  @Test func `one that asks is the one whose SYN leaves`() {
    var correlator = Correlator(seed: 1)
    correlator.begin(at: Instant(nanoseconds: start))
    correlator.observe(change(11, from: 7, to: 2, at: 10 * microsecond))
    let owner = owner(&correlator, port: 40_000, flags: 2, sequence: 9, at: 20 * microsecond)
    #expect(owner.actor?.process.pid == 11 && owner.reason == "connecting")
  }

  @Test func `of two that ask at once none is guessed; what their ends tell decides`() {
    var correlator = Correlator(seed: 1)
    correlator.begin(at: Instant(nanoseconds: start))
    correlator.observe(change(11, from: 7, to: 2, at: 10 * microsecond))
    correlator.observe(change(12, from: 7, to: 2, at: 12 * microsecond))
    let guess = owner(&correlator, port: 40_001, flags: 2, sequence: 1, at: 20 * microsecond)
    #expect(guess.actor == nil && guess.reason == "ambiguous")

    // Refused: the last event has the port.
    correlator.observe(change(11, from: 2, to: 7, port: 40_001, at: 50 * microsecond))
    correlator.observe(change(12, from: 2, to: 7, port: 40_002, at: 55 * microsecond))
    for (pid, port) in [(UInt32(11), UInt16(40_001)), (12, 40_002)] {
      let syn = owner(&correlator, port: port, flags: 2, sequence: 1, at: 25 * microsecond)
      #expect(syn.actor?.process.pid == pid && syn.confidence == .high, "\(syn)")
      let reset = owner(&correlator, port: port, flags: 0x14, sequence: 1, at: 45 * microsecond)
      #expect(reset.actor?.process.pid == pid, "\(reset)")
    }
  }

  @Test func `a SYN that comes again is whose it was, though others have begun to ask`() {
    var correlator = Correlator(seed: 1)
    correlator.begin(at: Instant(nanoseconds: start))
    correlator.observe(change(11, from: 7, to: 2, at: 10 * microsecond))
    #expect(owner(&correlator, port: 40_000, flags: 2, sequence: 7, at: 20 * microsecond).actor?.process.pid == 11)
    correlator.observe(change(12, from: 7, to: 2, at: 500_000 * microsecond))
    #expect(owner(&correlator, port: 40_009, flags: 2, sequence: 8, at: 500_010 * microsecond).actor?.process.pid == 12)
    #expect(
      owner(&correlator, port: 40_000, flags: 2, sequence: 7, at: 1_000_020 * microsecond).actor?.process.pid == 11)
  }
}
