import Foundation
import Testing

/// A row of `Corpus/wrong.txt`: a program with one thing wrong, and what is said of it.
struct WrongProgram: Sendable, CustomTestStringConvertible {
  var tag: String
  /// From 1, as people count.
  var line: Int
  var column: Int
  var words: String
  var hint: String?
  var text = ""

  var testDescription: String { "\(tag): \(text.split(separator: "\n").joined(separator: " "))" }

  struct Malformed: Error { var line: String }

  static func all() throws -> [WrongProgram] {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Corpus/wrong.txt")
    var rows: [WrongProgram] = []
    for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: true) {
      if line.hasPrefix("#") && !line.hasPrefix("#pragma") { continue }
      if line.hasPrefix("| ") {
        guard !rows.isEmpty else { throw Malformed(line: String(line)) }
        rows[rows.count - 1].text += line.dropFirst(2) + "\n"
      } else if line.hasPrefix("hint ") {
        guard !rows.isEmpty else { throw Malformed(line: String(line)) }
        rows[rows.count - 1].hint = String(line.dropFirst(5))
      } else {
        rows.append(try WrongProgram(header: String(line)))
      }
    }
    return rows
  }

  private init(header: String) throws {
    let parts = header.split(separator: " ", maxSplits: 2).map(String.init)
    let place = parts.count == 3 ? parts[1].split(separator: ":").compactMap { Int($0) } : []
    guard place.count == 2, parts[0].hasPrefix("D_") else { throw Malformed(line: header) }
    (tag, line, column, words) = (parts[0], place[0], place[1], parts[2])
  }
}
