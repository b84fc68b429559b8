/// An IPv4 or IPv6 address in two words, network order read as big-endian numbers. IPv4 is held as `::ffff:a.b.c.d`'s low
/// word with `high` 0 and the family apart, so that the two never compare equal by accident.
@frozen @usableFromInline
package struct Address: Sendable, Hashable, BitwiseCopyable {
  @usableFromInline package var high: UInt64
  @usableFromInline package var low: UInt64
  /// 4 or 6; 0 for none.
  @usableFromInline package var version: UInt8

  @inlinable package init(v4: UInt32) {
    high = 0
    low = UInt64(v4)
    version = 4
  }
  @inlinable package init(v6High: UInt64, low: UInt64) {
    high = v6High
    self.low = low
    version = 6
  }
  @inlinable package init() {
    high = 0
    low = 0
    version = 0
  }
  @inlinable package static var none: Address { Address() }
}

/// One end of a conversation.
@frozen @usableFromInline
package struct Endpoint: Sendable, Hashable, BitwiseCopyable {
  @usableFromInline package var address: Address
  @usableFromInline package var port: UInt16
  @inlinable package init(_ address: Address, _ port: UInt16) {
    self.address = address
    self.port = port
  }
  @inlinable package static var none: Endpoint { Endpoint(.none, 0) }
}

/// What a packet's headers say of its conversation: direction included, source first.
@frozen @usableFromInline
package struct FlowKey: Sendable, Hashable, BitwiseCopyable {
  @usableFromInline package var source: Endpoint
  @usableFromInline package var destination: Endpoint
  /// The IP protocol number (6 TCP, 17 UDP, 1 ICMP, 58 ICMPv6 …).
  @usableFromInline package var proto: UInt8
  @inlinable package init(source: Endpoint, destination: Endpoint, proto: UInt8) {
    self.source = source
    self.destination = destination
    self.proto = proto
  }
  /// The same conversation seen from the other end.
  @inlinable package var reversed: FlowKey { FlowKey(source: destination, destination: source, proto: proto) }
}
