public import Bytes
public import Events

/// An IPv6 header: a checked view.
///
///      0   4        12 16             31
///     +---+-----------+----------------+
///     |ver|trf. class |   flow label   |
///     +---+-----------+--------+-------+
///     | payload length | next  | hop   |
///     |                | header| limit |
///     +----------------+-------+-------+
///     |    source address, 16 bytes    |
///     |  destination address, 16 bytes |      RFC 8200 §3
///     +--------------------------------+
@frozen @usableFromInline
package struct IPv6Header: ~Escapable {
  @inlinable package static var count: Int { 40 }
  @usableFromInline let bytes: RawSpan

  @_lifetime(copy bytes)
  @inlinable @inline(__always)
  package init(_ bytes: RawSpan) throws(Oddity) {
    guard bytes.byteCount >= Self.count else {
      throw .truncated(.ipv6, needed: Self.count, available: bytes.byteCount)
    }
    self.bytes = bytes
    guard version == 6 else { throw .inconsistent(.ipv6, .version, value: UInt32(version)) }
  }

  @inlinable package var version: UInt8 { bytes.byte(at: 0) >> 4 }
  @inlinable package var trafficClass: UInt8 {
    UInt8(truncatingIfNeeded: bytes.bigEndian(UInt16.self, at: 0) >> 4)
  }
  @inlinable package var flowLabel: UInt32 { bytes.bigEndian(UInt32.self, at: 0) & 0xf_ffff }
  /// Bytes behind this header; 0 for a jumbogram (RFC 2675) and where the interface cuts the packet into segments later.
  @inlinable package var payloadLength: Int { Int(bytes.bigEndian(UInt16.self, at: 4)) }
  @inlinable package var nextHeader: UInt8 { bytes.byte(at: 6) }
  @inlinable package var hopLimit: UInt8 { bytes.byte(at: 7) }
  @inlinable package var source: Address {
    Address(v6High: bytes.bigEndian(UInt64.self, at: 8), low: bytes.bigEndian(UInt64.self, at: 16))
  }
  @inlinable package var destination: Address {
    Address(v6High: bytes.bigEndian(UInt64.self, at: 24), low: bytes.bigEndian(UInt64.self, at: 32))
  }
}

extension Dissector {
  @inline(__always)
  mutating func ipv6() throws(Oddity) -> Next {
    let header = try IPv6Header(rest)
    let said = header.payloadLength
    let nextHeader = header.nextHeader
    beginNetwork(version: 6)
    layers.trafficClass = header.trafficClass
    layers.hopLimit = header.hopLimit
    layers.identification = 0
    layers.source = header.source
    layers.destination = header.destination
    layers.networkHeaderLength = UInt32(truncatingIfNeeded: IPv6Header.count)
    // 59 is "no next header": then nothing at all may follow. Otherwise no length means that the packet fills the frame.
    let fills = said == 0 && nextHeader != 59
    let total = fills ? restOnWire : IPv6Header.count &+ said
    layers.totalLength = UInt32(truncatingIfNeeded: total)
    if !fills { limit(to: total, of: .ipv6, field: .payloadLength) }
    skip(IPv6Header.count)
    return follow(ipProtocol: nextHeader)
  }
}
