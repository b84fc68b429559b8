import Answers
import Correlation
import Events
import HostVM
import IR

/// What is told of a system call after it was entered, for the probes that fire at its entry.
struct CallDetails: Sendable {
  /// The path that an opening call was given, and where in the process's memory.
  var path: PathMemory?
  /// The user stack at entry, innermost first, as the feed named it.
  var frames: [String] = []
}

/// The one text of a process's memory that a recording keeps.
struct PathMemory: MemoryReader {
  var address: UInt64
  /// Without its NUL.
  var path: [UInt8]

  func read(_ count: Int, at address: UInt64, in space: Space, into bytes: inout [UInt8]) {
    guard space.owner == .user, address >= self.address, address - self.address <= UInt64(path.count) else { return }
    let rest = path[Int(address - self.address)...]
    bytes.append(contentsOf: rest.prefix(count))
    if rest.count < count { bytes.append(0) }
  }
}

/// Holds a call's entry back until its path and its stack have come, and all that came after it, so that the order stays.
///
/// The feed tells of a path when the call returns, since only then it can be read for certain, and of a stack in a record of its own;
/// D asks for both at entry. A call that does not return holds the others up for at most a second of the stream's time.
struct CallAssembly {
  /// What the program reads of calls; without either nothing is held back.
  struct Needs: Sendable {
    var paths = false
    var stacks = false
    var any: Bool { paths || stacks }
  }

  private struct Held {
    var item: Timeline.Item
    var time: Int64
    var details = CallDetails()
    /// What has not come yet.
    var missing = Needs()
  }

  let needs: Needs
  private var held: [Held] = []
  private var first = 0
  /// Of each thread the number of its entry that waits, counted from the beginning.
  private var waiting: [UInt32: Int] = [:]
  private var removed = 0
  /// Of each thread the path of its call that has not returned, for the return.
  private var paths: [UInt32: PathMemory] = [:]

  private static let patience: Int64 = 1_000_000_000
  /// A stack is taken in the same moment as the entry.
  private static let stackPatience: Int64 = 1_000_000
  private static let limit = 1 << 14

  init(_ needs: Needs) { self.needs = needs }

  /// The time of the earliest item that is held.
  var holdsFrom: Int64? { first < held.count ? held[first].time : nil }

  mutating func push(_ item: Timeline.Item) {
    var entry = Held(item: item, time: item.time.nanoseconds)
    if case .event(let event) = item { note(event, &entry) }
    held.append(entry)
  }

  /// The next item that nothing is missing of; all of them when nothing more will come, or `time` is long after them.
  mutating func pop(at time: Int64, isEnd: Bool = false) -> (Timeline.Item, CallDetails)? {
    guard first < held.count else { return nil }
    let age = time.subtractingReportingOverflow(held[first].time)
    if held[first].missing.stacks, age.overflow || age.partialValue > Self.stackPatience {
      held[first].missing.stacks = false
    }
    let isLate = age.overflow || age.partialValue > Self.patience || held.count - first > Self.limit
    guard !held[first].missing.any || isLate || isEnd else { return nil }
    let next = held[first]
    first += 1
    if first == held.count || first > 4096 {
      removed += first
      held.removeFirst(first)
      first = 0
    }
    return (next.item, next.details)
  }

  private mutating func note(_ event: Event, _ entry: inout Held) {
    let thread = event.actor.thread
    switch event.what {
    case .call(let call) where call.entry:
      settle(thread)
      paths[thread] = nil
      entry.missing.stacks = needs.stacks
      entry.missing.paths = needs.paths && pathArgument(call) != nil
      if entry.missing.any { waiting[thread] = removed + held.count }
    case .call:
      entry.details.path = paths.removeValue(forKey: thread)
      settle(thread)
    case .file(let file):
      attach(thread) { held, paths in
        guard held.missing.paths, case .event(let event) = held.item, case .call(let call) = event.what,
          let argument = pathArgument(call)
        else { return }
        let memory = PathMemory(address: call.arguments[argument], path: file.path)
        held.details.path = memory
        held.missing.paths = false
        paths[thread] = memory
      }
    case .stack(let frames):
      attach(thread) { held, _ in
        held.details.frames = frames
        held.missing.stacks = false
      }
    case .process(.exit): settle(thread)
    case .process, .socket, .state, .descriptors, .container, .attachment, .resolvers, .loss: break
    }
  }

  private mutating func attach(_ thread: UInt32, _ body: (inout Held, inout [UInt32: PathMemory]) -> Void) {
    guard let number = waiting[thread], held.indices.contains(number - removed), number - removed >= first else {
      return
    }
    body(&held[number - removed], &paths)
    if !held[number - removed].missing.any { waiting[thread] = nil }
  }

  /// Nothing more comes of the thread's call.
  private mutating func settle(_ thread: UInt32) {
    guard let number = waiting.removeValue(forKey: thread), held.indices.contains(number - removed) else { return }
    held[number - removed].missing = Needs()
  }
}

/// Which argument of an opening call is the path: open(2), creat, openat, openat2.
private func pathArgument(_ call: CallEvent) -> Int? {
  let place =
    switch call.number {
    case 2, 85: 0
    case 257, 437: 1
    default: -1
    }
  return call.arguments.indices.contains(place) ? place : nil
}

extension Timeline.Item {
  /// When it happened.
  var time: Instant {
    switch self {
    case .event(let event): event.time
    case .packet(let packet, _): packet.info.time
    }
  }
}

extension Clause {
  /// It reads a text of the process: copyinstr().
  var readsUserText: Bool {
    steps { if case .loadText(_, _, _, let space) = $0 { space.owner == .user } else { false } }
  }

  /// It records where the process is: ustack().
  var recordsUserStack: Bool {
    record.items.contains { item in
      item.fields.contains { if case .userStack = $0.kind { true } else { false } }
    }
  }

  private func steps(_ isMeant: (Step) -> Bool) -> Bool { blocks.contains { $0.steps.contains(where: isMeant) } }
}

extension Program {
  /// What its clauses read of calls.
  var callNeeds: CallAssembly.Needs {
    CallAssembly.Needs(
      paths: clauses.contains(where: \.readsUserText), stacks: clauses.contains(where: \.recordsUserStack))
  }
}
