import Answers
import Application
import Correlation
import DSemantics
import Dissection
import Events
import IR
import Probes

/// Which of a program's probes fires for what: tables, made once. -1 stands for none.
struct HostProbes {
  private(set) var begin: [Int] = []
  private(set) var end: [Int] = []
  private(set) var ticks: [(probe: Int, period: UInt64)] = []
  /// `file:::opened`.
  private(set) var opened = -1

  /// What a system call's entry or return fires.
  struct Call {
    var probe = -1
    /// For each of arg0…arg5 which of the call's arguments it is.
    var order = [0, 1, 2, 3, 4, 5]
    /// `proc:::exec-failure`.
    var failure = -1
  }
  private var entries: [Int: Call] = [:]
  private var returns: [Int: Call] = [:]
  /// By `SocketEvent.Action`.
  private var sockets = [Int](repeating: -1, count: 256)
  private var processes: [String: Int] = [:]
  /// By `AttachmentEvent.Kind`.
  private var attachments = [Int](repeating: -1, count: 256)
  /// `host:::resolver`.
  private(set) var resolver = -1

  /// By interface name, then by direction and protocol.
  private var packets: [String: [Int]] = [:]
  private var ofInterface: [[Int]] = []
  /// By interface name, then by message and transport.
  private var messages: [String: [Int]] = [:]
  private var messagesOfInterface: [[Int]] = []

  /// Whether any probe is for packets.
  var hasPackets: Bool { !packets.isEmpty }

  /// Whether any probe is for what packets say.
  var hasMessages: Bool { !messages.isEmpty }

  init(_ compiled: Compiled) {
    let program = compiled.program
    let probes = Dictionary(compiled.catalog.probes.map { ($0.id, $0.probe) }) { first, _ in first }
    for (index, enabled) in program.probes.enumerated() {
      let (provider, name) = (program.part(.provider, of: enabled), program.part(.name, of: enabled))
      switch enabled.hook {
      case .begin: begin.append(index)
      case .end: end.append(index)
      case .tick(let period): ticks.append((index, period))
      case .packet: addPacket(index, program, enabled)
      case .event:
        guard let probe = probes[enabled.id] else { continue }
        addEvent(index, provider, name, probe)
      case .error, .profile, .counter, .tracepoint, .iterator, .userCode, .traceEvent: break
      }
    }
  }

  private mutating func addEvent(_ index: Int, _ provider: String, _ name: String, _ probe: Probe) {
    switch (provider, probe.site) {
    case ("syscall", .syscall(let number, entry: true)):
      entries[number, default: Call()].probe = index
      // With `compat=solaris` the arguments stand where Solaris had them.
      entries[number]?.order = probe.arguments.map { registers.firstIndex(of: $0.recipe) ?? 0 }
    case ("syscall", .syscall(let number, entry: false)):
      returns[number, default: Call()].probe = index
      returns[number]?.order = [0, 0]
    case ("proc", .syscall(let number, entry: false)) where name == "exec-failure":
      returns[number, default: Call()].failure = index
    // Several calls have a probe of one name, and an event fires one of them: the first.
    case ("proc", _): if processes[name] == nil { processes[name] = index }
    case ("file", _): if opened < 0 { opened = index }
    case ("host", _) where name == "resolver": if resolver < 0 { resolver = index }
    case ("bpf", _), ("uprobe", _), ("host", _):
      guard let kind = attachmentKinds[provider + ":::" + name] else { return }
      if attachments[Int(kind.rawValue)] < 0 { attachments[Int(kind.rawValue)] = index }
    case ("socket", _):
      guard let action = socketActions[name], sockets[Int(action.rawValue)] < 0 else { return }
      sockets[Int(action.rawValue)] = index
    default: break
    }
  }

