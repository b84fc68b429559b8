import Events
import Kernel
import Processes

/// Looks into /proc at the processes that a run is about, whenever they may have changed, and tells what is there as events.
///
/// Those are the watched processes, all that they start, and whoever reads a pipe that one of them writes or opens a file that one may write. What the kernel told of
/// them says when to look again: a fork, an exec, a new descriptor.
struct Inspector {
  /// Processes to look at, as long as they live.
  private var members: Set<UInt32>
  private let watchesSniffers: Bool
  /// Whether the sockets and processes of every network namespace are told of.
  private let isEverywhere: Bool
  /// Identities of living processes; /proc knows starts only in steps of 10 ms.
  private var starts: [UInt32: UInt64] = [:]
  /// What to look at: everything, or the descriptors alone.
  private var due: Set<UInt32>
  private var descriptorsDue: Set<UInt32> = []
  private var lastLook = Int64.min
  /// The members' descriptors that lead into pipes, the pipes that they were seen to write, and those whose readers are known.
  private var writable: [UInt32: [Int32: UInt64]] = [:]
  private var pipes: Set<UInt64> = []
  private var resolved: Set<UInt64> = []
  /// Who might read such a pipe, and all they started, each with its parent: nobody's business before it is seen to be written.
  private var strangers: [UInt32: UInt32] = [:]
  /// Files and named pipes that a member may write to: who opens one becomes a member.
  private var kept: Set<UInt64>
  /// Those that a member was found to have open, of which nobody has asked yet who reads them.
  private var newFiles: Set<FileKey> = []
  /// How often a process, file or socket was not followed for want of room.
  private(set) var unfollowed: UInt64 = 0
  private var found = Found()
  /// The members' packet sockets, by the kernel's address.
  private var sniffers: Set<UInt64> = []
  /// The unix sockets that members have given something, by the kernel's address, and who takes it from there: of those who are no members the
  /// descriptors are told, once and at the end.
  private var fed: Set<UInt64> = []
  private var outsiders: Set<UInt32> = []
  private var outsidersDue: Set<UInt32> = []
  /// Who has spoken to netfilter since the last look, where whoever sniffs is followed: who sets its rules hears nothing by that.
  private var asking: Set<UInt32> = []
  /// The BPF programs and buffers of each member, and what netfilter hands it, that were told of.
  private var told: [UInt32: Set<UInt64>] = [:]
  private var digests = ExecutableDigests()
  private let boot = ClockPairing()
  private let own: Set<UInt32>

  /// What the kernel has to be told: who is followed that nobody in its sight began, and which files are that were open already.
  struct Found {
    var processes: [UInt32] = []
    var files: [FileKey] = []
  }

  /// The most processes that are looked at, and how often one's descriptors are, in nanoseconds.
  private static let mostMembers = 256
  private static let mostFiles = 16_384
  private static let rest: Int64 = 100_000_000

  init(_ choice: FeedChoice, own: Set<UInt32>) {
    self.own = own
    members = Set(choice.watched)
    due = members
    for reader in choice.readers { strangers[reader] = 0 }
    kept = Set(choice.files.map(\.inode))
    for reader in choice.fileReaders where !own.contains(reader) {
      strangers[reader] = nil
      members.insert(reader)
      due.insert(reader)
    }
    watchesSniffers = choice.watchesSniffers
    isEverywhere = choice.namespaces.isEmpty
  }

  /// The members that `pid` started, directly or not, and that still live.
  private(set) var children: [UInt32: [UInt32]] = [:]

  func descendants(of pid: UInt32) -> [UInt32] {
    var found: [UInt32] = []
    var next = children[pid] ?? []
    while let child = next.popLast(), found.count < Self.mostMembers {
      if starts[child] != nil { found.append(child) }
      next += children[child] ?? []
    }
    return found
  }

  /// Takes in what the kernel told; answers whether it may be told on. What a stranger does with sockets is, as anybody's is: where only some
  /// namespaces are told of, in the one that is captured from, whose packets need an owner.
  mutating func takeIn(_ event: Event, in namespace: UInt64) -> Bool {
    note(event)
    guard !strangers.isEmpty, strangers[event.actor.process.pid] != nil else { return true }
    switch event.what {
    case .socket(let socket): return isEverywhere || namespace != 0 && socket.socket.namespace == namespace
    case .process: return isEverywhere
    default: return false
    }
  }

