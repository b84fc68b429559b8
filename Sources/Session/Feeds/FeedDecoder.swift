import Bytes
import Events
import IR
import Kernel
import Probes
import Symbols

/// A feed's records to events, by the order in which `Feed` traces.
struct FeedDecoder {
  private let layouts: [RecordLayout]
  private let numbers: [Int]
  private let clauses: [FeedClause]
  private let symbols: [Int: UInt32]
  private var symbolizer = Symbolizer()
  private var functions = ProbedFunctions()
  /// True once the run has begun: what iterators show from then on was not there before, but is there now.
  var hasBegun = false
  /// Records that were none of the feed's.
  private(set) var malformed: UInt64 = 0

  init(_ program: IR.Program, _ feed: Feed) {
    layouts = program.clauses.map(\.record)
    numbers = program.clauses.map(\.number)
    clauses = feed.clauses
    var numbersByName: [String: UInt32] = [:]
    for (number, name) in systemCallNames { numbersByName[name] = UInt32(number) }
    var table: [Int: UInt32] = [:]
    for (index, symbol) in program.symbols.enumerated() { table[index] = numbersByName[symbol] }
    symbols = table
  }

  /// Looks at these processes now, so that their stacks have names when they have run another program or are gone.
  mutating func notice(_ processes: [UInt32]) { for process in processes { symbolizer.notice(process) } }

  /// When the record's event happened and how frequent its kind is, if that is more than `most`; nil for others and for what is no event.
  mutating func frequent(_ record: RawSpan, _ clocks: Clocks, beyond most: FeedClause.Frequency)
    -> (time: Instant, frequency: FeedClause.Frequency)?
  {
    guard let index = index(record), clauses[numbers[index]].frequency > most else { return nil }
    return (clocks.instant(monotonic: record.littleEndian(UInt64.self, at: 8)), clauses[numbers[index]].frequency)
  }

  /// Which of the layouts the record has; nil when it is none of the feed's.
  private mutating func index(_ record: RawSpan) -> Int? {
    guard record.byteCount >= RecordLayout.headerSize, record.littleEndian(UInt16.self, at: 0) == 0 else { return nil }
    let index = Int(record.littleEndian(UInt32.self, at: 4))
    guard layouts.indices.contains(index), record.byteCount >= layouts[index].size else {
      malformed += 1
      return nil
    }
    return index
  }

  /// The event that the record tells of; nil when it tells of none.
  mutating func event(_ record: RawSpan, _ clocks: Clocks) -> Event? {
    guard let index = index(record) else { return nil }
    var fields = FeedFields(record, layouts[index])
    let clause = clauses[numbers[index]]
    if clause == .bookkeeping { return nil }
    let start = fields.integer()
    var actor = Actor(
      process: ProcessID(pid: record.littleEndian(UInt32.self, at: 24), start: start),
      thread: record.littleEndian(UInt32.self, at: 28), parent: UInt32(truncatingIfNeeded: fields.integer()),
      user: UInt32(truncatingIfNeeded: fields.integer()), group: UInt32(truncatingIfNeeded: fields.integer()),
      command: fields.text())
    guard let what = what(clause, &fields, &actor) else { return nil }
    return Event(
      time: clocks.instant(monotonic: record.littleEndian(UInt64.self, at: 8)),
      cpu: record.littleEndian(UInt32.self, at: 16), actor: actor, what: what)
  }

  private mutating func what(_ clause: FeedClause, _ fields: inout FeedFields, _ actor: inout Actor) -> Event.What? {
    switch clause {
    case .bookkeeping: return nil
    case .socket(let action):
      var event = socket(action, &fields, &actor)
      guard action == .found, hasBegun else { return .socket(event) }
      event.action = .seen
      return event.sniffs ? .socket(event) : nil
    case .processCreated:
      let pid = UInt32(truncatingIfNeeded: fields.integer())
      return .process(.create(child: ProcessID(pid: pid, start: fields.integer())))
    case .processExec:
      let path = fields.text()
      let arguments = execArguments(fields.text(), of: actor.process.pid)
      return .process(
        .exec(
          path: path, arguments: arguments,
          standard: StandardChannels(input: fields.integer(), output: fields.integer())))
    case .processFound:
      actor.process.pid = UInt32(truncatingIfNeeded: fields.integer())
      actor.thread = actor.process.pid
      return hasBegun ? nil : .process(.found(path: [], arguments: []))
    case .processExit: return .process(.exit(status: Int32(truncatingIfNeeded: Int64(bitPattern: fields.integer()))))
    case .fileOpened:
      let flags = fields.integer()
      let result = Int64(bitPattern: fields.integer())
      let path = fields.text()
      return .file(FileEvent(path: path, flags: flags, result: result, readLate: true, inode: fields.integer()))
    case .callEntered, .callReturned:
      guard let number = symbols[Int(fields.integer())] else { return nil }
      let isEntry = clause == .callEntered
      return .call(
        CallEvent(number: number, entry: isEntry, arguments: (0..<(isEntry ? 6 : 1)).map { _ in fields.integer() }))
    case .attached(let kind):
      return .attachment(attachment(kind, &fields, by: actor.process.pid))
    case .probeDefined:
      guard var attachment = definedProbe(fields.text()) else { return nil }
      attachment.function = functions.function(attachment.path, at: attachment.offset, of: actor.process.pid)
      return .attachment(attachment)
    case .stack:
      return .stack(fields.stack().map { symbolizer.frame($0, in: actor.process.pid) })
    }
  }

