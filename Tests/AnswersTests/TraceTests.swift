import Answers
import Events
import IR
import Testing

struct TraceTests {
  let loud = PrintOptions()

  /// What follows the head of the line.
  private func traced(_ field: RecordLayout.Field, _ datum: Datum, _ options: PrintOptions) -> String {
    let text = printed(.trace, [field], [datum], options: options)
    return options.quiet ? text : String(text.split(separator: "\n", maxSplits: 1)[1].dropFirst(44).dropLast())
  }

  @Test func `numbers have the columns of their type`() {
    #expect(traced(.int64, .number(-5), loud) == String(repeating: " ", count: 18) + "-5")
    #expect(traced(.int32, .number(-5), loud) == String(repeating: " ", count: 9) + "-5")
    #expect(traced(.integer(.half, signed: true), .number(-5), loud) == "    -5")
    #expect(traced(.integer(.byte, signed: true), .number(-5), loud) == "  -5")
    #expect(traced(.integer(.double, signed: false), .number(-1), loud) == " 18446744073709551615")
    #expect(traced(.integer(.word, signed: false), .number(-1), loud) == " 4294967295")
    #expect(traced(.integer(.half, signed: false), .number(-1), loud) == " 65535")
    #expect(traced(.integer(.byte, signed: false), .number(-1), loud) == " 255")
    #expect(traced(.int64, .number(7), PrintOptions(dialect: .solaris)) == "                7")
  }

  @Test func `quiet numbers and texts are bare`() {
    let quiet = PrintOptions(quiet: true)
    #expect(traced(.int64, .number(-5), quiet) == "-5")
    #expect(traced(.text, .text("a %d"), quiet) == "a %d")
  }

  @Test func `texts have 33 columns`() {
    #expect(traced(.text, .text("this"), loud) == "  this" + String(repeating: " ", count: 29))
  }

  @Test func `bytes are dumped sixteen a row`() {
    let bytes = Array("Linux version 6.\n\u{7f}".utf8)
    let expected = """

                   0  1  2  3  4  5  6  7  8  9  a  b  c  d  e  f  0123456789abcdef
               0: 4c 69 6e 75 78 20 76 65 72 73 69 6f 6e 20 36 2e  Linux version 6.
              10: 0a 7f                                            ..

      """
    #expect(printed(.tracemem, [.init(.bytes(18))], [.bytes(bytes)]) == expected)
    #expect(printed(.trace, [.init(.bytes(18))], [.bytes(bytes)]) == expected)
  }

  @Test func `tracemem shows as many bytes as its third argument says`() {
    func rows(_ size: Int64) -> Int {
      printed(.tracemem, [.init(.bytes(40)), .int32], [.bytes([]), .number(size)]).split(separator: "\n").count
    }
    #expect([0, 1, 16, 17, 40, 41, -1].map(rows) == [0, 2, 2, 3, 4, 4, 4])
  }

  @Test func `rawbytes dumps whatever is traced`() {
    var options = PrintOptions(quiet: true)
    options.rawBytes = true
    #expect(
      traced(.int32, .number(0x41), options).hasSuffix(
        "         0: 41 00 00 00                                      A...\n"))
    #expect(traced(.init(.symbol), .number(3), options).contains("0: 42 45 47 49 4e 00"))
  }
}

/// A kernel of one function and a process 7 of one object.
struct FewNames: AddressNaming {
  mutating func kernelName(of address: UInt64) -> AddressName? {
    address >= 0xffff_0000 ? AddressName(object: "vmlinux", symbol: "ksys_read", offset: address - 0xffff_0000) : nil
  }
  mutating func userName(of address: UInt64, in pid: UInt32) -> AddressName? {
    guard pid == 7 else { return nil }
    return address < 0x2000
      ? AddressName(object: "srg", symbol: "scan", offset: address - 0x1000) : AddressName(object: "libc.so.6")
  }
  mutating func userPlace(of address: UInt64, in pid: UInt32) -> AddressName? {
    pid == 7 && address < 0x2000 ? AddressName(object: "srg", offset: address - 0x800) : nil
  }
}

