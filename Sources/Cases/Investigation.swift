package import Events

/// What the case wants to know of a process and of those that it starts and feeds, gathered from the stream of events. It knows no kernel and
/// no file: live and from a recording it sees the same, so it says the same.
///
/// All tables are bounded; what found no room is counted in `forgotten`, and then nothing is denied any more.
package struct Investigation: Sendable {
  /// The process that is asked about; the newest of that pid.
  package let target: UInt32
  /// The target and all it started, also those that have ended.
  private(set) var group: Set<UInt32>
  var people: [UInt32: Person] = [:]
  /// By the kernel's address of the socket.
  var sniffers: [UInt64: Sniffer] = [:]
  var sends: [Sending: Outflow] = [:]
  /// Connections that were asked for (SYN_SENT), whether or not anything was sent then.
  var attempts: [Sending: Outflow] = [:]
  /// The same of packets that were captured, by their owners: whom a socket without a fixed peer sent to.
  var packets: [Sending: Outflow] = [:]
  /// The same of frames of packet sockets, as they left.
  var frames: [Sending: Outflow] = [:]
  var writes: [Writing: Outflow] = [:]
  /// What went through unix sockets, by the address of the receiving end and by whom, and who read there.
  var messages: [UInt64: [UInt32: Outflow]] = [:]
  var readers: [UInt64: Set<UInt32>] = [:]
  /// Ports of this host that somebody who was looked at sends to, and who receives there.
  var localReaders: [LocalPlace: Set<UInt32>] = [:]
  /// Who reads the memory of a process, or has its memory written by it, by that process.
  var memoryReaders: [UInt32: Set<UInt32>] = [:]
  /// Files and named pipes that were opened to read, by the number of their inode, and by whom.
  var fileReaders: [UInt64: Set<UInt32>] = [:]
  /// Calls that were entered and have not returned, by thread.
  var pending: [UInt32: PendingWrite] = [:]
  /// Of those the descriptors that are being duplicated.
  var duplicates: [UInt32: Int32] = [:]
  var taps = Taps()
  var hearing = Hearing()
  /// What there was no room for.
  var forgotten: UInt64 = 0
  var first: Instant?
  var last: Instant?
  /// Which kinds of event there were at all: what a recording does not hold cannot be denied by it.
  private(set) var hasSockets = false
  private(set) var hasCalls = false

  static let mostPeople = 8192
  static let mostSniffers = 1024
  static let mostRows = 16_384

  package init(target: UInt32) {
    self.target = target
    group = [target]
  }

  /// What is known of one process.
  struct Person: Sendable {
    var actor: Actor
    var parent: UInt32
    var state: ProcessState?
    var descriptors: [Int32: DescriptorState] = [:]
    /// What its sockets are, by descriptor, as the kernel last told.
    var sockets: [Int32: HeldSocket] = [:]
    /// When it asked for a lease last, and how often it did.
    var asked: (last: Instant, count: UInt64)?
    var hasEnded = false
  }

  /// Where bytes were sent, by whom.
  struct Sending: Sendable, Hashable {
    var pid: UInt32
    /// As sockets have it: 6, 17, 1 …; 0 for frames of a packet socket.
    var proto: UInt16
    var remote: Endpoint
    /// The packet socket's interface.
    var interface: UInt32
    /// Of its frames, where they were seen to leave.
    var etherType: UInt16 = 0
  }

  /// A port of this host's own, where something other than names is asked for.
  struct LocalPlace: Sendable, Hashable {
    var proto: UInt16
    var port: UInt16

    init?(proto: UInt16, port: UInt16) {
      // TCP, UDP and MPTCP; DNS over all of them, and multicast DNS.
      guard [6, 17, 262].contains(proto), ![0, 53, 853, 5353].contains(port) else { return nil }
      self.proto = proto == 262 ? 6 : proto
      self.port = port
    }

    init?(_ sending: Sending) { self.init(proto: sending.proto, port: sending.remote.port) }
  }

  /// What bytes were written to, by whom.
  struct Writing: Sendable, Hashable {
    var pid: UInt32
    var kind: DescriptorState.Kind
    var inode: UInt64
    var path: [UInt8]
    var descriptor: Int32
  }

  struct PendingWrite: Sendable {
    var pid: UInt32
    var writing: Writing
  }

  /// Takes the next event of the stream.
  package mutating func observe(_ event: Event) {
    if first == nil { first = event.time }
    last = event.time
    know(event.actor)
    switch event.what {
    case .process(let what): observe(what, by: event.actor)
    case .state(let state): people[event.actor.process.pid]?.state = state
    case .descriptors(let descriptors): replaceDescriptors(of: event.actor.process.pid, by: descriptors)
    case .socket(let socket):
      hasSockets = true
      observe(socket, by: event.actor, at: event.time)
    case .file(let file): opened(file, by: event.actor.process.pid)
    case .call(let call):
      hasCalls = true
      observe(call, by: event.actor, at: event.time)
    case .attachment(let attachment):
      if taps.note(attachment, by: event.actor.process.pid, of: group) { hearing.hasSocket = true }
    case .stack, .container, .resolvers, .loss: break
    }
  }

  // MARK: Processes

  mutating func know(_ actor: Actor) {
    let pid = actor.process.pid
    guard pid != 0 else { return }
    if people[pid] != nil {
      people[pid]?.actor = actor
      if actor.parent != 0 { people[pid]?.parent = actor.parent }
    } else if people.count < Self.mostPeople || group.contains(pid) || group.contains(actor.parent) {
      people[pid] = Person(actor: actor, parent: actor.parent)
    } else {
      forgotten &+= 1
    }
    if group.contains(actor.parent) { group.insert(pid) }
  }

  private mutating func observe(_ event: ProcessEvent, by actor: Actor) {
    let pid = actor.process.pid
    switch event {
    case .create(let child):
      guard group.contains(pid) || people.count < Self.mostPeople else { return }
      if group.contains(pid) { group.insert(child.pid) }
      var person = Person(actor: actor, parent: pid)
      person.actor.process = child
      person.actor.thread = child.pid
      person.actor.parent = pid
      person.descriptors = people[pid]?.descriptors ?? [:]
      person.sockets = people[pid]?.sockets ?? [:]
      people[child.pid] = person
      for address in sniffers.keys {
        if let descriptor = sniffers[address]?.holders[pid] { sniffers[address]?.holders[child.pid] = descriptor }
      }
    case .exec(let path, let arguments, _):
      people[pid]?.state?.path = path
      people[pid]?.state?.arguments = arguments
    case .exit: people[pid]?.hasEnded = true
    case .found: break
    }
  }

  /// `srg[968]`
  func name(_ pid: UInt32) -> String {
    if pid == 0 { return "any process" }
    guard let person = people[pid], !person.actor.command.isEmpty else { return "process \(pid)" }
    return "\(printable(person.actor.command))[\(pid)]"
  }

  /// Whether one process is the other or was started by it, over however many between.
  func descends(_ pid: UInt32, from ancestor: UInt32) -> Bool {
    var next = pid
    for _ in 0..<64 {
      if next == ancestor { return true }
      guard let parent = people[next]?.parent, parent != 0, parent != next else { return false }
      next = parent
    }
    return false
  }
}
