import DSyntax
import IR
import Source

extension Lowering {
  mutating func lower(_ statements: [TypedStatement]) {
    for (index, statement) in statements.enumerated() {
      blocksTaken = 0
      switch statement {
      case .expression(let typed):
        mark(typed.range)
        evaluate(typed)
      case .branch(let test, let then, let otherwise):
        mark(test.range)
        choose(test) {
          $0.lower(then)
        } otherwise: {
          $0.lower(otherwise)
        }
        // Branches are clauses of their own in DTrace (illumos `dt_sugar.c`), and no clause begins after exit().
        if let exits, statement.callsExit {
          let rest = Array(statements[(index + 1)...])
          return choose(on: exits) { _ in
          } otherwise: {
            $0.lower(rest)
          }
        }
      case .aggregate(let index, let key, let value, let increment, let range):
        mark(range)
        aggregate(index, key, value, increment)
      case .action(let action, let range):
        mark(range)
        lower(action)
      }
    }
  }

  private mutating func aggregate(_ index: Int, _ key: [Typed], _ value: Typed?, _ increment: Typed?) {
    let parts = key.enumerated().flatMap { place, typed -> [Operand] in
      if case .probePart(let part) = typed.kind, names.aggregations[index].symbolic[place] {
        let symbol = newRegister()
        emit(.probeSymbol(symbol, part))
        return [.integer(symbol)]
      }
      return addresses(of: typed) ?? [operand(typed)]
    }
    let datum = value.map { integer($0) }
    let weight = increment.map { integer($0) }
    emit(.aggregate(index, key: parts, value: datum, increment: weight))
  }

  private mutating func lower(_ action: TypedAction) {
    switch action {
    case .trace(let typed): record(.trace, [typed])
    case .printf(let format, let arguments): record(.printf(format: format), arguments)
    case .printa(let indices, let format): record(.printa(indices, format: format), [])
    case .exit(let status):
      record(.exit, [status])
      noteExit()
    case .clear(let index): record(.clear(index), [])
    case .denormalize(let index): record(.denormalize(index), [])
    case .truncate(let index, let count): record(.truncate(index), count.map { [$0] } ?? [])
    case .normalize(let index, let factor): record(.normalize(index), [factor])
    case .stack(let frames): recordStack(.stack, .kernelStack(frames: frames))
    case .userStack(let frames): recordStack(.userStack, .userStack(frames: frames))
    case .symbol(let kind, let address): recordSymbol(kind, address)
    case .print(let address, let type): recordPrinted(address, type)
    case .show(let type, let size, let parts):
      record(.show(type, size: size, places: parts.map(\.place)), parts.map(\.value))
    case .packet(let packet, let linkType): recordPacket(packet, linkType)
    case .memory(let memory, let capacity): recordMemory(referred: memory, capacity)
    case .tracemem(let address, let capacity, let size): recordMemory(address, capacity, size)
    case .speculate(let number): speculate(number)
    case .conclude(let number, let commits): conclude(number, commits: commits)
    case .system(let format, let arguments): record(.system(format: format), arguments)
    case .finding(let format, let arguments): record(.finding(format: format), arguments)
    case .freopen(let format, let arguments): record(.freopen(format: format), arguments)
    case .truncateOutput: record(.truncateOutput, [])
    case .setOption(let name, let value): record(.setOption, [name] + (value.map { [$0] } ?? []))
    case .raise(let signal): raise(integer(signal), "raise")
    case .stop: raise(constant(19), "stop")
    case .chill(let time): chill(integer(time))
    case .impossible(let action): refuse(action)
    case .copyInto(let address, let size, let to):
      let (from, count, target) = (integer(address), integer(size), integer(to))
      emit(.copyBytes(to: target, from: from, size: count, .user))
    case .copyBytes(let from, let to, let size):
      let (source, target, count) = (momentary(from), integer(to), integer(size))
      emit(.copyBytes(to: target, from: source, size: count, space(of: from)))
    }
  }

