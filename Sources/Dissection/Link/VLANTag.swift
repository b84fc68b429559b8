public import Bytes

/// What follows the ethertype of an 802.1Q or 802.1ad tag: a checked view.
///
///      0   3 4           15 16             31
///     +---+-+-------------+----------------+
///     |PCP|D|   VLAN id   |  type/length   |
///     +---+-+-------------+----------------+      IEEE 802.1Q §9.6
@frozen @usableFromInline
package struct VLANTag: ~Escapable {
  @inlinable package static var count: Int { 4 }
  @usableFromInline let bytes: RawSpan

  @_lifetime(copy bytes)
  @inlinable @inline(__always)
  package init(_ bytes: RawSpan) throws(Oddity) {
    guard bytes.byteCount >= Self.count else {
      throw .truncated(.vlan, needed: Self.count, available: bytes.byteCount)
    }
    self.bytes = bytes
  }

  /// Priority, drop eligibility and VLAN id.
  @inlinable package var control: UInt16 { bytes.bigEndian(UInt16.self, at: 0) }
  @inlinable package var typeOrLength: UInt16 { bytes.bigEndian(UInt16.self, at: 2) }
}

extension Dissector {
  @inline(__always)
  mutating func vlan() throws(Oddity) -> Next {
    let tag = try VLANTag(rest)
    if layers.vlanCount == 0 { layers.vlanTag = tag.control } else { layers.innerVLANTag = tag.control }
    layers.vlanCount &+= 1
    let value = tag.typeOrLength
    skip(VLANTag.count)
    return follow(typeOrLength: value)
  }
}
