// The loop that runs a clause's operations, and everything it changes. A struct that one owner holds: no class, no
// reference and no allocation in the loop; registers and code are read through spans (style.md 5.4).

import Bytes
import IR

/// How a clause ended.
enum Outcome {
  case committed
  case discarded
  /// `operation` is the position of the one that faulted.
  case fault(Fault, address: UInt64, operation: Int)
}

struct Engine: Sendable {
  var texts: TextStore
  var scratch: ScratchMemory
  /// The global and the clause-local variables of bytes.
  var globals: ScratchMemory
  var locals: ScratchMemory
  private var sparedLocals: ScratchMemory
  /// The interrupted firing's scratch memory while ERROR's clauses run; empty when the program has none.
  private var sparedScratch: ScratchMemory
  var record: RecordBuffer
  var variables: Variables
  var arrays: [WordTable]
  /// Of each array, the bytes of its values.
  let arrayCapacities: [Int]
  var aggregates: [Aggregates]
  var speculations: SpeculationTable
  var drops = Drops()
  /// What the program remembers of this host, where it has a history.
  var history: (any HistoryKeeper)?
  /// What a load read or a function gave, before it is put where it belongs.
  var result: [UInt8] = []
  /// The key that was built last.
  var key: KeyBuffer
  private var random: RandomNumbers

  init(_ program: Program, frames: FrameLayout, texts: TextStore, seed: UInt64) {
    let limits = program.limits
    self.texts = texts
    let own = OwnMemory(program.variables)
    scratch = ScratchMemory(size: limits.scratchSize)
    globals = ScratchMemory(variables: own.globalSize, tag: Scratch.globalTag)
    locals = ScratchMemory(variables: own.clauseSize, tag: Scratch.localTag)
    let hasErrorClauses = program.probes.contains { $0.hook == .error }
    sparedScratch = ScratchMemory(size: hasErrorClauses ? limits.scratchSize : 0)
    sparedLocals = ScratchMemory(variables: hasErrorClauses ? own.clauseSize : 0, tag: Scratch.localTag)
    record = RecordBuffer(size: program.clauses.map(\.record.size).max() ?? 0)
    random = RandomNumbers(seed: seed)
    speculations = SpeculationTable(limits)
    variables = Variables(frames, limit: limits.arrayEntries, seed: random.next())
    arrays = program.arrays.enumerated().map { id, array in
      let key = KeyLayout(array.key, perThread: array.perThread)
      return WordTable(
        keyWords: key.size / 8, valueWords: FrameLayout.words(of: array.value), limit: program.entryLimit(of: id))
    }
    arrayCapacities = program.arrays.map(\.value.size)
    aggregates = program.aggregations.map { Aggregates($0, limit: $0.limit ?? limits.aggregationEntries) }
    let widest = max(arrays.map(\.keyWords).max() ?? 0, aggregates.map(\.table.keyWords).max() ?? 0)
    key = KeyBuffer(capacity: widest, seed: random.next())
    result.reserveCapacity(256)
  }

  mutating func beginFiring() {
    variables.beginFiring()
    scratch.reset()
    locals.reset()
  }

  /// Sets the interrupted firing's own state aside before ERROR's clauses run, and brings it back after them.
  mutating func exchange() {
    variables.exchange()
    swap(&scratch, &sparedScratch)
    swap(&locals, &sparedLocals)
  }

