import IR

/// How one value is to be written: a conversion's flags, width and precision, resolved.
struct Shape {
  var flags: PrintfFormat.Flags = []
  /// 0 is none.
  var width = 0
  /// 0 is none, as in dtrace.
  var precision = 0

  var left: Bool { flags.contains(.left) }
}

extension [UInt8] {
  /// The bytes that `body` appends, cut to the precision and padded to the width (`%s`).
  mutating func put(_ shape: Shape, _ body: (inout [UInt8]) -> Void) {
    let start = count
    if shape.width == 0 && shape.precision == 0 { return body(&self) }
    body(&self)
    if shape.precision > 0, count - start > shape.precision { removeLast(count - start - shape.precision) }
    let missing = shape.width - (count - start)
    if missing <= 0 { return }
    if shape.left {
      put(blanks: missing)
    } else {
      insert(contentsOf: repeatElement(UInt8(ascii: " "), count: missing), at: start)
    }
  }

  /// `%d`: a number with its sign.
  mutating func put(signed value: Int64, _ shape: Shape) {
    let sign: UInt8 =
      value < 0
      ? UInt8(ascii: "-")
      : shape.flags.contains(.plus)
        ? UInt8(ascii: "+") : shape.flags.contains(.blank) ? UInt8(ascii: " ") : 0
    put(Digits(decimal: value.magnitude), sign: sign, shape: shape)
  }

  /// `%u`
  mutating func put(unsigned value: UInt64, _ shape: Shape) { put(Digits(decimal: value), shape: shape) }

  /// `%o`; `#` adds a zero where none leads.
  mutating func put(octal value: UInt64, _ shape: Shape) {
    var shape = shape
    let digits = Digits(value, shift: 3, letters: 0)
    if shape.flags.contains(.alternate), value != 0, shape.precision <= digits.count {
      // The zero that `#` adds does not switch `0` off, as a written precision would.
      let fill = shape.flags.contains(.zeros) && shape.precision == 0 ? shape.width : 0
      shape.precision = Swift.max(digits.count + 1, fill)
    }
    put(digits, shape: shape)
  }

  /// `%x`, `%X`, `%p`; `#` puts `0x` before a number that is not 0.
  mutating func put(hexadecimal value: UInt64, uppercase: Bool, _ shape: Shape) {
    let letters = UInt8(ascii: uppercase ? "A" : "a")
    let mark = shape.flags.contains(.alternate) && value != 0 ? UInt8(ascii: uppercase ? "X" : "x") : 0
    put(Digits(value, shift: 4, letters: letters), mark: mark, shape: shape)
  }

  /// Blanks, sign or `0x`, zeros, digits, blanks.
  private mutating func put(_ digits: Digits, sign: UInt8 = 0, mark: UInt8 = 0, shape: Shape) {
    let before = (sign != 0 ? 1 : 0) + (mark != 0 ? 2 : 0)
    var zeros = Swift.max(0, shape.precision - digits.count)
    let missing = shape.width - before - zeros - digits.count
    if missing > 0, !shape.left {
      if shape.flags.contains(.zeros), shape.precision == 0 {
        zeros = missing
      } else {
        put(blanks: missing)
      }
    }
    if sign != 0 { append(sign) }
    if mark != 0 {
      append(UInt8(ascii: "0"))
      append(mark)
    }
    put(UInt8(ascii: "0"), times: zeros)
    put(digits)
    if missing > 0, shape.left { put(blanks: missing) }
  }

  /// A character of a wide string, in UTF-8; what is no character becomes U+FFFD.
  mutating func put(scalar value: UInt32) {
    let scalar = Unicode.Scalar(value) ?? "\u{fffd}"
    append(contentsOf: Character(scalar).utf8)
  }
}

extension [UInt8] {
  /// One byte as `%S` and `%C` show it: C's escapes, and octal for what else is not printable ASCII.
  mutating func put(escaped byte: UInt8) {
    let letter: UInt8
    switch byte {
    case 0: letter = UInt8(ascii: "0")
    case 7: letter = UInt8(ascii: "a")
    case 8: letter = UInt8(ascii: "b")
    case 9: letter = UInt8(ascii: "t")
    case 10: letter = UInt8(ascii: "n")
    case 11: letter = UInt8(ascii: "v")
    case 12: letter = UInt8(ascii: "f")
    case 13: letter = UInt8(ascii: "r")
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): letter = byte
    case 0x20...0x7e:
      append(byte)
      return
    default:
      append(UInt8(ascii: "\\"))
      append(UInt8(ascii: "0") + (byte >> 6))
      append(UInt8(ascii: "0") + (byte >> 3 & 7))
      append(UInt8(ascii: "0") + (byte & 7))
      return
    }
    append(UInt8(ascii: "\\"))
    append(letter)
  }
}
