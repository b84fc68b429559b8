import Bytes
import Dissection
import Events

/// One TCP segment's header, as far as the order of the stream needs it.
struct Segment {
  var sequence: UInt32
  var acknowledgment: UInt32
  var flags: UInt16
  var source: UInt16
  var destination: UInt16
  /// Bytes of the payload that the capture cut off.
  var missing: Int

  /// When it was captured.
  var time: Instant

  var isSYN: Bool { flags & 2 != 0 }
  var isReset: Bool { flags & 4 != 0 }
  /// FIN or RST: nothing follows it.
  var ends: Bool { flags & 5 != 0 }
}

/// TCP's segments to streams of bytes in order (RFC 9293 §3.4), given to the reader of the protocol that they turn out to carry.
///
/// A connection is followed until nothing more of interest can come in it. Segments that came too early wait for those before them until
/// the other end acknowledges what is missing (then the capture lost it), for three seconds while the stream goes on, or until `SegmentStore` is full.
struct Streams: Sendable {
  /// What stands for a connection that is no longer read.
  private static let over: UInt32 = .max
  /// How long segments wait for those before them while the stream goes on: longer than a sender waits before it sends again, in
  /// nanoseconds (RFC 6298 §2 begins with one second).
  private static let patience: Int64 = 3_000_000_000

  private let limit: Int
  /// By the flow's index: 0 nothing came yet, `over`, or the index of its stream plus one.
  private var places: [UInt32] = []
  var streams: [Stream] = []
  private var free: [UInt32] = []
  private var hand = 0
  private var store = SegmentStore()
  var buffers = BufferPool()
  var losses = Conversations.Losses()

  init(limit: Int) { self.limit = max(limit, 1) }

  // MARK: Which connections are read

  /// Whether a segment can matter. Of nearly all of a run's packets this is all that is asked.
  @inline(__always)
  mutating func isOfInterest(_ flow: Int, isNew: Bool, _ layers: Layers) -> Bool {
    if isNew { begin(flow) }
    let place = places[flow]
    if place == Self.over { return layers.tcpFlags & 2 != 0 }
    if layers.payloadLength != 0 || layers.tcpFlags & 7 != 0 { return true }
    return place != 0 && streams[Int(place) - 1].isWaiting
  }

  @inline(never)
  private mutating func begin(_ flow: Int) {
    while places.count <= flow { places.append(0) }
    release(flow, leaving: 0)
  }

  private mutating func release(_ flow: Int, leaving mark: UInt32) {
    let place = places[flow]
    places[flow] = mark
    guard place != 0, place != Self.over else { return }
    let index = Int(place) - 1
    for side in 0..<2 {
      store.drop(&streams[index].sides[side].held)
      buffers.giveBack(&streams[index].sides[side].buffer)
    }
    streams[index].flow = nil
    free.append(UInt32(index))
  }

  /// The stream of a flow; a new one when it has none.
  private mutating func stream(of flow: Int) -> Int {
    if places[flow] != 0, places[flow] != Self.over { return Int(places[flow]) - 1 }
    if free.isEmpty, streams.count == limit { makeRoom() }
    let index: Int
    if let freed = free.popLast() {
      index = Int(freed)
      streams[index] = Stream()
    } else {
      index = streams.count
      streams.append(Stream())
    }
    streams[index].flow = flow
    places[flow] = UInt32(index + 1)
    return index
  }

  /// Gives up, of a few connections, another few each time, the one in which nothing was read for longest.
  private mutating func makeRoom() {
    var oldest = hand % streams.count
    for _ in 0..<8 {
      let candidate = hand % streams.count
      if streams[candidate].turn < streams[oldest].turn { oldest = candidate }
      hand = candidate &+ 1
    }
    losses.streams &+= 1
    if let flow = streams[oldest].flow { release(flow, leaving: Self.over) }
  }
  private var turn: UInt64 = 0

  // MARK: Segments