  private mutating func note(_ event: Event) {
    let pid = event.actor.process.pid
    switch event.what {
    case .process(.found):
      starts[pid] = event.actor.process.start
      begin(pid, under: event.actor.parent)
    case .process(.create(let child)):
      starts[child.pid] = child.start
      begin(child.pid, under: pid)
    case .process(.exec):
      starts[pid] = event.actor.process.start
      if members.contains(pid) { due.insert(pid) }
    case .process(.exit):
      members.remove(pid)
      starts[pid] = nil
      children[pid] = nil
      writable[pid] = nil
      told[pid] = nil
    case .socket(let socket) where socket.sniffs: note(socket, by: pid)
    case .socket(let socket) where socket.family == 1: note(message: socket, by: pid)
    // It may have asked netfilter for packets.
    case .socket(let socket) where socket.isNetfilters && [.send, .found].contains(socket.action):
      noteChange(pid)
      if watchesSniffers, !members.contains(pid), hasRoom(asking.count, Self.mostMembers) { asking.insert(pid) }
    case .file(let file) where file.result >= 0: note(file, by: pid)
    case .call(let call) where !call.entry: if Self.changing.contains(call.number) { noteChange(pid) }
    case .call(let call) where call.number == Self.readingMemory && !members.contains(pid): join(pid, under: nil)
    case .call(let call) where call.number == Self.writingMemory:
      let other = UInt32(truncatingIfNeeded: call.arguments.first ?? 0)
      if members.contains(pid), !members.contains(other), starts[other] != nil { join(other, under: nil) }
    case .call(let call):
      guard let place = Self.writing[call.number], call.arguments.indices.contains(place) else { return }
      guard let pipe = writable[pid]?[Int32(truncatingIfNeeded: call.arguments[place])] else { return }
      pipes.insert(pipe)
    default: break
    }
  }

  private mutating func begin(_ pid: UInt32, under parent: UInt32) {
    if members.contains(parent) {
      join(pid, under: parent)
    } else if strangers[parent] != nil, !own.contains(pid), hasRoom(strangers.count, Self.mostMembers) {
      strangers[pid] = parent
    }
  }

  /// Who reads from a socket that a member has was given it (SCM_RIGHTS).
  private mutating func note(_ socket: SocketEvent, by pid: UInt32) {
    if members.contains(pid) {
      guard socket.family == 17, !sniffers.contains(socket.address) else { return }
      if hasRoom(sniffers.count, Self.mostFiles) { sniffers.insert(socket.address) }
    } else if watchesSniffers || socket.action == .receive && sniffers.contains(socket.address) {
      join(pid, under: nil)
    }
  }

  private mutating func note(message socket: SocketEvent, by pid: UInt32) {
    if members.contains(pid) {
      guard socket.action == .send, socket.peer != 0, !fed.contains(socket.peer) else { return }
      if hasRoom(fed.count, Self.mostFiles) { fed.insert(socket.peer) }
    } else if socket.action == .receive, fed.contains(socket.address), !own.contains(pid), !outsiders.contains(pid),
      hasRoom(outsiders.count, Self.mostMembers)
    {
      outsiders.insert(pid)
      outsidersDue.insert(pid)
    }
  }

  private mutating func hasRoom(_ count: Int, _ most: Int) -> Bool {
    if count >= most { unfollowed &+= 1 }
    return count < most
  }

  private mutating func note(_ file: FileEvent, by pid: UInt32) {
    noteChange(pid)
    guard file.inode != 0 else { return }
    if !members.contains(pid) {
      if kept.contains(file.inode) { join(pid, under: nil) }
    } else if file.flags & 3 != 0, !kept.contains(file.inode), hasRoom(kept.count, Self.mostFiles) {
      kept.insert(file.inode)
    }
  }

  private mutating func noteChange(_ pid: UInt32) {
    if members.contains(pid) { descriptorsDue.insert(pid) }
  }

  private mutating func join(_ pid: UInt32, under parent: UInt32?) {
    guard !own.contains(pid), hasRoom(members.count, Self.mostMembers) else { return }
    members.insert(pid)
    due.insert(pid)
    strangers[pid] = nil
    if parent.map({ !members.contains($0) }) ?? true { found.processes.append(pid) }
    for (child, above) in strangers where above == pid {
      join(child, under: pid)
      found.processes.append(child)
    }
    if let parent { children[parent, default: []].append(pid) }
  }

  /// Returns of pipe, dup, dup2, socketpair, fcntl, dup3 and pipe2, in x86-64's numbers: a descriptor leads elsewhere.
  private static let changing: Set<UInt32> = [22, 32, 33, 53, 72, 292, 293]

  /// process_vm_readv, of which a stranger's is told where it reads a member's memory.
  private static let readingMemory: UInt32 = 310
  private static let writingMemory: UInt32 = 311

  /// Which argument is the descriptor that write, pwrite64, writev, sendfile, splice, tee, vmsplice and pwritev2 write to.
  private static let writing: [UInt32: Int] = [1: 0, 18: 0, 20: 0, 40: 0, 275: 2, 276: 1, 278: 0, 328: 0]

