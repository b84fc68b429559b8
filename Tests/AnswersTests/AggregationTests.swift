import Answers
import IR
import Testing

/// One aggregation with entries, and what prints it.
struct Aggregate {
  var aggregation: Aggregation
  var symbols: [String] = []
  var entries: [AggregationEntry] = []

  init(_ function: Aggregation.Function, key: [Aggregation.KeyPart] = []) {
    aggregation = Aggregation(name: "a", function: function, key: key)
  }

  /// A key as `KeyLayout` lays it out.
  func key(_ parts: [Datum]) -> [UInt8] {
    let layout = KeyLayout(aggregation)
    var key = [UInt8](repeating: 0, count: layout.size)
    for (offset, part) in zip(layout.offsets, parts) {
      switch part {
      case .number(let number):
        for index in 0..<8 { key[offset + index] = UInt8(truncatingIfNeeded: number >> Int64(8 * index)) }
      case .text(let text): key.replaceSubrange(offset..<offset + text.utf8.count, with: text.utf8)
      default: break
      }
    }
    return key
  }

  mutating func add(_ parts: [Datum] = [], _ value: [Int64]) {
    entries.append(AggregationEntry(key: key(parts), value: value.map { UInt64(bitPattern: $0) }))
  }

  /// Counts `values` as an engine would: each with its weight.
  mutating func count(_ parts: [Datum] = [], _ values: [(value: Int64, weight: Int64)]) {
    var words = [Int64](repeating: 0, count: aggregation.function.words)
    for (value, weight) in values {
      let bucket =
        switch aggregation.function {
        case .linear(let low, let high, let step):
          Aggregation.Function.linearBucket(value, low: low, high: high, step: step)
        case .logLinear(let factor, let low, let high, let steps):
          Aggregation.Function.logLinearBucket(value, factor: factor, low: low, high: high, steps: steps)
        default: Aggregation.Function.quantizeBucket(value)
        }
      words[bucket] &+= weight
    }
    add(parts, words)
  }

  /// What the end of the run prints, without the blank line before it.
  func rest(_ change: (inout PrintOptions) -> Void = { _ in }) -> String {
    var options = PrintOptions(quiet: true)
    change(&options)
    var program = Program()
    program.symbols = symbols
    program.aggregations = [aggregation]
    var printer = Printer(program, options: options)
    var source = HeldAggregations([0: entries])
    printer.finish(aggregations: &source)
    return String(printer.text.dropFirst())
  }
}

extension Aggregation.KeyPart {
  static let text = Self.value(.text(16))
  static let int32 = Self.value(.integer(.word, signed: true))
  static let int64 = Self.value(.integer(.double, signed: true))
}

