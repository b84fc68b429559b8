import Dissection
import Events

extension Correlator {
  /// Whose a packet with ports is: TCP, UDP and their like. Nil when no socket fits; `isForeign` says whether one would in another namespace.
  mutating func resolvePorts(
    _ layers: Layers, _ key: FlowKey, _ direction: Direction, _ namespace: UInt64, _ asOf: inout AsOf,
    isForeign: inout Bool
  ) -> Answer? {
    // Two processes on either side of a translation may have chosen the same port.
    if passing.hold(key, in: namespace, at: asOf.time) {
      asOf.once()
      return .kernel(.forwarded)
    }
    let (first, second) = sides(key, direction, namespace)
    let isTCP = layers.transport == .tcp
    let begins = isTCP && layers.tcpFlags & 0b10 != 0
    // A source that is not this machine's own may be so by translation: on its own loopback, then.
    let translated =
      first == nil && direction == .unknown
        && !sockets.index.ties(.ends(key.proto, key.source, key.destination)).isEmpty
      ? Side(key, outgoing: true) : nil
    // Of a source that is this machine's the sender is here, connected or not; the receiver, on loopback, comes after him.
    let isOwn = direction == .outbound || isLocal(key.source.address, in: namespace) == true
    for side in [first ?? translated, second].lazy.compactMap({ $0 }) {
      if begins, let answer = handshake(layers, side, key.proto, namespace, &asOf) { return answer }
      let ends = SocketKey.ends(key.proto, side.local, side.remote)
      if gather(ends, side, namespace, &asOf, begins: begins && side.isOutgoing) { isForeign = true }
      if !isTCP, nearestRank > 0, !candidates.isEmpty || isOwn && side.isOutgoing {
        // A port that was connected a moment ago may be another's by now.
        let (rank, connected) = (nearestRank, candidates)
        if !connected.isEmpty { asOf.once() }
        if gather(.port(key.proto, side.local.port), side, namespace, &asOf) { isForeign = true }
        if nearestRank < rank { return bound(layers, side, namespace, &asOf) }
        candidates = connected
      }
      if !candidates.isEmpty {
        if begins, side.isOutgoing, candidates.count == 1 { noteBase(Int(candidates[0]), layers) }
        return decide(layers, side, .tuple, namespace, &asOf)
      }
      if begins, side.isOutgoing, let answer = connecting(layers, side, key.proto, namespace, &asOf) { return answer }
    }
    if isTCP { return asked(layers, key, first, second, namespace, &asOf) }
    // What is on loopback is its sender's or, when he is not known, nobody's.
    for side in [first, isOwn && direction == .unknown ? nil : second].lazy.compactMap({ $0 }) {
      if gather(.port(key.proto, side.local.port), side, namespace, &asOf) { isForeign = true }
      if !candidates.isEmpty { return bound(layers, side, namespace, &asOf) }
    }
    return nil
  }

  /// Whose it is, of those that are bound to its port.
  private mutating func bound(
    _ layers: Layers, _ side: Side, _ namespace: UInt64, _ asOf: inout AsOf
  ) -> Answer {
    if candidates.count > 1, side.isOutgoing {
      let silent = candidates.filter { !tellsFrames(Int($0), mark, asOf.time) }
      if !silent.isEmpty { candidates = silent }
    }
    return decide(layers, side, .port, namespace, &asOf)
  }

