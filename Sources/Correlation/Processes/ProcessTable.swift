import Events

/// The processes of a run by (pid, start time), what each was when, and whose child it is.
///
/// Bounded: when it is full, a new process takes the place of the one that ended longest ago.
struct ProcessTable: Sendable {
  private(set) var entries: [ProcessEntry] = []
  /// Beside `entries`: changes whenever an answer about the process may.
  private(set) var versions: [UInt32] = []
  private var slots: [ProcessID: Int32] = [:]
  /// By pid, every process that had it; by time.
  private var holders: [UInt32: [Int32]] = [:]
  /// Slots of ended processes, by the time of their end.
  private var ended = Queue<Int32>()
  private let limits: CorrelationLimits
  private(set) var evictions: UInt64 = 0
  /// Processes that found no place since all that are held live.
  private(set) var refused: UInt64 = 0

  init(_ limits: CorrelationLimits) { self.limits = limits }

  func slot(of id: ProcessID) -> Int? { slots[id].map(Int.init) }

  /// The entry that a party means, unless it has gone.
  @inline(__always)
  func slot(of party: Party) -> Int? {
    let slot = Int(party.slot)
    return slot >= 0 && slot < entries.count && entries[slot].id == party.process ? slot : nil
  }

  /// Who acts: the process is entered if it was not known, and its description brought up to date.
  mutating func party(_ actor: Actor, at time: Int64) -> Party {
    guard let slot = enter(actor, at: time) else {
      return Party(process: actor.process, slot: -1, thread: actor.thread)
    }
    return Party(process: entries[slot].id, slot: Int32(truncatingIfNeeded: slot), thread: actor.thread)
  }

  private mutating func enter(_ actor: Actor, at time: Int64) -> Int? {
    if let slot = slots[actor.process] {
      refresh(Int(slot), actor, at: time)
      return Int(slot)
    }
    if actor.process.start == 0, let slot = slot(pid: actor.process.pid, at: time) {
      refresh(slot, actor, at: time)
      return slot
    }
    var leader = actor
    leader.thread = actor.process.pid
    return insert(
      ProcessEntry(
        id: actor.process, parent: process(parent: actor.parent, at: time), born: nil,
        images: [ProcessImage(from: .min, actor: leader, path: [], arguments: [])]))
  }

  private func process(parent pid: UInt32, at time: Int64) -> ProcessID {
    slot(pid: pid, at: time).map { entries[$0].id } ?? ProcessID(pid: pid, start: 0)
  }

  /// Names and users change without an exec too. A thread may have a name of its own: only the first thread's is the process's.
  private mutating func refresh(_ slot: Int, _ actor: Actor, at time: Int64) {
    let last = entries[slot].images.count - 1
    let known = entries[slot].images[last].actor
    let isFirstThread = actor.thread == actor.process.pid || actor.thread == 0
    let isOtherUser = actor.user != known.user || actor.group != known.group
    defer { if isFirstThread, !actor.command.isEmpty { entries[slot].heard = max(entries[slot].heard, time) } }
    let isRenamed = isFirstThread && !actor.command.isEmpty && actor.command != known.command
    guard isOtherUser || isRenamed else { return }
    var image = entries[slot].images[last]
    image.actor.user = actor.user
    image.actor.group = actor.group
    if isRenamed { image.actor.command = actor.command }
    if isFirstThread, !known.command.isEmpty, entries[slot].heard > .min {
      // It became so before the call that is told of now, and after the one that was told of before.
      append(image, to: slot, at: entries[slot].heard.saturatingAdd(1))
    } else {
      entries[slot].images[last] = image
      versions[slot] &+= 1
    }
  }

  private mutating func append(_ image: ProcessImage, to slot: Int, at time: Int64) {
    var image = image
    let last = entries[slot].images.count - 1
    image.from = max(time, entries[slot].images[last].from)
    entries[slot].images.append(image)
    if entries[slot].images.count > limits.imagesPerProcess { entries[slot].images.removeFirst() }
    versions[slot] &+= 1
  }

