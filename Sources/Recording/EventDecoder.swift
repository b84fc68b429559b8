import Bytes
package import Events

/// The events of a batch, up to the first that is damaged; and the first damage or unknown kind, if any.
package func decodeEvents(_ bytes: [UInt8]) -> (events: [Event], damage: EventCodecError?) {
  var decoder = EventDecoder(cursor: ByteCursor(bytes: bytes))
  var events: [Event] = []
  var skipped: EventCodecError?
  do throws(EventCodecError) {
    let version = try decoder.cursor.byte()
    guard version == EventKind.version else { throw .version(version) }
    while !decoder.cursor.isAtEnd {
      switch try decoder.next() {
      case .event(let event): events.append(event)
      case .unknown(let kind): skipped = skipped ?? .kind(kind)
      }
    }
  } catch {
    return (events, error)
  }
  return (events, skipped)
}

/// Values out of bytes, one after the other.
struct ByteCursor {
  let bytes: [UInt8]
  var index = 0
  var end: Int

  init(bytes: [UInt8]) {
    self.bytes = bytes
    end = bytes.count
  }

  var isAtEnd: Bool { index >= end }

  mutating func byte() throws(EventCodecError) -> UInt8 {
    guard index < end else { throw .truncated }
    index += 1
    return bytes[index - 1]
  }

  mutating func unsigned() throws(EventCodecError) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      let next = try byte()
      // The tenth byte holds the highest bit and nothing else.
      guard shift < 63 || next <= 1 else { throw .value(field: "number", UInt64(next)) }
      value |= UInt64(next & 0x7f) << shift
      if next < 0x80 { return value }
      shift += 7
      guard shift <= 63 else { throw .value(field: "number", value) }
    }
  }

  mutating func signed() throws(EventCodecError) -> Int64 {
    let value = try unsigned()
    return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
  }

  /// A number that fits T.
  mutating func number<T: FixedWidthInteger>(_: T.Type, _ field: String) throws(EventCodecError) -> T {
    if T.isSigned {
      let value = try signed()
      guard let number = T(exactly: value) else { throw .value(field: field, UInt64(bitPattern: value)) }
      return number
    }
    let value = try unsigned()
    guard let number = T(exactly: value) else { throw .value(field: field, value) }
    return number
  }

  mutating func flag(_ field: String) throws(EventCodecError) -> Bool {
    let value = try byte()
    guard value <= 1 else { throw .value(field: field, UInt64(value)) }
    return value == 1
  }

  mutating func fixed(_ count: Int) throws(EventCodecError) -> ArraySlice<UInt8> {
    guard count <= end - index else { throw .truncated }
    index += count
    return bytes[index - count..<index]
  }

  mutating func counted() throws(EventCodecError) -> [UInt8] {
    let count = try unsigned()
    guard count <= UInt64(end - index) else { throw .truncated }
    return Array(try fixed(Int(count)))
  }

  /// How many values follow; each takes a byte or more, so that a lie ends at the end of the bytes.
  mutating func count() throws(EventCodecError) -> Int {
    let count = try unsigned()
    guard count <= UInt64(end - index) else { throw .truncated }
    return Int(count)
  }

  mutating func bigEndian<T: FixedWidthInteger>(_: T.Type) throws(EventCodecError) -> T {
    try fixed(T.bitWidth / 8).reduce(0) { $0 << 8 | T($1) }
  }
}

private struct EventDecoder {
  enum Found {
    case event(Event)
    case unknown(UInt8)
  }

  var cursor: ByteCursor
  var actors: [Actor] = []
  var lastTime: Int64 = 0

  /// One event, within its own length.
  mutating func next() throws(EventCodecError) -> Found {
    let length = try cursor.unsigned()
    let end = cursor.end
    guard length <= UInt64(end - cursor.index) else { throw .truncated }
    cursor.end = cursor.index + Int(length)
    let kind = try cursor.byte()
    lastTime &+= try cursor.signed()
    let cpu = try cursor.number(UInt32.self, "cpu")
    let actor = try actor()
    let what = try what(kind)
    // A later version may have more to say of a kind that we know.
    cursor.index = cursor.end
    cursor.end = end
    guard let what else { return .unknown(kind) }
    return .event(Event(time: Instant(nanoseconds: lastTime), cpu: cpu, actor: actor, what: what))
  }

