import Events

/// The sockets of a run, by what identifies them: the cookie with its namespace's, or, before there is one, the kernel's address.
///
/// Bounded: when it is full, a new socket takes the place of the one that was closed longest ago, or of one that was quiet for long.
struct SocketTable: Sendable {
  var entries: [SocketEntry] = []
  /// Beside `entries`: changes whenever an answer about the socket may.
  var versions: [UInt32] = []
  private(set) var index = SocketIndex()
  private var cookies: [SocketID: Int32] = [:]
  /// The socket that has an address now; addresses are used again.
  private var addresses: [UInt64: Int32] = [:]
  private var closed = Queue<SocketReference>()
  private var serial: UInt64 = 0
  private var hand = 0
  let limits: CorrelationLimits
  private(set) var evictions: UInt64 = 0
  /// Ends of sockets that gave way to newer ones of theirs.
  private(set) var evictedAliases: UInt64 = 0

  init(_ limits: CorrelationLimits) { self.limits = limits }

  /// The entry a reference means, unless it has gone.
  func slot(of reference: SocketReference) -> Int? {
    let slot = Int(reference.slot)
    return slot < entries.count && entries[slot].serial == reference.serial ? slot : nil
  }

  /// The kernel told which MPTCP socket, by its address, a subflow belongs to.
  mutating func adopt(_ slot: Int, by address: UInt64) {
    if entries[slot].parent != address { entries[slot].connection = nil }
    entries[slot].parent = address
    guard entries[slot].connection == nil, let place = addresses[address].map(Int.init), place != slot,
      entries[place].isMultipath, entries[place].dead == .max
    else { return }
    entries[slot].connection = reference(place)
  }

  /// The MPTCP socket that a subflow belongs to, or that has the ends itself; nil for what is none.
  func multipath(of slot: Int) -> Int? {
    if entries[slot].isMultipath { return slot }
    if let connection = entries[slot].connection { return self.slot(of: connection) }
    // It may be heard of only when it is accepted.
    guard entries[slot].parent != 0, let place = addresses[entries[slot].parent].map(Int.init),
      entries[place].isMultipath, entries[place].first <= entries[slot].dead
    else { return nil }
    return place
  }

  func slot(of id: SocketID) -> Int? { cookies[id].map(Int.init) }

  /// The socket that has an address now, or had it last.
  func slot(at address: UInt64) -> Int? { address == 0 ? nil : addresses[address].map(Int.init) }

  func reference(_ slot: Int) -> SocketReference {
    SocketReference(slot: Int32(truncatingIfNeeded: slot), serial: entries[slot].serial)
  }

  /// The socket with that cookie, which has that address; nil when there is none.
  mutating func slot(_ id: SocketID, at address: UInt64) -> Int? {
    guard id.cookie != 0, let known = cookies[id] else { return nil }
    if address != 0, entries[Int(known)].address == 0 {
      entries[Int(known)].address = address
      addresses[address] = known
    }
    return Int(known)
  }

  /// The socket of an event, entered if it is new; nil when the event does not say which it is.
  /// - Parameter fresh: the event makes a socket, so an address that is known is another's that is gone.
  mutating func slot(_ id: SocketID, address: UInt64, fresh: Bool, at time: Int64) -> Int? {
    if let known = slot(id, at: address) { return known }
    if address != 0, !fresh, let known = addresses[address] {
      let slot = Int(known)
      let other = entries[slot].id
      if other.namespace == id.namespace || other.namespace == 0 || id.namespace == 0,
        other.cookie == 0 || id.cookie == 0
      {
        if id.cookie != 0 { identify(slot, as: id) }
        return slot
      }
    }
    guard id.cookie != 0 || address != 0 else { return nil }
    return insert(id, address: address, at: time)
  }

  /// A socket that was known by its address got its cookie.
  private mutating func identify(_ slot: Int, as id: SocketID) {
    entries[slot].id = SocketID(
      cookie: id.cookie, namespace: id.namespace == 0 ? entries[slot].id.namespace : id.namespace)
    cookies[entries[slot].id] = Int32(truncatingIfNeeded: slot)
    versions[slot] &+= 1
  }

  // MARK: Keys

