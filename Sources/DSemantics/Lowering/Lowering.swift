import DSyntax
import IR
import Probes
import Source

/// Which engine the steps are for: a probe's arguments are had from the hook's context there, and are fed here.
package enum Engine: Sendable, Hashable { case kernel, host }

/// Turns checked clauses into steps. Nothing here can fail for the user's reasons, but for what an engine lacks, which is reported.
struct Lowering {
  var program = Program()
  var types: TypeTable
  let names: Names
  let catalog: Catalog
  let options: Options
  let engine: Engine
  var found: Diagnostics

  /// Catalog indices to indices in `program.probes`.
  private var enabled: [Int: Int] = [:]
  private var symbols: [String: Int] = [:]

  /// The variable that is not zero once exit() was called, where a clause calls it.
  var exited: Variable.ID?
  /// What strtok() has left of its text in this firing, where a clause calls it; the variable behind it says whether there is any.
  var leftTokens: Variable.ID?

  // The clause being lowered.
  /// Where the clause speculates: the step that still has to learn how large the record is.
  var speculateStep: (block: Int, step: Int)?
  /// Whether this clause has called exit(), where it may.
  var exits: Register?
  /// What strtok() has left of its text in this clause, where the clause calls it.
  var tokens: (text: TextRegister, isKnown: Register)?
  var blocks: [Block] = []
  var block = 0
  var registers = 0
  var texts: [Int] = []
  var items: [RecordLayout.Item] = []
  var origins: [Range<Int>] = []
  var origin: Int32 = 0
  /// The arguments of the clause's probes, and where they fire.
  var arguments: [Argument] = []
  /// The tracepoint that the clause's context words are the arguments of, if they are.
  var tracepoint: String?
  /// Clause-local variables that hold an aggregate for as long as a statement takes, and how many of them it has taken.
  var blockVariables: [Variable.ID] = []
  var blocksTaken = 0
  /// Whether a string's address is wanted only for a moment: then it is put in a block, and takes no scratch.
  var textsInBlocks = false
  /// The one that is never written.
  var zeroBlock: Variable.ID?
  /// What recipes came to so far.
  var known = KnownValues()
  /// Whether the arguments were captured before, by number: packets, and in the host every event of the kernel's.
  var isFed = false

  init(
    types: TypeTable, names: Names, catalog: Catalog, options: Options, engine: Engine, found: Diagnostics
  ) {
    self.types = types
    self.names = names
    self.catalog = catalog
    self.options = options
    self.engine = engine
    self.found = found
    program.limits.stringSize = textCapacity
    program.limits.bufferSize = options.ringSize
    if options.dynamicVariableSize > 1 << 20 {
      program.limits.arrayEntries = min(1 << 20, options.dynamicVariableSize / 64)
    } else if options.dynamicVariableSize < 1 << 20 {
      program.limits.arrayMemory = options.dynamicVariableSize
    }
    program.limits.scratchSize = options.scratchSize
    program.limits.frames = options.maximumFrames
    program.limits.speculations = options.speculations
    program.limits.speculationSize = options.speculationSize
  }

  /// Lowers every clause, once for each group of its probes that fire in the same place with the same arguments.
  mutating func lower(_ clauses: [BoundClause]) {
    declareVariables()
    declareAggregations(clauses)
    declareExit(clauses)
    for clause in clauses {
      for group in groups(of: clause.probes) { lower(clause, group) }
    }
  }

  private func groups(of probes: [Int]) -> [[Int]] {
    struct Place: Hashable {
      var hook: Hook
      var recipes: [Recipe]
      var condition: Recipe?
    }
    var order: [Place] = []
    var members: [Place: [Int]] = [:]
    for index in probes {
      let probe = catalog.probes[index].probe
      let place = Place(hook: hook(of: probe.site), recipes: probe.arguments.map(\.recipe), condition: probe.condition)
      if members[place] == nil { order.append(place) }
      members[place, default: []].append(index)
    }
    return order.map { members[$0] ?? [] }
  }

