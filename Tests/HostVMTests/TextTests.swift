import HostVM
import IR
import Support
import Testing

@Suite struct TextTests {
  /// Runs a call for a text on constants.
  func text(_ function: Function, _ arguments: Any...) throws -> String? {
    try traceTexts { c in
      let to = c.text()
      let operands = arguments.map { argument in
        if let text = argument as? String { c.constant(text) } else { c.constant(Int64(argument as! Int)) }
      }
      c.step(.call(.text(to), function, operands))
      return [.text(to)]
    }.first
  }

  func integer(_ function: Function, _ arguments: Any...) throws -> Int64? {
    try trace { c in
      let operands = arguments.map { argument in
        if let text = argument as? String { c.constant(text) } else { c.constant(Int64(argument as! Int)) }
      }
      let to = c.integer()
      c.step(.call(.integer(to), function, operands))
      return [.integer(to)]
    }.first
  }

  @Test(
    arguments: [
      ("abc", 1, nil, "bc"), ("abc", 0, 2, "ab"), ("abc", -2, nil, "bc"), ("abc", -2, 1, "b"), ("abc", 3, nil, ""),
      ("abc", 9, 2, ""), ("abc", -9, nil, "abc"), ("abc", -4, 2, "a"), ("abc", -4, 1, ""), ("abc", 0, -1, "ab"),
      ("abc", 1, -1, "b"), ("abc", 1, -2, ""), ("abc", 1, -9, ""), ("abc", 2, 9, "c"), ("", 0, nil, ""),
      ("", -1, 5, ""),
      ("abc", Int.min, 5, ""), ("abc", 1, Int.min, ""), ("abc", Int.max, Int.max, ""), ("abc", 1, Int.max, "bc"),
    ] as [(String, Int, Int?, String)])
  func `substr counts as Perl does`(text: String, start: Int, count: Int?, expected: String) throws {
    let got = try count.map { try self.text(.substr, text, start, $0) } ?? self.text(.substr, text, start)
    #expect(got == expected)
  }

  @Test(arguments: [
    ("/usr/bin/srg", "srg", "/usr/bin"), ("/usr", "usr", "/"), ("usr", "usr", "."), ("usr/", "usr", "."),
    ("//a//b//", "b", "//a"), ("", ".", "."), ("/", "/", "/"), ("///", "/", "/"), ("a/b", "b", "a"), ("/a/", "a", "/"),
  ])
  func `basename and dirname are the commands'`(path: String, base: String, directory: String) throws {
    #expect(try text(.basename, path) == base)
    #expect(try text(.dirname, path) == directory)
  }

  @Test func `index and rindex find as Perl does`() throws {
    #expect(try integer(.index, "foobarbaz", "ba") == 3)
    #expect(try integer(.index, "foobarbaz", "ba", 4) == 6)
    #expect(try integer(.index, "foobarbaz", "ba", -5) == 3)
    #expect(try integer(.index, "foobarbaz", "baz!") == -1)
    #expect(try integer(.index, "foo", "", 2) == 2)
    #expect(try integer(.index, "foo", "", 99) == 3)
    #expect(try integer(.index, "", "") == 0)
    #expect(try integer(.index, "", "x") == -1)
    #expect(try integer(.rindex, "foobarbaz", "ba") == 6)
    #expect(try integer(.rindex, "foobarbaz", "ba", 5) == 3)
    #expect(try integer(.rindex, "foobarbaz", "ba", 2) == -1)
    #expect(try integer(.rindex, "foobarbaz", "ba", -1) == -1)
    #expect(try integer(.rindex, "foo", "", -1) == 0)
    #expect(try integer(.rindex, "foo", "") == 3)
    #expect(try integer(.rindex, "ab", "abc") == -1)
  }

  @Test func `strchr, strrchr and strstr give the rest or the offset`() throws {
    #expect(try text(.strchr, "a.b.c", 46) == ".b.c")
    #expect(try text(.strrchr, "a.b.c", 46) == ".c")
    #expect(try text(.strchr, "abc", 46) == "")
    #expect(try integer(.strchr, "a.b.c", 46) == 1)
    #expect(try integer(.strrchr, "a.b.c", 256 + 46) == 3)
    #expect(try integer(.strchr, "abc", 46) == -1)
    #expect(try integer(.strchr, "abc", 0) == 3)
    #expect(try text(.strstr, "foobar", "ob") == "obar")
    #expect(try text(.strstr, "foobar", "") == "foobar")
    #expect(try integer(.strstr, "foobar", "x") == -1)
  }

