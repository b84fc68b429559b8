/// The addresses that begin with the same bits: a network.
package struct AddressPrefix: Sendable, Equatable {
  package let address: Address
  /// Bits, of 32 or 128.
  package let length: Int

  package init(_ address: Address, _ length: Int) {
    self.address = address
    self.length = length
  }

  package func contains(_ other: Address) -> Bool {
    guard other.version == address.version else { return false }
    if address.version == 4 { return Self.agree(address.low, other.low, length + 32) }
    return Self.agree(address.high, other.high, length) && Self.agree(address.low, other.low, length - 64)
  }

  /// Whether two words have the same first bits.
  private static func agree(_ one: UInt64, _ other: UInt64, _ bits: Int) -> Bool {
    bits <= 0 || (one ^ other) >> UInt64(64 - min(64, bits)) == 0
  }
}
