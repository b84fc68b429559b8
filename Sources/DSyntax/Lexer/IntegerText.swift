/// What a run of digits and letters says as a number: decimal, octal or hexadecimal, with C's suffixes.
enum IntegerText: Equatable {
  case value(UInt64, IntegerSuffix)
  case tooLarge
  /// A digit that its base does not have: the 8 of `0128`.
  case invalidDigit(UInt8)
  /// Something that is no suffix stands after the digits.
  case invalidSuffix

  static func read(_ text: ArraySlice<UInt8>) -> IntegerText {
    var rest = text
    var base: UInt64 = 10
    if rest.first == UInt8(ascii: "0"), rest.count > 1 {
      if rest[rest.startIndex + 1] | 0x20 == UInt8(ascii: "x") {
        base = 16
        rest = rest.dropFirst(2)
        guard let first = rest.first, digit(first, base: 16) != nil else { return .invalidSuffix }
      } else {
        base = 8
      }
    }
    var value: UInt64 = 0
    var isTooLarge = false
    var wrong: UInt8?
    while let byte = rest.first, let digit = digit(byte, base: max(base, 10)) {
      if digit >= base, wrong == nil { wrong = byte }
      let (product, overflow) = value.multipliedReportingOverflow(by: base)
      let (sum, carry) = product.addingReportingOverflow(digit)
      if overflow || carry { isTooLarge = true }
      value = sum
      rest = rest.dropFirst()
    }
    guard var suffix = suffix(rest) else { return .invalidSuffix }
    if let wrong { return .invalidDigit(wrong) }
    suffix.isDecimal = base == 10
    return isTooLarge ? .tooLarge : .value(value, suffix)
  }

  private static func digit(_ byte: UInt8, base: UInt64) -> UInt64? {
    if byte.isDigit { return UInt64(byte - 0x30) }
    guard base == 16 else { return nil }
    let lower = byte | 0x20
    return lower >= 0x61 && lower <= 0x66 ? UInt64(lower - 0x61 + 10) : nil
  }

  private static func suffix(_ text: ArraySlice<UInt8>) -> IntegerSuffix? {
    switch String(decoding: text, as: UTF8.self).lowercased() {
    case "": IntegerSuffix()
    case "u": IntegerSuffix(unsigned: true)
    case "l": IntegerSuffix(longs: 1)
    case "ll": IntegerSuffix(longs: 2)
    case "ul", "lu": IntegerSuffix(unsigned: true, longs: 1)
    case "ull", "llu": IntegerSuffix(unsigned: true, longs: 2)
    default: nil
    }
  }
}
