// Text that grows byte by byte: what every line is made of. Numbers and padding as C's printf writes them, without its parser.

extension [UInt8] {
  mutating func put(_ text: String) { append(contentsOf: text.utf8) }

  mutating func put(_ byte: UInt8, times count: Int) {
    if count > 0 { append(addingCapacity: count) { span in span.append(repeating: byte, count: count) } }
  }

  mutating func put(blanks count: Int) { put(UInt8(ascii: " "), times: count) }

  mutating func put(decimal value: UInt64) {
    var rest = value
    var digits = Digits()
    repeat {
      let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
      digits.prepend(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: digit))
      rest = quotient
    } while rest != 0
    put(digits)
  }

  mutating func put(decimal value: Int64) {
    if value < 0 { append(UInt8(ascii: "-")) }
    put(decimal: value.magnitude)
  }

  mutating func put(hexadecimal value: UInt64) { put(Digits(value, shift: 4, letters: UInt8(ascii: "a"))) }

  /// As `%*lld`.
  mutating func put(decimal value: Int64, width: Int) {
    let magnitude = value.magnitude
    put(blanks: width - magnitude.decimalDigits - (value < 0 ? 1 : 0))
    put(decimal: value)
  }

  /// As `%*llu`.
  mutating func put(unsigned value: UInt64, width: Int) {
    put(blanks: width - value.decimalDigits)
    put(decimal: value)
  }

  /// As `%-*lld`.
  mutating func put(leftDecimal value: Int64, width: Int) {
    let start = count
    put(decimal: value)
    put(blanks: width - (count - start))
  }

  mutating func put(_ digits: Digits) {
    append(addingCapacity: digits.count) { span in
      for index in digits.start..<Digits.capacity { span.append(digits.bytes[index]) }
    }
  }
}

/// The digits of one number, written from the last to the first.
struct Digits {
  /// 64 bits in octal.
  static let capacity = 22
  var bytes = [22 of UInt8](repeating: 0)
  var start = Digits.capacity
  var count: Int { Self.capacity - start }

  init() {}

  /// In base 8 (`shift` 3) or 16 (4), with this letter for 10.
  init(_ value: UInt64, shift: UInt64, letters: UInt8) {
    var rest = value
    repeat {
      let digit = UInt8(truncatingIfNeeded: rest & ((1 << shift) - 1))
      prepend(digit < 10 ? UInt8(ascii: "0") &+ digit : letters &+ digit &- 10)
      rest >>= shift
    } while rest != 0
  }

  init(decimal value: UInt64) {
    var rest = value
    repeat {
      let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
      prepend(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: digit))
      rest = quotient
    } while rest != 0
  }

  mutating func prepend(_ byte: UInt8) {
    start &-= 1
    bytes[start] = byte
  }
}

extension UInt64 {
  /// How many decimal digits this number has.
  var decimalDigits: Int {
    var digits = 1
    var bound: UInt64 = 10
    while self >= bound {
      digits += 1
      let (next, overflow) = bound.multipliedReportingOverflow(by: 10)
      if overflow { break }
      bound = next
    }
    return digits
  }
}
