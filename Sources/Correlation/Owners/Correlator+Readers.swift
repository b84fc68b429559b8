import Dissection
package import Events

/// How it is known that what a packet carries was read, of an answer that is kept.
enum Reading: UInt8, Sendable, BitwiseCopyable {
  case unasked
  /// By TCP's numbers.
  case stream
  /// By a receive of the only process that ever had the socket.
  case datagrams
  /// A datagram of several processes' socket was read: by whom is asked anew of each.
  case ofSeveral
}

/// What comes in lies in its socket's queue until somebody takes it, and that may be another than who holds the socket when it comes.
extension Correlator {
  /// Something that happens later than what is observed: it may be who reads what the packets in hand left in a queue.
  package mutating func foresee(_ event: Event) { takings.note(event) }

  /// What was foreseen is observed by now, or nobody waits for it.
  package mutating func forgetForeseen() { takings.forget() }

  /// Whether what a packet carries was read by the time that is observed, so that a kept answer holds.
  @inline(__always)
  mutating func wasRead(_ layers: Layers, _ kept: KeptAnswer, at time: Int64) -> Bool {
    guard kept.socket >= 0 else { return true }
    let slot = Int(kept.socket)
    return kept.reading == .stream
      ? sockets.entries[slot].taken.reaches(layers.sequence)
      : sockets.entries[slot].wasRead(payload, Int64(layers.payloadLength), at: time, limits)
  }

  /// Whose a packet is that nobody had read by the time that is observed; nil when somebody had, or that is not known.
  mutating func later(
    _ slot: Int, _ layers: Layers, _ side: Side, _ reason: Reason, _ asOf: inout AsOf
  ) -> Answer? {
    guard hearsReaders, !side.isOutgoing, layers.payloadLength > 0, reason != .listener, layers.tcpFlags & 0b10 == 0
    else { return nil }
    let isTCP = sockets.entries[slot].isTCP
    guard isTCP || isUnreadDatagram(slot, layers, side, &asOf) else { return nil }
    if isTCP {
      reading = .stream
      if assumesRead || sockets.entries[slot].taken.reaches(layers.sequence) { return nil }
    }
    asOf.once()
    let id = sockets.entries[slot].id
    // A frame with a tag that no device takes comes to nobody (`vlan_do_receive`): it is his who is known to have read it.
    let isTagged = layers.isOfVLAN
    if isDoubtful(slot, asOf.time) || isOver(slot) {
      return isTagged ? .nobody(isOver(slot) ? .unread : .lostEvent).through(slot, id) : nil
    }
    let taker =
      isTCP
      ? takings.taker(of: layers.sequence, sockets.entries[slot])
      : takings.taker(of: payload, Int64(layers.payloadLength), sockets.entries[slot])
    switch taker {
    case .one(let actor):
      reader = actor
      let party = Party(
        process: actor.process, slot: processes.slot(of: actor.process).map { Int32($0) } ?? -1, thread: actor.thread)
      return Answer(party: party, role: .receiver, confidence: .high, reason: isTCP ? .byteRange : .content)
        .through(slot, id)
    case .several: return .nobody(.ambiguous).through(slot, id)
    case .ended: return nil
    case .nobody:
      isUnread = true
      return (isTagged ? .nobody(.unread) : unread(slot, at: asOf.time)).through(slot, id)
    }
  }

  /// Whether no receive that is observed can have been the datagram's.
  private mutating func isUnreadDatagram(_ slot: Int, _ layers: Layers, _ side: Side, _ asOf: inout AsOf) -> Bool {
    guard layers.transport == .udp, sockets.entries[slot].type == 2, !layers.isLaterFragment,
      !layers.marks.contains(.moreFragments),
      !isForAll(side.local.address, in: sockets.entries[slot].id.namespace)
    else { return false }
    if sockets.entries[slot].users.count == 1, sockets.entries[slot].unnamedUsers == 0 {
      reading = .datagrams
    } else {
      reading = .ofSeveral
      asOf.once()
    }
    return !sockets.entries[slot].wasRead(payload, Int64(layers.payloadLength), at: asOf.time, limits)
  }

  /// Whether nobody can read from it any more.
  private func isOver(_ slot: Int) -> Bool {
    if sockets.entries[slot].dead != .max { return true }
    guard sockets.entries[slot].closed != .max else { return false }
    // A descriptor may be on its way to another process (SCM_RIGHTS): then TCP goes on.
    let state = sockets.entries[slot].state
    return sockets.entries[slot].isTCP
      ? state != TCPState.established && state != TCPState.closeWait : !sockets.entries[slot].isElsewhere
  }

  /// Nobody has read it, as long as was waited. It is in the hands of whoever alone ever had the socket, when he asked for it or has read from it
  /// before: who has only bound it, or accepted it, may have somebody begun who reads it.
  private func unread(_ slot: Int, at time: Int64) -> Answer {
    let users = sockets.entries[slot].users
    guard users.count == 1, sockets.entries[slot].unnamedUsers == 0, users[0].released > time,
      !users[0].deeds.isDisjoint(with: [.send, .connect, .receive]), !takings.haveForked(users[0].party.process)
    else { return .nobody(.unread) }
    return Answer(
      party: users[0].party, role: users[0].deeds.role,
      confidence: users[0].deeds.contains(.receive) ? .medium : .low, reason: .unread)
  }
}
