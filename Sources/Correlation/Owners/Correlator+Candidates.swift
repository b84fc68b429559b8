import Events

extension Correlator {
  /// Fills `candidates` with the sockets that a key leads to and that this end of the packet fits, as of its time.
  /// Answers true when some fit but for their network namespace.
  /// - Parameter begins: the packet is a connection's first.
  @discardableResult
  mutating func gather(_ key: SocketKey, _ side: Side, _ namespace: UInt64, _ asOf: inout AsOf, begins: Bool = false)
    -> Bool
  {
    let isForeign = collect(key, side, namespace, &asOf, begins: begins)
    if device != 0 {
      if candidates.contains(where: { bound($0) != 0 }),
        candidates.allSatisfy({ bound($0) != 0 && bound($0) != device })
      {
        // One of this interface may have the same ends, and be told of a moment later.
        let (found, rank) = (candidates, nearestRank)
        asOf.once()
        collect(key, side, namespace, &asOf, begins: begins, onlyOfDevice: true)
        if candidates.isEmpty { (candidates, nearestRank) = (found, rank) }
      }
      preferDevice(side, &asOf)
    }
    if key.kind == .port, candidates.count > 1, !side.isOutgoing, !side.local.address.isGroup { preferBound(side) }
    if key.kind == .port, candidates.count > 1, key.proto == 6 || !side.isOutgoing { preferFamily(side) }
    return isForeign && candidates.isEmpty
  }

  /// The number of the interface that a socket is bound to; 0 for none.
  private func bound(_ slot: Int32) -> UInt32 { sockets.entries[Int(slot)].interface }

  @discardableResult
  private mutating func collect(
    _ key: SocketKey, _ side: Side, _ namespace: UInt64, _ asOf: inout AsOf, begins: Bool, onlyOfDevice: Bool = false
  ) -> Bool {
    candidates.removeAll(keepingCapacity: true)
    var isForeign = false
    nearestRank = .max
    var latest = Int64.min
    let isNobodys = isOthers && !side.isOutgoing && key.kind == .port
    for tie in sockets.index.ties(key)
    where !isNobodys && fits(tie, side) && (!onlyOfDevice || bound(tie.slot) == device)
      && !(isPassedOn && key.kind == .port && tie.local.isAny)
    {
      // A connection that nobody has told of yet has begun when its SYN was seen; of anything else nothing comes before it begins.
      let isBegun = key.kind != .ends || key.proto != 6 || begins || sockets.entries[Int(tie.slot)].sendBase != nil
      guard let rank = tie.rank(&asOf, isBegun: isBegun) else { continue }
      // What comes in when nobody has the port any more is taken by nobody; while it is on its way to somebody, by him.
      if key.proto == 17, !side.isOutgoing, !sockets.entries[Int(tie.slot)].isElsewhere,
        asOf.isAfter(tie.until.saturatingAdd(limits.passingLag))
      {
        continue
      }
      if rank > SocketTie.doubtful, begins || key.proto == 17 && side.isOutgoing, isOthersByNow(Int(tie.slot), begins) {
        continue
      }
      guard namespace == 0 || tie.namespace == 0 || tie.namespace == namespace else {
        isForeign = true
        continue
      }
      if rank > nearestRank { continue }
      // Of those that were there at the moment several may be right; of those that were not, only the nearest.
      if rank < nearestRank || rank > 0 { candidates.removeAll(keepingCapacity: true) }
      // In one namespace two sockets with the same ends follow each other; the later one is the one that is there.
      // Each of two that are bound to interfaces may have the ends of the other.
      if key.kind == .ends, namespace != 0, let first = candidates.first,
        sockets.entries[Int(first)].interface == sockets.entries[Int(tie.slot)].interface
      {
        if tie.from < latest { continue }
        candidates.removeAll(keepingCapacity: true)
      }
      nearestRank = rank
      latest = tie.from
      if !candidates.contains(tie.slot) { candidates.append(tie.slot) }
    }
    return isForeign
  }

  /// Whether what leaves the ends of a socket that is gone is not its own: no connection begins again, and whoever has a port next may be known by
  /// events that were lost.
  private func isOthersByNow(_ slot: Int, _ begins: Bool) -> Bool { begins || sockets.entries[slot].losses != losses }

  private func fits(_ tie: SocketTie, _ side: Side) -> Bool {
    // An IPv6 socket takes IPv4 too; one of IPv4 never takes IPv6.
    if tie.family == 2, side.local.address.version == 6 { return false }
    if !tie.local.isAny, tie.local != side.local.address, !side.local.address.isGroup { return false }
    guard tie.remote.address.isAny || tie.remote.address == side.remote.address else { return false }
    return tie.remote.port == 0 || tie.remote.port == side.remote.port
  }

  /// What passes an interface is none of a socket's that is bound to another (SO_BINDTODEVICE), unless nobody else has it: a VRF's device stands for
  /// those in it. What comes in goes to one that is bound to it, before one that is bound to none.
  private mutating func preferDevice(_ side: Side, _ asOf: inout AsOf) {
    guard candidates.contains(where: { bound($0) != 0 }) else { return }
    // The same conversation on another interface may be another's.
    asOf.once()
    guard candidates.count > 1 else { return }
    let own = side.isOutgoing ? [] : candidates.filter { bound($0) == device }
    let rest = own.isEmpty ? candidates.filter { bound($0) == 0 || bound($0) == device } : own
    if !rest.isEmpty { candidates = rest }
  }

  /// IPv4 goes to a socket of IPv4 before one of IPv6 that takes both (`compute_score` of net/ipv4/inet_hashtables.c and udp.c); mostly the other
  /// takes IPv6 alone, as servers have it that listen to both.
  private mutating func preferFamily(_ side: Side) {
    guard side.local.address.version == 4 else { return }
    let own = candidates.filter { sockets.entries[Int($0)].family == 2 }
    if !own.isEmpty { candidates = own }
  }

  /// What comes in goes to a socket that is bound to the address, before one that is bound to any.
  private mutating func preferBound(_ side: Side) {
    let bound = candidates.filter { sockets.entries[Int($0)].local.address == side.local.address }
    if !bound.isEmpty { candidates = bound }
  }
}
