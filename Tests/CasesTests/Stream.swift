import Cases
import Events

/// Events as a run tells them, written short: the subject is pid 968, called srg, on a host with the address 10.200.1.1.
struct Stream {
  private(set) var investigation = Investigation(target: 968)
  private var time: Int64 = 1_000_000_000

  mutating func tell(_ what: Event.What, by pid: UInt32 = 968, parent: UInt32 = 1, command: String = "srg") {
    time += 1_000_000
    investigation.observe(
      Event(
        time: Instant(nanoseconds: time),
        actor: Actor(
          process: ProcessID(pid: pid, start: UInt64(pid) * 1000), thread: pid, parent: parent,
          command: Array(command.utf8)), what: what))
  }

  mutating func begin() {
    var state = ProcessState()
    state.path = Array("/tmp/srg".utf8)
    state.arguments = [Array("srg".utf8), Array("vA".utf8)]
    state.addresses = [Address(v4: 0x0ac8_0101)]
    state.interfaces = [.init(index: 11, name: Array("vA".utf8))]
    tell(.state(state))
  }

  /// A packet socket that is open before the run.
  mutating func found(
    proto: UInt16 = 3, promiscuous: Bool = true, frames: UInt32 = 0, ring: Bool = false,
    action: SocketEvent.Action = .found
  ) {
    var event = packetSocket(action, proto)
    event.detail = promiscuous ? 1 : 0
    event.frames = frames
    event.hasRing = ring
    tell(.socket(event))
  }

  /// Frames that it reads by calls.
  mutating func hear(_ frames: Int, proto: UInt16 = 3) {
    for _ in 0..<frames {
      var event = packetSocket(.receive, proto)
      event.result = 60
      tell(.socket(event))
    }
  }

  /// Sends over TCP to the collector, or to another place.
  mutating func send(
    _ times: Int, bytes: Int64 = 50, to address: UInt32 = 0x0ac8_0102, port: UInt16 = 7000, by pid: UInt32 = 968,
    parent: UInt32 = 1, command: String = "srg"
  ) {
    for _ in 0..<times {
      tell(
        .socket(
          SocketEvent(
            action: .send, socket: SocketID(cookie: 9, namespace: 1), address: 0xb0 + UInt64(pid), family: 2, type: 1,
            proto: 6, local: Endpoint(Address(v4: 0x0ac8_0101), 40_000), remote: Endpoint(Address(v4: address), port),
            result: bytes)), by: pid, parent: parent, command: command)
    }
  }

  /// write(2) on a descriptor.
  mutating func write(_ times: Int, to descriptor: UInt64, by pid: UInt32 = 968, bytes: UInt64 = 50) {
    for _ in 0..<times {
      tell(.call(CallEvent(number: 1, entry: true, arguments: [descriptor, 0, bytes, 0, 0, 0])), by: pid)
      tell(.call(CallEvent(number: 1, entry: false, arguments: [bytes])), by: pid)
    }
  }

  /// The whole table of descriptors.
  mutating func holds(
    _ descriptors: DescriptorState..., by pid: UInt32 = 968, parent: UInt32 = 1, command: String = "srg"
  ) {
    tell(.descriptors(descriptors), by: pid, parent: parent, command: command)
  }

  func report(losses: UInt64 = 0, isComplete: Bool = true, questions: [QuestionResult] = Stream.questions) -> CaseReport
  {
    investigation.conclude(
      questions: questions, losses: [("kernel-ring", losses)], isComplete: isComplete, again: "culprit case -p 968")
  }

  static let questions = [
    QuestionResult(id: "50-captures", question: "Does it capture packets?", evidence: [], isAnswerable: true),
    QuestionResult(id: "60-leaves", question: "Does what it captures leave?", evidence: [], isAnswerable: true),
  ]

  private func packetSocket(_ action: SocketEvent.Action, _ proto: UInt16) -> SocketEvent {
    SocketEvent(
      action: action, socket: SocketID(cookie: 7, namespace: 1), address: 0xa0, family: 17, type: 3, proto: proto,
      descriptor: 3, interface: 11)
  }
}

func file(_ number: Int32, _ path: String) -> DescriptorState {
  DescriptorState(number: number, kind: .regular, flags: 1, inode: UInt64(number) + 100, path: Array(path.utf8))
}

func pipe(_ number: Int32, _ inode: UInt64, writing: Bool) -> DescriptorState {
  DescriptorState(
    number: number, kind: .pipe, flags: writing ? 1 : 0, inode: inode, path: Array("pipe:[\(inode)]".utf8))
}
