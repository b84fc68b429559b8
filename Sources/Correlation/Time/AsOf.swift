/// A moment at which the tables are asked, and the span around it in which the answer is the same.
///
/// Whatever in an answer depends on the time asks `isAfter`; so the span is right by construction, and the answer may be kept for it.
struct AsOf: Sendable, BitwiseCopyable {
  /// Nanoseconds since 1970.
  let time: Int64
  /// First nanosecond of the span, and the first after it.
  private(set) var from = Int64.min
  private(set) var until = Int64.max
  /// False when the answer is for this packet alone.
  private(set) var keeps = true

  init(_ time: Int64) { self.time = time }

  /// Whether the moment is `boundary` or later.
  mutating func isAfter(_ boundary: Int64) -> Bool {
    if time >= boundary {
      from = max(from, boundary)
      return true
    }
    until = min(until, boundary)
    return false
  }

  /// The answer depends on more than the time.
  mutating func once() { keeps = false }
}

extension Int64 {
  /// `self + other`, and the largest or smallest number where that has no room: times in recordings are anybody's.
  func saturatingAdd(_ other: Int64) -> Int64 {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? (other < 0 ? .min : .max) : sum
  }
  /// `self - other`, likewise.
  func saturatingSubtract(_ other: Int64) -> Int64 {
    let (difference, overflow) = subtractingReportingOverflow(other)
    return overflow ? (other < 0 ? .max : .min) : difference
  }
}