  /// Runs one clause from its start to its end. Jumps go forward only: every operation runs at most once.
  mutating func run(
    _ clause: Int, _ code: Code, _ registers: inout [UInt64], probe: Int, _ firing: Firing
  ) -> Outcome {
    let operations = code.operations.span
    var r = registers.mutableSpan
    var at = code.clauses[clause].start
    let recordSize = code.clauses[clause].recordSize
    scratch.release()
    if recordSize > 0 { record.begin(recordSize) }
    while true {
      let operation = operations[at]
      at &+= 1
      switch operation {
      case .constant(let value, let to): r[Int(to)] = UInt64(bitPattern: value)
      case .copy(let to, let from): r[Int(to)] = r[Int(from)]
      case .add(let to, let left, let right): r[Int(to)] = r[Int(left)] &+ r[Int(right)]
      case .subtract(let to, let left, let right): r[Int(to)] = r[Int(left)] &- r[Int(right)]
      case .multiply(let to, let left, let right): r[Int(to)] = r[Int(left)] &* r[Int(right)]
      case .and(let to, let left, let right): r[Int(to)] = r[Int(left)] & r[Int(right)]
      case .or(let to, let left, let right): r[Int(to)] = r[Int(left)] | r[Int(right)]
      case .xor(let to, let left, let right): r[Int(to)] = r[Int(left)] ^ r[Int(right)]
      case .shiftLeft(let to, let left, let right): r[Int(to)] = r[Int(left)] &<< r[Int(right)]
      case .shiftRightUnsigned(let to, let left, let right): r[Int(to)] = r[Int(left)] &>> r[Int(right)]
      case .shiftRightSigned(let to, let left, let right):
        r[Int(to)] = UInt64(bitPattern: Int64(bitPattern: r[Int(left)]) &>> Int64(bitPattern: r[Int(right)]))
      case .divide(let to, let left, let right, let sign):
        guard let value = sign.divided(r[Int(left)], r[Int(right)]) else {
          return .fault(.divideByZero, address: 0, operation: at &- 1)
        }
        r[Int(to)] = value
      case .negate(let to, let from): r[Int(to)] = 0 &- r[Int(from)]
      case .complement(let to, let from): r[Int(to)] = ~r[Int(from)]
      case .equal(let to, let left, let right): r[Int(to)] = r[Int(left)] == r[Int(right)] ? 1 : 0
      case .notEqual(let to, let left, let right): r[Int(to)] = r[Int(left)] != r[Int(right)] ? 1 : 0
      case .lessSigned(let to, let left, let right):
        r[Int(to)] = Int64(bitPattern: r[Int(left)]) < Int64(bitPattern: r[Int(right)]) ? 1 : 0
      case .lessEqualSigned(let to, let left, let right):
        r[Int(to)] = Int64(bitPattern: r[Int(left)]) <= Int64(bitPattern: r[Int(right)]) ? 1 : 0
      case .greaterSigned(let to, let left, let right):
        r[Int(to)] = Int64(bitPattern: r[Int(left)]) > Int64(bitPattern: r[Int(right)]) ? 1 : 0
      case .greaterEqualSigned(let to, let left, let right):
        r[Int(to)] = Int64(bitPattern: r[Int(left)]) >= Int64(bitPattern: r[Int(right)]) ? 1 : 0
      case .lessUnsigned(let to, let left, let right): r[Int(to)] = r[Int(left)] < r[Int(right)] ? 1 : 0
      case .lessEqualUnsigned(let to, let left, let right): r[Int(to)] = r[Int(left)] <= r[Int(right)] ? 1 : 0
      case .greaterUnsigned(let to, let left, let right): r[Int(to)] = r[Int(left)] > r[Int(right)] ? 1 : 0
      case .greaterEqualUnsigned(let to, let left, let right): r[Int(to)] = r[Int(left)] >= r[Int(right)] ? 1 : 0
      case .extend(let to, let from, let narrowed): r[Int(to)] = narrowed(r[Int(from)])

      case .builtin(let to, let what): r[Int(to)] = builtin(what, clause, code, probe, firing)
      case .textBuiltin(let to, let what): setText(Int(to), what, firing)
      case .probeSymbol(let to, let part): r[Int(to)] = UInt64(code.probeParts[probe &* 4 &+ Int(part)])
      case .context(let to, let word):
        r[Int(to)] = Int(word) < firing.context.count ? firing.context[Int(word)] : 0
      case .fed(let to, let slot):
        r[Int(to)] = Int(slot) < firing.integers.count ? firing.integers[Int(slot)] : 0
      case .textFed(let to, let slot):
        if Int(slot) < firing.texts.count {
          texts.set(Int(to), firing.texts[Int(slot)])
        } else {
          texts.clear(Int(to))
        }

      case .load(let offset, let to, let address, let width, let signed, let space):
        let from = r[Int(address)] &+ UInt64(bitPattern: Int64(offset))
        guard let value = load(from, width, space.owner, firing) ?? (space.faults ? nil : 0) else {
          return .fault(.badAddress, address: r[Int(address)], operation: at &- 1)
        }
        r[Int(to)] = signed ? Extension(width, signed: true)(value) : value
      case .store(let offset, let address, let from, let width):
        let to = r[Int(address)] &+ UInt64(bitPattern: Int64(offset))
        guard store(r[Int(from)], to, width) else {
          return .fault(.badAddress, address: r[Int(address)], operation: at &- 1)
        }
      case .storeText(let offset, let from, let capacity, let address):
        let to = r[Int(address)] &+ UInt64(bitPattern: Int64(offset))
        guard storeText(Int(from), to, capacity: Int(capacity)) else {
          return .fault(.badAddress, address: r[Int(address)], operation: at &- 1)
        }
      case .faultUnless(let test, let fault, let value):
        guard r[Int(test)] != 0 else { return .fault(fault, address: r[Int(value)], operation: at &- 1) }
      case .allocate(let to, let size):
        guard let address = scratch.allocate(r[Int(size)]) else {
          return .fault(.noScratch, address: 0, operation: at &- 1)
        }
        r[Int(to)] = address
      case .copyBytes(let to, let from, let size, let space):
        if let bad = copyBytes(to: r[Int(to)], from: r[Int(from)], size: r[Int(size)], space, firing) {
          return .fault(bad.fault, address: bad.value, operation: at &- 1)
        }

      case .copyText(let to, let from): texts.copy(Int(from), to: Int(to))
      case .nullText(let to): texts.setNull(Int(to))
      case .requireText(let text):
        if texts.places[Int(text)].isNull { return .fault(.badAddress, address: 0, operation: at &- 1) }
      case .loadText(let to, let address, let limit, let limited, let space):
        let most = limited ? r[Int(limit)] : .max
        if !loadText(Int(to), r[Int(address)], limit: most, space.owner, firing) {
          guard !space.faults else {
            return .fault(.badAddress, address: r[Int(address)], operation: at &- 1)
          }
          texts.clear(Int(to))
        }
      case .loadFilled(let to, let address, let size, let filler, let space):
        let byte = UInt8(truncatingIfNeeded: r[Int(filler)])
        guard loadFilled(Int(to), r[Int(address)], size: r[Int(size)], filler: byte, space, firing) else {
          return .fault(.badAddress, address: r[Int(address)], operation: at &- 1)
        }
      case .compareText(let left, let right, let to, let sign):
        let order = texts.compare(Int(left), Int(right))
        r[Int(to)] = sign.holds(order) ? 1 : 0
      case .symbolText(let to, let from):
        if r[Int(from)] < UInt64(code.symbols.count) {
          texts.set(Int(to), code.symbols[Int(r[Int(from)])])
        } else {
          texts.clear(Int(to))
        }
      case .addressOfText(let to, let from):
        guard let address = address(of: Int(from)) else {
          return .fault(.noScratch, address: 0, operation: at &- 1)
        }
        r[Int(to)] = address
      case .callInteger(let first, let to, let count, let function):
        let given = arguments(code, first, count, r.span)
        guard let value = TextFunctions.integer(function, given, of: texts, &random) else {
          return .fault(.illegalOperation, address: 0, operation: at &- 1)
        }
        r[Int(to)] = value
      case .callText(let first, let to, let count, let function):
        let given = arguments(code, first, count, r.span)
        switch TextFunctions.text(function, given, of: texts, into: &result) {
        case .given: texts.set(Int(to), result)
        case .null: texts.setNull(Int(to))
        case .illegal: return .fault(.illegalOperation, address: 0, operation: at &- 1)
        }

      case .remember(let key, let to, let value):
        r[Int(to)] = remember(Int(key), r[Int(value)], firing)
      case .recall(let key, let to, let what, let period):
        r[Int(to)] = recall(r[Int(what)], Int(key), r[Int(period)], firing)
      case .executable(let to): texts.set(Int(to), firing.executable.isEmpty ? firing.execname : firing.executable)

      case .loadInteger(let offset, let to, let scope):
        r[Int(to)] = variables.load(scope, Int(offset), tid: firing.tid)
      case .storeInteger(let offset, let from, let scope, let narrowed):
        if !variables.store(narrowed(r[Int(from)]), scope, Int(offset), tid: firing.tid) {
          drops.dynamicVariables &+= 1
        }
      case .loadVariableText(let offset, let to, let scope):
        variables.load(scope, Int(offset), into: &texts, Int(to), tid: firing.tid)
      case .storeVariableText(let offset, let from, let capacity, let scope):
        if !variables.store(Int(from), of: texts, scope, Int(offset), capacity: Int(capacity), tid: firing.tid) {
          drops.dynamicVariables &+= 1
        }

      case .lookUp(let id, let key, let to):
        build(key, code, r.span, tid: firing.tid)
        r[Int(to)] = lookUp(Int(id))
      case .lookUpText(let id, let key, let to):
        build(key, code, r.span, tid: firing.tid)
        lookUpText(Int(id), Int(to))
      case .assign(let id, let key, let from, let narrowed):
        build(key, code, r.span, tid: firing.tid)
        assign(narrowed(r[Int(from)]), Int(id))
      case .assignText(let id, let key, let from):
        build(key, code, r.span, tid: firing.tid)
        assignText(Int(from), Int(id))
      case .remove(let id, let key):
        build(key, code, r.span, tid: firing.tid)
        remove(Int(id))
      case .lookUpBytes(let id, let key, let block):
        build(key, code, r.span, tid: firing.tid)
        lookUpBytes(Int(id), Int(block))
      case .assignBytes(let id, let key, let block):
        build(key, code, r.span, tid: firing.tid)
        assignBytes(Int(block), Int(id))
      case .loadBytes(let offset, let count, let block):
        variables.load(Int(offset), count: Int(count), into: &locals, at: Int(block), tid: firing.tid)
      case .storeBytes(let offset, let count, let block):
        if !variables.store(Int(offset), locals.words(at: Int(block), count: Int(count)), tid: firing.tid) {
          drops.dynamicVariables &+= 1
        }
      case .count(let id, let key):
        build(key, code, r.span, tid: firing.tid)
        aggregate(Int(id), 0, weight: 1)
      case .aggregate(let id, let key, let datum):
        build(key, code, r.span, tid: firing.tid)
        aggregate(Int(id), r[Int(datum)], weight: 1)
      case .aggregateWeighted(let id, let key, let datum, let weight):
        build(key, code, r.span, tid: firing.tid)
        aggregate(Int(id), r[Int(datum)], weight: r[Int(weight)])

      case .loadStack(let block, let frames, let user): loadStack(Int(block), Int(frames), user: user, firing)
      case .signal, .chill: break
      case .speculation(let to): r[Int(to)] = speculation()
      case .speculate(let to, let number, let size): r[Int(to)] = speculate(r[Int(number)], UInt64(size))
      case .conclude(let to, let number, let commits):
        guard let ticket = speculations.conclude(r[Int(number)], commits: commits) else {
          return .fault(.illegalOperation, address: 0, operation: at &- 1)
        }
        r[Int(to)] = ticket

      case .happened(let item): record.mark(Int(item))
      case .recordInteger(let offset, let from, let width): record.store(r[Int(from)], at: Int(offset), width)
      case .recordText(let offset, let from, let capacity):
        record.store(texts, Int(from), at: Int(offset), capacity: Int(capacity))
      case .recordBytes(let offset, let address, let size, let capacity, let space):
        let from = r[Int(address)]
        let size = r[Int(size)]
        guard recordBytes(Int(offset), from, size: size, capacity: Int(capacity), space, firing) else {
          return .fault(.badAddress, address: from, operation: at &- 1)
        }
      case .recordKernelStack(let offset, let frames):
        record.store(stack: firing.kernelStack, at: Int(offset), frames: Int(frames))
      case .recordUserStack(let offset, let frames):
        record.store(UInt64(firing.pid), at: Int(offset), .double)
        record.store(stack: firing.userStack, at: Int(offset) &+ 8, frames: Int(frames))

      case .jump(let position): at = Int(position)
      case .branch(let condition, let then, let otherwise):
        at = r[Int(condition)] != 0 ? Int(then) : Int(otherwise)
      case .branchEqual(let left, let right, let then, let otherwise):
        at = r[Int(left)] == r[Int(right)] ? Int(then) : Int(otherwise)
      case .branchLessSigned(let left, let right, let then, let otherwise):
        let isLess = Int64(bitPattern: r[Int(left)]) < Int64(bitPattern: r[Int(right)])
        at = isLess ? Int(then) : Int(otherwise)
      case .branchLessUnsigned(let left, let right, let then, let otherwise):
        at = r[Int(left)] < r[Int(right)] ? Int(then) : Int(otherwise)
      case .branchEqualConstant(let left, let right, let then, let otherwise):
        at = r[Int(left)] == UInt64(bitPattern: Int64(right)) ? Int(then) : Int(otherwise)
      case .branchLessSignedConstant(let left, let right, let then, let otherwise):
        at = Int64(bitPattern: r[Int(left)]) < Int64(right) ? Int(then) : Int(otherwise)
      case .branchLessUnsignedConstant(let left, let right, let then, let otherwise):
        at = r[Int(left)] < UInt64(right) ? Int(then) : Int(otherwise)
      case .commit: return .committed
      case .discard: return .discarded
      }
    }
  }

