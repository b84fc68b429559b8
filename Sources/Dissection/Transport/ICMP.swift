public import Bytes

/// The start of an ICMP message, of either version: a checked view.
///
///      0      8      16              31
///     +------+------+---------------+
///     | type | code |   checksum    |
///     +------+------+---------------+
///     |   as the type has it, 4     |      RFC 792, RFC 4443 §2.1
///     +-----------------------------+
@frozen @usableFromInline
package struct ICMPHeader: ~Escapable {
  @inlinable package static var count: Int { 8 }
  @usableFromInline let bytes: RawSpan

  /// Fails when the bytes cannot hold eight; `layer` is which of the two it is.
  @_lifetime(copy bytes)
  @inlinable
  package init(_ bytes: RawSpan, as layer: Layer) throws(Oddity) {
    guard bytes.byteCount >= Self.count else {
      throw .truncated(layer, needed: Self.count, available: bytes.byteCount)
    }
    self.bytes = bytes
  }

  @inlinable package var type: UInt8 { bytes.byte(at: 0) }
  @inlinable package var code: UInt8 { bytes.byte(at: 1) }
  @inlinable package var checksum: UInt16 { bytes.bigEndian(UInt16.self, at: 2) }
  /// Of the messages that have one.
  @inlinable package var identifier: UInt16 { bytes.bigEndian(UInt16.self, at: 4) }
  @inlinable package var sequence: UInt16 { bytes.bigEndian(UInt16.self, at: 6) }
}

extension Dissector {
  mutating func icmp() throws(Oddity) -> Next {
    try icmp(.icmp, .icmp) { type in
      switch type {
      // Echo and its reply; timestamp, information and address mask, asked and answered.
      case 0, 8, 13...18: true
      default: false
      }
    }
  }

  mutating func icmpv6() throws(Oddity) -> Next {
    try icmp(.icmpv6, .icmpv6) { type in type == 128 || type == 129 }
  }

  private mutating func icmp(
    _ transport: Layers.Transport, _ layer: Layer, hasIdentifier: (UInt8) -> Bool
  ) throws(Oddity) -> Next {
    layers.transport = transport
    layers.transportOffset = UInt32(truncatingIfNeeded: offset)
    let rest = self.rest
    if rest.byteCount >= 2 {
      layers.icmpType = rest.byte(at: 0)
      layers.icmpCode = rest.byte(at: 1)
    }
    let header = try ICMPHeader(rest, as: layer)
    layers.transportHeaderLength = UInt32(truncatingIfNeeded: ICMPHeader.count)
    if hasIdentifier(header.type) {
      layers.echoIdentifier = header.identifier
      layers.echoSequence = header.sequence
    }
    skip(ICMPHeader.count)
    return .payload
  }
}
