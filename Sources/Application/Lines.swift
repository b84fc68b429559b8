import Bytes

// Lines of text, of which SMTP, FTP, POP3 and IMAP are made.

/// A line: where it ends without CR and LF, and where the next one starts.
struct Line {
  var end: Int
  var next: Int

  /// The longest line that is read.
  static let limit = 1 << 13
}

extension RawSpan {
  /// The line that starts at the first byte; nil when its end has not come.
  func line() -> Line? {
    guard let feed = first(UInt8(ascii: "\n"), in: 0..<Swift.min(byteCount, Line.limit)) else { return nil }
    return Line(end: feed > 0 && byte(at: feed &- 1) == UInt8(ascii: "\r") ? feed &- 1 : feed, next: feed &+ 1)
  }

  /// What a reader of lines answers when there is no whole line.
  func lineStep(isLast: Bool) -> Step { byteCount < Line.limit && !isLast ? .more : .lost }

  /// The word at `offset`: up to a blank, or to `end`.
  func word(at offset: Int, end: Int) -> Range<Int> {
    guard offset < end else { return end..<end }
    return offset..<(first(UInt8(ascii: " "), in: offset..<end) ?? end)
  }

  /// What follows a word: without the blanks between.
  func rest(after word: Range<Int>, end: Int) -> Range<Int> {
    var start = word.upperBound
    while start < end, byte(at: start) == UInt8(ascii: " ") { start &+= 1 }
    return start..<end
  }

  /// Which of `words`, in any case, stands in `range`; nil for none.
  func index(of range: Range<Int>, in words: [StaticString]) -> Int? {
    words.firstIndex { $0.utf8CodeUnitCount == range.count && hasText($0, at: range.lowerBound) }
  }

  /// The status of a reply line: three digits, the first 1 to 5, and a blank, a hyphen or the end (RFC 5321 §4.2, RFC 959 §4.2).
  func replyStatus(end: Int) -> UInt16? {
    guard end >= 3 else { return nil }
    var status: UInt16 = 0
    for place in 0..<3 {
      let digit = byte(at: place) &- 0x30
      guard digit <= 9 else { return nil }
      status = status &* 10 &+ UInt16(digit)
    }
    guard (100..<600).contains(status), end == 3 || byte(at: 3) == 0x20 || byte(at: 3) == UInt8(ascii: "-") else {
      return nil
    }
    return status
  }

  /// Whether this is a reply's last line; those before it have a hyphen behind the status, or none.
  func isLastReplyLine(end: Int) -> Bool { end == 3 || byte(at: 3) == 0x20 }

  /// Whether the bytes before `end` contain a text, in any case.
  func contains(_ text: StaticString, before end: Int) -> Bool {
    let last = end &- text.utf8CodeUnitCount
    return last >= 0 && (0...last).contains { hasText(text, at: $0) }
  }

  /// A decimal number, with zeros before it or without; nil for anything else, and for one of more than 59 bits.
  func number(in range: Range<Int>) -> UInt64? {
    guard !range.isEmpty else { return nil }
    var number: UInt64 = 0
    for place in range {
      guard number < 1 << 56 else { return nil }
      let digit = byte(at: place) &- 0x30
      guard digit <= 9 else { return nil }
      number = number &* 10 &+ UInt64(digit)
    }
    return number
  }
}
