import Source

extension Lexer {
  mutating func string() -> Token.Kind {
    .string(Escapes.decode(quoted(newline: .newlineInString, end: .unclosedString)))
  }

  /// A character constant: up to eight bytes, the first the most significant.
  mutating func character() -> Token.Kind {
    let start = offset
    let found = diagnostics.all.count
    let raw = quoted(newline: .newlineInCharacter, end: .unclosedCharacter)
    let decoded = Escapes.decode(raw)
    var value: UInt64 = 0
    for byte in decoded.prefix(8) { value = value << 8 | UInt64(byte) }
    if diagnostics.all.count == found {
      if raw.isEmpty { report(.emptyCharacter, from: start) }
      if decoded.count > 8 { report(.characterTooLong(bytes: decoded.count), from: start) }
    }
    return .character(value)
  }

  /// What stands between the quote at `offset` and its partner, escapes unread; a backslash and newline vanish.
  mutating func quoted(newline: SyntaxComplaint, end: SyntaxComplaint) -> [UInt8] {
    let start = offset
    let quote = peek()
    var raw: [UInt8] = []
    var crossedLine = false
    offset += 1
    while true {
      guard !isAtEnd else {
        if !crossedLine { diagnostics.report(end, at: SourceRange(start, start + 1)) }
        return raw
      }
      let byte = peek()
      if byte == quote {
        offset += 1
        return raw
      }
      if byte == UInt8(ascii: "\n") {
        if !crossedLine { report(newline, from: start) }
        guard crossedLine || closesLater(quote) else { return raw }
        crossedLine = true
      }
      if continuationLength > 0 {
        offset += continuationLength
        continue
      }
      raw.append(byte)
      offset += 1
      if byte == UInt8(ascii: "\\"), !isAtEnd, peek() != UInt8(ascii: "\n") {
        raw.append(peek())
        offset += 1
      }
    }
  }

  /// Whether a constant that meets its line's end was meant to go on: the next line with quotes in it has an odd number.
  /// Asked so that one forgotten thing is one complaint.
  private func closesLater(_ quote: UInt8) -> Bool {
    var index = offset + 1
    var lines = 0
    var quotes = 0
    while index < bytes.count, lines < 8 {
      if bytes[index] == quote { quotes += 1 }
      if bytes[index] == UInt8(ascii: "\\") { index += 1 }
      if index < bytes.count, bytes[index] == UInt8(ascii: "\n") {
        guard quotes == 0 else { break }
        lines += 1
      }
      index += 1
    }
    return quotes % 2 == 1
  }
}
