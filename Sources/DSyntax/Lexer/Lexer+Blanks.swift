import Source

extension Lexer {
  /// Passes blanks, comments, continuations and control lines.
  mutating func skipBlanks() {
    while !isAtEnd {
      switch peek() {
      case UInt8(ascii: "\n"):
        atLineStart = true
        offset += 1
      case 0x20, 0x09, 0x0b, 0x0c, 0x0d:
        offset += 1
      case UInt8(ascii: "\\") where continuationLength > 0:
        offset += continuationLength
      case UInt8(ascii: "/") where peek(1) == UInt8(ascii: "*"):
        skipComment()
      case UInt8(ascii: "/") where peek(1) == UInt8(ascii: "/"):
        if mode == .predicate, peek(2) == UInt8(ascii: "*") { return }
        skipLine()
      case UInt8(ascii: "#") where atLineStart:
        if peek(1) == UInt8(ascii: "!") { skipLine() } else { readControlLine() }
      default:
        return
      }
    }
  }

  /// The bytes of a backslash and the newline after it, when both are here; otherwise 0.
  var continuationLength: Int {
    guard peek() == UInt8(ascii: "\\") else { return 0 }
    if peek(1) == UInt8(ascii: "\n") { return 2 }
    return peek(1) == UInt8(ascii: "\r") && peek(2) == UInt8(ascii: "\n") ? 3 : 0
  }

  /// Up to the newline, which stays.
  mutating func skipLine() {
    while !isAtEnd, peek() != UInt8(ascii: "\n") { offset += 1 }
  }

  mutating func skipComment() {
    let start = offset
    offset += 2
    var isNested = false
    while !isAtEnd {
      if peek() == UInt8(ascii: "*"), peek(1) == UInt8(ascii: "/") {
        offset += 2
        atLineStart = false
        return
      }
      if peek() == UInt8(ascii: "/"), peek(1) == UInt8(ascii: "*"), !isNested {
        isNested = true
        diagnostics.report(SyntaxComplaint.commentInComment, at: SourceRange(offset, offset + 2))
      }
      offset += 1
    }
    let line = bytes[..<start].count { $0 == UInt8(ascii: "\n") } + 1
    diagnostics.report(SyntaxComplaint.unclosedComment(line: line), at: SourceRange(offset, offset))
  }
}
