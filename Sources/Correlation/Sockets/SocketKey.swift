import Events

/// By what a socket is found from a packet. The network namespace is not in it: a packet's may be unknown.
struct SocketKey: Sendable, Hashable {
  enum Kind: UInt8, Sendable {
    /// Both ends.
    case ends
    /// A port, whatever the address and the other end; for ping sockets the identifier.
    case port
    /// The other end alone: TCP that asked for a connection and has no port yet.
    case connecting
    /// Both ends of a connection that a listener was asked for.
    case asked
    /// A protocol alone.
    case raw
    /// A packet socket.
    case packet
  }
  var kind: Kind
  var proto: UInt8 = 0
  var local = Endpoint.none
  var remote = Endpoint.none

  static func ends(_ proto: UInt8, _ local: Endpoint, _ remote: Endpoint) -> SocketKey {
    SocketKey(kind: .ends, proto: proto, local: local, remote: remote)
  }
  static func port(_ proto: UInt8, _ port: UInt16) -> SocketKey {
    SocketKey(kind: .port, proto: proto, local: Endpoint(.none, port))
  }
  static func connecting(_ proto: UInt8, _ remote: Endpoint) -> SocketKey {
    SocketKey(kind: .connecting, proto: proto, remote: remote)
  }
  static func asked(_ proto: UInt8, _ local: Endpoint, _ remote: Endpoint) -> SocketKey {
    SocketKey(kind: .asked, proto: proto, local: local, remote: remote)
  }
  static func raw(_ proto: UInt8) -> SocketKey { SocketKey(kind: .raw, proto: proto) }
  static let packet = SocketKey(kind: .packet)
}

/// A socket that a key leads to, for as long as it did.
struct SocketTie: Sendable, BitwiseCopyable {
  var slot: Int32
  var namespace: UInt64
  /// `AF_*`.
  var family: UInt16
  /// What it is bound to and connected to; none for anything.
  var local: Address
  var remote: Endpoint
  /// From when to when, nanoseconds since 1970; how long before it may have been so already, and how long after its packets may come.
  var from: Int64
  var until: Int64
  var lead: Int64
  var tail: Int64

  /// How well it fits a moment, the least best: 0 while it holds; nil when the moment is too far off.
  /// - Parameter isBegun: what it leads to has shown itself already, though the event that tells of it comes later.
  func rank(_ asOf: inout AsOf, isBegun: Bool) -> Int64? {
    let earliest = from.saturatingSubtract(lead)
    let latest = until.saturatingAdd(tail)
    guard asOf.isAfter(earliest), !asOf.isAfter(latest) else { return nil }
    guard asOf.isAfter(from) else {
      let distance = from.saturatingSubtract(asOf.time)
      return isBegun ? distance : distance.saturatingAdd(Self.doubtful)
    }
    // Its last packets; whoever has the ends next sends his own.
    return asOf.isAfter(until) ? asOf.time.saturatingSubtract(until).saturatingAdd(1 + Self.doubtful) : 0
  }

  /// Beyond every rank, in nanoseconds, of what has begun.
  static let doubtful: Int64 = 1 << 61
}
