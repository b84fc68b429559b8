import Dissection
import Events

extension Correlator {
  /// A packet socket sent it: to its ports an answer may come.
  mutating func noteInquiry(_ answer: Answer, _ layers: Layers, _ namespace: UInt64, at time: Int64) {
    guard answer.slot >= 0, let party = answer.party, sockets.entries[Int(answer.slot)].isPacket,
      layers.marks.contains(.ports)
    else { return }
    let isNew = inquiries.note(
      layers.proto, layers.sourcePort, layers.destinationPort, namespace, party, at: time)
    // What was answered for such ports before is not true any more.
    if isNew { translations &+= 1 }
  }

  /// Whose an answer is that no socket of its port takes: who asked through a packet socket, and has read a frame as long through one just after.
  mutating func inquired(
    _ layers: Layers, _ direction: Direction, _ namespace: UInt64, _ asOf: inout AsOf
  ) -> Answer? {
    guard direction != .outbound, layers.marks.contains(.ports),
      let asker = inquiries.party(
        layers.proto, layers.destinationPort, layers.sourcePort, namespace, at: asOf.time)
    else { return nil }
    asOf.once()
    candidates.removeAll(keepingCapacity: true)
    for tie in sockets.index.ties(.packet) where namespace == 0 || tie.namespace == 0 || tie.namespace == namespace {
      guard let user = sockets.entries[Int(tie.slot)].user(asker),
        sockets.entries[Int(tie.slot)].users[user].deeds.contains(.receive), !candidates.contains(tie.slot)
      else { continue }
      candidates.append(tie.slot)
    }
    guard !candidates.isEmpty else { return nil }
    let (whole, inner) = layers.lengthsToSend
    let found = nearest(
      outgoing: false, asOf.time, lead: limits.receiveLead, lag: limits.readingMargin, evidence: .packetReceive
    ) { entry, bytes in bytes == (entry.type == 2 ? inner : whole) }
    guard let found, found.party?.process == asker.process else { return nil }
    return found.atMost(.medium)
  }
}
