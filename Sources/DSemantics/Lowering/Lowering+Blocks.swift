import DSyntax
import IR
import Source

// Structures, unions and arrays by value. Global and clause-local ones have addresses; a thread's and an associative array's
// are copied to a block, a clause-local variable, and back after a change.

extension Lowering {
  /// The address of an aggregate that is a variable, or of a copy of it.
  mutating func address(ofWhole typed: Typed) -> Register {
    if case .variable(let index) = typed.kind, program.variables[index].scope != .thread {
      return address(of: index)
    }
    return address(of: copied(typed))
  }

  private mutating func address(of variable: Variable.ID) -> Register {
    let register = newRegister()
    emit(.addressOfVariable(register, variable))
    return register
  }

  /// A block with the value of a thread's variable or of an element.
  private mutating func copied(_ typed: Typed) -> Variable.ID {
    let block = newBlock(bytes: types.size(of: typed.type) ?? 1)
    switch typed.kind {
    case .variable(let index): emit(.loadBytes(block: block, index))
    case .element(let array, let key): emit(.lookUpBytes(block: block, array, key: self.key(key)))
    default: break
    }
    return block
  }

  /// Sets a thread's variable or an element from a block.
  private mutating func keep(_ block: Variable.ID, as whole: Typed) {
    switch whole.kind {
    case .variable(let index): emit(.storeBytes(index, block: block))
    case .element(let array, let key): emit(.assignBytes(array, key: self.key(key), block: block))
    default: break
    }
  }

  /// Room for an aggregate until the statement ends.
  mutating func newBlock(bytes size: Int) -> Variable.ID {
    if blocksTaken == blockVariables.count { blockVariables.append(declareBlock()) }
    let id = blockVariables[blocksTaken]
    blocksTaken += 1
    grow(id, to: size)
    return id
  }

  private mutating func declareBlock() -> Variable.ID {
    program.variables.append(
      Variable(name: "block \(program.variables.count)", scope: .clause, storage: .bytes(8)))
    return program.variables.count - 1
  }

  private mutating func grow(_ id: Variable.ID, to size: Int) {
    program.variables[id].storage = .bytes(max(size, program.variables[id].storage.size))
  }

  /// Assigns by value, and is the address of what was assigned.
  mutating func assignBlock(_ target: Typed, _ value: Typed) -> Register {
    let size = types.size(of: target.type) ?? 1
    if !value.type.isAggregate { return free(target, size) }
    let source = integer(value)
    let count = constant(Int64(size))
    switch target.kind {
    case .variable(let index) where program.variables[index].scope != .thread:
      let address = address(of: index)
      emit(.copyBytes(to: address, from: source, size: count, space(of: value)))
      return address
    case .variable, .element:
      let block = newBlock(bytes: size)
      let address = address(of: block)
      emit(.copyBytes(to: address, from: source, size: count, space(of: value)))
      keep(block, as: target)
      return address
    default:
      let space = space(of: value)
      return within(target) { lowering, target in
        let address = lowering.integer(target)
        lowering.emit(.copyBytes(to: address, from: source, size: count, space))
        return address
      }
        ?? {
          let address = integer(target)
          emit(.copyBytes(to: address, from: source, size: count, space))
          return address
        }()
    }
  }

  /// Zero frees a dynamic variable of an aggregate's type.
  private mutating func free(_ target: Typed, _ size: Int) -> Register {
    switch target.kind {
    case .element(let array, let key): emit(.remove(array, key: self.key(key)))
    case .variable(let index):
      let zeros = zeroBlock ?? declareBlock()
      zeroBlock = zeros
      grow(zeros, to: size)
      emit(.storeBytes(index, block: zeros))
    default: break
    }
    return constant(0)
  }

  /// Where `target` lies in a thread's variable or in an element: does `body` with the same place in a copy, then keeps the copy.
  /// Nil, having done nothing, where it lies elsewhere.
  mutating func within<T>(_ target: Typed, _ body: (inout Lowering, Typed) -> T) -> T? {
    guard let whole = whole(of: target) else { return nil }
    let fixed = pinned(whole)
    let block = copied(fixed)
    let result = body(&self, replacing(target, by: Typed(.variable(block), whole.type, whole.range)))
    keep(block, as: fixed)
    return result
  }

  /// The thread's variable or the element of an aggregate's type that the place is in.
  private func whole(of typed: Typed) -> Typed? {
    switch typed.kind {
    case .variable(let index):
      typed.type.isAggregate && program.variables[index].scope == .thread ? typed : nil
    case .element: typed.type.isAggregate ? typed : nil
    case .memory(let address, _, _):
      isPlace(address) ? whole(of: address) : nil
    case .binary(.add, let base, _): isPlace(base) ? whole(of: base) : nil
    default: nil
    }
  }

  /// Whether an address is that of the aggregate which the expression is, and not what a pointer holds.
  private func isPlace(_ typed: Typed) -> Bool {
    if typed.type.isAggregate { return true }
    if case .binary(.add, let base, _) = typed.kind { return base.type.isAggregate }
    return false
  }

  private func replacing(_ typed: Typed, by block: Typed) -> Typed {
    switch typed.kind {
    case .memory(let address, let offset, let bits):
      Typed(.memory(address: replacing(address, by: block), offset: offset, bits: bits), typed.type, typed.range)
    case .binary(let operation, let base, let distance):
      Typed(.binary(operation, replacing(base, by: block), distance), typed.type, typed.range)
    default: block
    }
  }

  /// The same place, with what says where it is evaluated once and for all.
  mutating func pinned(_ target: Typed) -> Typed {
    switch target.kind {
    case .element(let array, let key):
      let held = key.map { part -> Typed in
        if part.type.isAggregate { return part }
        return Typed(.held(operand(part)), part.type, part.range)
      }
      return Typed(.element(array, held), target.type, target.range)
    case .memory(let address, let offset, let bits) where whole(of: target) == nil:
      let base = Typed(.held(.integer(integer(address))), address.type, address.range)
      guard space(of: address) == .kernel || address.type.isPointer else { return target }
      return Typed(.memory(address: base, offset: offset, bits: bits), target.type, target.range)
    default: return target
    }
  }

  /// A key's parts; a structure is the words that it is made of.
  mutating func key(_ parts: [Typed]) -> [Operand] {
    var operands: [Operand] = []
    for part in parts {
      guard part.type.isAggregate else {
        operands.append(operand(part))
        continue
      }
      let address = integer(part)
      let size = types.size(of: part.type) ?? 1
      let space = space(of: part)
      for offset in stride(from: 0, to: size, by: 8) {
        operands.append(.integer(word(address, offset, min(8, size - offset), space)))
      }
    }
    return operands
  }

  /// Up to eight bytes as a number.
  private mutating func word(_ address: Register, _ offset: Int, _ count: Int, _ space: Space) -> Register {
    var whole: Register?
    var at = 0
    while at < count {
      let width = [Width.double, .word, .half, .byte].first { Int($0.rawValue) <= count - at } ?? .byte
      var piece = newRegister()
      emit(.load(piece, address: address, offset: offset + at, width, signed: false, space))
      if at > 0 { piece = binary(.shiftLeft, piece, constant(Int64(at * 8)), signed: false) }
      whole = whole.map { binary(.or, $0, piece, signed: false) } ?? piece
      at += Int(width.rawValue)
    }
    return whole ?? constant(0)
  }
}
