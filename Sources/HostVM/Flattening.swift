// A verified program to operations in one line, every index resolved. Runs once, when the machine is made.

import IR

struct Flattening {
  let program: Program
  let frames: FrameLayout
  private let own: OwnMemory
  private(set) var code = Code()
  private(set) var texts = TextStore()
  /// Where the texts' constants begin: above the registers of every clause.
  private var constantsEnd = 0
  private var constants: [[UInt8]: T] = [:]
  /// The places of the current clause's text registers.
  private var places: [T] = []
  private var clause: Clause
  /// Registers that the hungriest clause has.
  private(set) var registers = 0

  init(_ program: Program, frames: FrameLayout) {
    self.program = program
    self.frames = frames
    own = OwnMemory(program.variables)
    clause = Clause(number: 0, probes: [], blocks: [])
    code.symbols = program.symbols.map { Array($0.utf8) }
    code.probeParts = program.probes.flatMap { $0.parts.map(UInt32.init) }
    code.probeIDs = program.probes.map(\.id)
    code.frames = program.limits.frames
    constantsEnd = program.clauses.map { $0.texts.reduce(0) { $0 + TextStore.room($1) } }.max() ?? 0
    // Place 0 is the empty text: what a call without texts looks at.
    _ = constant([])
    for clause in program.clauses { append(clause) }
  }

  private mutating func append(_ clause: Clause) {
    self.clause = clause
    registers = max(registers, clause.registers)
    var offset = 0
    places = []
    for capacity in clause.texts {
      places.append(T(texts.add(capacity: capacity, at: offset)))
      offset += TextStore.room(capacity)
    }
    let start = code.operations.count
    code.clauses.append(ClauseCode(number: clause.number, start: start, recordSize: clause.record.size))
    var starts: [Int32] = []
    var step: Int32 = 0
    let fusing = Fusing(clause)
    for block in clause.blocks {
      starts.append(Int32(code.operations.count))
      let fused = fusing.branch(of: block)
      for (position, one) in block.steps.enumerated() {
        if fused?.replaced.contains(position) != true { append(operation(one), step: step) }
        step += 1
      }
      append(fused?.operation ?? end(block.end), step: step)
    }
    // Block numbers to positions, now that every position is known.
    for position in start..<code.operations.count {
      code.operations[position] = code.operations[position].withTargets { starts[Int($0)] }
    }
  }

  private mutating func append(_ operation: Operation, step: Int32) {
    code.operations.append(operation)
    code.steps.append(step)
  }

  private func end(_ end: Terminator) -> Operation {
    switch end {
    case .jump(let block): .jump(Int32(block))
    case .branch(let condition, let then, let otherwise):
      .branch(R(condition.index), then: Int32(then), otherwise: Int32(otherwise))
    case .commit: .commit
    case .discard: .discard
    }
  }

  private func place(_ text: TextRegister) -> T { places[text.index] }

