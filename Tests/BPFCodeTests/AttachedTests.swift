import BPFCode
import BTF
import Foundation
import Glibc
import IR
import Kernel
import Testing

@Suite(.enabled(if: Bench.allowed), .serialized)
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
    case .hash(let map), .single(let map): value = try object.maps[map].value(of: [UInt8](words: [symbol]))
    }
    let found = try #require(value)
    let total = stride(from: 0, to: found.count, by: 8).reduce(0) { $0 + found.word(at: $1) }
    #expect(total >= 1000 * (function == .count ? 1 : Int(getpid())))
  }
}
