import Dissection
import Events

extension Correlator {
  /// Of all sends (or receives) through the candidates that are near in time and as long as the packet, the nearest. Nil when there is none.
  mutating func nearest(_ layers: Layers, _ side: Side, _ time: Int64) -> Answer? {
    let lengths = ExpectedLengths(layers, outgoing: side.isOutgoing)
    return nearest(
      outgoing: side.isOutgoing, time, lead: limits.sendLead, lag: lag(side, time),
      evidence: side.isOutgoing ? .sendEvent : .receiveEvent
    ) { entry, bytes in lengths.match(bytes, entry) }
  }

  private func lag(_ side: Side, _ time: Int64) -> Int64 {
    guard side.isOutgoing, let slot = candidates.first else { return limits.sendLag }
    return sendLag(in: sockets.entries[Int(slot)].id.namespace, at: time)
  }

  /// How long after its send a frame may leave: longer when a neighbour's address has just come, which it may have waited for.
  func sendLag(in namespace: UInt64, at time: Int64) -> Int64 {
    mayHaveWaited(in: namespace, at: time) ? limits.neighbourWait : limits.sendLag
  }

  /// Whether a neighbour's address has just come, so that what leaves now may have waited for it.
  func mayHaveWaited(in namespace: UInt64, at time: Int64) -> Bool {
    guard let told = neighbours[namespace] else { return false }
    return time >= told && time.saturatingSubtract(told) < limits.neighbourLag
  }

  /// - Parameters:
  ///   - lead: how long before its event the packet may have been seen.
  ///   - lag: how long after it.
  mutating func nearest(
    outgoing: Bool, _ time: Int64, lead: Int64, lag: Int64, evidence: Reason,
    _ matches: (borrowing SocketEntry, Int64) -> Bool
  ) -> Answer? {
    var best: (slot: Int, user: Int, distance: Int64)?
    // The nearest of another process than the best's.
    var second = Int64.max
    let latest = time.saturatingAdd(lead)
    for place in candidates {
      let slot = Int(place)
      let count = outgoing ? sockets.entries[slot].sends.count : sockets.entries[slot].receives.count
      let earliest = time.saturatingSubtract(lag)
      var index =
        outgoing
        ? sockets.entries[slot].sends.first(from: earliest) : sockets.entries[slot].receives.first(from: earliest)
      while index < count {
        let transfer = outgoing ? sockets.entries[slot].sends[index] : sockets.entries[slot].receives[index]
        if transfer.time > latest { break }
        index += 1
        guard matches(sockets.entries[slot], transfer.bytes) else { continue }
        // Its bytes are known to be others.
        if payload != 0, transfer.mark != 0, transfer.mark != payload { continue }
        let distance = transfer.time >= time ? transfer.time - time : (time - transfer.time).saturatingAdd(50_000)
        let user = Int(transfer.user)
        let process = sockets.entries[slot].users[user].party.process
        if let held = best {
          let isSame = sockets.entries[held.slot].users[held.user].party.process == process
          if distance < held.distance {
            if !isSame { second = held.distance }
            best = (slot, user, distance)
          } else if !isSame {
            second = min(second, distance)
          }
        } else {
          best = (slot, user, distance)
        }
      }
    }
    guard let best else { return nil }
    let isAlone = second == .max
    let isClear = isAlone || second > best.distance.saturatingAdd(100_000) && second / 8 > best.distance
    return Answer(
      party: sockets.entries[best.slot].users[best.user].party, role: outgoing ? .sender : .receiver,
      confidence: isAlone ? .high : isClear ? .medium : .low, reason: isClear ? evidence : .nearestSend
    ).through(best.slot, sockets.entries[best.slot].id)
  }

  /// A frame that a packet socket sent: near in time, and as long as the frame or as what follows its link header.
  mutating func injected(_ layers: Layers, _ direction: Direction, _ namespace: UInt64, _ asOf: inout AsOf) -> Answer? {
    guard direction != .inbound, asOf.time <= lastInjection.saturatingAdd(limits.injectionLag) else { return nil }
    if let ring = ofRing(layers, namespace, &asOf) { return ring }
    asOf.once()
    candidates.removeAll(keepingCapacity: true)
    for tie in sockets.index.ties(.packet)
    where (namespace == 0 || tie.namespace == 0 || tie.namespace == namespace)
      && !tellsFrames(Int(tie.slot), mark, asOf.time)
    {
      candidates.append(tie.slot)
    }
    guard !candidates.isEmpty else { return nil }
    let (whole, inner) = layers.lengthsToSend
    return nearest(
      outgoing: true, asOf.time, lead: limits.injectionLead, lag: limits.injectionLag, evidence: .packetSend
    ) { entry, bytes in bytes == (entry.type == 2 ? inner : whole) }
  }
}

extension Layers {
  /// How many bytes a packet socket sends of the frame: with its link header, and without. A capture of all interfaces has 20 bytes
  /// of its own where Ethernet, and loopback, have 14.
  var lengthsToSend: (whole: Int64, inner: Int64) {
    if link == LinkType.linuxCooked2.number { return (Int64(wireLength) - 6, Int64(wireLength) - 20) }
    return (Int64(wireLength), Int64(wireLength) - Int64(networkOffset))
  }
}

/// How many bytes a send or receive of a packet counts, which depends on the kind of the socket.
struct ExpectedLengths: Sendable {
  /// What the transport carries; with its header; the IP packet.
  let payload: Int64
  let transport: Int64
  let packet: Int64
  let isFirstFragment: Bool
  let isOutgoing: Bool
  let isTCP: Bool
  let version: UInt8

  init(_ layers: Layers, outgoing: Bool) {
    payload = Int64(layers.payloadLength)
    packet = Int64(layers.totalLength)
    transport = packet - Int64(layers.networkHeaderLength)
    isFirstFragment = layers.marks.contains(.moreFragments)
    isTCP = layers.transport == .tcp
    version = layers.version
    isOutgoing = outgoing
  }

  func match(_ bytes: Int64, _ entry: borrowing SocketEntry) -> Bool {
    // A stream has no packets of its own: the sizes are unlike.
    if isTCP, entry.isTCP { return true }
    if entry.isRaw {
      // IPPROTO_RAW and IP_HDRINCL send the header too; what IPv4 receives has it (raw(7)).
      return bytes == transport || bytes == packet && (isOutgoing || version == 4)
    }
    // Ping sockets count the ICMP header.
    let whole = entry.proto == 1 || entry.proto == 58 ? transport : payload
    return isFirstFragment ? bytes >= whole : bytes == whole
  }
}
