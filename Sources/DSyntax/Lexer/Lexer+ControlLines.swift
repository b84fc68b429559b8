import Source

/// A line that begins with `#`, in words.
struct ControlLine {
  enum Kind: Equatable { case word, string, integer }
  struct Word {
    var kind: Kind
    var text: String
    var range: SourceRange
  }
  var words: [Word] = []
  var range: SourceRange
}

extension Lexer {
  /// Reads from the `#` to the line's end, which stays, and keeps the line for the parser (`dt_lex.l` state S3).
  mutating func readControlLine() {
    let start = offset
    offset += 1
    var words: [ControlLine.Word] = []
    while !isAtEnd, peek() != UInt8(ascii: "\n") {
      if continuationLength > 0 {
        offset += continuationLength
      } else if peek().isBlank {
        offset += 1
      } else if peek() == UInt8(ascii: "/"), peek(1) == UInt8(ascii: "*") {
        skipComment()
      } else {
        words.append(controlWord())
      }
    }
    let line = ControlLine(words: words, range: SourceRange(start, offset))
    if isAtEnd { report(.controlLineEnd, from: start) }
    atLineStart = true
    controlLines.append(line)
  }

  private mutating func controlWord() -> ControlLine.Word {
    let start = offset
    if peek() == UInt8(ascii: "\"") {
      let value = Escapes.decode(quoted(newline: .newlineInString, end: .unclosedString))
      return ControlLine.Word(
        kind: .string, text: String(decoding: value, as: UTF8.self), range: SourceRange(start, offset))
    }
    while !isAtEnd, !peek().isBlank, peek() != UInt8(ascii: "\""), continuationLength == 0 { offset += 1 }
    let word = bytes[start..<offset]
    var kind = ControlLine.Kind.word
    if word.first?.isDigit == true, case .value = IntegerText.read(word) { kind = .integer }
    return ControlLine.Word(kind: kind, text: text(from: start), range: SourceRange(start, offset))
  }
}
