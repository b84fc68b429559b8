import IR

/// A binary floating-point number as its parts, whichever format it was kept in: significand * 2 ^ exponent.
struct Floating {
  enum Kind { case finite, infinite, notANumber }
  var negative: Bool
  var kind: Kind
  var significand: UInt64
  var exponent: Int

  /// IEEE 754 binary64.
  init(double bits: UInt64) {
    self.init(
      negative: bits >> 63 != 0, fraction: bits & 0xf_ffff_ffff_ffff, raw: Int(bits >> 52 & 0x7ff), size: (11, 52))
  }

  /// IEEE 754 binary32.
  init(single bits: UInt32) {
    self.init(
      negative: bits >> 31 != 0, fraction: UInt64(bits & 0x7f_ffff), raw: Int(bits >> 23 & 0xff), size: (8, 23))
  }

  /// x87's 80 bits, a long double of x86: the top bit of the significand is written out.
  init(extended significand: UInt64, signAndExponent: UInt16) {
    negative = signAndExponent >> 15 != 0
    let raw = Int(signAndExponent & 0x7fff)
    self.significand = significand
    exponent = max(raw, 1) - 16383 - 63
    kind = raw != 0x7fff ? .finite : significand << 1 == 0 ? .infinite : .notANumber
  }

  private init(negative: Bool, fraction: UInt64, raw: Int, size: (exponent: Int, fraction: Int)) {
    self.negative = negative
    let bias = 1 << (size.exponent - 1) - 1
    significand = raw == 0 ? fraction : fraction | 1 << UInt64(size.fraction)
    exponent = max(raw, 1) - bias - size.fraction
    kind = raw != 1 << size.exponent - 1 ? .finite : fraction == 0 ? .infinite : .notANumber
  }

  /// The magnitude's exact decimal digits, none leading; the value is 0.DIGITS * 10 ^ point. Empty for 0.
  ///
  /// Every binary fraction ends in decimal too: significand / 2 ^ k is significand * 5 ^ k / 10 ^ k.
  var decimal: (digits: [UInt8], point: Int) {
    if significand == 0 { return ([], 0) }
    var words = [UInt32(truncatingIfNeeded: significand), UInt32(truncatingIfNeeded: significand >> 32)]
    var exponent = exponent
    // Fewer steps below.
    let even = min(significand.trailingZeroBitCount, max(0, -exponent))
    if even > 0 {
      let reduced = significand >> UInt64(even)
      words = [UInt32(truncatingIfNeeded: reduced), UInt32(truncatingIfNeeded: reduced >> 32)]
      exponent += even
    }
    for _ in 0..<abs(exponent) { Self.multiply(&words, by: exponent < 0 ? 5 : 2) }
    var digits: [UInt8] = []
    while !words.isEmpty {
      var nine = Self.divide(&words, by: 1_000_000_000)
      for _ in 0..<9 {
        digits.append(UInt8(nine % 10))
        nine /= 10
      }
    }
    while digits.last == 0 { digits.removeLast() }
    digits.reverse()
    return (digits, digits.count + min(exponent, 0))
  }

  private static func multiply(_ words: inout [UInt32], by factor: UInt32) {
    var carry: UInt64 = 0
    for index in words.indices {
      let product = UInt64(words[index]) * UInt64(factor) + carry
      words[index] = UInt32(truncatingIfNeeded: product)
      carry = product >> 32
    }
    if carry != 0 { words.append(UInt32(carry)) }
  }

  /// Divides, drops leading zero words, gives the remainder.
  private static func divide(_ words: inout [UInt32], by divisor: UInt32) -> UInt32 {
    var rest: UInt64 = 0
    for index in words.indices.reversed() {
      let part = rest << 32 | UInt64(words[index])
      words[index] = UInt32(part / UInt64(divisor))
      rest = part % UInt64(divisor)
    }
    while words.last == 0 { words.removeLast() }
    return UInt32(rest)
  }
}

