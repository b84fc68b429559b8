import Correlation
import Dissection
import Events
import Testing

/// Frames that leave an interface's queue long after they were given to it, and connections that have the same ends on two interfaces.
extension SharedTests {
  private func fresh() -> Correlator {
    var correlator = Correlator(seed: 1)
    correlator.begin(at: Instant(nanoseconds: start))
    return correlator
  }

  /// A frame of socket 1 leaves, in the time of `running`.
  private func transmitted(
    _ frame: [UInt8], by running: UInt32, from sender: UInt32, _ kind: (UInt16, UInt16, UInt16)? = nil, at time: Int64
  ) -> Event {
    var event = event(
      .transmitted, running, kind ?? udp, result: Int64(frame.count - 14), detail: mark(frame), sole: 11, at: time)
    guard case .socket(var socket) = event.what else { return event }
    socket.sender = sender
    event.what = .socket(socket)
    return event
  }

  @Test func `a frame that left in another's time is his who gave it to the queue`() {
    var correlator = fresh()
    correlator.hearsSenders = true
    let frames = [datagram("from 11"), datagram("from 12"), datagram("from 13")]
    correlator.observe(event(.create, 10, udp, at: 100))
    for pid in 11...12 as ClosedRange<UInt32> {
      correlator.observe(event(.send, pid, udp, result: 7, at: Int64(pid) * 1000))
    }
    let later: Int64 = 2_000_000_000
    // Neither is that of whoever runs: not even of him who has just sent as much himself.
    correlator.observe(transmitted(frames[0], by: 12, from: 11, at: later))
    correlator.observe(transmitted(frames[1], by: 11, from: 12, at: later + 200_000))
    correlator.observe(event(.send, 12, udp, result: 7, at: later + 300_000))
    // He has sent nothing that is told of.
    correlator.observe(transmitted(frames[2], by: 11, from: 13, at: later + 400_000))
    let owners = frames.enumerated().map {
      owner(&correlator, $0.element, at: later - 1000 + Int64($0.offset) * 200_000)
    }
    #expect(owners.map(\.actor?.process.pid) == [11, 12, nil], "\(owners)")
    #expect(owners.prefix(2).allSatisfy { $0.confidence == .high && $0.reason == "transmission" })
  }

  @Test func `what leaves when its socket is closed is its own, and brings nobody back to the port`() {
    var correlator = fresh()
    let (late, next) = (datagram("of the first"), datagram("of the second"))
    correlator.observe(event(.connect, 11, udp, at: 1000))
    correlator.observe(event(.send, 11, udp, result: 12, at: 2000))
    correlator.observe(event(.close, 11, udp, at: 3000))
    correlator.observe(event(.connect, 12, udp, cookie: 2, at: 1_000_000_000))
    correlator.observe(event(.send, 12, udp, cookie: 2, result: 13, at: 1_000_001_000))
    correlator.observe(transmitted(late, by: 12, from: 0, at: 2_000_000_000))
    #expect(owner(&correlator, late, at: 1_999_999_000).actor?.process.pid == 11)
    for time in [2_000_100_000, 2_000_200_000] as [Int64] {
      #expect(owner(&correlator, next, at: time).actor?.process.pid == 12)
    }
    // What was said of the next one's, and holds, is not said of it.
    let last = datagram("the first's last")
    correlator.observe(transmitted(last, by: 12, from: 0, at: 2_001_000_000))
    #expect(owner(&correlator, next, at: 2_000_900_000).actor?.process.pid == 12)
    #expect(owner(&correlator, last, at: 2_000_999_000).actor?.process.pid == 11)
  }

  @Test func `of two connections with the same ends each has what passes its interface, from its first segment on`() {
    var correlator = fresh()
    /// Process `pid` has the connection of interface `device` from its listener.
    func accept(_ pid: UInt32, on device: UInt32, at time: Int64) {
      for action in [SocketEvent.Action.state, .accept] {
        var one = event(
          action, pid, tcp, cookie: UInt64(pid), detail: action == .state ? 3 << 8 | 1 : 0,
          at: time + (action == .accept ? 1000 : 0))
        guard case .socket(var socket) = one.what else { continue }
        socket.interface = device
        one.what = .socket(socket)
        correlator.observe(one)
      }
    }
    accept(11, on: 2, at: 10_000)
    accept(12, on: 3, at: 20_000)
    func seen(on device: UInt32, at time: Int64) -> UInt32? {
      let frame = segment(100, 0)
      let layers = dissect(RawSpan(_elements: frame.span), link: .ethernet, wireLength: frame.count)
      let info = FrameInfo(
        time: Instant(nanoseconds: start + time), wireLength: frame.count, linkType: .ethernet, direction: .outbound)
      return correlator.owner(of: layers, info: info, namespace: 1, device: device).actor?.process.pid
    }
    // The second's handshake ends before it is told of, and the first's has ended already.
    #expect([(2, 19_000), (3, 19_000), (2, 30_000), (3, 30_000)].map { seen(on: $0.0, at: $0.1) } == [11, 12, 11, 12])
    // A VRF's device stands for those in it.
    #expect(seen(on: 9, at: 30_000) == nil)
  }
}
