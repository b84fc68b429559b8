import BPFCode
import BTF
import Bytes
import Glibc
import Kernel
import Testing
import Time

@Suite(.enabled(if: Live.allowed, "needs root and the kernel's types"), .serialized)
struct ProgramTests {
  @Test func `a program array leads from program to program`() throws {
    let jump =
      Assembly.wide(2) + [
        Assembly.set(3, 0), Assembly.call(Assembly.tailCall), Assembly.set(0, 1), Assembly.exit,
      ]
    let spec = ObjectSpec(
      maps: [
        MapSpec(
          name: "next", kind: .programArray, keySize: 4, valueSize: 4, maxEntries: 1,
          contents: [.init(key: [0, 0, 0, 0], value: [1, 0, 0, 0])])
      ],
      programs: [
        ProgramSpec(
          name: "first", attachment: .called, instructions: jump, mapReferences: [.init(instruction: 0, map: 0)]),
        ProgramSpec(name: "second", attachment: .called, instructions: [Assembly.set(0, 77), Assembly.exit]),
      ])
    let object = try LoadedObject(loading: spec, types: nil)
    #expect(try object.programs[0].run() == 77)
  }

  @Test func `a callback is described to the verifier, which then takes its address`() throws {
    let code =
      [Assembly.set(1, 0), Assembly.store(10, at: -8, 1), Assembly.set(1, 10)]
      + Assembly.function(2, distance: 7) + [
        Assembly.copy(3, 10), Assembly.add(3, -8), Assembly.set(4, 0), Assembly.call(Assembly.loop),
        Assembly.load(0, 10, at: -8), Assembly.exit,
        // callback(index, sum *)
        Assembly.load(3, 2, at: 0), Assembly.add(3, register: 1), Assembly.store(2, at: 0, 3), Assembly.set(0, 0),
        Assembly.exit,
      ]
    let program = try Program(
      ProgramSpec(name: "loop", attachment: .called, instructions: code), maps: [], types: nil)
    #expect(try program.run() == 45)
  }

  @Test func `a task's storage keeps a value from firing to firing`() throws {
    // r0 = storage of the current task; value += 1; array's second word = value
    let code =
      Live.onlyHere + [Assembly.call(Assembly.currentTask), Assembly.copy(2, 0)] + Assembly.wide(1) + [
        Assembly.set(3, 0), Assembly.set(4, 1), Assembly.call(Assembly.taskStorageGet), Assembly.skip(6, if: 0, is: 0),
        Assembly.load(2, 0, at: 0), Assembly.add(2, 1), Assembly.store(0, at: 0, 2),
      ] + Assembly.wide(1) + [Assembly.store(1, at: 0, 2), Assembly.set(0, 0), Assembly.exit]
    let spec = ObjectSpec(
      maps: [
        MapSpec(name: "storage", kind: .taskStorage, keySize: 4, valueSize: 8, maxEntries: 0),
        MapSpec(name: "last", kind: .array, keySize: 4, valueSize: 16, maxEntries: 1),
      ],
      programs: [
        ProgramSpec(
          name: "storage", attachment: .tracepoint("sys_enter"), instructions: code,
          mapReferences: [.init(instruction: 8, map: 0), .init(instruction: 17, map: 1, valueOffset: 8)])
      ])
    var object = try LoadedObject(loading: spec, types: Live.types.get())
    try object.attach()
    for _ in 0..<50 { _ = getppid() }
    object.detach()
    let last = try #require(try object.maps[1].value(of: [0, 0, 0, 0]))
    #expect(last.number(at: 0) == 0)
    #expect(last.number(at: 8) >= 50)
  }

  @Test func `the clock of every processor fires while this process computes`() throws {
    let code =
      Live.onlyHere + [Assembly.store(10, at: -8, word: 0), Assembly.copy(2, 10), Assembly.add(2, -8)]
      + Assembly.wide(1) + [
        Assembly.call(Assembly.mapLookup), Assembly.skip(3, if: 0, is: 0), Assembly.load(1, 0, at: 0),
        Assembly.add(1, 1), Assembly.store(0, at: 0, 1), Assembly.set(0, 0), Assembly.exit,
      ]
    let spec = ObjectSpec(
      maps: [MapSpec(name: "ticks", kind: .perCPUArray, keySize: 4, valueSize: 8, maxEntries: 1)],
      programs: [
        ProgramSpec(
          name: "clock", attachment: .cpuClock(period: 100_000), instructions: code,
          mapReferences: [.init(instruction: 9, map: 0)])
      ])
    var object = try LoadedObject(loading: spec, types: nil)
    try object.attach()
    // Compute until it has fired, or so long that it never will.
    var fired: UInt64 = 0
    for round in 0..<100_000 where fired < 3 {
      var sum = round
      for step in 0..<10_000 { sum = sum &* 31 &+ step }
      withExtendedLifetime(sum) {}
      fired = try #require(try object.maps[0].valuesPerCPU(of: [0, 0, 0, 0])).reduce(0) { $0 + $1.number() }
    }
    object.detach()
    #expect(fired >= 3)
  }

