import Support

/// Makes wrong and odd texts from a corpus of right ones. The same seed and corpus give the same text.
package struct TextMutator {
  private let corpus: [[UInt8]]

  package init(_ corpus: [[UInt8]]) { self.corpus = corpus.filter { !$0.isEmpty } }

  /// A text of the corpus with one to eight changes.
  package func text(seed: UInt64) -> [UInt8] {
    var random = RandomProgram.Generator(seed: seed)
    var text = corpus[Int.random(in: 0..<corpus.count, using: &random)]
    for _ in 0..<Int.random(in: 1...8, using: &random) { change(&text, &random) }
    return text
  }

  private func change(_ text: inout [UInt8], _ random: inout RandomProgram.Generator) {
    let words = Self.words(text)
    func place() -> Range<Int> {
      words.isEmpty ? 0..<0 : words[Int.random(in: 0..<words.count, using: &random)]
    }
    let (at, other) = (place(), place())
    switch Int.random(in: 0..<10, using: &random) {
    case 0: text.removeSubrange(at)
    case 1: text.removeSubrange(min(at.lowerBound, other.lowerBound)..<max(at.lowerBound, other.lowerBound))
    case 2: text.insert(contentsOf: text[other], at: at.lowerBound)
    case 3: text.replaceSubrange(at, with: text[other])
    case 4, 5: text.replaceSubrange(at, with: Self.word(&random))
    case 6: text.insert(contentsOf: Self.word(&random), at: at.lowerBound)
    case 7:
      // A piece of another program.
      let giver = corpus[Int.random(in: 0..<corpus.count, using: &random)]
      let start = Int.random(in: 0..<giver.count, using: &random)
      let end = Int.random(in: start...min(giver.count, start + 200), using: &random)
      text.insert(contentsOf: giver[start..<end], at: at.upperBound)
    case 8:
      guard !text.isEmpty else { return }
      text[Int.random(in: 0..<text.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
    default:
      let word = Bool.random(using: &random) ? Array(text[at]) : Self.word(&random)
      let copies = Int.random(in: 2...300, using: &random)
      text.insert(contentsOf: (0..<copies).flatMap { _ in word }, at: at.lowerBound)
    }
  }

  /// Words, numbers, strings of blanks, and single signs.
  private static func words(_ text: [UInt8]) -> [Range<Int>] {
    func kind(_ byte: UInt8) -> Int {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
        1
      case 9...13, 32: 2
      default: 0
      }
    }
    var words: [Range<Int>] = []
    var start = 0
    while start < text.count {
      var end = start + 1
      while end < text.count, kind(text[start]) != 0, kind(text[end]) == kind(text[start]) { end += 1 }
      words.append(start..<end)
      start = end
    }
    return words
  }

  private static func word(_ random: inout RandomProgram.Generator) -> [UInt8] {
    Array(vocabulary[Int.random(in: 0..<vocabulary.count, using: &random)].utf8)
      + (Int.random(in: 0..<40, using: &random) == 0
        ? [[0], [0xff, 0xfe], [0xc3]].randomElement(using: &random)! : [])
  }

  private static let vocabulary: [String] = [
    "(", ")", "[", "]", "{", "}", ";", ",", ".", "...", "->", "++", "--", "+", "-", "*", "/", "%", "&", "&&", "|", "||",
    "^",
    "^^", "~", "!", "<", "<=", ">", ">=", "==", "!=", "=", "+=", "<<=", ">>", "?", ":", "::", "@", "@a", "@a[", "$1",
    "$$1",
    "$target", "#", "\n#pragma D option ", "\n#line 3 \"x\"\n", "`", "\\", "\"", "'", "/*", "*/", "//", "\n", "\0",
    "self->",
    "this->", "self->x", "0", "-1", "1", "0x", "09", "1e5", "1.5", "18446744073709551616", "9223372036854775808",
    "0xffffffffffffffff", "'abcdefghi'", "\"%s%d%@d%*d\"", "sizeof", "offsetof", "stringof", "xlate", "translator",
    "provider",
    "probe", "inline", "typedef", "struct", "union", "enum", "if", "else", "while", "goto", "string", "int", "char",
    "long",
    "unsigned", "void", "float", "userland", "struct task_struct", "curthread", "curpsinfo", "args[0]", "arg0", "arg9",
    "execname",
    "printf", "printa", "trace", "tracemem", "count", "sum", "quantize", "lquantize", "llquantize", "stack", "ustack",
    "clear",
    "trunc", "exit", "strlen", "substr", "strjoin", "copyinstr", "copyin", "alloca", "bcopy", "speculation",
    "speculate", "commit",
    "discard", "BEGIN", "END", "ERROR", "syscall:::entry", "tick-1s", "profile-97", "dtrace:::BEGIN", "proc:::",
    "BEGIN {", "/ {",
  ]
}
