import Events

/// TCP's states, as `include/net/tcp_states.h` numbers them.
enum TCPState {
  static let established: UInt8 = 1
  static let synSent: UInt8 = 2
  static let synReceived: UInt8 = 3
  static let closed: UInt8 = 7
  static let closeWait: UInt8 = 8
  static let listen: UInt8 = 10
}

extension Correlator {
  mutating func observe(_ event: SocketEvent, by actor: Actor, at time: Int64) {
    var event = event
    event.local = event.local.unmapped
    event.remote = event.remote.unmapped
    if event.action == .translated { return translate(event, at: time) }
    if event.action == .asked { return ask(event, at: time) }
    guard let slot = identify(event, at: time) else {
      unidentified &+= 1
      return
    }
    let previous = sockets.entries[slot].isDescribed ? sockets.entries[slot].last : nil
    describe(slot, event, at: time)
    switch event.action {
    case .state: change(slot, event, since: previous, at: time)
    case .found: find(slot, event)
    case .transmitted: transmit(event, slot, by: actor, at: time)
    case .delivered: deliver(event, slot, at: time)
    case .written: sockets.entries[slot].written.change(to: actor.process, event, limit: limits.runsPerSocket)
    case .listen where event.result >= 0: sockets.entries[slot].isListening = true
    case .attachFilter where event.result >= 0: sockets.entries[slot].filter = Array(event.filter.prefix(32_768))
    case .membership where event.detail == 1 && event.result >= 0: sockets.entries[slot].isPromiscuous = true
    default: break
    }
    if let deed = SocketDeeds(event) {
      let party = processes.party(actor, at: time)
      if let user = use(slot, by: party, deed, at: time) {
        if event.descriptor >= 0 { sockets.entries[slot].users[user].descriptor = event.descriptor }
        transfer(slot, event, by: user, at: time)
      }
      if event.action == .close, event.detail != 0 { sockets.entries[slot].isElsewhere = true }
      if event.action == .close { release(slot, by: party.process, at: time) }
    }
    // What leaves late does not bring back a socket that is gone, nor does who asks one for more that TCP is done with (ECONNRESET), or was refused: its ends may be
    // another's by then.
    let isLate =
      event.action == .transmitted && sockets.entries[slot].closed != .max
      || sockets.entries[slot].isTCP && sockets.entries[slot].dead != .max
        && ![.state, .bind, .listen].contains(event.action)
    if event.action != .close, !isLate,
      !(event.action == .state && UInt8(truncatingIfNeeded: event.detail) == TCPState.closed)
    {
      sockets.tie(slot, to: sockets.entries[slot].wireKey, from: previous, at: time)
    }
    sockets.entries[slot].last = max(sockets.entries[slot].last, time)
  }

  /// The socket that an event is about, by its cookie or by its address if that is still its.
  private mutating func identify(_ event: SocketEvent, at time: Int64) -> Int? {
    if let known = sockets.slot(event.socket, at: event.address) { return known }
    let isFresh = event.action == .create || event.isHandshakeDone || isOther(event)
    return sockets.slot(event.socket, address: event.address, fresh: isFresh, at: time)
  }

  /// Whether the socket that has the event's address, as far as is known, has left it to a new one: it was closed, or is of another kind.
  private func isOther(_ event: SocketEvent) -> Bool {
    guard let slot = sockets.slot(at: event.address), sockets.entries[slot].isDescribed else { return false }
    if sockets.entries[slot].family != event.family || sockets.entries[slot].type != event.type
      || sockets.entries[slot].proto != event.proto
    {
      return true
    }
    return sockets.entries[slot].closed != .max && event.local.port != 0
      && (event.local != sockets.entries[slot].local || event.remote != sockets.entries[slot].remote)
  }

  /// Brings what the socket is up to date.
  private mutating func describe(_ slot: Int, _ event: SocketEvent, at time: Int64) {
    if !sockets.entries[slot].isDescribed {
      sockets.entries[slot].isDescribed = true
      sockets.entries[slot].losses = losses
      sockets.entries[slot].isPartial = event.action == .found || event.action == .send || event.action == .receive
    }
    sockets.entries[slot].family = event.family
    sockets.entries[slot].type = event.type
    sockets.entries[slot].proto = event.proto
    sockets.entries[slot].interface = event.interface
    if sockets.entries[slot].isTCP, event.action == .state, event.peer != 0 {
      sockets.adopt(slot, by: event.peer)
    }
    if event.action == .create { sockets.entries[slot].isBorn = true }
    // A socket that TCP is done with has lost its port (`inet_put_port`), but its packets have not.
    if event.local.port != 0 || sockets.entries[slot].local.port == 0 {
      sockets.entries[slot].local = event.local
      sockets.entries[slot].remote = event.remote
    }
  }

