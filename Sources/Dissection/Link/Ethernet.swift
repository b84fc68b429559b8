public import Bytes

/// An Ethernet header, II or 802.3: a checked view.
///
///     +--------------+--------------+---------------+
///     | destination  |    source    |  type/length  |
///     |   6 bytes    |   6 bytes    |    2 bytes    |
///     +--------------+--------------+---------------+      IEEE 802.3 §3.1.1
@frozen @usableFromInline
package struct EthernetHeader: ~Escapable {
  @inlinable package static var count: Int { 14 }
  /// Above this the last field is an ethertype, up to it a length; IEEE 802.3 §3.2.6 leaves 1501...1535 undefined.
  @inlinable package static var lastLength: UInt16 { 1500 }
  @usableFromInline let bytes: RawSpan

  @_lifetime(copy bytes)
  @inlinable @inline(__always)
  package init(_ bytes: RawSpan) throws(Oddity) {
    guard bytes.byteCount >= Self.count else {
      throw .truncated(.ethernet, needed: Self.count, available: bytes.byteCount)
    }
    self.bytes = bytes
  }

  /// Addresses in the low 48 bits.
  @inlinable package var destination: UInt64 { bytes.bigEndian(UInt64.self, at: 0) >> 16 }
  @inlinable package var source: UInt64 { bytes.bigEndian(UInt64.self, at: 6) >> 16 }
  @inlinable package var typeOrLength: UInt16 { bytes.bigEndian(UInt16.self, at: 12) }
}

extension Dissector {
  @inline(__always)
  mutating func ethernet(_ layers: inout Layers) throws(Oddity) -> Next {
    let header = try EthernetHeader(rest)
    layers.hardwareDestination = header.destination
    layers.hardwareSource = header.source
    let value = header.typeOrLength
    skip(EthernetHeader.count)
    return follow(typeOrLength: value, &layers)
  }

  /// What an Ethernet header or an 802.1Q tag says of what follows it: an ethertype, or the length of an LLC packet.
  @inline(__always)
  mutating func follow(typeOrLength value: UInt16, _ layers: inout Layers) -> Next {
    if value > EthernetHeader.lastLength { return follow(etherType: value, &layers) }
    limit(to: Int(value), of: .ethernet, field: .length, &layers)
    return .llc
  }

  /// The header that an ethertype announces.
  @inline(__always)
  mutating func follow(etherType: UInt16, _ layers: inout Layers) -> Next {
    layers.etherType = etherType
    return switch etherType {
    case EtherType.ipv4: .ipv4
    case EtherType.ipv6: .ipv6
    case EtherType.arp, EtherType.rarp: .arp
    case EtherType.vlan, EtherType.serviceVLAN, EtherType.oldQinQ: .vlan
    case EtherType.mpls, EtherType.mplsMulticast: .mpls
    case EtherType.pppoeDiscovery, EtherType.pppoeSession: .pppoe
    case EtherType.fabricPath: .fabricPath
    case EtherType.nsh: .nsh
    default: .payload
    }
  }
}

/// The ethertypes that the dissection follows (IEEE's registry).
package enum EtherType {
  package static let ipv4: UInt16 = 0x0800
  package static let arp: UInt16 = 0x0806
  package static let ipv6: UInt16 = 0x86dd
  /// RFC 903: ARP's form, with operations of its own.
  package static let rarp: UInt16 = 0x8035
  /// 802.1Q.
  package static let vlan: UInt16 = 0x8100
  /// 802.1ad.
  package static let serviceVLAN: UInt16 = 0x88a8
  /// What bridges used for the outer tag before 802.1ad gave it a number.
  package static let oldQinQ: UInt16 = 0x9100
  package static let mpls: UInt16 = 0x8847
  /// RFC 8300 §8.
  package static let nsh: UInt16 = 0x894f
  package static let mplsMulticast: UInt16 = 0x8848
  package static let pppoeDiscovery: UInt16 = 0x8863
  package static let pppoeSession: UInt16 = 0x8864
  /// Cisco's, not registered.
  package static let fabricPath: UInt16 = 0x8903
}