  private mutating func addPacket(_ index: Int, _ program: Program, _ enabled: EnabledProbe) {
    if let message = MessageProbe(
      provider: program.part(.provider, of: enabled), name: program.part(.name, of: enabled))
    {
      let none = [Int](repeating: -1, count: MessageProbe.allCases.count * MessageProbe.transports.count)
      let isUDP = program.part(.function, of: enabled) == "udp"
      messages[program.part(.module, of: enabled), default: none][Self.place(message, isUDP: isUDP)] = index
      return
    }
    guard let proto = PacketProtocol(rawValue: program.part(.function, of: enabled)),
      let direction = PacketDirection(rawValue: program.part(.name, of: enabled))
    else { return }
    let interface = program.part(.module, of: enabled)
    packets[interface, default: Self.noPackets][Self.place(proto, direction)] = index
  }

  private static let noPackets = [Int](
    repeating: -1, count: PacketProtocol.allCases.count * PacketDirection.allCases.count)

  private static func place(_ proto: PacketProtocol, _ direction: PacketDirection) -> Int {
    direction.number * protocols + proto.number
  }
  private static let protocols = PacketProtocol.allCases.count

  private static func place(_ message: MessageProbe, isUDP: Bool) -> Int {
    message.rawValue * MessageProbe.transports.count + (isUDP ? 1 : 0)
  }

  mutating func add(_ interface: String, at index: Int) {
    while ofInterface.count <= index {
      ofInterface.append([])
      messagesOfInterface.append([])
    }
    messagesOfInterface[index] = messages[interface] ?? messages[""] ?? []
    ofInterface[index] = packets[interface] ?? packets[""] ?? []
  }

  func of(_ packet: Timeline.Packet, _ owner: Owner) -> Int {
    guard ofInterface.indices.contains(packet.info.interface) else { return -1 }
    let probes = ofInterface[packet.info.interface]
    return probes.isEmpty ? -1 : probes[Self.place(packet.layers.named, packet.direction(owner))]
  }

  /// What a message of a packet fires.
  func of(_ message: Message, _ packet: Timeline.Packet) -> Int {
    guard messagesOfInterface.indices.contains(packet.info.interface) else { return -1 }
    let probes = messagesOfInterface[packet.info.interface]
    return probes.isEmpty ? -1 : probes[Self.place(message.probe, isUDP: packet.layers.transport != .tcp)]
  }

  /// What is done to a socket.
  func of(_ action: SocketEvent.Action) -> Int { sockets[Int(action.rawValue)] }

  func of(_ event: AttachmentEvent) -> Int { attachments[Int(event.kind.rawValue)] }

  func of(_ event: CallEvent) -> Call? { (event.entry ? entries : returns)[Int(event.number)] }

  /// A fork fires in the parent, and in the child that starts.
  func of(_ event: ProcessEvent) -> [(probe: Int, isChild: Bool)] {
    switch event {
    case .create:
      [("create", false), ("start", true)].compactMap { name, child in processes[name].map { ($0, child) } }
    case .exec: processes["exec-success"].map { [($0, false)] } ?? []
    case .exit: processes["exit"].map { [($0, false)] } ?? []
    case .found: processes["found"].map { [($0, false)] } ?? []
    }
  }
}

/// `socket:::NAME` for each action that a feed tells of.
private let socketActions: [String: SocketEvent.Action] = [
  "create": .create, "bind": .bind, "connect": .connect, "listen": .listen, "accept": .accept, "send": .send,
  "receive": .receive, "shutdown": .shutdown, "close": .close, "attach-filter": .attachFilter, "state-change": .state,
  "found": .found, "membership": .membership,
  "translated": .translated, "transmitted": .transmitted, "written": .written, "delivered": .delivered,
  "asked": .asked, "inherited": .inherited, "relayed": .relayed, "seen": .seen,
  "statistics": .statistics,
]

private let attachmentKinds: [String: AttachmentEvent.Kind] = [
  "bpf:::load": .load, "bpf:::attach": .program, "bpf:::found": .found, "uprobe:::attach": .probe,
  "host:::promiscuous": .promiscuous,
]
