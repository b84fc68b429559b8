public import Bytes

/// A TCP header: a checked view.
///
///      0   4    8       15 16             31
///     +-------------------+----------------+
///     |    source port    |   dest. port   |
///     |          sequence number           |
///     |       acknowledgment number        |
///     +---+----+----------+----------------+
///     |off|res |  flags   |     window     |
///     +---+----+----------+----------------+
///     |      checksum     | urgent pointer |
///     |           options, 0...40          |      RFC 9293 §3.1
///     +------------------------------------+
@frozen @usableFromInline
package struct TCPHeader: ~Escapable {
  @inlinable package static var minimum: Int { 20 }
  @usableFromInline let bytes: RawSpan

  /// Fails when the bytes cannot hold the fixed part, or it is too short by its own word.
  /// Options may still be cut off: `bytes` hold them when there are `headerLength`.
  @_lifetime(copy bytes)
  @inlinable @inline(__always)
  package init(_ bytes: RawSpan) throws(Oddity) {
    guard bytes.byteCount >= Self.minimum else {
      throw .truncated(.tcp, needed: Self.minimum, available: bytes.byteCount)
    }
    self.bytes = bytes
    guard headerLength >= Self.minimum else {
      throw .inconsistent(.tcp, .headerLength, value: UInt32(truncatingIfNeeded: headerLength))
    }
  }

  @inlinable package var sourcePort: UInt16 { bytes.bigEndian(UInt16.self, at: 0) }
  @inlinable package var destinationPort: UInt16 { bytes.bigEndian(UInt16.self, at: 2) }
  @inlinable package var sequence: UInt32 { bytes.bigEndian(UInt32.self, at: 4) }
  @inlinable package var acknowledgment: UInt32 { bytes.bigEndian(UInt32.self, at: 8) }
  /// Bytes of the header, options included.
  @inlinable package var headerLength: Int { Int(bytes.byte(at: 12) >> 4) &* 4 }
  /// FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32, ECE 64, CWR 128, AE 256.
  @inlinable package var flags: UInt16 { bytes.bigEndian(UInt16.self, at: 12) & 0x1ff }
  @inlinable package var window: UInt16 { bytes.bigEndian(UInt16.self, at: 14) }
  @inlinable package var checksum: UInt16 { bytes.bigEndian(UInt16.self, at: 16) }
  @inlinable package var urgentPointer: UInt16 { bytes.bigEndian(UInt16.self, at: 18) }

  /// The length byte of the first option that leaves the header or is shorter than itself; nil when all are sound.
  /// Ask only when the bytes hold `headerLength`.
  @inlinable @inline(__always)
  package var badOptionLength: UInt8? {
    let end = headerLength
    // Nearly every segment of a connection under way has just this: two no-operations and a timestamp.
    if end == 32, bytes.bigEndian(UInt32.self, at: 20) == 0x0101_080a { return nil }
    if end == Self.minimum { return nil }
    return walkOptions(to: end)
  }

  @inlinable @inline(never)
  func walkOptions(to end: Int) -> UInt8? {
    var offset = Self.minimum
    while offset < end {
      switch bytes.byte(at: offset) {
      case 0: return nil
      case 1: offset &+= 1
      default:
        guard offset &+ 1 < end else { return 0 }
        let length = bytes.byte(at: offset &+ 1)
        guard length >= 2, offset &+ Int(length) <= end else { return length }
        offset &+= Int(length)
      }
    }
    return nil
  }
}

extension Dissector {
  @inline(__always)
  mutating func tcp() throws(Oddity) -> Next {
    try beginTransport(.tcp, .tcp)
    let rest = self.rest
    let header = try TCPHeader(rest)
    layers.sequence = header.sequence
    layers.acknowledgment = header.acknowledgment
    layers.tcpFlags = header.flags
    layers.window = header.window
    let length = header.headerLength
    layers.transportHeaderLength = UInt32(truncatingIfNeeded: length)
    guard rest.byteCount >= length else { throw .truncated(.tcp, needed: length, available: rest.byteCount) }
    if let bad = header.badOptionLength { note(.inconsistent(.tcp, .optionLength, value: UInt32(bad))) }
    skip(length)
    return .payload
  }
}
