public import Bytes

/// An 802.2 LLC header, with the SNAP header when there is one: a checked view.
///
///     +------+------+---------+ +--------------+--------------+
///     | DSAP | SSAP | control | |  OUI 3 bytes | ethertype, 2 |      IEEE 802.2 §3.2, RFC 1042
///     +------+------+---------+ +--------------+--------------+
@frozen @usableFromInline
package struct LLCHeader: ~Escapable {
  @inlinable package static var count: Int { 3 }
  @inlinable package static var countWithSNAP: Int { 8 }
  @usableFromInline let bytes: RawSpan

  @_lifetime(copy bytes)
  @inlinable
  package init(_ bytes: RawSpan) throws(Oddity) {
    guard bytes.byteCount >= Self.count else {
      throw .truncated(.llc, needed: Self.count, available: bytes.byteCount)
    }
    self.bytes = bytes
    guard !isSNAP || bytes.byteCount >= Self.countWithSNAP else {
      throw .truncated(.llc, needed: Self.countWithSNAP, available: bytes.byteCount)
    }
  }

  @inlinable package var destination: UInt8 { bytes.byte(at: 0) }
  @inlinable package var source: UInt8 { bytes.byte(at: 1) }
  @inlinable package var control: UInt8 { bytes.byte(at: 2) }
  /// DSAP and SSAP 0xaa and unnumbered information: five more bytes follow.
  @inlinable package var isSNAP: Bool { destination == 0xaa && source == 0xaa && control == 3 }
  /// Who defined `etherType`: 0 for Ethernet (RFC 1042), 0x0000f8 for bridged Ethernet (802.1H).
  @inlinable package var organization: UInt32 { bytes.bigEndian(UInt32.self, at: 2) & 0xff_ffff }
  @inlinable package var etherType: UInt16 { bytes.bigEndian(UInt16.self, at: 6) }
}

extension Dissector {
  mutating func llc() throws(Oddity) -> Next {
    let header = try LLCHeader(rest)
    guard header.isSNAP else {
      // SAP 6 is IP (RFC 948, little used).
      let isIP = header.destination == 6 && header.source == 6 && header.control == 3
      skip(LLCHeader.count)
      return isIP ? .ip : .payload
    }
    let organization = header.organization
    let etherType = header.etherType
    skip(LLCHeader.countWithSNAP)
    return organization == 0 || organization == 0xf8 ? follow(etherType: etherType) : .payload
  }
}
