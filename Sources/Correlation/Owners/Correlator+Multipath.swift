import Dissection
import Events

extension Correlator {
  /// Whose a segment of Multipath TCP is. Its subflow is made and fed by the kernel, for those who have the connection's socket; whose the bytes are
  /// is said by their numbers in the connection.
  mutating func answer(
    _ slot: Int, ofSubflowOf connection: Int, _ layers: Layers, _ side: Side, _ reason: Reason, _ asOf: inout AsOf
  ) -> Answer {
    asOf.once()
    let id = sockets.entries[slot].id
    let carries = layers.payloadLength > 0 && reason != .listener && layers.tcpFlags & 0b10 == 0
    let place =
      carries ? subflows.place(layers, on: device, mapping) ?? placeOfPlain(layers, connection, side) : nil
    var data = layers
    if let place {
      data.sequence = place
      if let later = later(connection, data, side, reason, &asOf) { return later.through(slot, id) }
    }
    if sockets.entries[connection].users.isEmpty { return unheld(slot, layers, side, &asOf) }
    var answer = keeper(connection, layers, side, reason, &asOf)
    if carries {
      if !isKnown(place, connection, side), areSeveral(connection, at: asOf.time) {
        answer = .nobody(isDoubtful(slot, asOf.time) ? .lostEvent : .ambiguous)
      } else if let mover = mover(connection, data, side, reason, &asOf) {
        answer = mover
      }
    }
    return ending(answer.through(slot, id), slot, layers, side, &asOf)
  }

  /// Whether the call is known that moved a byte of the connection's data.
  private func isKnown(_ place: UInt32?, _ connection: Int, _ side: Side) -> Bool {
    guard let place else { return false }
    // What is taken waits until that is told (`later`). Who gives bytes to it is told of when he has given all, and may never have before.
    return !side.isOutgoing || sockets.entries[connection].written.user(of: place) != nil
  }

  /// Whether it may be another's than the only one's who was seen to move something.
  private func areSeveral(_ connection: Int, at time: Int64) -> Bool {
    sockets.entries[connection].unnamedUsers > 0
      || sockets.entries[connection].users.count { $0.released > time } > 1
  }

  /// The place of a segment where both sides fell back to TCP, by how much was written or read since the connection began.
  private func placeOfPlain(_ layers: Layers, _ connection: Int, _ side: Side) -> UInt32? {
    let entry = sockets.entries[connection]
    guard entry.isBorn, !entry.isPartial, entry.losses == losses, let offset = subflows.offset(layers, on: device)
    else { return nil }
    return side.isOutgoing ? entry.written.number(after: offset) : entry.taken.number(after: offset)
  }
}
