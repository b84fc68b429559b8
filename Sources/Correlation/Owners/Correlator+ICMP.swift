import Dissection
import Events

extension Correlator {
  /// Whose an ICMP message is: the kernel's, except for those that programs send and await.
  mutating func resolveICMP(
    _ layers: Layers, _ key: FlowKey, _ direction: Direction, _ namespace: UInt64, _ asOf: inout AsOf,
    _ injected: Answer?
  ) -> Answer? {
    asOf.once()
    let kind = ICMPKind(layers)
    if kind == .request, direction == .inbound {
      echoes.note(layers.echoIdentifier, layers.echoSequence, at: asOf.time)
    }
    let isAnswer =
      kind == .reply && direction != .inbound
      && echoes.answers(layers.echoIdentifier, layers.echoSequence, at: asOf.time)
    if !isAnswer, let answer = programs(layers, key, direction, namespace, kind, &asOf) {
      if kind == .request { noteAsker(answer, layers, asOf.time) }
      // On loopback the one frame that is seen is also the one that the kernel answers.
      if kind == .request, direction == .unknown {
        echoes.note(layers.echoIdentifier, layers.echoSequence, at: asOf.time)
      }
      return answer
    }
    if injected != nil { return nil }
    switch kind {
    case .request:
      if direction == .inbound { return .kernel(.icmpRequest) }
      echoes.note(layers.echoIdentifier, layers.echoSequence, at: asOf.time)
      return nil
    case .reply: return direction == .inbound ? nil : .kernel(.icmpReply, isAnswer ? .high : .medium)
    case .error: return .kernel(.icmpError)
    case .neighborDiscovery: return .kernel(.neighborDiscovery)
    case .multicast: return .kernel(.multicast)
    case .other: return nil
    }
  }

  /// Whose request left: its answer is his, too.
  mutating func noteAsker(_ answer: Answer, _ layers: Layers, _ time: Int64) {
    guard answer.slot >= 0, answer.confidence >= .medium, let party = answer.party else { return }
    echoes.ask(Echoes.Asked(layers, echo, sockets.reference(Int(answer.slot))), by: party, at: time)
  }

  /// Of those who ask through one socket, and of whom nobody reads from it, the one whose request is answered.
  func asker(_ slot: Int, _ layers: Layers, _ side: Side, _ time: Int64) -> Answer? {
    guard !side.isOutgoing, ICMPKind(layers) == .reply, sockets.entries[slot].users.count > 1,
      !sockets.entries[slot].users.contains(where: { $0.deeds.contains(.receive) }),
      let party = echoes.asker(Echoes.Asked(layers, echo, sockets.reference(slot)), at: time)
    else { return nil }
    return Answer(party: party, role: .receiver, confidence: .medium, reason: .identifier)
  }

  /// The program that sent the message, or that it is for.
  private mutating func programs(
    _ layers: Layers, _ key: FlowKey, _ direction: Direction, _ namespace: UInt64, _ kind: ICMPKind,
    _ asOf: inout AsOf
  ) -> Answer? {
    let (first, second) = sides(key, direction, namespace)
    for side in [first, second].lazy.compactMap({ $0 }) {
      // A program asks, and a reply is for who asked; the kernel receives requests.
      let isEcho = kind == .request && side.isOutgoing || kind == .reply && !side.isOutgoing
      if isEcho {
        gather(.port(key.proto, layers.echoIdentifier), side, namespace, &asOf)
        if !candidates.isEmpty { return decide(layers, side, .identifier, namespace, &asOf) }
      } else if !side.isOutgoing {
        // Raw sockets are given copies of what the kernel deals with.
        continue
      }
      gather(.raw(key.proto), side, namespace, &asOf)
      var found = candidates
      if side.isOutgoing {
        gather(.raw(255), side, namespace, &asOf)
        found += candidates
      }
      if side.isOutgoing { found.removeAll { tellsFrames(Int($0), mark, asOf.time) } }
      guard !found.isEmpty else { continue }
      if isEcho, let slot = echoes.socket(layers.echoIdentifier, namespace), found.contains(slot.slot),
        sockets.slot(of: slot) != nil
      {
        return answer(Int(slot.slot), layers, side, .identifier, &asOf)
      }
      candidates = found
      if let answer = nearest(layers, side, asOf.time) {
        // Which program uses the identifier: its replies, and its next requests, are known by it.
        if isEcho, answer.confidence > .low {
          echoes.learn(layers.echoIdentifier, namespace, sockets.reference(Int(answer.slot)))
        }
        return answer
      }
      if isEcho, found.count == 1 {
        return answer(Int(found[0]), layers, side, .rawSocket, &asOf).atMost(.low)
      }
    }
    return nil
  }
}

/// What a kind of ICMP message is for (RFC 792, 4443, 4861, 3810).
enum ICMPKind: Sendable {
  case request, reply, error, neighborDiscovery, multicast, other

  init(_ layers: Layers) {
    switch (layers.transport == .icmpv6, layers.icmpType) {
    case (false, 8), (true, 128), (false, 13), (false, 15), (false, 17): self = .request
    case (false, 0), (true, 129), (false, 14), (false, 16), (false, 18): self = .reply
    case (false, 3), (false, 4), (false, 5), (false, 11), (false, 12), (true, 1...4): self = .error
    case (true, 133...137): self = .neighborDiscovery
    case (true, 130...132), (true, 143): self = .multicast
    default: self = .other
    }
  }
}