  /// A SYN that came in and the SYN-ACK that answers it are the listener's; the connection has no socket yet that anybody holds.
  private mutating func handshake(
    _ layers: Layers, _ side: Side, _ proto: UInt8, _ namespace: UInt64, _ asOf: inout AsOf
  ) -> Answer? {
    asOf.once()
    let isAnswer = layers.tcpFlags & 0b1_0000 != 0
    guard side.isOutgoing == isAnswer else { return nil }
    if isAnswer {
      gather(.ends(proto, side.local, side.remote), side, namespace, &asOf)
      if candidates.count == 1 {
        let slot = Int(candidates[0])
        // Both ends may ask at once (RFC 9293 §3.5): then it is no listener's.
        if sockets.entries[slot].isBorn { return nil }
        noteBase(slot, layers)
      }
    }
    // A device for its tag there is when somebody has the connection.
    if !isAnswer, layers.isOfVLAN, accepted(layers, side, proto, namespace, &asOf) == nil { return nil }
    if !isAnswer, layers.payloadLength > 0 {
      // What a SYN carries (TCP Fast Open, RFC 7413) is read by whoever takes the connection.
      if let taker = accepted(layers, side, proto, namespace, &asOf) { return taker }
    }
    gather(.asked(proto, side.local, side.remote), side, namespace, &asOf)
    if candidates.isEmpty { gather(.port(proto, side.local.port), side, namespace, &asOf) }
    if candidates.count == 1, sockets.entries[Int(candidates[0])].onlyUser == nil {
      // Of a listener that several hold the connection is his who takes it.
      let listener = candidates
      if let taker = accepted(layers, side, proto, namespace, &asOf) { return taker }
      candidates = listener
    }
    if candidates.isEmpty { return nil }
    if !isAnswer {
      requests.note(
        FlowKey(source: side.remote, destination: side.local, proto: proto), in: namespace, at: asOf.time)
    }
    return decide(layers, side, .listener, namespace, &asOf)
  }

  /// What follows a SYN is the listener's until the connection has a socket, which it has not when the ACK was lost on its way.
  private mutating func asked(
    _ layers: Layers, _ key: FlowKey, _ first: Side?, _ second: Side?, _ namespace: UInt64, _ asOf: inout AsOf
  ) -> Answer? {
    guard let time = requests.time(of: key, in: namespace),
      (0..<limits.handshake).contains(asOf.time.saturatingSubtract(time))
    else { return nil }
    asOf.once()
    for side in [first, second].lazy.compactMap({ $0 })
    where sockets.index.ties(.ends(key.proto, side.local, side.remote)).isEmpty {
      gather(.asked(key.proto, side.local, side.remote), side, namespace, &asOf)
      if candidates.isEmpty { gather(.port(key.proto, side.local.port), side, namespace, &asOf) }
      if !candidates.isEmpty { return decide(layers, side, .listener, namespace, &asOf) }
    }
    return nil
  }

  /// Whose a connection is that was taken from its listener; nil while it was not, as far as is known.
  private mutating func accepted(
    _ layers: Layers, _ side: Side, _ proto: UInt8, _ namespace: UInt64, _ asOf: inout AsOf
  ) -> Answer? {
    gather(.ends(proto, side.local, side.remote), side, namespace, &asOf, begins: true)
    guard candidates.count == 1, sockets.entries[Int(candidates[0])].isAccepted,
      !sockets.entries[Int(candidates[0])].users.isEmpty
    else { return nil }
    return decide(layers, side, .tuple, namespace, &asOf)
  }

  /// A SYN leaves before connect(2) returns, and until then nobody tells which port it leaves from.
  private mutating func connecting(
    _ layers: Layers, _ side: Side, _ proto: UInt8, _ namespace: UInt64, _ asOf: inout AsOf
  ) -> Answer? {
    gather(.connecting(proto, side.remote), side, namespace, &asOf)
    guard !candidates.isEmpty else { return nil }
    // Those whose own port is known by now are not on their way any more, and of those that are, a SYN that was seen before says
    // whose it is when it comes again.
    let waiting = candidates.filter { sockets.entries[Int($0)].key?.kind == .connecting }
    let base = layers.sequence &+ 1
    let again = waiting.filter { sockets.entries[Int($0)].sendBase == base }
    candidates = again.isEmpty ? waiting.filter { sockets.entries[Int($0)].sendBase == nil } : again
    let begun = candidates.filter { sockets.entries[Int($0)].last <= asOf.time }
    if !begun.isEmpty { candidates = begun }
    let asked = candidates
    guard let first = asked.first else { return nil }
    // All may be the same program's.
    let owner = answer(Int(first), layers, side, .connecting, &asOf)
    guard asked.count > 1 else {
      noteBase(Int(first), layers)
      return owner
    }
    let isShared = asked.allSatisfy {
      answer(Int($0), layers, side, .connecting, &asOf).party?.process == owner.party?.process
    }
    return isShared ? owner.atMost(.medium) : .nobody(.ambiguous)
  }

  /// The sequence number after a SYN is the stream's first byte's.
  private mutating func noteBase(_ slot: Int, _ layers: Layers) {
    if sockets.entries[slot].sendBase == nil { sockets.entries[slot].sendBase = layers.sequence &+ 1 }
  }
}
