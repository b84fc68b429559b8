import Dissection
import Events

extension Correlator {
  /// Bytes that surely leave in one frame.
  private static let frameHolds: Int64 = 1400

  /// Whether the kernel told of this very datagram as it left, so that it may be another's than what else has its ends.
  @inline(__always)
  func isTransmitted(_ layers: Layers, _ direction: Direction) -> Bool {
    mark != 0 && layers.transport == .udp && direction != .inbound && !transmissions.isEmpty && transmissions.has(mark)
  }

  /// The kernel told of a frame as it left.
  mutating func transmit(_ event: SocketEvent, _ slot: Int, by actor: Actor, at time: Int64) {
    if sockets.entries[slot].firstTransmission == .max {
      sockets.entries[slot].firstTransmission = time
      sockets.versions[slot] &+= 1
    }
    if event.peer != 0, sockets.entries[slot].sharedSince == .max {
      sockets.entries[slot].sharedSince = time
      sockets.entries[slot].soleSender = UInt32(truncatingIfNeeded: event.peer)
      sockets.versions[slot] &+= 1
    }
    if sockets.entries[slot].isPacket || sockets.entries[slot].isRaw { lastInjection = max(lastInjection, time) }
    var frame = Transmission(
      time: time, socket: sockets.reference(slot), namespace: event.socket.namespace, process: actor.process,
      sender: event.sender, mark: event.detail)
    if frame.mark != 0 { return transmissions.append(frame) }
    // The frames of a ring lie in its pages, where they are not read: of them no more is known than how long they are.
    guard sockets.entries[slot].isPacket, event.result > 0 else { return }
    frame.mark = UInt64(event.result)
    unreadFrames.append(frame)
  }

  /// Whose a frame is that a packet socket sent out of its ring (PACKET_TX_RING): one of the same length left just after this one was seen.
  /// What other sockets' frames are is known by their marks, but for a stream's.
  func ofRing(_ layers: Layers, _ namespace: UInt64, _ asOf: inout AsOf) -> Answer? {
    let length = layers.lengthsToSend.inner
    guard !unreadFrames.isEmpty, length > 0 else { return nil }
    asOf.once()
    guard
      let frame = unreadFrames.nearest(UInt64(length), namespace, at: asOf.time, patience: limits.injectionLag),
      let slot = sockets.slot(of: frame.socket)
    else { return nil }
    let senders = sockets.entries[slot].users.indices.filter { sockets.entries[slot].users[$0].deeds.contains(.send) }
    let own = senders.first { sockets.entries[slot].users[$0].party.process == frame.process }
    guard let user = own ?? (senders.count == 1 ? senders[0] : nil) else { return nil }
    return Answer(
      party: sockets.entries[slot].users[user].party, role: .sender, confidence: own == nil ? .medium : .high,
      reason: .packetSend
    ).through(slot, sockets.entries[slot].id)
  }

  /// Whose a frame is that the kernel told of as it left: its socket is known then, whatever its headers say.
  mutating func transmitted(
    _ layers: Layers, _ mark: UInt64, _ direction: Direction, _ namespace: UInt64, _ asOf: inout AsOf
  ) -> Answer? {
    guard mark != 0, direction != .inbound, !transmissions.isEmpty else { return nil }
    guard
      let frame = transmissions.nearest(mark, namespace, at: asOf.time, patience: limits.transmissionPatience),
      let slot = sockets.slot(of: frame.socket)
    else { return nil }
    asOf.once()
    if ICMPKind(layers) == .request {
      echoes.learn(layers.echoIdentifier, namespace, frame.socket)
      // On loopback the one frame that is seen is also the one that the kernel answers.
      if direction == .unknown { echoes.note(layers.echoIdentifier, layers.echoSequence, at: asOf.time) }
    }
    let senders = sockets.entries[slot].users.indices.filter { sockets.entries[slot].users[$0].deeds.contains(.send) }
    guard let first = senders.first else { return nil }
    func answer(_ user: Int, _ confidence: Owner.Confidence, _ reason: Reason) -> Answer {
      Answer(party: sockets.entries[slot].users[user].party, role: .sender, confidence: confidence, reason: reason)
        .through(slot, sockets.entries[slot].id)
    }
    let nobody = Answer.nobody(isDoubtful(asOf.time) ? .lostEvent : .ambiguous).through(
      slot, sockets.entries[slot].id)
    let side = Side(layers.flowKey ?? FlowKey(source: .none, destination: .none, proto: 0), outgoing: true)
    if hearsSenders, !isAlone(slot), sockets.entries[slot].sharedSince != .max || senders.count > 1,
      !mayHaveWaited(in: namespace, at: asOf.time)
    {
      if let user = mover(of: layers, slot, side, asOf.time) { return answer(user, .high, .content) }
      // Who gave it to the queue; of a pid that was used again it was the one that was there.
      let own = senders.filter { sockets.entries[slot].users[$0].party.process.pid == frame.sender }
      return own.count == 1 ? answer(own[0], .high, .transmission) : nobody
    }
    // One sender, unless another who has the socket gave it to the queue, or was running when this left: his send may not be told of yet.
    let isSure = sockets.entries[slot].users.allSatisfy {
      $0.deeds.contains(.send)
        || (frame.sender == 0 ? $0.party.process != frame.process : $0.party.process.pid != frame.sender)
    }
    if senders.count == 1, sockets.entries[slot].unnamedUsers == 0, isSure {
      return answer(first, .high, .transmission)
    }
    if let user = mover(of: layers, slot, side, asOf.time) { return answer(user, .high, .content) }
    if haveWaited(slot, namespace, asOf.time) { return nobody }
    if let user = senders.first(where: { sockets.entries[slot].users[$0].party.process == frame.process }),
      isOwnSend(slot, user, frame)
    {
      return answer(user, .high, .transmission)
    }
    if !isSure { return nobody }
    // It had waited, for a neighbour's address or in a queue, and left in somebody else's time.
    candidates.removeAll(keepingCapacity: true)
    candidates.append(Int32(truncatingIfNeeded: slot))
    if let answer = nearest(layers, side, asOf.time), answer.confidence == .high { return answer }
    return .nobody(.ambiguous).through(slot, sockets.entries[slot].id)
  }

