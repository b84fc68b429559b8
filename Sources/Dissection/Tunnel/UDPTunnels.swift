// Tunnels in UDP, known by their port and by a header that fits: anybody may use a port for something else.

/// The ports whose datagrams may be tunnels, at either end.
package let udpTunnelPorts: [UInt16] = [1701, 2152, 3544, 4789, 4790, 6081, 8472]

extension Layers {
  /// The described datagram is the carrier of a virtual Ethernet (RFC 7348, RFC 8926) whose frame has no addresses of its own to describe.
  package var isTunnelCarrier: Bool {
    transport == .udp && !tunnels.isDisjoint(with: [.vxlan, .geneve])
      && [4789, 4790, 6081, 8472].contains(destinationPort)
  }
}

extension Dissector {
  /// The tunnel that a datagram's ports announce; nearly always none.
  @inline(__always)
  func tunnel(_ source: UInt16, _ destination: UInt16) -> Next {
    Self.isTunnel(destination) || Self.isTunnel(source) ? announced(source, destination) : .payload
  }

  /// As `udpTunnelPorts`; a switch costs less than to look in a list.
  @inline(__always)
  private static func isTunnel(_ port: UInt16) -> Bool {
    switch port {
    case 1701, 2152, 3544, 4789, 4790, 6081, 8472: true
    default: false
    }
  }

  @inline(never)
  private func announced(_ source: UInt16, _ destination: UInt16) -> Next {
    switch Self.isTunnel(destination) ? destination : source {
    case 1701: .l2tp
    case 2152: .gtp
    case 3544: .teredo
    case 6081: .geneve
    default: .vxlan
    }
  }
}
