import Events

/// Which bytes of a stream each of its senders wrote, by TCP's own numbers: the sequence number that was next when a send was done, and how
/// many bytes it was.
///
/// Where the kernel tells of changes of hands, they say it. Else: between the end of a send and the word of it another process may write; then two claim the same bytes, and some before are missing: of all
/// between these it cannot be said whose they are. Where nothing is missing and nothing is claimed twice, all is right. Bounded: the oldest are forgotten.
struct StreamBytes: Sendable {
  struct Range: Sendable, BitwiseCopyable {
    /// Sequence numbers, counted on where 32 bits end; `end` is the first that is not in it.
    var start: UInt64
    var end: UInt64
    /// A user of the socket; -1 where several claim it.
    var user: Int32
  }
  static let contested: Int32 = -1

  /// By sequence number; none overlaps another.
  private(set) var ranges: [Range] = []
  private var hasForgotten = false
  /// From which byte on who writes, where the kernel told of changes of hands; and who had written all before.
  private var hands: [(start: UInt64, process: ProcessID)] = []
  private var firstWriter: UInt32 = 0

  var tellsHands: Bool { !hands.isEmpty }
  var isKnown: Bool { tellsHands || !ranges.isEmpty }

  /// Another process writes now. What it finds no room for it will write later, and tell of again if somebody else did meanwhile.
  mutating func change(to process: ProcessID, _ event: SocketEvent, limit: Int) {
    let start = number(UInt32(truncatingIfNeeded: event.detail))
    if hands.isEmpty { firstWriter = UInt32(truncatingIfNeeded: event.peer) }
    while let last = hands.last, last.start >= start { hands.removeLast() }
    if hands.count >= limit {
      let forgotten = hands.count / 4 + 1
      firstWriter = hands[forgotten - 1].process.pid
      hands.removeFirst(forgotten)
    }
    hands.append((start, process))
  }

  /// Who wrote the byte, by pid: the last one that had begun to write when it was written.
  func writer(of sequence: UInt32) -> UInt32 {
    let place = number(sequence)
    var low = 0
    var high = hands.count
    while low < high {
      let middle = (low + high) / 2
      if hands[middle].start <= place { low = middle + 1 } else { high = middle }
    }
    return low == 0 ? firstWriter : hands[low - 1].process.pid
  }

  /// A send of so many bytes was done, and `next` was the sequence number of the next byte.
  mutating func add(_ user: Int32, bytes: UInt64, next: UInt32, limit: Int) {
    guard bytes > 0 else { return }
    let end = number(next)
    let start = end - min(bytes, end)
    guard let last = ranges.last, last.end > start else {
      append(Range(start: start, end: end, user: user), limit: limit)
      return
    }
    var first = ranges.count - 1
    while first > 0, ranges[first - 1].end > start { first -= 1 }
    // What somebody claims too late is missing before, and what lies between may have been claimed by others in the same way.
    let before = afterMissing(first)
    let isOwn = ranges[before...].allSatisfy { $0.user == user }
    if !isOwn { first = before }
    let missing = first > 0 && !isOwn ? ranges[first - 1].end : .max
    let union = Range(
      start: min(start, ranges[first].start, missing), end: max(end, last.end), user: isOwn ? user : Self.contested)
    ranges.removeSubrange(first...)
    append(union, limit: limit)
  }

  /// The range behind the last bytes before one that nobody has claimed. Where none are known to be missing they are among what is contested already, or
  /// came before the first range.
  private func afterMissing(_ index: Int) -> Int {
    var first = index
    var contested = ranges[index].user == Self.contested ? index : nil
    while first > 0, ranges[first - 1].end == ranges[first].start {
      first -= 1
      if ranges[first].user == Self.contested { contested = first }
    }
    return first > 0 ? first : contested ?? (hasForgotten ? index : 0)
  }

  private mutating func append(_ range: Range, limit: Int) {
    if let last = ranges.indices.last, ranges[last].user == range.user, ranges[last].end == range.start {
      ranges[last].end = range.end
      return
    }
    if ranges.count >= limit {
      ranges.removeFirst(ranges.count / 4 + 1)
      hasForgotten = true
    }
    ranges.append(range)
  }

  /// Users have new numbers; -1 is one who was forgotten: whose his bytes were cannot be said.
  mutating func renumber(_ numbers: [Int32]) {
    for index in ranges.indices where ranges[index].user >= 0 {
      ranges[index].user = numbers[Int(ranges[index].user)]
    }
  }

  /// The number of the byte before which so many were written, of a stream of which all since its beginning was told of; nil where it may not be: something is missing
  /// before it, or what was claimed twice may have been before the first.
  func number(after count: UInt32) -> UInt32? {
    guard !hasForgotten, let first = ranges.first, let last = ranges.last, first.user != Self.contested,
      last.end - first.start < 1 << 31
    else { return nil }
    let place = first.start + UInt64(count)
    let index = ranges.firstIndex { place < $0.end } ?? ranges.count - 1
    let isWhole = (0..<index).allSatisfy { ranges[$0].end == ranges[$0 + 1].start }
    return isWhole ? UInt32(truncatingIfNeeded: place) : nil
  }

  /// Whether the byte, or one behind it, is known to be somebody's.
  func reaches(_ sequence: UInt32) -> Bool {
    guard let last = ranges.last else { return false }
    return number(sequence) < last.end
  }

  /// Who wrote the byte: a user, `contested`, or nil when nobody is known to have.
  func user(of sequence: UInt32) -> Int32? {
    guard !ranges.isEmpty else { return nil }
    let place = number(sequence)
    var low = 0
    var high = ranges.count
    while low < high {
      let middle = (low + high) / 2
      if ranges[middle].end <= place { low = middle + 1 } else { high = middle }
    }
    return low < ranges.count && ranges[low].start <= place ? ranges[low].user : nil
  }

  /// Who read the byte. A receive that also came to the other side's FIN counts that as a byte (`tcp_recvmsg_locked`), so that it seems to begin with
  /// its second one.
  func reader(of sequence: UInt32) -> Int32? { user(of: sequence) ?? user(of: sequence &+ 1) }

  /// The number that ends in these 32 bits and lies nearest to what was written last.
  private func number(_ sequence: UInt32) -> UInt64 {
    // Far enough from zero for the first sends to begin below it.
    let last = max(ranges.last?.end ?? 0, hands.last?.start ?? 0)
    guard last > 0 else { return 1 << 40 | UInt64(sequence) }
    let distance = Int64(Int32(truncatingIfNeeded: sequence &- UInt32(truncatingIfNeeded: last)))
    return UInt64(bitPattern: Int64(bitPattern: last) &+ distance)
  }
}
