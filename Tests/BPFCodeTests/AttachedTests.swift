import BPFCode
import BTF
import Bytes
import EngineBench
import Foundation
import Glibc
import IR
import Kernel
import Support
import Testing

@Suite(.live, .enabled(if: Bench.allowed, "needs root and the kernel's types"), .serialized)
struct AttachedTests {
  /// Every number a system call may have on x86-64, and what they are counted by: `/pid == PID/ { @[probefunc] = count() }`.
  static func counting(pid: Int32, function: Aggregation.Function = .count) -> IR.Program {
    let numbers = Array(0...334) + Array(424...466)
    var program = IR.Program()
    program.symbols = ["syscall", "vmlinux", "entry"] + numbers.map { "call\($0)" }
    program.probes = numbers.enumerated().map { index, number in
      EnabledProbe(
        id: UInt32(index + 1), parts: [0, 1, 3 + index, 2], hook: .tracepoint("sys_enter", selector: .word(1)),
        selector: .init(value: Int64(number)))
    }
    program.aggregations = [Aggregation(name: "", function: function, key: [.symbol])]
    let (own, wanted, same, name) = (Register(0), Register(1), Register(2), Register(3))
    program.clauses = [
      Clause(
        number: 0, probes: Array(numbers.indices), registers: 4,
        blocks: [
          Block(
            steps: [.builtin(own, .pid), .constant(wanted, Int64(pid)), .compare(.equal, same, own, wanted)],
            end: .branch(same, then: 1, otherwise: 2)),
          Block(
            steps: [
              .probeSymbol(name, .function),
              .aggregate(0, key: [.integer(name)], value: function == .count ? nil : wanted, increment: nil),
            ], end: .commit),
          Block(end: .discard),
        ])
    ]
    return program
  }

  @Test(arguments: [Aggregation.Function.count, .sum])
  func `live: system calls of this process are counted by name`(function: Aggregation.Function) throws {
    let program = Self.counting(pid: getpid(), function: function)
    let emitted = try emit(program, options: EmitterOptions(offsets: Offsets.kernel))
    var object = try LoadedObject(loading: emitted.spec, types: try Bench.types.get())
    try object.attach()
    for _ in 0..<1000 { _ = getppid() }
    object.detach()
    let symbol = try #require(program.symbols.firstIndex(of: "call110"))
    let value: [UInt8]?
    switch try #require(emitted.roles.aggregations[0]) {
    case .symbols(let map): value = try object.maps[map].value(of: Array([UInt8](words: [symbol]).prefix(4)))
    case .hash(let map), .single(let map), .shared(let map):
      value = try object.maps[map].value(of: [UInt8](words: [symbol]))
    }
    let found = try #require(value)
    let total = stride(from: 0, to: found.count, by: 8).reduce(0) { $0 + found.word(at: $1) }
    #expect(total >= 1000 * (function == .count ? 1 : Int(getpid())))
  }

  @Test func `live: at a system call's return the number is read from the registers, and errno is the failure`() throws
  {
    var sketch = Sketch(hook: .tracepoint("sys_exit", selector: .field(word: 0, offset: 120, .double)))
    // close, with a descriptor that is none; and every other call, which is not asked for.
    sketch.program.probes[0].selector = .init(value: 3)
    let own = sketch.integer { .builtin($0, .pid) }
    let pid = sketch.constant(Int64(getpid()))
    let same = sketch.integer { .compare(.equal, $0, own, pid) }
    let predicate = sketch.clause.blocks[0].steps
    sketch.clause.blocks[0].steps = []
    let errno = sketch.integer { .builtin($0, .errno) }
    let (registers, result) = (sketch.word(0), sketch.word(1))
    // The first argument, `di` in struct pt_regs; the context's word is a pointer of the kernel's.
    let first = sketch.integer { .load($0, address: registers, offset: 112, .double, signed: true, .kernel) }
    let high = sketch.constant(40)
    let kernel = sketch.integer { .binary(.shiftRightUnsigned, $0, registers, high) }
    sketch.record([.integer(errno), .integer(result), .integer(first), .integer(kernel)])
    sketch.clause.blocks = [
      Block(steps: predicate, end: .branch(same, then: 1, otherwise: 2)), sketch.clause.blocks[0], Block(end: .discard),
    ]
    let emitted = try emit(sketch.finished, options: EmitterOptions(offsets: Offsets.kernel))
    var object = try LoadedObject(loading: emitted.spec, types: try Bench.types.get())
    try object.attach()
    for _ in 0..<3 { _ = close(987_654) }
    object.detach()
    var ring = try RingBuffer(object.maps[emitted.roles.records])
    var outcomes: [Outcome] = []
    ring.drain { outcomes.append(Outcome($0.copy(0..<$0.byteCount), sketch.clause)) }
    // Other threads of this process may close files too.
    let expected = Outcome.values([9, -9, 987_654, 0xffff_ff])
    let failures = outcomes.filter { if case .values(let values) = $0 { values[2] == 987_654 } else { true } }
    #expect(failures.count == 3)
    for outcome in failures {
      guard case .values(let values) = outcome, case .values(let wanted) = expected else {
        Issue.record("\(outcome)")
        continue
      }
      #expect(Array(values.prefix(3)) == Array(wanted.prefix(3)))
      guard case .integer(let high) = values[3] else { continue }
      #expect(high >= 0xff_0000)
    }
  }

  @Test func `live: a profile probe fires on the CPUs and knows which side it interrupted`() throws {
    var sketch = Sketch(hook: .profile(period: 1_000_000))
    sketch.program.aggregations = [
      Aggregation(name: "kernel", function: .sum, key: [.value(.integer(.word, signed: true))]),
      Aggregation(name: "stack", function: .maximum, key: []),
    ]
    let (kernel, user) = (sketch.integer { .builtin($0, .kernelPC) }, sketch.integer { .builtin($0, .userPC) })
    let zero = sketch.constant(0)
    let one = sketch.constant(1)
    let inKernel = sketch.integer { .compare(.notEqual, $0, kernel, zero) }
    let inUser = sketch.integer { .compare(.notEqual, $0, user, zero) }
    let sides = sketch.integer { .binary(.add, $0, inKernel, inUser) }
    let depth = sketch.integer { .builtin($0, .stackDepth) }
    sketch.add(.aggregate(0, key: [.integer(sides)], value: one, increment: nil))
    sketch.add(.aggregate(1, key: [], value: depth, increment: nil))
    let emitted = try emit(sketch.finished, options: EmitterOptions(offsets: Offsets.kernel))
    #expect(emitted.spec.programs[0].attachment == .cpuClock(period: 1_000_000))
    var object = try LoadedObject(loading: emitted.spec, types: try Bench.types.get())
    try object.attach()
    let end = Date().addingTimeInterval(0.2)
    var work = 0
    while Date() < end { work &+= 1 }
    object.detach()
    guard case .hash(let map) = try #require(emitted.roles.aggregations[0]) else { return }
    // Exactly one side each time.
    #expect(try object.maps[map].value(of: [UInt8](words: [1])) != nil)
    #expect(try object.maps[map].value(of: [UInt8](words: [0])) == nil)
    #expect(try object.maps[map].value(of: [UInt8](words: [2])) == nil)
  }
}