  /// Looks at what is due, at everything when the run ends, and tells what is there.
  mutating func look(at time: Int64, isEnd: Bool = false, _ body: (Event) -> Void) {
    if isEnd {
      descriptorsDue.formUnion(members)
      outsidersDue = outsiders
    }
    for pid in outsidersDue.sorted() {
      guard let actor = try? ProcessSnapshot.actor(of: pid) else { continue }
      body(
        Event(time: Instant(nanoseconds: time), actor: exact(actor), what: .descriptors(openDescriptors(of: pid))))
    }
    outsidersDue.removeAll()
    for pid in asking where !netfilterTaps(openDescriptors(of: pid), of: pid).isEmpty { join(pid, under: nil) }
    asking.removeAll()
    for pid in due.sorted() { lookAtAll(pid, at: time, body) }
    due.removeAll()
    if isEnd || time &- lastLook >= Self.rest, !descriptorsDue.isEmpty {
      lastLook = time
      for pid in descriptorsDue.sorted() {
        let descriptors = openDescriptors(of: pid)
        guard !descriptors.isEmpty, let actor = try? ProcessSnapshot.actor(of: pid) else { continue }
        tell(descriptors, of: actor, at: time, body)
      }
      descriptorsDue.removeAll()
    }
    followPipes(isEnd: isEnd)
    followFiles()
    // Readers that were found just now.
    for pid in due.sorted() { lookAtAll(pid, at: time, body) }
    due.removeAll()
  }

  private mutating func lookAtAll(_ pid: UInt32, at time: Int64, _ body: (Event) -> Void) {
    guard var snapshot = try? ProcessSnapshot(pid: pid, bootTime: Instant(nanoseconds: boot.fromBoottime)) else {
      return
    }
    descriptorsDue.remove(pid)
    snapshot.state.digest = digests.digest(of: pid)
    for file in filesToWrite(of: pid) where !kept.contains(file.inode) && hasRoom(kept.count, Self.mostFiles) {
      kept.insert(file.inode)
      newFiles.insert(file)
    }
    let actor = exact(snapshot.actor)
    body(Event(time: Instant(nanoseconds: time), actor: actor, what: .state(snapshot.state)))
    tell(snapshot.descriptors, of: actor, at: time, body)
  }

  private mutating func tell(
    _ descriptors: [DescriptorState], of actor: Actor, at time: Int64, _ body: (Event) -> Void
  ) {
    let ways = descriptors.filter { $0.kind == .pipe && $0.canWrite }.map { ($0.number, $0.inode) }
    writable[actor.process.pid] = Dictionary(ways) { first, _ in first }
    body(Event(time: Instant(nanoseconds: time), actor: exact(actor), what: .descriptors(descriptors)))
    let pid = actor.process.pid
    for held in descriptors.compactMap({ heldBPF($0, of: pid) }) + netfilterTaps(descriptors, of: pid)
    where told[pid, default: []].count < Self.mostMembers {
      let key = UInt64(held.kind.rawValue) << 56 | UInt64(held.type & 0xffff) << 32 | UInt64(held.program)
      guard told[pid, default: []].insert(key).inserted else { continue }
      body(Event(time: Instant(nanoseconds: time), actor: exact(actor), what: .attachment(held)))
    }
  }

  private func exact(_ actor: Actor) -> Actor {
    var actor = actor
    if let start = starts[actor.process.pid], start / 10_000_000 == actor.process.start / 10_000_000 {
      actor.process.start = start
    }
    return actor
  }

  /// What was found since somebody asked.
  mutating func takeFound() -> Found {
    defer { found = Found() }
    return found
  }

  /// Whoever has a file open to read that a member may write to is looked at too; who opens one later the kernel tells.
  private mutating func followFiles() {
    guard !newFiles.isEmpty else { return }
    found.files += newFiles.sorted()
    for pid in readers(ofFiles: newFiles) where !members.contains(pid) { join(pid, under: nil) }
    newFiles.removeAll()
  }

  /// Whoever reads what a member writes is looked at too. A reader may come later than the pipe: all are asked again at the end.
  private mutating func followPipes(isEnd: Bool) {
    let asked = isEnd ? pipes : pipes.subtracting(resolved)
    guard !asked.isEmpty else { return }
    resolved.formUnion(asked)
    for pid in readers(ofPipes: asked) where !members.contains(pid) { join(pid, under: nil) }
  }
}

extension SocketEvent {
  /// Whether such a socket hears what is not addressed to its owner: a packet or AF_XDP socket, or a raw one of the internet families.
  var sniffs: Bool { family == 17 || family == 44 || type == 3 && (family == 2 || family == 10) }
}
