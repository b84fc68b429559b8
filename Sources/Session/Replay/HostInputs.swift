import Correlation
import Events
import HostVM
import IR
import Probes

/// What a firing brings with it, out of events and packets: refills one `Firing`, and only what the program asks for.
struct HostInputs {
  /// The slots that any clause of the program reads.
  private var integers: Set<Int> = []
  var texts: Set<Int> = []
  /// Of a packet's, the numbers among them, and which of arg0 to arg8.
  private(set) var packetSlots: [PacketSlot] = []
  private(set) var packetArguments: [Int] = []
  private var readsArguments = false
  /// Of a socket's addresses, those that are read as texts.
  private var addressTexts: [SocketSlot] = []

  /// What processes were started with, as far as it was told; cleared when there are too many.
  private var arguments: [ProcessID: [UInt8]] = [:]
  private static let processLimit = 1 << 16
  private var readsExecutables = false
  /// The paths of processes' executables, likewise.
  private var executables: [ProcessID: [UInt8]] = [:]

  private var breadths = SocketBreadths()

  var packetNumber: UInt64 = 0
  var interfaces: [String] = []
  var flows: FlowTable?
  var flow: FlowTable.Recorded?

  /// Slots above all that are used.
  private static let slots = MessageSlot.number + MessageSlot.limit

  init(_ program: Program) {
    for clause in program.clauses {
      for step in clause.blocks.flatMap(\.steps) {
        switch step {
        case .fed(_, let slot): integers.insert(slot)
        case .textFed(_, let slot): texts.insert(slot)
        case .textBuiltin(_, .psargs): readsArguments = true
        case .call(_, .executable, _): readsExecutables = true
        default: break
        }
      }
    }
    addressTexts = [.localText, .remoteText, .destinationText].filter { texts.contains($0.rawValue) }
    packetSlots = PacketSlot.allCases.filter { !$0.isText && integers.contains($0.rawValue) }
    packetArguments = (0..<9).filter { integers.contains($0) }
    let ofFlows: [PacketSlot] = [.flowPacketsOut, .flowBytesOut, .flowPacketsIn, .flowBytesIn, .flowOutbound]
    let hasPackets = program.probes.contains { $0.hook == .packet }
    if hasPackets, ofFlows.contains(where: { integers.contains($0.rawValue) }) { flows = FlowTable() }
  }

  mutating func add(_ interface: String, at index: Int) {
    while interfaces.count <= index { interfaces.append("") }
    interfaces[index] = interface
  }

  // MARK: Who

  /// The run itself: BEGIN, END, ticks.
  func setNobody(in firing: inout Firing, at time: Instant) { set(nil, at: time, cpu: 0, in: &firing) }

  func set(_ event: Event, in firing: inout Firing) {
    set(event.actor, at: event.time, cpu: event.cpu, in: &firing)
  }

  func set(_ actor: Actor?, at time: Instant, cpu: UInt32, in firing: inout Firing) {
    let moment = UInt64(bitPattern: time.nanoseconds)
    firing.monotonicTime = moment
    firing.wallTime = moment
    firing.cpu = cpu
    firing.errno = 0
    firing.memory = nil
    firing.pid = actor?.process.pid ?? 0
    firing.tid = actor?.thread ?? 0
    firing.ppid = actor?.parent ?? 0
    firing.uid = actor?.user ?? 0
    firing.gid = actor?.group ?? 0
    firing.processStart = actor?.process.start ?? 0
    if let actor {
      firing.execname.replace(with: actor.command)
    } else {
      firing.execname.removeAll(keepingCapacity: true)
    }
    if readsArguments { firing.psargs.replace(with: actor.flatMap { arguments[$0.process] } ?? []) }
    if readsExecutables { firing.executable.replace(with: actor.flatMap { executables[$0.process] } ?? []) }
    if firing.integers.isEmpty { firing.integers = [UInt64](repeating: 0, count: Self.slots) }
    var numbers = firing.integers.mutableSpan
    for slot in 0..<10 { numbers[slot] = 0 }
  }

  mutating func learn(_ event: Event) {
    if readsExecutables { learnExecutable(event) }
    guard readsArguments else { return }
    if case .state(let state) = event.what { learn(event.actor.process, arguments: state.arguments) }
    guard case .process(let what) = event.what else { return }
    switch what {
    case .exec(_, let words, _), .found(_, let words): learn(event.actor.process, arguments: words)
    case .create(let child): arguments[child] = arguments[event.actor.process]
    // The exit fires with the arguments still known; what comes of it later is the owner of its last packets.
    case .exit: break
    }
  }

  /// The path is the one that was given to execve; of a process that was there before, where /proc's link leads.
  private mutating func learnExecutable(_ event: Event) {
    switch event.what {
    case .process(.exec(let path, _, _)), .process(.found(let path, _)): learn(event.actor.process, executable: path)
    case .process(.create(let child)):
      if let path = executables[event.actor.process] { learn(child, executable: path) }
    default: break
    }
  }

  mutating func learn(_ process: ProcessID, executable path: [UInt8]) {
    guard readsExecutables, !path.isEmpty else { return }
    if executables.count >= Self.processLimit { executables.removeAll() }
    executables[process] = path
  }

