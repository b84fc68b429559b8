/// What one end of a TCP connection has sent, as far as it was seen.
package struct TCPEnd: Sendable, BitwiseCopyable {
  /// Segments with sequence numbers that were seen before, or that came so late into a hole that they must have been sent again.
  package internal(set) var retransmissions: UInt32 = 0
  /// Segments that came behind later ones, sooner than they could have been sent again.
  package internal(set) var reordered: UInt32 = 0
  /// Payload bytes of the retransmissions, new bytes in the same segments included.
  package internal(set) var retransmittedBytes: UInt64 = 0

  /// From the capture to the other end and back, in nanoseconds: a segment of this end, then the acknowledgment that covers it. The
  /// least, and smoothed as RFC 6298 §2 does (a new one counts an eighth); -1 when none was measured.
  package internal(set) var leastRTT: Int64 = -1
  package internal(set) var smoothedRTT: Int64 = -1

  /// When the segment that is timed was seen, in nanoseconds since 1970; `untimed` when none is.
  var timedAt = Self.untimed
  /// The sequence number whose acknowledgment ends that.
  var timedEnd: UInt32 = 0
  /// The sequence number of its SYN.
  var initial: UInt32 = 0
  /// The sequence number after the highest that was sent.
  var next: UInt32 = 0
  /// The highest acknowledgment number that was sent.
  var acknowledged: UInt32 = 0
  /// The sequence number after the FIN.
  var finEnd: UInt32 = 0
  /// The first of its holes; -1 when it has none.
  var holes: Int32 = -1
  var marks: Marks = []

  static let untimed = Int64.min

  struct Marks: OptionSet, Sendable, BitwiseCopyable {
    var rawValue: UInt8
    /// `next` is known.
    static var sent: Marks { Marks(rawValue: 1) }
    /// `acknowledged` is known.
    static var acknowledges: Marks { Marks(rawValue: 2) }
    /// It sent a SYN without an acknowledgment, and with one.
    static var syn: Marks { Marks(rawValue: 4) }
    static var synAck: Marks { Marks(rawValue: 8) }
    static var fin: Marks { Marks(rawValue: 16) }
    static var finAcknowledged: Marks { Marks(rawValue: 32) }
    /// It was the first to reset the connection.
    static var reset: Marks { Marks(rawValue: 64) }
    /// It sent something else than a SYN or a reset.
    static var spoke: Marks { Marks(rawValue: 128) }
  }

  /// Takes in that the other end acknowledges everything before `number`.
  @inline(__always)
  mutating func beAcknowledged(_ number: UInt32, at time: Int64) {
    if marks.contains(.fin), !number.isBefore(finEnd) { marks.insert(.finAcknowledged) }
    guard timedAt != Self.untimed, !number.isBefore(timedEnd) else { return }
    let sample = max(0, time &- timedAt)
    timedAt = Self.untimed
    if leastRTT < 0 || sample < leastRTT { leastRTT = sample }
    smoothedRTT = smoothedRTT < 0 ? sample : smoothedRTT &+ (sample &- smoothedRTT) / 8
  }

  /// A new connection between the same ends: what was counted stays, sequence numbers begin anew.
  mutating func beginAnew() {
    marks = []
    timedAt = Self.untimed
  }

  /// Times the segment that ends here, unless another is under way.
  @inline(__always)
  mutating func time(_ end: UInt32, at time: Int64) {
    guard timedAt == Self.untimed else { return }
    timedAt = time
    timedEnd = end
  }
}

extension UInt32 {
  /// Sequence numbers go round: one is before another when it is less than half the circle behind it (RFC 9293 §3.4).
  @inline(__always)
  func isBefore(_ other: UInt32) -> Bool { Int32(truncatingIfNeeded: self &- other) < 0 }
}
