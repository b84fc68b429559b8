package import Dissection
package import Events

extension Correlator {
  /// Whose packet it is, as of its time.
  /// - Parameters:
  ///   - layers: what its headers say.
  ///   - info: when it was captured, and which way it went if that is known.
  ///   - namespace: the cookie of the network namespace it was captured in; 0 when that is not known.
  ///   - mark: `frameMark` of its bytes; 0 when there is none.
  ///   - payload: `payloadMark`, likewise.
  ///   - device: the number of the interface in the namespace; 0 when that is not known.
  ///   - mapping: `multipathMapping`.
  package mutating func owner(
    of layers: Layers, info: FrameInfo, namespace: UInt64, mark: UInt64 = 0, payload: UInt64 = 0,
    device: UInt32 = 0, mapping: MultipathMapping = MultipathMapping()
  ) -> Owner {
    self.mark = mark
    let isEcho = layers.transport == .icmp || layers.transport == .icmpv6
    self.payload = isEcho ? 0 : payload
    echo = isEcho ? payload : 0
    self.device = device
    self.mapping = mapping
    if mapping.kind != .none || layers.transport == .tcp && layers.tcpFlags & 0b10 != 0 {
      subflows.note(layers, on: device, mapping)
    }
    isUnread = false
    reader = nil
    reading = .unasked
    let time = info.time.nanoseconds
    guard isKeepable(layers), !isDelivered(info.direction), !isTransmitted(layers, info.direction) else {
      var asOf = AsOf(time)
      return deliver(resolve(layers, info.direction, namespace, &asOf), at: time)
    }
    let key = WireKey(layers, info.direction, namespace)
    let hash = cache.hash(key)
    if let place = cache.find(key, hash), let kept = cache[place], time >= kept.from, time < kept.until,
      // A frame that a packet socket sent looks like anybody's.
      time > lastInjection.saturatingAdd(limits.injectionLag), isCurrent(kept),
      kept.reading == .unasked || layers.payloadLength == 0 || wasRead(layers, kept, at: time)
    {
      return deliver(layers.payloadLength > 0 ? kept.loaded : kept.bare, kept)
    }
    return find(layers, info.direction, key, hash, at: time)
  }

  /// Packets under way in a conversation. Those that begin and end it are few, and each is looked at.
  @inline(__always)
  private func isKeepable(_ layers: Layers) -> Bool {
    guard layers.marks.contains(.ports), !layers.isLaterFragment, !layers.marks.contains(.moreFragments) else {
      return false
    }
    return layers.transport == .tcp ? layers.tcpFlags & 0b111 == 0 : layers.transport == .udp
  }

  /// Whether what the answer rests on is as it was.
  @inline(__always)
  private func isCurrent(_ kept: KeptAnswer) -> Bool {
    if kept.socket < 0 { return kept.socketVersion == unmatchedVersion }
    guard UInt64(sockets.versions[Int(kept.socket)]) == kept.socketVersion else { return false }
    return kept.process < 0 || processes.versions[Int(kept.process)] == kept.processVersion
  }

  /// Changes whenever a packet without an owner may have got one.
  @inline(__always)
  private var unmatchedVersion: UInt64 { sockets.index.version &+ losses &+ translations &+ (start == nil ? 0 : 1) }

  /// Looks the owner up, and keeps the answer if the next packet of the conversation will have the same.
  @inline(never)
  private mutating func find(
    _ layers: Layers, _ direction: Direction, _ key: WireKey, _ hash: UInt64, at time: Int64
  ) -> Owner {
    var asOf = AsOf(time)
    let answer = resolve(layers, direction, key.namespace, &asOf)
    guard asOf.keeps, time > lastInjection.saturatingAdd(limits.injectionLag) else { return deliver(answer, at: time) }
    // The same question with and without payload; TCP alone makes a difference between the two.
    var other = layers
    other.payloadLength = layers.payloadLength > 0 ? 0 : 1
    assumesRead = true
    let otherAnswer = layers.transport == .tcp ? resolve(other, direction, key.namespace, &asOf) : answer
    assumesRead = false
    let party = answer.party?.process
    guard asOf.keeps, otherAnswer.party?.process == party, otherAnswer.slot == answer.slot else {
      return deliver(answer, at: time)
    }
    let loaded = layers.payloadLength > 0
    var kept = KeptAnswer(
      loaded: loaded ? answer : otherAnswer, bare: loaded ? otherAnswer : answer, from: asOf.from, until: asOf.until,
      socket: -1, socketVersion: unmatchedVersion, process: -1, processVersion: 0, image: 0,
      reading: reading)
    if answer.slot >= 0 {
      kept.socket = answer.slot
      kept.socketVersion = UInt64(sockets.versions[Int(answer.slot)])
    }
    if let process = answer.party.flatMap({ processes.slot(of: $0) }) {
      kept.image = Int32(truncatingIfNeeded: processes.entries[process].image(&asOf))
      kept.process = Int32(truncatingIfNeeded: process)
      kept.processVersion = processes.versions[process]
      kept.from = asOf.from
      kept.until = asOf.until
    }
    cache.keep(kept, for: key, hash)
    return deliver(answer, at: time)
  }

  // MARK: Handing out

  /// The packet in hand is asked about again later: what was answered does not count.
  package mutating func withdraw() {
    guard isUnread, let answer = unread else { return }
    unread = nil
    reasonCounts[Int(answer.reason.rawValue)] &-= 1
    if answer.party != nil { attributed &-= 1 } else if answer.role == .kernel { byKernel &-= 1 }
  }

  @inline(__always)
  private mutating func count(_ answer: Answer) {
    reasonCounts[Int(answer.reason.rawValue)] &+= 1
    if answer.party != nil { attributed &+= 1 } else if answer.role == .kernel { byKernel &+= 1 }
  }

  @inline(__always)
  private mutating func deliver(_ answer: Answer, _ kept: KeptAnswer) -> Owner {
    count(answer)
    var actor: Actor?
    if let party = answer.party {
      actor =
        kept.process < 0
        ? Actor(process: party.process, thread: party.thread)
        : processes.entries[Int(kept.process)].images[Int(kept.image)].actor
      actor?.thread = party.thread
    }
    return Owner(
      actor: actor, socket: answer.socket, role: answer.role, confidence: answer.confidence, reason: answer.reason.text)
  }

  private mutating func deliver(_ answer: Answer, at time: Int64) -> Owner {
    count(answer)
    if isUnread { unread = answer }
    return Owner(
      actor: answer.party.map { actor($0, at: time) }, socket: answer.socket, role: answer.role,
      confidence: answer.confidence, reason: answer.reason.text)
  }

  /// What a party was at a moment.
  func actor(_ party: Party, at time: Int64) -> Actor {
    guard let slot = processes.slot(of: party) else {
      if let reader, reader.process == party.process { return reader }
      return Actor(process: party.process, thread: party.thread)
    }
    var asOf = AsOf(time)
    var actor = processes.entries[slot].images[processes.entries[slot].image(&asOf)].actor
    actor.thread = party.thread
    return actor
  }
}
