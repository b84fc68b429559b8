package import Events
import Files

/// What /proc says of one process now: the article's `pfiles` and `mdb`, for a process that does nothing at the moment.
package struct ProcessSnapshot: Sendable, Equatable {
  /// Its first thread. The start is in steps of 10 ms: /proc has no finer one.
  package var actor: Actor
  package var state: ProcessState
  package var descriptors: [DescriptorState]
}

/// Why there is no snapshot.
package enum ProcessProblem: Error, Sendable, Equatable {
  case gone(pid: UInt32)
}

extension ProcessSnapshot {
  /// - Parameter bootTime: when CLOCK_BOOTTIME was zero, to turn a start since boot into a time of day.
  package init(pid: UInt32, bootTime: Instant) throws(ProcessProblem) {
    let base = "/proc/\(pid)"
    actor = try Self.actor(of: pid)
    let program = RunningProgram(of: pid)
    let network = NetworkNamespace(of: pid)
    state = ProcessState()
    state.path = program.path
    state.isDeleted = program.isDeleted
    state.arguments = program.arguments
    state.directory = Array((readLink(base + "/cwd") ?? "").utf8)
    state.libraries = sharedObjects(readText(base + "/maps", limit: 16 << 20) ?? "", except: program.path)
    state.ancestors = ancestry(from: actor.parent)
    state.started = Instant(nanoseconds: bootTime.nanoseconds &+ Int64(clamping: actor.process.start))
    state.namespace = network.inode
    state.addresses = network.addresses
    state.interfaces = network.interfaces
    descriptors = openDescriptors(of: pid)
  }

  /// The process as an actor, by its first thread.
  package static func actor(of pid: UInt32) throws(ProcessProblem) -> Actor {
    guard let status = readText("/proc/\(pid)/stat"), let fields = StatFields(status) else { throw .gone(pid: pid) }
    let ids = IDs(readText("/proc/\(pid)/status") ?? "")
    return Actor(
      process: ProcessID(pid: pid, start: fields.startNanoseconds), thread: pid, parent: fields.parent,
      user: ids.user, group: ids.group, command: Array(fields.command.utf8))
  }
}

/// The program that a process runs now.
package struct RunningProgram: Sendable, Equatable {
  /// As the kernel has it, without ` (deleted)`; empty for a kernel thread.
  package var path: [UInt8]
  package var isDeleted: Bool
  package var arguments: [[UInt8]]

  package init(of pid: UInt32) {
    let link = readLink("/proc/\(pid)/exe") ?? ""
    isDeleted = link.hasSuffix(" (deleted)")
    path = Array((isDeleted ? link.dropLast(10) : link[...]).utf8)
    let line = (try? readFile("/proc/\(pid)/cmdline", limit: 128 << 10)) ?? []
    arguments = line.split(separator: 0, omittingEmptySubsequences: false).dropLast().map(Array.init)
  }
}

/// The fields of /proc/PID/stat that matter here (proc(5)); the command stands in parentheses and may hold any byte.
package struct StatFields: Sendable {
  package var command: String
  package var parent: UInt32
  /// Since boot, from clock ticks of 10 ms.
  package var startNanoseconds: UInt64

  package init?(_ line: String) {
    guard let open = line.firstIndex(of: "("), let close = line.lastIndex(of: ")"), open < close else { return nil }
    command = String(line[line.index(after: open)..<close])
    let rest = line[line.index(after: close)...].split(separator: " ")
    guard rest.count > 19, let parent = UInt32(rest[1]), let start = UInt64(rest[19]) else { return nil }
    self.parent = parent
    startNanoseconds = start &* 10_000_000
  }
}

private struct IDs {
  var user: UInt32 = 0
  var group: UInt32 = 0

  init(_ status: String) {
    for line in status.split(separator: "\n") {
      let words = line.split { $0 == "\t" || $0 == " " }
      guard words.count > 1 else { continue }
      if words[0] == "Uid:" { user = UInt32(words[1]) ?? 0 }
      if words[0] == "Gid:" { group = UInt32(words[1]) ?? 0 }
    }
  }
}

/// The files that are mapped with leave to execute, each once, in the order of their addresses.
private func sharedObjects(_ maps: String, except executable: [UInt8]) -> [[UInt8]] {
  var seen: Set<[UInt8]> = [executable]
  var found: [[UInt8]] = []
  for line in maps.split(separator: "\n") {
    let words = line.split(separator: " ", maxSplits: 5, omittingEmptySubsequences: true)
    // The path stands in a column of its own, behind blanks.
    guard words.count == 6, words[1].contains("x") else { continue }
    let path = Array(words[5].drop { $0 == " " }.utf8)
    guard path.first == UInt8(ascii: "/") else { continue }
    if seen.insert(path).inserted { found.append(path) }
  }
  return found
}

/// The chain of parents; bounded, since a process may be reparented while it is read.
package func ancestors(of pid: UInt32) -> [ProcessState.Ancestor] {
  readText("/proc/\(pid)/stat").flatMap { StatFields($0) }.map { ancestry(from: $0.parent) } ?? []
}

private func ancestry(from parent: UInt32) -> [ProcessState.Ancestor] {
  var chain: [ProcessState.Ancestor] = []
  var next = parent
  while next != 0, chain.count < 64, let line = readText("/proc/\(next)/stat"), let fields = StatFields(line) {
    chain.append(.init(pid: next, command: Array(fields.command.utf8)))
    next = fields.parent
  }
  return chain
}
