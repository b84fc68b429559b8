/// When datagrams came in, by what they carry: equal ones that follow each other are told apart by who had taken which before the next came.
/// Bounded: the last 65,536, each in the chain of those whose keys fall together, so that to note one costs no search and no memory.
struct Arrivals: Sendable {
  private static let limit = 1 << 16
  private static let chains = 1 << 12
  /// How many of a chain are looked at.
  private static let patience = 4096

  private struct One: Sendable, BitwiseCopyable {
    var key: UInt64
    var time: Int64
    /// The number of the one before in the chain; 0 for none.
    var previous: UInt64
  }

  /// Empty until the first comes.
  private var ring: [One] = []
  /// By chain the number of its last; numbers begin with 1.
  private var last: [UInt64] = []
  private var count: UInt64 = 0

  /// - Parameter mark: `payloadMark`; equal datagrams to other ports, or in another network namespace, are others.
  static func key(_ mark: UInt64, port: UInt16, namespace: UInt64) -> UInt64 {
    mark ^ (namespace << 16 | UInt64(port)) &* 0x9e37_79b9_7f4a_7c15
  }

  private static func chain(of key: UInt64) -> Int { Int(truncatingIfNeeded: key >> 40) & (chains - 1) }
  private static func place(_ number: UInt64) -> Int { Int(truncatingIfNeeded: number) & (limit - 1) }

  mutating func append(_ key: UInt64, at time: Int64) {
    if ring.isEmpty {
      ring = [One](repeating: One(key: 0, time: 0, previous: 0), count: Self.limit)
      last = [UInt64](repeating: 0, count: Self.chains)
    }
    count &+= 1
    let chain = Self.chain(of: key)
    ring[Self.place(count)] = One(key: key, time: time, previous: last[chain])
    last[chain] = count
  }

  /// The times of those with a key in a span, ascending; nil when there are too many to look at, or some may be forgotten.
  func times(_ key: UInt64, in span: ClosedRange<Int64>, atMost most: Int = patience) -> [Int64]? {
    guard !ring.isEmpty else { return [] }
    var found: [Int64] = []
    var number = last[Self.chain(of: key)]
    for _ in 0..<most {
      guard number != 0 else { return found.sorted() }
      guard count - number < UInt64(Self.limit) else { return nil }
      let one = ring[Self.place(number)]
      // Those of several interfaces come in batches: one that is a little older may stand before others.
      if one.time < span.lowerBound.saturatingSubtract(Self.batch) { return found.sorted() }
      if one.key == key, span.contains(one.time) { found.append(one.time) }
      number = one.previous
    }
    return nil
  }

  /// Nanoseconds by which packets of several interfaces may come out of order.
  private static let batch: Int64 = 100_000_000
}
