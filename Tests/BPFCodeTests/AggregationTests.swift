import BPFCode
import EngineBench
import IR
import Support
import Testing

@Suite(.live, .enabled(if: Bench.allowed, "needs root and the kernel's types"))
struct AggregationTests {
  static let functions: [Aggregation.Function] = [
    .count, .sum, .average, .minimum, .maximum, .standardDeviation, .quantize, .linear(low: -10, high: 100, step: 7),
    .linear(low: 0, high: 10, step: 1),
  ]

  /// What one datum makes of an entry, by the rules in `Aggregation.Function.words`.
  static func add(_ value: Int64, _ increment: Int64, _ function: Aggregation.Function, to words: inout [UInt64]) {
    let bits = UInt64(bitPattern: value)
    switch function {
    case .count: words[0] &+= 1
    case .sum: words[0] &+= bits
    case .average:
      words[0] &+= 1
      words[1] &+= bits
    case .minimum:
      if words[0] == 0 || value < Int64(bitPattern: words[1]) { words[1] = bits }
      words[0] &+= 1
    case .maximum:
      if words[0] == 0 || value > Int64(bitPattern: words[1]) { words[1] = bits }
      words[0] &+= 1
    case .standardDeviation:
      words[0] &+= 1
      words[1] &+= bits
      let square = value.magnitude.multipliedFullWidth(by: value.magnitude)
      let (low, carry) = words[2].addingReportingOverflow(square.low)
      words[2] = low
      words[3] &+= square.high &+ (carry ? 1 : 0)
    case .quantize: words[Aggregation.Function.quantizeBucket(value)] &+= UInt64(bitPattern: increment)
    case .linear(let low, let high, let step):
      words[Aggregation.Function.linearBucket(value, low: low, high: high, step: step)] &+= UInt64(
        bitPattern: increment)
    case .logLinear: break
    }
  }

  static let data: [Int64] =
    IntegerTests.values + [3, 4, 5, 8, 9, 10, 11, -2, -3, -4, -9, -10, -11, 96, 99, 101] + (1..<63).map { 1 << $0 }
    + (1..<63).map { -(1 << $0) } + (1..<63).map { (1 << $0) - 1 }

  @Test(arguments: functions)
  func `live: each function adds what the rules say, without a key and with one`(function: Aggregation.Function) throws
  {
    var sketch = Sketch()
    sketch.program.aggregations = [
      Aggregation(name: "plain", function: function, key: []),
      Aggregation(name: "keyed", function: function, key: [.value(.integer(.word, signed: true))]),
      Aggregation(name: "symbol", function: function, key: [.symbol]),
    ]
    let (value, increment, key) = (sketch.word(0), sketch.word(1), sketch.word(2))
    let symbol = sketch.constant(3)
    let datum = function == .count ? nil : value
    sketch.add(.aggregate(0, key: [], value: datum, increment: nil))
    sketch.add(.aggregate(1, key: [.integer(key)], value: datum, increment: increment))
    sketch.add(.aggregate(2, key: [.integer(symbol)], value: datum, increment: increment))
    let bench = try Bench(sketch.finished)
    var expected = [[UInt64]](repeating: [UInt64](repeating: 0, count: function.words), count: 4)
    for (index, value) in Self.data.enumerated() {
      let key = index % 2 == 0 ? -1 : 5
      _ = try bench.fire(0, [UInt64(bitPattern: value), 3, UInt64(bitPattern: Int64(key))])
      Self.add(value, 1, function, to: &expected[0])
      Self.add(value, 3, function, to: &expected[index % 2 == 0 ? 1 : 2])
      Self.add(value, 3, function, to: &expected[3])
    }
    // The test may have moved between CPUs, whose words are merged as the host merges them.
    #expect(try bench.words(0, key: [], of: sketch.finished) == expected[0])
    #expect(try bench.words(1, key: .init(words: [-1]), of: sketch.finished) == expected[1])
    #expect(try bench.words(1, key: .init(words: [5]), of: sketch.finished) == expected[2])
    #expect(try bench.words(2, key: .init(words: [3]), of: sketch.finished) == expected[3])
    #expect(try bench.words(1, key: .init(words: [6]), of: sketch.finished) == nil)
    #expect(try bench.drops(.aggregation) == 0)
  }

  @Test func `live: keys of texts and numbers are those of KeyLayout, and a full map is counted`() throws {
    var sketch = Sketch()
    sketch.program.limits.aggregationEntries = 2
    sketch.program.aggregations = [
      Aggregation(name: "t", function: .count, key: [.value(.text(20))]),
      Aggregation(
        name: "m", function: .sum, key: [.value(.text(16)), .symbol, .value(.integer(.half, signed: false))]),
    ]
    let (address, number) = (sketch.word(0), sketch.word(1))
    let long = sketch.text(20) { .loadText($0, address: address, limit: nil, .user) }
    let name = sketch.integer { .probeSymbol($0, .name) }
    sketch.add(.aggregate(0, key: [.text(long)], value: nil, increment: nil))
    sketch.add(.aggregate(1, key: [.text(long), .integer(name), .integer(number)], value: number, increment: nil))
    let bench = try Bench(sketch.finished)
    try MemoryTests.withAddress(of: Array("a key of nineteen c".utf8) + [0]) { (address: UInt64) throws in
      for number in [7, 7 + 1 << 16, 8] { try bench.fire(0, [address, UInt64(number)]) }
      let key = Array("a key of nineteen c".utf8) + [UInt8](repeating: 0, count: 5)
      #expect(try bench.words(0, key: key, of: sketch.finished) == [3])
      let tuple = Array("a key of ninete".utf8) + [0] + [UInt8](words: [3, 7])
      #expect(try bench.words(1, key: tuple, of: sketch.finished) == [14 + 1 << 16])
      #expect(try bench.drops(.aggregation) == 0)
      for number in 20..<40 { try bench.fire(0, [address, UInt64(number)]) }
      #expect(try bench.drops(.aggregation) > 0)
    }
  }
}
