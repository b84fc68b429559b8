import IR
import Support
import Testing

@Suite struct PrinterTests {
  @Test func `a program prints as its declarations and its clauses`() {
    var program = VerifierTests.sound()
    program.probes.append(
      EnabledProbe(
        id: 9, parts: [0, 1, 2, 3], hook: .tracepoint("sys_enter", selector: .word(1)), selector: .init(value: 257)))
    #expect(
      "\(program)" == """
        symbols 0="a" 1="b" 2="c" 3="d"
        probe 0 id 1 a:b:c:d on packet
        probe 1 id 9 a:b:c:d on tracepoint sys_enter by ctx[1] selected by 257
        variable v0 global i: i8
        variable v1 thread s: text(16)
        array a0 global a[i4, text(8)]: i8
        aggregation @0 n[symbol] = count
        aggregation @1 q[] = quantize
        clause 0 of text 0 on probes 0; 1 registers; texts t0(64)
          record of 56 bytes
            item 0 trace i4@40 text(8)@48
          block 0
            r0 = 1
            t0 = "one"
            v0 = r0
            v1 = t0
            a0[r0, t0] = r0
            aggregate @0[r0]
            aggregate @1[] value r0 increment r0
            record 0.0 = r0
            record 0.1 = t0
            item 0 happened
            commit
        """)
  }

  /// Every case of `Step` and how it is written.
  static let steps: [(Step, String)] = {
    let (r1, r2, r3) = (Register(1), Register(2), Register(3))
    let (t1, t2) = (TextRegister(1), TextRegister(2))
    return [
      (.constant(r1, -5), "r1 = -5"), (.copy(r1, r2), "r1 = r2"),
      (.binary(.divideSigned, r1, r2, r3), "r1 = r2 /s r3"), (.negate(r1, r2), "r1 = -r2"),
      (.complement(r1, r2), "r1 = ~r2"), (.compare(.lessUnsigned, r1, r2, r3), "r1 = r2 <u r3"),
      (.extend(r1, r2, .half, signed: false), "r1 = u2 of r2"), (.builtin(r1, .walltimestamp), "r1 = walltimestamp"),
      (.textBuiltin(t1, .psargs), "t1 = psargs"), (.probeSymbol(r1, .function), "r1 = symbol of probe function"),
      (.context(r1, word: 2), "r1 = ctx[2]"), (.fed(r1, slot: 3), "r1 = fed[3]"),
      (.textFed(t1, slot: 0), "t1 = fed text[0]"),
      (.load(r1, address: r2, offset: 8, .word, signed: true, .user), "r1 = load i4 user [r2+8]"),
      (.load(r1, address: r2, offset: -8, .byte, signed: false, .kernel), "r1 = load u1 kernel [r2-8]"),
      (.store(address: r1, offset: 0, r2, .double), "store u8 [r1] = r2"),
      (.allocate(r1, size: r2), "r1 = allocate r2"),
      (.copyBytes(to: r1, from: r2, size: r3, .user), "copy bytes to [r1] from user [r2] size r3"),
      (.text(t1, constant: Array("a\"\\\n\u{1}é".utf8)), #"t1 = "a\"\\\n\x01é""#), (.copyText(t1, t2), "t1 = t2"),
      (.loadText(t1, address: r1, limit: nil, .user), "t1 = load text user [r1]"),
      (.loadText(t1, address: r1, limit: r2, .kernel), "t1 = load text kernel [r1] limit r2"),
      (.loadFilled(t1, address: r1, size: r2, filler: r1, .user), "t1 = load r2 bytes user [r1] filled with r1"),
      (.compareText(.equal, r1, t1, t2), "r1 = t1 == t2"), (.symbolText(t1, r1), "t1 = text of symbol r1"),
      (.addressOfText(r1, t1), "r1 = address of t1"),
      (.call(.integer(r1), .index, [.text(t1), .text(t2), .integer(r2)]), "r1 = index(t1, t2, r2)"),
      (.loadVariable(.text(t1), 4), "t1 = v4"), (.storeVariable(4, .integer(r1)), "v4 = r1"),
      (.lookUp(.integer(r1), 0, key: [.integer(r2), .text(t1)]), "r1 = a0[r2, t1]"),
      (.assign(0, key: [.integer(r2)], .text(t1)), "a0[r2] = t1"), (.remove(1, key: [.text(t1)]), "remove a1[t1]"),
      (.aggregate(2, key: [.text(t1)], value: r1, increment: nil), "aggregate @2[t1] value r1"),
      (.happened(item: 6), "item 6 happened"), (.record(item: 0, field: 1, .text(t1)), "record 0.1 = t1"),
      (.recordBytes(item: 0, field: 1, address: r1, size: r2, .kernel), "record 0.1 = kernel [r1] size r2"),
      (.recordStack(item: 0, field: 1), "record 0.1 = stack"),
    ]
  }()

  @Test(arguments: steps.indices)
  func `a step prints its destination first`(row: Int) {
    #expect("\(Self.steps[row].0)" == Self.steps[row].1)
  }

  @Test func `the other names are told apart`() {
    let actions: [Action] = [
      .trace, .printf(format: "%d\n"), .printa([0, 1], format: nil), .printa([0], format: "%@d"), .stack, .userStack,
      .exit, .clear(1), .truncate(1), .normalize(1), .denormalize(1), .symbol(.userModule), .tracemem, .pcap, .header,
      .speculate, .commit, .discard, .system(format: "ls"), .freopen(format: "x"),
    ]
    #expect(Set(actions.map(\.description)).count == actions.count)
    #expect("\(actions[1])" == #"printf "%d\n""#)
    #expect("\(actions[3])" == #"printa @0 "%@d""#)
    #expect(Set(BinaryOperator.allCases.map(\.description)).count == BinaryOperator.allCases.count)
    #expect(Set(Comparison.allCases.map(\.description)).count == Comparison.allCases.count)
    let hooks: [Hook] = [
      .begin, .end, .error, .tracepoint("x", selector: nil), .tracepoint("x", selector: .word(1)),
      .tracepoint("x", selector: .field(word: 0, offset: 120, .double)), .profile(period: 5), .tick(period: 5),
      .counter(Counter(.software, 2, "page_faults", period: 5)),
      .counter(Counter(.software, 2, "page_faults", mode: .user, period: 5)), .packet, .event,
    ]
    #expect(Set(hooks.map(\.description)).count == hooks.count)
    let ends: [Terminator] = [.jump(1), .branch(Register(0), then: 1, otherwise: 2), .commit, .discard]
    #expect(ends.map(\.description) == ["jump 1", "branch r0 then 1 otherwise 2", "commit", "discard"])
  }
}
