public import Bytes
public import Events

/// An IPv4 header: a checked view.
///
///      0   4   8       15 16             31
///     +---+---+----------+----------------+
///     |ver|ihl|   TOS    |  total length  |
///     +---+---+----------+---+------------+
///     |  identification  |flg| fragm. off.|
///     +--------+---------+---+------------+
///     |  TTL   | protocol|header checksum |
///     +--------+---------+----------------+
///     |          source address           |
///     |        destination address        |
///     |          options, 0...40          |      RFC 791 §3.1
///     +-----------------------------------+
@frozen @usableFromInline
package struct IPv4Header: ~Escapable {
  @inlinable package static var minimum: Int { 20 }
  @usableFromInline let bytes: RawSpan

  /// Fails when the bytes cannot hold the fixed part, or it is of another version or too short by its own word.
  /// Options may still be cut off: `bytes` hold them when there are `headerLength`.
  @_lifetime(copy bytes)
  @inlinable @inline(__always)
  package init(_ bytes: RawSpan) throws(Oddity) {
    guard bytes.byteCount >= Self.minimum else {
      throw .truncated(.ipv4, needed: Self.minimum, available: bytes.byteCount)
    }
    self.bytes = bytes
    guard version == 4 else { throw .inconsistent(.ipv4, .version, value: UInt32(version)) }
    guard headerLength >= Self.minimum else {
      throw .inconsistent(.ipv4, .headerLength, value: UInt32(truncatingIfNeeded: headerLength))
    }
  }

  @inlinable package var version: UInt8 { bytes.byte(at: 0) >> 4 }
  /// Bytes of the header, options included.
  @inlinable package var headerLength: Int { Int(bytes.byte(at: 0) & 15) &* 4 }
  @inlinable package var typeOfService: UInt8 { bytes.byte(at: 1) }
  /// Bytes of the packet, header included; 0 where the interface cuts the packet into segments later.
  @inlinable package var totalLength: Int { Int(bytes.bigEndian(UInt16.self, at: 2)) }
  @inlinable package var identification: UInt16 { bytes.bigEndian(UInt16.self, at: 4) }
  /// Three flag bits and the offset in units of eight bytes.
  @inlinable package var fragmentWord: UInt16 { bytes.bigEndian(UInt16.self, at: 6) }
  @inlinable package var dontFragment: Bool { fragmentWord & 0x4000 != 0 }
  @inlinable package var moreFragments: Bool { fragmentWord & 0x2000 != 0 }
  /// In bytes.
  @inlinable package var fragmentOffset: UInt16 { fragmentWord << 3 }
  @inlinable package var timeToLive: UInt8 { bytes.byte(at: 8) }
  @inlinable package var proto: UInt8 { bytes.byte(at: 9) }
  @inlinable package var source: Address { Address(v4: bytes.bigEndian(UInt32.self, at: 12)) }
  @inlinable package var destination: Address { Address(v4: bytes.bigEndian(UInt32.self, at: 16)) }
}

extension Dissector {
  @inline(__always)
  mutating func ipv4() throws(Oddity) -> Next {
    let header = try IPv4Header(rest)
    let headerLength = header.headerLength
    let said = header.totalLength
    guard said >= headerLength || said == 0 else {
      throw .inconsistent(.ipv4, .totalLength, value: UInt32(truncatingIfNeeded: said))
    }
    beginNetwork(version: 4)
    layers.trafficClass = header.typeOfService
    layers.hopLimit = header.timeToLive
    layers.proto = header.proto
    layers.identification = UInt32(header.identification)
    layers.source = header.source
    layers.destination = header.destination
    layers.networkHeaderLength = UInt32(truncatingIfNeeded: headerLength)
    // No length: the packet was captured before the interface cut it into segments, and fills the frame.
    layers.totalLength = UInt32(truncatingIfNeeded: said == 0 ? restOnWire : said)
    let word = header.fragmentWord
    if word & 0x4000 != 0 { layers.marks.insert(.dontFragment) }
    if word & 0x3fff != 0 { fragment(offset: word << 3, more: word & 0x2000 != 0) }

    if said != 0 { limit(to: said, of: .ipv4, field: .totalLength) }
    guard rest.byteCount >= headerLength else {
      throw .truncated(.ipv4, needed: headerLength, available: rest.byteCount)
    }
    skip(headerLength)
    return follow(ipProtocol: layers.proto)
  }
}
