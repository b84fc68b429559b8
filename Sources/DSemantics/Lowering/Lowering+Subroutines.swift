import DSyntax
import IR
import Source

// Subroutines that are made of simpler steps.

extension Lowering {
  /// `inet_ntop(family, address)`
  mutating func internetAddress(_ family: Typed, _ address: Typed) -> TextRegister {
    let result = newText(textCapacity)
    let number = integer(family)
    let is4 = compared(number, 2)
    choose(on: is4) {
      let words = $0.words(at: address, .word, count: 1)
      $0.emit(.call(.text(result), .inetNtoa, words))
    } otherwise: {
      let is6 = $0.compared(number, 10)
      $0.choose(on: is6) {
        let words = $0.words(at: address, .double, count: 2)
        $0.emit(.call(.text(result), .inetNtoa6, words + [.integer($0.constant(1))]))
      } otherwise: {
        $0.refuse(result)
      }
    }
    return result
  }

  /// `link_ntop(type, address)`: of Ethernet and of InfiniBand.
  mutating func linkAddress(_ type: Typed, _ address: Typed) -> TextRegister {
    let result = newText(textCapacity)
    let number = integer(type)
    let isEthernet = compared(number, 1)
    choose(on: isEthernet) {
      let low = $0.words(at: address, .word, count: 1)
      let high = $0.half(of: address, at: 4)
      $0.emit(.call(.text(result), .linkNtop, [.integer($0.constant(6)), $0.joined(low[0], high)] + $0.zeros(2)))
    } otherwise: {
      let isInfiniBand = $0.compared(number, 32)
      $0.choose(on: isInfiniBand) {
        let words = $0.words(at: address, .double, count: 2)
        let last = $0.word(of: address, at: 16)
        $0.emit(.call(.text(result), .linkNtop, [.integer($0.constant(20))] + words + [last]))
      } otherwise: {
        $0.refuse(result)
      }
    }
    return result
  }

  private mutating func zeros(_ count: Int) -> [Operand] { (0..<count).map { _ in .integer(constant(0)) } }

  private mutating func half(of pointer: Typed, at offset: Int) -> Operand { load(pointer, offset, .half) }

  private mutating func word(of pointer: Typed, at offset: Int) -> Operand { load(pointer, offset, .word) }

  private mutating func load(_ pointer: Typed, _ offset: Int, _ width: Width) -> Operand {
    let register = newRegister()
    let address = integer(pointer)
    emit(.load(register, address: address, offset: offset, width, signed: false, space(of: pointer)))
    return .integer(register)
  }

  /// Four bytes, and what follows them.
  private mutating func joined(_ low: Operand, _ high: Operand) -> Operand {
    guard case .integer(let low) = low, case .integer(let high) = high else { return low }
    return .integer(binary(.or, low, binary(.shiftLeft, high, constant(32), signed: false), signed: false))
  }

  private mutating func compared(_ register: Register, _ value: Int64) -> Register {
    let result = newRegister()
    let other = constant(value)
    emit(.compare(.equal, result, register, other))
    return result
  }

  private mutating func refuse(_ result: TextRegister) {
    let no = constant(0)
    emit(.faultUnless(no, .illegalOperation, value: no))
    emit(.nullText(result))
  }

  /// `strtok(text, delimiters)`: what is left of the text is kept for the firing; NULL for a text goes on with that,
  /// in this clause or one of the same probe behind it (guide, "strtok").
  mutating func token(_ text: Typed, _ delimiters: Typed) -> TextRegister {
    let (left, isKnown) = leftOfTokens()
    if case .integer = text.kind {
    } else {
      let given = self.text(text)
      let none = newText(2)
      emit(.nullText(none))
      let isGiven = newRegister()
      emit(.compareText(.notEqual, isGiven, given, none))
      choose(on: isGiven) {
        $0.emit(.copyText(left, given))
        $0.emit(.constant(isKnown, 1))
      } otherwise: { _ in
      }
    }
    emit(.faultUnless(isKnown, .badAddress, value: constant(0)))
    let set = presentText(delimiters)
    let result = newText(textCapacity)
    let rest = newText(textCapacity)
    let (skipped, count) = (newRegister(), newRegister())
    emit(.call(.integer(skipped), .span, [.text(left), .text(set)]))
    emit(.call(.text(rest), .substr, [.text(left), .integer(skipped)]))
    emit(.call(.integer(count), .spanNot, [.text(rest), .text(set)]))
    choose(on: count) {
      let start = $0.constant(0)
      $0.emit(.call(.text(result), .substr, [.text(rest), .integer(start), .integer(count)]))
      $0.emit(.call(.text(left), .substr, [.text(rest), .integer(count)]))
    } otherwise: {
      $0.emit(.nullText(result))
      $0.emit(.text(left, constant: []))
    }
    emit(.storeVariable(tokensVariables().text, .text(left)))
    emit(.storeVariable(tokensVariables().isKnown, .integer(isKnown)))
    return result
  }

