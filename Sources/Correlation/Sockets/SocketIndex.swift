/// From keys to sockets. Swift's dictionary hashes with a seed of the process, so strangers cannot choose the places.
struct SocketIndex: Sendable {
  private var table: [SocketKey: [SocketTie]] = [:]
  /// Rises whenever a key leads to one more socket: what had no socket may have one now.
  private(set) var version: UInt64 = 0

  /// How much later at most, in nanoseconds, with room to spare (`Timeline.lookahead`).
  private static let delay: Int64 = 1_000_000_000
  /// The most sockets that one key leads to.
  private static let mostTies = 1024

  func ties(_ key: SocketKey) -> [SocketTie] { table[key] ?? [] }

  mutating func add(_ key: SocketKey, _ tie: SocketTie, now: Int64) {
    version &+= 1
    var ties = table.removeValue(forKey: key) ?? []
    // Ports are used again and again: those long gone make room. Packets are asked about later than events are heard of.
    if ties.count >= 32 { ties.removeAll { $0.until.saturatingAdd($0.tail).saturatingAdd(Self.delay) < now } }
    if ties.count >= Self.mostTies { ties.removeFirst() }
    ties.append(tie)
    table[key] = ties
  }

  mutating func end(_ key: SocketKey, _ slot: Int32, at time: Int64) {
    guard let place = table[key]?.lastIndex(where: { $0.slot == slot }) else { return }
    table[key]?[place].until = time
  }

  mutating func remove(_ key: SocketKey, _ slot: Int32) {
    table[key]?.removeAll { $0.slot == slot }
    if table[key]?.isEmpty == true { table[key] = nil }
  }
}
