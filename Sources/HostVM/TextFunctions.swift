// The functions of `IR.Function`, over borrowed bytes. What gives a text appends it to `out`; the caller cuts it to its
// register.

import Bytes

enum TextFunctions {
  private static let slash = UInt8(ascii: "/")
  private static let dot = UInt8(ascii: ".")
  private static let digits = Array("0123456789abcdefghijklmnopqrstuvwxyz".utf8)

  static func append(_ text: RawSpan, _ range: Range<Int>, to out: inout [UInt8]) {
    for index in range { out.append(text.byte(at: index)) }
  }

  /// As DTrace's substr, which is Perl's: see `Function.substr`.
  static func substr(_ text: RawSpan, start: Int64, count: Int64?, into out: inout [UInt8]) {
    let length = Int64(text.byteCount)
    var start = start
    // Without a count there is none to use up on the way from a start before the beginning.
    var count = count ?? 1 << 40
    if start < 0 {
      let (sum, overflow) = start.addingReportingOverflow(length)
      start = overflow ? .min : sum
      if start < 0 {
        let (rest, overflow) = count.addingReportingOverflow(start)
        guard !overflow, rest > 0 else { return }
        count = rest
        start = 0
      }
    }
    guard start < length else { return }
    let left = length - start
    let taken = count < 0 ? left &+ count : min(count, left)
    guard taken > 0 else { return }
    append(text, Int(start)..<Int(start + taken), to: &out)
  }

  /// The offset of the byte, first or last, or -1; the NUL is at the end.
  static func offset(of byte: UInt8, in text: RawSpan, last: Bool) -> Int {
    if byte == 0 { return text.byteCount }
    var found = -1
    for index in 0..<text.byteCount where text.byte(at: index) == byte {
      found = index
      if !last { break }
    }
    return found
  }

  private static func stands(_ wanted: RawSpan, in text: RawSpan, at offset: Int) -> Bool {
    guard wanted.byteCount <= text.byteCount - offset else { return false }
    for index in 0..<wanted.byteCount where text.byte(at: offset &+ index) != wanted.byte(at: index) { return false }
    return true
  }

  /// The first offset at or after `from`, or -1; see `Function.index`.
  static func index(of wanted: RawSpan, in text: RawSpan, from: Int64) -> Int {
    let from = Int(clamping: max(0, from))
    if from >= text.byteCount { return wanted.byteCount == 0 ? text.byteCount : -1 }
    for offset in from..<text.byteCount where stands(wanted, in: text, at: offset) { return offset }
    return -1
  }

  /// The last offset at or before `from`, or -1; see `Function.rindex`.
  static func rindex(of wanted: RawSpan, in text: RawSpan, from: Int64) -> Int {
    if from < 0 { return wanted.byteCount == 0 ? 0 : -1 }
    var offset = min(Int(clamping: from), text.byteCount)
    while offset >= 0 {
      if stands(wanted, in: text, at: offset) { return offset }
      offset -= 1
    }
    return -1
  }

  /// The last component, or "." or "/" where there is none.
  static func basename(_ text: RawSpan, into out: inout [UInt8]) {
    guard text.byteCount > 0 else { return out.append(dot) }
    let end = endWithoutSlashes(text, text.byteCount)
    guard end > 0 else { return out.append(slash) }
    append(text, startOfComponent(text, end)..<end, to: &out)
  }

  /// What stands before the last component, without the slashes between.
  static func dirname(_ text: RawSpan, into out: inout [UInt8]) {
    guard text.byteCount > 0 else { return out.append(dot) }
    let end = endWithoutSlashes(text, text.byteCount)
    guard end > 0 else { return out.append(slash) }
    let start = startOfComponent(text, end)
    guard start > 0 else { return out.append(dot) }
    let above = endWithoutSlashes(text, start)
    guard above > 0 else { return out.append(slash) }
    append(text, 0..<above, to: &out)
  }

  private static func endWithoutSlashes(_ text: RawSpan, _ end: Int) -> Int {
    var end = end
    while end > 0, text.byte(at: end - 1) == slash { end -= 1 }
    return end
  }

