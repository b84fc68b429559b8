public import Bytes

/// The header that Linux puts before frames of the `any` interface, LINKTYPE 113: a checked view.
///
///     +-------------+--------+-------------+-----------+----------+
///     | packet type | ARPHRD | addr length |  address  | protocol |
///     |      2      |   2    |      2      |     8     |    2     |      tcpdump.org/linktypes/LINKTYPE_LINUX_SLL
///     +-------------+--------+-------------+-----------+----------+
@frozen @usableFromInline
package struct LinuxCookedHeader: ~Escapable {
  @inlinable package static var count: Int { 16 }
  @usableFromInline let bytes: RawSpan

  @_lifetime(copy bytes)
  @inlinable
  package init(_ bytes: RawSpan) throws(Oddity) {
    guard bytes.byteCount >= Self.count else {
      throw .truncated(.linuxCooked, needed: Self.count, available: bytes.byteCount)
    }
    self.bytes = bytes
  }

  /// 0 to us, 1 broadcast, 2 multicast, 3 to somebody else, 4 sent by us.
  @inlinable package var packetType: UInt16 { bytes.bigEndian(UInt16.self, at: 0) }
  @inlinable package var hardwareType: UInt16 { bytes.bigEndian(UInt16.self, at: 2) }
  @inlinable package var addressLength: UInt16 { bytes.bigEndian(UInt16.self, at: 4) }
  /// The sender's address, eight bytes of which `addressLength` are meant.
  @inlinable package var address: UInt64 { bytes.bigEndian(UInt64.self, at: 6) }
  @inlinable package var proto: UInt16 { bytes.bigEndian(UInt16.self, at: 14) }
}

extension Dissector {
  mutating func linuxCooked() throws(Oddity) -> Next {
    let header = try LinuxCookedHeader(rest)
    let hardware = header.hardwareType
    let proto = header.proto
    layers.cookedType = UInt8(truncatingIfNeeded: header.packetType)
    if header.addressLength == 6 { layers.hardwareSource = header.address >> 16 }
    skip(LinuxCookedHeader.count)
    return follow(cookedProtocol: proto, hardware: hardware)
  }

  /// What a cooked header's protocol field announces: for most hardware an ethertype or one of Linux's own numbers below 1536.
  mutating func follow(cookedProtocol proto: UInt16, hardware: UInt16) -> Next {
    // ARPHRD_NETLINK 824: the field is the netlink family. ARPHRD_FRAD 770: it means nothing.
    guard hardware != 824, hardware != 770 else { return .payload }
    // ETH_P_802_2: an LLC header. ETH_P_802_3, 1, is Novell's and has none.
    if proto == 4 { return .llc }
    return follow(etherType: proto)
  }
}
