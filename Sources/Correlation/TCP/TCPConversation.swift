import Dissection

/// What a TCP connection's headers say of it: its state, what was sent again, how long a way and back takes.
///
/// A segment whose numbers were seen before is a retransmission; so it is certainly where the sender's own machine captures. One that
/// falls into a hole was lost on its way to the capture and sent again, or overtaken: it was overtaken when it came sooner after the
/// hole than the sender can answer.
package struct TCPConversation: Sendable, BitwiseCopyable {
  /// The end that the flow calls its source, and the other.
  package internal(set) var source = TCPEnd()
  package internal(set) var destination = TCPEnd()
  /// From the last SYN to the acknowledgment of its answer, in nanoseconds: to both ends and back; -1 when they were not all seen.
  package internal(set) var initialRTT: Int64 = -1
  /// When the last SYN was seen, until the connection is established; -1 else.
  private var synAt: Int64 = -1

  package init() {}

  /// Both ends' together.
  package var retransmissions: UInt64 { UInt64(source.retransmissions) &+ UInt64(destination.retransmissions) }

  /// To both ends and back, in nanoseconds: the handshake's, else the least that was seen each way; nil when not both were seen.
  package var rtt: Int64? {
    if initialRTT >= 0 { return initialRTT }
    return source.leastRTT < 0 || destination.leastRTT < 0 ? nil : source.leastRTT &+ destination.leastRTT
  }

  /// Takes in a segment, whose layers stay as they are: `inout` saves copies of them.
  /// - Parameters:
  ///   - isForward: it goes from the flow's source to its destination.
  ///   - time: nanoseconds since 1970.
  @inline(__always)
  mutating func record(_ layers: inout Layers, isForward: Bool, at time: Int64, _ holes: inout SequenceHoles) {
    if layers.tcpFlags & (TCPFlag.syn | TCPFlag.reset) != 0 { open(&layers, isForward: isForward, at: time, &holes) }
    if isForward {
      Self.record(&layers, &source, &destination, at: time, &holes)
    } else {
      Self.record(&layers, &destination, &source, at: time, &holes)
    }
    if synAt >= 0 { finishHandshake(&layers, isForward: isForward, at: time) }
  }

  /// A SYN or a reset.
  @inline(never)
  private mutating func open(_ layers: inout Layers, isForward: Bool, at time: Int64, _ holes: inout SequenceHoles) {
    let mine = isForward ? source.marks : destination.marks
    let theirs = isForward ? destination.marks : source.marks
    if layers.tcpFlags & TCPFlag.reset != 0 {
      let isOver = mine.contains(.fin) && theirs.contains(.fin)
      if !isOver, !theirs.contains(.reset) { mark(.reset, isForward) }
      return
    }
    let isAnswer = layers.tcpFlags & TCPFlag.acknowledgment != 0
    let known = isForward ? source.initial : destination.initial
    let isAgain = !mine.isDisjoint(with: [.syn, .synAck]) && known == layers.sequence
    if !isAgain {
      // The same ends connect once more. An answer begins nothing at the other end.
      if isForward || !isAnswer { Self.begin(&source, &holes) }
      if !isForward || !isAnswer { Self.begin(&destination, &holes) }
      if isForward { source.initial = layers.sequence } else { destination.initial = layers.sequence }
    }
    mark(isAnswer ? .synAck : .syn, isForward)
    if !isAnswer { synAt = time }
  }

  private static func begin(_ end: inout TCPEnd, _ holes: inout SequenceHoles) {
    holes.close(&end.holes)
    end.beginAnew()
  }

  private mutating func mark(_ mark: TCPEnd.Marks, _ isForward: Bool) {
    if isForward { source.marks.insert(mark) } else { destination.marks.insert(mark) }
  }

  private mutating func finishHandshake(_ layers: inout Layers, isForward: Bool, at time: Int64) {
    let mine = isForward ? source.marks : destination.marks
    guard layers.tcpFlags & 0b111 == 0, layers.tcpFlags & TCPFlag.acknowledgment != 0, mine.contains(.syn) else {
      return
    }
    initialRTT = max(0, time &- synAt)
    synAt = -1
  }

  // MARK: Sequence numbers

  /// Takes in the numbers of a segment that `mine` sent.
  @inline(__always)
  private static func record(
    _ layers: inout Layers, _ mine: inout TCPEnd, _ theirs: inout TCPEnd, at time: Int64, _ holes: inout SequenceHoles
  ) {
    let flags = layers.tcpFlags
    let start = layers.sequence
    // SYN and FIN take a number each (RFC 9293 §3.4).
    let count = layers.segmentLength &+ UInt32((flags & TCPFlag.syn) >> 1 &+ flags & TCPFlag.fin)
    let end = start &+ count
    if flags & TCPFlag.reset == 0 {
      if !mine.marks.contains(.sent) || start == mine.next {
        mine.next = end
        if count > 0 { mine.time(end, at: time) }
      } else if start.isBefore(mine.next) {
        if count > 0 { sendAgain(start, end, &layers, &mine, theirs.leastRTT, at: time, &holes) }
      } else {
        skip(start, &mine, at: time, &holes)
        mine.next = end
      }
      mine.marks.insert(.sent)
      if flags & TCPFlag.syn == 0 { mine.marks.insert(.spoke) }
      if flags & TCPFlag.fin != 0 {
        mine.marks.insert(.fin)
        mine.finEnd = end
      }
    }
    guard flags & TCPFlag.acknowledgment != 0 else { return }
    let number = layers.acknowledgment
    guard !mine.marks.contains(.acknowledges) || mine.acknowledged.isBefore(number) else { return }
    mine.marks.insert(.acknowledges)
    mine.acknowledged = number
    theirs.beAcknowledged(number, at: time)
    if theirs.holes >= 0 { holes.close(before: number, &theirs.holes) }
  }

  /// The numbers up to `start` were not seen.
  @inline(never)
  private static func skip(_ start: UInt32, _ mine: inout TCPEnd, at time: Int64, _ holes: inout SequenceHoles) {
    holes.open(mine.next, start, at: time, &mine.holes)
    // What is acknowledged now may have waited for the hole to be filled.
    mine.timedAt = TCPEnd.untimed
  }

  /// A segment that begins before the highest number.
  /// - Parameter answer: the least time that the sender needs to answer what passes here, in nanoseconds; -1 when that is not known.
  @inline(never)
  private static func sendAgain(
    _ start: UInt32, _ end: UInt32, _ layers: inout Layers, _ mine: inout TCPEnd, _ answer: Int64, at time: Int64,
    _ holes: inout SequenceHoles
  ) {
    let isBare = layers.tcpFlags & (TCPFlag.syn | TCPFlag.fin) == 0
    if isBare, start == mine.next &- 1, mine.holes < 0 {
      // A keep-alive (RFC 9293 §3.8.4), or what follows a probe of a closed window that carried one byte.
      if mine.next.isBefore(end) { mine.next = end }
      return
    }
    // Whose acknowledgment it is cannot be said any more (Karn's rule, RFC 6298 §3).
    if start.isBefore(mine.timedEnd) { mine.timedAt = TCPEnd.untimed }
    let opened = mine.holes < 0 ? nil : holes.fill(start, mine.next.isBefore(end) ? mine.next : end, &mine.holes)
    // The least that was measured is seldom the least that there is.
    if let opened, time &- opened < (answer < 0 ? unknownAnswer : answer / 4 &* 3) {
      mine.reordered &+= 1
    } else {
      mine.retransmissions &+= 1
      mine.retransmittedBytes &+= UInt64(layers.segmentLength)
    }
    if mine.next.isBefore(end) { mine.next = end }
  }

  /// What Wireshark takes where no handshake was seen: 3 ms.
  private static let unknownAnswer: Int64 = 3_000_000
}

extension Layers {
  /// The bytes behind TCP's header, also where the capture cut its options off: the payload then begins with the header.
  @inline(__always)
  fileprivate var segmentLength: UInt32 {
    payloadOffset != transportOffset ? payloadLength : payloadLength &- min(payloadLength, transportHeaderLength)
  }
}

/// The bits of `Layers.tcpFlags`.
enum TCPFlag {
  static let fin: UInt16 = 1
  static let syn: UInt16 = 2
  static let reset: UInt16 = 4
  static let acknowledgment: UInt16 = 16
}
