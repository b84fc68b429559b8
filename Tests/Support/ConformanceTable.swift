// The conformance table: small D programs, what fires, and exactly what dtrace -q writes. The files under
// Tests/Conformance hold it; every row is run through the host VM, and through the kernel where that is allowed: a row
// without inputs needs nothing but BEGIN, END and ERROR.
//
//     -- row a predicate holds only where it is true
//     -- arguments 12 "two words"               (what follows the program on the command line; may be absent)
//     -- options strsize=16 quiet               (as for -x; may be absent)
//     -- D
//     BEGIN /$1 == 12/ { printf("yes\n"); exit(0); }
//     -- input
//     syscall::write:entry pid=7 execname="srg" arg0=1 arg2=0x40
//     -- answer
//     yes
//
//     -- end
//
// A line that begins with `-- ` and one of these words begins a section; blank lines between rows mean nothing. Lines
// of `#` before the first row are remarks.
//
// Input: one firing a line, in order: the probe's name, then `key=value`. BEGIN fires before the first, END after the
// last or after the clause that called exit(), and ERROR by itself: none of them is listed. Keys:
//
//     arg0 … arg9         the probe's arguments, a number each (decimal, 0x…, or negative)
//     pid tid ppid uid gid cpu errno timestamp walltimestamp     numbers
//     execname            a text
//     ADDRESS             0x…="text": a user string (and its NUL) stands at that address, in pages of zeros; from 0x10000 on,
//                         where a process may have memory
//
// Unless said, pid is 1000, tid is pid, ppid 1, uid, gid, cpu and errno 0, execname "test", the arguments 0, and
// timestamp one more than at the firing before, beginning with BEGIN's 1000000000; walltimestamp is timestamp.
//
// Answer: all that dtrace writes to standard output under -q, byte for byte, up to the line `-- end`. It always ends in
// the empty line (or the line break) that dtrace(1) writes when tracing is over, before the aggregations that no
// printa() printed.

/// One row of the table.
package struct ConformanceRow: Sendable {
  /// What the row shows, a sentence; the name of its test.
  package var name: String
  package var file: String
  /// The line of the `-- row`, from 1.
  package var line: Int
  package var arguments: [String] = []
  package var options: [String] = []
  /// The D program.
  package var program = ""
  package var inputs: [ConformanceInput] = []
  /// Standard output, whole.
  package var answer = ""

  package init(name: String, file: String, line: Int) {
    self.name = name
    self.file = file
    self.line = line
  }
}

/// One firing of a row's input.
package struct ConformanceInput: Sendable, Hashable {
  /// The probe by its name, as the file has it.
  package var probe: String
  /// By the names of the keys; numbers as their 64 bits.
  package var numbers: [String: UInt64] = [:]
  /// `execname`.
  package var texts: [String: String] = [:]
  /// User strings by their addresses.
  package var memory: [UInt64: String] = [:]

  package init(probe: String) { self.probe = probe }

  /// The argument, 0 where the row does not say.
  package func argument(_ number: Int) -> UInt64 { numbers["arg\(number)"] ?? 0 }
}

/// Why a file is not a table.
package struct MalformedTable: Error, Sendable, Hashable, CustomStringConvertible {
  package enum Problem: Sendable, Hashable {
    case textOutsideOfRow
    case sectionOutsideOfRow(String)
    case rowWithoutName
    case missing(String)
    case twice(String)
    case badInput(String)
    case openQuote
  }
  package var file: String
  package var line: Int
  package var problem: Problem

  package init(file: String, line: Int, problem: Problem) {
    self.file = file
    self.line = line
    self.problem = problem
  }

  package var description: String { "\(file):\(line): \(problem)" }
}

extension ConformanceRow {
  /// The rows of one file's text.
  package static func parse(_ text: String, file: String) throws(MalformedTable) -> [ConformanceRow] {
    var parser = TableParser(file: file)
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    if lines.last == "" { lines.removeLast() }
    for line in lines { try parser.read(String(line)) }
    return try parser.finish()
  }
}

private struct TableParser {
  let file: String
  var line = 0
  var rows: [ConformanceRow] = []
  var row: ConformanceRow?
  var section: String?
  /// The sections that the row has had.
  var seen: Set<String> = []

