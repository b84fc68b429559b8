import Events

/// What one process has to do with one socket.
struct SocketUser: Sendable, BitwiseCopyable {
  var party: Party
  var deeds: SocketDeeds = []
  var bytesSent: UInt64 = 0
  var bytesReceived: UInt64 = 0
  var sends: UInt64 = 0
  var receives: UInt64 = 0
  /// The descriptor that was seen last; -1 for none.
  var descriptor: Int32 = -1
  /// First and last event of this process on the socket, nanoseconds since 1970.
  var first: Int64
  var last: Int64
  /// When it closed its descriptor or ended; the largest number while it holds it.
  var released = Int64.max
}

/// What a process was seen to do with a socket; `hold` alone is no deed of its own.
package struct SocketDeeds: OptionSet, Sendable, BitwiseCopyable {
  package var rawValue: UInt16
  package init(rawValue: UInt16) { self.rawValue = rawValue }
  package static let create = SocketDeeds(rawValue: 1)
  package static let bind = SocketDeeds(rawValue: 2)
  package static let connect = SocketDeeds(rawValue: 4)
  package static let accept = SocketDeeds(rawValue: 8)
  package static let send = SocketDeeds(rawValue: 16)
  package static let receive = SocketDeeds(rawValue: 32)
  package static let listen = SocketDeeds(rawValue: 64)
  /// shutdown, options, filters, memberships.
  package static let other = SocketDeeds(rawValue: 128)
  /// Found with it when the run began, or forked from one that held it.
  package static let hold = SocketDeeds(rawValue: 256)

  /// close: a forked child does away with what it was given and has no use for.
  package static let letGo = SocketDeeds(rawValue: 512)

  var areOwn: Bool { !subtracting(.hold).isEmpty }
  /// Whether more was done with it than to have it and to let go of it.
  var areUse: Bool { !subtracting([.hold, .letGo]).isEmpty }

  /// What somebody is who neither sent nor received these bytes.
  var role: Owner.Role {
    if contains(.connect) { return .connector }
    if contains(.accept) { return .acceptor }
    if contains(.bind) || contains(.listen) { return .binder }
    if contains(.create) { return .creator }
    return .holder
  }
}
