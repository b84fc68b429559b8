// Frames to conversations: who sent how much to whom, and when.

package import Events

/// One conversation, its source being who sent the first packet that was seen.
package struct Flow: Sendable, Hashable, BitwiseCopyable {
  package var key: FlowKey
  /// Frames from source to destination, and their bytes on the wire, link headers included.
  package var packetsOut: UInt64
  package var bytesOut: UInt64
  /// From destination to source.
  package var packetsIn: UInt64
  package var bytesIn: UInt64
  /// The earliest and the latest frame.
  package var first: Instant
  package var last: Instant

  package init(
    key: FlowKey, packetsOut: UInt64, bytesOut: UInt64, packetsIn: UInt64, bytesIn: UInt64, first: Instant,
    last: Instant
  ) {
    self.key = key
    self.packetsOut = packetsOut
    self.bytesOut = bytesOut
    self.packetsIn = packetsIn
    self.bytesIn = bytesIn
    self.first = first
    self.last = last
  }
}

/// The conversations of a run, by 5-tuple, both directions in one.
///
/// Open addressing over three arrays: slots (part of the hash and an index), keys, counts. The table grows up to `limit` flows; then each new flow takes
/// the place of one that was quiet for long, which is kept in `evicted` and counted. An index stays a flow's until that flow is evicted.
package struct FlowTable: Sendable {
  /// The most flows that are held.
  package let limit: Int
  /// Flows that lost their place to new ones.
  package private(set) var evictions: UInt64 = 0
  /// The flow that made room last; it stays until another one does.
  package private(set) var evicted: Flow?
  /// Datagrams of which the first fragment was seen lately.
  var fragments: FlowTableFragments
  /// Later fragments whose first was not seen; they are counted under the ports 0.
  package internal(set) var orphanFragments: UInt64 = 0

  private let seed: FlowTableSeed
  /// High half: the high half of the key's hash. Low half: an index into the other arrays, plus one; 0 when the slot is free.
  private var slots: [UInt64]
  private var keys: [FlowTableKey] = []
  private var counts: [Counts] = []
  /// Where the search for the next flow to evict starts.
  private var hand = 0

  /// Frames and bytes by the key's own order of endpoints.
  private struct Counts: Sendable, BitwiseCopyable {
    var packetsAB: UInt64 = 0
    var bytesAB: UInt64 = 0
    var packetsBA: UInt64 = 0
    var bytesBA: UInt64 = 0
    var first: Int64
    var last: Int64
    /// True when the first packet went from B to A.
    var swapped: Bool
  }

  /// - Parameters:
  ///   - limit: the most flows to hold; a flow takes about 112 bytes, its share of the slots included.
  ///   - seed: of the hash; only tests and benchmarks choose it.
  package init(limit: Int = 1 << 20, seed: UInt64 = .random(in: .min ... .max)) {
    self.limit = Swift.min(Swift.max(limit, 1), 1 << 30)
    self.seed = FlowTableSeed(seed)
    fragments = FlowTableFragments(seed: seed)
    slots = [UInt64](repeating: 0, count: 1024)
  }

  /// Flows held.
  package var count: Int { keys.count }

  /// The flow at an index below `count`.
  package subscript(index: Int) -> Flow {
    let counts = counts[index]
    let forward = !counts.swapped
    return Flow(
      key: keys[index].flowKey(swapped: counts.swapped),
      packetsOut: forward ? counts.packetsAB : counts.packetsBA, bytesOut: forward ? counts.bytesAB : counts.bytesBA,
      packetsIn: forward ? counts.packetsBA : counts.packetsAB, bytesIn: forward ? counts.bytesBA : counts.bytesAB,
      first: Instant(nanoseconds: counts.first), last: Instant(nanoseconds: counts.last))
  }

  /// The index of a conversation, seen from either end; nil when it is not held.
  package func index(of key: FlowKey) -> Int? {
    let packed = FlowTableKey.make(key).key
    let hash = seed.hash(packed)
    var position = home(of: hash)
    while true {
      let slot = slots[position]
      if slot == 0 { return nil }
      if slot >> 32 == hash >> 32, keys[Self.index(in: slot)] == packed { return Self.index(in: slot) }
      position = (position &+ 1) & (slots.count &- 1)
    }
  }

  /// What `record` did.
  package struct Recorded: Sendable, Hashable, BitwiseCopyable {
    /// Where the flow is.
    package var index: Int
    /// True when this is the flow's first packet, or the first since it was evicted.
    package var isNew: Bool
    /// True when the packet goes from the flow's source to its destination.
    package var isForward: Bool
    /// True when a flow was evicted to make room; `evicted` is that flow.
    package var hasEvicted: Bool
  }

  /// Counts one frame.
  /// - Parameters:
  ///   - key: the frame's, source first.
  ///   - bytes: of the whole frame on the wire.
  @discardableResult
  package mutating func record(_ key: FlowKey, bytes: Int, at time: Instant) -> Recorded {
    let (packed, swapped) = FlowTableKey.make(key)
    return record(packed, swapped: swapped, bytes: UInt64(clamping: bytes), at: time)
  }

  @inline(__always)
  mutating func record(_ key: FlowTableKey, swapped: Bool, bytes: UInt64, at time: Instant) -> Recorded {
    let hash = seed.hash(key)
    var position = home(of: hash)
    while true {
      let slot = slots[position]
      if slot == 0 { break }
      if slot >> 32 == hash >> 32 {
        let index = Self.index(in: slot)
        if keys[index] == key {
          let first = add(bytes, at: time, swapped: swapped, to: index)
          return Recorded(index: index, isNew: false, isForward: first == swapped, hasEvicted: false)
        }
      }
      position = (position &+ 1) & (slots.count &- 1)
    }
    return insert(key, hash: hash, swapped: swapped, bytes: bytes, at: time)
  }

  /// Adds to a flow's counts; answers which way its first packet went.
  @inline(__always)
  private mutating func add(_ bytes: UInt64, at time: Instant, swapped: Bool, to index: Int) -> Bool {
    let fromB: UInt64 = swapped ? 1 : 0
    let fromA = 1 &- fromB
    // One look at who else holds the array, instead of one a word.
    var counts = counts.mutableSpan
    // Word by word and in place: a copy out and back would wait, in wide loads, for the narrow stores of the packet before.
    counts[index].packetsAB &+= fromA
    counts[index].bytesAB &+= bytes & (0 &- fromA)
    counts[index].packetsBA &+= fromB
    counts[index].bytesBA &+= bytes & (0 &- fromB)
    if time.nanoseconds > counts[index].last { counts[index].last = time.nanoseconds }
    if time.nanoseconds < counts[index].first { counts[index].first = time.nanoseconds }
    return counts[index].swapped
  }

  @inline(never)
  private mutating func insert(
    _ key: FlowTableKey, hash: UInt64, swapped: Bool, bytes: UInt64, at time: Instant
  ) -> Recorded {
    let new = Counts(first: time.nanoseconds, last: time.nanoseconds, swapped: swapped)
    var index = keys.count
    let isFull = index == limit
    if isFull {
      index = leastRecent()
      evicted = self[index]
      evictions &+= 1
      remove(seed.hash(keys[index]), index)
      keys[index] = key
      counts[index] = new
    } else {
      if index &* 2 >= slots.count { grow() }
      keys.append(key)
      counts.append(new)
    }
    place(hash, index)
    _ = add(bytes, at: time, swapped: swapped, to: index)
    return Recorded(index: index, isNew: true, isForward: true, hasEvicted: isFull)
  }

  // MARK: Slots

  @inline(__always)
  private func home(of hash: UInt64) -> Int { Int(truncatingIfNeeded: hash >> 32) & (slots.count &- 1) }

  @inline(__always)
  private static func index(in slot: UInt64) -> Int { Int(truncatingIfNeeded: slot & 0xffff_ffff) &- 1 }

  private mutating func place(_ hash: UInt64, _ index: Int) {
    var position = home(of: hash)
    while slots[position] != 0 { position = (position &+ 1) & (slots.count &- 1) }
    slots[position] = (hash >> 32) << 32 | UInt64(index &+ 1)
  }

  private mutating func grow() {
    let old = slots
    slots = [UInt64](repeating: 0, count: old.count &* 2)
    for slot in old where slot != 0 { place(slot, Self.index(in: slot)) }
  }

  /// Frees the slot of `index`, and moves up those behind it that it had pushed away from home.
  private mutating func remove(_ hash: UInt64, _ index: Int) {
    let mask = slots.count &- 1
    var free = home(of: hash)
    while Self.index(in: slots[free]) != index { free = (free &+ 1) & mask }
    var next = (free &+ 1) & mask
    while slots[next] != 0 {
      let displaced = (next &- home(of: slots[next])) & mask
      if displaced >= (next &- free) & mask {
        slots[free] = slots[next]
        free = next
      }
      next = (next &+ 1) & mask
    }
    slots[free] = 0
  }

  /// Of a few flows, another few each time, the one that was quiet for longest.
  private mutating func leastRecent() -> Int {
    var oldest = hand % keys.count
    for _ in 0..<8 {
      let candidate = hand % keys.count
      if counts[candidate].last < counts[oldest].last { oldest = candidate }
      hand = candidate &+ 1
    }
    return oldest
  }
}
