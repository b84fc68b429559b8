package import Events

/// A socket, and what one process has to do with it.
package struct SocketDescription: Sendable, Equatable {
  package var id: SocketID
  /// `AF_*`, `SOCK_*`, and the IP protocol or, for a packet socket, the ethertype (3: all).
  package var family: UInt16
  package var type: UInt16
  package var proto: UInt16
  package var local: Endpoint
  package var remote: Endpoint
  /// All the other ends that it was connected to, in their order; the latest is `remote`.
  package var remotes: [Endpoint]
  /// The interface that it is bound to; 0 for any.
  package var interface: UInt32
  package var isListening: Bool
  /// It was there before the run.
  package var isFound: Bool
  /// The classic filter that was attached last, as `struct sock_filter`s.
  package var filter: [UInt8]
  /// A packet socket that has put its interface into promiscuous mode.
  package var isPromiscuous: Bool
  /// Its first event, and when its last holder let go of it.
  package var first: Instant
  package var closed: Instant?
  /// Everybody who holds it now.
  package var holders: [ProcessID]

  // The process's part in it.
  package var process: ProcessID
  package var deeds: SocketDeeds
  /// The descriptor seen last; -1 for none.
  package var descriptor: Int32
  package var bytesSent: UInt64
  package var bytesReceived: UInt64
  package var sends: UInt64
  /// For a packet socket the frames that were delivered, unless it reads a mapped ring.
  package var receives: UInt64
  package var firstUse: Instant
  package var lastUse: Instant
  /// When it closed it or ended; nil while it holds it.
  package var released: Instant?
}

extension Correlator {
  /// The sockets that a process holds or held, in the order it got them.
  package func sockets(of process: ProcessID) -> [SocketDescription] {
    guard let slot = processes.slot(of: process) else { return [] }
    return processes.entries[slot].sockets.compactMap { reference in
      sockets.slot(of: reference).flatMap { describe(socket: $0, for: process) }
    }
  }

  /// The processes that have or had to do with a socket, each with its part.
  package func users(of socket: SocketID) -> [SocketDescription] {
    guard let slot = sockets.slot(of: socket) else { return [] }
    return sockets.entries[slot].users.compactMap { describe(socket: slot, for: $0.party.process) }
  }

  private func describe(socket slot: Int, for process: ProcessID) -> SocketDescription? {
    let entry = sockets.entries[slot]
    guard let user = entry.users.first(where: { $0.party.process == process }) else { return nil }
    return SocketDescription(
      id: entry.id, family: entry.family, type: entry.type, proto: entry.proto, local: entry.local,
      remote: entry.remote, remotes: entry.keys.map(\.remote).filter { $0 != .none }, interface: entry.interface,
      isListening: entry.isListening, isFound: entry.isFound, filter: entry.filter,
      isPromiscuous: entry.isPromiscuous, first: Instant(nanoseconds: entry.first), closed: moment(entry.closed),
      holders: entry.users.filter { $0.released == .max }.map(\.party.process), process: process, deeds: user.deeds,
      descriptor: user.descriptor, bytesSent: user.bytesSent, bytesReceived: user.bytesReceived, sends: user.sends,
      receives: user.receives, firstUse: Instant(nanoseconds: user.first), lastUse: Instant(nanoseconds: user.last),
      released: moment(user.released))
  }

  private func moment(_ time: Int64) -> Instant? { time == .max ? nil : Instant(nanoseconds: time) }
}
