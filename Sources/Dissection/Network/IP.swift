// What IPv4 and IPv6 share: the version, fragments, and the protocol numbers.

import Bytes

extension Dissector {
  /// IPv4 or IPv6, as the first byte says.
  @inline(__always)
  mutating func ip(_ layers: inout Layers) throws(Oddity) -> Next {
    guard rest.byteCount > 0 else { throw .truncated(.ipv4, needed: 1, available: 0) }
    let version = rest.byte(at: 0) >> 4
    switch version {
    case 4: return .ipv4
    case 6: return .ipv6
    default: throw .inconsistent(.ipv4, .version, value: UInt32(version))
    }
  }

  /// Starts the description of an IP packet; one around it is forgotten but for its being there and its being a fragment.
  @inline(__always)
  mutating func beginNetwork(version: UInt8, _ layers: inout Layers) {
    if self.version != 0 {
      marks = marks.intersection(.fragmented)
      layers.enterTunnel()
    }
    self.version = version
    layers.version = version
    layers.networkOffset = UInt32(truncatingIfNeeded: offset)
  }

  /// Notes that the packet is a fragment of a datagram.
  @inline(__always)
  mutating func fragment(offset: UInt16, more: Bool, _ layers: inout Layers) {
    layers.fragmentOffset = offset
    marks.insert(more ? [.fragmented, .moreFragments] : .fragmented)
  }

  /// The header that an IP protocol number announces; a later fragment has none, only data.
  @inline(__always)
  mutating func follow(ipProtocol proto: UInt8, isLater: Bool, _ layers: inout Layers) -> Next {
    layers.proto = proto
    if isLater { return .payload }
    // The two that matter are compared here; the table stays out of the straight line.
    if proto == 6 { return .tcp }
    if proto == 17 { return .udp }
    return uncommon(ipProtocol: proto, &layers)
  }

  @inline(never)
  private func uncommon(ipProtocol proto: UInt8, _ layers: inout Layers) -> Next {
    if proto == 4 || proto == 41 { layers.tunnels.insert(.ipInIP) }
    return switch proto {
    case 1: .icmp
    case 58: .icmpv6
    case 0, 43, 44, 60, 135, 139, 140: version == 6 ? .extensionHeader : .payload
    case 51: .extensionHeader
    case 132, 33, 136: .ports
    case 47: .gre
    case 4: entering.contains(.ipInIP) ? .ipv4 : .payload
    case 41: entering.contains(.ipInIP) ? .ipv6 : .payload
    case 137: .mpls
    default: .payload
    }
  }
}
