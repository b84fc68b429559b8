// What IPv4 and IPv6 share: the version, fragments, and the protocol numbers.

import Bytes

extension Dissector {
  /// IPv4 or IPv6, as the first byte says.
  @inline(__always)
  mutating func ip() throws(Oddity) -> Next {
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
  mutating func beginNetwork(version: UInt8) {
    if layers.version != 0 { enterTunnel() }
    layers.version = version
    layers.networkOffset = UInt32(truncatingIfNeeded: offset)
  }

  @inline(never)
  private mutating func enterTunnel() {
    layers.marks = layers.marks.intersection([.fragmented, .tunnelled]).union(.tunnelled)
    layers.fragmentOffset = 0
    layers.transport = .none
    layers.sourcePort = 0
    layers.destinationPort = 0
    layers.transportOffset = 0
    layers.transportHeaderLength = 0
  }

  /// Notes that the packet is a fragment of a datagram.
  @inline(__always)
  mutating func fragment(offset: UInt16, more: Bool) {
    layers.fragmentOffset = offset
    layers.marks.insert(more ? [.fragmented, .moreFragments] : .fragmented)
  }

  /// The header that an IP protocol number announces; a later fragment has none, only data.
  @inline(__always)
  mutating func follow(ipProtocol proto: UInt8) -> Next {
    layers.proto = proto
    guard layers.fragmentOffset == 0 else { return .payload }
    return switch proto {
    case 6: .tcp
    case 17: .udp
    case 1: .icmp
    case 58: .icmpv6
    case 0, 43, 44, 60, 135, 139, 140: layers.version == 6 ? .extensionHeader(proto) : .payload
    case 51: .extensionHeader(proto)
    case 132: .ports(.sctp, .sctp)
    case 33: .ports(.dccp, .dccp)
    case 136: .ports(.udpLite, .udpLite)
    case 4: .ipv4
    case 41: .ipv6
    default: .payload
    }
  }
}
