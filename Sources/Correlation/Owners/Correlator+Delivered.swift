import Dissection
import Events

extension Correlator {
  /// The kernel told which socket a datagram was given to.
  mutating func deliver(_ event: SocketEvent, _ slot: Int, at time: Int64) {
    guard event.detail != 0 else { return }
    deliveries.append(
      Transmission(
        time: time, socket: sockets.reference(slot), namespace: event.socket.namespace, process: Party.nobody.process,
        mark: event.detail))
  }

  /// Whether the kernel told of this very packet as it came in, so that its conversation's owner may not be its own.
  @inline(__always)
  func isDelivered(_ direction: Direction) -> Bool {
    mark != 0 && direction == .inbound && !deliveries.isEmpty && deliveries.has(mark)
  }

  /// Whose a datagram is that the kernel told of as it came in: its socket is known then, whatever its headers say.
  mutating func delivered(
    _ layers: Layers, _ direction: Direction, _ namespace: UInt64, _ asOf: inout AsOf
  ) -> Answer? {
    guard isDelivered(direction), let key = layers.flowKey else { return nil }
    let receivers = deliveries.receivers(mark, namespace, at: asOf.time, patience: limits.transmissionPatience)
    guard let first = receivers.first else { return nil }
    asOf.once()
    let side = Side(key, outgoing: false)
    candidates.removeAll(keepingCapacity: true)
    // Equal datagrams that follow each other closely may have gone to several; a group's go to all that are in it.
    let isClear =
      receivers.count == 1
      || !isForAll(side.local.address, in: namespace) && receivers[1].distance > first.distance.saturatingAdd(100_000)
        && receivers[1].distance / 8 > max(first.distance, 0)
    for receiver in isClear ? receivers[..<1] : receivers[...] {
      if let slot = sockets.slot(of: receiver.socket) { candidates.append(Int32(truncatingIfNeeded: slot)) }
    }
    return candidates.isEmpty ? nil : decide(layers, side, .delivery, namespace, &asOf)
  }
}
