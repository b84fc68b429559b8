import Cases
import Events

/// A run told step by step. Each step is what the kernel or /proc would have told of it, a millisecond after the one before.
struct Story {
  private(set) var events: [Event] = []
  private var now: Int64 = 1_790_000_000_000_000_000
  private var actors: [UInt32: Actor] = [:]

  /// This host's own address, and the interfaces of its namespace.
  static let own = Address(v4: 0x0ac8_0101)
  static let interfaces = [
    ProcessState.Interface(index: 1, name: Array("lo".utf8)),
    ProcessState.Interface(index: 2, name: Array("eth0".utf8)),
  ]

  // MARK: Processes

  /// A process that was there before the run, with what /proc says of it.
  mutating func begins(
    _ pid: UInt32, _ command: String, parent: UInt32 = 1,
    descriptors: [DescriptorState] = [.terminal(0), .terminal(1)],
    _ change: (inout ProcessState) -> Void = { _ in }
  ) {
    actors[pid] = Actor(
      process: ProcessID(pid: pid, start: UInt64(pid) * 1000), thread: pid, parent: parent, user: 1000,
      command: Array(command.utf8))
    tell(pid, .process(.found(path: [], arguments: [])))
    var state = ProcessState()
    state.path = Array("/usr/bin/\(command)".utf8)
    state.arguments = [Array(command.utf8)]
    state.addresses = [Self.own]
    state.interfaces = Self.interfaces
    change(&state)
    tell(pid, .state(state))
    tell(pid, .descriptors(descriptors))
  }

  /// `parent` forks `pid`; nobody looks into /proc.
  mutating func forks(_ parent: UInt32, _ pid: UInt32) {
    let child = ProcessID(pid: pid, start: UInt64(pid) * 1000)
    tell(parent, .process(.create(child: child)))
    var actor = actors[parent] ?? Actor(process: child)
    actor.process = child
    actor.thread = pid
    actor.parent = parent
    actors[pid] = actor
  }

  mutating func becomes(_ pid: UInt32, _ path: String) {
    actors[pid]?.command = Array((path.split(separator: "/").last ?? "").utf8)
    tell(pid, .process(.exec(path: Array(path.utf8), arguments: [Array(path.utf8)])))
  }

  mutating func ends(_ pid: UInt32) { tell(pid, .process(.exit(status: 0))) }

  mutating func shows(_ pid: UInt32, _ descriptors: [DescriptorState]) { tell(pid, .descriptors(descriptors)) }

  // MARK: Sockets

  /// Opens a packet socket as a sniffer does: made, perhaps filtered, bound.
  mutating func capturesOn(
    _ interface: UInt32, _ pid: UInt32, socket: UInt64 = 0x10, proto: UInt16 = 3, filter: [UInt8] = [],
    kind: SocketEvent.FilterKind = .none, isPromiscuous: Bool = true
  ) {
    var event = packetSocket(.create, socket, proto: proto)
    tell(pid, .socket(event))
    if kind != .none {
      event.action = .attachFilter
      event.filter = filter
      event.filterKind = kind
      tell(pid, .socket(event))
    }
    event.action = .bind
    event.filter = []
    event.interface = interface
    tell(pid, .socket(event))
    if isPromiscuous {
      event.action = .membership
      event.detail = 1
      tell(pid, .socket(event))
    }
  }

  /// Frames that are read one by one.
  mutating func hears(_ pid: UInt32, frames: Int, bytes: Int64 = 98, socket: UInt64 = 0x10, proto: UInt16 = 3) {
    for _ in 0..<frames {
      var event = packetSocket(.receive, socket, proto: proto)
      event.descriptor = -1
      event.interface = 2
      event.result = bytes
      tell(pid, .socket(event))
    }
  }

  /// The packet socket as it is now, read from a ring without calls.
  mutating func looksAt(_ pid: UInt32, frames: UInt32, socket: UInt64 = 0x10, _ action: SocketEvent.Action = .seen) {
    var event = packetSocket(action, socket, proto: 3)
    event.interface = 2
    event.frames = frames
    event.hasRing = true
    event.detail = 1
    tell(pid, .socket(event))
  }

  private func packetSocket(_ action: SocketEvent.Action, _ address: UInt64, proto: UInt16) -> SocketEvent {
    SocketEvent(
      action: action, socket: SocketID(cookie: address, namespace: 1), address: address, family: 17, type: 3,
      proto: proto,
      descriptor: 3)
  }

  /// One send through a socket of the internet.
  mutating func sends(
    _ pid: UInt32, _ bytes: Int64, to address: Address = Address(v4: 0x0ac8_0102), port: UInt16 = 7000,
    proto: UInt16 = 6, socket: UInt64 = 0x20
  ) {
    tell(
      pid,
      .socket(
        SocketEvent(
          action: .send, socket: SocketID(cookie: socket, namespace: 1), address: socket, family: 2,
          type: proto == 6 ? 1 : 2, proto: proto, local: Endpoint(Self.own, 40000), remote: Endpoint(address, port),
          result: bytes)))
  }

