package import IR

/// Builds one clause step by step: every method that makes a value takes a fresh register for it and returns it as an
/// operand.
package struct ClauseBuilder {
  private var registers = 0
  private var texts: [Int] = []
  private var blocks: [Block] = [Block()]
  private var items: [RecordLayout.Item] = []
  /// The block that steps go to.
  package private(set) var current = 0

  package func finish(number: Int, probes: [EnabledProbe.Index]) -> Clause {
    Clause(
      number: number, probes: probes, texts: texts, registers: registers, blocks: blocks, record: RecordLayout(items))
  }

  /// A register that nothing writes yet.
  package mutating func integer() -> Register {
    registers += 1
    return Register(registers - 1)
  }

  package mutating func text(capacity: Int = 64) -> TextRegister {
    texts.append(capacity)
    return TextRegister(texts.count - 1)
  }

  package mutating func step(_ step: Step) { blocks[current].steps.append(step) }

  /// A step that writes a fresh integer register.
  package mutating func value(_ step: (Register) -> Step) -> Operand {
    let to = integer()
    self.step(step(to))
    return .integer(to)
  }

  /// A step that writes a fresh text register.
  package mutating func textValue(capacity: Int = 64, _ step: (TextRegister) -> Step) -> Operand {
    let to = text(capacity: capacity)
    self.step(step(to))
    return .text(to)
  }

  // MARK: Values

  package mutating func constant(_ value: Int64) -> Operand { self.value { .constant($0, value) } }
  package mutating func constant(_ text: String, capacity: Int = 64) -> Operand {
    textValue(capacity: capacity) { .text($0, constant: Array(text.utf8)) }
  }
  package mutating func builtin(_ what: Builtin) -> Operand { value { .builtin($0, what) } }
  package mutating func builtin(_ what: TextBuiltin, capacity: Int = 64) -> Operand {
    textValue(capacity: capacity) { .textBuiltin($0, what) }
  }
  package mutating func fed(_ slot: Int) -> Operand { value { .fed($0, slot: slot) } }
  package mutating func textFed(_ slot: Int, capacity: Int = 64) -> Operand {
    textValue(capacity: capacity) { .textFed($0, slot: slot) }
  }
  package mutating func context(_ word: Int) -> Operand { value { .context($0, word: word) } }
  package mutating func binary(_ sign: BinaryOperator, _ left: Operand, _ right: Operand) -> Operand {
    value { .binary(sign, $0, left.register, right.register) }
  }
  package mutating func compare(_ sign: Comparison, _ left: Operand, _ right: Operand) -> Operand {
    switch (left, right) {
    case (.text(let left), .text(let right)): value { .compareText(sign, $0, left, right) }
    default: value { .compare(sign, $0, left.register, right.register) }
    }
  }
  package mutating func extend(_ from: Operand, _ width: Width, signed: Bool) -> Operand {
    value { .extend($0, from.register, width, signed: signed) }
  }
  package mutating func load(_ variable: Variable.ID, text capacity: Int? = nil) -> Operand {
    if let capacity { return textValue(capacity: capacity) { .loadVariable(.text($0), variable) } }
    return value { .loadVariable(.integer($0), variable) }
  }
  package mutating func lookUp(_ array: AssociativeArray.ID, _ key: [Operand], text capacity: Int? = nil) -> Operand {
    if let capacity { return textValue(capacity: capacity) { .lookUp(.text($0), array, key: key) } }
    return value { .lookUp(.integer($0), array, key: key) }
  }
  /// A call for an integer.
  package mutating func call(_ function: Function, _ arguments: Operand...) -> Operand {
    value { .call(.integer($0), function, arguments) }
  }
  /// A call for a text.
  package mutating func callText(_ function: Function, capacity: Int = 64, _ arguments: Operand...) -> Operand {
    textValue(capacity: capacity) { .call(.text($0), function, arguments) }
  }

  // MARK: Effects

  package mutating func store(_ variable: Variable.ID, _ value: Operand) { step(.storeVariable(variable, value)) }
  package mutating func assign(_ array: AssociativeArray.ID, _ key: [Operand], _ value: Operand) {
    step(.assign(array, key: key, value))
  }
  package mutating func aggregate(
    _ aggregation: Aggregation.ID, _ key: [Operand] = [], _ value: Operand? = nil, by increment: Operand? = nil
  ) {
    step(.aggregate(aggregation, key: key, value: value?.register, increment: increment?.register))
  }

  /// Adds an item whose fields hold the values, and marks it as having happened.
  package mutating func record(_ action: Action, _ values: (Operand, Storage)...) {
    items.append(RecordLayout.Item(action, fields: values.map { RecordLayout.Field(.value($0.1)) }))
    for (field, value) in values.enumerated() {
      step(.record(item: items.count - 1, field: field, value.0))
    }
    step(.happened(item: items.count - 1))
  }

  /// Adds an item of the fields and returns its number; the test writes them.
  package mutating func item(_ action: Action, _ fields: RecordLayout.Field.Kind...) -> Int {
    items.append(RecordLayout.Item(action, fields: fields.map(RecordLayout.Field.init)))
    return items.count - 1
  }

  // MARK: Blocks

  /// A new block, to be jumped to; steps still go to the current one.
  package mutating func block() -> Int {
    blocks.append(Block())
    return blocks.count - 1
  }

  /// Ends the current block; steps go to `next` from here on.
  package mutating func end(_ terminator: Terminator, next: Int? = nil) {
    blocks[current].end = terminator
    if let next { current = next }
  }

  /// The predicate: what follows runs where the condition is not zero; else the clause is discarded.
  package mutating func require(_ condition: Operand) {
    let body = block()
    let failed = block()
    blocks[failed].end = .discard
    end(.branch(condition.register, then: body, otherwise: failed), next: body)
  }
}

extension Operand {
  /// The register of an integer; a test that asks it of a text is wrong.
  package var register: Register {
    guard case .integer(let register) = self else { preconditionFailure("\(self) is a text") }
    return register
  }

  /// The register of a text; a test that asks it of an integer is wrong.
  package var textRegister: TextRegister {
    guard case .text(let register) = self else { preconditionFailure("\(self) is an integer") }
    return register
  }
}
