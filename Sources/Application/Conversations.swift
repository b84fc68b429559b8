// Payloads to messages: what applications say to each other, packet by packet.

import Bytes
package import Dissection
package import Events

/// Reads the application protocols of a run's packets. Datagrams are read one by one, TCP's segments in the order of their stream.
///
/// A packet's messages stand in `messages` until the next packet is read. Nothing is allocated for a packet whose conversation is known
/// to be of no interest, nor for a message that lies whole in its packet, but for TLS hellos, whose lists are copied to be hashed. Every table is
/// bounded; see `Streams`, `Handshakes` and `Fragments`.
package struct Conversations: Sendable {
  private var output = Output()
  private var streams: Streams
  private var fragments = Fragments()
  private var handshakes = Handshakes()

  /// - Parameters:
  ///   - streams: the most TCP connections that are followed at a time. With more, the one that was quiet for long is no longer read;
  ///     `losses` counts it.
  ///   - fingerprints: whether JA3, JA3S and JA4 are wanted; without they are empty.
  package init(streams: Int = 1 << 16, fingerprints: Bool = true) {
    self.streams = Streams(limit: streams)
    output.hasFingerprints = fingerprints
  }

  /// What the last packet said, in order.
  package var messages: [Message] { output.messages }
  package var texts: Texts { output.texts }

  /// What was not read for want of room.
  package struct Losses: Sendable, Hashable {
    /// Connections that were given up because there were too many.
    package var streams: UInt64 = 0
    /// Bytes of TCP streams that the capture does not hold, or that came too far out of order to be kept.
    package var gaps: UInt64 = 0
    /// Messages that are longer than the reader keeps.
    package var oversized: UInt64 = 0
    /// Fragmented datagrams that were given up: too many at a time, or pieces that contradict each other.
    package var datagrams: UInt64 = 0
    /// Handshakes in datagrams that were given up, because there were too many at a time.
    package var handshakes: UInt64 = 0
    /// Texts that were cut.
    package var texts: UInt64 = 0
    package init() {}
  }
  package var losses: Losses {
    var losses = streams.losses
    losses.datagrams = fragments.losses
    losses.handshakes = handshakes.losses
    losses.texts = output.texts.cuts
    return losses
  }

  /// Reads a packet.
  /// - Parameters:
  ///   - layers: what `dissect` said of it.
  ///   - frame: its bytes, the same that were dissected.
  ///   - flow: what the flow table said of it: connections are told apart by the index.
  /// - Returns: true when it said something.
  package mutating func read(
    _ layers: Layers, _ frame: RawSpan, flow: (index: Int, isNew: Bool, isForward: Bool), at time: Instant
  ) -> Bool {
    var layers = layers
    return read(inPlace: &layers, frame, flow: flow, at: time)
  }

  /// The same where the layers are; nothing of them changes. Across modules a value of that size is otherwise copied for the call.
  package mutating func read(
    inPlace layers: inout Layers, _ frame: RawSpan, flow: (index: Int, isNew: Bool, isForward: Bool), at time: Instant
  ) -> Bool {
    if !output.messages.isEmpty { output.clear() }
    switch layers.transport {
    case .udp where layers.payloadCaptured > 0, .tcp: break
    default:
      // A later fragment has no transport header.
      guard layers.fragmentOffset != 0 else { return false }
    }
    if layers.transport == .tcp, layers.fragmentOffset == 0, !layers.marks.contains(.moreFragments),
      !streams.isOfInterest(flow.index, isNew: flow.isNew, layers)
    {
      return false
    }
    readPayload(&layers, frame, flow, at: time)
    return !output.messages.isEmpty
  }

  /// Reads what is left when the run ends: what waits behind bytes that never came.
  package mutating func finish(_ body: (_ flow: Int, _ isForward: Bool, Conversations) -> Void) {
    for (flow, isForward) in streams.waiting {
      output.clear()
      streams.surrender(flow, isForward: isForward, into: &output)
      if !output.messages.isEmpty { body(flow, isForward, self) }
    }
  }

  @inline(never)
  private mutating func readPayload(
    _ layers: inout Layers, _ frame: RawSpan, _ flow: (index: Int, isNew: Bool, isForward: Bool), at time: Instant
  ) {
    if layers.fragmentOffset != 0 || layers.marks.contains(.moreFragments) {
      return readFragment(layers, frame, flow, at: time)
    }
    let payload = frame.extracting(layers.payload)
    if layers.transport == .udp {
      Datagram(source: layers.sourcePort, destination: layers.destinationPort).read(
        payload, flow: flow, &handshakes, into: &output)
    } else {
      let segment = Segment(
        sequence: layers.sequence, acknowledgment: layers.acknowledgment, flags: layers.tcpFlags,
        source: layers.sourcePort, destination: layers.destinationPort,
        missing: Int(layers.payloadLength &- layers.payloadCaptured), time: time)
      streams.take(segment, payload, flow: flow, into: &output)
    }
  }

  /// Keeps a fragment, and reads its datagram when that is whole.
  private mutating func readFragment(
    _ layers: Layers, _ frame: RawSpan, _ flow: (index: Int, isNew: Bool, isForward: Bool), at time: Instant
  ) {
    guard let whole = fragments.take(layers, frame, at: time) else {
      // The rest may never come: what the first fragment says is told at once.
      if layers.fragmentOffset == 0, layers.transport == .udp, layers.payloadCaptured > 0 {
        Datagram(source: layers.sourcePort, destination: layers.destinationPort)
          .read(frame.extracting(layers.payload), flow: flow, &handshakes, into: &output)
        fragments.note(layers, said: output.messages.count)
      }
      return
    }
    let told = whole.said
    defer { output.messages.removeFirst(min(told, output.messages.count)) }
    let bytes = RawSpan(_elements: whole.bytes.span)
    do throws(Oddity) {
      switch layers.proto {
      case 17:
        let header = try UDPHeader(bytes)
        let datagram = Datagram(source: header.sourcePort, destination: header.destinationPort)
        guard bytes.byteCount > UDPHeader.count else { return }
        datagram.read(
          bytes.extracting(UDPHeader.count..<bytes.byteCount), flow: flow, &handshakes, into: &output)
      case 6:
        let header = try TCPHeader(bytes)
        guard header.headerLength <= bytes.byteCount else { return }
        let segment = Segment(
          sequence: header.sequence, acknowledgment: header.acknowledgment, flags: header.flags,
          source: header.sourcePort, destination: header.destinationPort, missing: 0,
          time: time)
        streams.take(
          segment, bytes.extracting(header.headerLength..<bytes.byteCount), flow: flow, into: &output)
      default: return
      }
    } catch {
      // The dissection noted it of the first fragment.
    }
  }
}

/// Where readers put what they found.
struct Output: Sendable {
  /// The most messages of one packet.
  static let limit = 256
  var messages: [Message] = []
  var texts = Texts()
  /// Whether hellos are hashed.
  var hasFingerprints = true

  mutating func clear() {
    messages.removeAll(keepingCapacity: true)
    texts.clear()
  }
}
