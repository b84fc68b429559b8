import Bytes

extension [UInt8] {
  /// tracemem()'s picture: a ruler, then 16 bytes a row in hexadecimal and, where they are printable ASCII, as they are.
  /// Nothing for no bytes.
  mutating func put(dump bytes: RawSpan, _ range: Range<Int>) {
    if range.isEmpty { return }
    append(UInt8(ascii: "\n"))
    put(blanks: 11)
    for digit in "0123456789abcdef".utf8 {
      put(blanks: 2)
      append(digit)
    }
    put("  0123456789abcdef\n")
    for row in stride(from: range.lowerBound, to: range.upperBound, by: 16) {
      let end = Swift.min(row + 16, range.upperBound)
      put(blanks: 5)
      let digits = Digits(UInt64(row - range.lowerBound), shift: 4, letters: UInt8(ascii: "a"))
      put(blanks: 5 - digits.count)
      put(digits)
      append(UInt8(ascii: ":"))
      for index in row..<end {
        let byte = bytes.byte(at: index)
        append(UInt8(ascii: " "))
        append(Self.hexadecimal[Int(byte >> 4)])
        append(Self.hexadecimal[Int(byte & 15)])
      }
      put(blanks: 3 * (16 - (end - row)) + 2)
      for index in row..<end {
        let byte = bytes.byte(at: index)
        append(byte >= 0x20 && byte <= 0x7e ? byte : UInt8(ascii: "."))
      }
      append(UInt8(ascii: "\n"))
    }
  }

  private static let hexadecimal = Array("0123456789abcdef".utf8)
}
