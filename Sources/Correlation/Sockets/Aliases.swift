/// Other ends that lead to a socket, each once, in the order in which they were heard of.
struct Aliases: Sendable {
  private(set) var all: Set<SocketKey> = []
  private var order = Queue<SocketKey>()

  var count: Int { all.count }

  /// False when it is there already.
  mutating func add(_ key: SocketKey) -> Bool {
    guard all.insert(key).inserted else { return false }
    order.append(key)
    return true
  }

  mutating func removeOldest() -> SocketKey? {
    guard let oldest = order.popFirst() else { return nil }
    all.remove(oldest)
    return oldest
  }
}
