import BPFCode
import Kernel
import Testing

@Suite(.enabled(if: Live.allowed, "needs root and the kernel's types"))
struct MapTests {
  @Test(arguments: [MapSpec.Kind.hash, .lruHash], [3, 1000])
  func `every entry of a hash is given once`(kind: MapSpec.Kind, count: Int) throws {
    let map = try Map(MapSpec(name: "h", kind: kind, keySize: 4, valueSize: 8, maxEntries: 4096))
    for number in 0..<UInt32(count) { try map.update([UInt8](number), [UInt8](UInt64(number) * 3)) }
    let entries = try map.entries()
    #expect(entries.count == count)
    #expect(Set(entries.map { $0.key.number(count: 4) }) == Set(0..<UInt64(count)))
    #expect(entries.allSatisfy { $0.value.number() == $0.key.number(count: 4) * 3 })
  }

  @Test func `an empty hash gives nothing, a key that is not there no value`() throws {
    let map = try Map(MapSpec(name: "h", kind: .hash, keySize: 4, valueSize: 8, maxEntries: 8))
    #expect(try map.entries().isEmpty)
    #expect(try map.value(of: [1, 0, 0, 0]) == nil)
    #expect(try map.delete([1, 0, 0, 0]) == false)
    try map.update([1, 0, 0, 0], [UInt8](UInt64(9)))
    #expect(try map.delete([1, 0, 0, 0]))
    #expect(try map.value(of: [1, 0, 0, 0]) == nil)
  }

  @Test func `keys and values of another size never reach the kernel`() throws {
    let map = try Map(MapSpec(name: "h", kind: .hash, keySize: 4, valueSize: 8, maxEntries: 8))
    #expect(throws: SystemError.self) { _ = try map.value(of: [1]) }
    #expect(throws: SystemError.self) { try map.update([1, 0, 0, 0], [1]) }
  }

  @Test(arguments: [MapSpec.Kind.perCPUArray, .perCPUHash])
  func `a per-CPU map has a value for every possible processor`(kind: MapSpec.Kind) throws {
    let spec = MapSpec(
      name: "p", kind: kind, keySize: 4, valueSize: 12, maxEntries: 4,
      contents: [.init(key: [2, 0, 0, 0], value: Array(1...12))])
    let map = try Map(spec)
    #expect(map.fullValueSize == 16 * CPUs.possible)
    #expect(try map.valuesPerCPU(of: [2, 0, 0, 0]) == Array(repeating: Array(1...12), count: CPUs.possible))
    let found = try map.entries().filter { $0.key == [2, 0, 0, 0] }
    #expect(found.count == 1 && found[0].value.count == map.fullValueSize)
  }

  @Test func `an array is given whole, in order`() throws {
    let map = try Map(
      MapSpec(
        name: "a", kind: .array, keySize: 4, valueSize: 8, maxEntries: 300,
        contents: (0..<300).map { .init(key: [UInt8](UInt32($0)), value: [UInt8](UInt64($0) << 32)) }))
    #expect(try map.entries().map { $0.value.number() } == (0..<300).map { UInt64($0) << 32 })
  }

  @Test func `a mapped array and calls see the same values`() throws {
    let map = try Map(MapSpec(name: "m", kind: .array, keySize: 4, valueSize: 16, maxEntries: 3, flags: 1024))
    let mapped = try MappedArray(map)
    mapped.set(77, 2, at: 8)
    #expect(try map.value(of: [2, 0, 0, 0])?.number(at: 8) == 77)
    try map.update([1, 0, 0, 0], [UInt8](UInt64(5)) + [UInt8](UInt64(6)))
    #expect(mapped.number(1) == 5)
    #expect(mapped.number(1, at: 8) == 6)
  }

  @Test func `a frozen array is filled, read by programs, and written by nobody`() throws {
    let spec = ObjectSpec(
      maps: [
        MapSpec(
          name: "constants", kind: .array, keySize: 4, valueSize: 16, maxEntries: 1, flags: 128,
          contents: [.init(key: [0, 0, 0, 0], value: [UInt8](UInt64(1)) + [UInt8](UInt64(4711)))], frozen: true)
      ],
      programs: [
        ProgramSpec(
          name: "read", attachment: .called,
          instructions: Assembly.wide(1) + [Assembly.load(0, 1, at: 0), Assembly.exit],
          mapReferences: [.init(instruction: 0, map: 0, valueOffset: 8)])
      ])
    let object = try LoadedObject(loading: spec, types: nil)
    #expect(try object.programs[0].run() == 4711)
    let refused = #expect(throws: SystemError.self) {
      try object.maps[0].update([0, 0, 0, 0], [UInt8](repeating: 0, count: 16))
    }
    #expect(refused?.name == "EPERM")
  }

  @Test func `an entry of the wrong size is refused before the kernel is asked`() {
    #expect(throws: KernelError.self) {
      _ = try Map(
        MapSpec(
          name: "a", kind: .array, keySize: 4, valueSize: 8, maxEntries: 1, contents: [.init(key: [0], value: [1])]))
    }
  }

  @Test func `a name that the kernel would refuse is written differently`() throws {
    _ = try Map(MapSpec(name: "@counts[pid, execname]", kind: .hash, keySize: 4, valueSize: 8, maxEntries: 8))
  }
}

extension [UInt8] {
  /// The first `count` bytes as this machine's number.
  func number(count: Int) -> UInt64 { (0..<count).reversed().reduce(0) { $0 << 8 | UInt64(self[$1]) } }
}