  private static func startOfComponent(_ text: RawSpan, _ end: Int) -> Int {
    var start = end
    while start > 0, text.byte(at: start - 1) != slash { start -= 1 }
    return start
  }

  static func lltostr(_ value: Int64, base: UInt64, into out: inout [UInt8]) {
    if base == 10, value < 0 { out.append(UInt8(ascii: "-")) }
    if base == 8 || base == 16, value != 0 || base == 16 { out.append(UInt8(ascii: "0")) }
    if base == 16 { out.append(UInt8(ascii: "x")) }
    append(base == 10 ? value.magnitude : UInt64(bitPattern: value), base: base, to: &out)
  }

  private static func append(_ value: UInt64, base: UInt64, to out: inout [UInt8]) {
    let start = out.count
    var rest = value
    repeat {
      out.append(digits[Int(rest % base)])
      rest /= base
    } while rest != 0
    out[start...].reverse()
  }

  /// See `Function.strtoll`.
  static func strtoll(_ text: RawSpan, base: Int64) -> Int64 {
    func byte(_ index: Int) -> UInt8 { index < text.byteCount ? text.byte(at: index) : 0 }
    func digit(_ index: Int) -> Int64 {
      switch byte(index) {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): Int64(byte(index) - UInt8(ascii: "0"))
      case UInt8(ascii: "a")...UInt8(ascii: "z"): Int64(byte(index) - UInt8(ascii: "a")) + 10
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): Int64(byte(index) - UInt8(ascii: "A")) + 10
      default: .max
      }
    }
    var at = 0
    while byte(at) == UInt8(ascii: " ") || byte(at) == UInt8(ascii: "\t") { at += 1 }
    let isNegative = byte(at) == UInt8(ascii: "-")
    if isNegative || byte(at) == UInt8(ascii: "+") { at += 1 }
    if base == 16, byte(at) == UInt8(ascii: "0"), byte(at + 1) | 32 == UInt8(ascii: "x"), digit(at + 2) < 16 { at += 2 }
    var value: Int64 = 0
    while digit(at) < base {
      value = value &* base &+ digit(at)
      at += 1
    }
    return isNegative ? 0 &- value : value
  }

  /// The word's bytes, lowest first, as a dotted quad.
  static func inetNtoa(_ word: UInt64, into out: inout [UInt8]) {
    for index in UInt64(0)..<4 {
      if index > 0 { out.append(dot) }
      append(word >> (8 * index) & 255, base: 10, to: &out)
    }
  }

  /// See `Function.inetNtoa6`.
  static func inetNtoa6(_ first: UInt64, _ second: UInt64, strict: Bool, into out: inout [UInt8]) {
    let high = first.byteSwapped
    let low = second.byteSwapped
    if high == 0, low >> 32 == 0xffff || (low >> 32 == 0 && low > 1) {
      if strict { out.append(contentsOf: (low >> 32 == 0 ? "::" : "::ffff:").utf8) }
      return inetNtoa(second >> 32, into: &out)
    }
    func group(_ index: Int) -> UInt64 { (index < 4 ? high : low) >> (48 - 16 * UInt64(index % 4)) & 0xffff }
    // The longest run of two or more zero groups; the first of equals.
    var zeros = 0..<0
    var at = 0
    while at < 8 {
      var end = at
      while end < 8, group(end) == 0 { end += 1 }
      if end - at > max(1, zeros.count) { zeros = at..<end }
      at = max(end, at + 1)
    }
    at = 0
    while at < 8 {
      if at == zeros.lowerBound, !zeros.isEmpty {
        out.append(contentsOf: "::".utf8)
        at = zeros.upperBound
        continue
      }
      if at > 0, at != zeros.upperBound || zeros.isEmpty { out.append(UInt8(ascii: ":")) }
      append(group(at), base: 16, to: &out)
      at += 1
    }
  }

  /// ASCII letters between `first` and `last` changed in case.
  static func fold(_ text: RawSpan, _ first: UInt8, _ last: UInt8, into out: inout [UInt8]) {
    for index in 0..<text.byteCount {
      let byte = text.byte(at: index)
      out.append(byte >= first && byte <= last ? byte ^ 32 : byte)
    }
  }
}
