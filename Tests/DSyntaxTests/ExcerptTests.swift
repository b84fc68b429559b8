import Source
import Testing

/// What people are shown of a line beside a complaint.
struct ExcerptTests {
  @Test func `of a long line what stands around the place is shown, and the caret stands below it`() throws {
    let blanks = String(repeating: " ", count: 3000)
    let reading = Reading("BEGIN {" + blanks + "trace(1.5); é" + blanks + "}")
    let lines = reading.rendered.split(separator: "\n", omittingEmptySubsequences: false)
    try #require(lines.count >= 3, "\(reading.rendered)")
    #expect(lines[0].hasPrefix("-n:1:3014: error: "))
    #expect(lines[1].hasPrefix("  ...   ") && lines[1].hasSuffix("  ...") && lines[1].contains("trace(1.5);"))
    #expect(lines[1].utf8.count < 180)
    let caret = try #require(lines[2].utf8.firstIndex(of: UInt8(ascii: "^")))
    let column = lines[2].utf8.distance(from: lines[2].startIndex, to: caret)
    #expect(lines[1].utf8.dropFirst(column).starts(with: "1.5".utf8))
  }

  @Test(arguments: 1...170)
  func `an excerpt cuts no character in two`(shift: Int) {
    let line = String(repeating: "x", count: shift) + String(repeating: "é", count: 300)
    let excerpt = SourceText(line, name: "p.d").excerpt(at: SourcePosition(line: 1, column: 200))
    #expect(!excerpt.text.contains("\u{fffd}"))
  }
}