struct StackTests {
  @Test func `frames stand on lines of their own, innermost first, until one is 0`() {
    let text = printed(
      .userStack, [.init(.userStack(frames: 5))], [.stack([7, 0x1400, 0x1000, 0x3000, 0, 9])], names: FewNames())
    #expect(
      text == """

                      srg`scan+0x400
                      srg`scan
                      libc.so.6`0x3000

        """)
  }

  @Test func `kernel frames name the kernel, and what has no name is a number`() {
    let text = printed(
      .stack, [.init(.kernelStack(frames: 3))], [.stack([0xffff_0010, 0xbeef])], names: FewNames())
    #expect(text == "\n              vmlinux`ksys_read+0x10\n              0xbeef\n")
  }

  @Test func `unresolved, a frame is a place in its object's mapping, or a number`() {
    var options = PrintOptions(quiet: true)
    options.resolvesUserCode = false
    let text = printed(
      .userStack, [.init(.userStack(frames: 2))], [.stack([7, 0x1400, 0x3000])], options: options, names: FewNames())
    #expect(text == "\n              srg:0xc00\n              0x3000\n")
    func symbol(_ kind: SymbolKind) -> String {
      printed(.symbol(kind), [.init(.bytes(16))], [.stack([7, 0x1400])], options: options, names: FewNames())
    }
    #expect(symbol(.userFunction).hasPrefix("  srg:0xc00 ") && symbol(.userModule).hasPrefix("  srg "))
  }

  @Test func `Solaris' manner has the article's apostrophe`() {
    let text = printed(
      .userStack, [.init(.userStack(frames: 1))], [.stack([7, 0x1400])],
      options: PrintOptions(dialect: .solaris, quiet: true), names: FewNames())
    #expect(text == "\n              srg'scan+0x400\n")
  }

  @Test func `a stack in printf has the width as each frame's or, to the left, as indentation`() {
    func stack(_ format: String) -> String {
      printed(
        .printf(format: FormatText(format)), [.init(.kernelStack(frames: 1))], [.stack([0xffff_0010])],
        names: FewNames())
    }
    #expect(stack("%k") == "\nvmlinux`ksys_read+0x10\n")
    #expect(stack("%-4k") == "\n    vmlinux`ksys_read+0x10\n")
    #expect(stack("%24k") == "\n  vmlinux`ksys_read+0x10\n")
  }

  @Test func `addresses in printf are named`() {
    var options = PrintOptions(quiet: true)
    options.target = 7
    #expect(printed(.printf(format: "%a"), [.int64], [.number(0xffff_0000)], names: FewNames()) == "vmlinux`ksys_read")
    #expect(
      printed(.printf(format: "%A"), [.int64], [.number(0x1001)], options: options, names: FewNames()) == "srg`scan+0x1"
    )
    #expect(printed(.printf(format: "%A"), [.int64], [.number(0x1001)], names: FewNames()) == "0x1001")
    #expect(
      printed(.printf(format: "%14A|"), [.init(.bytes(16))], [.stack([7, 0x1001])], names: FewNames())
        == "  srg`scan+0x1|")
  }

  @Test func `symbol actions have 50 columns`() {
    func symbol(_ kind: SymbolKind, _ data: Datum) -> String {
      printed(.symbol(kind), [.init(.bytes(16))], [data], names: FewNames())
    }
    func kernel(_ kind: SymbolKind) -> String {
      printed(.symbol(kind), [.int64], [.number(0xffff_0010)], names: FewNames())
    }
    func line(_ text: String) -> String { "  " + text + String(repeating: " ", count: 50 - text.count) }
    #expect(kernel(.function) == line("vmlinux`ksys_read"))
    #expect(kernel(.module) == line("vmlinux"))
    #expect(kernel(.address) == line("vmlinux`ksys_read+0x10"))
    #expect(symbol(.userFunction, .stack([7, 0x1400])) == line("srg`scan"))
    #expect(symbol(.userModule, .stack([7, 0x1400])) == line("srg"))
    #expect(symbol(.userAddress, .stack([7, 0x1400])) == line("srg`scan+0x400"))
    #expect(symbol(.userModule, .stack([8, 0x1400])) == line("0x1400"))
  }
}
