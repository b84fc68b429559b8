import Answers
import Bytes
import Events
import IR
import Testing

struct PrinterTests {
  private func script(_ items: [RecordLayout.Item]) -> Script {
    var script = Script()
    script.probe("syscall", "vmlinux", "open", "entry", id: 14)
    script.clause(items)
    return script
  }

  @Test func `the article's first one-liner prints its header once and a line a record`() {
    let script = script([.init(.printf(format: "%s%s"), fields: [.text, .text])])
    var printer = Printer(script.program)
    printer.consume(script.record([[.text("srg "), .text("/var/ld/ld.config")]]))
    printer.consume(script.record(cpu: 12, [[.text("srg "), .text("/lib/libnsl.so.1")]]))
    #expect(
      printer.text == """
        CPU     ID                    FUNCTION:NAME
          0     14                       open:entry srg /var/ld/ld.config
         12     14                       open:entry srg /lib/libnsl.so.1

        """)
  }

  @Test func `an empty clause prints the probe alone`() {
    let script = script([.init(.header)])
    var printer = Printer(script.program)
    printer.consume(script.record([[]]))
    #expect(printer.text.hasSuffix("\n  0     14                       open:entry \n"))
  }

  @Test func `under test there are no columns that change from run to run`() {
    var script = Script()
    script.probe()
    script.clause([.init(.trace, fields: [.text]), .init(.trace, fields: [.text])])
    var options = PrintOptions()
    options.testing = true
    var printer = Printer(script.program, options: options)
    printer.consume(script.record([[.text("00")], [.text("01")]]))
    printer.finish()
    #expect(
      printer.text == "                   FUNCTION:NAME\n                          :BEGIN   00"
        + String(repeating: " ", count: 31) + "  01" + String(repeating: " ", count: 31) + "\n\n")
  }

  @Test func `quiet prints only what the program asks for`() {
    let script = script([.init(.printf(format: "%s\n"), fields: [.text])])
    var printer = Printer(script.program, options: PrintOptions(quiet: true))
    printer.consume(script.record([[.text("/etc/passwd")]]))
    printer.finish()
    #expect(printer.text == "/etc/passwd\n\n")
  }

  @Test func `an item that did not happen in this firing is left out`() {
    let script = script([
      .init(.printf(format: "one "), fields: []), .init(.printf(format: "two "), fields: []),
      .init(.printf(format: "%d"), fields: [.int32]),
    ])
    var printer = Printer(script.program, options: PrintOptions(quiet: true))
    printer.consume(script.record([[], nil, [.number(3)]]))
    #expect(printer.text == "one 3")
  }

  @Test func `more than 64 items have their presence in the second word`() {
    let items = (0..<70).map { RecordLayout.Item(.printf(format: "\($0) ")) }
    let script = script(items)
    var printer = Printer(script.program, options: PrintOptions(quiet: true))
    printer.consume(script.record((0..<70).map { $0 == 3 || $0 > 66 ? [] : nil }))
    #expect(printer.text == "3 67 68 69 ")
  }

  @Test func `flow indentation follows calls on each CPU`() {
    var script = Script()
    let entry = script.probe("syscall", "vmlinux", "read", "entry", id: 5)
    let exit = script.probe("syscall", "vmlinux", "read", "return", id: 6)
    let inner = script.probe("pid1", "srg", "scan", "entry", id: 7)
    let other = script.probe("sched", "", "", "on-cpu", id: 8)
    script.clause([.init(.header)])
    script.clause([.init(.header)])
    var options = PrintOptions()
    options.flowIndent = true
    var printer = Printer(script.program, options: options)
    printer.consume(script.record(probe: entry, [[]]))
    // The same probe in a second clause is no second call.
    printer.consume(script.record(of: 1, probe: entry, [[]]))
    printer.consume(script.record(probe: inner, [[]]))
    printer.consume(script.record(probe: other, cpu: 1, [[]]))
    printer.consume(script.record(probe: exit, [[]]))
    printer.consume(script.record(probe: exit, [[]]))
    printer.consume(script.record(probe: exit, [[]]))
    func line(_ start: String) -> String { start + String(repeating: " ", count: 46 - start.utf8.count) + "\n" }
    let expected =
      "CPU FUNCTION" + String(repeating: " ", count: 33) + "\n"
      + line("  0  => read") + line("  0   | read:entry") + line("  0    -> scan") + line("  1 | :on-cpu")
      + line("  0    <= read") + line("  0  <= read") + line("  0  <= read")
    #expect(printer.text == expected)
  }

  @Test func `exit gives its status and the rest of the clause is still printed`() {
    let script = script([.init(.exit, fields: [.int32]), .init(.printf(format: "bye"), fields: [])])
    var printer = Printer(script.program, options: PrintOptions(quiet: true))
    #expect(printer.exitStatus == nil)
    printer.consume(script.record([[.number(3)], []]))
    #expect(printer.exitStatus == 3)
    #expect(printer.text == "bye")
  }

  @Test func `commands run between the text before and the text after them`() {
    let script = script([
      .init(.printf(format: "a\n")), .init(.system(format: "date; kill %d"), fields: [.int32]),
      .init(.printf(format: "b\n")), .init(.freopen(format: "/tmp/x")),
      .init(.finding(format: "found %d"), fields: [.int32]),
    ])
    var printer = Printer(script.program, options: PrintOptions(quiet: true))
    printer.consume(script.record([[], [.number(7)], [], [], [.number(9)]]))
    var story: [String] = []
    printer.drain {
      story.append(String(decoding: $0.copy(0..<$0.byteCount), as: UTF8.self))
    } perform: {
      switch $0.what {
      case .system(let command): story.append("$ " + String(decoding: command, as: UTF8.self))
      case .finding(let sentence): story.append("! " + String(decoding: sentence, as: UTF8.self))
      case .reopen(let path): story.append("> " + String(decoding: path, as: UTF8.self))
      case .truncate: story.append("truncated")
      case .packet(let packet): story.append("packet of \(packet.length)")
      case .complain(let text): story.append("! " + text)
      }
    }
    #expect(story == ["a\n", "$ date; kill 7", "b\n", "> /tmp/x", "! found 9"])
    #expect(printer.output.isEmpty && printer.effects.isEmpty)
  }

  @Test func `a speculation is printed when it is committed and forgotten when it is discarded`() {
    var script = Script()
    script.probe()
    script.clause([.init(.speculate, fields: [.int64]), .init(.printf(format: "kept %d\n"), fields: [.int64])])
    script.clause([.init(.commit, fields: [.int64])])
    script.clause([.init(.discard, fields: [.int64])])
    var printer = Printer(script.program, options: PrintOptions(quiet: true))
    #expect(printer.consume(script.record([[.number(1)], [.number(10)]])) == .speculated)
    printer.consume(script.record([[.number(2)], [.number(20)]]))
    printer.consume(script.record([[.number(1)], [.number(11)]]))
    #expect(printer.text.isEmpty)
    printer.consume(script.record(of: 2, [[.number(2)]]))
    printer.consume(script.record(of: 1, [[.number(1)]]))
    printer.consume(script.record(of: 1, [[.number(2)]]))
    #expect(printer.text == "kept 10\nkept 11\n")
    // Without speculate() the record is printed at once.
    printer.consume(script.record([nil, [.number(12)]]))
    #expect(printer.text.hasSuffix("kept 12\n"))
  }

  @Test
  func
    `a record that comes after its speculation was committed is dropped and counted, and the next use of the number is whole`()
  {
    var script = Script()
    script.probe()
    script.clause([.init(.speculate, fields: [.int64]), .init(.printf(format: "%d\n"), fields: [.int64])])
    script.clause([.init(.commit, fields: [.int64])])
    var printer = Printer(script.program, options: PrintOptions(quiet: true))
    let (first, second): (Int64, Int64) = (1 << 16 | 1, 2 << 16 | 1)
    printer.consume(script.record([[.number(first)], [.number(10)]]))
    printer.consume(script.record(of: 1, [[.number(first)]]))
    printer.consume(script.record([[.number(first)], [.number(11)]]))
    #expect(printer.speculationDrops == 1)
    printer.consume(script.record([[.number(second)], [.number(12)]]))
    printer.consume(script.record(of: 1, [[.number(second)]]))
    #expect(printer.text == "10\n12\n")
  }

  @Test func `setopt changes what comes after it, and says what it cannot set`() {
    var script = Script()
    script.probe()
    script.clause([.init(.printf(format: "x"), fields: [])])
    script.clause([.init(.setOption, fields: [.text, .text])])
    var printer = Printer(script.program, options: PrintOptions(quiet: true))
    var complaints: [String] = []
    for (name, value) in [("quiet", "no"), ("bufsize", "1m"), ("Nixon", "1"), ("aggrate", "0.5hz")] {
      printer.consume(script.record(of: 1, [[.text(name), .text(value)]]))
    }
    printer.consume(script.record([[]]))
    let text = printer.text
    printer.drain { _ in
    } perform: {
      if case .complain(let text) = $0.what { complaints.append(text) }
    }
    #expect(text.hasSuffix("x\n"))
    #expect(
      complaints == [
        "couldn't set option \"bufsize\" to \"1m\": Operation illegal when tracing is active\n",
        "couldn't set option \"Nixon\" to \"1\": Invalid option name\n",
        "couldn't set option \"aggrate\" to \"0.5hz\": Invalid value for specified option\n",
      ])
  }

  @Test func `every prefix and every flipped bit of a record is printed, reported or refused, never trapped`() {
    var script = Script()
    script.probe()
    script.clause([
      .init(
        .printf(format: "%.*s %S %d %c %lc %a %A %k %Y"),
        fields: [
          .int32, .text, .text, .int64, .int32, .int32, .int64, .int64, .init(.userStack(frames: 3)), .int64,
        ]),
      .init(.trace, fields: [.init(.symbol)]), .init(.tracemem, fields: [.init(.bytes(20)), .int32]),
      .init(.stack, fields: [.init(.kernelStack(frames: 2))]),
      .init(.symbol(.userFunction), fields: [.init(.bytes(16))]), .init(.printa([0, 1], format: nil)),
      .init(.truncate(0), fields: [.int64]), .init(.normalize(0), fields: [.int64]), .init(.exit, fields: [.int32]),
    ])
    script.program.aggregations = [
      Aggregation(name: "a", function: .count, key: [.symbol]),
      Aggregation(name: "b", function: .quantize, key: [.symbol]),
    ]
    let record = script.record([
      [
        .number(2), .text("abc"), .text("d\n"), .number(1), .number(65), .number(66), .number(1),
        .number(2), .stack([1, 2, 3]), .number(5),
      ],
      [.number(2)], [.bytes([1, 2, 3]), .number(3)], [.stack([9])], [.stack([1])], [], [.number(1)], [.number(2)],
      [.number(0)],
    ])
    var source = HeldAggregations([
      0: [AggregationEntry(key: [1, 0, 0, 0, 0, 0, 0, 0], value: [5]), AggregationEntry(key: [1], value: [])]
    ])
    var printer = Printer(script.program)
    #expect(printer.consume(record, &source) == .printed)
    for count in 0..<record.count { #expect(printer.consume(Array(record.prefix(count)), &source) == .malformed) }
    var refused: UInt64 = printer.malformed
    for bit in 0..<record.count * 8 {
      var changed = record
      changed[bit / 8] ^= 1 << UInt8(bit % 8)
      if printer.consume(changed, &source) == .malformed { refused += 1 }
      printer.drain { _ in
      } perform: { _ in
      }
    }
    #expect(printer.malformed == refused)
  }
}

extension Printer {
  mutating func finish() {
    var none = HeldAggregations()
    finish(aggregations: &none)
  }
}