  private mutating func attachment(
    _ kind: AttachmentEvent.Kind, _ fields: inout FeedFields, by pid: UInt32
  ) -> AttachmentEvent {
    var attachment = AttachmentEvent(kind)
    if kind == .probe {
      attachment.path = fields.text()
      attachment.offset = fields.integer()
      attachment.isReturn = fields.integer() != 0
      attachment.process = Int32(truncatingIfNeeded: fields.integer())
      attachment.function = functions.function(attachment.path, at: attachment.offset, of: pid)
    } else if kind == .promiscuous {
      attachment.path = fields.text()
      attachment.interface = UInt32(truncatingIfNeeded: fields.integer())
    } else {
      attachment.type = UInt32(truncatingIfNeeded: fields.integer())
      attachment.program = UInt32(truncatingIfNeeded: fields.integer())
      attachment.name = fields.text()
      if kind != .load { attachment.interface = UInt32(truncatingIfNeeded: fields.integer()) }
    }
    return attachment
  }

  private func socket(
    _ action: SocketEvent.Action, _ fields: inout FeedFields, _ actor: inout Actor
  ) -> SocketEvent {
    var event = SocketEvent(action: action, socket: SocketID(cookie: 0, namespace: 0))
    event.address = fields.integer()
    event.socket = SocketID(cookie: fields.integer(), namespace: fields.integer())
    event.family = UInt16(truncatingIfNeeded: fields.integer())
    event.type = UInt16(truncatingIfNeeded: fields.integer())
    let proto = UInt16(truncatingIfNeeded: fields.integer())
    // A packet socket's ethertype lies in network order.
    event.proto = event.family == 17 ? proto.byteSwapped : proto
    let localPort = UInt16(truncatingIfNeeded: fields.integer())
    let remotePort = UInt16(truncatingIfNeeded: fields.integer()).byteSwapped
    let local = address(event.family, fields.integer(), fields.integer())
    let remote = address(event.family, fields.integer(), fields.integer())
    event.local = Endpoint(local, event.family == 17 ? 0 : localPort)
    event.remote = Endpoint(remote, event.family == 17 ? 0 : remotePort)
    event.interface = UInt32(truncatingIfNeeded: fields.integer())
    let filter = fields.integer()
    let filterLength = Int(truncatingIfNeeded: fields.integer() & 0xffff)
    event.filterKind = filter == 0 ? .none : filterLength == 0 ? .extended : .classic
    event.frames = UInt32(truncatingIfNeeded: fields.integer())
    event.hasRing = fields.integer() != 0
    event.peer = fields.integer()
    event.result = Int64(bitPattern: fields.integer())
    event.detail = fields.integer()
    event.descriptor = Int32(truncatingIfNeeded: Int64(bitPattern: fields.integer()))
    if action == .found {
      actor.process.pid = UInt32(truncatingIfNeeded: fields.integer())
      actor.thread = actor.process.pid
    }
    if action == .translated || action == .asked { translate(&event, &fields) }
    if action == .send || action == .receive { event.payloadMark = fields.integer() }
    if action == .send {
      event.destination = Endpoint(
        socketAddress: (fields.integer(), fields.integer(), fields.integer()), of: event.family)
      let receiver = fields.integer()
      if event.family == 1, event.peer == 0 { event.peer = receiver }
    }
    if action == .state || action == .written || action == .relayed { event.peer = fields.integer() }
    if action == .transmitted {
      let transmitter = fields.integer()
      event.peer = transmitter > 0xffff_ffff ? transmitter & 0xffff_ffff : 0
      event.sender = UInt32(truncatingIfNeeded: fields.integer())
      setFrame(&event, &fields)
    }
    if action == .found { event.queued = UInt32(truncatingIfNeeded: fields.integer()) }
    if action == .found || action == .attachFilter {
      event.filter = fields.bytes()
      // A part of a program says nothing about what the whole lets through.
      if event.filter.count != filterLength * 8 { event.filter = [] }
    }
    return event
  }

