/// Who used a socket one after the other: consecutive uses by the same process are one run. Bounded: the oldest are forgotten.
///
/// Two measures go along: time, and for a stream the bytes that had been sent when the run ended.
struct Runs: Sendable {
  struct Run: Sendable, BitwiseCopyable {
    var user: Int32
    /// First and last use, nanoseconds since 1970.
    var first: Int64
    var last: Int64
    /// Bytes of the stream before the end of this run.
    var end: UInt64
  }

  private(set) var runs: [Run] = []
  /// Bytes before the first run that is still known.
  private(set) var start: UInt64 = 0
  var total: UInt64 { runs.last?.end ?? start }

  mutating func add(_ user: Int32, bytes: UInt64 = 0, at time: Int64, limit: Int) {
    let end = total &+ bytes
    if let last = runs.indices.last, runs[last].user == user {
      runs[last].last = max(runs[last].last, time)
      runs[last].end = end
      return
    }
    runs.append(Run(user: user, first: time, last: time, end: end))
    if runs.count > limit { start = runs.removeFirst().end }
  }

  /// Users have new numbers; -1 is one who was forgotten, whose runs stay as nobody's.
  mutating func renumber(_ numbers: [Int32]) {
    for index in runs.indices where runs[index].user >= 0 { runs[index].user = numbers[Int(runs[index].user)] }
  }

  /// The run that holds the byte at `offset` of the stream; nil when it was forgotten or is not sent yet.
  func run(at offset: UInt64) -> Run? {
    guard offset >= start else { return nil }
    return runs.first { offset < $0.end }
  }

  /// The run under way at `time`: the last one that had begun. Nil before the first.
  func run(asOf time: Int64) -> Run? { runs.last { $0.first <= time } }

  /// The first run that lasts to `time` or longer.
  func run(lasting time: Int64) -> Run? { runs.first { $0.last >= time } }
}
