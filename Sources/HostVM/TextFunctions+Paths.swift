import Bytes

extension TextFunctions {
  /// See `Function.cleanpath`.
  static func cleanpath(_ text: RawSpan, into out: inout [UInt8]) {
    let (slash, dot) = (UInt8(ascii: "/"), UInt8(ascii: "."))
    guard text.byteCount > 0 else { return }
    let rooted = text.byte(at: 0) == slash
    if rooted { out.append(slash) }
    // How much was written before each component that `..` may take back.
    var starts: [Int] = []
    var at = 0
    while at < text.byteCount {
      let first = at
      while at < text.byteCount, text.byte(at: at) != slash { at += 1 }
      let count = at - first
      let areDots = (first..<at).allSatisfy { text.byte(at: $0) == dot }
      at += 1
      if count == 0 || (areDots && count == 1) { continue }
      if areDots, count == 2, rooted || !starts.isEmpty {
        if let start = starts.popLast() { out.removeLast(out.count - start) }
        continue
      }
      if !areDots || count > 2 { starts.append(out.count) }
      if out.count > (rooted ? 1 : 0) { out.append(slash) }
      append(text, first..<first + count, to: &out)
    }
    if out.isEmpty { out.append(dot) }
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
