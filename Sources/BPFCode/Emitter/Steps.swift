import IR

extension HookEmitter {
  /// One step. The file named after its kind has what it becomes.
  mutating func emit(_ step: Step) throws(EmitterError) {
    if case .integer(let register)? = step.written,
      plan.lifetimes.constantIntegers[register.index] != nil
    {
      return
    }
    switch step {
    // Integers.swift
    case .constant(let to, let value):
      let work = target(to, .r0)
      code.constant(work, value)
      set(to, from: work)
    case .copy(let to, let from): copy(to, from)
    case .binary(let operation, let to, let left, let right): try binary(operation, to, left, right)
    case .negate(let to, let from): unary(to, from) { .arithmetic(.negate, $0, .immediate(0)) }
    case .complement(let to, let from): unary(to, from) { .arithmetic(.xor, $0, .immediate(-1)) }
    case .compare(let comparison, let to, let left, let right): compare(comparison, to, left, right)
    case .extend(let to, let from, let width, let signed): extend(to, from, width, signed: signed)

    // Inputs.swift
    case .builtin(let to, let builtin): try self.builtin(to, builtin)
    case .textBuiltin(let to, let builtin): try textBuiltin(to, builtin)
    case .probeSymbol(let to, let part):
      try loadProbe(.r0, symbol(part))
      set(to, from: .r0)
    case .context(let to, let word): try context(to, word)
    case .fed, .textFed: throw unsupported("an input of a host-side probe")

    // Memory.swift
    case .load(let to, let address, let offset, let width, let signed, let space):
      if space == .typed, attachment.hasTypedPointers, let near = Int16(exactly: offset) {
        loadTyped(to, address, near, width, signed: signed)
      } else {
        load(to, address, offset, width, signed: signed, space)
      }
    case .socketCookie(let to, let socket):
      typedPointer(socket, into: .r1)
      emit(.call(.getSocketCookie))
      set(to, from: .r0)
    case .store(let address, let offset, let value, let width): store(address, offset, value, width)
    case .allocate(let to, let size): allocate(to, size)
    case .copyBytes(let to, let from, let size, let space): copyBytes(to, from, size, space)
    case .addressOfText(let to, let text): addressOfText(to, text)
    case .storeText(let address, let offset, let text, let capacity): storeText(address, offset, text, capacity)
    case .addressOfVariable(let to, let id): addressOfVariable(to, id)
    case .faultUnless(let test, let fault, let value): faultUnless(test, fault, value)

    // Text.swift
    case .text(let to, let constant): text(to, constant)
    case .copyText(let to, let from): move(source(from), to: to)
    case .nullText(let to): nullText(to)
    case .requireText(let text): requireText(text)
    case .loadText(let to, let address, let limit, let space): loadText(to, address, limit, space)
    case .loadFilled(let to, let address, let size, let filler, let space): loadFilled(to, address, size, filler, space)
    case .compareText(let comparison, let to, let left, let right): compareText(comparison, to, left, right)
    case .symbolText(let to, let symbol): symbolText(to, symbol)
    case .call(let to, let function, let arguments): try call(to, function, arguments)

    // Variables.swift, Arrays.swift, Aggregations.swift
    case .loadVariable(let to, let id): try loadVariable(to, id)
    case .storeVariable(let id, let value): try storeVariable(id, value)
    case .lookUp(let to, let id, let key): try lookUp(to, id, key)
    case .assign(let id, let key, let value): try assign(id, key, value)
    case .remove(let id, let key): try remove(id, key)
    case .lookUpBytes(let block, let id, let key): try lookUpBytes(block, id, key)
    case .assignBytes(let id, let key, let block): try assignBytes(id, key, block)
    case .loadBytes(let block, let id): try loadBytes(block, id)
    case .storeBytes(let id, let block): try storeBytes(id, block)
    case .aggregate(let id, let key, let value, let increment): try aggregate(id, key, value, increment)

    case .loadStack(let block, let frames, let user): loadStack(block, frames, user: user)

    // Speculations.swift
    case .speculation(let to): speculation(to)
    case .speculate(let ticket, let number, let size): speculate(ticket, number, size: size)
    case .conclude(let ticket, let number, let commits): conclude(ticket, number, commits: commits)

    case .signal(let number):
      load(number, into: .r1)
      emit(.call(.sendSignal))
    case .chill(let time): chill(time)

    // Records.swift
    case .happened(let item): happened(item)
    case .record(let item, let field, let value): try record(item, field, value)
    case .recordBytes(let item, let field, let address, let size, let space):
      recordBytes(item, field, address, size, space)
    case .recordStack(let item, let field): try recordStack(item, field)
    }
  }
}
