import Correlation
import Events

/// Whom a recording may be about: processes that were looked at, and those that only acted in it.
struct CaseCandidates: Observer {
  private struct Candidate {
    var command: [UInt8]
    var path: [UInt8] = []
    var parent: UInt32
  }

  /// Those that the recording was made of, in the order they were looked at first, and everybody else.
  private var order: [UInt32] = []
  private var watched: [UInt32: Candidate] = [:]
  private var others: [UInt32: [UInt8]] = [:]
  /// By the number of a pipe's or file's inode who may write to it; by process what it may read.
  private var writers: [UInt64: Set<UInt32>] = [:]
  private var readers: [UInt32: Set<UInt64>] = [:]
  private static let most = 1 << 14

  mutating func take(_ item: Timeline.Item, _ bytes: RawSpan) {
    guard case .event(let event) = item else {
      // Captures of other programs name processes nowhere else.
      if case .packet(_, let owner) = item, let actor = owner.actor { add(actor) }
      return
    }
    let pid = event.actor.process.pid
    switch event.what {
    case .state(let state):
      guard watched.count < Self.most else { return }
      if watched[pid] == nil { order.append(pid) }
      watched[pid] = Candidate(command: event.actor.command, path: state.path, parent: event.actor.parent)
    case .descriptors(let all):
      guard writers.count < Self.most, readers.count < Self.most else { return }
      for descriptor in all where [.pipe, .regular].contains(descriptor.kind) && descriptor.inode != 0 {
        if descriptor.canWrite { writers[descriptor.inode, default: []].insert(pid) }
        if descriptor.canRead { readers[pid, default: []].insert(descriptor.inode) }
      }
    case .file(let file) where file.inode != 0 && file.result >= 0:
      add(event.actor)
      guard writers.count < Self.most, readers.count < Self.most else { return }
      if file.flags & 3 != 0 { writers[file.inode, default: []].insert(pid) }
      if file.flags & 3 != 1 { readers[pid, default: []].insert(file.inode) }
    default: add(event.actor)
    }
  }

  private mutating func add(_ actor: Actor) {
    let pid = actor.process.pid
    if pid != 0, others.count < Self.most || others[pid] != nil { others[pid] = actor.command }
  }

  /// The process that is meant; 0, which is none, when the file tells of no process at all: then nothing can be told.
  func choice(_ process: String?, in path: String) throws(TraceProblem) -> UInt32 {
    if watched.isEmpty, others.isEmpty { return 0 }
    if let process { return try named(process, in: path) }
    let roots = order.filter { watched[watched[$0]?.parent ?? 0] == nil }
    let unfed = roots.filter { !isFed($0, by: roots) }
    let candidates = unfed.isEmpty ? roots : unfed
    if candidates.count == 1 { return candidates[0] }
    guard !candidates.isEmpty else {
      throw .input(
        "\(path) was recorded of no process (record -p or -c): name one of it with --process: \(list(others.keys.sorted()))"
      )
    }
    throw .input("\(path) is about several processes, name one with --process: \(list(candidates))")
  }

  private func named(_ process: String, in path: String) throws(TraceProblem) -> UInt32 {
    if let pid = UInt32(process) {
      if watched[pid] != nil || others[pid] != nil { return pid }
      throw .input("\(path) holds no process \(pid)")
    }
    let name = Array(process.utf8)
    let looked = order.filter {
      watched[$0].map { $0.command == name || $0.path == name || $0.path.isFile(name) } ?? false
    }
    let found = looked.isEmpty ? others.filter { $0.value == name }.keys.sorted() : looked
    // Its own forks have its name too.
    let roots = found.filter { pid in !found.contains { $0 == watched[pid]?.parent } }
    if roots.count == 1 { return roots[0] }
    if roots.isEmpty { throw .input("\(path) holds no process \(printable(name))") }
    throw .input("\(path) holds several of that name, name one by its number with --process: \(list(roots))")
  }

  /// Reads a pipe or a file which another of them writes.
  private func isFed(_ pid: UInt32, by roots: [UInt32]) -> Bool {
    (readers[pid] ?? []).contains { pipe in
      (writers[pipe] ?? []).contains { $0 != pid && roots.contains($0) }
    }
  }

  private func list(_ pids: [UInt32]) -> String {
    pids.prefix(16).map { "\(printable(watched[$0]?.command ?? others[$0] ?? []))[\($0)]" }.joined(separator: ", ")
      + (pids.count > 16 ? " and \(pids.count - 16) more" : "")
  }
}

extension [UInt8] {
  /// Whether the path's last part is `name`.
  fileprivate func isFile(_ name: [UInt8]) -> Bool { split(separator: UInt8(ascii: "/")).last.map(Array.init) == name }
}
