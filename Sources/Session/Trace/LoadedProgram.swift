import Answers
import BPFCode
import BTF
import Bytes
import Events
import IR
import Kernel
import Source
import Symbols

/// A compiled program in the kernel: emitted, loaded, and when asked attached.
struct LoadedProgram: ~Copyable {
  let program: IR.Program
  private let emitted: EmittedObject
  private var object: LoadedObject
  private var ring: RingBuffer

  init(
    _ program: IR.Program, types: TypeGraph, clock: ClockPairing, source: SourceText? = nil,
    log: VerifierLog = VerifierLog()
  ) throws(TraceProblem) {
    let emitted = try Self.emitted(program, types)
    let object = try Self.loaded(emitted, types, source, log)
    let ring = try Self.ring(object.maps[emitted.roles.records])
    if let clockMap = emitted.roles.clock {
      var value = ByteWriter()
      value.littleEndian(UInt64(bitPattern: clock.fromMonotonic))
      try? object.maps[clockMap].update([0, 0, 0, 0], value.bytes)
    }
    aggregations = KernelAggregations(program: program, roles: emitted.roles, maps: object.maps)
    self.program = program
    self.emitted = emitted
    self.object = object
    self.ring = ring
  }

  static func emitted(_ program: IR.Program, _ types: TypeGraph) throws(TraceProblem) -> EmittedObject {
    var options = EmitterOptions(offsets: KernelOffsets(types))
    if program.looksAtKernelStacks { options.callers = callers(of: program) }
    do {
      return try emit(program, options: options)
    } catch {
      throw .fault("this program cannot be emitted: \(error)")
    }
  }

  /// See `EmitterOptions.callers`. Where tracepoints share a class, the function of the class is not known by their names.
  private static func callers(of program: IR.Program) -> [String: [Range<UInt64>]] {
    let symbols = KernelSymbols.running()
    var found: [String: [Range<UInt64>]] = [:]
    for case .tracepoint(let name, _) in program.probes.map(\.hook) where found[name] == nil {
      found[name] = ["__bpf_trace_", "__traceiter_"].compactMap { symbols.range(of: $0 + name) }
    }
    return found
  }

  private static func loaded(
    _ emitted: EmittedObject, _ types: TypeGraph, _ source: SourceText?, _ log: VerifierLog
  ) throws(TraceProblem) -> LoadedObject {
    do {
      return try LoadedObject(loading: emitted.spec, types: types, log: log)
    } catch {
      if case .verifier(let refusal) = error { throw .fault(RefusalReport(refusal, of: emitted, source: source).text) }
      throw .kernel(error)
    }
  }

  private static func ring(_ map: Map) throws(TraceProblem) -> RingBuffer {
    do {
      return try RingBuffer(map)
    } catch {
      throw .kernel(error)
    }
  }

  mutating func attach() throws(TraceProblem) {
    do {
      try object.attach()
    } catch {
      throw .kernel(error)
    }
  }

  mutating func detach() { object.detach() }

  /// Places of processes' code that cannot have a probe.
  var refusedPlaces: [CodePlace] { object.refusedPlaces }

  /// For `poll`: readable while records wait.
  var descriptor: CInt { ring.descriptor }

  /// Runs the program of a hook that the host fires.
  func fire(_ hook: Hook, _ words: [UInt64] = []) throws(TraceProblem) {
    for (index, candidate) in emitted.hooks.enumerated() where candidate == hook {
      do {
        _ = try object.programs[index].run(words)
      } catch {
        throw .kernel(error)
      }
    }
  }

  /// Reads every object of the kernel's iterators once, or of the one that is named.
  func iterate(only name: String? = nil) throws(TraceProblem) {
    for (index, hook) in emitted.hooks.enumerated() {
      guard case .iterator(let kind) = hook, name == nil || name == kind else { continue }
      do {
        _ = try object.programs[index].iterate()
      } catch {
        throw .kernel(error)
      }
    }
  }

  /// Gives each waiting record, oldest first, as many at most; answers how many there were.
  @discardableResult
  mutating func drain(atMost most: Int = .max, _ body: (RawSpan) -> Void) -> Int { ring.drain(limit: most, body) }

  /// What was left out so far, summed over the CPUs, in the order of `EmittedObject.Drop`.
  var drops: [UInt64] {
    var sums = [UInt64](repeating: 0, count: EmittedObject.Drop.allCases.count)
    for cpu in dropsPerCPU { for index in sums.indices { sums[index] &+= cpu[index] } }
    return sums
  }

  /// The same for each possible CPU.
  var dropsPerCPU: [[UInt64]] {
    let values = (try? object.maps[emitted.roles.drops].valuesPerCPU(of: [0, 0, 0, 0])) ?? nil
    return (values ?? []).map { bytes in
      let span = RawSpan(_elements: bytes.span)
      return EmittedObject.Drop.allCases.map { span.littleEndian(UInt64.self, at: $0.offset) }
    }
  }

  /// The dynamic variables that were left out as elements of each array, summed over the CPUs.
  var droppedElements: [AssociativeArray.ID: UInt64] {
    let values = (try? object.maps[emitted.roles.drops].valuesPerCPU(of: [0, 0, 0, 0])) ?? nil
    var sums: [AssociativeArray.ID: UInt64] = [:]
    for bytes in values ?? [] {
      let span = RawSpan(_elements: bytes.span)
      for array in program.arrays.indices {
        sums[array, default: 0] &+= span.littleEndian(UInt64.self, at: EmittedObject.Drop.offset(of: array))
      }
    }
    return sums
  }

  /// How many threads have a firing that is to be taken up again when their system call returns.
  var postponed: UInt64 {
    guard let map = emitted.roles.postponed, let value = (try? object.maps[map].value(of: [0, 0, 0, 0])) ?? nil else {
      return 0
    }
    return RawSpan(_elements: value.span).littleEndian(UInt64.self, at: 0)
  }

  /// Firings that the kernel skipped because a program of the same kind was running on the CPU.
  var recursionMisses: UInt64 {
    object.programs.reduce(0) { $0 &+ ((try? $1.statistics().recursionMisses) ?? 0) }
  }

  /// Those of these tracepoints' programs.
  func recursionMisses(of tracepoints: Set<String>) -> UInt64 {
    object.programs.reduce(0) { sum, program in
      guard case .tracepoint(let name) = program.attachment, tracepoints.contains(name) else { return sum }
      return sum &+ ((try? program.statistics().recursionMisses) ?? 0)
    }
  }

  /// Sets an element of an array of integers, by the array's name and its keys; nothing where no clause has such an array, or there is no room.
  func set(_ array: String, _ key: [UInt64], to value: UInt64) {
    guard let id = program.arrays.firstIndex(where: { $0.name == array && !$0.perThread }),
      let map = emitted.roles.arrays[id]
    else { return }
    func bytes(_ words: [UInt64]) -> [UInt8] {
      var writer = ByteWriter()
      for word in words { writer.littleEndian(word) }
      return writer.bytes
    }
    try? object.maps[map].update(bytes(key), bytes([value]))
  }

  /// The aggregations, for the printer.
  var aggregations: KernelAggregations
}

extension TraceProblem {
  /// The kernel's refusal in the words and with the exit code that fit it.
  static func kernel(_ error: KernelError) -> TraceProblem {
    switch error {
    case .verifier(let refusal): .fault(refusal.text)
    case .notPermitted, .noBTF: .refused(error.text)
    default: .refused(error.text)
    }
  }
}
