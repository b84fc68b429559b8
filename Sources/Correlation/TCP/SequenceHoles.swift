/// Sequence numbers that were passed over: of segments that come late, that were lost on their way to the capture, or that the capture
/// missed. What falls into one was not seen before.
///
/// All connections share a fixed number of places, and an end has a few of them at most; beyond that the oldest hole of the end is
/// forgotten, and counted: a segment that fills it is then taken for a retransmission.
struct SequenceHoles: Sendable {
  static let places = 1 << 14
  static let mostOfOneEnd = 32

  private struct Hole: Sendable, BitwiseCopyable {
    var start: UInt32
    var end: UInt32
    /// When a segment behind it was seen.
    var opened: Int64
    /// The next older hole of the same end, or the next free place; -1 for none.
    var next: Int32
  }

  private var holes: [Hole] = []
  private var free: Int32 = -1
  /// Holes that were given up for want of room.
  private(set) var forgotten: UInt64 = 0

  /// Opens a hole at the head of an end's list.
  mutating func open(_ start: UInt32, _ end: UInt32, at time: Int64, _ head: inout Int32) {
    var (count, last, beforeLast) = (0, head, Int32(-1))
    while last >= 0, holes[Int(last)].next >= 0 {
      beforeLast = last
      last = holes[Int(last)].next
      count += 1
    }
    if count >= Self.mostOfOneEnd - 1 || free < 0 && holes.count == Self.places {
      forgotten &+= 1
      guard last >= 0 else { return }
      unlink(last, after: beforeLast, &head)
    }
    let hole = Hole(start: start, end: end, opened: time, next: head)
    if free >= 0 {
      let place = free
      free = holes[Int(place)].next
      holes[Int(place)] = hole
      head = place
    } else {
      holes.append(hole)
      head = Int32(truncatingIfNeeded: holes.count - 1)
    }
  }

  /// Fills what of an end's holes lies within the numbers; answers when the first of them was opened, nil when none does.
  mutating func fill(_ start: UInt32, _ end: UInt32, _ head: inout Int32) -> Int64? {
    var opened: Int64?
    var (place, before) = (head, Int32(-1))
    while place >= 0 {
      let hole = holes[Int(place)]
      if start.isBefore(hole.end), hole.start.isBefore(end) {
        opened = min(opened ?? .max, hole.opened)
        switch (hole.start.isBefore(start), end.isBefore(hole.end)) {
        case (false, false):
          unlink(place, after: before, &head)
          place = hole.next
          continue
        case (false, true): holes[Int(place)].start = end
        case (true, false): holes[Int(place)].end = start
        case (true, true):
          holes[Int(place)].end = start
          open(end, hole.end, at: hole.opened, &head)
          return opened
        }
      }
      before = place
      place = hole.next
    }
    return opened
  }

  /// Closes an end's holes before `number`: somebody has received them, though nobody saw them here.
  mutating func close(before number: UInt32, _ head: inout Int32) {
    var (place, before) = (head, Int32(-1))
    while place >= 0 {
      let next = holes[Int(place)].next
      if number.isBefore(holes[Int(place)].end) { before = place } else { unlink(place, after: before, &head) }
      place = next
    }
  }

  /// Closes all holes of an end.
  mutating func close(_ head: inout Int32) {
    while head >= 0 { unlink(head, after: -1, &head) }
  }

  private mutating func unlink(_ place: Int32, after before: Int32, _ head: inout Int32) {
    let next = holes[Int(place)].next
    if before >= 0 { holes[Int(before)].next = next } else { head = next }
    holes[Int(place)].next = free
    free = place
  }
}
