import Correlation
import Dissection
import Events
import Testing

/// Packets and events that come in any order and are handed out in one.
struct TimelineTests {
  private let shared = SharedTests()
  private var start: Int64 { shared.start }

  /// What was handed out: the time after `start`, and the pid of an event or the tag of a packet.
  private func handedOut(_ events: [(Int64, UInt32)], _ packets: [(Int64, UInt64)], turn: Int) -> [(Int64, UInt64)] {
    var correlator = Correlator(seed: 1)
    correlator.begin(at: Instant(nanoseconds: start))
    var timeline = Timeline(lookahead: 1000)
    var found: [(Int64, UInt64)] = []
    func take(_ item: Timeline.Item) {
      switch item {
      case .event(let event): found.append((event.time.nanoseconds - start, UInt64(event.actor.process.pid)))
      case .packet(let packet, _): found.append((packet.info.time.nanoseconds - start, packet.tag))
      }
    }
    let frame = shared.datagram("something")
    let layers = dissect(RawSpan(_elements: frame.span), link: .ethernet, wireLength: frame.count)
    var (untold, unseen) = (events[...], packets[...])
    while !untold.isEmpty || !unseen.isEmpty {
      for (time, pid) in untold.prefix(turn) {
        timeline.push(
          Event(time: Instant(nanoseconds: start + time), actor: shared.actor(pid), what: .process(.exit(status: 0))))
      }
      for (time, tag) in unseen.prefix(turn) {
        let info = FrameInfo(
          time: Instant(nanoseconds: start + time), wireLength: frame.count, linkType: .ethernet, direction: .inbound)
        timeline.push(Timeline.Packet(layers: layers, info: info, namespace: 1, tag: tag))
      }
      untold = untold.dropFirst(turn)
      unseen = unseen.dropFirst(turn)
      let earliest = min(untold.map(\.0).min() ?? .max, unseen.map(\.0).min() ?? .max)
      guard earliest < .max else { break }
      timeline.drain(upTo: Instant(nanoseconds: start + earliest), with: &correlator, take)
    }
    timeline.finish(with: &correlator, take)
    return found
  }

  @Test(arguments: [1, 7, 64, 1000])
  func `what comes in any order is handed out by time, and what is of one time as it came`(turn: Int) {
    // A fixed walk over the times, in order at first, then not, each time twice; events are even, packets odd.
    var events: [(Int64, UInt32)] = []
    var packets: [(Int64, UInt64)] = []
    for step in 0..<600 {
      let time = Int64(step < 200 ? step : 200 + (step * 131) % 400) * 10
      for again in 0..<2 {
        events.append((time, UInt32(2 * (2 * step + again) + 2)))
        packets.append((time + 1, UInt64(2 * (2 * step + again) + 1)))
      }
    }
    let found = handedOut(events, packets, turn: turn)
    let all = events.map { ($0.0, UInt64($0.1)) } + packets
    let due = all.enumerated().sorted { ($0.element.0, $0.offset) < ($1.element.0, $1.offset) }.map(\.element)
    #expect(found.count == due.count)
    #expect(found.map(\.0) == due.map(\.0))
    #expect(found.map(\.1) == due.map(\.1))
  }

  @Test func `a place that was used before holds what came last`() {
    // One at a time: each takes the place of the one before.
    let events = (0..<100).map { (Int64($0) * 5000, UInt32($0 + 1)) }
    let found = handedOut(events, [], turn: 1)
    #expect(found.map(\.1) == events.map { UInt64($0.1) })
  }

  @Test func `events on which no owner rests make room for others, and their loss makes no owner doubtful`() {
    var correlator = Correlator(seed: 1)
    correlator.begin(at: Instant(nanoseconds: start))
    var timeline = Timeline(limit: 10)
    for number in 0..<100 {
      timeline.push(
        Event(
          time: Instant(nanoseconds: start + Int64(number)), actor: shared.actor(9), what: .stack(["a place in it"])))
    }
    let hasRoom = timeline.push(shared.event(.create, 11, shared.udp, at: 200))
    #expect(hasRoom)
    let frame = shared.datagram("something")
    let layers = dissect(RawSpan(_elements: frame.span), link: .ethernet, wireLength: frame.count)
    var stranger = layers
    stranger.sourcePort = 9
    for (tag, layers) in [layers, stranger].enumerated() {
      let info = FrameInfo(
        time: Instant(nanoseconds: start + 300), wireLength: frame.count, linkType: .ethernet, direction: .outbound)
      timeline.push(Timeline.Packet(layers: layers, info: info, namespace: 1, tag: UInt64(tag)))
    }
    var owners: [Owner] = []
    timeline.finish(with: &correlator) { item in if case .packet(_, let owner) = item { owners.append(owner) } }
    #expect(owners.map(\.actor?.process.pid) == [11, nil] && owners.last?.reason == "no-socket", "\(owners)")
    #expect(timeline.statistics.lostCalls == 90 && timeline.statistics.lostEvents == 0)
    #expect(correlator.statistics.lost.isEmpty)
  }
}
