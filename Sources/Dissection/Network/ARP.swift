public import Bytes
public import Events

/// An ARP or RARP packet: a checked view.
///
///     +---------------+----------+-------+-------+-----------+
///     | hardware type | protocol | h len | p len | operation |
///     |       2       |    2     |   1   |   1   |     2     |
///     +---------------+----------+-------+-------+-----------+
///     | sender: hardware, protocol; target: hardware, protocol |      RFC 826
///     +--------------------------------------------------------+
@frozen @usableFromInline
package struct ARPPacket: ~Escapable {
  @inlinable package static var minimum: Int { 8 }
  @usableFromInline let bytes: RawSpan

  /// Fails when the bytes cannot hold the four addresses at the lengths that the packet gives.
  @_lifetime(copy bytes)
  @inlinable
  package init(_ bytes: RawSpan) throws(Oddity) {
    guard bytes.byteCount >= Self.minimum else {
      throw .truncated(.arp, needed: Self.minimum, available: bytes.byteCount)
    }
    self.bytes = bytes
    guard bytes.byteCount >= count else {
      throw .truncated(.arp, needed: count, available: bytes.byteCount)
    }
  }

  @inlinable package var hardwareType: UInt16 { bytes.bigEndian(UInt16.self, at: 0) }
  /// An ethertype.
  @inlinable package var protocolType: UInt16 { bytes.bigEndian(UInt16.self, at: 2) }
  @inlinable package var hardwareLength: Int { Int(bytes.byte(at: 4)) }
  @inlinable package var protocolLength: Int { Int(bytes.byte(at: 5)) }
  /// 1 request, 2 reply, 3 and 4 of RARP, 8 and 9 of InARP.
  @inlinable package var operation: UInt16 { bytes.bigEndian(UInt16.self, at: 6) }
  @inlinable package var count: Int { Self.minimum &+ 2 &* (hardwareLength &+ protocolLength) }

  /// True when the protocol addresses are IPv4's.
  @inlinable package var isIPv4: Bool { protocolType == 0x0800 && protocolLength == 4 }
  /// True when the hardware addresses have six bytes.
  @inlinable package var isEthernet: Bool { hardwareLength == 6 }

  /// In the low 48 bits; ask only when `isEthernet`.
  @inlinable package var senderHardware: UInt64 { bytes.bigEndian(UInt64.self, at: 6) & 0xffff_ffff_ffff }
  /// In the low 48 bits; ask only when `isEthernet` and `isIPv4`.
  @inlinable package var targetHardware: UInt64 { bytes.bigEndian(UInt64.self, at: 16) & 0xffff_ffff_ffff }
  /// Ask only when `isIPv4`.
  @inlinable package var sender: Address {
    Address(v4: bytes.bigEndian(UInt32.self, at: Self.minimum &+ hardwareLength))
  }
  /// Ask only when `isIPv4`.
  @inlinable package var target: Address {
    Address(v4: bytes.bigEndian(UInt32.self, at: Self.minimum &+ 2 &* hardwareLength &+ 4))
  }
}

extension Dissector {
  mutating func arp() throws(Oddity) -> Next {
    // Inside a tunnel: the frame is the tunnel's IP packet, and stays it.
    guard layers.version == 0 else { return .payload }
    layers.marks.insert(.arp)
    layers.networkOffset = UInt32(truncatingIfNeeded: offset)
    let packet = try ARPPacket(rest)
    let count = packet.count
    layers.arpOperation = packet.operation
    layers.networkHeaderLength = UInt32(truncatingIfNeeded: count)
    if packet.isIPv4 {
      layers.source = packet.sender
      layers.destination = packet.target
    } else if packet.protocolType == 0x0800 {
      note(.inconsistent(.arp, .addressLength, value: UInt32(truncatingIfNeeded: packet.protocolLength)))
    }
    skip(count)
    // Behind it is what fills the frame up to 60 bytes.
    limit(to: 0, of: .arp, field: .length)
    return .payload
  }
}
