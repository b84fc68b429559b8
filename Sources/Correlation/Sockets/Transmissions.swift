import Events

/// A frame that the kernel told of as it left.
struct Transmission: Sendable, BitwiseCopyable {
  /// Just after packet sockets saw it, nanoseconds since 1970.
  var time: Int64
  var socket: SocketReference
  var namespace: UInt64
  /// Who was running: the sender, unless the frame had waited for something.
  var process: ProcessID
  /// `frameMark`.
  var mark: UInt64
}

/// The latest of all sockets, by time and by mark. Bounded: of the last second, and of them no more than there is room for.
struct Transmissions: Sendable {
  private static let memory: Int64 = 1_000_000_000
  private static let limit = 1 << 16
  private var recent = Recent<Transmission>()
  /// By mark, the numbers of those that have it.
  private var places: [UInt64: [UInt64]] = [:]

  var isEmpty: Bool { recent.count == 0 }
  var forgotten: UInt64 { recent.forgotten }

  mutating func append(_ transmission: Transmission) {
    while recent.count > 0,
      recent.count >= Self.limit || recent[0].time < transmission.time.saturatingSubtract(Self.memory)
    {
      forgetFirst()
    }
    places[transmission.mark, default: []].append(recent.forgotten &+ UInt64(recent.count))
    recent.append(transmission, limit: Self.limit)
  }

  private mutating func forgetFirst() {
    let mark = recent[0].mark
    if places[mark]?.count == 1 { places[mark] = nil } else { places[mark]?.removeFirst() }
    recent.forgetFirst()
  }

  /// Of the frames with a mark the one that is nearest to a moment, and at most `patience` away.
  func nearest(_ mark: UInt64, _ namespace: UInt64, at time: Int64, patience: Int64) -> Transmission? {
    var best: (transmission: Transmission, distance: Int64)?
    for number in places[mark] ?? [] {
      let transmission = recent[Int(number &- recent.forgotten)]
      guard namespace == 0 || transmission.namespace == 0 || transmission.namespace == namespace else { continue }
      let distance = Int64(clamping: time.saturatingSubtract(transmission.time).magnitude)
      if distance <= patience, distance < best?.distance ?? .max { best = (transmission, distance) }
    }
    return best?.transmission
  }

  /// How many frames of a socket left in a process's time, after `start` and up to `end`.
  func count(of socket: SocketReference, by process: ProcessID, after start: Int64, upTo end: Int64) -> Int {
    var index = recent.first(from: start.saturatingAdd(1)) { $0.time }
    var found = 0
    while index < recent.count, recent[index].time <= end {
      if recent[index].socket == socket, recent[index].process == process { found += 1 }
      index += 1
    }
    return found
  }
}
