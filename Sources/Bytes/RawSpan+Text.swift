// Borrowed bytes that may be text.

extension RawSpan {
  /// How many bytes at `offset` are those of a text, from its first on: all of them, or as many as match.
  @inlinable
  package func common(with text: StaticString, at offset: Int = 0) -> Int {
    let limit = Swift.min(text.utf8CodeUnitCount, byteCount - offset)
    var count = 0
    while count < limit {
      // Safe: `count` is below the text's own length.
      let wanted = unsafe text.utf8Start[count]
      guard byte(at: offset + count) == wanted else { break }
      count += 1
    }
    return count
  }

  /// Whether a text stands at `offset`, its ASCII letters in any case.
  @inlinable
  package func hasText(_ text: StaticString, at offset: Int) -> Bool {
    let length = text.utf8CodeUnitCount
    guard offset + length <= byteCount else { return false }
    for place in 0..<length {
      // Safe: as above.
      let theirs = unsafe text.utf8Start[place]
      let ours = byte(at: offset + place)
      guard ours == theirs || ours | 0x20 == theirs | 0x20 && isLetter(ours) else { return false }
    }
    return true
  }

  @inlinable
  func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7a).contains(byte | 0x20) }

  /// Where a byte stands first in `range`; nil when it does not.
  @inlinable
  package func first(_ wanted: UInt8, in range: Range<Int>) -> Int? {
    var place = range.lowerBound
    // Eight at a time: a byte that is the wanted one becomes zero, and the lowest zero leaves the lowest of the high bits set.
    let pattern = UInt64(wanted) &* 0x0101_0101_0101_0101
    while place &+ 8 <= range.upperBound {
      let word = littleEndian(UInt64.self, at: place) ^ pattern
      let zeros = (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080
      if zeros != 0 { return place &+ zeros.trailingZeroBitCount / 8 }
      place &+= 8
    }
    while place < range.upperBound {
      if byte(at: place) == wanted { return place }
      place &+= 1
    }
    return nil
  }
}