  /// Notes what leads to the socket from `time` on, and that what did before no longer does. `previous` is when it was heard of before, which
  /// is when the change can have been at the earliest.
  mutating func tie(_ slot: Int, to key: SocketKey?, from previous: Int64?, at time: Int64) {
    let place = Int32(truncatingIfNeeded: slot)
    let local = entries[slot].local.address
    let remote = entries[slot].remote
    if let old = entries[slot].key {
      if old == key, entries[slot].tiedLocal == local, entries[slot].tiedRemote == remote {
        // The same as before: a tie that seemed to have ended has not.
        if entries[slot].isUntied {
          index.end(old, place, at: .max)
          entries[slot].isUntied = false
          versions[slot] &+= 1
        }
        return
      }
      untie(slot, at: time)
    }
    entries[slot].key = key
    entries[slot].tiedLocal = local
    entries[slot].tiedRemote = remote
    entries[slot].isUntied = false
    versions[slot] &+= 1
    guard let key else { return }
    let sinceHeard = previous.map { time.saturatingSubtract($0).saturatingAdd(1_000_000) } ?? 0
    let isFirst = previous == nil && entries[slot].isFound
    let tie = SocketTie(
      slot: place, namespace: entries[slot].id.namespace, family: entries[slot].family, local: local, remote: remote,
      from: isFirst ? .min : time, until: .max,
      lead: entries[slot].isBorn ? max(sinceHeard, 1_000_000) : max(sinceHeard, limits.handshake),
      tail: entries[slot].isTCP ? limits.timeWait : limits.closedLag)
    if !entries[slot].keys.contains(key) {
      entries[slot].keys.append(key)
      if entries[slot].keys.count > 32 { index.remove(entries[slot].keys.removeFirst(), place) }
    }
    // Whoever is found by the same key, or by a wider one, is no longer the only answer.
    touch(key)
    if key.kind == .ends { touch(.port(key.proto, key.local.port)) }
    index.add(key, tie, now: time)
  }

  /// What leads to the socket now leads to it until `time`; after that only its last packets.
  mutating func untie(_ slot: Int, at time: Int64) {
    guard let key = entries[slot].key else { return }
    index.end(key, Int32(truncatingIfNeeded: slot), at: time)
    entries[slot].isUntied = true
    versions[slot] &+= 1
  }

  /// Notes that other ends lead to the socket too, beside its own and for as long as it is there. The word of it comes with a packet that
  /// leaves; what it answers came in before.
  mutating func alias(_ slot: Int, _ key: SocketKey, at time: Int64) {
    let place = Int32(truncatingIfNeeded: slot)
    let tie = SocketTie(
      slot: place, namespace: entries[slot].id.namespace, family: entries[slot].family, local: key.local.address,
      remote: key.remote, from: time, until: .max, lead: limits.sendLead,
      tail: entries[slot].isTCP ? limits.timeWait : limits.closedLag)
    guard entries[slot].aliases.add(key) else { return }
    if entries[slot].aliases.count > limits.aliasesPerSocket, let oldest = entries[slot].aliases.removeOldest() {
      index.remove(oldest, place)
      evictedAliases &+= 1
    }
    touch(key)
    // Whoever is at the other end was the only answer until now.
    touch(.ends(key.proto, key.remote, key.local))
    versions[slot] &+= 1
    index.add(key, tie, now: time)
  }

  mutating func endAliases(_ slot: Int, at time: Int64) {
    for key in entries[slot].aliases.all { index.end(key, Int32(truncatingIfNeeded: slot), at: time) }
  }

  /// What was answered for the sockets of this key is to be asked anew.
  mutating func touch(_ key: SocketKey) {
    for tie in index.ties(key) { versions[Int(tie.slot)] &+= 1 }
  }

  /// Nobody holds it any more, as far as is known.
  mutating func close(_ slot: Int, at time: Int64) {
    guard entries[slot].closed == .max else { return }
    entries[slot].closed = time
    closed.append(reference(slot))
    versions[slot] &+= 1
    // TCP goes on by itself, and says so by a change of state.
    if !entries[slot].isTCP || entries[slot].isListening {
      untie(slot, at: time)
      endAliases(slot, at: time)
    }
  }

  // MARK: Places

  private mutating func insert(_ id: SocketID, address: UInt64, at time: Int64) -> Int {
    serial &+= 1
    let entry = SocketEntry(id: id, address: address, serial: serial, first: time, last: time)
    let slot: Int
    if entries.count < limits.sockets {
      entries.append(entry)
      versions.append(0)
      slot = entries.count - 1
    } else {
      slot = place()
      remove(slot)
      entries[slot] = entry
      versions[slot] &+= 1
    }
    if id.cookie != 0 { cookies[id] = Int32(truncatingIfNeeded: slot) }
    if address != 0 { addresses[address] = Int32(truncatingIfNeeded: slot) }
    return slot
  }

  /// The socket that can best be spared.
  private mutating func place() -> Int {
    evictions &+= 1
    while let reference = closed.popFirst() {
      if let slot = slot(of: reference), entries[slot].closed != .max { return slot }
    }
    var quiet = hand % entries.count
    for _ in 0..<8 {
      let candidate = hand % entries.count
      if entries[candidate].last < entries[quiet].last { quiet = candidate }
      hand = candidate &+ 1
    }
    return quiet
  }

  private mutating func remove(_ slot: Int) {
    let place = Int32(truncatingIfNeeded: slot)
    for key in entries[slot].keys + Array(entries[slot].aliases.all) { index.remove(key, place) }
    if cookies[entries[slot].id] == place { cookies[entries[slot].id] = nil }
    if addresses[entries[slot].address] == place { addresses[entries[slot].address] = nil }
  }
}