  /// A message through a connected pair of unix sockets, from the end at `socket` to the one at `peer`.
  mutating func passes(_ pid: UInt32, _ bytes: Int64, from socket: UInt64, to peer: UInt64, to reader: UInt32) {
    var event = SocketEvent(
      action: .send, socket: SocketID(cookie: socket, namespace: 1), address: socket, family: 1, type: 1, result: bytes)
    event.peer = peer
    tell(pid, .socket(event))
    event.action = .receive
    (event.address, event.peer) = (peer, socket)
    tell(reader, .socket(event))
  }

  // MARK: Files

  mutating func opens(_ pid: UInt32, _ path: String, as descriptor: Int64, flags: UInt64 = 0x241, inode: UInt64 = 0) {
    tell(pid, .file(FileEvent(path: Array(path.utf8), flags: flags, result: descriptor, inode: inode)))
  }

  /// write(2), entered and returned.
  mutating func writes(_ pid: UInt32, _ bytes: UInt64, to descriptor: UInt64, result: Int64? = nil) {
    tell(pid, .call(CallEvent(number: 1, entry: true, arguments: [descriptor, 0x7000, bytes, 0, 0, 0])))
    let result = result ?? Int64(bytes)
    tell(pid, .call(CallEvent(number: 1, entry: false, arguments: [UInt64(bitPattern: result)])))
  }

  mutating func closes(_ pid: UInt32, _ descriptor: UInt64) {
    tell(pid, .call(CallEvent(number: 3, entry: true, arguments: [descriptor, 0, 0, 0, 0, 0])))
    tell(pid, .call(CallEvent(number: 3, entry: false, arguments: [0])))
  }

  mutating func tell(_ pid: UInt32, _ what: Event.What) {
    now += 1_000_000
    let actor = actors[pid] ?? Actor(process: ProcessID(pid: pid, start: 0), thread: pid)
    events.append(Event(time: Instant(nanoseconds: now), actor: actor, what: what))
  }

  // MARK: The answer

  /// The questions that the investigation answers itself; their D programs have printed nothing.
  static let questions = [
    QuestionResult(id: "40-transmits", question: "Does it transmit?", evidence: [], isAnswerable: true),
    QuestionResult(id: "50-captures", question: "Does it capture?", evidence: [], isAnswerable: true),
    QuestionResult(id: "60-leaves", question: "Does it leave?", evidence: [], isAnswerable: true),
  ]

  func investigation(about pid: UInt32) -> Investigation {
    var investigation = Investigation(target: pid)
    for event in events { investigation.observe(event) }
    return investigation
  }

  func report(
    about pid: UInt32 = 100, losses: [(stage: String, count: UInt64)] = [("kernel-ring", 0)], isComplete: Bool = true,
    questions: [QuestionResult] = Self.questions
  ) -> CaseReport {
    investigation(about: pid).conclude(
      questions: questions, losses: losses, isComplete: isComplete, again: "culprit case -p \(pid)")
  }
}

extension DescriptorState {
  static func terminal(_ number: Int32) -> DescriptorState {
    DescriptorState(number: number, kind: .character, flags: 2, inode: 5, path: Array("/dev/pts/0".utf8))
  }
  static func file(_ number: Int32, _ path: String, flags: UInt32 = 1) -> DescriptorState {
    DescriptorState(number: number, kind: .regular, flags: flags, inode: 9, path: Array(path.utf8))
  }
  /// A mapping that is shared.
  static func mapping(_ inode: UInt64, canWrite: Bool) -> DescriptorState {
    DescriptorState(
      number: -2, kind: .regular, flags: canWrite ? 2 : 0, inode: inode, path: Array("/dev/shm/frames".utf8))
  }
  static func device(_ number: Int32, _ path: String) -> DescriptorState {
    DescriptorState(number: number, kind: .character, flags: 1, inode: 4, path: Array(path.utf8))
  }
  /// One end of the pipe `inode`.
  static func pipe(_ number: Int32, _ inode: UInt64, canWrite: Bool) -> DescriptorState {
    DescriptorState(
      number: number, kind: .pipe, flags: canWrite ? 1 : 0, inode: inode, path: Array("pipe:[\(inode)]".utf8))
  }
}

extension CaseReport {
  /// The answer to a question of `Story.questions`.
  func answer(_ question: String) -> Answer? { entries.first { $0.question == question }?.answer }
  func evidence(_ question: String) -> [String] { entries.first { $0.question == question }?.evidence ?? [] }
}
