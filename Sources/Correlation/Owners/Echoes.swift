/// What is known of echoes: requests that the kernel will answer by itself, and which raw socket uses which identifier.
struct Echoes: Sendable {
  private struct Request: Sendable, BitwiseCopyable {
    var identifier: UInt16
    var sequence: UInt16
    var time: Int64
  }
  private struct User: Sendable, Hashable {
    var identifier: UInt16
    var namespace: UInt64
  }
  private static let places = 1024
  /// How long the kernel may take, in nanoseconds.
  private static let patience: Int64 = 1_000_000_000

  /// Empty until the first request; a newer one takes the place of an older.
  private var requests: [Request?] = []
  private var users: [User: SocketReference] = [:]

  private func place(_ identifier: UInt16, _ sequence: UInt16) -> Int {
    Int(identifier &* 31 &+ sequence) & (Self.places - 1)
  }

  mutating func note(_ identifier: UInt16, _ sequence: UInt16, at time: Int64) {
    if requests.isEmpty { requests = [Request?](repeating: nil, count: Self.places) }
    requests[place(identifier, sequence)] = Request(identifier: identifier, sequence: sequence, time: time)
  }

  /// Whether a reply answers a request that was seen.
  func answers(_ identifier: UInt16, _ sequence: UInt16, at time: Int64) -> Bool {
    guard !requests.isEmpty, let request = requests[place(identifier, sequence)] else { return false }
    return request.identifier == identifier && request.sequence == sequence
      && (0...Self.patience).contains(time.saturatingSubtract(request.time))
  }

  /// A socket sends echoes with this identifier.
  mutating func learn(_ identifier: UInt16, _ namespace: UInt64, _ socket: SocketReference) {
    // Identifiers are 16 bits, but namespaces are many.
    if users.count >= 1 << 16 { users.removeAll() }
    users[User(identifier: identifier, namespace: namespace)] = socket
  }

  func socket(_ identifier: UInt16, _ namespace: UInt64) -> SocketReference? {
    users[User(identifier: identifier, namespace: namespace)]
  }
}
