import HostVM
import IR
import Support
import Testing

@Suite struct AggregationTests {
  /// The words of an aggregation without a key after the data.
  func words(_ function: Aggregation.Function, _ data: [Int64], by weight: Int64? = nil) throws -> [Int64] {
    var builder = ProgramBuilder()
    let probe = builder.probe("test:::")
    let id = builder.aggregation("a", function)
    builder.clause(on: probe) { c in
      for datum in data {
        let value = function == .count ? nil : c.constant(datum)
        c.aggregate(id, [], value, by: weight.map { c.constant($0) })
      }
    }
    var machine = try machine(builder)
    _ = machine.fire(probe)
    return machine.aggregationEntries(id)[0].value.map { Int64(bitPattern: $0) }
  }

  @Test func `each function keeps the words that AggregationValue says`() throws {
    let data: [Int64] = [5, -3, 12, 0]
    #expect(try words(.count, data) == [4])
    #expect(try words(.sum, data) == [14])
    #expect(try words(.average, data) == [4, 14])
    #expect(try words(.minimum, data) == [4, -3])
    #expect(try words(.maximum, data) == [4, 12])
    #expect(try words(.maximum, [-5]) == [1, -5])
    #expect(try words(.standardDeviation, data) == [4, 14, 178, 0])
    // The squares are 2^126 twice and 2^124.
    #expect(try words(.standardDeviation, [.min, .min, 1 << 62]) == [3, 1 << 62, 0, .min + (1 << 60)])
  }

  @Test func `distributions count by weight`() throws {
    let quantized = try words(.quantize, [0, 1, 2, 3, -1, 1024], by: 5)
    #expect(quantized.count == 127)
    #expect([62, 63, 64, 65, 74].map { quantized[$0] } == [5, 5, 5, 10, 5])
    #expect(quantized.reduce(0, +) == 30)
    #expect(try words(.linear(low: 0, high: 30, step: 10), [-1, 0, 9, 10, 29, 30, 99]) == [1, 2, 1, 1, 2])
    let logLinear = try words(.logLinear(factor: 10, low: 1, high: 2, steps: 5), [0, 10, 25, -10, 5000], by: -2)
    #expect([9, 10, 11, 12, 13, 14, 22].map { logLinear[$0] } == [0, -2, -2, -2, -2, 0, -2])
  }

  @Test func `keys are KeyLayout's bytes`() throws {
    var builder = ProgramBuilder()
    let probe = builder.probe("syscall:vmlinux:read:entry")
    let id = builder.aggregation(
      "a", .sum,
      [.value(.integer(.word, signed: true)), .value(.text(12)), .symbol, .value(.integer(.half, signed: false))])
    builder.clause(on: probe) { c in
      let function = c.value { .probeSymbol($0, .function) }
      c.aggregate(id, [c.constant(-2), c.constant("0123456789abcdef"), function, c.constant(0x1_ffff)], c.constant(1))
    }
    var machine = try machine(builder)
    _ = machine.fire(probe)
    let key = machine.aggregationEntries(id)[0].key
    let layout = KeyLayout(builder.program.aggregations[id])
    #expect(key.count == layout.size)
    #expect(layout.offsets == [0, 8, 24, 32])
    #expect(Array(key[0..<8]) == [0xfe] + [UInt8](repeating: 0xff, count: 7))
    #expect(Array(key[8..<24]) == Array("0123456789a".utf8) + [0, 0, 0, 0, 0])
    #expect(Array(key[24..<32]) == [2, 0, 0, 0, 0, 0, 0, 0])
    #expect(Array(key[32..<40]) == [0xff, 0xff, 0, 0, 0, 0, 0, 0])
    #expect(builder.program.symbols[2] == "read")
  }

  func counted(limit: Int = 100) throws -> (Machine, Aggregation.ID) {
    var builder = ProgramBuilder()
    builder.program.limits.aggregationEntries = limit
    let probe = builder.probe("test:::")
    let id = builder.aggregation("a", .sum, [.value(int64)])
    builder.clause(on: probe) { c in c.aggregate(id, [c.fed(0)], c.fed(1)) }
    var machine = try machine(builder)
    var firing = Firing()
    for (key, value) in [(1, 30), (2, 10), (3, 20), (4, 40), (1, 1)] as [(UInt64, UInt64)] {
      firing.integers = [key, value]
      _ = machine.fire(probe, firing)
    }
    return (machine, id)
  }

  func pairs(_ machine: Machine, _ id: Int) -> [String] {
    machine.aggregationEntries(id).map { "\($0.key[0])=\($0.value[0])" }.sorted()
  }

  @Test func `a full aggregation drops new keys, counts them, and still adds to old ones`() throws {
    let (machine, id) = try counted(limit: 2)
    #expect(pairs(machine, id) == ["1=31", "2=10"])
    #expect(machine.drops.aggregations == 2)
    #expect(machine.drops.dynamicVariables == 0)
  }

  @Test func `clear keeps the keys, remove forgets those it is given`() throws {
    let (machine, id) = try counted()
    #expect(pairs(machine, id) == ["1=31", "2=10", "3=20", "4=40"])
    var cleared = machine
    cleared.clear(id)
    #expect(pairs(cleared, id) == ["1=0", "2=0", "3=0", "4=0"])
    let keys = machine.aggregationEntries(id).map(\.key)
    for (gone, kept) in [
      ([2, 3], ["1=31", "4=40"]), ([1, 3, 4], ["2=10"]), ([1, 2, 3, 4], []),
      ([], ["1=31", "2=10", "3=20", "4=40"]),
    ] as [([UInt8], [String])] {
      var rest = machine
      rest.remove(keys.filter { gone.contains($0[0]) }, from: id)
      #expect(pairs(rest, id) == kept)
      // What is left can be added to, and what went can come again.
      var firing = Firing()
      firing.integers = [3, 7]
      _ = rest.fire(0, firing)
      let value = kept.contains("3=20") ? 27 : 7
      #expect(pairs(rest, id).contains("3=\(value)"))
    }
  }
}
