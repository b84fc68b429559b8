/// One send or receive.
struct Transfer: Sendable, BitwiseCopyable {
  /// When the call was done, nanoseconds since 1970.
  var time: Int64
  var bytes: Int64
  /// The socket's user, by its number.
  var user: Int32
  /// `payloadMark`; 0 when unknown.
  var mark: UInt64 = 0
}

/// The latest sends or receives of a socket, by time: those of the last second, or of datagrams of the last four, and of them no more than there is
/// room for.
struct Transfers: Sendable {
  /// Nanoseconds. A packet is asked about once events are known of up to `Timeline.lookahead` after it.
  private static let memory: Int64 = 1_000_000_000
  /// A datagram may have to wait for its neighbour's address (`CorrelationLimits.neighbourWait`).
  private static let memoryOfDatagrams: Int64 = 4_000_000_000
  private var recent = Recent<Transfer>()

  var isEmpty: Bool { recent.count == 0 }
  var count: Int { recent.count }
  /// How many were forgotten: the number of the oldest that is held.
  var forgotten: UInt64 { recent.forgotten }
  /// By time, the oldest first.
  subscript(index: Int) -> Transfer { recent[index] }

  mutating func append(_ transfer: Transfer, ofStream: Bool, limit: Int) {
    let earliest = transfer.time.saturatingSubtract(ofStream ? Self.memory : Self.memoryOfDatagrams)
    while recent.count > 0, recent[0].time < earliest { recent.forgetFirst() }
    recent.append(transfer, limit: limit)
  }

  /// Users have new numbers; -1 is one who was forgotten, and with him what he moved.
  mutating func renumber(_ numbers: [Int32]) {
    var kept = Recent<Transfer>()
    for index in 0..<recent.count where numbers[Int(recent[index].user)] >= 0 {
      var one = recent[index]
      one.user = numbers[Int(one.user)]
      kept.append(one, limit: .max)
    }
    recent = kept
  }

  /// The first transfer at `time` or later.
  func first(from time: Int64) -> Int { recent.first(from: time) { $0.time } }
}
