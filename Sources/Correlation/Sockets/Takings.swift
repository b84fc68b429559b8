import Events

/// What is taken out of sockets after the moment up to which events are observed: of what lies in a queue longer than that, who reads it.
/// Empty but while a packet waits for its reader. Bounded: later ones find no room.
struct Takings: Sendable {
  private static let limit = 1 << 15

  /// One receive, or the end of a connection.
  private struct One: Sendable {
    var time: Int64
    var cookie: UInt64
    var actor: Actor
    var bytes: Int64
    /// TCP: the number of the byte after them.
    var next: UInt32
    /// `payloadMark`; 0 when unknown.
    var mark: UInt64
    var isEnd: Bool
  }

  enum Answer {
    case nobody
    case one(Actor)
    /// Which of several cannot be said.
    case several
    /// TCP was done with it before anybody took it, or that cannot be said.
    case ended
  }

  /// By the kernel's address of the socket, or its cookie where that is not told.
  private var all: [UInt64: [One]] = [:]
  private(set) var count = 0
  /// Who began another process meanwhile.
  private var parents: Set<ProcessID> = []

  mutating func note(_ event: Event) {
    guard count < Self.limit else { return }
    if case .process(.create) = event.what, parents.insert(event.actor.process).inserted { count += 1 }
    guard case .socket(let socket) = event.what else { return }
    let isEnd =
      socket.action == .state && UInt8(truncatingIfNeeded: socket.detail) == TCPState.closed
    guard isEnd || socket.action == .receive && socket.result > 0 && !socket.isPeek else { return }
    count += 1
    all[socket.address != 0 ? socket.address : socket.socket.cookie, default: []].append(
      One(
        time: event.time.nanoseconds, cookie: socket.socket.cookie, actor: event.actor, bytes: socket.result,
        next: UInt32(truncatingIfNeeded: socket.detail >> 32), mark: socket.payloadMark, isEnd: isEnd))
  }

  mutating func forget() {
    all.removeAll(keepingCapacity: true)
    parents.removeAll(keepingCapacity: true)
    count = 0
  }

  func haveForked(_ process: ProcessID) -> Bool { parents.contains(process) }

  private func receives(_ entry: borrowing SocketEntry) -> [One] {
    all[entry.address != 0 ? entry.address : entry.id.cookie] ?? []
  }

  /// Who takes a byte of a stream.
  func taker(of sequence: UInt32, _ entry: borrowing SocketEntry) -> Answer {
    let cookie = entry.id.cookie
    var hasEnded = false
    // Somebody takes bytes of which the kernel has no numbers.
    var isUnnumbered = false
    var found: [One] = []
    // See `StreamBytes.reader(of:)`.
    var withEnd: [One] = []
    for one in receives(entry) where cookie == 0 || one.cookie == 0 || one.cookie == cookie {
      if one.isEnd { hasEnded = true } else if one.next == 0 { isUnnumbered = true }
      let behind = Int64(Int32(truncatingIfNeeded: one.next &- sequence))
      guard !one.isEnd, one.next != 0, behind > 0 else { continue }
      if behind <= one.bytes { found.append(one) } else if behind == one.bytes + 1 { withEnd.append(one) }
    }
    if found.isEmpty { found = withEnd }
    if found.isEmpty, hasEnded || isUnnumbered { return .ended }
    return Self.agreed(found)
  }

  /// Who takes a datagram: one of its bytes, or where these are not known of its length.
  func taker(of mark: UInt64, _ length: Int64, _ entry: borrowing SocketEntry) -> Answer {
    let cookie = entry.id.cookie
    return Self.agreed(
      receives(entry).filter { one in
        guard cookie == 0 || one.cookie == 0 || one.cookie == cookie, !one.isEnd else { return false }
        return one.mark != 0 && mark != 0 ? one.mark == mark : one.bytes == length
      })
  }

  private static func agreed(_ found: [One]) -> Answer {
    guard let first = found.min(by: { $0.time < $1.time }) else { return .nobody }
    return found.allSatisfy { $0.actor.process == first.actor.process } ? .one(first.actor) : .several
  }
}
