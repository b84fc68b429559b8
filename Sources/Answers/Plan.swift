import IR

// A clause's record layout made ready for printing: formats are parsed once, and what runs per record is flat.

/// Where a value lies in a record or a key, and what it is.
struct Slot {
  enum Kind: Equatable {
    case signed, unsigned, text, symbol, bytes, kernelStack, userStack
    /// An address of a key, which prints as a name.
    case address(SymbolKind)
  }
  var kind: Kind
  var offset: Int
  /// Bytes; of an integer, those that count.
  var size: Int

  var isAddress: Bool { if case .address = kind { true } else { false } }

  init(_ field: RecordLayout.Field) {
    offset = field.offset
    size = field.size
    switch field.kind {
    case .value(.integer(_, let signed)): kind = signed ? .signed : .unsigned
    case .value(.text): kind = .text
    case .value(.bytes): kind = .bytes
    case .symbol: kind = .symbol
    case .bytes: kind = .bytes
    case .kernelStack: kind = .kernelStack
    case .userStack: kind = .userStack
    }
  }

  /// A part of an aggregation's key.
  init(_ part: Aggregation.KeyPart, at offset: Int) {
    self.offset = offset
    switch part {
    case .value(let storage):
      size = storage.size
      switch storage {
      case .integer(_, let signed): kind = signed ? .signed : .unsigned
      case .text: kind = .text
      case .bytes: kind = .bytes
      }
    case .symbol:
      kind = .symbol
      size = 4
    case .kernelStack(let frames):
      kind = .kernelStack
      size = frames * 8
    case .userStack(let frames):
      kind = .userStack
      size = frames * 8 + 8
    case .address(let symbol):
      kind = .address(symbol)
      size = symbol.isUser ? 16 : 8
    }
  }

  /// The parts of an aggregation's keys.
  static func key(of aggregation: Aggregation) -> [Slot] {
    zip(aggregation.key, KeyLayout(aggregation).offsets).map { Slot($0, at: $1) }
  }
}

/// A format bound to slots. Conversions that have no argument are left out: the compiler has refused them before.
struct Format {
  /// One piece, bound to the slots of its arguments.
  struct Step {
    enum Value {
      /// Bytes of `Format.literals`.
      case literal(Range<Int>)
      case slot(Slot)
      /// The next aggregation's value.
      case aggregation
    }
    var value: Value
    var kind = PrintfFormat.Conversion.Kind.percent
    var shape = Shape()
    var width: Slot?
    var precision: Slot?
  }

  var literals: [UInt8] = []
  var steps: [Step] = []

  init(_ text: FormatText, slots: [Slot]) {
    let pieces: [PrintfFormat.Piece]
    do { pieces = try PrintfFormat(text).pieces } catch { pieces = [.literal(text.bytes)] }
    var rest = slots[...]
    for piece in pieces {
      switch piece {
      case .literal(let bytes):
        steps.append(Step(value: .literal(literals.count..<literals.count + bytes.count)))
        literals += bytes
      case .directive(let directive):
        if let step = Self.bind(directive, to: &rest) { steps.append(step) }
      }
    }
  }

  private static func bind(_ directive: PrintfFormat.Directive, to slots: inout ArraySlice<Slot>) -> Step? {
    var step = Step(value: .aggregation)
    step.kind = directive.conversion.kind
    step.shape.flags = directive.flags
    switch directive.width {
    case .none: break
    case .fixed(let width): step.shape.width = width
    case .argument: step.width = slots.popFirst()
    }
    switch directive.precision {
    case .none: break
    case .fixed(let precision): step.shape.precision = precision
    case .argument: step.precision = slots.popFirst()
    }
    if !directive.ofAggregation {
      guard let slot = slots.popFirst() else { return nil }
      step.value = .slot(slot)
    }
    return step
  }
}

