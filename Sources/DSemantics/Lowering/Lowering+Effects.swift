import IR
import Source

// Speculations, and actions that do something to the world.

extension Lowering {
  /// What a record of a speculation costs beyond its data, as DTrace for Linux counts it.
  private static let speculationHeader = 16

  /// Goes on only where the speculation is in use and has room. What the clause has asked for before goes out all the same.
  mutating func speculate(_ number: Typed) {
    let ticket = newRegister()
    let number = integer(number)
    emit(.speculate(ticket: ticket, number: number, size: Self.speculationHeader))
    speculateStep = (block, blocks[block].steps.count - 1)
    let hasConcluded = items.contains { $0.action == .discard }
    let (yes, no) = (newBlock(), newBlock())
    end(.branch(ticket, then: yes, otherwise: no))
    enter(no)
    end(hasConcluded ? .commit : .discard)
    enter(yes)
    recordTicket(.speculate, ticket)
  }

  mutating func conclude(_ number: Typed, commits: Bool) {
    let ticket = newRegister()
    let number = integer(number)
    emit(.conclude(ticket: ticket, number: number, commits: commits))
    recordTicket(commits ? .commit : .discard, ticket)
  }

  private mutating func recordTicket(_ action: Action, _ ticket: Register) {
    let item = items.count
    items.append(.init(action, fields: [.init(.value(.integer(.double, signed: false)))]))
    emit(.happened(item: item))
    emit(.record(item: item, field: 0, .integer(ticket)))
  }

  /// At the end of the clause, when all that it records is known.
  mutating func sizeSpeculation() {
    guard let (block, step) = speculateStep,
      case .speculate(let ticket, let number, _) = blocks[block].steps[step]
    else { return }
    let fields = items.filter { $0.action != .speculate && $0.action != .discard }.flatMap(\.fields)
    let size = fields.reduce(Self.speculationHeader) { $0 + $1.size }
    blocks[block].steps[step] = .speculate(ticket: ticket, number: number, size: size)
  }

  mutating func raise(_ signal: Register, _ name: String) {
    emit(.signal(signal))
    // The line of a clause that only raises is printed.
    record(.header, [])
  }

  /// DTrace waits no longer than half a second, and refuses more (guide, chapter "Actions and Subroutines").
  mutating func chill(_ time: Register) {
    let fits = newRegister()
    emit(.compare(.lessEqualUnsigned, fits, time, constant(500_000_000)))
    emit(.faultUnless(fits, .illegalOperation, value: constant(0)))
    emit(.chill(time))
    record(.header, [])
  }

  mutating func refuse(_ action: ActionName) {
    let range = origins.indices.contains(Int(origin)) ? origins[Int(origin)] : 0..<0
    let text =
      switch action {
      case .copyout, .copyoutstr:
        "\(action.rawValue)( ) is not possible: this kernel does not let programs write to a process's memory"
      case .pcap: "pcap( ) reads the kernel's memory, which is not there"
      case .panic, .breakpoint, .livedump:
        "\(action.rawValue)( ) is not possible: no eBPF program may stop the kernel or write its memory to a file"
      default: "\(action.rawValue)() is not implemented (yet)"
      }
    found.report(SemanticComplaint.unsupported(text), at: .init(range.lowerBound, range.upperBound))
  }
}

extension Lowering {
  /// The operands of a key's part that stands for addresses; nil for another.
  mutating func addresses(of part: Typed) -> [Operand]? {
    switch part.kind {
    case .stack(let frames, let user):
      let words = user ? frames + 1 : frames
      let block = newBlock(bytes: words * 8)
      emit(.loadStack(block: block, frames: frames, user: user))
      let address = newRegister()
      emit(.addressOfVariable(address, block))
      return (0..<words).map { word in
        let value = newRegister()
        emit(.load(value, address: address, offset: word * 8, .double, signed: false, .kernel))
        return .integer(value)
      }
    case .symbol(let kind, let address):
      let value = integer(address)
      guard kind.isUser else { return [.integer(value)] }
      let pid = newRegister()
      emit(.builtin(pid, .pid))
      return [.integer(pid), .integer(value)]
    default: return nil
    }
  }
}
