/// Where the text says it comes from: `#line 7 "file.d"` and the C preprocessor's `# 7 "file.d" 2`.
///
/// Found in one pass over the bytes that knows comments and quotes but nothing else of D, so that positions are right
/// before anything is parsed. What is malformed is no mark; the parser complains about it.
struct LineMarks: Sendable {
  struct Mark: Sendable {
    /// The line of the text, counted from 1, that the mark speaks of: the one after it.
    var line: Int
    /// The number that line goes by.
    var presumed: Int
    /// Nil is the piece's own name.
    var file: String?
    /// The name of the piece that the mark stands in.
    var piece: String
  }
  private(set) var marks: [Mark] = []

  /// - Parameter pieces: each begins a line of the whole text, and is one line 1 of its own.
  init(_ pieces: [(name: String, bytes: [UInt8])]) {
    var line = 1
    for (name, bytes) in pieces {
      marks.append(Mark(line: line, presumed: 1, file: nil, piece: name))
      add(bytes, from: line, piece: name)
      line += 1
      for byte in bytes where byte == UInt8(ascii: "\n") { line += 1 }
    }
  }

  private mutating func add(_ bytes: [UInt8], from firstLine: Int, piece: String) {
    // Most scripts have no such line: the cheap test first.
    guard bytes.contains(UInt8(ascii: "#")) else { return }
    var scanner = Scanner(bytes: bytes)
    var file: String?
    while let control = scanner.nextControlLine() {
      guard let mark = Self.read(control.text, line: firstLine + control.line, in: file, piece: piece) else { continue }
      file = mark.file
      marks.append(mark)
    }
  }

  /// The last mark at or before `line`.
  func mark(before line: Int) -> Mark? {
    var low = 0
    var high = marks.count
    while low < high {
      let middle = (low + high) / 2
      if marks[middle].line <= line { low = middle + 1 } else { high = middle }
    }
    return low > 0 ? marks[low - 1] : nil
  }

  /// `7 "file.d" 1`, with or without `line` before it; `file` is what the number belongs to when no name is given.
  private static func read(_ text: ArraySlice<UInt8>, line: Int, in file: String?, piece: String) -> Mark? {
    var rest = text
    func blank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0d).contains(byte) }
    rest = rest.drop(while: blank)
    if rest.starts(with: "line".utf8) { rest = rest.dropFirst(4).drop(while: blank) }
    var number = 0
    var digits = 0
    while let byte = rest.first, (0x30...0x39).contains(byte) {
      digits += 1
      guard digits <= 9 else { return nil }
      number = number * 10 + Int(byte - 0x30)
      rest = rest.dropFirst()
    }
    guard digits > 0, rest.first.map(blank) ?? true else { return nil }
    rest = rest.drop(while: blank)
    guard rest.first == UInt8(ascii: "\"") else {
      return Mark(line: line, presumed: number, file: file, piece: piece)
    }
    rest = rest.dropFirst()
    guard let end = rest.firstIndex(of: UInt8(ascii: "\"")) else { return nil }
    let name = String(decoding: rest[rest.startIndex..<end], as: UTF8.self)
    // The preprocessor reads the script from its standard input, so this is the script itself (libdtrace dt_pragma.c).
    let isItself = name == "/dev/stdin" || name == "<stdin>"
    return Mark(line: line, presumed: number, file: isItself ? nil : name, piece: piece)
  }
}

/// Finds the lines that begin with `#` and stand outside comments.
private struct Scanner {
  let bytes: [UInt8]
  var offset = 0
  var line = 1

  /// The text after the next `#`, and the line it stands on.
  mutating func nextControlLine() -> (text: ArraySlice<UInt8>, line: Int)? {
    var atLineStart = offset == 0 || bytes[offset - 1] == UInt8(ascii: "\n")
    while offset < bytes.count {
      switch bytes[offset] {
      case UInt8(ascii: "\n"):
        line += 1
        atLineStart = true
        offset += 1
      case 0x20, 0x09, 0x0b, 0x0c, 0x0d:
        offset += 1
      case UInt8(ascii: "#") where atLineStart:
        let start = offset + 1
        skipToLineEnd()
        return (bytes[start..<offset], line)
      case UInt8(ascii: "/") where next == UInt8(ascii: "*"):
        skipComment()
        atLineStart = false
      case UInt8(ascii: "/") where next == UInt8(ascii: "/"):
        skipToLineEnd()
      case UInt8(ascii: "\""), UInt8(ascii: "'"):
        skipQuoted()
        atLineStart = false
      default:
        offset += 1
        atLineStart = false
      }
    }
    return nil
  }

  private var next: UInt8? { offset + 1 < bytes.count ? bytes[offset + 1] : nil }

  private mutating func skipToLineEnd() {
    while offset < bytes.count, bytes[offset] != UInt8(ascii: "\n") { offset += 1 }
  }

  private mutating func skipComment() {
    offset += 2
    while offset < bytes.count {
      if bytes[offset] == UInt8(ascii: "*"), next == UInt8(ascii: "/") {
        offset += 2
        return
      }
      if bytes[offset] == UInt8(ascii: "\n") { line += 1 }
      offset += 1
    }
  }

  private mutating func skipQuoted() {
    let quote = bytes[offset]
    offset += 1
    while offset < bytes.count, bytes[offset] != UInt8(ascii: "\n") {
      let byte = bytes[offset]
      offset += 1
      if byte == quote { return }
      if byte == UInt8(ascii: "\\"), offset < bytes.count {
        if bytes[offset] == UInt8(ascii: "\n") { line += 1 }
        offset += 1
      }
    }
  }
}