/// One action of a clause.
struct PlannedItem {
  enum Work {
    case trace(Slot)
    case printf(Format)
    /// Without a format, in the default way.
    case printa([Aggregation.ID], Format?)
    case stack(Slot)
    case symbol(SymbolKind, Slot)
    case tracemem(Slot, size: Slot?)
    case pcap(time: Slot, length: Slot, captured: Slot, linkType: Slot, bytes: Slot)
    case print(PrintedType, address: Slot, bytes: Slot)
    case show(PrintedType?, size: Int, [(place: Range<Int>, slot: Slot)])
    case exit(Slot?)
    case clear(Aggregation.ID)
    case truncate(Aggregation.ID, Slot?)
    case normalize(Aggregation.ID, Slot?)
    case denormalize(Aggregation.ID)
    case system(Format)
    case finding(Format)
    case freopen(Format)
    case truncateOutput
    case setOption(Slot, Slot?)
    case speculate(Slot)
    case commit(Slot)
    case discard(Slot)
    case nothing
  }
  /// The item's bit: a word of the presence words, and the bit in it.
  var word: Int
  var bit: UInt64
  var work: Work
  /// See `Action.controls`.
  var controls: Bool
}

/// A clause, ready.
struct Plan {
  var items: [PlannedItem] = []
  /// Bytes that a record of it has.
  var size: Int
  var number: Int
  /// The item that says to which speculation a record belongs.
  var speculation: Slot?
  var speculationItem = 0
  /// A record that only commits or discards prints no line of its own.
  var isSilent: Bool

  init(_ clause: Clause, in program: Program) {
    size = clause.record.size
    number = clause.number
    isSilent = !clause.record.items.isEmpty
    for (index, item) in clause.record.items.enumerated() {
      let slots = item.fields.map { Slot($0) }
      let work = Self.work(item.action, slots, in: program)
      switch work {
      case .commit, .discard: break
      default: isSilent = false
      }
      if case .speculate(let slot) = work {
        speculation = slot
        speculationItem = index
      }
      items.append(
        PlannedItem(
          word: RecordLayout.headerSize + index / 64 * 8, bit: 1 << UInt64(index % 64), work: work,
          controls: item.action.controls))
    }
  }

  private static func work(_ action: Action, _ slots: [Slot], in program: Program) -> PlannedItem.Work {
    let first = slots.first
    switch action {
    case .trace: return first.map { .trace($0) } ?? .nothing
    case .printf(let format): return .printf(Format(format, slots: slots))
    case .printa(let ids, let format):
      let known = ids.filter { program.aggregations.indices.contains($0) }
      guard !known.isEmpty else { return .nothing }
      let keys = known.map { Slot.key(of: program.aggregations[$0]) }
      let slots =
        keys.count == 1 ? keys[0] : JoinedKeys(keys, symbols: program.symbols.map { Array($0.utf8) }).slots
      return .printa(known, format.map { Format($0, slots: slots) })
    case .stack, .userStack: return first.map { .stack($0) } ?? .nothing
    case .symbol(let kind):
      guard var slot = first else { return .nothing }
      // A process's address lies behind its id.
      if kind.isUser, slots.count > 1 { slot.size += slots[1].size }
      return .symbol(kind, slot)
    case .print(let type): return slots.count == 2 ? .print(type, address: slots[0], bytes: slots[1]) : .nothing
    case .show(let type, let size, let places): return .show(type, size: size, Array(zip(places, slots)))
    case .tracemem: return first.map { .tracemem($0, size: slots.dropFirst().first) } ?? .nothing
    case .pcap:
      guard slots.count == 5 else { return .nothing }
      return .pcap(time: slots[0], length: slots[1], captured: slots[2], linkType: slots[3], bytes: slots[4])
    case .exit: return .exit(first)
    case .clear(let id): return .clear(id)
    case .truncate(let id): return .truncate(id, first)
    case .normalize(let id): return .normalize(id, first)
    case .denormalize(let id): return .denormalize(id)
    case .header: return .nothing
    case .speculate: return first.map { .speculate($0) } ?? .nothing
    case .commit: return first.map { .commit($0) } ?? .nothing
    case .discard: return first.map { .discard($0) } ?? .nothing
    case .truncateOutput: return .truncateOutput
    case .setOption: return first.map { .setOption($0, slots.dropFirst().first) } ?? .nothing
    case .system(let format): return .system(Format(format, slots: slots))
    case .finding(let format): return .finding(Format(format, slots: slots))
    case .freopen(let format): return .freopen(Format(format, slots: slots))
    }
  }
}
