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

  @Test func `a listener is not his who was forked with it and does away with his copy`() {
    var correlator = Correlator(seed: 1)
    correlator.begin(at: Instant(nanoseconds: shared.start))
    var listener = shared.event(.found, 11, shared.tcp, isConnected: false, at: 1000)
    listener.what = listening(listener)
    correlator.observe(listener)
    correlator.observe(
      Event(
        time: Instant(nanoseconds: shared.start + 2000), actor: shared.actor(11),
        what: .process(.create(child: ProcessID(pid: 12, start: 12)))))
    var close = shared.event(.close, 12, shared.tcp, isConnected: false, at: 1_000_000)
    close.what = listening(close)
    correlator.observe(close)
    for time in [500_000, 5_000_000] as [Int64] {
      let found = owner(&correlator, sequence: 99, flags: 2, at: time)
      #expect(found.actor?.process.pid == 11, "\(found)")
    }
  }

  @Test func `who was forked with a connection and lets go of his copy does not end it`() {
    var correlator = Correlator(seed: 1)
    correlator.begin(at: Instant(nanoseconds: shared.start))
    correlator.observe(shared.event(.connect, 11, shared.tcp, at: 1000))
    correlator.observe(shared.event(.send, 11, shared.tcp, result: 20, at: 2000))
    correlator.observe(
      Event(
        time: Instant(nanoseconds: shared.start + 3000), actor: shared.actor(11),
        what: .process(.create(child: ProcessID(pid: 12, start: 12)))))
    correlator.observe(shared.event(.close, 12, shared.tcp, detail: 1, at: 1_000_000))
    for time in [1_010_000, 500_000_000] as [Int64] {
      let found = owner(&correlator, sequence: 100, flags: 0x11, at: time)
      #expect(found.actor?.process.pid == 11, "\(found)")
    }
  }

  /// The event about a socket that is bound and has descriptor 3.
  private func listening(_ event: Event) -> Event.What {
    guard case .socket(var socket) = event.what else { return event.what }
    socket.descriptor = 3
    return .socket(socket)
  }

  @Test func `a connection's socket that lies where another's lay is not the other's`() {
    var correlator = listening()
    // A socket that is opened and closed gets no cookie: its address is all that is known of it.
    for (action, time) in [(.create, 10_000), (.close, 20_000)] as [(SocketEvent.Action, Int64)] {
      correlator.observe(placed(shared.event(action, 12, shared.tcp, cookie: 0, isConnected: false, at: time)))
    }
    _ = owner(&correlator, sequence: 99, flags: 2, at: 100_000)
    correlator.observe(placed(shared.event(.state, 0, shared.tcp, cookie: 7, detail: 3 << 8 | 1, at: 150_000)))
    let waiting = owner(&correlator, sequence: 100, flags: 0x10, at: 160_000)
    #expect(waiting.actor?.process.pid == 11, "\(waiting)")
    correlator.observe(placed(shared.event(.accept, 11, shared.tcp, cookie: 7, at: 200_000)))
    let taken = owner(&correlator, sequence: 100, flags: 0x18, 20, at: 300_000)
    #expect(taken.actor?.process.pid == 11, "\(taken)")
  }

  /// The event about a socket that lies at one address.
  private func placed(_ event: Event) -> Event {
    guard case .socket(var socket) = event.what else { return event }
    socket.address = 0xffff_8881_0000_0000
    if event.actor.process.pid == 12 { (socket.local, socket.remote) = (.none, .none) }
    var placed = event
    placed.what = .socket(socket)
    return placed
  }
}
