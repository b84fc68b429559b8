/// The latest of a row of things: a ring that grows to its limit and then forgets the oldest.
struct Recent<Element: Sendable>: Sendable {
  private var ring: [Element] = []
  private var oldest = 0
  private(set) var count = 0
  /// How many were forgotten, and so the number of the oldest that is held.
  private(set) var forgotten: UInt64 = 0

  /// The oldest first.
  subscript(index: Int) -> Element {
    let position = oldest &+ index
    return ring[position < ring.count ? position : position &- ring.count]
  }

  mutating func append(_ element: Element, limit: Int) {
    if count == ring.count {
      if count < limit { straighten() } else { forgetFirst() }
    }
    if count == ring.count {
      ring.append(element)
    } else {
      let position = oldest &+ count
      ring[position < ring.count ? position : position &- ring.count] = element
    }
    count &+= 1
  }

  /// The element keeps its place until another needs it.
  mutating func forgetFirst() {
    guard count > 0 else { return }
    oldest = oldest &+ 1 == ring.count ? 0 : oldest &+ 1
    count &-= 1
    forgotten &+= 1
  }

  /// Makes the ring one that can grow at its end.
  private mutating func straighten() {
    guard oldest > 0 else { return }
    ring = Array(ring[oldest...] + ring[..<oldest])
    oldest = 0
  }

  /// The index of the first whose time is `time` or later; they stand in the order of time.
  func first(from time: Int64, by moment: (borrowing Element) -> Int64) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low &+ high) / 2
      if moment(self[middle]) < time { low = middle &+ 1 } else { high = middle }
    }
    return low
  }
}
