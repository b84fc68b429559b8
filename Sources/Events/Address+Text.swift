extension Address: CustomStringConvertible {
  /// Dotted decimal, or RFC 5952's form of an IPv6 address.
  @usableFromInline package var description: String {
    switch version {
    case 4:
      return "\(low >> 24 & 255).\(low >> 16 & 255).\(low >> 8 & 255).\(low & 255)"
    case 6:
      return sixText
    default:
      return "-"
    }
  }

  /// Appends its text, which is empty when there is none; of an IPv4 address without making a string.
  package func append(to text: inout [UInt8]) {
    guard version == 4 else {
      if version == 6 { text.append(contentsOf: sixText.utf8) }
      return
    }
    var shift: UInt64 = 32
    while shift > 0 {
      shift &-= 8
      let byte = UInt8(truncatingIfNeeded: low >> shift)
      if byte >= 100 { text.append(UInt8(ascii: "0") &+ byte / 100) }
      if byte >= 10 { text.append(UInt8(ascii: "0") &+ byte / 10 % 10) }
      text.append(UInt8(ascii: "0") &+ byte % 10)
      if shift > 0 { text.append(UInt8(ascii: ".")) }
    }
  }

  private var sixText: String {
    if high == 0, low >> 32 == 0xffff {
      return "::ffff:" + Address(v4: UInt32(truncatingIfNeeded: low)).description
    }
    let groups = (0..<8).map { index -> UInt64 in
      let word = index < 4 ? high : low
      return word >> (48 - 16 * UInt64(index % 4)) & 0xffff
    }
    // RFC 5952 §4.2: the longest run of two or more zero groups is shortened, the first of equals.
    var best = 0..<0
    var index = 0
    while index < 8 {
      var end = index
      while end < 8, groups[end] == 0 { end += 1 }
      if end - index > max(1, best.count) { best = index..<end }
      index = max(end, index + 1)
    }
    func hex(_ range: Range<Int>) -> String { groups[range].map { String($0, radix: 16) }.joined(separator: ":") }
    guard !best.isEmpty else { return hex(0..<8) }
    return hex(0..<best.lowerBound) + "::" + hex(best.upperBound..<8)
  }
}

extension Endpoint: CustomStringConvertible {
  /// `address:port`; an IPv6 address stands in brackets.
  @usableFromInline package var description: String {
    address.version == 6 ? "[\(address)]:\(port)" : "\(address):\(port)"
  }
}
