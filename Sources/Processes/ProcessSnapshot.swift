package import Events
import Files

/// What /proc says of one process now: the article's `pfiles` and `mdb`, for a process that does nothing at the moment.
package struct ProcessSnapshot: Sendable, Equatable {
  package struct Parent: Sendable, Equatable {
    package var pid: UInt32
    package var command: String
  }

  package var id: ProcessID
  package var parent: UInt32
  package var user: UInt32
  package var group: UInt32
  package var command: String
  /// The executable's path as the kernel has it, without ` (deleted)`; empty for a kernel thread.
  package var executable: String
  package var isDeleted: Bool
  package var arguments: [String]
  package var workingDirectory: String
  package var libraries: [String]
  package var descriptors: [Descriptor]
  /// From the parent upward.
  package var ancestors: [Parent]
  /// The inode number of the network namespace.
  package var networkNamespace: UInt64
  /// When it was started.
  package var started: Instant
}

/// Why there is no snapshot.
package enum ProcessProblem: Error, Sendable, Equatable {
  case gone(pid: UInt32)
}

extension ProcessSnapshot {
  /// - Parameter clock: where this machine's clock stands, to turn a start since boot into a time of day.
  package init(pid: UInt32, bootTime: Instant) throws(ProcessProblem) {
    let base = "/proc/\(pid)"
    guard let status = readText(base + "/stat"), let fields = StatFields(status) else { throw .gone(pid: pid) }
    let ids = IDs(readText(base + "/status") ?? "")
    let link = readLink(base + "/exe") ?? ""
    let deleted = link.hasSuffix(" (deleted)")
    id = ProcessID(pid: pid, start: fields.startNanoseconds)
    parent = fields.parent
    user = ids.user
    group = ids.group
    command = fields.command
    executable = deleted ? String(link.dropLast(10)) : link
    isDeleted = deleted
    let line = (try? readFile(base + "/cmdline", limit: 128 << 10)) ?? []
    arguments = line.split(separator: 0, omittingEmptySubsequences: false).dropLast().map {
      String(decoding: $0, as: UTF8.self)
    }
    workingDirectory = readLink(base + "/cwd") ?? ""
    libraries = sharedObjects(readText(base + "/maps", limit: 16 << 20) ?? "", except: executable)
    descriptors = openDescriptors(of: pid)
    ancestors = ancestry(from: fields.parent)
    networkNamespace = identity(of: base + "/ns/net")?.inode ?? 0
    started = Instant(nanoseconds: bootTime.nanoseconds &+ Int64(clamping: fields.startNanoseconds))
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
private func sharedObjects(_ maps: String, except executable: String) -> [String] {
  var seen: Set<Substring> = []
  var found: [String] = []
  for line in maps.split(separator: "\n") {
    let words = line.split(separator: " ", maxSplits: 5, omittingEmptySubsequences: true)
    guard words.count == 6, words[1].contains("x"), words[5].hasPrefix("/") else { continue }
    if words[5] != executable, seen.insert(words[5]).inserted { found.append(String(words[5])) }
  }
  return found
}

/// The chain of parents; bounded, since a process may be reparented while it is read.
private func ancestry(from parent: UInt32) -> [ProcessSnapshot.Parent] {
  var chain: [ProcessSnapshot.Parent] = []
  var next = parent
  while next != 0, chain.count < 64, let line = readText("/proc/\(next)/stat"), let fields = StatFields(line) {
    chain.append(.init(pid: next, command: fields.command))
    next = fields.parent
  }
  return chain
}
