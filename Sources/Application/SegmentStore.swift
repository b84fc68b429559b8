import Bytes

/// Segments that came before those that belong in front of them: per direction a list, by sequence number.
struct SegmentStore: Sendable {
  /// The most segments of one direction, and the most bytes of all, that wait.
  static let limit = 64
  static let byteLimit = 8 << 20

  struct Kept: Sendable {
    var sequence: UInt32
    var bytes: [UInt8]
    /// Bytes after these that the capture cut off.
    var missing: Int
    /// The next of the list; -1 at its end.
    fileprivate var next: Int32
  }
  private var segments: [Kept] = []
  private var free: [Int32] = []
  private var bytes = 0

  /// Keeps a segment in a list.
  /// - Returns: false when there is no room for it.
  mutating func keep(_ payload: RawSpan, at sequence: UInt32, missing: Int, in list: inout Int32) -> Bool {
    guard bytes &+ payload.byteCount <= Self.byteLimit else { return false }
    var previous: Int32 = -1
    var place = list
    var count = 0
    while place >= 0, Int32(bitPattern: segments[Int(place)].sequence &- sequence) <= 0 {
      let known = segments[Int(place)]
      // A repetition.
      if known.sequence == sequence, known.bytes.count >= payload.byteCount { return true }
      previous = place
      place = known.next
      count &+= 1
    }
    guard count < Self.limit else { return false }
    var kept = Kept(sequence: sequence, bytes: [], missing: missing, next: place)
    let index: Int32
    if let freed = free.popLast() {
      swap(&kept.bytes, &segments[Int(freed)].bytes)
      kept.bytes.append(payload)
      segments[Int(freed)] = kept
      index = freed
    } else {
      kept.bytes.append(payload)
      index = Int32(segments.count)
      segments.append(kept)
    }
    bytes &+= payload.byteCount
    if previous < 0 { list = index } else { segments[Int(previous)].next = index }
    return true
  }

  /// Where the list's first segment starts.
  func first(of list: Int32) -> UInt32? { list < 0 ? nil : segments[Int(list)].sequence }

  /// Takes the list's first segment out when it starts at or before `sequence` and ends after it; those that end before are dropped.
  mutating func next(of list: inout Int32, at sequence: UInt32) -> Kept? {
    while list >= 0 {
      let index = Int(list)
      let start = Int(Int32(bitPattern: segments[index].sequence &- sequence))
      guard start <= 0 else { return nil }
      var kept = Kept(sequence: segments[index].sequence, bytes: [], missing: segments[index].missing, next: list)
      swap(&kept.bytes, &segments[index].bytes)
      bytes &-= kept.bytes.count
      list = segments[index].next
      if start &+ kept.bytes.count &+ kept.missing > 0 { return kept }
      giveBack(kept)
    }
    return nil
  }

  /// A segment that was taken out is read: its room is for another.
  mutating func giveBack(_ kept: Kept) {
    let index = Int(kept.next)
    segments[index].bytes = kept.bytes
    segments[index].bytes.removeAll(keepingCapacity: kept.bytes.capacity <= 1 << 14)
    free.append(kept.next)
  }

  mutating func drop(_ list: inout Int32) {
    while list >= 0 {
      let index = Int(list)
      let next = segments[index].next
      bytes &-= segments[index].bytes.count
      segments[index].bytes.removeAll(keepingCapacity: segments[index].bytes.capacity <= 1 << 14)
      free.append(list)
      list = next
    }
  }
}
