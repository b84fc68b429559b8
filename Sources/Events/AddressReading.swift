extension Address {
  /// Reads an address as people write it: four decimal numbers (`192.0.2.1`), or RFC 4291, 2.2, with `::` and with the last 32 bits as four
  /// decimal numbers too; without a zone. nil for anything else.
  package init?(text: some StringProtocol) {
    if let v4 = Self.fourNumbers(text[...]) {
      self.init(v4: v4)
      return
    }
    guard let words = Self.words(text) else { return nil }
    func half(_ words: ArraySlice<UInt16>) -> UInt64 { words.reduce(0) { $0 << 16 | UInt64($1) } }
    self.init(v6High: half(words[0..<4]), low: half(words[4..<8]))
  }

  private static func fourNumbers(_ text: some StringProtocol) -> UInt32? {
    let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var address: UInt32 = 0
    for part in parts {
      // A zero in front would be octal to some (RFC 6943, 3.1.1).
      guard (1...3).contains(part.count), part.count == 1 || part.first != UInt8(ascii: "0"),
        part.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
        let number = UInt8(String(decoding: part, as: UTF8.self))
      else { return nil }
      address = address << 8 | UInt32(number)
    }
    return address
  }

  /// The eight words of an IPv6 address.
  private static func words(_ text: some StringProtocol) -> [UInt16]? {
    let sides = String(text).split(separator: "::", omittingEmptySubsequences: false)
    guard (1...2).contains(sides.count), let before = run(sides[0], mayEndInNumbers: sides.count == 1) else {
      return nil
    }
    guard sides.count == 2 else { return before.count == 8 ? before : nil }
    guard let after = run(sides[1], mayEndInNumbers: true), before.count + after.count < 8 else { return nil }
    return before + [UInt16](repeating: 0, count: 8 - before.count - after.count) + after
  }

  /// The words between colons, of which the last two may be four decimal numbers.
  private static func run(_ text: Substring, mayEndInNumbers: Bool) -> [UInt16]? {
    if text.isEmpty { return [] }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count <= 8 else { return nil }
    var words: [UInt16] = []
    for (index, part) in parts.enumerated() {
      if mayEndInNumbers, index == parts.count - 1, part.contains("."), let address = fourNumbers(part) {
        words += [UInt16(address >> 16), UInt16(address & 0xffff)]
      } else {
        guard (1...4).contains(part.utf8.count), part.first != "+", part.first != "-",
          let word = UInt16(part, radix: 16)
        else { return nil }
        words.append(word)
      }
    }
    return words
  }
}

/// The addresses that have their first bits in common (RFC 4632, 3.1): `10.1.0.0/16`, `2001:db8::/32`; one address alone is a block of itself.
package struct AddressBlock: Sendable, Equatable {
  package let address: Address
  /// How many of the first bits count: 0 to 32, or to 128.
  package let bits: Int

  /// nil for what is none; bits of the address behind those that count must be zero, else the writer meant something else.
  package init?(text: String) {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let address = Address(text: parts[0]) else { return nil }
    let most = address.version == 4 ? 32 : 128
    guard parts.count == 2 else {
      self.address = address
      bits = most
      return
    }
    guard parts[1].utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }), let bits = Int(parts[1]),
      bits <= most, Self.first(bits, of: address) == address
    else { return nil }
    self.address = address
    self.bits = bits
  }

  package func contains(_ other: Address) -> Bool {
    other.version == address.version && Self.first(bits, of: other) == address
  }

  private static func first(_ bits: Int, of address: Address) -> Address {
    func mask(_ count: Int, of width: Int) -> UInt64 {
      count <= 0 ? 0 : (~0 << UInt64(max(0, width - count))) & (width == 64 ? ~0 : (1 << UInt64(width)) - 1)
    }
    if address.version == 4 {
      return Address(v4: UInt32(truncatingIfNeeded: address.low & mask(bits, of: 32)))
    }
    return Address(
      v6High: address.high & mask(min(bits, 64), of: 64), low: address.low & mask(bits - 64, of: 64))
  }
}

extension AddressBlock: CustomStringConvertible {
  package var description: String {
    bits == (address.version == 4 ? 32 : 128) ? address.description : "\(address)/\(bits)"
  }
}
