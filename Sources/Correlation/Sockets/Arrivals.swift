/// When datagrams came in, by what they carry: equal ones that follow each other are told apart by who had taken which before the next came.
/// Bounded: those of the last second, and of them no more than there is room for.
struct Arrivals: Sendable {
  private static let memory: Int64 = 1_000_000_000
  private static let limit = 1 << 16

  private struct One: Sendable, BitwiseCopyable {
    var key: UInt64
    var time: Int64
  }

  private var recent = Recent<One>()
  private var times: [UInt64: [Int64]] = [:]

  /// - Parameter mark: `payloadMark`; equal datagrams to other ports, or in another network namespace, are others.
  static func key(_ mark: UInt64, port: UInt16, namespace: UInt64) -> UInt64 {
    mark ^ (namespace << 16 | UInt64(port)) &* 0x9e37_79b9_7f4a_7c15
  }

  mutating func append(_ key: UInt64, at time: Int64) {
    while recent.count > 0, recent.count >= Self.limit || recent[0].time < time.saturatingSubtract(Self.memory) {
      let oldest = recent[0]
      if let place = times[oldest.key]?.firstIndex(of: oldest.time) { times[oldest.key]?.remove(at: place) }
      if times[oldest.key]?.isEmpty == true { times[oldest.key] = nil }
      recent.forgetFirst()
    }
    recent.append(One(key: key, time: time), limit: Self.limit)
    // Those of several interfaces come in batches.
    let place = times[key]?.lastIndex { $0 <= time }.map { $0 + 1 } ?? 0
    times[key, default: []].insert(time, at: place)
  }

  /// The times of those with a key in a span, ascending.
  func times(_ key: UInt64, in span: ClosedRange<Int64>) -> [Int64] { times[key]?.filter(span.contains) ?? [] }
}
