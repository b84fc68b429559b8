import Dissection
import Events

extension Correlator {
  /// Whose the packet is, of the candidates.
  mutating func decide(
    _ layers: Layers, _ side: Side, _ reason: Reason, _ namespace: UInt64, _ asOf: inout AsOf
  ) -> Answer {
    guard candidates.count > 1 else { return answer(Int(candidates[0]), layers, side, reason, &asOf) }
    asOf.once()
    // Whoever received a group's datagram received it; of what one of several did, the nearest in time is a guess when others are near.
    let isForAll = !side.isOutgoing && isForAll(side.local.address, in: namespace)
    let bound: Owner.Confidence = isForAll ? .low : side.isOutgoing ? .medium : .high
    if let answer = nearest(layers, side, asOf.time), answer.confidence >= bound { return answer }
    // All may be the same program's.
    var agreed: Answer?
    defer { isUnread = false }
    for slot in candidates {
      let answer = answer(Int(slot), layers, side, reason, &asOf)
      guard let party = answer.party else { continue }
      if let first = agreed?.party, first.process != party.process { return .nobody(.ambiguous) }
      if agreed == nil { agreed = answer }
    }
    return agreed?.atMost(.medium) ?? .nobody(.ambiguous)
  }

  /// Whose the packet is, of the processes that use one socket.
  mutating func answer(
    _ slot: Int, _ layers: Layers, _ side: Side, _ reason: Reason, _ asOf: inout AsOf
  ) -> Answer {
    if let connection = sockets.multipath(of: slot) {
      return answer(slot, ofSubflowOf: connection, layers, side, reason, &asOf)
    }
    if let later = later(slot, layers, side, reason, &asOf) { return later }
    if sockets.entries[slot].users.isEmpty { return unheld(slot, layers, side, &asOf) }
    let isTCP = sockets.entries[slot].isTCP
    // A datagram without payload is somebody's send too; a segment without is the kernel's on behalf of the connection.
    let carries = !isTCP || (layers.payloadLength > 0 && reason != .listener && layers.tcpFlags & 0b10 == 0)
    var answer: Answer
    if carries, let mover = mover(slot, layers, side, reason, &asOf) {
      answer = mover
    } else {
      answer = keeper(slot, layers, side, reason, &asOf)
      // Of several that send datagrams it was one, whoever has the socket in hand; and one of several has read what was read. An echo's
      // answer that nobody reads is his who asked, where that is known.
      if carries, !isTCP, answer.party != nil,
        side.isOutgoing || layers.transport != .udp
          ? sockets.entries[slot].users.count(where: { $0.deeds.contains(.send) }) > 1 : reading == .ofSeveral
      {
        answer = .nobody(isDoubtful(asOf.time) ? .lostEvent : .ambiguous)
      }
      if let asker = asker(slot, layers, side, asOf.time) { answer = asker }
    }
    answer = answer.through(slot, sockets.entries[slot].id)
    return ending(answer, slot, layers, side, &asOf)
  }