  /// Takes a segment, and gives what is in order now to the reader.
  mutating func take(
    _ segment: Segment, _ payload: RawSpan, flow: (index: Int, isNew: Bool, isForward: Bool),
    into output: inout Output
  ) {
    if flow.isNew || flow.index >= places.count { begin(flow.index) }
    // A first SYN is the start of a connection, also where an earlier one had the same ends.
    if segment.isSYN, segment.flags & 16 == 0, !isRepeated(segment, flow) { release(flow.index, leaving: 0) }
    if places[flow.index] == Self.over { return }
    let length = payload.byteCount &+ segment.missing
    if length == 0, places[flow.index] == 0, !segment.isSYN { return }
    let index = stream(of: flow.index)
    let way = flow.isForward ? 0 : 1
    let other = 1 - way
    if streams[index].turn == 0 {
      streams[index].ports =
        flow.isForward ? [segment.source, segment.destination] : [segment.destination, segment.source]
    }

    turn &+= 1
    streams[index].turn = turn
    if segment.isSYN {
      streams[index].sides[way].next = segment.sequence &+ 1
      streams[index].sides[way].isKnown = true
      streams[index].client = UInt8(segment.flags & 16 == 0 ? way : other)
    }
    if segment.flags & 16 != 0, streams[index].sides[other].held >= 0 {
      giveUp(index, other, before: segment.acknowledgment, into: &output)
    }
    if length > 0 {
      let sequence = segment.isSYN ? segment.sequence &+ 1 : segment.sequence
      giveUp(index, way, at: segment.time, into: &output)
      place(payload, at: sequence, missing: segment.missing, index, way, into: &output)
      let isWaiting = streams[index].sides[way].held >= 0
      if !isWaiting {
        streams[index].sides[way].waitsSince = .max
      } else if streams[index].sides[way].waitsSince == .max {
        streams[index].sides[way].waitsSince = segment.time.nanoseconds
      }
    }
    if segment.ends { end(index, way, into: &output) }
    // What comes after a reset belongs to another connection.
    if segment.isReset {
      release(flow.index, leaving: 0)
    } else if streams[index].isOver {
      release(flow.index, leaving: Self.over)
    }
  }

  private func isRepeated(_ segment: Segment, _ flow: (index: Int, isNew: Bool, isForward: Bool)) -> Bool {
    let place = places[flow.index]
    guard place != 0, place != Self.over else { return false }
    let side = streams[Int(place) - 1].sides[flow.isForward ? 0 : 1]
    return side.isKnown && side.next == segment.sequence &+ 1
  }

  /// Puts a payload where it belongs: reads it, keeps it, or knows it already.
  private mutating func place(
    _ payload: RawSpan, at sequence: UInt32, missing: Int, _ index: Int, _ way: Int, into output: inout Output
  ) {
    if streams[index].sides[way].isOver { return }
    if !streams[index].sides[way].isKnown {
      streams[index].sides[way].isKnown = true
      streams[index].sides[way].next = sequence
    }
    var ahead = streams[index].sides[way].distance(to: sequence)
    if ahead &+ payload.byteCount &+ missing <= 0 { return }
    if ahead > 0 {
      if store.keep(payload, at: sequence, missing: missing, in: &streams[index].sides[way].held) { return }
      // No room to wait: what is missing is given up, and what waited is read.
      while surrenderFirst(index, way, into: &output) {}
      ahead = streams[index].sides[way].distance(to: sequence)
      if ahead &+ payload.byteCount &+ missing <= 0 { return }
      if ahead > 0 { lose(ahead, index, way, into: &output) }
    }
    deliver(payload, from: max(0, -ahead), missing: missing, index, way, into: &output)
    followUp(index, way, into: &output)
  }

  /// Reads what waited for the bytes that came now.
  private mutating func followUp(
    _ index: Int, _ way: Int, into output: inout Output
  ) {
    while let kept = store.next(of: &streams[index].sides[way].held, at: streams[index].sides[way].next) {
      let known = -streams[index].sides[way].distance(to: kept.sequence)
      deliver(RawSpan(_elements: kept.bytes.span), from: known, missing: kept.missing, index, way, into: &output)
      store.giveBack(kept)
    }
  }

  /// What was waited for so long was lost, by the network or the capture.
  private mutating func giveUp(_ index: Int, _ way: Int, at time: Instant, into output: inout Output) {
    let since = streams[index].sides[way].waitsSince
    guard since != .max, time.nanoseconds.subtractingReportingOverflow(since).partialValue > Self.patience else {
      return
    }
    while surrenderFirst(index, way, into: &output) {}
  }

  /// The other end has bytes that were not seen: the capture lost them.
  private mutating func giveUp(
    _ index: Int, _ way: Int, before acknowledgment: UInt32, into output: inout Output
  ) {
    while let first = store.first(of: streams[index].sides[way].held),
      Int32(bitPattern: acknowledgment &- first) > 0
    {
      guard surrenderFirst(index, way, into: &output) else { return }
    }
  }

  /// Gives up what is missing before the first segment that waits, and reads it.
  private mutating func surrenderFirst(
    _ index: Int, _ way: Int, into output: inout Output
  ) -> Bool {
    guard let first = store.first(of: streams[index].sides[way].held) else { return false }
    let ahead = streams[index].sides[way].distance(to: first)
    if ahead > 0 { lose(ahead, index, way, into: &output) }
    followUp(index, way, into: &output)
    return true
  }

  /// The directions in which something waits.
  var waiting: [(flow: Int, isForward: Bool)] {
    streams.flatMap { stream in
      guard let flow = stream.flow else { return [(flow: Int, isForward: Bool)]() }
      return (0..<2).filter { stream.sides[$0].held >= 0 }.map { (flow, $0 == 0) }
    }
  }

  mutating func surrender(_ flow: Int, isForward: Bool, into output: inout Output) {
    guard places[flow] != 0, places[flow] != Self.over else { return }
    while surrenderFirst(Int(places[flow]) - 1, isForward ? 0 : 1, into: &output) {}
  }
}
