public import Bytes

/// The second version of Linux's cooked header, LINKTYPE 276, which knows the interface: a checked view.
///
///     +----------+----------+-----------------+--------+-------------+-------------+---------+
///     | protocol | reserved | interface index | ARPHRD | packet type | addr length | address |
///     |    2     |    2     |        4        |   2    |      1      |      1      |    8    |      LINKTYPE_LINUX_SLL2
///     +----------+----------+-----------------+--------+-------------+-------------+---------+
@frozen @usableFromInline
package struct LinuxCooked2Header: ~Escapable {
  @inlinable package static var count: Int { 20 }
  @usableFromInline let bytes: RawSpan

  @_lifetime(copy bytes)
  @inlinable
  package init(_ bytes: RawSpan) throws(Oddity) {
    guard bytes.byteCount >= Self.count else {
      throw .truncated(.linuxCooked2, needed: Self.count, available: bytes.byteCount)
    }
    self.bytes = bytes
  }

  @inlinable package var proto: UInt16 { bytes.bigEndian(UInt16.self, at: 0) }
  @inlinable package var interfaceIndex: UInt32 { bytes.bigEndian(UInt32.self, at: 4) }
  @inlinable package var hardwareType: UInt16 { bytes.bigEndian(UInt16.self, at: 8) }
  /// As in `LinuxCookedHeader`.
  @inlinable package var packetType: UInt8 { bytes.byte(at: 10) }
  @inlinable package var addressLength: UInt8 { bytes.byte(at: 11) }
  @inlinable package var address: UInt64 { bytes.bigEndian(UInt64.self, at: 12) }
}

extension Dissector {
  mutating func linuxCooked2() throws(Oddity) -> Next {
    let header = try LinuxCooked2Header(rest)
    let hardware = header.hardwareType
    let proto = header.proto
    layers.cookedType = header.packetType
    layers.interfaceIndex = header.interfaceIndex
    if header.addressLength == 6 { layers.hardwareSource = header.address >> 16 }
    skip(LinuxCooked2Header.count)
    return follow(cookedProtocol: proto, hardware: hardware)
  }
}