  @inline(__always)
  private func arguments(_ code: Code, _ first: Int32, _ count: UInt8, _ r: Span<UInt64>) -> CallArguments {
    var given = CallArguments()
    for position in Int(first)..<Int(first) &+ Int(count) {
      switch code.arguments[position] {
      case .integer(let register): given.append(r[Int(register)])
      case .text(let place): given.append(text: place)
      }
    }
    return given
  }

  // MARK: Tables

  @inline(__always)
  private mutating func build(_ key: Int32, _ code: Code, _ r: Span<UInt64>, tid: UInt32) {
    Self.build(code.keys[Int(key)], code.keyParts.span, r, tid, texts, &self.key)
  }

  @inline(__always)
  private static func build(
    _ code: KeyCode, _ parts: Span<KeyPart>, _ r: Span<UInt64>, _ tid: UInt32, _ texts: TextStore,
    _ key: inout KeyBuffer
  ) {
    key.build { key in
      if code.perThread { key.append(UInt64(tid)) }
      var part = Int(code.first)
      while part < Int(code.end) {
        switch parts[part] {
        case .integer(let register, let narrowed): key.append(narrowed(r[Int(register)]))
        case .text(let place, let capacity): texts.append(Int(place), to: &key, capacity: Int(capacity))
        }
        part &+= 1
      }
    }
  }

  @inline(__always)
  private mutating func aggregate(_ id: Int, _ datum: UInt64, weight: UInt64) {
    if !aggregates[id].add(datum, weight: weight, to: key) { drops.aggregations &+= 1 }
  }
}
