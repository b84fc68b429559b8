import Events

/// A frame that the kernel told of as it left, or as a socket was given it.
struct Transmission: Sendable, BitwiseCopyable {
  /// Just after packet sockets saw it, nanoseconds since 1970; what came in may have waited for longer.
  var time: Int64
  var socket: SocketReference
  var namespace: UInt64
  /// Who was running: the sender, unless the frame had waited for something.
  var process: ProcessID
  /// The pid of who gave it to the interface's queue; 0 when that is not known.
  var sender: UInt32 = 0
  /// `frameMark`.
  var mark: UInt64
}

/// The latest of all sockets, by time and by mark. Bounded: of the last second, and of them no more than there is room for.
struct Transmissions: Sendable {
  private static let memory: Int64 = 1_000_000_000
  private static let limit = 1 << 16
  /// Nanoseconds by which two clocks that were paired may differ.
  private static let inaccuracy: Int64 = 50_000
  private var recent = Recent<Transmission>()
  /// By mark, the numbers of those that have it.
  private var places: [UInt64: Numbers] = [:]

  /// Ascending; taken from the front.
  private struct Numbers: Sendable {
    private(set) var all: [UInt64] = []
    private var head = 0
    var count: Int { all.count - head }
    subscript(index: Int) -> UInt64 { all[head + index] }

    mutating func append(_ number: UInt64) { all.append(number) }

    mutating func removeFirst() {
      head += 1
      guard head >= 32, head * 2 >= all.count else { return }
      all.removeFirst(head)
      head = 0
    }
  }

  var isEmpty: Bool { recent.count == 0 }
  var forgotten: UInt64 { recent.forgotten }

  mutating func append(_ transmission: Transmission) {
    while recent.count > 0,
      recent.count >= Self.limit || recent[0].time < transmission.time.saturatingSubtract(Self.memory)
    {
      forgetFirst()
    }
    places[transmission.mark, default: Numbers()].append(recent.forgotten &+ UInt64(recent.count))
    recent.append(transmission, limit: Self.limit)
  }

  private mutating func forgetFirst() {
    let mark = recent[0].mark
    if places[mark]?.count == 1 { places[mark] = nil } else { places[mark]?.removeFirst() }
    recent.forgetFirst()
  }

  /// The frames with a mark whose times lie in a span, in the order in which they were told of.
  private func frames(_ mark: UInt64, _ namespace: UInt64, in span: ClosedRange<Int64>) -> [Transmission] {
    guard let numbers = places[mark] else { return [] }
    var low = 0
    var high = numbers.count
    while low < high {
      let middle = (low + high) / 2
      if self[numbers[middle]].time < span.lowerBound { low = middle + 1 } else { high = middle }
    }
    var found: [Transmission] = []
    while low < numbers.count, self[numbers[low]].time <= span.upperBound {
      let one = self[numbers[low]]
      if namespace == 0 || one.namespace == 0 || one.namespace == namespace { found.append(one) }
      low += 1
    }
    return found
  }

  private subscript(number: UInt64) -> Transmission { recent[Int(number &- recent.forgotten)] }

  /// Of the frames with a mark the one that is nearest to a moment, and at most `patience` away.
  func nearest(_ mark: UInt64, _ namespace: UInt64, at time: Int64, patience: Int64) -> Transmission? {
    frames(mark, namespace, in: time.saturatingSubtract(patience)...time.saturatingAdd(patience))
      .min { $0.time.saturatingSubtract(time).magnitude < $1.time.saturatingSubtract(time).magnitude }
  }

  /// The sockets that were given frames with a mark, at most `patience` after a moment, each with the least time after it; a clock's
  /// inaccuracy before it, too. The nearest comes first.
  func receivers(
    _ mark: UInt64, _ namespace: UInt64, at time: Int64, patience: Int64
  ) -> [(socket: SocketReference, distance: Int64)] {
    var found: [(socket: SocketReference, distance: Int64)] = []
    let span = time.saturatingSubtract(Self.inaccuracy)...time.saturatingAdd(patience)
    for one in frames(mark, namespace, in: span) {
      let distance = one.time.saturatingSubtract(time)
      if let known = found.firstIndex(where: { $0.socket == one.socket }) {
        found[known].distance = min(found[known].distance, distance)
      } else {
        found.append((one.socket, distance))
      }
    }
    return found.sorted { $0.distance < $1.distance }
  }

  func has(_ mark: UInt64) -> Bool { places[mark] != nil }

  /// How many frames of a socket left in a process's time, after `start` and up to `end`.
  /// - Parameter process: nil for anybody's.
  func count(
    of socket: SocketReference, by process: ProcessID? = nil, after start: Int64, upTo end: Int64
  ) -> Int {
    var index = recent.first(from: start.saturatingAdd(1)) { $0.time }
    var found = 0
    while index < recent.count, recent[index].time <= end {
      if recent[index].socket == socket, process == nil || recent[index].process == process { found += 1 }
      index += 1
    }
    return found
  }
}
