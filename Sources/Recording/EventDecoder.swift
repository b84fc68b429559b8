import Bytes
package import Events

/// The events of a batch, up to the first that is damaged; and the first damage or unknown kind, if any.
package func decodeEvents(_ bytes: [UInt8]) -> (events: [Event], damage: EventCodecError?) {
  var events: [Event] = []
  var skipped: EventCodecError?
  do throws(EventCodecError) {
    var decoder = try EventDecoder(bytes)
    while let found = try decoder.next() {
      switch found {
      case .event(let event): events.append(event)
      case .unknown(let kind): skipped = skipped ?? .kind(kind)
      }
    }
  } catch {
    return (events, error)
  }
  return (events, skipped)
}

/// The events of a batch one by one, so that a hostile batch costs no more memory than its bytes.
struct EventDecoder {
  enum Found {
    case event(Event)
    case unknown(UInt8)
  }

  private var cursor: ByteCursor
  private var actors: [Actor] = []
  private var lastTime: Int64 = 0

  init(_ bytes: [UInt8]) throws(EventCodecError) {
    cursor = ByteCursor(bytes: bytes)
    let version = try cursor.byte()
    guard version == EventKind.version else { throw .version(version) }
  }

  /// The next event, within its own length; nil at the end. Not to be called again after an error.
  mutating func next() throws(EventCodecError) -> Found? {
    if cursor.isAtEnd { return nil }
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
      var event = FileEvent(
        path: try cursor.counted(), flags: try cursor.unsigned(), result: try cursor.signed(),
        readLate: try cursor.flag("late"))
      if !cursor.isAtEnd { event.inode = try cursor.unsigned() }
      return .file(event)
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
    case EventKind.state: return .state(try cursor.state())
    case EventKind.descriptors: return .descriptors(try cursor.descriptors())
    case EventKind.container: return .container(try cursor.counted())
    case EventKind.attachment: return .attachment(try attachment())
    case EventKind.resolvers:
      var addresses: [Address] = []
      for _ in 0..<(try cursor.count()) { addresses.append(try cursor.address()) }
      return .resolvers(addresses, place: try cursor.unsigned())
    default: return nil
    }
  }

  private mutating func processEvent() throws(EventCodecError) -> ProcessEvent {
    let kind = try cursor.byte()
    switch kind {
    case EventKind.processCreate: return .create(child: try process())
    case EventKind.processExec:
      let (path, arguments) = (try cursor.counted(), try cursor.texts())
      if cursor.isAtEnd { return .exec(path: path, arguments: arguments) }
      let standard = StandardChannels(input: try cursor.unsigned(), output: try cursor.unsigned())
      return .exec(path: path, arguments: arguments, standard: standard)
    case EventKind.processExit: return .exit(status: try cursor.number(Int32.self, "status"))
    case EventKind.processFound: return .found(path: try cursor.counted(), arguments: try cursor.texts())
    default: throw .value(field: "process event", UInt64(kind))
    }
  }

  private mutating func attachment() throws(EventCodecError) -> AttachmentEvent {
    var attachment = AttachmentEvent(try cursor.choice("attachment"))
    attachment.type = try cursor.number(UInt32.self, "type")
    attachment.program = try cursor.number(UInt32.self, "program")
    attachment.interface = try cursor.number(UInt32.self, "interface")
    attachment.name = try cursor.counted()
    attachment.path = try cursor.counted()
    attachment.offset = try cursor.unsigned()
    attachment.function = try cursor.counted()
    attachment.isReturn = try cursor.flag("return")
    attachment.process = try cursor.number(Int32.self, "process")
    return attachment
  }

  private mutating func socketEvent() throws(EventCodecError) -> SocketEvent {
    let code = try cursor.byte()
    guard let action = SocketEvent.Action(rawValue: code) else { throw .value(field: "action", UInt64(code)) }
    let socket = SocketID(cookie: try cursor.unsigned(), namespace: try cursor.unsigned())
    let address = try cursor.bigEndian(UInt64.self).byteSwapped
    var event = SocketEvent(
      action: action, socket: socket, address: address, family: try cursor.number(UInt16.self, "family"),
      type: try cursor.number(UInt16.self, "type"), proto: try cursor.number(UInt16.self, "protocol"),
      local: try cursor.endpoint(), remote: try cursor.endpoint(),
      descriptor: try cursor.number(Int32.self, "descriptor"),
      result: try cursor.signed(), interface: try cursor.number(UInt32.self, "interface"),
      detail: try cursor.unsigned(), filter: try cursor.counted())
    if cursor.isAtEnd { return event }
    event.filterKind = try cursor.choice("filter kind")
    event.frames = try cursor.number(UInt32.self, "frames")
    event.hasRing = try cursor.flag("ring")
    event.peer = try cursor.unsigned()
    if !cursor.isAtEnd { event.destination = try cursor.endpoint() }
    if !cursor.isAtEnd { event.payloadMark = try cursor.unsigned() }
    if !cursor.isAtEnd {
      event.queued = try cursor.number(UInt32.self, "queued")
      event.etherType = try cursor.number(UInt16.self, "ethertype")
      if !cursor.isAtEnd { event.sender = try cursor.number(UInt32.self, "sender") }
    }
    return event
  }
}