  private mutating func actor() throws(EventCodecError) -> Actor {
    let number = try cursor.unsigned()
    if number > 0 {
      guard number <= UInt64(actors.count) else { throw .value(field: "actor", number) }
      return actors[Int(number) - 1]
    }
    let actor = Actor(
      process: try process(), thread: try cursor.number(UInt32.self, "thread"),
      parent: try cursor.number(UInt32.self, "parent"), user: try cursor.number(UInt32.self, "user"),
      group: try cursor.number(UInt32.self, "group"), command: try cursor.counted())
    actors.append(actor)
    return actor
  }

  private mutating func process() throws(EventCodecError) -> ProcessID {
    ProcessID(pid: try cursor.number(UInt32.self, "pid"), start: try cursor.unsigned())
  }

  private mutating func what(_ kind: UInt8) throws(EventCodecError) -> Event.What? {
    switch kind {
    case EventKind.process: return .process(try processEvent())
    case EventKind.socket: return .socket(try socketEvent())
    case EventKind.file:
      return .file(
        FileEvent(
          path: try cursor.counted(), flags: try cursor.unsigned(), result: try cursor.signed(),
          readLate: try cursor.flag("late")))
    case EventKind.call:
      let number = try cursor.number(UInt32.self, "system call")
      let entry = try cursor.flag("entry")
      var arguments: [UInt64] = []
      for _ in 0..<(try cursor.count()) { arguments.append(try cursor.unsigned()) }
      return .call(CallEvent(number: number, entry: entry, arguments: arguments))
    case EventKind.stack:
      var frames: [String] = []
      for _ in 0..<(try cursor.count()) { frames.append(String(decoding: try cursor.counted(), as: UTF8.self)) }
      return .stack(frames)
    case EventKind.loss:
      return .loss(stage: String(decoding: try cursor.counted(), as: UTF8.self), count: try cursor.unsigned())
    default: return nil
    }
  }

  private mutating func processEvent() throws(EventCodecError) -> ProcessEvent {
    let kind = try cursor.byte()
    switch kind {
    case EventKind.processCreate: return .create(child: try process())
    case EventKind.processExec: return .exec(path: try cursor.counted(), arguments: try arguments())
    case EventKind.processExit: return .exit(status: try cursor.number(Int32.self, "status"))
    case EventKind.processFound: return .found(path: try cursor.counted(), arguments: try arguments())
    default: throw .value(field: "process event", UInt64(kind))
    }
  }

  private mutating func arguments() throws(EventCodecError) -> [[UInt8]] {
    var arguments: [[UInt8]] = []
    for _ in 0..<(try cursor.count()) { arguments.append(try cursor.counted()) }
    return arguments
  }

  private mutating func socketEvent() throws(EventCodecError) -> SocketEvent {
    let code = try cursor.byte()
    guard let action = SocketEvent.Action(rawValue: code) else { throw .value(field: "action", UInt64(code)) }
    let socket = SocketID(cookie: try cursor.unsigned(), namespace: try cursor.unsigned())
    let address = try cursor.bigEndian(UInt64.self).byteSwapped
    return SocketEvent(
      action: action, socket: socket, address: address, family: try cursor.number(UInt16.self, "family"),
      type: try cursor.number(UInt16.self, "type"), proto: try cursor.number(UInt16.self, "protocol"),
      local: try endpoint(), remote: try endpoint(), descriptor: try cursor.number(Int32.self, "descriptor"),
      result: try cursor.signed(), interface: try cursor.number(UInt32.self, "interface"),
      detail: try cursor.unsigned(), filter: try cursor.counted())
  }

  private mutating func endpoint() throws(EventCodecError) -> Endpoint {
    var address = Address.none
    let form = try cursor.byte()
    switch form {
    case 0: break
    case 4: address = Address(v4: try cursor.bigEndian(UInt32.self))
    case 6: address = Address(v6High: try cursor.bigEndian(UInt64.self), low: try cursor.bigEndian(UInt64.self))
    case EventKind.otherAddress:
      let version = try cursor.byte()
      address = Address(v6High: try cursor.bigEndian(UInt64.self), low: try cursor.bigEndian(UInt64.self))
      address.version = version
    default: throw .value(field: "address", UInt64(form))
    }
    return Endpoint(address, try cursor.number(UInt16.self, "port"))
  }
}
