package import Dissection
package import Events

/// Kernel events and packets, which come on ways of different speed, in the one order of time; each packet with its owner.
///
/// Both are held back for `lookahead` of the stream's time: before a packet is handed out the correlator has observed all events up to so much after it,
/// because a call is told of when it is done. What it has observed by then depends on the times alone, not on what came first, so a live
/// run and its recording agree.
///
///     push ──▶ events ──observe──▶ observed ──┐
///     push ──▶ packets ───────owner───────────┴──▶ body, by time
package struct Timeline: Sendable {
  /// A packet without its bytes. `tag` is the caller's: where the bytes are.
  package struct Packet: Sendable {
    package var layers: Layers
    package var info: FrameInfo
    /// The cookie of the network namespace that it was captured in; 0 when that is not known.
    package var namespace: UInt64
    package var tag: UInt64
    /// `frameMark` of the bytes and `payloadMark`; 0 for none.
    package var mark: UInt64
    package var payload: UInt64
    /// The number of the interface in its namespace; 0 when that is not known.
    package var device: UInt32
    package var mapping: MultipathMapping
    package init(
      layers: Layers, info: FrameInfo, namespace: UInt64, tag: UInt64 = 0, mark: UInt64 = 0, payload: UInt64 = 0,
      device: UInt32 = 0, mapping: MultipathMapping = MultipathMapping()
    ) {
      self.device = device
      self.mapping = mapping
      self.mark = mark
      self.payload = payload
      self.layers = layers
      self.info = info
      self.namespace = namespace
      self.tag = tag
    }
  }

  package enum Item: Sendable {
    case event(Event)
    case packet(Packet, Owner)
  }

  package struct Statistics: Sendable, Equatable {
    /// Handed out before `lookahead` had passed, since too many were held.
    package var hurriedPackets: UInt64 = 0
    package var hurriedEvents: UInt64 = 0
    /// Came when later ones had been handed out.
    package var latePackets: UInt64 = 0
    package var lateEvents: UInt64 = 0
    /// Found no room, or were missed. The correlator is told, under the stages `timeline-packets` and `timeline-events`.
    package var lostPackets: UInt64 = 0
    package var lostEvents: UInt64 = 0
    /// The same of events on which no packet's owner rests.
    package var lostCalls: UInt64 = 0
  }

  /// How far ahead of a packet events are observed, in nanoseconds.
  package let lookahead: Int64
  /// How long what lies in a socket's queue is waited with until somebody reads it, in nanoseconds; and with it all that comes after it.
  package let patience: Int64
  /// The most packets and the most events that are held; twice as many are pushed at most between two drains.
  package let limit: Int
  package private(set) var statistics = Statistics()

  private var events = TimeHeap<Event>(blank: .blank)
  /// Where events lie that the correlator knows and that have not been handed out.
  private var observed = Queue<TimeHeap<Event>.Key>()
  private var packets = TimeHeap<Packet>(blank: .blank)
  /// The latest time that was observed, and handed out.
  private var observedUpTo = Int64.min
  private var handedOut = Int64.min
  /// Losses that the correlator has not been told of.
  private var untoldPackets: UInt64 = 0
  private var untoldEvents: UInt64 = 0
  /// The time of the packet that waits for its reader; nil when none does.
  package private(set) var waitingSince: Int64?
  /// Since a packet waits the correlator is told of what it does not observe yet.
  private var foresees = false
  private var untoldReadings: [Event] = []
  /// Datagrams that came in, likewise.
  private var untoldArrivals: [(payload: UInt64, port: UInt16, namespace: UInt64, time: Int64)] = []

  package init(lookahead: Int64 = 200_000_000, patience: Int64 = 0, limit: Int = 1 << 16) {
    self.patience = max(0, patience)
    self.lookahead = max(0, lookahead)
    self.limit = max(1, limit)
  }

  /// Packets and events that wait.
  package var count: Int { packets.count + events.count + observed.count }

  /// False when there is no room: the event is lost, and counted.
  @discardableResult
  package mutating func push(_ event: Event) -> Bool {
    // What no owner rests on makes room for the rest.
    let isOfOwners = event.isOfOwners
    guard
      events.count + observed.count < (isOfOwners ? limit.multipliedReportingOverflow(by: 2).partialValue : limit)
    else {
      if isOfOwners { miss(events: 1) } else { miss(calls: 1) }
      return false
    }
    if event.time.nanoseconds < observedUpTo { statistics.lateEvents &+= 1 }
    events.push(event, at: event.time.nanoseconds)
    if foresees { untoldReadings.append(event) }
    return true
  }

  /// False when there is no room: the packet is lost, and counted.
  @discardableResult
  package mutating func push(_ packet: Packet) -> Bool {
    guard packets.count < limit.multipliedReportingOverflow(by: 2).partialValue else {
      miss(packets: 1)
      return false
    }
    if packet.info.time.nanoseconds < handedOut { statistics.latePackets &+= 1 }
    packets.push(packet, at: packet.info.time.nanoseconds)
    if packet.layers.transport == .udp, packet.layers.marks.contains(.ports), packet.info.direction != .outbound {
      untoldArrivals.append(
        (packet.payload, packet.layers.destinationPort, packet.namespace, packet.info.time.nanoseconds))
    }
    return true
  }

  /// Counts what was left out before it came here.
  package mutating func miss(packets: UInt64 = 0, events: UInt64 = 0, calls: UInt64 = 0) {
    statistics.lostCalls &+= calls
    statistics.lostPackets &+= packets
    untoldPackets &+= packets
    statistics.lostEvents &+= events
    untoldEvents &+= events
  }

  /// Hands out what is due when nothing older than `time` will come any more: all that is `lookahead` older than it.
  package mutating func drain(upTo time: Instant, with correlator: inout Correlator, _ body: (Item) -> Void) {
    tell(&correlator)
    waitingSince = nil
    var hasWaited = false
    let due = time.nanoseconds.saturatingSubtract(lookahead)
    while let next = packets.firstTime, next <= due || packets.count > limit {
      if next > due { statistics.hurriedPackets &+= 1 }
      observe(upTo: next.saturatingAdd(lookahead), &correlator)
      handOut(upTo: next, body)
      guard let slot = packets.first?.slot else { break }
      var owner = correlator.owner(of: packets[slot])
      if correlator.isUnread, patience > 0 {
        hasWaited = true
        if !foresees {
          foresees = true
          foresee(&correlator)
          correlator.withdraw()
          owner = correlator.owner(of: packets[slot])
        }
        if correlator.isUnread, mayWait(next, at: time.nanoseconds) {
          correlator.withdraw()
          waitingSince = next
          break
        }
      }
      _ = packets.popFirst()
      handedOut = max(handedOut, next)
      body(.packet(packets[slot], owner))
      packets.free(slot)
    }
    if foresees, !hasWaited {
      foresees = false
      correlator.forgetForeseen()
    }
    // What comes after a packet that waits waits too.
    let waiting = waitingSince ?? .max
    observe(upTo: min(time.nanoseconds, waiting.saturatingAdd(lookahead)), &correlator)
    handOut(upTo: min(due, waiting), body)
    while observed.count > limit {
      statistics.hurriedEvents &+= 1
      handOutFirst(body)
    }
  }

  /// Whether there is time and room for a packet to wait for its reader.
  private func mayWait(_ packet: Int64, at time: Int64) -> Bool {
    packet.saturatingAdd(patience) > time && packets.count <= limit / 4
      && events.count + observed.count <= limit / 2
  }

  /// Tells the correlator of all that it does not observe yet.
  private func foresee(_ correlator: inout Correlator) {
    correlator.forgetForeseen()
    events.forEach { correlator.foresee($0) }
  }

  /// Hands out the rest: nothing will come any more.
  package mutating func finish(with correlator: inout Correlator, _ body: (Item) -> Void) {
    drain(upTo: Instant(nanoseconds: .max), with: &correlator, body)
    handOut(upTo: .max, body)
  }

  private mutating func observe(upTo time: Int64, _ correlator: inout Correlator) {
    while let next = events.firstTime, next <= time, let key = events.popFirst() {
      correlator.observe(events[key.slot])
      observed.append(key)
      observedUpTo = max(observedUpTo, next)
    }
  }

  private mutating func handOut(upTo time: Int64, _ body: (Item) -> Void) {
    while let first = observed.first, first.time <= time { handOutFirst(body) }
  }

  private mutating func handOutFirst(_ body: (Item) -> Void) {
    guard let key = observed.popFirst() else { return }
    handedOut = max(handedOut, key.time)
    body(.event(events[key.slot]))
    events.free(key.slot)
  }

  private mutating func tell(_ correlator: inout Correlator) {
    correlator.lost("timeline-packets", untoldPackets)
    correlator.lost("timeline-events", untoldEvents)
    for one in untoldArrivals {
      correlator.arrive(one.payload, port: one.port, namespace: one.namespace, at: one.time)
    }
    untoldArrivals.removeAll(keepingCapacity: true)
    for event in untoldReadings { correlator.foresee(event) }
    untoldReadings.removeAll(keepingCapacity: true)
    // Most of what was foreseen is observed by now.
    if foresees, correlator.takings.count > 1024 + 2 * events.count { foresee(&correlator) }
    untoldPackets = 0
    untoldEvents = 0
  }
}

extension Correlator {
  fileprivate mutating func owner(of packet: Timeline.Packet) -> Owner {
    owner(
      of: packet.layers, info: packet.info, namespace: packet.namespace, mark: packet.mark, payload: packet.payload,
      device: packet.device, mapping: packet.mapping)
  }
}

extension Event {
  /// Whether a packet's owner may rest on it.
  fileprivate var isOfOwners: Bool {
    switch what {
    case .process, .socket, .loss: true
    case .file, .call, .stack, .state, .descriptors, .container, .attachment, .resolvers: false
    }
  }
}

// What lies where none does.
extension Event {
  fileprivate static let blank = Event(
    time: Instant(nanoseconds: 0), actor: Actor(process: ProcessID(pid: 0, start: 0)), what: .loss(stage: "", count: 0))
}

extension Timeline.Packet {
  fileprivate static let blank = Timeline.Packet(
    layers: Layers(link: 0, wireLength: 0, capturedLength: 0),
    info: FrameInfo(time: Instant(nanoseconds: 0), wireLength: 0, linkType: .ethernet), namespace: 0)
}
