/// A D program's text and the name it is known by in messages (a file's path, or `-n`).
package struct SourceText: Sendable {
  package let name: String
  package let bytes: [UInt8]
  /// The offset of the first byte of each line.
  private let lineStarts: [Int]
  private let lineMarks: LineMarks
  /// Where each piece begins, in bytes; one of a text that is whole.
  package let pieceStarts: [Int]

  package init(_ text: String, name: String) {
    self.init(bytes: Array(text.utf8), name: name)
  }

  package init(bytes: [UInt8], name: String) {
    self.init(pieces: [(name, bytes)], name: name)
  }

  /// Several programs as one text, each a piece that begins a line and is followed by a newline; lines count from 1 in each.
  package init(pieces: [(name: String, bytes: [UInt8])], name: String) {
    var bytes: [UInt8] = []
    var pieceStarts: [Int] = []
    for piece in pieces {
      if !pieceStarts.isEmpty { bytes.append(UInt8(ascii: "\n")) }
      pieceStarts.append(bytes.count)
      bytes += piece.bytes
    }
    self.name = name
    self.bytes = bytes
    self.pieceStarts = pieceStarts
    var starts = [0]
    for (index, byte) in bytes.enumerated() where byte == UInt8(ascii: "\n") { starts.append(index + 1) }
    lineStarts = starts
    lineMarks = LineMarks(pieces)
  }

  /// The line and column of a byte offset, both counted from 1; columns are bytes.
  package func position(of offset: Int) -> SourcePosition {
    var low = 0
    var high = lineStarts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if lineStarts[middle] <= offset { low = middle } else { high = middle }
    }
    return SourcePosition(line: low + 1, column: offset - lineStarts[low] + 1)
  }

  /// Where a byte offset is in what the user wrote: `#line` and the C preprocessor's marks are followed, so the name may
  /// be another file's. The excerpt still comes from `line(_:)` of `position(of:)`.
  package func presumedPosition(of offset: Int) -> (name: String, position: SourcePosition) {
    var position = position(of: offset)
    guard let mark = lineMarks.mark(before: position.line) else { return (name, position) }
    position.line = mark.presumed + (position.line - mark.line)
    return (mark.file ?? mark.piece, position)
  }

  /// The file that a mark before the offset names, when it is another than the piece itself: what was included.
  package func includedFile(at offset: Int) -> String? {
    lineMarks.mark(before: position(of: offset).line)?.file
  }

  /// The bytes of each piece, without the newline behind it.
  package func piece(_ number: Int) -> Range<Int> {
    let end = number + 1 < pieceStarts.count ? pieceStarts[number + 1] - 1 : bytes.count
    return pieceStarts[number]..<end
  }

  /// The piece that the offset is in.
  package func pieceNumber(at offset: Int) -> Int {
    max(0, (pieceStarts.firstIndex { $0 > offset } ?? pieceStarts.count) - 1)
  }

  /// The text of a line, counted from 1, without its newline; empty when there is no such line.
  package func line(_ number: Int) -> String {
    guard number >= 1, number <= lineStarts.count else { return "" }
    let start = lineStarts[number - 1]
    var end = start
    while end < bytes.count, bytes[end] != UInt8(ascii: "\n") { end += 1 }
    return String(decoding: bytes[start..<end], as: UTF8.self)
  }

  /// The part of a line that people are shown: all of it, or of one longer than `width` bytes what stands around the position, between dots;
  /// and the position's column there, from 1.
  package func excerpt(at position: SourcePosition, width: Int = 160) -> (text: String, column: Int) {
    guard position.line >= 1, position.line <= lineStarts.count else { return ("", 1) }
    let start = lineStarts[position.line - 1]
    let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
    guard end - start > width else { return (line(position.line), position.column) }
    let place = min(end, start + max(0, position.column - 1))
    // No character is cut in two.
    let isInside = { (index: Int) in index > start && index < end && bytes[index] & 0xc0 == 0x80 }
    var first = min(max(start, place - width / 2), end - width)
    while isInside(first) { first -= 1 }
    var last = first + width
    while last < end, isInside(last) { last += 1 }
    let (before, behind) = (first > start ? "..." : "", last < end ? "..." : "")
    return (
      before + String(decoding: bytes[first..<min(end, last)], as: UTF8.self) + behind,
      place - first + before.utf8.count + 1
    )
  }

  /// The text of `range`.
  package func text(in range: SourceRange) -> String {
    String(decoding: bytes[max(0, range.start)..<min(bytes.count, range.end)], as: UTF8.self)
  }
}

/// A line and a column, both counted from 1; columns are bytes.
package struct SourcePosition: Sendable, Equatable {
  package var line: Int
  package var column: Int
  package init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }
}

/// A half-open range of byte offsets in one `SourceText`.
package struct SourceRange: Sendable, Hashable {
  package var start: Int
  package var end: Int
  package init(_ start: Int, _ end: Int) {
    self.start = start
    self.end = end
  }
  /// From the start of one range to the end of another.
  package func through(_ other: SourceRange) -> SourceRange { SourceRange(start, max(end, other.end)) }
  package static let none = SourceRange(0, 0)
}