  /// Who sent or received the bytes; nil when nobody did yet, as far as is known.
  mutating func mover(
    _ slot: Int, _ layers: Layers, _ side: Side, _ reason: Reason, _ asOf: inout AsOf
  ) -> Answer? {
    let deed: SocketDeeds = side.isOutgoing ? .send : .receive
    let role: Owner.Role = side.isOutgoing ? .sender : .receiver
    var movers = 0
    var only = 0
    for number in sockets.entries[slot].users.indices
    where sockets.entries[slot].users[number].deeds.contains(deed) {
      movers += 1
      only = number
    }
    func answer(_ number: Int, _ confidence: Owner.Confidence, _ reason: Reason) -> Answer {
      Answer(
        party: sockets.entries[slot].users[number].party, role: role, confidence: confidence, reason: reason)
    }
    if movers == 0 { return nil }
    let isShared = side.isOutgoing && sockets.entries[slot].sharedSince != .max
    if movers == 1, sockets.entries[slot].unnamedUsers == 0, !isShared { return answer(only, .high, reason) }
    asOf.once()
    if let number = mover(of: layers, slot, side, asOf.time) { return answer(number, .high, .content) }
    if isShared, let number = soleSender(slot, at: asOf.time) { return answer(number, .high, reason) }
    // The kernel saw another's frames, and his sends are not told of yet; unless nobody else ever had the socket, and they left in the time of
    // another because they had waited.
    if isShared, movers == 1 {
      let isTheirs = sockets.entries[slot].users.count == 1 && sockets.entries[slot].isBorn
      return isTheirs && sockets.entries[slot].losses == losses ? answer(only, .high, reason) : .nobody(.ambiguous)
    }
    if sockets.entries[slot].isTCP, side.isOutgoing, sockets.entries[slot].written.isKnown {
      if sockets.entries[slot].written.tellsHands {
        let pid = sockets.entries[slot].written.writer(of: layers.sequence)
        // A pid that was used again holds the socket later.
        let number = sockets.entries[slot].users.indices.filter {
          sockets.entries[slot].users[$0].party.process.pid == pid
            && sockets.entries[slot].users[$0].deeds.contains(.send)
        }
        return number.count == 1 ? answer(number[0], .high, .byteRange) : .nobody(.ambiguous)
      }
      switch sockets.entries[slot].written.user(of: layers.sequence) {
      case StreamBytes.contested?: return .nobody(.ambiguous)
      case let number?: return answer(Int(number), .high, .byteRange)
      case nil:
        // Somebody's whose word is missing, or lost.
        if sockets.entries[slot].written.reaches(layers.sequence) { return .nobody(.ambiguous) }
        // Of a send that is not done yet: whoever has let go of it does not do it.
        let writing = sockets.entries[slot].users.indices.filter {
          sockets.entries[slot].users[$0].deeds.contains(.send) && sockets.entries[slot].users[$0].released > asOf.time
        }
        return writing.count == 1 && sockets.entries[slot].unnamedUsers == 0
          ? answer(writing[0], .medium, .latestUser) : .nobody(.ambiguous)
      }
    }
    if sockets.entries[slot].isTCP, side.isOutgoing, let number = sender(slot, of: layers.sequence) {
      return answer(number, .high, .byteRange)
    }
    if sockets.entries[slot].isTCP, !side.isOutgoing, sockets.entries[slot].taken.isKnown {
      switch sockets.entries[slot].taken.reader(of: layers.sequence) {
      case StreamBytes.contested?: return .nobody(.ambiguous)
      case let number?: return answer(Int(number), .high, .byteRange)
      case nil:
        if sockets.entries[slot].taken.reaches(layers.sequence) { return .nobody(.ambiguous) }
        // Nobody has taken it yet.
        let taking = sockets.entries[slot].users.indices.filter {
          sockets.entries[slot].users[$0].deeds.contains(.receive)
            && sockets.entries[slot].users[$0].released > asOf.time
        }
        return taking.count == 1 && sockets.entries[slot].unnamedUsers == 0
          ? answer(taking[0], .medium, .latestUser) : .nobody(.ambiguous)
      }
    }
    if isDoubtful(slot, asOf.time) { return .nobody(.lostEvent) }
    if sockets.entries[slot].isMultipath { return .nobody(.ambiguous) }
    candidates.removeAll(keepingCapacity: true)
    candidates.append(Int32(truncatingIfNeeded: slot))
    let nearest = nearest(layers, side, asOf.time)
    // Where frames are told of one by one, the nearest send of several is no more than a guess.
    if let nearest, side.isOutgoing, nearest.confidence < .high, sockets.entries[slot].sharedSince != .max {
      return .nobody(.ambiguous).through(slot, sockets.entries[slot].id)
    }
    // Which of several receivers took a datagram is not told: one that is near is as good as another.
    if let nearest, !sockets.entries[slot].isTCP, nearest.confidence < .medium {
      return .nobody(.ambiguous).through(slot, sockets.entries[slot].id)
    }
    return nearest
  }

  /// Which user's send covers a byte of the stream; nil when that cannot be said.
  private func sender(_ slot: Int, of sequence: UInt32) -> Int? {
    guard let base = sockets.entries[slot].sendBase, !sockets.entries[slot].isPartial,
      sockets.entries[slot].losses == losses, !sockets.entries[slot].isMultipath
    else { return nil }
    let total = sockets.entries[slot].sent.total
    // Sequence numbers are the low 32 bits of the stream's offsets; the packet lies near its end.
    let behind = Int32(truncatingIfNeeded: UInt32(truncatingIfNeeded: total) &- (sequence &- base))
    guard behind > 0, UInt64(behind) <= total else { return nil }
    return sockets.entries[slot].sent.run(at: total - UInt64(behind)).flatMap { $0.user < 0 ? nil : Int($0.user) }
  }

  /// Whether a segment lies within what a connection's end has sent; nil when that cannot be said.
  func isOfStream(_ slot: Int, _ layers: Layers) -> Bool? {
    guard sockets.entries[slot].isTCP, sockets.multipath(of: slot) == nil, let base = sockets.entries[slot].sendBase,
      !sockets.entries[slot].isPartial, sockets.entries[slot].losses == losses, layers.tcpFlags & 0b10 == 0
    else { return nil }
    let total = sockets.entries[slot].sent.total
    // The FIN counts as a byte.
    let behind = Int32(truncatingIfNeeded: UInt32(truncatingIfNeeded: total) &- (layers.sequence &- base))
    return behind >= (layers.payloadLength > 0 ? 1 : -1) && Int64(behind) <= Int64(clamping: total)
  }