  /// A change of TCP's state. It happens in whatever was running, except that who asks for a connection does so himself.
  private mutating func change(_ slot: Int, _ event: SocketEvent, since previous: Int64?, at time: Int64) {
    let old = UInt8(truncatingIfNeeded: event.detail >> 8)
    let new = UInt8(truncatingIfNeeded: event.detail)
    sockets.versions[slot] &+= 1
    sockets.entries[slot].state = new
    switch new {
    case TCPState.closed:
      sockets.entries[slot].dead = time
      sockets.entries[slot].lastState = old
      sockets.entries[slot].isListening = false
      // A connection that was refused tells of its port for the first and last time.
      if let key = sockets.entries[slot].wireKey, key.kind == .ends {
        sockets.tie(slot, to: key, from: previous, at: time)
      }
      sockets.untie(slot, at: time)
      sockets.endAliases(slot, at: time)
    case TCPState.listen:
      sockets.entries[slot].isListening = true
      sockets.entries[slot].dead = .max
    case TCPState.synSent:
      sockets.entries[slot].dead = .max
      sockets.entries[slot].isBorn = true
      // A new connection, with a stream of its own.
      sockets.entries[slot].sent = Runs()
      sockets.entries[slot].written = StreamBytes()
      sockets.entries[slot].taken = StreamBytes()
      sockets.entries[slot].sendBase = nil
      sockets.entries[slot].isPartial = false
      sockets.entries[slot].losses = losses
    // A connection of MPTCP begins as its listener's copy (`mptcp_sk_clone_init`).
    case TCPState.established
    where old == TCPState.synReceived || old == TCPState.listen && sockets.entries[slot].isMultipath:
      sockets.entries[slot].isAccepted = true
    default: break
    }
  }

  private mutating func find(_ slot: Int, _ event: SocketEvent) {
    sockets.entries[slot].isFound = true
    if !event.filter.isEmpty { sockets.entries[slot].filter = Array(event.filter.prefix(32_768)) }
    if event.family == 17, event.detail == 1 { sockets.entries[slot].isPromiscuous = true }
    // A bound stream socket without another end can only be listening, or about to.
    if event.type == 1, event.family == 2 || event.family == 10, event.local.port != 0, event.remote.port == 0 {
      sockets.entries[slot].isListening = true
    }
  }

  // MARK: Users

  /// A process does something with a socket, or holds it. Answers its number among the users; nil when there is no place for it.
  mutating func use(_ slot: Int, by party: Party, _ deed: SocketDeeds, at time: Int64) -> Int? {
    if deed.areOwn { revive(slot) }
    // Asked of the users alone: an entry would be copied for it, with all that it refers to.
    var number = sockets.entries[slot].users.firstIndex { $0.party.process == party.process }
    if number == nil {
      let user = SocketUser(party: party, first: time, last: time)
      if let free = sockets.entries[slot].users.firstIndex(where: { !$0.deeds.areOwn && $0.released != .max }) {
        // Nothing refers to a user that only held it.
        sockets.entries[slot].users[free] = user
        number = free
      } else if sockets.entries[slot].users.count < limits.usersPerSocket || forgetUsers(slot, at: time) {
        sockets.entries[slot].users.append(user)
        number = sockets.entries[slot].users.count - 1
      } else {
        if deed.areOwn { sockets.entries[slot].unnamedUsers &+= 1 }
        sockets.versions[slot] &+= 1
        return nil
      }
      if let process = processes.slot(of: party) { processes.hold(sockets.reference(slot), by: process) }
      sockets.versions[slot] &+= 1
    }
    guard let number else { return nil }
    let known = sockets.entries[slot].users[number].deeds
    if !known.contains(deed) {
      sockets.entries[slot].users[number].deeds.insert(deed)
      sockets.versions[slot] &+= 1
    }
    sockets.entries[slot].users[number].last = max(sockets.entries[slot].users[number].last, time)
    sockets.entries[slot].users[number].released = .max
    if deed.areOwn {
      sockets.entries[slot].users[number].party.thread = party.thread
      sockets.entries[slot].uses.add(Int32(number), at: time, limit: limits.runsPerSocket)
    }
    return number
  }

