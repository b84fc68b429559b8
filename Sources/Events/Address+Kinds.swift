extension Address {
  /// An IPv4 address that an IPv6 socket shows as `::ffff:a.b.c.d`, as the wire has it.
  package var unmapped: Address {
    version == 6 && high == 0 && low >> 32 == 0xffff ? Address(v4: UInt32(truncatingIfNeeded: low)) : self
  }

  /// True for `0.0.0.0`, `::` and no address.
  package var isAny: Bool { version == 0 || high == 0 && low == 0 }

  /// True for groups and for IPv4's limited broadcast.
  package var isGroup: Bool {
    version == 4 ? low >> 28 == 0xe || low == 0xffff_ffff : version == 6 && high >> 56 == 0xff
  }

  /// True for 127.0.0.0/8 and `::1`.
  package var isLoopback: Bool { version == 4 ? low >> 24 == 127 : version == 6 && high == 0 && low == 1 }
}

extension Endpoint {
  package var unmapped: Endpoint { Endpoint(address.unmapped, port) }
}
