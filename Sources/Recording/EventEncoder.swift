import Bytes
package import Events

/// Collects events into one batch of bytes.
package struct EventEncoder: Sendable {
  /// The batch so far; empty when no event is in it.
  package var bytes: [UInt8] { batch.bytes }
  /// Events in the batch.
  package private(set) var count = 0
  private var batch = ByteWriter()
  /// Actors in the batch; their numbers are kept once there is a second one.
  private var actorCount: UInt64 = 0
  private var actors: [Actor: UInt64] = [:]
  private var lastActor: (actor: Actor, number: UInt64)?
  private var lastTime: Int64 = 0
  private var body = ByteWriter(capacity: 256)

  package init() {}

  /// Begins a new batch.
  package mutating func removeAll() {
    batch.bytes.removeAll(keepingCapacity: true)
    count = 0
    actorCount = 0
    if !actors.isEmpty { actors.removeAll(keepingCapacity: true) }
    lastActor = nil
    lastTime = 0
  }

  package mutating func append(_ event: Event) {
    if count == 0 { batch.byte(EventKind.version) }
    body.bytes.removeAll(keepingCapacity: true)
    body.byte(event.what.kind)
    body.signed(event.time.nanoseconds &- lastTime)
    lastTime = event.time.nanoseconds
    body.unsigned(UInt64(event.cpu))
    append(event.actor)
    body.append(event.what)
    batch.unsigned(UInt64(body.count))
    batch.append(body.bytes)
    count += 1
  }

  private mutating func append(_ actor: Actor) {
    // Neighbouring events are mostly one thread's.
    if let lastActor, lastActor.actor == actor { return body.unsigned(lastActor.number) }
    if let lastActor, actorCount == 1 { actors[lastActor.actor] = lastActor.number }
    if actorCount > 0, let number = actors[actor] {
      lastActor = (actor, number)
      return body.unsigned(number)
    }
    actorCount += 1
    if actorCount > 1 { actors[actor] = actorCount }
    lastActor = (actor, actorCount)
    body.unsigned(0)
    body.append(actor.process)
    for value in [actor.thread, actor.parent, actor.user, actor.group] { body.unsigned(UInt64(value)) }
    body.counted(actor.command)
  }
}

extension Event.What {
  fileprivate var kind: UInt8 {
    switch self {
    case .process: EventKind.process
    case .socket: EventKind.socket
    case .file: EventKind.file
    case .call: EventKind.call
    case .stack: EventKind.stack
    case .loss: EventKind.loss
    case .state: EventKind.state
    case .descriptors: EventKind.descriptors
    case .container: EventKind.container
    case .attachment: EventKind.attachment
    case .resolvers: EventKind.resolvers
    }
  }
}

extension ByteWriter {
  mutating func unsigned(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      byte(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    byte(UInt8(truncatingIfNeeded: rest))
  }

  mutating func signed(_ value: Int64) { unsigned(UInt64(bitPattern: value << 1 ^ value >> 63)) }

  mutating func counted(_ bytes: some Collection<UInt8>) {
    unsigned(UInt64(bytes.count))
    append(bytes)
  }

  fileprivate mutating func append(_ process: ProcessID) {
    unsigned(UInt64(process.pid))
    unsigned(process.start)
  }

  fileprivate mutating func append(_ what: Event.What) {
    switch what {
    case .process(let event): append(event)
    case .socket(let event): append(event)
    case .file(let event):
      counted(event.path)
      unsigned(event.flags)
      signed(event.result)
      byte(event.readLate ? 1 : 0)
      unsigned(event.inode)
    case .call(let event):
      unsigned(UInt64(event.number))
      byte(event.entry ? 1 : 0)
      let arguments = event.arguments.prefix(EventKind.mostValues)
      unsigned(UInt64(arguments.count))
      for argument in arguments { unsigned(argument) }
    case .stack(let all):
      let frames = all.prefix(EventKind.mostValues)
      unsigned(UInt64(frames.count))
      for frame in frames { counted(frame.utf8) }
    case .loss(let stage, let count):
      counted(stage.utf8)
      unsigned(count)
    case .state(let state): append(state)
    case .descriptors(let descriptors): append(descriptors)
    case .container(let path): counted(path)
    case .attachment(let attachment): append(attachment)
    case .resolvers(let all, let place):
      let addresses = all.prefix(EventKind.mostValues)
      unsigned(UInt64(addresses.count))
      for one in addresses { address(one) }
      unsigned(place)
    }
  }

  private mutating func append(_ event: ProcessEvent) {
    switch event {
    case .create(let child):
      byte(EventKind.processCreate)
      append(child)
    case .exec(let path, let arguments, let standard):
      byte(EventKind.processExec)
      program(path, arguments)
      unsigned(standard.input)
      unsigned(standard.output)
    case .exit(let status):
      byte(EventKind.processExit)
      signed(Int64(status))
    case .found(let path, let arguments):
      byte(EventKind.processFound)
      program(path, arguments)
    }
  }

  private mutating func program(_ path: [UInt8], _ arguments: [[UInt8]]) {
    counted(path)
    texts(arguments)
  }

  private mutating func append(_ attachment: AttachmentEvent) {
    byte(attachment.kind.rawValue)
    for value in [attachment.type, attachment.program, attachment.interface] { unsigned(UInt64(value)) }
    counted(attachment.name)
    counted(attachment.path)
    unsigned(attachment.offset)
    counted(attachment.function)
    byte(attachment.isReturn ? 1 : 0)
    signed(Int64(attachment.process))
  }

  private mutating func append(_ event: SocketEvent) {
    byte(event.action.rawValue)
    unsigned(event.socket.cookie)
    unsigned(event.socket.namespace)
    littleEndian(event.address)
    for value in [event.family, event.type, event.proto] { unsigned(UInt64(value)) }
    endpoint(event.local)
    endpoint(event.remote)
    signed(Int64(event.descriptor))
    signed(event.result)
    unsigned(UInt64(event.interface))
    unsigned(event.detail)
    counted(event.filter)
    byte(event.filterKind.rawValue)
    unsigned(UInt64(event.frames))
    byte(event.hasRing ? 1 : 0)
    unsigned(event.peer)
    endpoint(event.destination)
    unsigned(event.payloadMark)
    if event.queued != 0 || event.etherType != 0 || event.sender != 0 {
      unsigned(UInt64(event.queued))
      unsigned(UInt64(event.etherType))
      if event.sender != 0 { unsigned(UInt64(event.sender)) }
    }
  }
}