  /// Makes room for a user: those who let go of the socket before any packet that may still be asked about are forgotten. Answers whether there
  /// were any.
  private mutating func forgetUsers(_ slot: Int, at time: Int64) -> Bool {
    let forgotten = sockets.entries[slot].forgetUsers(releasedBefore: time.saturatingSubtract(limits.userMemory))
    forgottenUsers &+= UInt64(forgotten)
    if forgotten > 0 { sockets.versions[slot] &+= 1 }
    return forgotten > 0
  }

  /// Whoever uses it holds it: it was not closed after all (another descriptor of it was).
  private mutating func revive(_ slot: Int) {
    guard sockets.entries[slot].closed != .max else { return }
    sockets.entries[slot].closed = .max
    sockets.versions[slot] &+= 1
  }

  /// A process lets go of a socket.
  mutating func release(_ slot: Int, by process: ProcessID, at time: Int64) {
    guard let user = sockets.entries[slot].users.firstIndex(where: { $0.party.process == process }) else { return }
    if sockets.entries[slot].users[user].released == .max { sockets.entries[slot].users[user].released = time }
    if sockets.entries[slot].users.allSatisfy({ $0.released != .max }) { sockets.close(slot, at: time) }
  }

  /// Counts bytes to whoever moved them.
  private mutating func transfer(_ slot: Int, _ event: SocketEvent, by user: Int, at time: Int64) {
    guard event.result >= 0, !event.isPeek else { return }
    let bytes = UInt64(event.result)
    // Of a protocol that is read the packet's mark is that of what is behind its header, which a raw socket sends, too.
    let hasMark = !sockets.entries[slot].isRaw || SocketEntry.isUnread(event.proto)
    let one = Transfer(time: time, bytes: event.result, user: Int32(user), mark: hasMark ? event.payloadMark : 0)
    switch event.action {
    case .send:
      sockets.entries[slot].users[user].bytesSent &+= bytes
      sockets.entries[slot].users[user].sends &+= 1
      sockets.entries[slot].sends.append(
        one, ofStream: sockets.entries[slot].isTCP, limit: limits.transfersPerSocket)
      if sockets.entries[slot].isTCP {
        sockets.entries[slot].sent.add(Int32(user), bytes: bytes, at: time, limit: limits.runsPerSocket)
        let next = UInt32(truncatingIfNeeded: event.detail >> 32)
        if next != 0 {
          sockets.entries[slot].written.add(Int32(user), bytes: bytes, next: next, limit: limits.runsPerSocket)
        }
      } else if sockets.entries[slot].isPacket || sockets.entries[slot].isRaw {
        lastInjection = max(lastInjection, time)
      }
    case .receive:
      sockets.entries[slot].users[user].bytesReceived &+= bytes
      sockets.entries[slot].users[user].receives &+= 1
      let next = UInt32(truncatingIfNeeded: event.detail >> 32)
      if sockets.entries[slot].isTCP, next != 0 {
        sockets.entries[slot].taken.add(Int32(user), bytes: bytes, next: next, limit: limits.runsPerSocket)
      }
      sockets.entries[slot].receives.append(one, ofStream: true, limit: limits.transfersPerSocket)
    default: break
    }
  }
}

extension SocketDeeds {
  /// What an event's actor did; nil when it did nothing.
  init?(_ event: SocketEvent) {
    switch event.action {
    case .create: self = .create
    case .bind: self = .bind
    case .connect: self = .connect
    case .listen: self = .listen
    case .accept: self = .accept
    // A send that failed sent nothing.
    case .written: self = .send
    case .send: self = event.result < 0 ? .other : .send
    // Who only looks leaves the bytes to whoever takes them.
    case .receive: self = event.isPeek ? .hold : event.result < 0 ? .other : .receive
    // Who closes what others have too ends nothing.
    case .close: self = event.detail != 0 ? .hold : .letGo
    case .shutdown, .attachFilter, .setOption, .membership: self = .other
    case .found: self = .hold
    case .seen, .translated, .transmitted, .delivered, .asked, .inherited, .relayed, .statistics: return nil
    case .state:
      guard event.detail & 0xffff == UInt64(TCPState.closed) << 8 | UInt64(TCPState.synSent) else { return nil }
      self = .connect
    }
  }
}

extension SocketEvent {
  /// A connection that a listener was asked for is made: its socket is new, and this is the first that is told of it.
  fileprivate var isHandshakeDone: Bool {
    action == .state
      && detail & 0xffff == UInt64(TCPState.synReceived) << 8 | UInt64(TCPState.established)
  }

  /// MSG_PEEK: what is received stays in the queue.
  var isPeek: Bool { action == .receive && detail & 2 != 0 }
}
