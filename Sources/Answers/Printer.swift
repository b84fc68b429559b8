import Bytes
package import Events
package import IR

/// Prints a program's records as dtrace(1) does: bytes of text in `output`, which the caller writes and empties.
///
/// Records come in the order of time, each as `RecordLayout` lays it out. Nothing in a record is trusted: what does not
/// belong to the program is counted and left out.
package struct Printer {
  /// What has been printed and not yet taken.
  package private(set) var output: [UInt8] = []
  /// What the caller must do at places of `output`; taken with it.
  package private(set) var effects: [Effect] = []
  /// What exit() was given last; nil as long as there was none.
  package private(set) var exitStatus: Int32?
  /// Records that were none of this program's.
  package private(set) var malformed: UInt64 = 0
  /// Records of speculations that came too late to be committed, or did not fit.
  package private(set) var speculationDrops: UInt64 = 0
  /// Records whose clauses were taken up again to read what their probes could not (`RecordLayout`).
  package private(set) var resumed: UInt64 = 0

  private let plans: [Plan]
  private let heads: [ProbeHead]
  private let program: Program
  private var options: PrintOptions
  private var renderer: Renderer
  private var aggregations: Aggregations
  private var flow = Flow()
  private var speculations = Speculations()
  /// Whether the line that explains the columns has been printed; another printer may have done that.
  package var hasHeader = false

  package init(
    _ program: Program, options: PrintOptions = PrintOptions(), names: any AddressNaming = Nameless()
  ) {
    plans = program.clauses.map { Plan($0, in: program) }
    heads = program.probes.map { ProbeHead($0, in: program, options) }
    self.program = program
    self.options = options
    renderer = Renderer(options: options, symbols: program.symbols.map { Array($0.utf8) }, names: names)
    aggregations = Aggregations(program)
    // The engines bound each speculation; this bounds what a program that is not theirs may bring.
    let (each, isLarge) = program.limits.speculationSize.addingReportingOverflow(65_536)
    let (all, isHuge) = each.multipliedReportingOverflow(by: 2 * max(1, program.limits.speculations))
    speculations.limit = isLarge || isHuge ? Int.max : all
  }

  /// Prints one record. The actions on aggregations are done on `source` as they come.
  package mutating func consume(_ record: RawSpan, aggregations source: inout some AggregationSource) -> Consumed {
    guard let header = Header(record), header.clause < plans.count, header.probe < heads.count else {
      return refuse()
    }
    if header.isFault { return fault(record, header) }
    if header.isResumed { resumed += 1 }
    let plan = plans[header.clause]
    // A record's presence words come even before its fields.
    guard plan.size > 0, record.byteCount >= plan.size else { return refuse() }
    if let slot = plan.speculation, plan.items[plan.speculationItem].happened(record) {
      if !speculations.keep(record, of: record.bits(slot)) { speculationDrops += 1 }
      return .speculated
    }
    print(record, header, plan, &source)
    return .printed
  }

  /// Whose record of data it is, and whether exit() is called in it; nil for a fault and for what is none of this program's, and for a
  /// speculation's, which has a buffer of its own until it is committed.
  package func place(of record: RawSpan, isCommitted: Bool = false) -> (clause: Int, cpu: UInt32, exits: Bool)? {
    guard let header = Header(record), !header.isFault, header.clause < plans.count else { return nil }
    let plan = plans[header.clause]
    guard plan.size > 0, record.byteCount >= plan.size else { return nil }
    if plan.speculation != nil, !isCommitted, plan.items[plan.speculationItem].happened(record) { return nil }
    let exits = plan.items.contains { item in
      if case .exit = item.work { item.happened(record) } else { false }
    }
    return (header.clause, header.cpu, exits)
  }

  /// Does what later output depends on in a record whose own lines are not printed: it was pushed out of its buffer, or found no room.
  package mutating func settle(_ record: RawSpan, aggregations source: inout some AggregationSource) {
    guard let header = Header(record), !header.isFault, header.clause < plans.count, header.probe < heads.count else {
      return
    }
    let plan = plans[header.clause]
    guard plan.size > 0, record.byteCount >= plan.size else { return }
    for item in plan.items where item.controls && item.happened(record) { perform(item.work, record, header, &source) }
  }

  /// Ends the speculations that a record commits or discards, before it is printed.
  /// - Returns: the records that were committed, for `replay`.
  package mutating func conclude(
    by record: RawSpan, aggregations source: inout some AggregationSource
  ) -> [[UInt8]] {
    guard let header = Header(record), !header.isFault, header.clause < plans.count else { return [] }
    let plan = plans[header.clause]
    guard plan.size > 0, record.byteCount >= plan.size else { return [] }
    var committed: [[UInt8]] = []
    for item in plan.items where item.happened(record) {
      switch item.work {
      case .commit(let slot): committed += kept(by: record.bits(slot), commits: true, &source)
      case .discard(let slot): _ = kept(by: record.bits(slot), commits: false, &source)
      default: break
      }
    }
    return committed
  }

  /// Looks at a process while it is there, for what will be printed of its addresses.
  package mutating func notice(_ pid: UInt32) { renderer.names.notice(pid) }

  /// Ends the line that a terminal has begun with `^C`, as dtrace does; a test suite's expectations know no such line.
  package mutating func startLine() {
    if !options.testing { output.append(UInt8(ascii: "\n")) }
  }

  /// At the end of the run: a blank line, then every aggregation that no printa() has printed.
  package mutating func finish(aggregations source: inout some AggregationSource) {
    output.append(UInt8(ascii: "\n"))
    aggregations.printRest(from: &source, &renderer, into: &output)
  }

  /// Gives what has been printed to `write`, in pieces, and each effect at its place to `perform`; then forgets both.
  package mutating func drain(write: (RawSpan) -> Void, perform: (Effect) -> Void) {
    deliver(write: write, perform: perform)
    effects.removeAll(keepingCapacity: true)
    output.removeAll(keepingCapacity: output.capacity < 1 << 22)
  }

  private func deliver(write: (RawSpan) -> Void, perform: (Effect) -> Void) {
    let all = RawSpan(_elements: output.span)
    var start = 0
    for effect in effects {
      if effect.at > start { write(all.extracting(start..<effect.at)) }
      start = effect.at
      perform(effect)
    }
    if output.count > start { write(all.extracting(start..<output.count)) }
  }

  private mutating func refuse() -> Consumed {
    malformed += 1
    return .malformed
  }

  private mutating func fault(_ record: RawSpan, _ header: Header) -> Consumed {
    guard record.byteCount >= RecordLayout.faultSize else { return refuse() }
    let offset = record.littleEndian(UInt32.self, at: 36)
    return .fault(
      FaultReport(
        clause: header.clause, probe: header.probe,
        fault: Fault(rawValue: record.littleEndian(UInt32.self, at: 32)) ?? .unknown,
        value: record.littleEndian(UInt64.self, at: 40), offset: offset == 0 ? nil : offset))
  }

  private mutating func print(
    _ record: RawSpan, _ header: Header, _ plan: Plan, _ source: inout some AggregationSource
  ) {
    // A clause that found no speculation to record for has done nothing but what stands before.
    let isSilent = plan.isSilent || (plan.speculation != nil && !plan.items[plan.speculationItem].happened(record))
    if !isSilent { putHead(header, clause: plan.number) }
    for index in plan.items.indices where plan.items[index].happened(record) {
      perform(plan.items[index].work, record, header, &source)
    }
    if !isSilent, !options.quiet { output.append(UInt8(ascii: "\n")) }
  }

  /// The head of a record's line, and before the first of all the line that explains it.
  private mutating func putHead(_ header: Header, clause: Int) {
    if options.flowIndent {
      if !hasHeader {
        output.put(options.testing ? "FUNCTION" : "CPU FUNCTION")
        output.put(blanks: 41 - 8)
        output.append(UInt8(ascii: "\n"))
      }
      flow.put(heads[header.probe], clause: clause, cpu: header.cpu, testing: options.testing, into: &output)
    } else if !options.quiet {
      if !hasHeader {
        output.put(
          options.testing ? "                   FUNCTION:NAME\n" : "CPU     ID                    FUNCTION:NAME\n")
      }
      if !options.testing { output.put(decimal: Int64(header.cpu), width: 3) }
      output.append(contentsOf: heads[header.probe].line)
    }
    hasHeader = true
  }

  private mutating func perform(
    _ work: PlannedItem.Work, _ record: RawSpan, _ header: Header, _ source: inout some AggregationSource
  ) {
    func effect(_ what: Effect.What) -> Effect {
      let place = FaultReport(clause: header.clause, probe: header.probe, fault: .unknown, value: 0)
      return Effect(at: output.count, what: what, origin: place.origin(in: program, dialect: options.dialect))
    }
    switch work {
    case .printf(let format): renderer.put(format, record, into: &output)
    case .trace(let slot): renderer.putTrace(slot, record, into: &output)
    case .stack(let slot): renderer.putStack(slot, record, into: &output)
    case .symbol(let kind, let slot): renderer.putSymbol(kind, slot, record, into: &output)
    case .tracemem(let slot, let size): renderer.putMemory(slot, size: size, record, into: &output)
    case .pcap(let time, let length, let captured, let linkType, let bytes):
      let count = Swift.min(Int(record.bits(captured)), bytes.size)
      guard count > 0 else { break }
      let packet = CapturedPacket(
        time: record.integer(time), length: UInt32(truncatingIfNeeded: record.bits(length)),
        linkType: UInt32(truncatingIfNeeded: record.bits(linkType)),
        bytes: (bytes.offset..<bytes.offset + count).map { record.byte(at: $0) })
      effects.append(effect(.packet(packet)))
    case .print(let type, let address, let bytes):
      var value = PrintedValue(offset: bytes.offset, limit: Swift.min(bytes.size, options.printSize))
      value.put(
        type, address: record.bits(address), record, into: &output)
    case .show(let type, let size, let parts):
      renderer.put(type, size: size, parts, record, into: &output)
    case .printa(let ids, let format):
      aggregations.print(ids, format: format, from: &source, &renderer, into: &output)
    case .exit(let slot): exitStatus = slot.map { Int32(truncatingIfNeeded: record.integer($0)) } ?? 0
    case .clear(let id): source.clear(id)
    case .truncate(let id, let slot):
      aggregations.truncate(id, to: slot.map { record.integer($0) } ?? 0, in: &source, &renderer)
    case .normalize(let id, let slot): aggregations.normalize(id, by: slot.map { record.integer($0) } ?? 1)
    case .denormalize(let id): aggregations.normalize(id, by: 1)
    case .system(let format):
      var command: [UInt8] = []
      renderer.put(format, record, into: &command)
      effects.append(effect(.system(command)))
    case .finding(let format):
      var sentence: [UInt8] = []
      renderer.put(format, record, into: &sentence)
      effects.append(effect(.finding(sentence)))
    case .freopen(let format):
      var path: [UInt8] = []
      renderer.put(format, record, into: &path)
      effects.append(effect(.reopen(path)))
    case .truncateOutput: effects.append(effect(.truncate))
    case .setOption(let name, let value):
      let name = record.string(name)
      let value = value.map { record.string($0) } ?? "1"
      do {
        try options.set(name, value)
        renderer.options = options
      } catch {
        effects.append(effect(.complain("couldn't set option \"\(name)\" to \"\(value)\": \(error.rawValue)\n")))
      }
    case .commit(let slot): conclude(record.bits(slot), commits: true, &source)
    case .discard(let slot): conclude(record.bits(slot), commits: false, &source)
    case .speculate, .nothing: break
    }
  }

  /// Prints or forgets what was kept for a speculation, whose number is free then.
  private mutating func conclude(_ ticket: UInt64, commits: Bool, _ source: inout some AggregationSource) {
    for record in kept(by: ticket, commits: commits, &source) { replay(record, aggregations: &source) }
  }

  /// Ends a speculation.
  /// - Returns: the records that it commits.
  private mutating func kept(
    by ticket: UInt64, commits: Bool, _ source: inout some AggregationSource
  ) -> [[UInt8]] {
    if ticket == 0 { return [] }
    let kept = speculations.take(ticket)
    source.free(speculation: ticket)
    return commits ? kept : []
  }

  /// Does what a commit() or discard() asked for whose own record was lost: its clause faulted later, or there was no room. The
  /// caller has given all records that were made before, and `asked` was read before those.
  /// - Returns: the records that were committed, for `replay`.
  package mutating func conclude(
    lost asked: [(ticket: UInt64, commits: Bool)], aggregations source: inout some AggregationSource
  ) -> [[UInt8]] {
    var committed: [[UInt8]] = []
    for (ticket, commits) in asked where !speculations.isConcluded(ticket) {
      committed += kept(by: ticket, commits: commits, &source)
    }
    return committed
  }

  /// Prints a record that was kept for its speculation; it was checked when it came.
  package mutating func replay(_ bytes: [UInt8], aggregations source: inout some AggregationSource) {
    let record = RawSpan(_elements: bytes.span)
    guard let header = Header(record) else { return }
    let plan = plans[header.clause]
    // No clause that speculates commits: a second round ends here.
    for item in plan.items { if case .commit = item.work { return } }
    print(record, header, plan, &source)
  }
}

/// The head of a record, which every record has.
private struct Header {
  let isFault: Bool
  let isResumed: Bool
  let clause: Int
  let cpu: UInt32
  let probe: Int

  /// Nil when it is cut off or of no known kind.
  init?(_ record: RawSpan) {
    guard record.byteCount >= RecordLayout.headerSize else { return nil }
    let kind = record.littleEndian(UInt16.self, at: 0)
    isResumed = record.littleEndian(UInt16.self, at: 2) == 1
    guard kind <= 1 else { return nil }
    isFault = kind == 1
    clause = Int(record.littleEndian(UInt32.self, at: 4))
    cpu = record.littleEndian(UInt32.self, at: 16)
    probe = Int(record.littleEndian(UInt32.self, at: 20))
  }
}

extension PlannedItem {
  /// Whether the item happened in the firing that this record tells of.
  fileprivate func happened(_ record: RawSpan) -> Bool { record.littleEndian(UInt64.self, at: word) & bit != 0 }
}