  mutating func learn(_ process: ProcessID, arguments words: [[UInt8]]) {
    guard readsArguments, !words.isEmpty else { return }
    if arguments.count >= Self.processLimit { arguments.removeAll() }
    arguments[process] = Array(words.joined(separator: [UInt8(ascii: " ")]).prefix(79))
  }

  // MARK: What happened

  /// As `socketProvider` lays the arguments out, and `SocketSlot` the socket.
  mutating func set(_ event: SocketEvent, in firing: inout Firing) {
    var arguments: (UInt64, UInt64, UInt64) = (
      event.address, UInt64(bitPattern: event.result), UInt64(bitPattern: Int64(event.descriptor))
    )
    switch event.action {
    case .send, .receive: arguments.2 = event.detail & 0xffff_ffff
    case .delivered: arguments.2 = event.detail
    case .transmitted:
      arguments.2 = event.detail
      firing.integers[4] = UInt64(event.etherType.byteSwapped)
      firing.integers[5] = UInt64(event.destination.port)
      firing.integers[6] = event.destination.address.highInMemory
      firing.integers[7] = event.destination.address.lowInMemory
    case .state:
      (arguments.1, arguments.2, firing.integers[3]) = (event.detail >> 8, event.detail & 0xff, event.peer)
    case .attachFilter: (firing.integers[3], firing.integers[4]) = (1, event.detail)
    case .translated, .asked:
      (arguments.1, arguments.2) = (event.socket.namespace, 0)
      firing.integers[4] = UInt64(event.family)
      let ends = UInt64(event.local.port.byteSwapped) << 16 | UInt64(event.remote.port.byteSwapped)
      firing.integers[5] = UInt64(event.proto) << 32 | ends
      firing.integers[6] = event.local.address.highInMemory
      firing.integers[7] = event.local.address.lowInMemory
      firing.integers[8] = event.remote.address.highInMemory
      firing.integers[9] = event.remote.address.lowInMemory
    case .relayed: (firing.integers[3], firing.integers[4]) = (event.detail, event.peer)
    case .membership: (firing.integers[3], firing.integers[4]) = (263, 1)
    default: break
    }
    firing.integers[0] = arguments.0
    firing.integers[1] = arguments.1
    firing.integers[2] = arguments.2
    firing.errno = errno(of: event.result)
    if event.action == .found || event.action == .seen { setFound(from: 3, in: &firing) }
    set(socket: event, in: &firing)
  }

  /// Who was found is in the arguments too, from `first` on.
  private func setFound(from first: Int, in firing: inout Firing) {
    firing.integers[first] = UInt64(firing.pid)
    firing.integers[first + 1] = firing.processStart
    firing.integers[first + 2] = UInt64(firing.ppid)
    firing.integers[first + 3] = UInt64(firing.uid)
    firing.integers[first + 4] = UInt64(firing.gid)
    if texts.contains(first + 5) { firing.setText(first + 5, firing.execname) }
  }

  private mutating func set(socket event: SocketEvent, in firing: inout Firing) {
    // A connected socket's send may name another end (sendto(2)).
    let destination = event.destination == .none ? event.remote : event.destination
    for slot in addressTexts {
      let address =
        switch slot {
        case .localText: event.local.address
        case .remoteText: event.remote.address
        default: destination.address
        }
      firing.writeText(slot.rawValue) { address.unmapped.append(to: &$0) }
    }
    // What an array would ask for memory to be asked.
    let (isTold, isMade) =
      switch event.action {
      case .membership, .found, .seen: (true, false)
      case .create, .bind, .connect, .listen, .accept: (false, true)
      default: (false, false)
      }
    let breadth = integers.contains(SocketSlot.breadth.rawValue) ? breadths.breadth(of: event) : .unknown
    var numbers = firing.integers.mutableSpan
    func put(_ slot: SocketSlot, _ value: UInt64, _ numbers: inout MutableSpan<UInt64>) {
      numbers[slot.rawValue] = value
    }
    put(.address, event.address, &numbers)
    put(.cookie, event.socket.cookie, &numbers)
    put(.namespace, event.socket.namespace, &numbers)
    put(.family, UInt64(event.family), &numbers)
    put(.type, UInt64(event.type), &numbers)
    // As the kernel keeps them: a packet socket's ethertype, ports of the other end and addresses in network order.
    put(.proto, UInt64(event.family == 17 ? event.proto.byteSwapped : event.proto), &numbers)
    put(.localPort, UInt64(event.local.port), &numbers)
    put(.remotePort, UInt64(event.remote.port.byteSwapped), &numbers)
    put(.localHigh, event.local.address.highInMemory, &numbers)
    put(.localLow, event.local.address.lowInMemory, &numbers)
    put(.remoteHigh, event.remote.address.highInMemory, &numbers)
    put(.remoteLow, event.remote.address.lowInMemory, &numbers)
    put(.interface, UInt64(event.interface), &numbers)
    put(.membership, isTold ? event.detail : 0, &numbers)
    put(.filter, event.filterKind == .none ? 0 : 1, &numbers)
    put(.filterLength, UInt64(event.filter.count / 8), &numbers)
    put(.ring, event.hasRing ? 1 : 0, &numbers)
    put(.frames, UInt64(event.frames), &numbers)
    put(.peer, event.peer, &numbers)
    put(.queued, UInt64(event.queued), &numbers)
    put(.breadth, UInt64(breadth.rawValue), &numbers)
    put(.remotePortNumber, UInt64(event.remote.port), &numbers)
    put(.destinationPort, UInt64(destination.port), &numbers)
    put(.unlinked, isMade ? event.detail & 1 : 0, &numbers)
    put(.state, event.action == .state ? event.detail & 0xff : 0, &numbers)
  }