  /// Whom a packet socket's frame is for.
  private func setFrame(_ event: inout SocketEvent, _ fields: inout FeedFields) {
    let etherType = UInt16(truncatingIfNeeded: fields.integer()).byteSwapped
    let port = UInt16(truncatingIfNeeded: fields.integer())
    let words = (fields.integer(), fields.integer())
    guard event.family == 17 else { return }
    event.etherType = etherType
    guard [0x0800, 0x86dd].contains(etherType) else { return }
    event.destination = Endpoint(address(etherType == 0x0800 ? 2 : 10, words.0, words.1), port)
  }

  /// The ends that are on the wire take the place of the socket's own.
  private func translate(_ event: inout SocketEvent, _ fields: inout FeedFields) {
    event.socket.namespace = fields.integer()
    event.family = UInt16(truncatingIfNeeded: fields.integer())
    let ports = fields.integer()
    event.proto = UInt16(ports >> 32 & 0xff)
    let local = address(event.family, fields.integer(), fields.integer())
    let remote = address(event.family, fields.integer(), fields.integer())
    event.local = Endpoint(local, UInt16(ports >> 16 & 0xffff).byteSwapped)
    event.remote = Endpoint(remote, UInt16(ports & 0xffff).byteSwapped)
  }

  /// Words of an address as they lie in memory, in network order.
  private func address(_ family: UInt16, _ high: UInt64, _ low: UInt64) -> Address {
    switch family {
    case 2: return Address(v4: UInt32(truncatingIfNeeded: low).byteSwapped)
    case 10: return Address(v6High: high.byteSwapped, low: low.byteSwapped)
    default: return .none
    }
  }
}

extension Symbolizer {
  /// `object'symbol+0x1c`, or the bare address.
  fileprivate mutating func frame(_ address: UInt64, in pid: UInt32) -> String {
    guard let name = userName(of: address, in: pid), let symbol = name.symbol else {
      return "0x" + String(address, radix: 16)
    }
    let offset = name.offset == 0 ? "" : "+0x" + String(name.offset, radix: 16)
    return name.object + "'" + symbol + offset
  }
}

/// The fields of one record, read one after the other.
private struct FeedFields: ~Escapable {
  private let record: RawSpan
  private let layout: RecordLayout
  private var item = 0

  @_lifetime(copy record)
  init(_ record: RawSpan, _ layout: RecordLayout) {
    self.record = record
    self.layout = layout
  }

  private mutating func next() -> (index: Int, fields: [RecordLayout.Field])? {
    guard item < layout.items.count else { return nil }
    defer { item += 1 }
    return (item, layout.items[item].fields)
  }

  private func happened(_ index: Int) -> Bool {
    let word = record.littleEndian(UInt64.self, at: RecordLayout.headerSize + 8 * (index / 64))
    return word >> UInt64(index % 64) & 1 != 0
  }

  /// The next integer, extended by its sign; zero when there is none.
  mutating func integer() -> UInt64 {
    guard let (_, fields) = next(), let field = fields.first else { return 0 }
    switch field.kind {
    case .value(.integer(.byte, let signed)):
      let value = record.byte(at: field.offset)
      return signed ? UInt64(bitPattern: Int64(Int8(bitPattern: value))) : UInt64(value)
    case .value(.integer(.half, let signed)):
      let value = record.littleEndian(UInt16.self, at: field.offset)
      return signed ? UInt64(bitPattern: Int64(Int16(bitPattern: value))) : UInt64(value)
    case .value(.integer(.word, let signed)):
      let value = record.littleEndian(UInt32.self, at: field.offset)
      return signed ? UInt64(bitPattern: Int64(Int32(bitPattern: value))) : UInt64(value)
    case .value(.integer(.double, _)): return record.littleEndian(UInt64.self, at: field.offset)
    case .symbol: return UInt64(record.littleEndian(UInt32.self, at: field.offset))
    default: return 0
    }
  }

  mutating func text() -> [UInt8] {
    guard let (_, fields) = next(), let field = fields.first else { return [] }
    return record.text(at: field.offset, limit: field.size)
  }

  /// The bytes of a tracemem() that may not have happened.
  mutating func bytes() -> [UInt8] {
    guard let (index, fields) = next(), fields.count == 2, happened(index) else { return [] }
    let size = Int(clamping: record.littleEndian(Int64.self, at: fields[1].offset))
    return record.copy(fields[0].offset..<fields[0].offset + min(max(0, size), fields[0].size))
  }

  /// Return addresses, innermost first.
  mutating func stack() -> [UInt64] {
    guard let (_, fields) = next(), let field = fields.first else { return [] }
    return stride(from: field.offset + 8, to: field.offset + field.size, by: 8).map {
      record.littleEndian(UInt64.self, at: $0)
    }.filter { $0 != 0 }
  }
}