  /// The registers that the clause keeps it in: the text, and whether there is one. Variables carry them to the firing's next clause.
  private mutating func leftOfTokens() -> (text: TextRegister, isKnown: Register) {
    if let tokens { return tokens }
    let registers = (text: newText(textCapacity), isKnown: newRegister())
    let variables = tokensVariables()
    tokens = registers
    blocks[0].steps.insert(.loadVariable(.text(registers.text), variables.text), at: 0)
    blocks[0].steps.insert(.loadVariable(.integer(registers.isKnown), variables.isKnown), at: 0)
    blocks[0].origins.insert(contentsOf: [origin, origin], at: 0)
    return registers
  }

  private mutating func tokensVariables() -> (text: Variable.ID, isKnown: Variable.ID) {
    if let leftTokens { return (leftTokens, leftTokens + 1) }
    let id = program.variables.count
    program.variables.append(Variable(name: "strtok", scope: .clause, storage: .text(textCapacity)))
    program.variables.append(Variable(name: "strtok?", scope: .clause, storage: .integer(.byte, signed: false)))
    leftTokens = id
    return (id, id + 1)
  }

  // MARK: Locks and processes

  /// What a `struct mutex` or `rwlock_t` at an address says. A mutex keeps its owner in a word whose low three bits are flags
  /// (kernel/locking/mutex.c), an rwlock a count whose low byte is 0xff while it is written and 0x200 a reader (qrwlock).
  mutating func lock(_ subroutine: Subroutine, _ address: Register) -> Register {
    switch subroutine {
    case .mutexTypeAdaptive, .mutexTypeSpin:
      let owner = newRegister()
      emit(.load(owner, address: address, offset: 0, .double, signed: false, .kernel))
      return constant(subroutine == .mutexTypeAdaptive ? 1 : 0)
    case .mutexOwned, .mutexOwner:
      let offset = (types.kernel.member("owner", of: "struct mutex")?.bitOffset ?? 0) / 8
      let word = newRegister()
      emit(.load(word, address: address, offset: offset, .double, signed: false, .kernel))
      let owner = binary(.and, word, constant(~7), signed: false)
      guard subroutine == .mutexOwned else { return owner }
      let (task, result) = (newRegister(), newRegister())
      emit(.builtin(task, .currentTask))
      emit(.compare(.equal, result, owner, task))
      return result
    default:
      let count = newRegister()
      emit(.load(count, address: address, offset: 0, .word, signed: false, .kernel))
      let result = newRegister()
      if subroutine == .rwReadHeld {
        emit(.compare(.greaterEqualUnsigned, result, count, constant(0x200)))
      } else {
        let low = binary(.and, count, constant(0xff), signed: false)
        emit(.compare(.equal, result, low, constant(0xff)))
      }
      return result
    }
  }

  /// So many generations are looked at.
  private static let generations = 24

  /// Whether the current process is that one, or a child of it, or a child's.
  mutating func progeny(of process: Register) -> Register {
    let result = newRegister()
    emit(.constant(result, 0))
    guard let parent = types.kernel.member("real_parent", of: "struct task_struct"),
      let number = types.kernel.member("tgid", of: "struct task_struct")
    else { return result }
    let task = newRegister()
    emit(.builtin(task, .currentTask))
    progeny(of: process, task, parent.bitOffset / 8, number.bitOffset / 8, result, Self.generations)
    return result
  }

  private mutating func progeny(
    of process: Register, _ task: Register, _ parent: Int, _ number: Int, _ result: Register, _ generations: Int
  ) {
    guard generations > 0 else { return }
    let (found, same) = (newRegister(), newRegister())
    emit(.load(found, address: task, offset: number, .word, signed: true, .kernelOrZero))
    emit(.compare(.equal, same, found, process))
    choose(on: same) {
      $0.emit(.constant(result, 1))
    } otherwise: {
      // Nobody is the parent of the first process and of the idle one.
      let goesOn = $0.newRegister()
      $0.emit(.compare(.greaterSigned, goesOn, found, $0.constant(1)))
      $0.choose(on: goesOn) {
        let next = $0.newRegister()
        $0.emit(.load(next, address: task, offset: parent, .double, signed: false, .kernelOrZero))
        $0.progeny(of: process, next, parent, number, result, generations - 1)
      } otherwise: { _ in
      }
    }
  }
}
