import Dissection
import Events

/// Where the segments of Multipath TCP lie in their connections' data, by what their options say: one mapping may be of several segments, and
/// a segment may have none. Bounded: the oldest direction of a subflow is forgotten.
struct Subflows: Sendable {
  private static let limit = 1 << 14

  private struct Key: Sendable, Hashable {
    var ends: FlowKey
    var device: UInt32
  }
  private struct One: Sendable {
    /// The sequence number of the SYN; nil when it is not known.
    var start: UInt32?
    var last = MultipathMapping()
    /// One side asked for Multipath TCP, and the other did not answer that it speaks it: the connection has this one stream.
    var isPlain = false
  }

  private var all: [Key: One] = [:]
  private var order = Queue<Key>()

  /// A segment was seen on an interface; of one without a mapping only a SYN says something.
  mutating func note(_ layers: Layers, on device: UInt32, _ mapping: MultipathMapping) {
    guard let ends = layers.flowKey else { return }
    let key = Key(ends: ends, device: device)
    switch mapping.kind {
    case .none:
      let other = Key(ends: ends.reversed, device: device)
      guard layers.tcpFlags & 0b1_0000 != 0, all[other]?.start == layers.acknowledgment &- 1 else {
        all[key] = nil
        return
      }
      all[other]?.isPlain = true
      keep(One(start: layers.sequence, isPlain: true), for: key)
    case .begin: keep(One(start: layers.sequence), for: key)
    case .data:
      var one = all[key] ?? One()
      if mapping.length == layers.payloadLength, mapping.subflow != 0 {
        one.start = layers.sequence &- mapping.subflow
      }
      if mapping.length > 0 { one.last = mapping }
      keep(one, for: key)
    }
  }

  private mutating func keep(_ one: One, for key: Key) {
    if all.updateValue(one, forKey: key) != nil { return }
    order.append(key)
    while order.count > Self.limit, let oldest = order.popFirst() { all[oldest] = nil }
  }

  /// The low 32 bits of the number that a segment's first byte has in its connection's data; nil when no mapping says it.
  func place(_ layers: Layers, on device: UInt32, _ mapping: MultipathMapping) -> UInt32? {
    if mapping.kind == .data, mapping.length == layers.payloadLength { return mapping.data }
    guard let ends = layers.flowKey, let one = all[Key(ends: ends, device: device)], let start = one.start
    else { return nil }
    let mapping = mapping.kind == .data ? mapping : one.last
    let offset = layers.sequence &- start &- mapping.subflow
    guard mapping.kind == .data, offset < mapping.length, layers.payloadLength <= mapping.length - offset else {
      return nil
    }
    return mapping.data &+ offset
  }

  /// How many bytes of its connection's data stand before a segment where both sides fell back to TCP; nil where they did not, or that is not known.
  func offset(_ layers: Layers, on device: UInt32) -> UInt32? {
    guard let ends = layers.flowKey, let one = all[Key(ends: ends, device: device)], one.isPlain, let start = one.start
    else { return nil }
    return layers.sequence &- start &- 1
  }
}