  /// Who has the socket in hand, when nobody moved these bytes.
  mutating func keeper(
    _ slot: Int, _ layers: Layers, _ side: Side, _ reason: Reason, _ asOf: inout AsOf
  ) -> Answer {
    func answer(_ number: Int, _ confidence: Owner.Confidence, _ reason: Reason) -> Answer {
      let user = sockets.entries[slot].users[number]
      return Answer(party: user.party, role: user.deeds.role, confidence: confidence, reason: reason)
    }
    if let only = sockets.entries[slot].onlyUser {
      return answer(only, sockets.entries[slot].users.count == 1 ? .high : .medium, reason)
    }
    asOf.once()
    let isTCP = sockets.entries[slot].isTCP
    // Who came to the socket later did not ask for this connection; he may have for the next one (connect(2), AF_UNSPEC).
    if isTCP, layers.tcpFlags & 0b10 != 0, side.isOutgoing,
      let connector = sockets.entries[slot].users.lastIndex(where: {
        $0.deeds.contains(.connect) && $0.first <= asOf.time
      }) ?? sockets.entries[slot].users.lastIndex(where: { $0.deeds.contains(.connect) })
    {
      return answer(connector, .high, reason)
    }
    // A connection is ended by a call that is told of at its end, at most so much later.
    let ends = isTCP && layers.tcpFlags & 0b101 != 0 && reason != .listener
    let moment = ends ? asOf.time.saturatingAdd(2_000_000) : asOf.time
    // Who has let go of it did not do it.
    let holding = sockets.entries[slot].users.indices.filter { number in
      sockets.entries[slot].users[number].deeds.areUse && sockets.entries[slot].users[number].released > asOf.time
    }
    if isDoubtful(slot, asOf.time) { return .nobody(.lostEvent) }
    // Those who found no place may have it as well.
    if sockets.entries[slot].unnamedUsers > 0 { return .nobody(.ambiguous) }
    if !ends, holding.count == 1 { return answer(holding[0], .medium, .latestUser) }
    // A connection may be ended by who ends himself, and is by the last one who lets go of it.
    let run =
      ends
      ? sockets.entries[slot].uses.run(asOf: moment) ?? sockets.entries[slot].uses.runs.first
      : latestUse(slot, at: moment, ofWhoHolds: true) ?? latestUse(slot, at: moment, ofWhoHolds: false)
        ?? firstUse(slot)
    if let run {
      if run.user < 0 { return .nobody(.ambiguous) }
      return answer(Int(run.user), .medium, .latestUser)
    }
    // Several hold it and none did anything. A listener is whose it was first: the others have it from him, and one of them may take the
    // connection later.
    if reason == .listener,
      let first = sockets.entries[slot].users.indices.filter({ sockets.entries[slot].users[$0].released > asOf.time })
        .min(by: { sockets.entries[slot].users[$0].first < sockets.entries[slot].users[$1].first })
    {
      return answer(first, .medium, .listener)
    }
    return .nobody(.ambiguous)
  }

  /// The last use before a moment by somebody who used it for more than to let go of it, and who has not done that by then or whoever it was.
  private func latestUse(_ slot: Int, at time: Int64, ofWhoHolds: Bool) -> Runs.Run? {
    sockets.entries[slot].uses.runs.last { run in
      guard run.first <= time else { return false }
      guard run.user >= 0 else { return true }
      let user = sockets.entries[slot].users[Int(run.user)]
      return user.deeds.areUse && (user.released > time || !ofWhoHolds)
    }
  }

  private func firstUse(_ slot: Int) -> Runs.Run? {
    sockets.entries[slot].uses.runs.first { $0.user < 0 || sockets.entries[slot].users[Int($0.user)].deeds.areUse }
  }

  /// A connection that nobody has taken from its listener yet is in the listener's hands.
  mutating func unheld(_ slot: Int, _ layers: Layers, _ side: Side, _ asOf: inout AsOf) -> Answer {
    let id = sockets.entries[slot].id
    guard sockets.entries[slot].isAccepted else { return .nobody(.noHolder).through(slot, id) }
    asOf.once()
    gather(.port(6, side.local.port), side, id.namespace, &asOf)
    guard candidates.count == 1, !sockets.entries[Int(candidates[0])].users.isEmpty else {
      return .nobody(.noHolder).through(slot, id)
    }
    let answer = keeper(Int(candidates[0]), layers, side, .listener, &asOf).atMost(.medium)
    return ending(answer.through(slot, id), slot, layers, side, &asOf)
  }

  /// What becomes of an answer when the socket, or the process, has come to its end.
  mutating func ending(
    _ answer: Answer, _ slot: Int, _ layers: Layers, _ side: Side, _ asOf: inout AsOf
  ) -> Answer {
    var answer = answer
    guard let party = answer.party else { return answer }
    if sockets.entries[slot].isTCP, sockets.entries[slot].dead != .max {
      let dead = sockets.entries[slot].dead
      if layers.tcpFlags & 0b100 != 0, side.isOutgoing {
        // close(2) with unread data sets the state first and resets then (`__tcp_close`); what comes later is the kernel's.
        if asOf.isAfter(dead.saturatingAdd(2_000_000)) {
          return answer.left(.reset)
        }
      } else if asOf.isAfter(dead) {
        return answer.left(.timeWait)
      }
    }
    if let process = processes.slot(of: party), processes.entries[process].ended != .max,
      asOf.isAfter(processes.entries[process].ended)
    {
      answer.reason = .orphan
    }
    return answer
  }
}
