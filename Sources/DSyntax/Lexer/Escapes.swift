/// D's escapes: C's, except that a backslash before anything else stays, so that `'\''` is two bytes and `"\d"` too
/// (libdtrace `stresc2chr`; the suite's `tst.charconstants` has the values).
enum Escapes {
  static func decode(_ raw: [UInt8]) -> [UInt8] {
    guard raw.contains(UInt8(ascii: "\\")) else { return raw }
    var out: [UInt8] = []
    out.reserveCapacity(raw.count)
    var index = 0
    while index < raw.count {
      let byte = raw[index]
      index += 1
      guard byte == UInt8(ascii: "\\"), index < raw.count else {
        out.append(byte)
        continue
      }
      let escaped = raw[index]
      index += 1
      switch escaped {
      case UInt8(ascii: "0")...UInt8(ascii: "7"): out.append(octal(raw, from: index - 1, &index))
      case UInt8(ascii: "x"): out.append(hexadecimal(raw, &index))
      case UInt8(ascii: "a"): out.append(0x07)
      case UInt8(ascii: "b"): out.append(0x08)
      case UInt8(ascii: "f"): out.append(0x0c)
      case UInt8(ascii: "n"): out.append(0x0a)
      case UInt8(ascii: "r"): out.append(0x0d)
      case UInt8(ascii: "t"): out.append(0x09)
      case UInt8(ascii: "v"): out.append(0x0b)
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): out.append(escaped)
      default: out += [byte, escaped]
      }
    }
    return out
  }

  /// Up to three digits; the low eight bits count.
  private static func octal(_ raw: [UInt8], from start: Int, _ index: inout Int) -> UInt8 {
    var value: UInt8 = 0
    index = start
    while index < raw.count, index < start + 3, raw[index] >= 0x30, raw[index] <= 0x37 {
      value = value &* 8 &+ (raw[index] - 0x30)
      index += 1
    }
    return value
  }

  /// As many digits as there are; the low eight bits count.
  private static func hexadecimal(_ raw: [UInt8], _ index: inout Int) -> UInt8 {
    var value: UInt8 = 0
    while index < raw.count {
      let lower = raw[index] | 0x20
      if raw[index].isDigit {
        value = value &* 16 &+ (raw[index] - 0x30)
      } else if lower >= 0x61, lower <= 0x66 {
        value = value &* 16 &+ (lower - 0x61 + 10)
      } else {
        break
      }
      index += 1
    }
    return value
  }
}
