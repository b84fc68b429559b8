import Correlation
import Dissection
import Events
import Testing

/// A router whose own processes have the ports of connections that it only passes on, under its own address.
struct PassingTests {
  private let here = Address(v4: 0x0ac8_0101)
  private let there = Address(v4: 0x0ac8_0102)
  private let start: Int64 = 1_000_000_000_000

  private func socket(
    _ action: SocketEvent.Action, cookie: UInt64, _ local: Endpoint, _ remote: Endpoint = .none, at time: Int64
  ) -> Event {
    Event(
      time: Instant(nanoseconds: start + time),
      actor: Actor(process: ProcessID(pid: 11, start: 11), thread: 11, command: Array("p11".utf8)),
      what: .socket(
        SocketEvent(
          action: action, socket: SocketID(cookie: cookie, namespace: 1), family: 2, type: cookie == 0 ? 0 : 2,
          proto: 17, local: local, remote: remote)))
  }

  /// Whose a datagram is that leaves from one of this machine's ports, and whose its answer is.
  private func owners(_ correlator: inout Correlator, port: UInt16, at time: Int64) -> [Owner] {
    ([(true, 0), (false, 1000)] as [(Bool, Int64)]).map { isOut, later in
      func bytes(_ word: UInt32) -> [UInt8] { [24, 16, 8, 0].map { UInt8(word >> $0 & 0xff) } }
      let (source, destination) = isOut ? (0x0ac8_0101, 0x0ac8_0102) : (0x0ac8_0102, 0x0ac8_0101) as (UInt32, UInt32)
      let ports = isOut ? UInt32(port) << 16 | 7000 : 7000 << 16 | UInt32(port)
      let frame: [UInt8] =
        [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0, 0x45, 0, 0, 28, 0, 0, 0, 0, 64, 17, 0, 0]
        + bytes(source) + bytes(destination) + bytes(ports) + [0, 8, 0, 0]
      let layers = dissect(RawSpan(_elements: frame.span), link: .ethernet, wireLength: frame.count)
      let info = FrameInfo(
        time: Instant(nanoseconds: start + time + later), wireLength: frame.count, linkType: .ethernet,
        direction: isOut ? .outbound : .inbound)
      return correlator.owner(of: layers, info: info, namespace: 1)
    }
  }

  /// A router with a socket on each of the ports, through which as many connections of others with the same ports pass, ten microseconds apart.
  private func router(_ ports: Range<UInt16>, limits: CorrelationLimits = CorrelationLimits()) -> Correlator {
    var correlator = Correlator(limits: limits, seed: 1)
    correlator.begin(at: Instant(nanoseconds: start))
    correlator.know(addresses: [here], in: 1)
    for port in ports {
      correlator.observe(
        socket(.bind, cookie: UInt64(port), Endpoint(Address(v4: 0), port), at: Int64(port - ports.lowerBound)))
    }
    for port in ports {
      let time = 1_000_000 + Int64(port - ports.lowerBound) * 10_000
      correlator.observe(socket(.translated, cookie: 0, Endpoint(here, port), Endpoint(there, 7000), at: time))
    }
    return correlator
  }

  @Test func `twenty thousand connections that pass in a fifth of a second are none of the router's own, both ways`() {
    let ports: Range<UInt16> = 20_000..<40_000
    var correlator = router(ports)
    let wrong = ports.reduce(0) { wrong, port in
      let time = 1_000_000 + Int64(port - ports.lowerBound) * 10_000
      return wrong + owners(&correlator, port: port, at: time).count { $0.reason != "forwarded" || $0.actor != nil }
    }
    #expect(wrong == 0)
    #expect(correlator.statistics.forgottenPassers == 0)
    // A port of the router's own that nothing passes with.
    correlator.observe(socket(.bind, cookie: 9, Endpoint(Address(v4: 0), 9000), at: 300_000_000))
    let own = owners(&correlator, port: 9000, at: 300_001_000)
    #expect(own.allSatisfy { $0.actor?.process.pid == 11 && $0.confidence == .high }, "\(own)")
  }

  @Test func `where more pass than are remembered it is counted, and no process is named surely by its port`() {
    var limits = CorrelationLimits()
    limits.passers = 512
    let ports: Range<UInt16> = 20_000..<22_000
    var correlator = router(ports, limits: limits)
    let found = ports.flatMap { owners(&correlator, port: $0, at: 30_000_000) }
    #expect(correlator.statistics.forgottenPassers >= 2000 - 512)
    #expect(found.allSatisfy { $0.actor == nil || $0.confidence == .low })
    #expect(found.contains { $0.reason == "forwarded" } && found.contains { $0.actor != nil })
    // Ten seconds later none of those that were forgotten can have been passing still.
    let later = owners(&correlator, port: 20_000, at: 10_000_000_000)
    #expect(later.allSatisfy { $0.actor?.process.pid == 11 && $0.confidence == .high }, "\(later)")
  }
}
