import Events

extension Correlator {
  /// Fills `candidates` with the sockets that a key leads to and that this end of the packet fits, as of its time.
  /// Answers true when some fit but for their network namespace.
  @discardableResult
  mutating func gather(_ key: SocketKey, _ side: Side, _ namespace: UInt64, _ asOf: inout AsOf) -> Bool {
    candidates.removeAll(keepingCapacity: true)
    var isForeign = false
    var nearest = Int64.max
    var latest = Int64.min
    for tie in sockets.index.ties(key) where fits(tie, side) {
      guard let distance = tie.distance(&asOf) else { continue }
      guard namespace == 0 || tie.namespace == 0 || tie.namespace == namespace else {
        isForeign = true
        continue
      }
      if distance > nearest { continue }
      // Of those that were there at the moment several may be right; of those that were not, only the nearest.
      if distance < nearest || distance > 0 { candidates.removeAll(keepingCapacity: true) }
      // In one namespace two sockets with the same ends follow each other; the later one is the one that is there.
      if key.kind == .ends, namespace != 0, !candidates.isEmpty {
        if tie.from < latest { continue }
        candidates.removeAll(keepingCapacity: true)
      }
      nearest = distance
      latest = tie.from
      if !candidates.contains(tie.slot) { candidates.append(tie.slot) }
    }
    if key.kind == .port, candidates.count > 1, !side.isOutgoing, !side.local.address.isGroup { preferBound(side) }
    return isForeign && candidates.isEmpty
  }

  private func fits(_ tie: SocketTie, _ side: Side) -> Bool {
    // An IPv6 socket takes IPv4 too; one of IPv4 never takes IPv6.
    if tie.family == 2, side.local.address.version == 6 { return false }
    if !tie.local.isAny, tie.local != side.local.address, !side.local.address.isGroup { return false }
    guard tie.remote.address.isAny || tie.remote.address == side.remote.address else { return false }
    return tie.remote.port == 0 || tie.remote.port == side.remote.port
  }

  /// What comes in goes to a socket that is bound to the address, before one that is bound to any.
  private mutating func preferBound(_ side: Side) {
    let bound = candidates.filter { sockets.entries[Int($0)].local.address == side.local.address }
    if !bound.isEmpty { candidates = bound }
  }
}
