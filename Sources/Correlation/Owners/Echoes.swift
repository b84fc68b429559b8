import Dissection

/// What is known of echoes: requests that the kernel will answer by itself, which raw socket uses which identifier, and who asked what.
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
  /// A request, as its answer has it too, through a socket.
  struct Asked: Sendable, Hashable, BitwiseCopyable {
    private var identifier: UInt16
    private var sequence: UInt16
    /// `payloadMark` of what they carry.
    private var mark: UInt64
    private var slot: Int32
    private var serial: UInt64

    init(_ layers: Layers, _ mark: UInt64, _ socket: SocketReference) {
      identifier = layers.echoIdentifier
      sequence = layers.echoSequence
      self.mark = mark
      slot = socket.slot
      serial = socket.serial
    }

    fileprivate var place: Int {
      let word = mark ^ UInt64(identifier) << 16 ^ UInt64(sequence) ^ serial << 32
      return Int(truncatingIfNeeded: (word &* 0x9e37_79b9_7f4a_7c15) >> 54)
    }
  }
  private struct Asker: Sendable, BitwiseCopyable {
    var asked: Asked
    var party: Party
    var time: Int64
    /// Another asked the same: whose the answer is cannot be said.
    var isShared: Bool
  }
  private static let places = 1024
  /// How long the kernel may take, in nanoseconds.
  private static let patience: Int64 = 1_000_000_000
  /// How long an answer may take to come, in nanoseconds.
  private static let longest: Int64 = 10_000_000_000

  /// Empty until the first request; a newer one takes the place of an older.
  private var requests: [Request?] = []
  private var users: [User: SocketReference] = [:]
  /// Likewise.
  private var askers: [Asker?] = []

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

  /// A process sent a request.
  mutating func ask(_ asked: Asked, by party: Party, at time: Int64) {
    if askers.isEmpty { askers = [Asker?](repeating: nil, count: Self.places) }
    let before = askers[asked.place]
    let isShared =
      before.map {
        $0.asked == asked && time.saturatingSubtract($0.time) < Self.longest
          && ($0.isShared || $0.party.process != party.process)
      } ?? false
    askers[asked.place] = Asker(asked: asked, party: party, time: time, isShared: isShared)
  }

  /// Who alone asked what an answer answers.
  func asker(_ asked: Asked, at time: Int64) -> Party? {
    guard !askers.isEmpty, let one = askers[asked.place], one.asked == asked, !one.isShared,
      (0..<Self.longest).contains(time.saturatingSubtract(one.time))
    else { return nil }
    return one.party
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