  func set(_ event: CallEvent, order: [Int], in firing: inout Firing) {
    for (place, argument) in order.enumerated() where event.arguments.indices.contains(argument) {
      firing.integers[place] = event.arguments[argument]
    }
    if !event.entry { firing.errno = errno(of: Int64(bitPattern: event.arguments.first ?? 0)) }
  }

  /// `proc:::exec-failure` of the call, if it failed.
  func setFailure(of event: CallEvent, in firing: inout Firing) -> Bool {
    let code = errno(of: Int64(bitPattern: event.arguments.first ?? 0))
    firing.integers[0] = UInt64(bitPattern: -Int64(code))
    return code != 0
  }

  func set(_ event: ProcessEvent, asChild: Bool, in firing: inout Firing) {
    switch event {
    case .create(let child) where asChild:
      firing.ppid = firing.pid
      firing.pid = child.pid
      firing.tid = child.pid
      firing.processStart = child.start
    case .create(let child):
      (firing.integers[0], firing.integers[1], firing.integers[2]) = (1, UInt64(child.pid), child.start)
      set(child, in: &firing)
    case .exec(let path, _, let standard):
      if texts.contains(0) { firing.setText(0, path) }
      (firing.integers[1], firing.integers[2]) = (standard.input, standard.output)
    case .exit(let status):
      // CLD_EXITED, CLD_KILLED, CLD_DUMPED.
      firing.integers[0] = status & 0x80 != 0 ? 3 : status & 0x7f != 0 ? 2 : 1
      firing.integers[1] = UInt64(bitPattern: Int64(status))
    case .found: setFound(from: 0, in: &firing)
    }
  }

  /// A child is as its parent, which fires, but for who it is.
  private func set(_ child: ProcessID, in firing: inout Firing) {
    func put(_ slot: TaskSlot, _ value: UInt64) { firing.integers[slot.rawValue] = value }
    put(.pid, UInt64(child.pid))
    put(.parent, UInt64(firing.pid))
    put(.user, UInt64(firing.uid))
    put(.group, UInt64(firing.gid))
    put(.start, child.start)
    if texts.contains(TaskSlot.command.rawValue) { firing.setText(TaskSlot.command.rawValue, firing.execname) }
  }

  func set(_ event: FileEvent, in firing: inout Firing) {
    if texts.contains(0) { firing.setText(0, event.path) }
    firing.integers[1] = UInt64(bitPattern: event.result)
    firing.integers[2] = event.flags
    firing.errno = errno(of: event.result)
  }

  /// As `bpfProvider`, `uprobeProvider` and `hostProvider` lay the arguments out.
  func set(_ event: AttachmentEvent, in firing: inout Firing) {
    if event.kind == .promiscuous {
      if texts.contains(0) { firing.setText(0, event.path) }
      firing.integers[1] = UInt64(event.interface)
    } else if event.kind == .probe {
      if texts.contains(0) { firing.setText(0, event.path) }
      firing.integers[1] = event.offset
      firing.integers[2] = event.isReturn ? 1 : 0
      firing.integers[3] = UInt64(bitPattern: Int64(event.process))
      if texts.contains(4) { firing.setText(4, event.function) }
    } else {
      firing.integers[0] = UInt64(event.type)
      firing.integers[1] = UInt64(event.program)
      if texts.contains(2) { firing.setText(2, event.name) }
      firing.integers[3] = UInt64(event.interface)
      if texts.contains(4) { firing.setText(4, event.path) }
    }
  }

  /// `host:::resolver` of one of them.
  func set(resolver address: Address, in place: UInt64, _ firing: inout Firing) {
    firing.integers[1] = place
    if texts.contains(0) { firing.writeText(0) { address.unmapped.append(to: &$0) } }
  }

  private func errno(of result: Int64) -> Int32 { (-4095..<0).contains(result) ? Int32(-result) : 0 }
}

extension [UInt8] {
  /// Becomes equal to `other` and keeps its room.
  fileprivate mutating func replace(with other: [UInt8]) {
    removeAll(keepingCapacity: true)
    append(contentsOf: other)
  }
}

extension Address {
  /// The two words of the address as a little-endian machine loads them; an IPv4 address is the low one.
  fileprivate var highInMemory: UInt64 { version == 6 ? high.byteSwapped : 0 }
  fileprivate var lowInMemory: UInt64 {
    version == 6 ? low.byteSwapped : UInt64(UInt32(truncatingIfNeeded: low).byteSwapped)
  }
}
