import Bytes

// Variable-length vectors: a length, and so many bytes (RFC 8446 §3.4). TLS and SSH are made of them.

extension RawSpan {
  /// The contents of the vector at `offset` whose length stands in one byte; nil when it leaves the span.
  func vector8(at offset: Int) -> Range<Int>? {
    guard offset < byteCount else { return nil }
    let start = offset &+ 1
    let end = start &+ Int(byte(at: offset))
    return end <= byteCount ? start..<end : nil
  }

  /// The same with a length of two bytes.
  func vector16(at offset: Int) -> Range<Int>? {
    guard offset &+ 2 <= byteCount else { return nil }
    let start = offset &+ 2
    let end = start &+ Int(bigEndian(UInt16.self, at: offset))
    return end <= byteCount ? start..<end : nil
  }

  /// The same with a length of four bytes.
  func vector32(at offset: Int) -> Range<Int>? {
    guard offset &+ 4 <= byteCount else { return nil }
    let start = offset &+ 4
    let length = Int(bigEndian(UInt32.self, at: offset))
    return length <= byteCount &- start ? start..<start &+ length : nil
  }

  /// The 16-bit numbers in `range`; an odd byte at its end is left out.
  func numbers16(in range: Range<Int>) -> [UInt16] {
    stride(from: range.lowerBound, to: range.upperBound &- 1, by: 2).map { bigEndian(UInt16.self, at: $0) }
  }
}

extension Texts {
  /// Adds bytes as lower-case hexadecimal digits.
  mutating func addHexadecimal(_ bytes: some Sequence<UInt8>) -> TextRange {
    let mark = mark
    for byte in bytes {
      append(hexadecimalDigit(byte >> 4))
      append(hexadecimalDigit(byte & 15))
    }
    return range(from: mark)
  }

  /// Adds bytes as they are.
  mutating func add(_ bytes: some Sequence<UInt8>) -> TextRange {
    let mark = mark
    for byte in bytes { append(byte) }
    return range(from: mark)
  }
}

/// The ASCII digit of a number below 16, in lower case.
func hexadecimalDigit(_ number: UInt8) -> UInt8 { number < 10 ? 0x30 &+ number : 0x57 &+ number }
