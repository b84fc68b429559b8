public import Bytes

/// A UDP header: a checked view.
///
///      0               16              31
///     +---------------+---------------+
///     |  source port  |   dest. port  |
///     |     length    |   checksum    |
///     +---------------+---------------+      RFC 768
@frozen @usableFromInline
package struct UDPHeader: ~Escapable {
  @inlinable package static var count: Int { 8 }
  @usableFromInline let bytes: RawSpan

  @_lifetime(copy bytes)
  @inlinable @inline(__always)
  package init(_ bytes: RawSpan) throws(Oddity) {
    guard bytes.byteCount >= Self.count else {
      throw .truncated(.udp, needed: Self.count, available: bytes.byteCount)
    }
    self.bytes = bytes
  }

  @inlinable package var sourcePort: UInt16 { bytes.bigEndian(UInt16.self, at: 0) }
  @inlinable package var destinationPort: UInt16 { bytes.bigEndian(UInt16.self, at: 2) }
  /// Bytes of the datagram, header included; 0 for a jumbogram (RFC 2675 §4).
  @inlinable package var length: Int { Int(bytes.bigEndian(UInt16.self, at: 4)) }
  @inlinable package var checksum: UInt16 { bytes.bigEndian(UInt16.self, at: 6) }
}

extension Dissector {
  @inline(__always)
  mutating func udp() throws(Oddity) -> Next {
    try beginTransport(.udp, .udp)
    let header = try UDPHeader(rest)
    let length = header.length
    layers.transportHeaderLength = UInt32(truncatingIfNeeded: UDPHeader.count)
    if length != 0 {
      guard length >= UDPHeader.count else {
        throw .inconsistent(.udp, .length, value: UInt32(truncatingIfNeeded: length))
      }
      // The first fragment of a datagram is rightly shorter than the datagram.
      if !layers.marks.contains(.moreFragments) { limit(to: length, of: .udp, field: .length) }
    }
    skip(UDPHeader.count)
    return .payload
  }
}
