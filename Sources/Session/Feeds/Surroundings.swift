import Capture
import Events
import Files
import Kernel
import Processes

/// What the kernel tells of to nobody, but to who asks: programs that XDP and tc run in this network namespace, and whom the machine is set
/// to ask for names. Looked at when the run begins, once a second, and when somebody spoke to the kernel about its network.
struct Surroundings {
  private var known: Set<AttachedProgram>?
  /// What was attached since the last look but one, and has no loader that is known: told with the one that spoke meanwhile, if it was one.
  private var pending: [(program: AttachedProgram, time: Int64)] = []
  private var names: [UInt32: String] = [:]
  private var filterNames: [UInt32: [UInt8]] = [:]
  private var loaders: [UInt32: Actor] = [:]
  /// Who spoke by rtnetlink since the look before the last, and since the last.
  private var earlier: [ProcessID: Actor] = [:]
  private var speakers: [ProcessID: Actor] = [:]
  private var lastLook = Int64.min
  private var lastReading = Int64.min
  private var machine: [Address]?
  private let ownPlace = identity(of: "/proc/self/ns/mnt")?.inode ?? 0
  private let own: Set<UInt32>

  private static let most = 4096
  /// Nanoseconds between looks that somebody gives reason for, and between those that nobody does.
  private static let rest: Int64 = 50_000_000
  private static let interval: Int64 = 1_000_000_000

  private let looks: Bool

  /// - Parameter looks: false for a run that is to be told of nothing here.
  init(own: Set<UInt32>, looks: Bool = true) {
    self.own = own
    self.looks = looks
  }

  /// Takes in what the kernel told, and tells what comes of it at once.
  mutating func note(_ event: Event, _ body: (Event) -> Void) {
    guard looks else { return }
    let actor = event.actor
    switch event.what {
    case .socket(let socket) where socket.action == .send && socket.family == 16 && socket.proto == 0:
      guard socket.result > 0, speakers.count < Self.most, !own.contains(actor.process.pid) else { return }
      speakers[actor.process] = actor
    case .attachment(let attachment) where attachment.kind == .load:
      if loaders.count >= Self.most { loaders.removeAll() }
      loaders[attachment.program] = actor
    case .attachment(let attachment) where attachment.kind == .program:
      // What bpf(2) attached has been told, where it is in this namespace.
      guard let program = AttachedProgram(attachment) else { return }
      known?.insert(program)
      pending.removeAll { $0.program == program }
    case .process(.exec), .process(.found): notePlace(event, body)
    default: break
    }
  }

  /// A process whose root is another one may be set otherwise than the machine.
  private func notePlace(_ event: Event, _ body: (Event) -> Void) {
    let base = "/proc/\(event.actor.process.pid)"
    guard let place = identity(of: base + "/ns/mnt")?.inode, place != ownPlace else { return }
    let found = resolvers(root: base + "/root")
    guard found != machine else { return }
    var event = event
    event.what = .resolvers(found, place: place)
    body(event)
  }

  /// Looks at what is due, and tells what is new.
  mutating func look(at time: Int64, isEnd: Bool = false, _ body: (Event) -> Void) {
    guard looks else { return }
    let isDue = isEnd || lastLook == .min || time &- lastLook >= Self.interval
    guard isDue || !(speakers.isEmpty && pending.isEmpty) && time &- lastLook >= Self.rest else { return }
    lookAtPrograms(at: time, isEnd: isEnd, body)
    lastLook = time
    guard lastReading == .min || time &- lastReading >= Self.interval else { return }
    lastReading = time
    let now = resolvers()
    if now != machine { body(event(.resolvers(now, place: 0), at: time)) }
    machine = now
  }

  private mutating func lookAtPrograms(at time: Int64, isEnd: Bool, _ body: (Event) -> Void) {
    defer { (earlier, speakers) = (speakers, [:]) }
    guard let now = AttachedPrograms.ofThisNamespace() else { return }
    (names, filterNames) = (now.names, now.filterNames)
    guard let before = known else {
      for program in now.programs.sorted() { body(event(.attachment(attachment(.found, program)), at: time)) }
      known = now.programs
      return
    }
    // Who spoke after it was seen may be who attached it: a call is told of when it returns.
    let all = earlier.merging(speakers) { $1 }
    for one in pending {
      body(event(.attachment(attachment(.program, one.program)), at: time, by: all.count == 1 ? all.first?.value : nil))
    }
    pending.removeAll()
    for program in now.programs.subtracting(before).sorted() {
      if let loader = loaders[program.program] {
        body(event(.attachment(attachment(.program, program)), at: time, by: loader))
      } else if isEnd {
        body(event(.attachment(attachment(.program, program)), at: time, by: all.count == 1 ? all.first?.value : nil))
      } else {
        pending.append((program, time))
      }
    }
    known = now.programs
  }

  private func attachment(_ kind: AttachmentEvent.Kind, _ program: AttachedProgram) -> AttachmentEvent {
    var attachment = AttachmentEvent(kind)
    attachment.type =
      switch program.place {
      case .xdp: AttachmentEvent.xdp
      case .ingress: AttachmentEvent.tcIngress
      case .egress: AttachmentEvent.tcEgress
      }
    attachment.program = program.program
    attachment.interface = program.interface
    attachment.path = Array((names[program.interface] ?? "").utf8)
    attachment.name = programName(of: program.program) ?? filterNames[program.program] ?? []
    return attachment
  }

  private func event(_ what: Event.What, at time: Int64, by actor: Actor? = nil) -> Event {
    Event(time: Instant(nanoseconds: time), actor: actor ?? .nobody, what: what)
  }
}

extension AttachedProgram {
  /// What bpf(2) attached, as a look at the interfaces shows it: tcx and netkit do not stand there.
  fileprivate init?(_ attachment: AttachmentEvent) {
    guard attachment.type == AttachmentEvent.xdp else { return nil }
    self.init(.xdp, interface: attachment.interface, program: attachment.program)
  }
}

extension Actor {
  /// What was found, and what nobody is known to have done.
  static let nobody = Actor(process: ProcessID(pid: 0, start: 0), thread: 0, parent: 0, user: 0, group: 0, command: [])
}
