import BPFCode
import EngineBench
import Glibc
import IR
import Support
import Testing

@Suite(.live, .enabled(if: Bench.allowed, "needs root and the kernel's types"))
struct TextTests {
  static let long = String(repeating: "0123456789", count: 30)

  @Test(arguments: ["", "a", "1234567", "12345678", "123456789", long])
  func `live: user text is read up to its NUL, the capacity or the limit`(text: String) throws {
    for capacity in [8, 13, 16, 100, 256] {
      var sketch = Sketch()
      let (address, limit) = (sketch.word(0), sketch.word(1))
      let whole = sketch.text(capacity) { .loadText($0, address: address, limit: nil, .user) }
      let cut = sketch.text(capacity) { .loadText($0, address: address, limit: limit, .user) }
      let copied = sketch.text(10) { .copyText($0, whole) }
      let widened = sketch.text(40) { .copyText($0, copied) }
      sketch.record([.text(whole), .text(cut), .text(copied), .text(widened)])
      let bench = try Bench(sketch.finished)
      try MemoryTests.withAddress(of: Array(text.utf8) + [0]) { (address: UInt64) throws in
        for limit in [0, 1, 2, 9, 200, UInt64.max] {
          let expected = String(text.prefix(capacity - 1))
          let cut = String(text.prefix(min(capacity - 1, Int(clamping: limit == 0 ? 0 : limit - 1))))
          #expect(
            Outcome(try bench.fire(0, [address, limit]).first, sketch.clause)
              == .values([
                .text(expected), .text(cut), .text(String(expected.prefix(9))), .text(String(expected.prefix(9))),
              ]))
        }
      }
      #expect(Outcome(try bench.fire(0, [8, 1]).first, sketch.clause) == .fault(.badAddress, 8))
    }
  }

  static let pairs = [
    ("", ""), ("a", ""), ("", "a"), ("abc", "abc"), ("abc", "abd"), ("abcdefgh", "abcdefgi"), ("abcdefgh", "abcdefg"),
    ("abcdefgh1", "abcdefgh2"), ("\u{e9}", "z"), (long, long), (long, "0123456789"), ("srg", "srgx"),
  ]

  @Test(arguments: pairs)
  func `live: texts compare as strcmp compares, with constants and without`(left: String, right: String) throws {
    var sketch = Sketch()
    let (first, second) = (sketch.word(0), sketch.word(1))
    let texts = [
      sketch.text { .loadText($0, address: first, limit: nil, .user) },
      sketch.text(512) { .loadText($0, address: second, limit: nil, .user) },
    ]
    let constants = [sketch.constant(left, 512), sketch.constant(right, 512)]
    var results: [Operand] = []
    for comparison in Comparison.allCases {
      for pair in [texts, constants, [texts[0], constants[1]], [constants[0], texts[1]]] {
        results.append(.integer(sketch.integer { .compareText(comparison, $0, pair[0], pair[1]) }))
      }
    }
    sketch.record(results)
    let (cutLeft, whole) = (Array(left.utf8.prefix(255)), Array(right.utf8))
    let expected = Comparison.allCases.flatMap { comparison -> [Outcome.Value] in
      [cutLeft, Array(left.utf8), cutLeft, Array(left.utf8)].map { left in
        let (less, greater) = (left.lexicographicallyPrecedes(whole), whole.lexicographicallyPrecedes(left))
        let holds =
          switch comparison {
          case .equal: !less && !greater
          case .notEqual: less || greater
          case .lessSigned, .lessUnsigned: less
          case .lessEqualSigned, .lessEqualUnsigned: !greater
          case .greaterSigned, .greaterUnsigned: greater
          case .greaterEqualSigned, .greaterEqualUnsigned: !less
          }
        return .integer(holds ? 1 : 0)
      }
    }
    let outcome = try MemoryTests.withAddress(of: Array(left.utf8) + [0]) { (first: UInt64) throws in
      try MemoryTests.withAddress(of: Array(right.utf8) + [0]) { (second: UInt64) throws in
        try sketch.outcome([first, second])
      }
    }
    #expect(outcome == .values(expected))
  }

  @Test func `live: symbols become texts, and what is no symbol the empty text`() throws {
    var sketch = Sketch(symbols: ["dtrace", "", "", "BEGIN", "a symbol of some length"])
    let index = sketch.word(0)
    let known = sketch.constant(4)
    let name = sketch.integer { .probeSymbol($0, .name) }
    let texts = [index, known, name].map { register in sketch.text(20) { .symbolText($0, register) } }
    sketch.record(texts.map { .text($0) })
    let bench = try Bench(sketch.finished)
    for (index, expected) in [(UInt64(0), "dtrace"), (3, "BEGIN"), (4, "a symbol of some le"), (5, ""), (.max, "")] {
      let outcome = Outcome(try bench.fire(0, [index]).first, sketch.clause)
      #expect(outcome == .values([.text(expected), "a symbol of some le", "BEGIN"]))
    }
  }

  @Test func `live: execname and psargs are the process's own`() throws {
    var sketch = Sketch()
    let name = sketch.text(16) { .textBuiltin($0, .execname) }
    let short = sketch.text(5) { .textBuiltin($0, .execname) }
    let long = sketch.text(256) { .textBuiltin($0, .execname) }
    let arguments = sketch.text(80) { .textBuiltin($0, .psargs) }
    let cut = sketch.text(9) { .textBuiltin($0, .psargs) }
    sketch.record([name, short, long, arguments, cut].map { .text($0) })
    let comm = MemoryTests.comm
    let line = String(CommandLine.arguments.joined(separator: " ").prefix(79))
    #expect(
      try sketch.outcome(offsets: Offsets.kernel)
        == .values([
          .text(comm), .text(String(comm.prefix(4))), .text(comm), .text(line), .text(String(line.prefix(8))),
        ]))
  }

  @Test func `live: strlen, strjoin and the byte orders`() throws {
    var sketch = Sketch()
    let address = sketch.word(0)
    let read = sketch.text(32) { .loadText($0, address: address, limit: nil, .user) }
    let constant = sketch.constant("constant")
    let joined = sketch.text { .call(.text($0), .strjoin, [.text(read), .text(constant)]) }
    let cut = sketch.text(12) { .call(.text($0), .strjoin, [.text(constant), .text(read)]) }
    let twice = sketch.text { .copyText($0, read) }
    sketch.add(.call(.text(twice), .strjoin, [.text(twice), .text(twice)]))
    let number = sketch.constant(0x1122_3344_5566_7788)
    var results: [Operand] = [.text(joined), .text(cut), .text(twice)]
    for text in [read, constant, joined] {
      results.append(.integer(sketch.integer { .call(.integer($0), .strlen, [.text(text)]) }))
    }
    for function in [Function.htons, .htonl, .htonll] {
      results.append(.integer(sketch.integer { .call(.integer($0), function, [.integer(number)]) }))
    }
    sketch.record(results)
    let bench = try Bench(sketch.finished)
    for text in ["", "a", "hello", "0123456789012345678901234567890"] {
      let outcome = try MemoryTests.withAddress(of: Array(text.utf8) + [0]) { (address: UInt64) throws in
        Outcome(try bench.fire(0, [address]).first, sketch.clause)
      }
      #expect(
        outcome
          == .values([
            .text(text + "constant"), .text(String(("constant" + text).prefix(11))), .text(text + text),
            .integer(text.count), 8, .integer(text.count + 8), 0x8877, 0x8877_6655,
            Outcome.Value.integer(Int(bitPattern: 0x8877_6655_4433_2211)),
          ]))
    }
  }

  @Test(arguments: [10, 2, 8, 16, 36])
  func `live: lltostr writes numbers in its base`(radix: Int64) throws {
    var sketch = Sketch()
    let number = sketch.word(0)
    let base = sketch.constant(radix)
    let given = sketch.word(1)
    let text = sketch.text(80) { .call(.text($0), .lltostr, [.integer(number), .integer(base)]) }
    let plain = sketch.text(80) { .call(.text($0), .lltostr, [.integer(number)]) }
    let late = sketch.text(80) { .call(.text($0), .lltostr, [.integer(number), .integer(given)]) }
    sketch.record([.text(text), .text(plain), .text(late)])
    let bench = try Bench(sketch.finished)
    for value in IntegerTests.values + [1_234_567_890_123] {
      let bits = UInt64(bitPattern: value)
      let prefix = radix == 16 ? "0x" : radix == 8 && value != 0 ? "0" : ""
      let expected = radix == 10 ? "\(value)" : prefix + String(bits, radix: Int(radix))
      let outcome = Outcome(try bench.fire(0, [bits, UInt64(radix)]).first, sketch.clause)
      #expect(outcome == .values([.text(expected), .text("\(value)"), .text(expected)]))
    }
    #expect(Outcome(try bench.fire(0, [1, 37]).first, sketch.clause) == .fault(.illegalOperation, 0))
  }

  /// As DTrace has it.
  static func substring(_ text: String, _ index: Int, _ count: Int?) -> String {
    let bytes = Array(text)
    var index = index
    var remaining = count ?? 1 << 40
    if index < 0 {
      index += bytes.count
      if index < 0, index + remaining > 0 {
        remaining += index
        index = 0
      }
    }
    if index >= bytes.count || index < 0 { return "" }
    if remaining < 0 { remaining += bytes.count - index }
    return remaining <= 0 ? "" : String(bytes[index..<min(bytes.count, index + remaining)])
  }

  @Test func `live: substr takes what DTrace's takes`() throws {
    var sketch = Sketch()
    let (address, index, count) = (sketch.word(0), sketch.word(1), sketch.word(2))
    let text = sketch.text(64) { .loadText($0, address: address, limit: nil, .user) }
    let part = sketch.text(64) { .call(.text($0), .substr, [.text(text), .integer(index), .integer(count)]) }
    let rest = sketch.text(64) { .call(.text($0), .substr, [.text(text), .integer(index)]) }
    sketch.add(.call(.text(text), .substr, [.text(text), .integer(index)]))
    sketch.record([.text(part), .text(rest), .text(text)])
    let bench = try Bench(sketch.finished)
    for text in ["", "foobar", "0123456789012345678901234567890123456789"] {
      try MemoryTests.withAddress(of: Array(text.utf8) + [0]) { (address: UInt64) throws in
        for index in [0, 1, 3, 5, 6, 7, 100, -1, -3, -6, -7, -10, -100] {
          for count in [0, 1, 3, 6, 100, -1, -3, -6, -100] {
            let words = [address, UInt64(bitPattern: Int64(index)), UInt64(bitPattern: Int64(count))]
            let (part, rest) = (Self.substring(text, index, count), Self.substring(text, index, nil))
            let outcome = Outcome(try bench.fire(0, words).first, sketch.clause)
            #expect(outcome == .values([.text(part), .text(rest), .text(rest)]), "\(text) \(index) \(count)")
          }
        }
      }
    }
  }

  @Test func `live: inet_ntoa writes the bytes of a word`() throws {
    var sketch = Sketch()
    let word = sketch.word(0)
    let text = sketch.text(16) { .call(.text($0), .inetNtoa, [.integer(word)]) }
    sketch.record([.text(text)])
    let bench = try Bench(sketch.finished)
    for bytes in [[127, 0, 0, 1], [255, 255, 255, 255], [10, 99, 100, 9], [0, 0, 0, 0], [192, 168, 1, 250]]
      as [[UInt64]]
    {
      let word = bytes[0] | bytes[1] << 8 | bytes[2] << 16 | bytes[3] << 24 | 0xffff_0000_0000
      let expected = bytes.map { "\($0)" }.joined(separator: ".")
      #expect(Outcome(try bench.fire(0, [word]).first, sketch.clause) == .values([.text(expected)]))
    }
  }

  static let searched = [
    "", "a", "/", "//", "abcabc", "/usr//lib/", "usr/lib", "/usr", "usr", "a/b//c///", "xxabcdefghijxx",
    "aaaaaaaaaaaaaaaab",
  ]
  static let wanted = ["", "bc", "/", "abcdefghij", "aaaaaaaab"]

  @Test(arguments: searched)
  func `live: index, rindex, strstr, strchr and strrchr find the first or the last place`(text: String) throws {
    let bytes = Array(text.utf8)
    for wanted in Self.wanted {
      let pattern = Array(wanted.utf8)
      let places = (0...bytes.count).filter { bytes[$0...].starts(with: pattern) }
      var sketch = Sketch()
      let (address, other, from, byte) = (sketch.word(0), sketch.word(1), sketch.word(2), sketch.word(3))
      let read = sketch.text(40) { .loadText($0, address: address, limit: nil, .user) }
      let pattern1 = sketch.text(24) { .loadText($0, address: other, limit: nil, .user) }
      let constant = sketch.constant(wanted)
      var results: [Operand] = []
      for function in [Function.index, .rindex] {
        for pattern in [pattern1, constant] {
          results.append(.integer(sketch.integer { .call(.integer($0), function, [.text(read), .text(pattern)]) }))
          results.append(
            .integer(sketch.integer { .call(.integer($0), function, [.text(read), .text(pattern), .integer(from)]) }))
        }
      }
      results.append(.text(sketch.text(40) { .call(.text($0), .strstr, [.text(read), .text(constant)]) }))
      for function in [Function.strchr, .strrchr] {
        results.append(.integer(sketch.integer { .call(.integer($0), function, [.text(read), .integer(byte)]) }))
        results.append(.text(sketch.text(40) { .call(.text($0), function, [.text(read), .integer(byte)]) }))
      }
      sketch.record(results)
      let bench = try Bench(sketch.finished)
      for from in [0, 1, 3, 100, -1] {
        let byte = UInt8(wanted.utf8.first ?? 0)
        let outcome = try MemoryTests.withAddress(of: bytes + [0]) { (address: UInt64) throws in
          try MemoryTests.withAddress(of: pattern + [0]) { (other: UInt64) throws in
            Outcome(
              try bench.fire(0, [address, other, UInt64(bitPattern: Int64(from)), UInt64(byte)]).first, sketch.clause)
          }
        }
        let first = places.first ?? -1
        let last = places.last ?? -1
        var (after, before) = (places.first { $0 >= from } ?? -1, places.last { $0 <= from } ?? -1)
        if wanted.isEmpty { (after, before) = (min(max(from, 0), bytes.count), min(max(from, 0), bytes.count)) }
        let ends = byte == 0 ? [bytes.count] : bytes.indices.filter { bytes[$0] == byte }
        func rest(_ offset: Int?) -> Outcome.Value {
          .text(offset.flatMap { $0 < 0 ? nil : String(decoding: bytes[$0...], as: UTF8.self) } ?? "")
        }
        let (chr, rchr) = (ends.first ?? -1, ends.last ?? -1)
        #expect(
          outcome
            == .values([
              .integer(first), .integer(after), .integer(first), .integer(after), .integer(last), .integer(before),
              .integer(last), .integer(before), rest(first), .integer(chr), rest(chr), .integer(rchr), rest(rchr),
            ]), "\(text) \(wanted) \(from)")
      }
    }
  }

  @Test(arguments: searched)
  func `live: basename and dirname are those of the commands, and cases change`(text: String) throws {
    var sketch = Sketch()
    let address = sketch.word(0)
    let read = sketch.text(40) { .loadText($0, address: address, limit: nil, .user) }
    let functions: [Function] = [.basename, .dirname, .toupper, .tolower]
    var results = functions.map { function in sketch.text(24) { .call(.text($0), function, [.text(read)]) } }
    sketch.add(.call(.text(read), .basename, [.text(read)]))
    results.append(read)
    sketch.record(results.map { .text($0) })
    let parts = text.split(separator: "/")
    let base = text.isEmpty ? "." : String(parts.last ?? "/")
    let directory: String
    if text.isEmpty || (parts.count == 1 && !text.hasPrefix("/")) {
      directory = "."
    } else if parts.count <= 1 {
      directory = "/"
    } else {
      directory = String(text[..<parts[parts.count - 2].endIndex])
    }
    let outcome = try MemoryTests.withAddress(of: Array(text.utf8) + [0]) { (address: UInt64) throws in
      try sketch.outcome([address])
    }
    #expect(
      outcome
        == .values([.text(base), .text(directory), .text(text.uppercased()), .text(text.lowercased()), .text(base)]))
  }

  @Test func `what this engine does not do is named`() throws {
    var sketch = Sketch()
    let result = sketch.integer { .fed($0, slot: 0) }
    sketch.record([.integer(result)])
    #expect(throws: EmitterError.unsupported("an input of a host-side probe", clause: 0, origin: nil)) {
      try emit(sketch.finished)
    }
  }
}
