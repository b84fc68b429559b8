import Answers
import BPFCode
import DSemantics
import EngineBench
package import IR
import Kernel
import Session
import Support

/// The running kernel with a row's program, whose hooks are run by BPF_PROG_TEST_RUN.
///
/// What a system call's tracepoint would bring lies in the kernel's memory as the tracepoint has it: saved registers by their
/// address, then the number or the result. User memory is this process's, at the row's addresses; each `tid` has a thread of
/// its own. Who is running and when cannot be chosen: before the emitter sees the program, those builtins are made words of the
/// context (`ToldBuiltins`).
package struct KernelRow: RowEngine {
  let bench: Bench
  private let program: IR.Program
  private let told: ToldBuiltins
  private let stage: KernelStage
  private var aggregations: KernelAggregations
  /// Whether it keeps something of each thread.
  private let knowsThreads: Bool

  /// - Throws: `ToldBuiltins.Unfit` where the row asks more of the moment than a context can tell.
  package init(_ row: CompiledRow, on stage: KernelStage? = nil) throws {
    self.stage = try stage ?? KernelStage()
    told = try ToldBuiltins(row.compiled.program)
    program = told.program
    bench = try Bench(program, offsets: Offsets.kernel)
    knowsThreads =
      bench.emitted.roles.threads != nil || program.arrays.contains { $0.perThread }
      || bench.emitted.roles.postponed != nil
    aggregations = KernelAggregations(program: program, roles: bench.emitted.roles, maps: bench.maps)
  }

  package mutating func fire(_ probe: EnabledProbe.Index, _ moment: Moment, into emit: (RawSpan) -> Void) throws {
    let hook = program.probes[probe].hook
    guard let index = bench.emitted.hooks.firstIndex(of: hook) else { return }
    try stage.name.fill(Array(moment.execname.utf8.prefix(15)))
    if !moment.input.memory.isEmpty { stage.memory.clear() }
    for (address, text) in moment.input.memory { try stage.memory.put(Array(text.utf8) + [0], at: address) }
    var words = told.words(of: moment, execname: stage.name.address)
    if case .tracepoint(let tracepoint, _) = hook {
      let number = UInt64(bitPattern: program.probes[probe].selector?.value ?? 0)
      let isEntry = tracepoint == "sys_enter"
      try stage.registers.fill(
        SavedRegisters.bytes(number: number, arguments: isEntry ? moment.input.argument : { _ in 0 }))
      words[0] = stage.registers.address
      words[1] = isEntry ? number : moment.input.argument(0)
    }
    var hooks = [index]
    // The call returns at once where nothing but a firing that was put off asks for it.
    if let resumption = program.probes[probe].resumption, !program.probes.contains(where: { $0.hook == resumption }),
      let index = bench.emitted.hooks.firstIndex(of: resumption)
    {
      hooks.append(index)
    }
    for index in hooks {
      // Handing over to another thread costs more than the firing.
      let records =
        knowsThreads
        ? try stage.workers.run(in: moment["tid"]) { try bench.fire(index, words) } : try bench.fire(index, words)
      for record in records { emit(RawSpan(_elements: record.span)) }
    }
  }

  /// What it counted as dropped.
  func drops() throws -> CountedDrops {
    let (dynamic, aggregation) = (try bench.drops(.dynamic), try bench.drops(.aggregation))
    var all = 0
    for drop in EmittedObject.Drop.allCases { all += try bench.drops(drop) }
    return CountedDrops(
      dynamic: UInt64(dynamic), aggregation: UInt64(aggregation), other: UInt64(all - dynamic - aggregation))
  }

  package mutating func entries(of aggregation: Aggregation.ID) -> [AggregationEntry] {
    aggregations.entries(of: aggregation)
  }
  package mutating func clear(_ aggregation: Aggregation.ID) { aggregations.clear(aggregation) }
  package var concludedSpeculations: [(ticket: UInt64, commits: Bool)] { aggregations.concludedSpeculations }
  package mutating func free(speculation ticket: UInt64) { aggregations.free(speculation: ticket) }
  package mutating func remove(_ keys: [[UInt8]], from aggregation: Aggregation.ID) {
    aggregations.remove(keys, from: aggregation)
  }
}

/// What kernel programs that are run by hand are given: memory of the kernel's and the process's at known addresses, and threads.
/// Programs one after the other may share it: what the kernel keeps of a thread belongs to the program's own maps.
package final class KernelStage {
  let registers: KernelBlock
  let name: KernelBlock
  let memory = FixedMemory()
  let workers = Workers()

  package init() throws {
    registers = try KernelBlock(size: SavedRegisters.size)
    name = try KernelBlock(size: 16)
  }
}

/// `struct pt_regs` of x86-64 (arch/x86/include/uapi/asm/ptrace.h), as far as a system call fills it.
enum SavedRegisters {
  static let size = 168
  /// Offsets of the six arguments: di, si, dx, r10, r8, r9.
  private static let arguments = [112, 104, 96, 56, 72, 64]
  private static let number = 120

  static func bytes(number: UInt64, arguments: (Int) -> UInt64) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: size)
    func put(_ value: UInt64, at offset: Int) {
      for index in 0..<8 { bytes[offset + index] = UInt8(truncatingIfNeeded: value >> (8 * UInt64(index))) }
    }
    for (index, offset) in Self.arguments.enumerated() { put(arguments(index), at: offset) }
    put(number, at: Self.number)
    return bytes
  }
}
