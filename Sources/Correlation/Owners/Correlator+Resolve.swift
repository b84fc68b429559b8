import Dissection
import Events

extension Correlator {
  /// Whose packet it is. The order is that of certainty: a frame somebody sent whole, a socket with these ends, what only the kernel sends, and
  /// then why there is nobody.
  mutating func resolve(
    _ layers: Layers, _ direction: Direction, _ namespace: UInt64, _ asOf: inout AsOf
  ) -> Answer {
    if direction != .outbound, layers.isARP || ICMPKind(layers) == .neighborDiscovery {
      if neighbours.count >= 1024 { neighbours.removeAll() }
      neighbours[namespace] = asOf.time
    }
    if let told = transmitted(layers, mark, direction, namespace, &asOf) {
      if ICMPKind(layers) == .request { noteAsker(told, layers, asOf.time) }
      noteInquiry(told, layers, namespace, at: asOf.time)
      return told
    }
    if let told = delivered(layers, direction, namespace, &asOf) { return told }
    let injected = injected(layers, direction, namespace, &asOf)
    if let injected { noteInquiry(injected, layers, namespace, at: asOf.time) }
    guard var key = layers.flowKey else {
      if let injected { return injected }
      return layers.isARP ? .kernel(.arp) : .nobody(.notIP)
    }
    if layers.marks.contains(.moreFragments) || layers.isLaterFragment {
      asOf.once()
      if let whole = fragments.key(of: layers, key, at: Instant(nanoseconds: asOf.time)) { key = whole }
    }
    isPassedOn = isForwarded(key, in: namespace)
    isOthers = isLocal(key.source.address, in: namespace) != true && isForOthers(layers, direction, in: namespace)
    if isOthers { asOf.once() }
    var isForeign = false
    let answer: Answer?
    switch key.proto {
    case 1, 58: answer = resolveICMP(layers, key, direction, namespace, &asOf, injected)
    case 2, 6, 17, 33, 132, 136:
      let found = resolvePorts(layers, key, direction, namespace, &asOf, isForeign: &isForeign)
      answer = found.map { doubted($0, &asOf) }
    default: answer = nil
    }
    if let answer {
      guard let injected else { return answer }
      // Who sent it whole, unless the socket's own process sent as much at the same time.
      return explains(answer, layers, key, asOf.time) ? answer.atMost(.low) : injected
    }
    if let injected { return contested(layers, key, direction, namespace, &asOf) ?? injected }
    if let raw = resolveRaw(layers, key, direction, namespace, &asOf) { return raw }
    if let read = inquired(layers, direction, namespace, &asOf) { return read }
    return unmatched(layers, key, direction, namespace, &asOf, isForeign: isForeign)
  }

  /// Where a connection that is passed on may have been forgotten, a port or two ends say little: only what was moved tells whose it is.
  private func doubted(_ answer: Answer, _ asOf: inout AsOf) -> Answer {
    guard passing.mayHaveForgotten(at: asOf.time) else { return answer }
    asOf.once()
    return answer.reason == .content || answer.reason == .byteRange ? answer : answer.atMost(.low)
  }

  /// Whether a send near in time explains an answer's packet too.
  private mutating func explains(_ answer: Answer, _ layers: Layers, _ key: FlowKey, _ time: Int64) -> Bool {
    guard answer.slot >= 0, !tellsFrames(Int(answer.slot), mark, time) else { return false }
    if let isOfStream = isOfStream(Int(answer.slot), layers) { return isOfStream }
    candidates.removeAll(keepingCapacity: true)
    candidates.append(answer.slot)
    let lengths = ExpectedLengths(layers, outgoing: true)
    return nearest(
      outgoing: true, time, lead: limits.injectionLead, lag: limits.injectionLag, evidence: .sendEvent
    ) { entry, bytes in lengths.match(bytes, entry) } != nil
  }

  /// Of the packet sockets and the raw ones that may have sent it, the one whose send is nearest.
  private mutating func contested(
    _ layers: Layers, _ key: FlowKey, _ direction: Direction, _ namespace: UInt64, _ asOf: inout AsOf
  ) -> Answer? {
    let side = Side(key, outgoing: true)
    var found: [Int32] = []
    for kind in [SocketKey.raw(key.proto), .raw(255)] {
      gather(kind, side, namespace, &asOf)
      found += candidates
    }
    found.removeAll { tellsFrames(Int($0), mark, asOf.time) }
    guard !found.isEmpty else { return nil }
    gather(.packet, side, namespace, &asOf)
    candidates += found
    let lengths = ExpectedLengths(layers, outgoing: true)
    let (whole, inner) = layers.lengthsToSend
    return nearest(
      outgoing: true, asOf.time, lead: limits.injectionLead, lag: limits.injectionLag, evidence: .sendEvent
    ) { entry, bytes in entry.isPacket ? bytes == (entry.type == 2 ? inner : whole) : lengths.match(bytes, entry) }
  }

  /// How many processes send through the sockets.
  private func senders(_ slots: [Int32]) -> Int {
    Set(
      slots.flatMap { slot in
        sockets.entries[Int(slot)].users.lazy.filter { $0.deeds.contains(.send) }.map(\.party.process)
      }
    ).count
  }

  /// Raw sockets of the protocol, or of any (IPPROTO_RAW). What goes out must have been sent near in time, unless only one socket can have sent it.
  mutating func resolveRaw(
    _ layers: Layers, _ key: FlowKey, _ direction: Direction, _ namespace: UInt64, _ asOf: inout AsOf
  ) -> Answer? {
    let (first, second) = sides(key, direction, namespace)
    let isPlain = ![6, 17, 33, 132, 136].contains(key.proto)
    for side in [first, second].lazy.compactMap({ $0 }) {
      var found: [Int32] = []
      gather(.raw(key.proto), side, namespace, &asOf)
      found += candidates
      if side.isOutgoing {
        gather(.raw(255), side, namespace, &asOf)
        found += candidates
      }
      guard !found.isEmpty else { continue }
      asOf.once()
      if side.isOutgoing { found.removeAll { tellsFrames(Int($0), mark, asOf.time) } }
      guard !found.isEmpty else { continue }
      candidates = found
      if side.isOutgoing, losses > 0, senders(found) > 1 { return .nobody(.lostEvent) }
      if let answer = nearest(layers, side, asOf.time) { return answer }
      // TCP and UDP have owners of their own: that a raw socket is there says nothing.
      guard isPlain, found.count == 1 else { continue }
      candidates = found
      return answer(Int(found[0]), layers, side, .rawSocket, &asOf).atMost(side.isOutgoing ? .low : .medium)
    }
    return nil
  }
}
