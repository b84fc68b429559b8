import BPFCode
import EngineBench
import IR

/// What a clause came to: the values that it recorded, or its fault.
enum Outcome: Equatable {
  case values([Value])
  case fault(Fault?, UInt64)
  case nothing

  enum Value: Equatable, ExpressibleByIntegerLiteral, ExpressibleByStringLiteral {
    case integer(Int)
    case text(String)
    init(integerLiteral value: Int) { self = .integer(value) }
    init(stringLiteral value: String) { self = .text(value) }
  }
}

/// A program of one clause at BEGIN (or another hook) that grows step by step; its registers number themselves.
struct Sketch {
  var program = IR.Program()
  var clause = Clause(number: 0, probes: [0], blocks: [Block()])

  init(hook: Hook = .begin, symbols: [String] = ["dtrace", "", "", "BEGIN"]) {
    program.symbols = symbols
    program.probes = [EnabledProbe(id: 1, parts: [0, 1, 2, 3], hook: hook)]
  }

  mutating func register() -> Register {
    clause.registers += 1
    return Register(clause.registers - 1)
  }

  mutating func text(_ capacity: Int) -> TextRegister {
    clause.texts.append(capacity)
    return TextRegister(clause.texts.count - 1)
  }

  mutating func add(_ step: Step) { clause.blocks[clause.blocks.count - 1].steps.append(step) }

  mutating func constant(_ value: Int64) -> Register {
    let register = register()
    add(.constant(register, value))
    return register
  }

  /// A number that the emitter cannot know: a context word.
  mutating func word(_ index: Int) -> Register {
    let register = register()
    add(.context(register, word: index))
    return register
  }

  mutating func constant(_ text: String, _ capacity: Int = 256) -> TextRegister {
    let register = self.text(capacity)
    add(.text(register, constant: Array(text.utf8)))
    return register
  }

  /// A step with a result.
  mutating func integer(_ step: (Register) -> Step) -> Register {
    let register = register()
    add(step(register))
    return register
  }

  mutating func text(_ capacity: Int = 256, _ step: (TextRegister) -> Step) -> TextRegister {
    let register = text(capacity)
    add(step(register))
    return register
  }

  /// Records these at the end, an item each.
  mutating func record(_ values: [Operand]) {
    let items = values.map { value in
      switch value {
      case .integer: RecordLayout.Item(.trace, fields: [.init(.value(.integer(.double, signed: true)))])
      case .text(let register):
        RecordLayout.Item(.trace, fields: [.init(.value(.text(clause.texts[register.index])))])
      }
    }
    clause.record = RecordLayout(items)
    for (index, value) in values.enumerated() {
      add(.happened(item: index))
      add(.record(item: index, field: 0, value))
    }
  }

  var finished: IR.Program {
    var program = program
    program.clauses = [clause] + program.clauses
    return program
  }

  /// Runs it and reads what it recorded.
  func outcome(_ words: [UInt64] = [], offsets: KernelOffsets = .x86) throws -> Outcome {
    let bench = try Bench(finished, offsets: offsets)
    return Outcome(try bench.fire(0, words).first, clause)
  }
}

extension Outcome {
  init(_ record: [UInt8]?, _ clause: Clause) {
    guard let record else {
      self = .nothing
      return
    }
    if record.integer(at: 0, 4) == 1 {
      self = .fault(
        Fault(rawValue: UInt32(record.integer(at: 32, 4))), UInt64(bitPattern: Int64(record.word(at: 40))))
      return
    }
    self = .values(
      clause.record.items.map { item in
        let field = item.fields[0]
        if case .value(.text(let capacity)) = field.kind { return .text(record.text(at: field.offset, capacity)) }
        return .integer(record.integer(at: field.offset, field.size))
      })
  }
}