  private mutating func lower(_ clause: BoundClause, _ probes: [Int]) {
    blocks = [Block()]
    block = 0
    registers = 0
    texts = []
    tokens = nil
    items = []
    origins = []
    speculateStep = nil
    known = KnownValues()
    let probe = catalog.probes[probes[0]].probe
    arguments = probe.arguments
    switch hook(of: probe.site) {
    case .tracepoint(let name, _): (tracepoint, isFed) = (name, false)
    case .packet, .event: (tracepoint, isFed) = (nil, true)
    default: (tracepoint, isFed) = (nil, false)
    }
    mark(clause.range)
    if engine == .kernel, let condition = probe.condition { require(register(condition)) }
    beginExit(clause, at: hook(of: probe.site))
    if let predicate = clause.predicate {
      mark(predicate.range)
      require(integer(predicate))
    }
    if let body = clause.body, !body.isEmpty {
      lower(body)
    } else {
      items.append(.init(.header))
      emit(.happened(item: 0))
    }
    endExit()
    end(.commit)
    sizeSpeculation()
    program.clauses.append(
      IR.Clause(
        number: clause.number, ordinal: clause.ordinal, probes: probes.map { enable($0) }, texts: texts,
        registers: registers, blocks: blocks, record: RecordLayout(items), origins: origins))
  }

  /// Goes on only where the register is not zero.
  mutating func require(_ test: Register) {
    let (yes, no) = (newBlock(), newBlock())
    end(.branch(test, then: yes, otherwise: no))
    enter(no)
    end(.discard)
    enter(yes)
  }

  // MARK: Probes and symbols

  func hook(of site: Site) -> Hook {
    switch site {
    case .begin: .begin
    case .end: .end
    case .error: .error
    case .tracepoint(let name): engine == .host ? .event : .tracepoint(name, selector: nil)
    case .syscall(_, entry: true): engine == .host ? .event : .tracepoint("sys_enter", selector: .word(1))
    case .syscall(_, entry: false):
      engine == .host ? .event : .tracepoint("sys_exit", selector: .field(word: 0, offset: systemCallOffset, .double))
    case .profile(let period): .profile(period: period)
    case .tick(let period): .tick(period: period)
    case .counter(let counter): .counter(counter)
    case .iterator(let name): engine == .host ? .event : .iterator(name)
    case .userCode(_, let isReturn): engine == .host ? .event : .userCode(isReturn: isReturn)
    case .functions: .event
    case .traceEvent(let group, let name): engine == .host ? .event : .traceEvent(group: group, name: name)
    case .packet: .packet
    case .event: .event
    }
  }

  /// Where `struct pt_regs` keeps the system call's number.
  private var systemCallOffset: Int {
    guard let member = types.kernel.member("orig_ax", of: "struct pt_regs") else { return 120 }
    return member.bitOffset / 8
  }

  private mutating func enable(_ index: Int) -> Int {
    if let known = enabled[index] { return known }
    let entry = catalog.probes[index]
    let parts = [entry.provider, entry.probe.module, entry.probe.function, entry.probe.name].map { symbol($0) }
    var selector: EnabledProbe.Selector?
    var resumption: Hook?
    if case .syscall(let number, let isEntry) = entry.probe.site {
      selector = .init(value: Int64(number))
      if engine == .kernel, isEntry, returnsAsItCame(systemCall: number) {
        resumption = hook(of: .syscall(number: number, entry: false))
      }
    }
    var place: UserPlace?
    if case .userCode(let code, _) = entry.probe.site {
      place = code
      // The place is attached with the probe's number.
      selector = .init(value: Int64(program.probes.count))
    }
    program.probes.append(
      EnabledProbe(
        id: entry.id, parts: parts, hook: hook(of: entry.probe.site), selector: selector, resumption: resumption,
        place: place))
    enabled[index] = program.probes.count - 1
    return program.probes.count - 1
  }

  mutating func symbol(_ text: String) -> Int {
    if let known = symbols[text] { return known }
    program.symbols.append(text)
    symbols[text] = program.symbols.count - 1
    return program.symbols.count - 1
  }

  // MARK: Variables

  private mutating func declareVariables() {
    for scalar in names.scalars {
      program.variables.append(
        Variable(name: scalar.name, scope: scalar.scope, storage: storage(scalar.type ?? .int64)))
    }
    for array in names.arrays {
      program.arrays.append(
        AssociativeArray(
          name: array.name, perThread: array.perThread, key: (array.key ?? []).flatMap { keyStorage($0) },
          value: storage(array.value ?? .int64)))
    }
  }

  /// How a value of that type is kept.
  func storage(_ type: DType) -> Storage {
    if type.isString { return .text(textCapacity) }
    if type.isAggregate { return .bytes(max(1, types.size(of: type) ?? 1)) }
    if case .floating(bytes: 4, _) = type { return .integer(.word, signed: false) }
    let integer = type.integer
    return .integer(Width(rawValue: UInt8(integer.bytes)) ?? .double, signed: integer.signed)
  }