  /// Whether only one process ever had the socket: what left in another's time had waited.
  private func isAlone(_ slot: Int) -> Bool {
    sockets.entries[slot].users.count == 1 && sockets.entries[slot].isBorn && sockets.entries[slot].losses == losses
  }

  /// Whether several processes' frames may have waited for a neighbour's address: what has leaves when that comes, all in the time of whoever
  /// runs then.
  private func haveWaited(_ slot: Int, _ namespace: UInt64, _ time: Int64) -> Bool {
    guard let told = neighbours[namespace], time.saturatingSubtract(told) < limits.neighbourLag else { return false }
    // One alone is that of whoever sent.
    guard
      transmissions.count(of: sockets.reference(slot), after: told, upTo: told.saturatingAdd(limits.neighbourLag)) > 1
    else { return false }
    let sends = sockets.entries[slot].sends
    var index = sends.first(from: told.saturatingSubtract(limits.neighbourSends))
    guard index < sends.count else { return false }
    let first = sockets.entries[slot].users[Int(sends[index].user)].party.process
    while index < sends.count, sends[index].time <= time.saturatingAdd(limits.neighbourSends) {
      if sockets.entries[slot].users[Int(sends[index].user)].party.process != first { return true }
      index += 1
    }
    return false
  }

  /// Whether who was running when a frame left was sending it: his next send that is told of had no other frame.
  private func isOwnSend(_ slot: Int, _ user: Int, _ frame: Transmission) -> Bool {
    let sends = sockets.entries[slot].sends
    var index = sends.first(from: frame.time)
    let begin = index
    while index < sends.count, Int(sends[index].user) != user { index += 1 }
    guard index < sends.count, sends[index].time <= frame.time.saturatingAdd(limits.sendLead) else { return false }
    var before = begin - 1
    while before >= 0, Int(sends[before].user) != user { before -= 1 }
    let start = before < 0 ? Int64.min : sends[before].time
    // More than a frame holds leaves in several.
    return sends[index].bytes > Self.frameHolds
      || transmissions.count(of: frame.socket, by: frame.process, after: start, upTo: sends[index].time) == 1
  }

  /// Whether a socket's frames are told of one by one, so that one which was not is another's.
  func tellsFrames(_ slot: Int, _ mark: UInt64, _ time: Int64) -> Bool {
    mark != 0 && losses == 0 && sockets.entries[slot].firstTransmission <= time
  }

  /// Who sent a datagram before the kernel saw that the socket has several senders; nil when it was not before, or that is not sure: the kernel
  /// goes by who runs when a frame leaves, and one that has waited for its neighbour's address may leave in anybody's time.
  func soleSender(_ slot: Int, at time: Int64) -> Int? {
    let since = sockets.entries[slot].sharedSince
    guard time < since, since != .max else { return nil }
    let sends = sockets.entries[slot].sends
    func sender(_ index: Int) -> ProcessID { sockets.entries[slot].users[Int(sends[index].user)].party.process }
    let sole = sockets.entries[slot].soleSender
    // Another had sent before his first frame was seen.
    for index in 0..<sends.first(from: since) where sender(index).pid != sole { return nil }
    // Two that began in the same moment: this may be the first one's frame of another, unless that left in his own time, and alone. Of frames
    // that had waited for a neighbour's address nobody can say in whose time they left.
    let waited = mayHaveWaited(in: sockets.entries[slot].id.namespace, at: time)
    var index = sends.first(from: time)
    var seen: Set<ProcessID> = []
    while index < sends.count, sends[index].time <= time.saturatingAdd(limits.sendLead) {
      let process = sender(index)
      if process.pid != sole, seen.insert(process).inserted {
        let frames = transmissions.count(
          of: sockets.reference(slot), by: process, after: time.saturatingSubtract(limits.sendLag),
          upTo: sends[index].time)
        // More than a frame holds leaves in several.
        if waited || frames == 0 || frames > 1 && sends[index].bytes <= Self.frameHolds { return nil }
      }
      index += 1
    }
    return sockets.entries[slot].users.lastIndex { $0.party.process.pid == sole }
  }
}
