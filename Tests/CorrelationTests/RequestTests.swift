import Correlation
import Dissection
import Events
import Testing

/// Connections that a listener is asked for and that have no socket yet.
struct RequestTests {
  private let shared = SharedTests()

  /// Who has a packet from the other side.
  private func owner(
    _ correlator: inout Correlator, sequence: UInt32, flags: UInt8, _ count: Int = 0, at time: Int64
  ) -> Owner {
    var frame = shared.frame(
      6, shared.bytes(sequence) + [0, 0, 0, 0, 0x50, flags, 0, 0, 0, 0, 0, 0], [UInt8](repeating: 0, count: count))
    for place in 26..<30 { frame.swapAt(place, place + 4) }
    for place in 34..<36 { frame.swapAt(place, place + 2) }
    let layers = dissect(RawSpan(_elements: frame.span), link: .ethernet, wireLength: frame.count)
    let info = FrameInfo(
      time: Instant(nanoseconds: shared.start + time), wireLength: frame.count, linkType: .ethernet,
      direction: .inbound)
    return correlator.owner(of: layers, info: info, namespace: 1)
  }

  private func listening() -> Correlator {
    var correlator = Correlator(seed: 1)
    correlator.begin(at: Instant(nanoseconds: shared.start))
    correlator.observe(shared.event(.bind, 11, shared.tcp, isConnected: false, at: 1000))
    correlator.observe(shared.event(.listen, 11, shared.tcp, isConnected: false, at: 2000))
    return correlator
  }

  @Test func `what follows a SYN is the listener's until the connection has a socket`() {
    var correlator = listening()
    #expect(owner(&correlator, sequence: 99, flags: 2, at: 100_000).actor?.process.pid == 11)
    for (flags, count) in [(0x10, 0), (0x18, 20)] as [(UInt8, Int)] {
      let found = owner(&correlator, sequence: 100, flags: flags, count, at: 200_000)
      #expect(found.actor?.process.pid == 11 && found.reason == "listener", "\(found)")
    }
    // Twenty seconds later nothing is known of it any more.
    #expect(owner(&correlator, sequence: 100, flags: 0x18, 20, at: 20_000_000_000).actor == nil)
  }

  @Test func `a connection whose SYN was not seen is none of the listener's, nor is one that has a socket`() {
    var correlator = listening()
    let older = owner(&correlator, sequence: 100, flags: 0x18, 20, at: 200_000)
    #expect(older.actor == nil && older.reason == "before-start", "\(older)")
    _ = owner(&correlator, sequence: 99, flags: 2, at: 300_000)
    correlator.observe(shared.event(.accept, 12, shared.tcp, cookie: 2, at: 400_000))
    #expect(owner(&correlator, sequence: 100, flags: 0x18, 20, at: 500_000).actor?.process.pid == 12)
  }
}
