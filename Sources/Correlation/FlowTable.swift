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
/// Open addressing over two arrays: slots (part of the hash and an index) and entries, and before them a few slots of flows that were seen lately, which
/// stay in the processor's cache where the others do not. The table grows up to `limit` flows; then each new flow takes
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
  /// The same of flows that were seen lately, by other bits of the hash: a first guess, whose key is compared as any other's.
  private var recent: [UInt64]
  private var entries: [Entry] = []
  /// Where the search for the next flow to evict starts.
  private var hand = 0

  private static let recentCount = 1 << 13

  /// A key, and frames and bytes by its own order of endpoints.
  private struct Entry: Sendable, BitwiseCopyable {
    var key: FlowTableKey
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
  ///   - limit: the most flows to hold; a flow takes 112 to 128 bytes, its share of the slots included.
  ///   - seed: of the hash; only tests and benchmarks choose it.
  package init(limit: Int = 1 << 20, seed: UInt64 = .random(in: .min ... .max)) {
    self.limit = Swift.min(Swift.max(limit, 1), 1 << 30)
    self.seed = FlowTableSeed(seed)
    fragments = FlowTableFragments(seed: seed)
    slots = [UInt64](repeating: 0, count: 1024)
    recent = [UInt64](repeating: 0, count: Self.recentCount)
  }

  /// Flows held.
  package var count: Int { entries.count }

  /// The flow at an index below `count`.
  package subscript(index: Int) -> Flow {
    let counts = entries[index]
    let forward = !counts.swapped
    return Flow(
      key: counts.key.flowKey(swapped: counts.swapped),
      packetsOut: forward ? counts.packetsAB : counts.packetsBA, bytesOut: forward ? counts.bytesAB : counts.bytesBA,
      packetsIn: forward ? counts.packetsBA : counts.packetsAB, bytesIn: forward ? counts.bytesBA : counts.bytesAB,
      first: Instant(nanoseconds: counts.first), last: Instant(nanoseconds: counts.last))
  }

  /// Bytes of the flow at an index, both ways; when its first frame was seen, in nanoseconds since 1970.
  @inline(__always)
  func bytes(of index: Int) -> UInt64 { entries[index].bytesAB &+ entries[index].bytesBA }
  @inline(__always)
  func firstTime(of index: Int) -> Int64 { entries[index].first }

  /// The index of a conversation, seen from either end; nil when it is not held.
  package func index(of key: FlowKey) -> Int? {
    let packed = FlowTableKey.make(key).key
    let hash = seed.hash(packed)
    var position = home(of: hash)
    while true {
      let slot = slots[position]
      if slot == 0 { return nil }
      if slot >> 32 == hash >> 32, entries[Self.index(in: slot)].key == packed { return Self.index(in: slot) }
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
    let guess = recent[Self.recentPlace(of: hash)]
    if guess >> 32 == hash >> 32, guess != 0 {
      let index = Self.index(in: guess)
      if entries[index].key == key { return found(index, bytes, at: time, swapped: swapped) }
    }
    return recordOlder(key, hash, swapped: swapped, bytes: bytes, at: time)
  }

  @inline(__always)
  private mutating func found(_ index: Int, _ bytes: UInt64, at time: Instant, swapped: Bool) -> Recorded {
    let first = add(bytes, at: time, swapped: swapped, to: index)
    return Recorded(index: index, isNew: false, isForward: first == swapped, hasEvicted: false)
  }

  /// Counts a frame whose flow is none of those that were seen lately.
  @inline(never)
  private mutating func recordOlder(
    _ key: FlowTableKey, _ hash: UInt64, swapped: Bool, bytes: UInt64, at time: Instant
  ) -> Recorded {
    var position = home(of: hash)
    while true {
      let slot = slots[position]
      if slot == 0 { break }
      if slot >> 32 == hash >> 32, entries[Self.index(in: slot)].key == key {
        recent[Self.recentPlace(of: hash)] = slot
        return found(Self.index(in: slot), bytes, at: time, swapped: swapped)
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
    var counts = entries.mutableSpan
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
    let new = Entry(key: key, first: time.nanoseconds, last: time.nanoseconds, swapped: swapped)
    var index = entries.count
    let isFull = index == limit
    if isFull {
      index = leastRecent()
      evicted = self[index]
      evictions &+= 1
      remove(seed.hash(entries[index].key), index)
      entries[index] = new
    } else {
      if index &* 2 >= slots.count { grow() }
      entries.append(new)
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

  @inline(__always)
  private static func recentPlace(of hash: UInt64) -> Int { Int(truncatingIfNeeded: hash) & (recentCount &- 1) }

  private mutating func place(_ hash: UInt64, _ index: Int) {
    var position = home(of: hash)
    while slots[position] != 0 { position = (position &+ 1) & (slots.count &- 1) }
    slots[position] = (hash >> 32) << 32 | UInt64(index &+ 1)
    recent[Self.recentPlace(of: hash)] = slots[position]
  }

  private mutating func grow() {
    let old = slots
    slots = [UInt64](repeating: 0, count: old.count &* 2)
    // Of the hash only the high half is known here, and needed.
    for slot in old where slot != 0 {
      var position = home(of: slot)
      while slots[position] != 0 { position = (position &+ 1) & (slots.count &- 1) }
      slots[position] = slot
    }
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
    var oldest = hand % entries.count
    for _ in 0..<8 {
      let candidate = hand % entries.count
      if entries[candidate].last < entries[oldest].last { oldest = candidate }
      hand = candidate &+ 1
    }
    return oldest
  }
}
