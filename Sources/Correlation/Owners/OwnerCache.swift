import Dissection
import Events

/// A conversation in one direction, as a packet shows it: five words, and the network namespace.
struct WireKey: Sendable, BitwiseCopyable {
  var words: FlowTableKey
  var namespace: UInt64

  @inline(__always)
  init(_ layers: Layers, _ direction: Direction, _ namespace: UInt64) {
    let source = UInt64(layers.source.version) << 16 | UInt64(layers.sourcePort)
    let destination = UInt64(layers.destination.version) << 16 | UInt64(layers.destinationPort)
    words = FlowTableKey(
      highA: layers.source.high, lowA: layers.source.low, highB: layers.destination.high, lowB: layers.destination.low,
      // A version is 0, 4 or 6, which leaves the highest bits free.
      rest: (source << 40 | destination << 8 | UInt64(layers.proto)) ^ UInt64(direction.rawValue) << 61)
    self.namespace = namespace
  }

  @inline(__always)
  static func == (a: WireKey, b: WireKey) -> Bool { a.words == b.words && a.namespace == b.namespace }
}

/// What was found for a conversation, and what it rests on.
struct KeptAnswer: Sendable {
  /// For packets with and without payload.
  var loaded: Answer
  var bare: Answer
  /// First nanosecond of the span in which they hold, and the first after it.
  var from: Int64
  var until: Int64
  /// The socket and its version; with the slot -1 the answers hold until any socket or loss comes along: then it is that count.
  var socket: Int32
  var socketVersion: UInt64
  /// The process, its version and image; -1 for none.
  var process: Int32
  var processVersion: UInt32
  var image: Int32
  /// What has to be so besides of a packet that carries something.
  var reading: Reading
}

/// Answers by conversation: four places a set, found by part of the hash; the eldest of a full set makes room.
struct OwnerCache: Sendable {
  static let ways = 4
  private let seed: FlowTableSeed
  private let limit: Int
  /// Part of each key's hash, never 0 for a place that is taken.
  private var tags: [UInt32]
  private var keys: [WireKey?]
  private var kept: [KeptAnswer?]
  /// Which way of a full set makes room next.
  private var next = 0
  private var insertions = 0
  private(set) var evictions: UInt64 = 0

  init(limit: Int, seed: UInt64) {
    self.seed = FlowTableSeed(seed)
    self.limit = min(max(limit, 256), 1 << 24)
    tags = [UInt32](repeating: 0, count: 256)
    keys = [WireKey?](repeating: nil, count: 256)
    kept = [KeptAnswer?](repeating: nil, count: 256)
  }

  @inline(__always)
  func hash(_ key: WireKey) -> UInt64 {
    var words = key.words
    words.rest ^= key.namespace &* 0x9e37_79b9_7f4a_7c15
    return seed.hash(words)
  }

  @inline(__always)
  private func set(of hash: UInt64) -> Int {
    (Int(truncatingIfNeeded: hash) & 0x7fff_ffff) & (tags.count / Self.ways &- 1) &* Self.ways
  }
  @inline(__always)
  private func tag(of hash: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: hash >> 32) | 1 }

  /// Where the answer to a key is; nil when there is none.
  @inline(__always)
  func find(_ key: WireKey, _ hash: UInt64) -> Int? {
    let first = set(of: hash)
    let tag = tag(of: hash)
    for place in first..<(first &+ Self.ways) where tags[place] == tag {
      if let held = keys[place], held == key { return place }
    }
    return nil
  }

  @inline(__always)
  subscript(place: Int) -> KeptAnswer? { kept[place] }

  mutating func keep(_ answer: KeptAnswer, for key: WireKey, _ hash: UInt64) {
    if let place = find(key, hash) {
      kept[place] = answer
      return
    }
    insertions += 1
    if insertions * 2 > tags.count, tags.count < limit { grow() }
    insert(answer, key, hash)
  }

  private mutating func insert(_ answer: KeptAnswer, _ key: WireKey, _ hash: UInt64) {
    let first = set(of: hash)
    var place = first + next
    if let free = (first..<first + Self.ways).first(where: { tags[$0] == 0 }) {
      place = free
    } else {
      evictions &+= 1
      next = (next + 1) % Self.ways
    }
    tags[place] = tag(of: hash)
    keys[place] = key
    kept[place] = answer
  }

  private mutating func grow() {
    let count = tags.count * 2
    let old = (keys, kept)
    tags = [UInt32](repeating: 0, count: count)
    keys = [WireKey?](repeating: nil, count: count)
    kept = [KeptAnswer?](repeating: nil, count: count)
    for (key, answer) in zip(old.0, old.1) {
      if let key, let answer { insert(answer, key, hash(key)) }
    }
  }

  /// Forgets everything: something changed that all answers may rest on.
  mutating func forget() {
    for place in tags.indices {
      tags[place] = 0
      keys[place] = nil
    }
    insertions = 0
  }
}