  @Test func `numbers become texts and texts numbers`() throws {
    #expect(try text(.lltostr, 0) == "0")
    #expect(try text(.lltostr, Int.min) == "-9223372036854775808")
    #expect(try text(.lltostr, -1, 16) == "0xffffffffffffffff")
    #expect(try text(.lltostr, 0, 16) == "0x0")
    #expect(try text(.lltostr, 8, 8) == "010")
    #expect(try text(.lltostr, 0, 8) == "0")
    #expect(try text(.lltostr, 35, 36) == "z")
    #expect(try text(.lltostr, 5, 2) == "101")
    #expect(try text(.lltostr, 5, 1) == nil)
    #expect(try text(.lltostr, 5, 37) == nil)
    #expect(try integer(.strtoll, " \t-12ab") == -12)
    #expect(try integer(.strtoll, "+7") == 7)
    #expect(try integer(.strtoll, "0x1F", 16) == 31)
    #expect(try integer(.strtoll, "0xg", 16) == 0)
    #expect(try integer(.strtoll, "Zz", 36) == 1295)
    #expect(try integer(.strtoll, "no") == 0)
    #expect(try integer(.strtoll, "9223372036854775808") == .min)
    #expect(try integer(.strtoll, "1", 0) == nil)
  }

  @Test func `case, length and joining`() throws {
    #expect(try text(.toupper, "aZ[@`{é1") == "AZ[@`{é1")
    #expect(try text(.tolower, "aZ[@`{É1") == "az[@`{É1")
    #expect(try integer(.strlen, "") == 0)
    #expect(try integer(.strlen, "12345678") == 8)
    #expect(try text(.strjoin, "12345", "678") == "12345678")
    #expect(try text(.strjoin, "", "") == "")
  }