  /// The actor forked: the child is what its parent is, until it becomes something else.
  mutating func create(_ child: ProcessID, by actor: Actor, at time: Int64) -> Party {
    let parent = party(actor, at: time)
    if let slot = slots[child] {
      // The child was heard of before its parent's call.
      entries[Int(slot)].born = time
      entries[Int(slot)].parent = parent.process
      return Party(process: child, slot: slot, thread: child.pid)
    }
    var image = ProcessImage(from: .min, actor: actor, path: [], arguments: [])
    if let slot = slot(of: parent) { image = entries[slot].images[entries[slot].images.count - 1] }
    image.from = .min
    image.actor.process = child
    image.actor.thread = child.pid
    image.actor.parent = actor.process.pid
    let slot = insert(ProcessEntry(id: child, parent: parent.process, born: time, images: [image])) ?? -1
    return Party(process: child, slot: Int32(truncatingIfNeeded: slot), thread: child.pid)
  }

  /// The actor became, or when the run began was found to be, the program at `path`.
  mutating func become(_ actor: Actor, path: [UInt8], arguments: [[UInt8]], at time: Int64, found: Bool) {
    // What it calls itself now, and as whom it runs, it does not before.
    var before = actor
    if !found, let known = slots[actor.process], let last = entries[Int(known)].images.last { before = last.actor }
    guard let slot = enter(before, at: time) else { return }
    entries[slot].heard = max(entries[slot].heard, time)
    var leader = actor
    leader.process = entries[slot].id
    leader.thread = leader.process.pid
    if leader.parent == 0 { leader.parent = entries[slot].parent.pid }
    let image = ProcessImage(from: time, actor: leader, path: path, arguments: arguments)
    if found, entries[slot].images.count == 1, entries[slot].images[0].path.isEmpty {
      entries[slot].images[0] = image
      entries[slot].images[0].from = .min
      versions[slot] &+= 1
    } else if !found {
      append(image, to: slot, at: time)
    }
  }

  /// The actor's process ended. Answers its place.
  mutating func exit(_ actor: Actor, status: Int32, at time: Int64) -> Int? {
    guard let slot = enter(actor, at: time) else { return nil }
    if entries[slot].ended == .max { ended.append(Int32(truncatingIfNeeded: slot)) }
    entries[slot].ended = time
    entries[slot].status = status
    versions[slot] &+= 1
    return slot
  }

  /// Remembers that a process holds a socket; asked once for each.
  mutating func hold(_ reference: SocketReference, by slot: Int) {
    let count = entries[slot].sockets.count
    if count >= limits.socketsPerProcess { entries[slot].sockets.removeFirst(count / 4 + 1) }
    entries[slot].sockets.append(reference)
  }

  /// The process that had a pid at a moment; of those that had it, the last that was not yet born counts only when no other does.
  func slot(pid: UInt32, at time: Int64) -> Int? {
    guard let all = holders[pid] else { return nil }
    var earliest: Int?
    for slot in all.reversed() {
      let entry = entries[Int(slot)]
      earliest = Int(slot)
      guard let born = entry.born, born > time else { return Int(slot) }
    }
    return earliest
  }

  // MARK: Places

  private mutating func insert(_ entry: ProcessEntry) -> Int? {
    if entries.count < limits.processes {
      entries.append(entry)
      versions.append(0)
      enlist(entry.id, entries.count - 1)
      return entries.count - 1
    }
    guard let free = ended.popFirst() else {
      refused &+= 1
      return nil
    }
    let slot = Int(free)
    let old = entries[slot].id
    slots[old] = nil
    holders[old.pid]?.removeAll { $0 == free }
    if holders[old.pid]?.isEmpty == true { holders[old.pid] = nil }
    evictions &+= 1
    versions[slot] &+= 1
    entries[slot] = entry
    enlist(entry.id, slot)
    return slot
  }

  private mutating func enlist(_ id: ProcessID, _ slot: Int) {
    slots[id] = Int32(truncatingIfNeeded: slot)
    holders[id.pid, default: []].append(Int32(truncatingIfNeeded: slot))
  }
}
