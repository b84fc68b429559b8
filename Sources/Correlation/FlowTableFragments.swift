package import Dissection
package import Events

/// Which conversation a datagram's later fragments belong to: they do not carry the ports, its first one did.
///
/// A fixed number of places, one datagram each; a newer datagram takes the place of an older one. Nothing is reassembled.
struct FlowTableFragments: Sendable {
  /// How long after the first fragment a later one may come: RFC 8200 §4.5 gives 60 seconds, in nanoseconds.
  static let patience: Int64 = 60_000_000_000
  static let places = 1024

  private struct Datagram: Sendable, BitwiseCopyable {
    var key: FlowKey
    var identification: UInt32
    var time: Instant
  }

  private let seed: FlowTableSeed
  /// Empty until the first fragment is seen: most runs never see one.
  private var datagrams: [Datagram?] = []

  init(seed: UInt64) { self.seed = FlowTableSeed(seed) }

  /// The key of the conversation that a fragment belongs to: for a first fragment its own, which is remembered; for a later one that of its
  /// datagram's first, or nil when that was not seen.
  @inline(never)
  mutating func key(of layers: Layers, _ key: FlowKey, at time: Instant) -> FlowKey? {
    let place = place(of: key, layers.identification)
    guard layers.isLaterFragment else {
      if datagrams.isEmpty { datagrams = [Datagram?](repeating: nil, count: Self.places) }
      datagrams[place] = Datagram(key: key, identification: layers.identification, time: time)
      return key
    }
    guard !datagrams.isEmpty, let found = datagrams[place], found.identification == layers.identification,
      found.key.source.address == key.source.address, found.key.destination.address == key.destination.address,
      // IPv6 leaves the protocol out of a datagram's identity: between the fragments' header and it more headers may stand (RFC 8200 §4.5).
      found.key.proto == key.proto || layers.version == 6,
      (0...Self.patience).contains(time.since(found.time))
    else { return nil }
    return found.key
  }

  private func place(of key: FlowKey, _ identification: UInt32) -> Int {
    let packed = FlowTableKey(
      highA: key.source.address.high, lowA: key.source.address.low, highB: key.destination.address.high,
      lowB: key.destination.address.low, rest: UInt64(identification))
    return Int(truncatingIfNeeded: seed.hash(packed) >> 32) & (Self.places - 1)
  }
}

extension FlowTable {
  /// Counts the frame that `layers` describe; nil when it carries no IP and so belongs to no flow.
  ///
  /// A later fragment is counted with its datagram's conversation when the first fragment came before it, otherwise under the ports 0.
  @discardableResult
  package mutating func record(_ layers: Layers, at time: Instant) -> Recorded? {
    var layers = layers
    return record(inPlace: &layers, at: time)
  }

  /// The same where the layers are; nothing of them changes. Across modules a value of that size is otherwise copied for the call.
  package mutating func record(inPlace layers: inout Layers, at time: Instant) -> Recorded? {
    guard layers.version != 0 else { return nil }
    if layers.marks.contains(.moreFragments) || layers.fragmentOffset != 0 { return recordFragment(&layers, at: time) }
    let (packed, swapped) = FlowTableKey.make(layers)
    return record(packed, swapped: swapped, bytes: UInt64(layers.wireLength), at: time)
  }

  @inline(never)
  private mutating func recordFragment(_ layers: inout Layers, at time: Instant) -> Recorded? {
    guard var key = layers.flowKey else { return nil }
    if let found = fragments.key(of: layers, key, at: time) { key = found } else { orphanFragments &+= 1 }
    return record(key, bytes: Int(layers.wireLength), at: time)
  }
}
