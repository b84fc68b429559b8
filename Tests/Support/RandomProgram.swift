package import IR

/// Programs that nobody would write: sound, and as odd as their seed makes them. The same seed gives the same program,
/// so that a failure can be run again, and both engines can be asked for the same answer.
package struct RandomProgram {
  /// SplitMix64: the same numbers everywhere.
  package struct Generator: RandomNumberGenerator {
    private var state: UInt64
    package init(seed: UInt64) { state = seed }
    package mutating func next() -> UInt64 {
      state &+= 0x9e37_79b9_7f4a_7c15
      var mixed = state
      mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
      mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
      return mixed ^ mixed >> 31
    }
  }

  private var random: Generator
  private var builder = ProgramBuilder()
  /// Values that every path to the current step has written.
  private var integers: [Operand] = []
  private var texts: [Operand] = []

  /// Where its inputs come from.
  package enum Inputs: Sendable {
    /// Whatever the host VM takes: captured values, every builtin.
    case host
    /// What both engines can be told: the words of the context, of which the first is the address of `blockSize` bytes in the
    /// kernel's memory and the last tells which of the probes fires; and what no moment changes. ERROR has a clause.
    case context
  }
  private let inputs: Inputs
  /// How many probes clauses may be bound to.
  private var hooked = 1
  /// Bytes of the block that word 0 of the context points to; its last byte is zero.
  package static let blockSize = 64
  /// Words of the context.
  package static let words = 8

  private init(seed: UInt64, inputs: Inputs) {
    random = Generator(seed: seed)
    self.inputs = inputs
  }

  /// A program of one probe and `clauses` clauses of about `steps` steps each.
  package static func make(seed: UInt64, clauses: Int = 2, steps: Int = 40, inputs: Inputs = .host) -> Program {
    var maker = RandomProgram(seed: seed, inputs: inputs)
    maker.declare()
    for _ in 0..<clauses { maker.clause(steps: steps) }
    return maker.builder.program
  }

  private static let storages: [Storage] =
    Width.allCases.flatMap { [.integer($0, signed: true), .integer($0, signed: false)] } + [
      .text(1), .text(8), .text(21),
    ]

  private mutating func declare() {
    builder.program.limits.arrayEntries = 8
    builder.program.limits.aggregationEntries = 8
    builder.program.limits.scratchSize = 256
    switch inputs {
    case .host: _ = builder.probe("random:module:function:name", .packet)
    case .context:
      // Told apart by the last word, as system calls are by their number: close together or far apart.
      let hook = Hook.tracepoint("random", selector: .word(Self.words - 1))
      for selector in pick([[1, 2, 3], [1, 5, 90], [-4, 0, 7]]) as [Int64] {
        _ = builder.probe("random:module:function\(selector):name", hook, selector: selector)
      }
    }
    hooked = builder.program.probes.count
    if inputs == .context { errorClause() }
    for scope in [Variable.Scope.global, .thread, .clause] {
      for storage in Self.storages { _ = builder.variable("v", scope, storage) }
    }
    for storage in Self.storages {
      let key = (0..<Int.random(in: 1...3, using: &random)).map { _ in pick(Self.storages) }
      _ = builder.array("a", key, storage, perThread: Bool.random(using: &random))
    }
    let functions: [Aggregation.Function] = [
      .count, .sum, .average, .minimum, .maximum, .standardDeviation, .quantize, .linear(low: -10, high: 100, step: 7),
      .logLinear(factor: 10, low: 0, high: 3, steps: 10),
    ]
    for function in functions {
      let key = (0..<Int.random(in: 0...2, using: &random)).map { _ in
        Bool.random(using: &random) ? Aggregation.KeyPart.symbol : .value(pick(Self.storages))
      }
      _ = builder.aggregation("g", function, key)
    }
  }

  /// ERROR's clause records its arguments, so that they are compared too.
  private mutating func errorClause() {
    let probe = builder.probe("dtrace:::ERROR", .error)
    let faults = builder.variable("faults")
    builder.clause(on: probe) { clause in
      let one = clause.constant(1)
      clause.store(faults, clause.binary(.add, clause.load(faults), one))
      for word in 0..<6 { clause.record(.trace, (clause.context(word), .integer(.double, signed: true))) }
    }
  }

  private mutating func pick<T>(_ choices: [T]) -> T { choices[Int.random(in: 0..<choices.count, using: &random)] }

  /// Numbers at the edges more often than others.
  private mutating func number() -> Int64 {
    let edges: [Int64] = [0, 1, -1, 2, 7, 10, 63, 64, 127, 128, 255, 256, 32767, 65536, .max, .min]
    return Bool.random(using: &random) ? pick(edges) : Int64(truncatingIfNeeded: random.next())
  }

  private mutating func clause(steps: Int) {
    var clause = ClauseBuilder()
    integers = (0..<3).map { _ in clause.constant(number()) }
    texts = [clause.constant("one/two"), clause.constant("", capacity: 9)]
    for _ in 0..<steps / 2 { step(&clause) }
    for _ in 0..<Int.random(in: 1...3, using: &random) { fork(&clause, steps: steps / 4) }
    for _ in 0..<steps / 4 { step(&clause) }
    clause.end(Int.random(in: 0..<8, using: &random) == 0 ? .discard : .commit)
    let probe = Int.random(in: 0..<hooked, using: &random)
    let others = (0..<hooked).filter { $0 != probe && Bool.random(using: &random) }
    let index = builder.program.clauses.count
    let finished = clause.finish(number: index, probes: [probe])
    builder.program.clauses.append(finished)
    builder.program.clauses[index].probes = ([probe] + others).sorted()
  }

  /// Two ways that part and meet again. What one of them writes stays its own, but for a number and a text that both write.
  private mutating func fork(_ clause: inout ClauseBuilder, steps: Int) {
    let (chosen, text) = (clause.integer(), clause.text(capacity: pick([3, 8, 40])))
    let blocks = (0..<3).map { _ in clause.block() }
    let shared = (integers, texts)
    let leads = Int.random(in: 0..<6, using: &random) == 0
    clause.end(
      .branch(pick(integers).register, then: blocks[0], otherwise: leads ? blocks[0] : blocks[1]), next: blocks[0])
    for block in [blocks[0], blocks[1]] {
      (integers, texts) = shared
      for _ in 0..<Int.random(in: 0...steps, using: &random) { step(&clause) }
      clause.step(.copy(chosen, pick(integers).register))
      clause.step(.copyText(text, pick(texts).textRegister))
      clause.end(.jump(blocks[2]), next: block == blocks[0] ? blocks[1] : blocks[2])
    }
    (integers, texts) = shared
    integers.append(.integer(chosen))
    texts.append(.text(text))
  }

  private mutating func operand(for kind: Function.Signature.Kind) -> Operand {
    kind == .integer ? pick(integers) : pick(texts)
  }

  private mutating func key(_ storages: [Storage]) -> [Operand] { storages.map { operand(for: $0.kind) } }

  /// A fresh register of the kind.
  private mutating func fresh(_ kind: Function.Signature.Kind, _ clause: inout ClauseBuilder) -> Operand {
    kind == .integer ? .integer(clause.integer()) : .text(clause.text(capacity: pick([1, 2, 8, 9, 40])))
  }

  private mutating func keep(_ operand: Operand) {
    if operand.kind == .integer { integers.append(operand) } else { texts.append(operand) }
  }

  private mutating func step(_ clause: inout ClauseBuilder) {
    let program = builder.program
    switch Int.random(in: 0..<22, using: &random) {
    case 0: keep(clause.constant(number()))
    case 1: keep(clause.constant(pick(["", "a", "/usr/bin/", "0x1f", "exactly8", "a longer text than others"])))
    case 2, 3: keep(clause.binary(pick(BinaryOperator.allCases), pick(integers), pick(integers)))
    case 4: keep(clause.compare(pick(Comparison.allCases), pick(integers), pick(integers)))
    case 5: keep(clause.compare(pick(Comparison.allCases), pick(texts), pick(texts)))
    case 6: keep(clause.extend(pick(integers), pick(Width.allCases), signed: Bool.random(using: &random)))
    case 7:
      let from = pick(integers).register
      keep(Bool.random(using: &random) ? clause.value { .negate($0, from) } : clause.value { .complement($0, from) })
    case 8...10: input(&clause)
    case 11:
      let part = pick(ProbePart.allCases)
      let symbol = clause.value { .probeSymbol($0, part) }
      keep(symbol)
      keep(clause.textValue { .symbolText($0, symbol.register) })
    case 12:
      // rand() is left out: no two engines agree on it.
      let function = pick(Function.allCases.filter { $0 != .rand && $0 != .path && !$0.isOfRules })
      let signature = function.signature
      let count = signature.parameters.count - Int.random(in: 0...signature.optional, using: &random)
      let arguments = signature.parameters.prefix(count).map { operand(for: $0) }
      let to = fresh(pick(signature.results), &clause)
      clause.step(.call(to, function, arguments))
      keep(to)
    case 13:
      let id = Int.random(in: 0..<program.variables.count, using: &random)
      clause.store(id, operand(for: program.variables[id].storage.kind))
    case 14:
      let id = Int.random(in: 0..<program.variables.count, using: &random)
      let to = fresh(program.variables[id].storage.kind, &clause)
      clause.step(.loadVariable(to, id))
      keep(to)
    case 15:
      let id = Int.random(in: 0..<program.arrays.count, using: &random)
      clause.assign(id, key(program.arrays[id].key), operand(for: program.arrays[id].value.kind))
    case 16:
      let id = Int.random(in: 0..<program.arrays.count, using: &random)
      let to = fresh(program.arrays[id].value.kind, &clause)
      clause.step(.lookUp(to, id, key: key(program.arrays[id].key)))
      keep(to)
    case 17:
      let id = Int.random(in: 0..<program.arrays.count, using: &random)
      clause.step(.remove(id, key: key(program.arrays[id].key)))
    case 18:
      let id = Int.random(in: 0..<program.aggregations.count, using: &random)
      let aggregation = program.aggregations[id]
      let key = aggregation.key.map { part in
        if case .value(let storage) = part { operand(for: storage.kind) } else { self.symbol(&clause) }
      }
      let weighed = aggregation.function.takesIncrement && Bool.random(using: &random)
      clause.aggregate(
        id, key, aggregation.function == .count ? nil : pick(integers), by: weighed ? pick(integers) : nil)
    case 19: memory(&clause)
    case 20: clause.record(.trace, (pick(integers), pick(Self.storages.filter { $0.kind == .integer })))
    default: clause.record(.trace, (pick(texts), pick(Self.storages.filter { $0.kind == .text })))
    }
  }

  /// The kernel keeps what is keyed by symbol in an array of them; no D text makes another number of one.
  private mutating func symbol(_ clause: inout ClauseBuilder) -> Operand {
    if inputs == .host { return pick(integers) }
    return clause.constant(Int64.random(in: 0..<Int64(builder.program.symbols.count), using: &random))
  }

  private mutating func input(_ clause: inout ClauseBuilder) {
    switch (inputs, Int.random(in: 0..<3, using: &random)) {
    case (.host, 0): keep(clause.builtin(pick(Builtin.allCases)))
    case (.host, 1): keep(clause.builtin(pick(TextBuiltin.allCases), capacity: pick([1, 16, 80])))
    case (.host, _):
      keep(Bool.random(using: &random) ? clause.fed(pick([0, 1, 9])) : clause.textFed(pick([0, 1, 9])))
    case (.context, 0): keep(clause.builtin(pick([.probeID, .enabledProbeID])))
    case (.context, 1): keep(clause.context(Int.random(in: 1..<Self.words, using: &random)))
    case (.context, _):
      let address = inBlock(&clause)
      let limit = Bool.random(using: &random) ? pick(integers).register : nil
      keep(
        clause.textValue(capacity: pick([1, 4, 33])) { .loadText($0, address: address, limit: limit, .kernel) })
    }
  }

  /// An address in the kernel's block, of which at least eight bytes follow.
  private mutating func inBlock(_ clause: inout ClauseBuilder) -> Register {
    let offset = clause.constant(Int64.random(in: 0..<Int64(Self.blockSize - 8), using: &random))
    return clause.binary(.add, clause.context(0), offset).register
  }

  /// An address that no memory of the program's has: below the kernel's half, where loads of the kernel's memory fault.
  private mutating func nowhere(_ clause: inout ClauseBuilder) -> Register {
    clause.binary(.and, pick(integers), clause.constant(0x7fff_ffff_f000)).register
  }

  /// Scratch memory: what is allocated is written and read back, and sometimes an address that is none.
  private mutating func memory(_ clause: inout ClauseBuilder) {
    let width = pick(Width.allCases)
    let signed = Bool.random(using: &random)
    if Int.random(in: 0..<8, using: &random) == 0 {
      let address = inputs == .host ? pick(integers).register : nowhere(&clause)
      let space: Space = Bool.random(using: &random) ? .kernel : .kernelOrZero
      keep(clause.value { .load($0, address: address, offset: 0, width, signed: signed, space) })
      return
    }
    if inputs == .context, Int.random(in: 0..<3, using: &random) == 0 { return block(&clause) }
    let size = clause.constant(pick([8, 16])).register
    let address = clause.value { .allocate($0, size: size) }.register
    let offset = Int.random(in: 0...Int(8 - width.rawValue), using: &random)
    clause.step(.store(address: address, offset: offset, pick(integers).register, width))
    keep(clause.value { .load($0, address: address, offset: offset, width, signed: signed, .kernel) })
    keep(clause.textValue(capacity: pick([4, 64])) { .loadText($0, address: address, limit: size, .kernel) })
    let filler = pick(integers).register
    keep(
      clause.textValue(capacity: pick([1, 4, 64])) {
        .loadFilled($0, address: address, size: size, filler: filler, .kernel)
      })
    let pointer = clause.value { [text = pick(texts).textRegister] in .addressOfText($0, text) }
    keep(clause.textValue { .loadText($0, address: pointer.register, limit: nil, .kernel) })
    // Perhaps beyond what was allocated.
    let beyond = Int.random(in: 0..<24, using: &random)
    if Int.random(in: 0..<4, using: &random) == 0 {
      keep(clause.value { .load($0, address: address, offset: beyond, width, signed: signed, .kernel) })
    }
  }

  /// The kernel's block: read, copied to scratch memory, recorded as it is.
  private mutating func block(_ clause: inout ClauseBuilder) {
    let width = pick(Width.allCases)
    let from = inBlock(&clause)
    keep(clause.value { .load($0, address: from, offset: 0, width, signed: true, .kernel) })
    let size = clause.constant(pick([0, 1, 7, 8])).register
    let room = clause.constant(8).register
    let to = clause.value { .allocate($0, size: room) }.register
    clause.step(.copyBytes(to: to, from: from, size: size, .kernel))
    keep(clause.value { .load($0, address: to, offset: 0, .double, signed: false, .kernel) })
    let item = clause.item(.tracemem, .bytes(pick([1, 8, 12])))
    clause.step(.happened(item: item))
    clause.step(.recordBytes(item: item, field: 0, address: pick([from, to]), size: size, .kernel))
  }
}
