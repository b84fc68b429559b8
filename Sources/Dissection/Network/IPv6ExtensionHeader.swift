public import Bytes

/// One of IPv6's extension headers (RFC 8200 §4), or IPv4's and IPv6's authentication header: a checked view.
///
///     +-------------+--------+----------------
///     | next header | length | as its kind has it …
///     +-------------+--------+----------------
@frozen @usableFromInline
package struct IPv6ExtensionHeader: ~Escapable {
  @inlinable package static var minimum: Int { 8 }
  @usableFromInline let bytes: RawSpan
  @usableFromInline let kind: UInt8

  /// Fails when the bytes cannot hold the header by its own word; `kind` is the protocol number that announced it.
  @_lifetime(copy bytes)
  @inlinable
  package init(_ bytes: RawSpan, kind: UInt8) throws(Oddity) {
    guard bytes.byteCount >= Self.minimum else {
      throw .truncated(Self.layer(of: kind), needed: Self.minimum, available: bytes.byteCount)
    }
    self.bytes = bytes
    self.kind = kind
    guard bytes.byteCount >= length else {
      throw .truncated(Self.layer(of: kind), needed: length, available: bytes.byteCount)
    }
  }

  @inlinable package var nextHeader: UInt8 { bytes.byte(at: 0) }

  /// Bytes of the header. A fragment header has always eight, the authentication header counts in words of four and
  /// leaves two out (RFC 4302 §2.2), the others count in eights and leave one out.
  @inlinable package var length: Int {
    switch kind {
    case 44: 8
    case 51: max((Int(bytes.byte(at: 1)) &+ 2) &* 4, Self.minimum)
    default: (Int(bytes.byte(at: 1)) &+ 1) &* 8
    }
  }

  /// Of a fragment header: the offset in its high 13 bits and, in the lowest, whether more fragments follow.
  @inlinable package var fragmentWord: UInt16 { bytes.bigEndian(UInt16.self, at: 2) }
  /// Of a fragment header.
  @inlinable package var identification: UInt32 { bytes.bigEndian(UInt32.self, at: 4) }

  /// The header that a protocol number announces.
  @inlinable package static func layer(of kind: UInt8) -> Layer {
    switch kind {
    case 0: .hopByHop
    case 43: .routing
    case 44: .fragment
    case 51: .authentication
    case 135: .mobility
    case 139: .hostIdentity
    case 140: .shim6
    default: .destinationOptions
    }
  }
}

extension Dissector {
  mutating func extensionHeader(_ kind: UInt8) throws(Oddity) -> Next {
    let header = try IPv6ExtensionHeader(rest, kind: kind)
    let nextHeader = header.nextHeader
    let length = header.length
    if kind == 44 {
      let word = header.fragmentWord
      layers.identification = header.identification
      fragment(offset: word & 0xfff8, more: word & 1 != 0)
    }
    layers.networkHeaderLength &+= UInt32(truncatingIfNeeded: length)
    skip(length)
    return follow(ipProtocol: nextHeader)
  }
}
