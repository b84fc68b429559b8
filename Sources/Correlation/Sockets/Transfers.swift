/// One send or receive.
struct Transfer: Sendable, BitwiseCopyable {
  /// When the call was done, nanoseconds since 1970.
  var time: Int64
  var bytes: Int64
  /// The socket's user, by its number.
  var user: Int32
}

/// The latest sends or receives of a socket, by time. A ring that grows to its limit and then forgets the oldest.
struct Transfers: Sendable {
  private var ring: [Transfer] = []
  private var oldest = 0
  private(set) var forgotten: UInt64 = 0

  var isEmpty: Bool { ring.isEmpty }
  var count: Int { ring.count }
  /// By time, the oldest first.
  subscript(index: Int) -> Transfer {
    let position = oldest &+ index
    return ring[position < ring.count ? position : position &- ring.count]
  }

  mutating func append(_ transfer: Transfer, limit: Int) {
    if ring.count < limit {
      ring.append(transfer)
    } else {
      ring[oldest] = transfer
      oldest = oldest &+ 1 == ring.count ? 0 : oldest &+ 1
      forgotten &+= 1
    }
  }

  /// The first transfer at `time` or later.
  func first(from time: Int64) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low &+ high) / 2
      if self[middle].time < time { low = middle &+ 1 } else { high = middle }
    }
    return low
  }
}