  /// How a part of a key is kept: a structure as the words that it is made of.
  private func keyStorage(_ type: DType) -> [Storage] {
    guard type.isAggregate else { return [storage(type)] }
    return [Storage](repeating: .integer(.double, signed: false), count: ((types.size(of: type) ?? 1) + 7) / 8)
  }

  private mutating func declareAggregations(_ clauses: [BoundClause]) {
    var capacities: [Int: [Int]] = [:]
    for clause in clauses { measure(clause.body ?? [], into: &capacities) }
    for (index, aggregation) in names.aggregations.enumerated() {
      let parts = (aggregation.key ?? []).enumerated().map { place, type -> IR.Aggregation.KeyPart in
        if aggregation.symbolic[place] { return .symbol }
        if let addresses = aggregation.addresses[place] { return addresses }
        if type.isString { return .value(.text(capacities[index]?[place] ?? textCapacity)) }
        return .value(storage(type))
      }
      program.aggregations.append(
        IR.Aggregation(
          name: aggregation.name, function: aggregation.function ?? .count, key: parts, signed: aggregation.isSigned))
      program.aggregations[index].limit = aggregationLimit(program.aggregations[index])
    }
  }

  /// How many keys fit `aggsize`, where a text counts as a whole string, as in DTrace; no more than 16,384, and as many times that as it is
  /// larger than its default.
  private func aggregationLimit(_ aggregation: IR.Aggregation) -> Int {
    let key = aggregation.key.flatMap(\.storages).reduce(0) { size, part in
      if case .text = part { size + options.stringSize } else { size + 8 }
    }
    let fit = options.aggregationSize / (key + aggregation.function.words * 8 + 8)
    return min(fit, program.limits.aggregationEntries * max(1, options.aggregationSize / Options().aggregationSize))
  }

  /// The longest text of each part of each aggregation's key.
  private func measure(_ body: [TypedStatement], into capacities: inout [Int: [Int]]) {
    for statement in body {
      switch statement {
      case .aggregate(let index, let key, _, _, _):
        let sizes = key.map { $0.type.isString ? capacity($0) : 0 }
        let known = capacities[index] ?? sizes
        capacities[index] = zip(known, sizes).map(max)
      case .branch(_, let then, let otherwise):
        measure(then, into: &capacities)
        measure(otherwise, into: &capacities)
      case .expression, .action: break
      }
    }
  }

  /// Bytes of a string with its NUL, which `strsize` does not count.
  var textCapacity: Int { options.stringSize + 1 }

  /// Bytes of a string that is read from memory: `strsize` of them with the NUL.
  var readCapacity: Int { max(2, options.stringSize) }

  /// The bytes that the text can have, its NUL included.
  func capacity(_ typed: Typed) -> Int {
    switch typed.kind {
    case .string(let bytes): min(textCapacity, max(1, bytes.count) + 1)
    case .integer: 2
    case .call(.copyinstr, _): readCapacity
    case .textBuiltin(.execname): 16
    case .textBuiltin(.psargs): 80
    case .probePart: min(64, textCapacity)
    case .conditional(_, let a, let b): max(capacity(a), capacity(b))
    case .stringOf(let inner):
      if case .array(let element, let count) = inner.type, element.integer.bytes == 1, count > 0 {
        min(textCapacity, count + 1)
      } else {
        textCapacity
      }
    default: textCapacity
    }
  }

  // MARK: Building blocks

  mutating func newRegister() -> Register {
    registers += 1
    return Register(registers - 1)
  }

  mutating func newText(_ capacity: Int) -> TextRegister {
    texts.append(capacity)
    return TextRegister(texts.count - 1)
  }

  mutating func newBlock() -> Int {
    blocks.append(Block())
    return blocks.count - 1
  }

  mutating func emit(_ step: Step) {
    blocks[block].steps.append(step)
    blocks[block].origins.append(origin)
    if step.outdatesReads { known.forget(after: 0) }
  }

  mutating func end(_ terminator: Terminator) { blocks[block].end = terminator }

  mutating func enter(_ next: Int) { block = next }

  /// What is emitted from here on comes from that text.
  mutating func mark(_ range: SourceRange) {
    origins.append(range.start..<max(range.start, range.end))
    origin = Int32(origins.count - 1)
  }

  mutating func constant(_ value: Int64) -> Register {
    let register = newRegister()
    emit(.constant(register, value))
    return register
  }
}
