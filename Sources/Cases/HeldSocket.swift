import Events

/// What a descriptor of a process that leads to a socket leads to, in words for people.
struct HeldSocket: Sendable, Equatable {
  var family: UInt16
  var type: UInt16
  var proto: UInt16
  var local: Endpoint
  var remote: Endpoint
  var interface: UInt32

  init(_ event: SocketEvent) {
    family = event.family
    type = event.type
    proto = event.proto
    local = event.local.unmapped
    remote = event.remote.unmapped
    interface = event.interface
  }

  /// `TCP 10.200.1.1:40000 to 10.200.1.2:7000`
  /// - Parameter interface: names an interface by its number.
  func text(_ name: (UInt32) -> String) -> String {
    switch family {
    case 1: "unix socket"
    case 2, 10: internet
    case 16: "netlink socket"
    case 17: "packet socket on \(name(interface))"
    case 44: "AF_XDP socket on \(name(interface))"
    default: "socket of family \(family)"
    }
  }

  private var internet: String {
    var text = (type == 3 ? "raw socket of " : "") + Self.protocolName(proto)
    if !local.address.isAny || local.port != 0 { text += " \(local)" }
    if !remote.address.isAny { text += " to \(remote)" }
    return text
  }

  /// `TCP`, `IP protocol 99`.
  static func protocolName(_ number: UInt16) -> String { protocols[number] ?? "IP protocol \(number)" }

  private static let protocols: [UInt16: String] = [
    1: "ICMP", 6: "TCP", 17: "UDP", 58: "ICMPv6", 132: "SCTP", 136: "UDP-Lite", 262: "MPTCP",
  ]
}
