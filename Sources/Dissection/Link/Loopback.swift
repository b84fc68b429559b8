public import Bytes

/// The four bytes before a loopback packet: the address family, in the capturing machine's byte order (LINKTYPE_NULL, 0) or in network order
/// (LINKTYPE_LOOP, 108): a checked view.
@frozen @usableFromInline
package struct LoopbackHeader: ~Escapable {
  @inlinable package static var count: Int { 4 }
  @usableFromInline let bytes: RawSpan

  @_lifetime(copy bytes)
  @inlinable
  package init(_ bytes: RawSpan, as layer: Layer) throws(Oddity) {
    guard bytes.byteCount >= Self.count else {
      throw .truncated(layer, needed: Self.count, available: bytes.byteCount)
    }
    self.bytes = bytes
  }

  /// The family as a big-endian number.
  @inlinable package var networkFamily: UInt32 { bytes.bigEndian(UInt32.self, at: 0) }

  /// The family whichever byte order it was written in: families are small, so the reading with the empty high half is meant.
  @inlinable package var family: UInt32 {
    let value = networkFamily
    return value > 0xffff ? value.byteSwapped : value
  }
}

extension Dissector {
  mutating func null(_ layers: inout Layers) throws(Oddity) -> Next {
    let header = try LoopbackHeader(rest, as: .null)
    let family = header.family
    // Some writers put an ethertype behind two bytes of their own; no family is so great.
    if family > 0xffff, let next = ethertype(header.networkFamily & 0xffff) {
      skip(LoopbackHeader.count)
      return next
    }
    return try follow(family: family, of: .null)
  }

  private func ethertype(_ number: UInt32) -> Next? {
    switch number {
    case 0x0800: .ipv4
    case 0x86dd: .ipv6
    default: nil
    }
  }

  mutating func loop(_ layers: inout Layers) throws(Oddity) -> Next {
    let family = try LoopbackHeader(rest, as: .loop).networkFamily
    return try follow(family: family, of: .loop)
  }

  /// AF_INET is 2 everywhere; AF_INET6 is 10 on Linux, 24 on NetBSD and OpenBSD, 28 on FreeBSD, 30 on Darwin.
  private mutating func follow(family: UInt32, of layer: Layer) throws(Oddity) -> Next {
    skip(LoopbackHeader.count)
    switch family {
    case 2: return .ipv4
    case 10, 24, 28, 30: return .ipv6
    case ...0xffff: return .payload
    default: throw .inconsistent(layer, .family, value: family)
    }
  }
}
