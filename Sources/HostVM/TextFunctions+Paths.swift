import Bytes

extension TextFunctions {
  /// See `Function.cleanpath`.
  static func cleanpath(_ text: RawSpan, into out: inout [UInt8]) {
    let (slash, dot) = (UInt8(ascii: "/"), UInt8(ascii: "."))
    func byte(_ index: Int) -> UInt8 { index < text.byteCount ? text.byte(at: index) : 0 }
    func ends(_ index: Int) -> Bool { byte(index) == slash || byte(index) == 0 }
    // Where each component that may be taken back begins: at its slash.
    var starts: [Int] = []
    var at = 0
    while at < text.byteCount {
      guard byte(at) == slash else {
        out.append(byte(at))
        at += 1
        continue
      }
      if byte(at + 1) == slash || (byte(at + 1) == dot && ends(at + 2)) {
        at += byte(at + 1) == slash ? 1 : 2
      } else if byte(at + 1) == dot, byte(at + 2) == dot, ends(at + 3) {
        out.removeLast(out.count - (starts.popLast() ?? 0))
        at += 3
      } else {
        starts.append(out.count)
        out.append(slash)
        at += 1
      }
    }
    if out.isEmpty, text.byteCount > 0 { out.append(slash) }
  }

  /// See `Function.span`.
  static func span(_ text: RawSpan, _ set: RawSpan, member: Bool) -> Int {
    for index in 0..<text.byteCount {
      let byte = text.byte(at: index)
      if (offset(of: byte, in: set, last: false) >= 0) != member { return index }
    }
    return text.byteCount
  }

  /// See `Function.linkNtop`.
  static func linkNtop(_ count: Int, _ words: [UInt64], into out: inout [UInt8]) {
    let digits = Array("0123456789abcdef".utf8)
    for index in 0..<min(count, 24) {
      let byte = Int(words[index / 8] >> (8 * UInt64(index % 8)) & 255)
      if index > 0 { out.append(UInt8(ascii: ":")) }
      out.append(digits[byte >> 4])
      out.append(digits[byte & 15])
    }
  }
}