  private mutating func operation(_ step: Step) -> Operation {
    switch step {
    case .constant(let to, let value): return .constant(value, R(to))
    case .copy(let to, let from): return .copy(R(to), R(from))
    case .binary(let sign, let to, let left, let right): return binary(sign, R(to), R(left), R(right))
    case .negate(let to, let from): return .negate(R(to), R(from))
    case .complement(let to, let from): return .complement(R(to), R(from))
    case .compare(let sign, let to, let left, let right): return compare(sign, R(to), R(left), R(right))
    case .extend(let to, let from, let width, let signed):
      return .extend(R(to), R(from), Extension(width, signed: signed))
    case .builtin(let to, let what): return .builtin(R(to), what)
    case .textBuiltin(let to, let what): return .textBuiltin(place(to), what)
    case .probeSymbol(let to, let part): return .probeSymbol(R(to), part.rawValue)
    case .context(let to, let word): return .context(R(to), UInt16(word))
    case .fed(let to, let slot): return .fed(R(to), UInt16(slot))
    case .textFed(let to, let slot): return .textFed(place(to), UInt16(slot))
    case .load(let to, let address, let offset, let width, let signed, let space):
      return .load(Int32(offset), R(to), address: R(address), width, signed: signed, space)
    case .store(let address, let offset, let from, let width):
      return .store(Int32(offset), address: R(address), R(from), width)
    case .allocate(let to, let size): return .allocate(R(to), size: R(size))
    case .copyBytes(let to, let from, let size, let space):
      return .copyBytes(to: R(to), from: R(from), size: R(size), space)
    case .addressOfVariable(let to, let id):
      return .constant(Int64(bitPattern: own.address(of: id, in: program.variables)), R(to))
    case .storeText(let address, let offset, let from, let capacity):
      return .storeText(Int32(offset), place(from), capacity: Int32(capacity), address: R(address))
    case .faultUnless(let test, let fault, let value): return .faultUnless(R(test), fault, value: R(value))
    case .lookUpBytes(let block, let id, let operands):
      return .lookUpBytes(Int32(id), key: key(operands, of: program.arrays[id]), Int32(own.positions[block]))
    case .assignBytes(let id, let operands, let block):
      return .assignBytes(Int32(id), key: key(operands, of: program.arrays[id]), Int32(own.positions[block]))
    case .loadBytes(let block, let id):
      return .loadBytes(
        Int32(frames.offsets[id]), count: Int32(program.variables[id].storage.size), Int32(own.positions[block]))
    case .storeBytes(let id, let block):
      return .storeBytes(
        Int32(frames.offsets[id]), count: Int32(program.variables[id].storage.size), Int32(own.positions[block]))
    case .text(let to, let constant): return .copyText(place(to), self.constant(constant))
    case .copyText(let to, let from): return .copyText(place(to), place(from))
    case .nullText(let to): return .nullText(place(to))
    case .requireText(let text): return .requireText(place(text))
    case .loadText(let to, let address, let limit, let space):
      return .loadText(place(to), address: R(address), limit: R(limit ?? address), limited: limit != nil, space)
    case .loadFilled(let to, let address, let size, let filler, let space):
      return .loadFilled(place(to), address: R(address), size: R(size), filler: R(filler), space)
    case .compareText(let sign, let to, let left, let right):
      return .compareText(place(left), place(right), R(to), sign)
    // A firing brings a socket's cookie as what lies at its address; there is no kernel here to make one.
    case .socketCookie(let to, let socket):
      return .load(0, R(to), address: R(socket), .double, signed: false, .kernelOrZero)
    case .symbolText(let to, let from): return .symbolText(place(to), R(from))
    case .addressOfText(let to, let from): return .addressOfText(R(to), place(from))
    case .call(let to, let function, let arguments): return call(to, function, arguments)
    case .loadVariable(let to, let id): return load(to, program.variables[id], at: Int32(frames.offsets[id]))
    case .storeVariable(let id, let from): return store(from, program.variables[id], at: Int32(frames.offsets[id]))
    case .lookUp(let to, let id, let operands):
      let key = key(operands, of: program.arrays[id])
      switch to {
      case .integer(let register): return .lookUp(Int32(id), key: key, R(register))
      case .text(let register): return .lookUpText(Int32(id), key: key, place(register))
      }
    case .assign(let id, let operands, let from):
      let key = key(operands, of: program.arrays[id])
      switch (from, program.arrays[id].value) {
      case (.integer(let register), .integer(let width, let signed)):
        return .assign(Int32(id), key: key, R(register), Extension(width, signed: signed))
      case (.text(let register), _): return .assignText(Int32(id), key: key, place(register))
      default: return .discard  // The verifier lets no such program pass.
      }
    case .remove(let id, let operands): return .remove(Int32(id), key: key(operands, of: program.arrays[id]))
    case .aggregate(let id, let operands, let value, let increment):
      return aggregate(id, operands, value, increment)
    case .loadStack(let block, let frames, let user):
      return .loadStack(Int32(own.positions[block]), frames: Int32(frames), user: user)
    case .signal: return .signal
    case .chill: return .chill
    case .speculation(let to): return .speculation(R(to))
    case .speculate(let to, let number, let size):
      return .speculate(R(to), R(number), size: Int32(clamping: size))
    case .conclude(let to, let number, let commits): return .conclude(R(to), R(number), commits: commits)
    case .happened(let item): return .happened(Int32(item))
    case .record(let item, let field, let from): return record(from, clause.record.items[item].fields[field])
    case .recordBytes(let item, let field, let address, let size, let space):
      let field = clause.record.items[item].fields[field]
      return .recordBytes(
        Int32(field.offset), address: R(address), size: R(size), capacity: Int32(field.size), space)
    case .recordStack(let item, let field): return recordStack(clause.record.items[item].fields[field])
    }
  }

  private mutating func constant(_ bytes: [UInt8]) -> T {
    if let place = constants[bytes] { return place }
    let place = texts.add(capacity: bytes.count + 1, at: constantsEnd)
    constantsEnd += TextStore.room(bytes.count + 1)
    texts.set(place, bytes)
    constants[bytes] = T(place)
    return T(place)
  }

  private mutating func call(_ to: Operand, _ function: Function, _ arguments: [Operand]) -> Operation {
    switch (function, to, arguments.first, arguments.dropFirst().first, arguments.last) {
    case (.executable, .text(let register), _, _, _): return .executable(place(register))
    case (.remember, .integer(let to), .text(let key)?, .integer(let value)?, _):
      return .remember(place(key), R(to), value: R(value))
    case (.recall, .integer(let to), .text(let key)?, .integer(let what)?, .integer(let period)?):
      return .recall(place(key), R(to), what: R(what), period: R(period))
    default: break
    }
    let first = Int32(code.arguments.count)
    for argument in arguments {
      switch argument {
      case .integer(let register): code.arguments.append(.integer(R(register)))
      case .text(let register): code.arguments.append(.text(place(register)))
      }
    }
    switch to {
    case .integer(let register):
      return .callInteger(first: first, R(register), count: UInt8(arguments.count), function)
    case .text(let register):
      return .callText(first: first, place(register), count: UInt8(arguments.count), function)
    }
  }

