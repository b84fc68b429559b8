package import IR

/// Runs a program's clauses here: over packets, flows, events and recordings, and as the oracle for the programs that
/// run in the kernel. It is a value that one loop owns; nothing is allocated per firing once the tables have grown.
package struct Machine: Sendable {
  private let program: Program
  private let frames: FrameLayout
  private let code: Code
  /// The clauses of each probe, in the order of the program: those of probe p are `bound[bindings[p]..<bindings[p +
  /// 1]]`.
  private let bound: [Int32]
  private let bindings: [Int32]
  /// The probes of `Hook.error`.
  private let errorProbes: [Int]
  private var registers: [UInt64]
  private var engine: Engine

  /// Why a program cannot be run.
  package struct Refused: Error, Sendable {
    package var violations: [Violation]
  }

  /// Verifies the program and lays it out for running. `seed` makes the tables' hashes and rand(); a test gives it to
  /// run the same twice.
  package init(_ program: Program, seed: UInt64 = .random(in: 0 ... .max)) throws(Refused) {
    let violations = program.violations()
    guard violations.isEmpty else { throw Refused(violations: violations) }
    self.program = program
    frames = FrameLayout(program.variables)
    let flattening = Flattening(program, frames: frames)
    code = flattening.code
    registers = [UInt64](repeating: 0, count: flattening.registers)
    engine = Engine(program, frames: frames, texts: flattening.texts, seed: seed)
    errorProbes = program.probes.indices.filter { program.probes[$0].hook == .error }
    var bound: [Int32] = []
    var bindings: [Int32] = [0]
    for probe in program.probes.indices {
      for (index, clause) in program.clauses.enumerated() where clause.probes.contains(probe) {
        bound.append(Int32(index))
      }
      bindings.append(Int32(bound.count))
    }
    self.bound = bound
    self.bindings = bindings
  }

  /// What the program remembers of this host. Without one `remember()` and `recall()` are 0.
  package var history: (any HistoryKeeper)? {
    get { engine.history }
    set { engine.history = newValue }
  }

  /// What was dropped since the start.
  package var drops: Drops { engine.drops }

  /// Runs every clause bound to the probe, in the order of the program, and gives `emit` each record, in the order they
  /// arise: the bytes of `RecordLayout`, valid only during the call. A fault gives a fault record and ends its clause
  /// only. Nothing happens for an index that is no probe's.
  package mutating func fire(_ probe: EnabledProbe.Index, _ firing: Firing, into emit: (RawSpan) -> Void) {
    guard bindings.indices.contains(probe), probe + 1 < bindings.count else { return }
    engine.beginFiring()
    for position in Int(bindings[probe])..<Int(bindings[probe &+ 1]) {
      let clause = Int(bound[position])
      switch engine.run(clause, code, &registers, probe: probe, firing) {
      case .committed: commit(clause, probe, firing, into: emit)
      case .discarded: break
      case .fault(let fault, let address, let operation):
        engine.record.emitFault(
          fault, address, step: code.steps[operation], clause: clause, probe: probe, firing, to: emit)
        fireError(fault, address, operation, clause, probe, firing, into: emit)
      }
    }
  }

  @inline(__always)
  private mutating func commit(_ clause: Int, _ probe: Int, _ firing: Firing, into emit: (RawSpan) -> Void) {
    let size = code.clauses[clause].recordSize
    guard size > 0 else { return }
    engine.record.head(0, clause: clause, probe: probe, firing)
    engine.record.lend(size, to: emit)
  }

  /// Fires ERROR's clauses for a fault, in a firing of their own; a fault among them fires nothing more.
  private mutating func fireError(
    _ fault: Fault, _ address: UInt64, _ operation: Int, _ clause: Int, _ probe: Int, _ firing: Firing,
    into emit: (RawSpan) -> Void
  ) {
    guard !errorProbes.isEmpty, program.probes[probe].hook != .error else { return }
    var nested = firing
    nested.context = [
      0, UInt64(code.probeIDs[probe]), UInt64(bitPattern: Int64(code.clauses[clause].number)),
      UInt64(code.steps[operation]), UInt64(fault.rawValue), address,
    ]
    engine.exchange()
    for errorProbe in errorProbes {
      engine.beginFiring()
      for position in Int(bindings[errorProbe])..<Int(bindings[errorProbe + 1]) {
        let clause = Int(bound[position])
        switch engine.run(clause, code, &registers, probe: errorProbe, nested) {
        case .committed: commit(clause, errorProbe, nested, into: emit)
        case .discarded: break
        case .fault(let fault, let address, let operation):
          engine.record.emitFault(
            fault, address, step: code.steps[operation], clause: clause, probe: errorProbe, nested, to: emit)
        }
      }
    }
    engine.exchange()
  }

  /// Frees what a thread had: its variables and its elements of `self->` arrays.
  package mutating func threadEnded(_ tid: UInt32) {
    engine.variables.threadEnded(tid)
    for (index, array) in program.arrays.enumerated() where array.perThread {
      engine.arrays[index].removeAll { $0 == UInt64(tid) }
    }
  }

  // MARK: Answers

  /// The entries of an aggregation, in the order their keys came first.
  package func aggregationEntries(_ id: Aggregation.ID) -> [AggregationEntry] { engine.aggregates[id].entries }

  /// Zeroes the values of an aggregation; its keys stay, as DTrace's clear() has it.
  package mutating func clear(_ id: Aggregation.ID) { engine.aggregates[id].clear() }

  /// Forgets entries of an aggregation by their keys.
  package mutating func remove(_ keys: [[UInt8]], from id: Aggregation.ID) { engine.aggregates[id].remove(Set(keys)) }

  /// Speculations that were committed or discarded and not freed since, by their tickets (`Step.conclude`).
  package var concludedSpeculations: [(ticket: UInt64, commits: Bool)] { engine.speculations.concluded }

  /// Frees the number of a speculation that was committed or discarded, when its records were dealt with.
  package mutating func free(speculation ticket: UInt64) { engine.speculations.free(ticket) }

  /// What a variable holds, extended by its sign; 0 for a thread that never set it and for a text. Clause-locals are
  /// those of the last firing.
  package func integer(_ id: Variable.ID, tid: UInt32 = 0) -> Int64 {
    guard case .integer = program.variables[id].storage else { return 0 }
    let offset = frames.offsets[id]
    let words = engine.variables.words(program.variables[id].scope, offset..<offset + 1, tid: tid)
    return Int64(bitPattern: words?.first ?? 0)
  }

  /// The bytes of a text variable; empty for a thread that never set it and for an integer.
  package func text(_ id: Variable.ID, tid: UInt32 = 0) -> [UInt8] {
    let variable = program.variables[id]
    guard case .text = variable.storage else { return [] }
    let offset = frames.offsets[id]
    let range = offset..<offset + FrameLayout.words(of: variable.storage)
    guard let words = engine.variables.words(variable.scope, range, tid: tid) else { return [] }
    let bytes = words.dropFirst().flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * UInt64($0))) }
    }
    return Array(bytes.prefix(max(0, Int(truncatingIfNeeded: words[words.startIndex]) - 1)))
  }

  /// What a global variable of bytes holds; empty for others.
  package func bytes(_ id: Variable.ID) -> [UInt8] {
    let variable = program.variables[id]
    guard case .bytes(let count) = variable.storage, variable.scope == .global else { return [] }
    let start = OwnMemory(program.variables).positions[id]
    return Array(engine.globals.bytes[start..<start + count])
  }

  /// How many elements an associative array has, all threads together.
  package func elementCount(_ id: AssociativeArray.ID) -> Int { engine.arrays[id].count }
}
