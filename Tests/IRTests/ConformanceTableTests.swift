import Support
import Testing

@Suite struct ConformanceTableTests {
  @Test func `a row has its parts`() throws {
    let rows = try ConformanceRow.parse(
      #"""
      # a remark

      -- row first
      -- arguments 12 "two \"words\""
      -- options strsize=16
      -- D
      BEGIN { printf("-- x\n"); }

      -- input
      syscall::write:entry pid=7 execname="s r g" arg0=-1 arg2=0x40 0x1000="a b"

      syscall::read:return errno=2
      -- answer
      -- x

      -- end

      -- row second
      -- D
      -- answer
      -- end
      """#, file: "x.txt")
    #expect(rows.map(\.name) == ["first", "second"])
    #expect(rows.map(\.line) == [3, 18])
    let first = rows[0]
    #expect(first.arguments == ["12", #"two "words""#])
    #expect(first.options == ["strsize=16"])
    #expect(first.program == "BEGIN { printf(\"-- x\\n\"); }\n\n")
    #expect(first.answer == "-- x\n\n")
    #expect(first.inputs.map(\.probe) == ["syscall::write:entry", "syscall::read:return"])
    #expect(first.inputs[0].numbers == ["pid": 7, "arg0": .max, "arg2": 0x40])
    #expect(first.inputs[0].argument(1) == 0)
    #expect(first.inputs[0].texts == ["execname": "s r g"])
    #expect(first.inputs[0].memory == [0x1000: "a b"])
    #expect(rows[1].answer == "")
  }

  @Test(
    arguments: [
      ("x", 1, .textOutsideOfRow), ("-- D", 1, .sectionOutsideOfRow("D")), ("-- row", 1, .rowWithoutName),
      ("-- row a\nx", 2, .textOutsideOfRow), ("-- row a\n-- D\n-- end", 3, .missing("answer")),
      ("-- row a\n-- D\n", 2, .missing("end")), ("-- row a\n-- row b", 2, .missing("end")),
      ("-- row a\n-- D\n-- D", 3, .twice("D")), ("-- row a\n-- input\np x", 3, .badInput("x")),
      ("-- row a\n-- input\np pid=x", 3, .badInput("pid=x")),
      ("-- row a\n-- input\np arg10=1", 3, .badInput("arg10=1")),
      ("-- row a\n-- arguments \"x", 2, .openQuote),
    ] as [(String, Int, MalformedTable.Problem)])
  func `what is not a table is refused with its place`(text: String, line: Int, problem: MalformedTable.Problem) {
    #expect(throws: MalformedTable(file: "x.txt", line: line, problem: problem)) {
      try ConformanceRow.parse(text, file: "x.txt")
    }
  }

  @Test func `the repository's table can be read, and no two rows have one name`() throws {
    let rows = try ConformanceRow.all()
    #expect(rows.count >= 30)
    #expect(Set(rows.map(\.name)).count == rows.count)
    // dtrace(1) writes a line break when tracing is over, whatever came before.
    for row in rows { #expect(row.answer.hasSuffix("\n"), "\(row.file):\(row.line)") }
  }
}
