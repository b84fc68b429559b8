import BPFCode
import BTF
import Bytes
import Glibc
import Kernel
import Testing

@Suite(.enabled(if: Live.allowed, "needs root and the kernel's types"), .serialized)
struct LoadingTests {
  @Test func `a called program runs and returns what it computed from its context`() throws {
    let sum = ProgramSpec(
      name: "sum", attachment: .called,
      instructions: [
        Assembly.load(0, 1, at: 0), Assembly.load(2, 1, at: 8), Assembly.add(0, register: 2), Assembly.exit,
      ])
    let program = try Program(sum, maps: [], types: nil)
    #expect(try program.run([40, 2]) == 42)
    #expect(try program.run([7]) == 7)
    #expect(try program.run([1, 2], cpu: 0) == 3)
  }

  @Test func `a tracepoint program counts this process' system calls in an array`() throws {
    // r0 = &count[0]; count += 1
    let code =
      Live.onlyHere + [Assembly.store(10, at: -8, word: 0), Assembly.copy(2, 10), Assembly.add(2, -8)]
      + Assembly.wide(1) + [
        Assembly.call(Assembly.mapLookup), Assembly.skip(2, if: 0, is: 0), Assembly.set(1, 1),
        Assembly.atomicAdd(0, at: 0, 1), Assembly.set(0, 0), Assembly.exit,
      ]
    let spec = ObjectSpec(
      maps: [MapSpec(name: "count", kind: .array, keySize: 4, valueSize: 8, maxEntries: 1)],
      programs: [
        ProgramSpec(
          name: "count", attachment: .tracepoint("sys_enter"), instructions: code,
          mapReferences: [.init(instruction: 9, map: 0)])
      ])
    var object = try LoadedObject(loading: spec, types: Live.types.get())
    let counts = object.maps[0]
    #expect(try counts.value(of: [0, 0, 0, 0]) == [UInt8](UInt64(0)))
    try object.attach()
    for _ in 0..<100 { _ = getppid() }
    object.detach()
    let counted = try #require(try counts.value(of: [0, 0, 0, 0])).number()
    #expect(counted >= 100)
    for _ in 0..<100 { _ = getppid() }
    #expect(try counts.value(of: [0, 0, 0, 0])?.number() == counted)
  }

  @Test func `records come out of the ring whole and in order, over its end`() throws {
    // The context's first two words, 16 bytes.
    let code =
      [
        Assembly.load(2, 1, at: 0), Assembly.load(3, 1, at: 8), Assembly.store(10, at: -16, 2),
        Assembly.store(10, at: -8, 3),
      ] + Assembly.wide(1) + [
        Assembly.copy(2, 10), Assembly.add(2, -16), Assembly.set(3, 16), Assembly.set(4, 0),
        Assembly.call(Assembly.ringOutput), Assembly.exit,
      ]
    let spec = ObjectSpec(
      maps: [MapSpec(name: "ring", kind: .ringBuffer, keySize: 0, valueSize: 0, maxEntries: 4096)],
      programs: [
        ProgramSpec(
          name: "emit", attachment: .called, instructions: code, mapReferences: [.init(instruction: 4, map: 0)])
      ])
    let object = try LoadedObject(loading: spec, types: nil)
    var ring = try RingBuffer(object.maps[0])
    var expected: UInt64 = 0
    var next: UInt64 = 0
    // 24 bytes a record: the ring of 4,096 is gone round several times.
    for _ in 0..<10 {
      for _ in 0..<100 {
        #expect(try object.programs[0].run([next, ~next]) == 0)
        next += 1
      }
      #expect(ring.waiting == 2400)
      let given = ring.drain { bytes in
        #expect(bytes.byteCount == 16)
        #expect(bytes.littleEndian(UInt64.self, at: 0) == expected)
        #expect(bytes.littleEndian(UInt64.self, at: 8) == ~expected)
        expected += 1
      }
      #expect(given == 100)
    }
    #expect(expected == 1000)
    #expect(ring.malformed == 0)
  }

  @Test func `the verifier's refusal names the instruction and the text it came from`() throws {
    let spec = ProgramSpec(
      name: "broken", attachment: .called, instructions: [Assembly.set(1, 0), Assembly.copy(0, 9), Assembly.exit],
      origins: [0..<4, 5..<9, nil])
    let error = try #require(throws: KernelError.self) { _ = try Program(spec, maps: [], types: nil) }
    guard case .verifier(let refusal) = error else {
      Issue.record("\(error)")
      return
    }
    #expect(refusal.program == "broken")
    #expect(refusal.error.code == EACCES)
    #expect(refusal.instruction == 1)
    #expect(refusal.origin == 5..<9)
    #expect(refusal.complaint == "R9 !read_ok")
    #expect(refusal.log.contains("processed 2 insns"))
  }
}