  @Test func `addresses become texts`() throws {
    // 192.168.1.10 as a load of its four bytes brings it.
    #expect(try text(.inetNtoa, 0x0a01_a8c0) == "192.168.1.10")
    #expect(try text(.inetNtoa, 0) == "0.0.0.0")
    /// The sixteen bytes, as two loads bring them.
    func six(_ bytes: [UInt8]) throws -> String? {
      func word(_ start: Int) -> Int { bytes[start..<start + 8].reversed().reduce(0) { $0 << 8 | Int($1) } }
      return try text(.inetNtoa6, word(0), word(8))
    }
    // The addresses of the public suite's tst.inet_ntoa6 and what it expects.
    #expect(
      try six([0xfe, 0x80, 0, 0, 0, 0, 0, 0, 2, 0x14, 0x4f, 0xff, 0xfe, 0x0b, 0x76, 0xc8])
        == "fe80::214:4fff:fe0b:76c8")
    #expect(try six([0x10, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 8, 8, 0, 0x0c, 0x41, 0x7a]) == "1080::808:c:417a")
    #expect(try six([UInt8](repeating: 0, count: 15) + [1]) == "::1")
    #expect(try six([UInt8](repeating: 0, count: 16)) == "::")
    #expect(try six([UInt8](repeating: 0, count: 12) + [127, 0, 0, 1]) == "127.0.0.1")
    #expect(try six([UInt8](repeating: 0, count: 10) + [0xff, 0xff, 127, 0, 0, 1]) == "127.0.0.1")
    #expect(try six([UInt8](repeating: 0, count: 10) + [0xff, 0xfe, 127, 0, 0, 1]) == "::fffe:7f00:1")
    #expect(
      try six([0xfe, 0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc, 0xde, 2, 0x14, 0, 0, 0, 0, 0, 0])
        == "fe12:3456:789a:bcde:214::")
    #expect(
      try six([0xfe, 0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc, 0xde, 2, 0x14, 0x4f, 0xff, 0xfe, 0x0b, 0, 0])
        == "fe12:3456:789a:bcde:214:4fff:fe0b:0")
  }

  @Test func `a set spans the beginning of a text, or what is not in it does`() throws {
    #expect(try integer(.span, "aabbc", "ab") == 4)
    #expect(try integer(.span, "aabb", "ab") == 4)
    #expect(try integer(.span, "aabb", "") == 0)
    #expect(try integer(.spanNot, "aabbc", "cd") == 4)
    #expect(try integer(.spanNot, "aabb", "") == 4)
  }

  @Test(arguments: [
    ("/a/b/./../c//d/", "/a/c/d"), ("a/..", "."), ("a/../..", ".."), ("../..", "../.."), ("/..", "/"), ("", ""),
    ("./a", "a"),
  ])
  func `a path is cleaned without a look at the file system`(path: String, clean: String) throws {
    #expect(try text(.cleanpath, path) == clean)
  }

  @Test(arguments: [
    ("a.b[1]", "2.5"), ("a.c", "{\"d\": [ ]}"), ("a.c.d", "[ ]"), ("e", "true"), ("f", "\\\"\\u00e9"), ("", "0"),
  ])
  func `json gives the part of the text that the path leads to`(path: String, value: String) throws {
    let json = #"{"a":{"b":[1,2.5],"c":{"d": [ ]}},"e":true,"f":"\"\u00e9","":0}"#
    #expect(try text(.json, json, path) == value)
  }

  @Test func `a link's address is written byte by byte`() throws {
    #expect(try text(.linkNtop, 6, 0x0a04_ac20_0802, 0, 0) == "02:08:20:ac:04:0a")
  }

  @Test func `the network's byte order`() throws {
    #expect(try integer(.htons, 0x1_1234) == 0x3412)
    #expect(try integer(.htonl, 0x1_1234_5678) == 0x7856_3412)
    #expect(try integer(.htonll, 0x0102_0304_0506_0708) == 0x0807_0605_0403_0201)
  }

  @Test func `random numbers have 32 bits and differ`() throws {
    let numbers = try trace { c in (0..<20).map { _ in c.call(.rand) } }
    #expect(Set(numbers).count == 20)
    #expect(numbers.allSatisfy { (0..<1 << 32).contains($0) })
  }

  @Test func `every function has been called`() {
    // Kept beside the tests above: a new function must be added to both.
    let called: Set<Function> = [
      .substr, .basename, .dirname, .index, .rindex, .strchr, .strrchr, .strstr, .lltostr, .strtoll, .toupper, .tolower,
      .strlen, .strjoin, .inetNtoa, .inetNtoa6, .htons, .htonl, .htonll, .rand, .cleanpath, .span, .spanNot, .linkNtop,
      .json,
    ]
    // A path is the kernel's to tell; a history has tests of its own.
    #expect(called == Set(Function.allCases.filter { !$0.isOfRules }).subtracting([.path]))
  }

  @Test(arguments: 1...20)
  func `a text is cut to its register, whatever gives it`(capacity: Int) throws {
    let long = "abcdefghijklmnopqrstuvwxyz"
    var firing = Firing()
    firing.setText(0, long.utf8)
    firing.execname = Array(long.utf8)
    let got = try traceTexts(firing) { c in
      let source = c.constant(long)
      let texts = [
        c.constant(long, capacity: capacity), c.textFed(0, capacity: capacity),
        c.builtin(.execname, capacity: capacity),
        c.textValue(capacity: capacity) { .copyText($0, source.textRegister) },
        c.callText(.tolower, capacity: capacity, source), c.callText(.strjoin, capacity: capacity, source, source),
      ]
      // What stands beyond the cut must not come back when the text is used.
      return texts + texts.map { c.callText(.strjoin, $0, c.constant("|")) }
    }
    let cut = String(long.prefix(capacity - 1))
    #expect(got == [String](repeating: cut, count: 6) + [String](repeating: cut + "|", count: 6))
  }

  @Test(arguments: 0...17)
  func `a text ends at its first NUL`(length: Int) throws {
    var firing = Firing()
    let text = String(repeating: "x", count: length)
    firing.setText(0, Array(text.utf8) + [0] + Array("hidden, whatever its length".utf8))
    #expect(try traceTexts(firing) { c in [c.textFed(0)] } == [text])
    #expect(try trace(firing) { c in [c.call(.strlen, c.textFed(0))] } == [Int64(length)])
  }

  @Test func `texts compare as strcmp has it`() throws {
    let words = ["", "a", "ab", "abcdefgh", "abcdefghi", "abcdefgi", "b", "\u{7f}", "é"]
    for (i, left) in words.enumerated() {
      for (j, right) in words.enumerated() {
        let got = try trace { c in
          let (a, b) = (c.constant(left), c.constant(right))
          return Comparison.allCases.map { c.compare($0, a, b) }
        }
        let expected = Comparison.allCases.map { sign -> Int64 in
          switch sign {
          case .equal: i == j ? 1 : 0
          case .notEqual: i != j ? 1 : 0
          case .lessSigned, .lessUnsigned: i < j ? 1 : 0
          case .lessEqualSigned, .lessEqualUnsigned: i <= j ? 1 : 0
          case .greaterSigned, .greaterUnsigned: i > j ? 1 : 0
          case .greaterEqualSigned, .greaterEqualUnsigned: i >= j ? 1 : 0
          }
        }
        #expect(got == expected, "\(left) \(right)")
      }
    }
  }

  @Test func `symbols and builtins are texts`() throws {
    var firing = Firing()
    firing.execname = Array("srg".utf8)
    firing.psargs = Array("srg -i eth0".utf8)
    firing.currentDirectory = Array("/tmp".utf8)
    let got = try traceTexts(firing) { c in
      let provider = c.value { .probeSymbol($0, .provider) }
      let none = c.constant(99)
      return [
        c.builtin(.execname), c.builtin(.psargs), c.builtin(.currentDirectory),
        c.textValue { .symbolText($0, provider.register) }, c.textValue { .symbolText($0, none.register) },
      ]
    }
    #expect(got == ["srg", "srg -i eth0", "/tmp", "test", ""])
  }
}
