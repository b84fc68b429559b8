import Capture
import Correlation
import Dissection
import Events
import Files
import Recording
import Time

/// The interfaces that a run captures from.
struct Captures: ~Copyable {
  private var live: [CaptureBox] = []
  /// As a recording describes them.
  private(set) var interfaces: [RecordedInterface] = []
  private var store = PacketStore()
  /// Why one of them cannot be read any more: its interface may have gone.
  private(set) var failure: String?
  /// What was captured before is left out.
  private var beginning = Instant(nanoseconds: .max)
  private var before: [(interface: UInt64, system: UInt64)] = []

  /// - Parameters:
  ///   - filter: in libpcap's language; what it means nothing on is an error.
  ///   - prefilter: lets through all that anybody wants, where `filter` is empty; interfaces on which it means nothing do without.
  init(_ names: [String], filter: String, prefilter: String = "") throws(TraceProblem) {
    let namespace = identity(of: "/proc/self/ns/net").map { "\($0.inode)" } ?? "0"
    for name in names {
      var options = CaptureOptions()
      options.filter = filter
      do {
        let capture = CaptureBox(try Self.open(name, &options, prefilter))
        live.append(capture)
        interfaces.append(
          RecordedInterface(fullName: namespace + "/" + name, linkType: capture.linkType, snapLength: 0))
      } catch {
        if case .permission = error { throw .refused("\(error)") }
        throw .input("\(error)")
      }
    }
  }

  private static func open(
    _ name: String, _ options: inout CaptureOptions, _ prefilter: String
  ) throws(CaptureError) -> LiveCapture {
    if options.filter.isEmpty, !prefilter.isEmpty {
      options.filter = prefilter
      do {
        return try LiveCapture(interface: name, options: options)
      } catch {
        guard case .filter = error else { throw error }
        options.filter = ""
      }
    }
    return try LiveCapture(interface: name, options: options)
  }

  var descriptors: [CInt] { live.map { $0.descriptor } }

  /// The cookie of the network namespace that they are in, which is this process's; 0 where the kernel does not say.
  var namespace: UInt64 { live.first?.namespace ?? 0 }

  /// The addresses that the namespace's interfaces have now.
  var addresses: [Address] { live.isEmpty ? [] : (try? ownInternetAddresses()) ?? [] }

  /// Its interfaces' Ethernet addresses.
  var hardware: Set<UInt64> { live.isEmpty ? [] : ownHardwareAddresses() }

  /// What the namespace's routes make its own beside them.
  var routes: LocalRoutes { live.isEmpty ? LocalRoutes() : .current() }

  /// Leaves out what waits.
  mutating func empty() {
    for index in live.indices {
      do { _ = try live[index].drain(1 << 16, index) { _, _ in } } catch { failure = "\(error)" }
    }
  }

  /// The run begins. What was lost before is nobody's.
  mutating func begin(at time: Instant) {
    beginning = time
    before = statistics(at: time).map { ($0.interfaceDropped ?? 0, $0.systemDropped ?? 0) }
  }

  /// Dissects what waits, keeps the bytes and pushes the packet on the timeline, with their tag; of each interface so many at most.
  mutating func drain(_ timeline: inout Timeline, atMost most: Int, _ position: inout ReadingPosition) {
    var store = PacketStore()
    swap(&store, &self.store)
    defer { swap(&store, &self.store) }
    let namespace = namespace
    let devices = live.map(\.interfaceIndex)
    drain(atMost: most, &position) { info, bytes in
      let layers = dissect(bytes, link: info.linkType, wireLength: info.wireLength)
      let tag = store.keep(bytes)
      let packet = Timeline.Packet(
        layers: layers, info: info, namespace: namespace, tag: tag, mark: frameMark(bytes, layers, info),
        payload: payloadMark(bytes, layers),
        device: layers.interfaceIndex != 0 ? layers.interfaceIndex : devices[info.interface],
        mapping: multipathMapping(bytes, layers))
      if !timeline.push(packet) { store.forget(tag) }
    }
  }

  /// Leaves out what waits, of each interface so many at most; answers how many.
  mutating func skip(atMost most: Int, _ position: inout ReadingPosition) -> UInt64 {
    var skipped = 0
    drain(atMost: most, &position) { _, _ in skipped += 1 }
    return UInt64(skipped)
  }

  /// Gives what waits and was captured since the run began, of each interface so many at most.
  private mutating func drain(
    atMost most: Int, _ position: inout ReadingPosition, _ body: (FrameInfo, RawSpan) -> Void
  ) {
    let beginning = beginning
    let now = Clock.realtime.now
    var reached: Instant?
    for index in live.indices {
      do {
        var latest = Instant(nanoseconds: .min)
        let count = try live[index].drain(most, index) { info, bytes in
          latest = info.time
          if info.time >= beginning { body(info, bytes) }
        }
        if count == most { reached = min(reached ?? latest, latest) }
      } catch {
        failure = "\(error)"
      }
    }
    if reached != nil { position.reached(reached) } else { position.emptied(at: now) }
  }

  /// Hands an item over with its bytes, unless the observer has seen enough; a packet's are forgotten then.
  mutating func hand(_ item: Timeline.Item, to observer: inout some Observer & ~Copyable) {
    guard case .packet(let packet, _) = item else {
      if !observer.isDone { observer.take(item, RawSpan()) }
      return
    }
    let bytes = store.bytes(packet.tag)
    if !observer.isDone { observer.take(item, RawSpan(_elements: bytes.span)) }
    store.forget(packet.tag)
  }

  /// What interfaces and libpcap counted up to `time`.
  func statistics(at time: Instant) -> [InterfaceStatistics] {
    live.enumerated().compactMap { index, capture in
      let before = before.indices.contains(index) ? before[index] : (interface: 0, system: 0)
      return capture.statistics.map {
        InterfaceStatistics(
          interface: index, time: time, received: $0.received,
          interfaceDropped: $0.interfaceDropped.map { $0 &- min($0, before.interface) },
          systemDropped: $0.dropped &- min($0.dropped, before.system), delivered: capture.delivered)
      }
    }
  }
}

/// A capture where an array of them is needed: arrays hold only what can be copied.
private final class CaptureBox {
  private var capture: LiveCapture
  init(_ capture: consuming LiveCapture) { self.capture = capture }
  var linkType: LinkType { capture.linkType }
  var descriptor: CInt { capture.descriptor }
  var delivered: UInt64 { capture.delivered }
  var namespace: UInt64 { capture.namespace }
  var interfaceIndex: UInt32 { capture.interfaceIndex }
  var statistics: CaptureStatistics? { try? capture.statistics() }
  func drain(_ most: Int, _ index: Int, _ body: (FrameInfo, RawSpan) -> Void) throws(CaptureError) -> Int {
    try capture.drain(most, interface: index, body)
  }
}
