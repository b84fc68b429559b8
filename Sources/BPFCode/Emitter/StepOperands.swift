import IR

/// What a step reads and what it writes: what every analysis asks of it.
struct StepOperands {
  var reads: [Operand] = []
  var write: Operand?

  init(_ step: Step) {
    switch step {
    case .constant(let to, _), .builtin(let to, _), .probeSymbol(let to, _), .context(let to, word: _),
      .fed(let to, slot: _):
      write = .integer(to)
    case .copy(let to, let from), .negate(let to, let from), .complement(let to, let from),
      .extend(let to, let from, _, signed: _):
      write = .integer(to)
      reads = [.integer(from)]
    case .binary(_, let to, let left, let right), .compare(_, let to, let left, let right):
      write = .integer(to)
      reads = [.integer(left), .integer(right)]
    case .textBuiltin(let to, _), .textFed(let to, slot: _), .text(let to, constant: _):
      write = .text(to)
    case .load(let to, let address, offset: _, _, signed: _, _):
      write = .integer(to)
      reads = [.integer(address)]
    case .socketCookie(let to, let socket):
      write = .integer(to)
      reads = [.integer(socket)]
    case .store(let address, offset: _, let value, _):
      reads = [.integer(address), .integer(value)]
    case .allocate(let to, let size):
      write = .integer(to)
      reads = [.integer(size)]
    case .copyBytes(let to, let from, let size, _):
      reads = [.integer(to), .integer(from), .integer(size)]
    case .copyText(let to, let from):
      write = .text(to)
      reads = [.text(from)]
    case .loadText(let to, let address, let limit, _):
      write = .text(to)
      reads = [.integer(address)] + (limit.map { [.integer($0)] } ?? [])
    case .compareText(_, let to, let left, let right):
      write = .integer(to)
      reads = [.text(left), .text(right)]
    case .symbolText(let to, let symbol):
      write = .text(to)
      reads = [.integer(symbol)]
    case .addressOfText(let to, let text):
      write = .integer(to)
      reads = [.text(text)]
    case .call(let to, _, let arguments):
      write = to
      reads = arguments
    case .loadVariable(let to, _):
      write = to
    case .storeVariable(_, let value):
      reads = [value]
    case .lookUp(let to, _, let key):
      write = to
      reads = key
    case .assign(_, let key, let value):
      reads = key + [value]
    case .remove(_, let key):
      reads = key
    case .aggregate(_, let key, let value, let increment):
      reads = key + [value, increment].compactMap { $0.map { .integer($0) } }
    case .happened, .recordStack:
      break
    case .record(item: _, field: _, let value):
      reads = [value]
    case .recordBytes(item: _, field: _, let address, let size, _):
      reads = [.integer(address), .integer(size)]
    }
  }
}
