import Answers
import BPFCode
import DSemantics
import EngineBench
import IR
import Kernel
import Session
import Support

/// The running kernel with a row's program, whose hooks are run by BPF_PROG_TEST_RUN.
///
/// What a system call's tracepoint would bring lies in the kernel's memory as the tracepoint has it: saved registers by their
/// address, then the number or the result. User memory is this process's, at the row's addresses; each `tid` has a thread of
/// its own. Who is running and when cannot be chosen: before the emitter sees the program, those builtins are made words of the
/// context (`ToldBuiltins`).
struct KernelRow: RowEngine {
  private let bench: Bench
  private let program: IR.Program
  private let told: ToldBuiltins
  private let registers: KernelBlock
  private let name: KernelBlock
  private let memory = FixedMemory()
  private let workers = Workers()
  private var aggregations: KernelAggregations

  /// - Throws: `ToldBuiltins.Unfit` where the row asks more of the moment than a context can tell.
  init(_ row: CompiledRow) throws {
    told = try ToldBuiltins(row.compiled.program)
    program = told.program
    bench = try Bench(program, offsets: Offsets.kernel)
    registers = try KernelBlock(size: SavedRegisters.size)
    name = try KernelBlock(size: 16)
    aggregations = KernelAggregations(program: program, roles: bench.emitted.roles, maps: bench.maps)
  }

  mutating func fire(_ probe: EnabledProbe.Index, _ moment: Moment, into emit: (RawSpan) -> Void) throws {
    let hook = program.probes[probe].hook
    guard let index = bench.emitted.hooks.firstIndex(of: hook) else { return }
    try name.fill(Array(moment.execname.utf8.prefix(15)))
    for (address, text) in moment.input.memory { try memory.put(Array(text.utf8) + [0], at: address) }
    var words = told.words(of: moment, execname: name.address)
    if case .tracepoint(let tracepoint, _) = hook {
      let number = UInt64(bitPattern: program.probes[probe].selector?.value ?? 0)
      let isEntry = tracepoint == "sys_enter"
      try registers.fill(SavedRegisters.bytes(number: number, arguments: isEntry ? moment.input.argument : { _ in 0 }))
      words[0] = registers.address
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
      for record in try workers.run(in: moment["tid"], { try bench.fire(index, words) }) {
        emit(RawSpan(_elements: record.span))
      }
    }
  }

  mutating func entries(of aggregation: Aggregation.ID) -> [AggregationEntry] { aggregations.entries(of: aggregation) }
  mutating func clear(_ aggregation: Aggregation.ID) { aggregations.clear(aggregation) }
  var concludedSpeculations: [(ticket: UInt64, commits: Bool)] { aggregations.concludedSpeculations }
  mutating func free(speculation ticket: UInt64) { aggregations.free(speculation: ticket) }
  mutating func remove(_ keys: [[UInt8]], from aggregation: Aggregation.ID) {
    aggregations.remove(keys, from: aggregation)
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