  @Test func `an iterator over files finds this process' descriptors`() throws {
    let types = try Live.types.get()
    let group = Int16(try types.member(of: "task_struct", path: "tgid").byteOffset)
    // struct bpf_iter__task_file: meta, task, fd, file
    let code = [
      Assembly.copy(6, 1), Assembly.load(7, 6, at: 8), Assembly.skip(2, unless: 7, is: 0), Assembly.set(0, 0),
      Assembly.exit,
      Assembly.loadWord(2, 7, at: group), Assembly.skip(2, if: 2, is: Live.process), Assembly.set(0, 0), Assembly.exit,
      Assembly.loadWord(3, 6, at: 16), Assembly.storeWord(10, at: -8, 2), Assembly.storeWord(10, at: -4, 3),
      Assembly.load(1, 6, at: 0), Assembly.load(1, 1, at: 0), Assembly.copy(2, 10), Assembly.add(2, -8),
      Assembly.set(3, 8), Assembly.call(Assembly.sequenceWrite), Assembly.set(0, 0), Assembly.exit,
    ]
    let program = try Program(
      ProgramSpec(name: "files", attachment: .iterator("task_file"), instructions: code), maps: [], types: types)
    let file = unsafe open("/dev/null", O_RDONLY | O_CLOEXEC)
    defer { close(file) }
    for process in [nil, Live.process] {
      let bytes = try program.iterate(process: process)
      let records = stride(from: 0, to: bytes.count - 7, by: 8).map { bytes.number(at: $0) }
      #expect(records.contains(UInt64(file) << 32 | UInt64(Live.process)))
      #expect(records.allSatisfy { UInt32(truncatingIfNeeded: $0) == UInt32(Live.process) })
    }
  }

  @Test func `runs are counted while somebody wants them to be`() throws {
    let program = try Program(
      ProgramSpec(name: "nothing", attachment: .called, instructions: [Assembly.set(0, 0), Assembly.exit]), maps: [],
      types: nil)
    let counting = try RunTimeCounting()
    for _ in 0..<5 { _ = try program.run() }
    let statistics = try program.statistics()
    withExtendedLifetime(counting) {}
    #expect(statistics.id != 0)
    #expect(statistics.runs == 5)
    #expect(statistics.recursionMisses == 0)
    #expect(statistics.verifiedInstructions == 2)
  }

  @Test func `a tracepoint that is not there is answered with the one that was meant`() throws {
    let spec = ProgramSpec(
      name: "typo", attachment: .tracepoint("sched_swich"), instructions: [Assembly.set(0, 0), Assembly.exit])
    let error = #expect(throws: KernelError.self) { _ = try Program(spec, maps: [], types: Live.types.get()) }
    #expect(error?.text == "no tracepoint sched_swich; did you mean sched_switch?")
  }

  @Test func `a reference to a map that is not there is refused before the kernel is asked`() {
    let spec = ProgramSpec(
      name: "bad", attachment: .called, instructions: [Assembly.set(0, 0), Assembly.exit],
      mapReferences: [.init(instruction: 0, map: 3)])
    let error = #expect(throws: KernelError.self) { _ = try Program(spec, maps: [], types: nil) }
    guard case .badSpec = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func `a wait ends with a record, with the waker, or with nothing`() throws {
    let code =
      Assembly.wide(1) + [
        Assembly.store(10, at: -8, word: 1), Assembly.store(10, at: -4, word: 2), Assembly.copy(2, 10),
        Assembly.add(2, -8), Assembly.set(3, 8), Assembly.set(4, 0), Assembly.call(Assembly.ringOutput), Assembly.exit,
      ]
    let object = try LoadedObject(
      loading: ObjectSpec(
        maps: [MapSpec(name: "ring", kind: .ringBuffer, keySize: 0, valueSize: 0, maxEntries: 4096)],
        programs: [
          ProgramSpec(
            name: "emit", attachment: .called, instructions: code, mapReferences: [.init(instruction: 0, map: 0)])
        ]), types: nil)
    var ring = try RingBuffer(object.maps[0])
    let waker = try Waker()
    #expect(try ring.wait(within: 0, or: waker) == .nothing)
    _ = try object.programs[0].run()
    #expect(try ring.wait(within: nil, or: waker) == .data)
    var records: [UInt64] = []
    ring.drain { records.append($0.littleEndian(UInt64.self, at: 0)) }
    #expect(records == [2 << 32 | 1])
    #expect(try ring.wait(within: 0) == .nothing)
    waker.wake()
    #expect(try ring.wait(within: nil, or: waker) == .woken)
    #expect(waker.reset())
    #expect(!waker.reset())
    #expect(try ring.wait(within: 0, or: waker) == .nothing)
  }

  @Test func `a full ring refuses records until it is drained`() throws {
    let code =
      Assembly.wide(1) + [
        Assembly.store(10, at: -8, word: 1), Assembly.store(10, at: -4, word: 2), Assembly.copy(2, 10),
        Assembly.add(2, -8), Assembly.set(3, 8), Assembly.set(4, 0), Assembly.call(Assembly.ringOutput), Assembly.exit,
      ]
    let object = try LoadedObject(
      loading: ObjectSpec(
        maps: [MapSpec(name: "ring", kind: .ringBuffer, keySize: 0, valueSize: 0, maxEntries: 4096)],
        programs: [
          ProgramSpec(
            name: "emit", attachment: .called, instructions: code, mapReferences: [.init(instruction: 0, map: 0)])
        ]), types: nil)
    var ring = try RingBuffer(object.maps[0])
    var taken = 0
    while try object.programs[0].run() == 0, taken < 1000 { taken += 1 }
    // 16 bytes a record; the kernel leaves the last one free.
    #expect((255...256).contains(taken))
    #expect(ring.drain(limit: 10) { _ in } == 10)
    #expect(try object.programs[0].run() == 0)
    #expect(ring.drain { _ in } == taken - 10 + 1)
  }
}