  init(file: String) { self.file = file }

  func malformed(_ problem: MalformedTable.Problem) -> MalformedTable {
    MalformedTable(file: file, line: line, problem: problem)
  }

  mutating func read(_ text: String) throws(MalformedTable) {
    line += 1
    if let (word, rest) = Self.header(text) { return try begin(word, rest) }
    switch section {
    case "D": row?.program += text + "\n"
    case "answer": row?.answer += text + "\n"
    case "input":
      if text.isEmpty { return }
      let input = try input(text)
      row?.inputs.append(input)
    default:
      let isRemark = row == nil && (text.isEmpty || text.hasPrefix("#"))
      if !isRemark { throw malformed(.textOutsideOfRow) }
    }
  }

  /// The word and the rest of a line that begins a section.
  private static func header(_ text: String) -> (String, String)? {
    guard text.hasPrefix("-- ") else { return nil }
    let parts = text.dropFirst(3).split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
    guard let word = parts.first, ["row", "arguments", "options", "D", "input", "answer", "end"].contains(word) else {
      return nil
    }
    return (String(word), parts.count > 1 ? String(parts[1]) : "")
  }

  private mutating func begin(_ word: String, _ rest: String) throws(MalformedTable) {
    if word == "row" {
      if row != nil { throw malformed(.missing("end")) }
      if rest.isEmpty { throw malformed(.rowWithoutName) }
      row = ConformanceRow(name: rest, file: file, line: line)
      section = nil
      seen = []
      return
    }
    guard let current = row else { throw malformed(.sectionOutsideOfRow(word)) }
    guard seen.insert(word).inserted else { throw malformed(.twice(word)) }
    section = word
    switch word {
    case "arguments":
      let words = try words(rest)
      row?.arguments = words
    case "options":
      let words = try words(rest)
      row?.options = words
    case "end":
      for needed in ["D", "answer"] where !seen.contains(needed) { throw malformed(.missing(needed)) }
      rows.append(current)
      row = nil
      section = nil
    default: break
    }
  }

  mutating func finish() throws(MalformedTable) -> [ConformanceRow] {
    if row != nil { throw malformed(.missing("end")) }
    return rows
  }

  /// The words of a line, where quotes hold blanks together; the quotes themselves go, `\"` and `\\` are characters.
  private func words(_ text: String) throws(MalformedTable) -> [String] {
    var words: [String] = []
    var word: String?
    var isQuoted = false
    var rest = text[...]
    while let character = rest.popFirst() {
      switch character {
      case "\"":
        isQuoted.toggle()
        word = word ?? ""
      case "\\" where isQuoted: word?.append(rest.popFirst() ?? "\\")
      case " " where !isQuoted:
        if let done = word { words.append(done) }
        word = nil
      default: word = (word ?? "") + String(character)
      }
    }
    if isQuoted { throw malformed(.openQuote) }
    if let word { words.append(word) }
    return words
  }

  private func input(_ text: String) throws(MalformedTable) -> ConformanceInput {
    let words = try words(text)
    guard let probe = words.first else { throw malformed(.badInput(text)) }
    var input = ConformanceInput(probe: probe)
    for word in words.dropFirst() {
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 2 else { throw malformed(.badInput(word)) }
      let (key, value) = (parts[0], parts[1])
      if key == "execname" {
        input.texts[key] = value
      } else if key.hasPrefix("0x"), let address = Self.number(key) {
        input.memory[address] = value
      } else if Self.keys.contains(key), let number = Self.number(value) {
        input.numbers[key] = number
      } else {
        throw malformed(.badInput(word))
      }
    }
    return input
  }

  private static let keys: Set<String> =
    Set((0..<10).map { "arg\($0)" })
    .union(["pid", "tid", "ppid", "uid", "gid", "cpu", "errno", "timestamp", "walltimestamp"])

  private static func number(_ text: String) -> UInt64? {
    if text.hasPrefix("0x") { return UInt64(text.dropFirst(2), radix: 16) }
    return Int64(text).map { UInt64(bitPattern: $0) } ?? UInt64(text)
  }
}