extension [UInt8] {
  /// `%e %f %g` and their capitals; without a precision six places, as C.
  mutating func put(
    floating value: Floating, style: PrintfFormat.Conversion.FloatingStyle, uppercase: Bool, _ shape: Shape
  ) {
    var sign: [UInt8] = []
    if value.negative {
      sign.put("-")
    } else if shape.flags.contains(.plus) {
      sign.put("+")
    } else if shape.flags.contains(.blank) {
      sign.put(" ")
    }
    var body: [UInt8] = []
    var zeros = shape.flags.contains(.zeros)
    switch value.kind {
    case .finite:
      let precision = shape.precision > 0 ? shape.precision : 6
      body = Self.floating(
        value, style: style, precision: precision, keepZeros: shape.flags.contains(.alternate))
    case .infinite:
      body.put("inf")
      zeros = false
    case .notANumber:
      body.put("nan")
      zeros = false
    }
    if uppercase { body = body.map { $0 >= UInt8(ascii: "a") && $0 <= UInt8(ascii: "z") ? $0 - 32 : $0 } }
    let missing = shape.width - sign.count - body.count
    if !shape.left, !zeros { put(blanks: missing) }
    append(contentsOf: sign)
    if !shape.left, zeros { put(UInt8(ascii: "0"), times: missing) }
    append(contentsOf: body)
    if shape.left { put(blanks: missing) }
  }

  private static func floating(
    _ value: Floating, style: PrintfFormat.Conversion.FloatingStyle, precision: Int, keepZeros: Bool
  ) -> [UInt8] {
    let (digits, point) = value.decimal
    switch style {
    case .fixed:
      return fixed(rounded(digits, point, keeping: point + precision), places: precision)
    case .scientific:
      return scientific(rounded(digits, point, keeping: precision + 1), places: precision)
    case .general:
      // C's rule: as %e would round it, then the shorter of the two.
      let round = rounded(digits, point, keeping: precision)
      let exponent = round.digits.isEmpty ? 0 : round.point - 1
      var text: [UInt8]
      if exponent < -4 || exponent >= precision {
        text = scientific(round, places: precision - 1, trim: !keepZeros)
      } else {
        text = fixed(round, places: precision - 1 - exponent)
        if !keepZeros { trim(&text) } else if precision - 1 == exponent { text.put(".") }
      }
      return text
    }
  }

  /// The first `keeping` digits, to nearest, ties to even.
  private static func rounded(_ digits: [UInt8], _ point: Int, keeping: Int) -> (digits: [UInt8], point: Int) {
    if keeping >= digits.count { return (digits, point) }
    if keeping < 0 { return ([], 0) }
    var kept = Array(digits[..<keeping])
    let next = digits[keeping]
    let odd = (kept.last ?? 0) % 2 == 1
    let up = next > 5 || next == 5 && (digits.count > keeping + 1 || odd)
    if !up { return (kept, kept.isEmpty ? 0 : point) }
    var index = keeping - 1
    while index >= 0, kept[index] == 9 {
      kept[index] = 0
      index -= 1
    }
    if index >= 0 {
      kept[index] += 1
      return (kept, point)
    }
    return ([1] + kept, point + 1)
  }

  private static func fixed(_ value: (digits: [UInt8], point: Int), places: Int) -> [UInt8] {
    var text: [UInt8] = []
    func digit(_ index: Int) -> UInt8 {
      UInt8(ascii: "0") + (value.digits.indices.contains(index) ? value.digits[index] : 0)
    }
    if value.point <= 0 || value.digits.isEmpty { text.append(UInt8(ascii: "0")) }
    if !value.digits.isEmpty { for index in 0..<Swift.max(0, value.point) { text.append(digit(index)) } }
    guard places > 0 else { return text }
    text.append(UInt8(ascii: "."))
    let start = value.digits.isEmpty ? 0 : value.point
    for place in 0..<places { text.append(digit(start + place)) }
    return text
  }

  private static func scientific(
    _ value: (digits: [UInt8], point: Int), places: Int, trim trimming: Bool = false
  ) -> [UInt8] {
    var text: [UInt8] = [UInt8(ascii: "0") + (value.digits.first ?? 0)]
    if places > 0 {
      text.append(UInt8(ascii: "."))
      for place in 1...places {
        text.append(UInt8(ascii: "0") + (value.digits.indices.contains(place) ? value.digits[place] : 0))
      }
      if trimming { trim(&text) }
    }
    let exponent = value.digits.isEmpty ? 0 : value.point - 1
    text.put(exponent < 0 ? "e-" : "e+")
    if exponent.magnitude < 10 { text.append(UInt8(ascii: "0")) }
    text.put(decimal: UInt64(exponent.magnitude))
    return text
  }

  /// Drops zeros after the point, and the point when nothing follows.
  private static func trim(_ text: inout [UInt8]) {
    guard text.contains(UInt8(ascii: ".")) else { return }
    while text.last == UInt8(ascii: "0") { text.removeLast() }
    if text.last == UInt8(ascii: ".") { text.removeLast() }
  }
}