  /// An item whose fields are the values.
  mutating func record(_ action: Action, _ values: [Typed]) {
    let item = items.count
    items.append(.init(action))
    emit(.happened(item: item))
    for (field, typed) in values.enumerated() {
      // A name is recorded by its number, unless strsize may cut it.
      if case .probePart(let part) = typed.kind, options.stringSize >= 128 {
        let symbol = newRegister()
        emit(.probeSymbol(symbol, part))
        items[item].fields.append(.init(.symbol))
        emit(.record(item: item, field: field, .integer(symbol)))
      } else if typed.type.isAggregate {
        let size = types.size(of: typed.type) ?? 8
        let address = integer(typed)
        let count = constant(Int64(size))
        items[item].fields.append(.init(.bytes(size)))
        emit(.recordBytes(item: item, field: field, address: address, size: count, space(of: typed)))
      } else {
        let value = presentOperand(typed)
        items[item].fields.append(.init(.value(fieldStorage(typed))))
        emit(.record(item: item, field: field, value))
      }
    }
  }

  private func fieldStorage(_ typed: Typed) -> Storage {
    typed.type.isString ? .text(capacity(typed)) : storage(typed.type)
  }

  private mutating func recordStack(_ action: Action, _ kind: RecordLayout.Field.Kind) {
    items.append(.init(action, fields: [.init(kind)]))
    emit(.happened(item: items.count - 1))
    emit(.recordStack(item: items.count - 1, field: 0))
  }

  private mutating func recordSymbol(_ kind: SymbolKind, _ address: Typed) {
    let item = items.count
    var fields: [RecordLayout.Field] = []
    let isUser = kind == .userFunction || kind == .userModule || kind == .userAddress
    if isUser { fields.append(.init(.value(.integer(.double, signed: false)))) }
    fields.append(.init(.value(.integer(.double, signed: false))))
    items.append(.init(.symbol(kind), fields: fields))
    emit(.happened(item: item))
    if isUser {
      let pid = newRegister()
      emit(.builtin(pid, .pid))
      emit(.record(item: item, field: 0, .integer(pid)))
    }
    let value = integer(address)
    emit(.record(item: item, field: fields.count - 1, .integer(value)))
  }

  private mutating func recordPrinted(_ address: Typed, _ type: PrintedType) {
    let item = items.count
    let fields: [RecordLayout.Field] = [.init(.value(.integer(.double, signed: false))), .init(.bytes(type.size))]
    items.append(.init(.print(type), fields: fields))
    emit(.happened(item: item))
    let base = integer(address)
    let count = constant(Int64(type.size))
    emit(.record(item: item, field: 0, .integer(base)))
    emit(.recordBytes(item: item, field: 1, address: base, size: count, space(of: address)))
  }

  private mutating func recordMemory(_ address: Typed, _ capacity: Int, _ size: Typed?) {
    let item = items.count
    let fields: [RecordLayout.Field] = [.init(.bytes(capacity)), .init(.value(.integer(.double, signed: true)))]
    items.append(.init(.tracemem, fields: fields))
    emit(.happened(item: item))
    let base = integer(address)
    let count = size.map { integer($0) } ?? constant(Int64(capacity))
    emit(
      .recordBytes(
        item: item, field: 0, address: base, size: count, space(of: address)))
    emit(.record(item: item, field: 1, .integer(count)))
  }

  /// printm(): the bytes that two words speak of; more than there is room for is a fault, and the record is lost as in FreeBSD.
  private mutating func recordMemory(referred memory: Typed, _ capacity: Int) {
    let item = items.count
    let fields: [RecordLayout.Field] = [.init(.bytes(capacity)), .init(.value(.integer(.double, signed: false)))]
    items.append(.init(.tracemem, fields: fields))
    emit(.happened(item: item))
    let words = integer(memory)
    let (address, count, fits) = (newRegister(), newRegister(), newRegister())
    emit(.load(address, address: words, offset: 0, .double, signed: false, space(of: memory)))
    emit(.load(count, address: words, offset: 8, .double, signed: false, space(of: memory)))
    emit(.compare(.lessEqualUnsigned, fits, count, constant(Int64(capacity))))
    emit(.faultUnless(fits, .badSize, value: count))
    emit(.recordBytes(item: item, field: 0, address: address, size: count, .kernel))
    emit(.record(item: item, field: 1, .integer(count)))
  }
}