  private func load(_ to: Operand, _ variable: Variable, at offset: Int32) -> Operation {
    switch to {
    case .integer(let register): .loadInteger(offset, R(register), variable.scope)
    case .text(let register): .loadVariableText(offset, place(register), variable.scope)
    }
  }

  private func store(_ from: Operand, _ variable: Variable, at offset: Int32) -> Operation {
    switch (from, variable.storage) {
    case (.integer(let register), .integer(let width, let signed)):
      .storeInteger(offset, R(register), variable.scope, Extension(width, signed: signed))
    case (.text(let register), .text(let capacity)):
      .storeVariableText(offset, place(register), capacity: Int32(capacity), variable.scope)
    default: .discard  // The verifier lets no such program pass.
    }
  }

  private mutating func key(_ operands: [Operand], of array: AssociativeArray) -> Int32 {
    key(operands, array.key, perThread: array.perThread)
  }

  private mutating func key(_ operands: [Operand], _ storages: [Storage], perThread: Bool) -> Int32 {
    let first = Int32(code.keyParts.count)
    for (operand, storage) in zip(operands, storages) {
      switch (operand, storage) {
      case (.integer(let register), .integer(let width, let signed)):
        code.keyParts.append(.integer(R(register), Extension(width, signed: signed)))
      case (.text(let register), .text(let capacity)):
        code.keyParts.append(.text(place(register), capacity: Int32(capacity)))
      default: break  // The verifier lets no such program pass.
      }
    }
    code.keys.append(KeyCode(first: first, end: Int32(code.keyParts.count), perThread: perThread))
    return Int32(code.keys.count - 1)
  }

  private mutating func aggregate(
    _ id: Aggregation.ID, _ operands: [Operand], _ value: Register?, _ increment: Register?
  ) -> Operation {
    let storages = program.aggregations[id].key.flatMap(\.storages)
    let key = key(operands, storages, perThread: false)
    guard let value else { return .count(Int32(id), key: key) }
    guard let increment else { return .aggregate(Int32(id), key: key, R(value)) }
    return .aggregateWeighted(Int32(id), key: key, R(value), increment: R(increment))
  }

  private func record(_ from: Operand, _ field: RecordLayout.Field) -> Operation {
    switch (from, field.kind) {
    case (.integer(let register), .value(.integer(let width, _))):
      .recordInteger(Int32(field.offset), R(register), width)
    case (.integer(let register), _): .recordInteger(Int32(field.offset), R(register), .word)
    case (.text(let register), _):
      .recordText(Int32(field.offset), place(register), capacity: Int32(field.size))
    }
  }

  private func recordStack(_ field: RecordLayout.Field) -> Operation {
    switch field.kind {
    case .kernelStack(let frames): .recordKernelStack(Int32(field.offset), frames: Int32(frames))
    case .userStack(let frames): .recordUserStack(Int32(field.offset), frames: Int32(frames))
    case .value, .symbol, .bytes: .discard  // The verifier lets no such program pass.
    }
  }
}

extension R {
  init(_ register: Register) { self.init(register.index) }
}

extension Flattening {
  fileprivate func binary(_ sign: BinaryOperator, _ to: R, _ left: R, _ right: R) -> Operation {
    switch sign {
    case .add: .add(to, left, right)
    case .subtract: .subtract(to, left, right)
    case .multiply: .multiply(to, left, right)
    case .and: .and(to, left, right)
    case .or: .or(to, left, right)
    case .xor: .xor(to, left, right)
    case .shiftLeft: .shiftLeft(to, left, right)
    case .shiftRightSigned: .shiftRightSigned(to, left, right)
    case .shiftRightUnsigned: .shiftRightUnsigned(to, left, right)
    case .divideSigned, .divideUnsigned, .remainderSigned, .remainderUnsigned: .divide(to, left, right, sign)
    }
  }

  fileprivate func compare(_ sign: Comparison, _ to: R, _ left: R, _ right: R) -> Operation {
    switch sign {
    case .equal: .equal(to, left, right)
    case .notEqual: .notEqual(to, left, right)
    case .lessSigned: .lessSigned(to, left, right)
    case .lessEqualSigned: .lessEqualSigned(to, left, right)
    case .greaterSigned: .greaterSigned(to, left, right)
    case .greaterEqualSigned: .greaterEqualSigned(to, left, right)
    case .lessUnsigned: .lessUnsigned(to, left, right)
    case .lessEqualUnsigned: .lessEqualUnsigned(to, left, right)
    case .greaterUnsigned: .greaterUnsigned(to, left, right)
    case .greaterEqualUnsigned: .greaterEqualUnsigned(to, left, right)
    }
  }
}