struct AggregationTests {
  @Test func `the article's count of system calls is sorted by count and then by name`() {
    var counts = Aggregate(.count, key: [.symbol])
    counts.symbols = ["setsockopt", "getrlimit", "pollsys", "connect"]
    for (index, count) in [(0, 1), (1, 1), (2, 30), (3, 1)] { counts.add([.number(Int64(index))], [Int64(count)]) }
    func line(_ name: String, _ count: String) -> String {
      "  " + name + String(repeating: " ", count: 50 - name.count + 17 - count.count) + count + "\n"
    }
    #expect(
      counts.rest() == line("connect", "1") + line("getrlimit", "1") + line("setsockopt", "1") + line("pollsys", "30"))
  }

  @Test func `keys have the columns of their type, and small negative ones show without their sign`() {
    var sum = Aggregate(
      .sum,
      key: [
        .value(.integer(.byte, signed: true)), .value(.integer(.half, signed: true)), .int32, .int64, .text,
      ])
    sum.add([.number(-1), .number(-2), .number(-3), .number(-4), .text("srg")], [-5])
    #expect(
      sum.rest()
        == " 255 65534       -3               -4  srg" + String(repeating: " ", count: 47) + "               -5\n")
  }

  @Test func `numbers in keys are sorted without their sign`() {
    var sum = Aggregate(.sum, key: [.int32])
    for value in [-2, -1, 0, 1, 2] as [Int64] { sum.add([.number(value)], [value]) }
    let keys = sum.rest { $0.sortByKey = true }.split(separator: "\n").map { $0.split(separator: " ")[0] }
    #expect(keys == ["0", "1", "2", "-2", "-1"])
    let values = sum.rest().split(separator: "\n").map { $0.split(separator: " ")[1] }
    #expect(values == ["-2", "-1", "0", "1", "2"])
  }

  @Test func `the sorting options change the order`() {
    var sum = Aggregate(.sum, key: [.text, .int32])
    sum.add([.text("b"), .number(1)], [5])
    sum.add([.text("a"), .number(2)], [7])
    sum.add([.text("c"), .number(0)], [6])
    func order(_ change: (inout PrintOptions) -> Void) -> String {
      sum.rest(change).split(separator: "\n").map { $0.split(separator: " ")[0] }.joined()
    }
    #expect(order { _ in } == "bca")
    #expect(order { $0.sortReversed = true } == "acb")
    #expect(order { $0.sortByKey = true } == "abc")
    #expect(
      order {
        $0.sortByKey = true
        $0.sortKeyPosition = 1
      } == "cba")
    #expect(
      order {
        $0.sortByKey = true
        $0.sortReversed = true
      } == "cba")
  }

  @Test func `average, minimum, maximum and standard deviation print one number`() {
    func value(_ function: Aggregation.Function, _ words: [Int64]) -> Substring? {
      var aggregate = Aggregate(function)
      aggregate.add([], words)
      return aggregate.rest().split(separator: " ").last?.dropLast()
    }
    #expect(value(.average, [2, -900]) == "-450")
    #expect(value(.average, [0, 0]) == "0")
    #expect(value(.minimum, [1, -7]) == "-7")
    #expect(value(.maximum, [3, 9]) == "9")
    // What clear() leaves.
    #expect(value(.minimum, [0, 0]) == "9223372036854775807")
    #expect(value(.maximum, [0, 0]) == "-9223372036854775808")
    // 2 4 4 4 5 5 7 9: mean 5, deviation 2.
    #expect(value(.standardDeviation, [8, 40, 232, 0]) == "2")
    #expect(value(.standardDeviation, [0, 0, 0, 0]) == "0")
    // Of -(2^63) and 2^63 - 1: squares that need the high word; the mean truncates to 0, the deviation to 2^63 - 1.
    #expect(value(.standardDeviation, [2, -1, 1, Int64(bitPattern: 0x7fff_ffff_ffff_ffff)]) == "9223372036854775807")
  }

  @Test func `normalized values are divided, pictures in their counts alone`() {
    var script = Script()
    script.probe()
    script.program.aggregations = [
      Aggregation(name: "s", function: .sum, key: []), Aggregation(name: "q", function: .quantize, key: []),
    ]
    script.clause([
      .init(.normalize(0), fields: [.int64]), .init(.normalize(1), fields: [.int64]), .init(.printa([0], format: nil)),
      .init(.printa([0], format: "%@x %@d|")), .init(.denormalize(0)), .init(.printa([0], format: nil)),
      .init(.printa([1], format: nil)),
    ])
    var quantize = Aggregate(.quantize)
    quantize.count([], [(1, 50)])
    var source = HeldAggregations([0: [AggregationEntry(key: [], value: [1005])], 1: quantize.entries])
    var printer = Printer(script.program, options: PrintOptions(quiet: true))
    printer.consume(script.record([[.number(10)], [.number(5)], [], [], [], [], []]), &source)
    #expect(printer.text.hasPrefix("\n              100\n64 100|\n             1005\n\n\n"))
    #expect(printer.text.contains("1 |@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@ 10       \n"))
    // Printed once, they are not printed again at the end.
    let before = printer.text
    printer.finish(aggregations: &source)
    #expect(printer.text == before + "\n")
  }

  @Test func `printa with a format takes keys in order and repeats the last value`() {
    var script = Script()
    script.probe()
    script.program.aggregations = [Aggregation(name: "a", function: .count, key: [.int32, .text])]
    script.clause([
      .init(.printa([0], format: "%@u: -\n")), .init(.printa([0], format: "%@u %@u %5d %s\n")),
      .init(.printa([0], format: "-->%-*s<--\n")),
    ])
    var aggregate = Aggregate(.count, key: [.int32, .text])
    aggregate.add([.number(6), .text("x")], [2])
    var source = HeldAggregations([0: aggregate.entries])
    var printer = Printer(script.program, options: PrintOptions(quiet: true))
    printer.consume(script.record([[], [], []]), &source)
    #expect(printer.text == "2: -\n2 2     6 x\n-->x     <--\n")
  }

  @Test func `several aggregations are joined by key, and what has no entry is zero`() {
    var script = Script()
    script.probe()
    script.program.aggregations = [
      Aggregation(name: "n", function: .count, key: [.text]), Aggregation(name: "t", function: .average, key: [.text]),
      Aggregation(name: "m", function: .minimum, key: [.text]),
    ]
    script.clause([.init(.printa([0, 1, 2], format: "%s %@d %@d %@d|")), .init(.printa([0, 1], format: nil))])
    var keys = Aggregate(.count, key: [.text])
    func entry(_ name: String, _ value: [UInt64]) -> AggregationEntry {
      AggregationEntry(key: keys.key([.text(name)]), value: value)
    }
    var source = HeldAggregations([
      0: [entry("a", [5]), entry("b", [1])], 1: [entry("a", [2, 20]), entry("c", [1, 9])],
      2: [entry("b", [1, 4])],
    ])
    func printed(_ change: (inout PrintOptions) -> Void = { _ in }) -> String {
      var options = PrintOptions(quiet: true)
      change(&options)
      var printer = Printer(script.program, options: options)
      printer.consume(script.record([[], nil]), &source)
      return printer.text
    }
    #expect(printed() == "c 0 9 0|b 1 0 4|a 5 10 0|")
    #expect(printed { $0.sortPosition = 1 } == "b 1 0 4|c 0 9 0|a 5 10 0|")
    #expect(printed { $0.sortByKey = true } == "a 5 10 0|b 1 0 4|c 0 9 0|")
    #expect(printed { $0.sortReversed = true } == "a 5 10 0|b 1 0 4|c 0 9 0|")
    keys = Aggregate(.count, key: [.text])
    var printer = Printer(script.program, options: PrintOptions(quiet: true))
    printer.consume(script.record([nil, []]), &source)
    let blanks = String(repeating: " ", count: 49)
    #expect(
      printer.text
        == "\n  c\(blanks)                0                9\n  b\(blanks)                1                0\n"
        + "  a\(blanks)                5               10\n")
  }

  @Test(
    arguments: [(2, ["d", "c"]), (-2, ["a", "b"]), (0, []), (9, ["a", "b", "c", "d"]), (-1, ["a"])]
      as [(Int64, [String])])
  func `trunc keeps the greatest, or the least`(count: Int64, left: [String]) {
    var script = Script()
    script.probe()
    script.program.aggregations = [Aggregation(name: "a", function: .count, key: [.text])]
    script.clause([.init(.truncate(0), fields: [.int64])])
    var aggregate = Aggregate(.count, key: [.text])
    for (name, value) in [("c", 3), ("a", 1), ("d", 4), ("b", 2)] { aggregate.add([.text(name)], [Int64(value)]) }
    var source = HeldAggregations([0: aggregate.entries])
    var printer = Printer(script.program, options: PrintOptions(quiet: true))
    printer.consume(script.record([[.number(count)]]), &source)
    let names = source.entries(of: 0).map { String(decoding: $0.key.prefix(1), as: UTF8.self) }
    #expect(names.sorted() == left.sorted())
  }

  @Test func `clear zeroes and keeps the keys`() {
    var script = Script()
    script.probe()
    script.program.aggregations = [Aggregation(name: "a", function: .sum, key: [.int32])]
    script.clause([.init(.clear(0)), .init(.printa([0], format: nil))])
    var aggregate = Aggregate(.sum, key: [.int32])
    aggregate.add([.number(1)], [500])
    var source = HeldAggregations([0: aggregate.entries])
    var printer = Printer(script.program, options: PrintOptions(quiet: true))
    printer.consume(script.record([[], []]), &source)
    #expect(printer.text == "\n        1                0\n")
  }

  @Test func `aggregations are printed in the order of the program, the other way round when reversed`() {
    var program = Program()
    program.aggregations = (0..<3).map { Aggregation(name: "\($0)", function: .sum, key: []) }
    var source = HeldAggregations([
      0: [AggregationEntry(key: [], value: [30])], 1: [AggregationEntry(key: [], value: [20])],
      2: [AggregationEntry(key: [], value: [10])],
    ])
    func order(_ reversed: Bool) -> String {
      var options = PrintOptions()
      options.sortReversed = reversed
      var printer = Printer(program, options: options)
      printer.finish(aggregations: &source)
      return printer.text.split(separator: "\n").map { $0.drop { $0 == " " } }.joined(separator: " ")
    }
    #expect(order(false) == "30 20 10")
    #expect(order(true) == "10 20 30")
  }
}
