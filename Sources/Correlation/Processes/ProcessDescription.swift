package import Events

/// A process as it was at a moment.
package struct ProcessDescription: Sendable, Equatable {
  package var id: ProcessID
  /// Its start is 0 when the parent itself was never seen.
  package var parent: ProcessID
  /// As given to execve, or as found; empty when neither was seen.
  package var path: [UInt8]
  package var arguments: [[UInt8]]
  /// Its command, user and group; the thread is the first one.
  package var actor: Actor
  /// When it was forked; nil when it was there before the run.
  package var forked: Instant?
  /// When it ended, with wait(2)'s status; nil while it lives.
  package var ended: Instant?
  package var status: Int32
}

extension Correlator {
  /// The process that had this pid at that moment.
  package func process(pid: UInt32, at time: Instant) -> ProcessDescription? {
    processes.slot(pid: pid, at: time.nanoseconds).map { describe(process: $0, at: time) }
  }

  package func process(_ id: ProcessID, at time: Instant) -> ProcessDescription? {
    processes.slot(of: id).map { describe(process: $0, at: time) }
  }

  /// Its parent, its parent's parent and so on, as far as they were seen.
  package func ancestors(of id: ProcessID, at time: Instant) -> [ProcessDescription] {
    var chain: [ProcessDescription] = []
    var next = processes.slot(of: id).map { processes.entries[$0].parent }
    // A chain is as deep as shells are nested; the bound is for recordings that lie.
    while chain.count < 64, let parent = next, parent.pid != 0 {
      let slot =
        parent.start == 0
        ? processes.slot(pid: parent.pid, at: time.nanoseconds) : processes.slot(of: parent)
      guard let slot, processes.entries[slot].id != id else { break }
      chain.append(describe(process: slot, at: time))
      next = processes.entries[slot].parent
    }
    return chain
  }

  /// The processes that were forked from it, or whose parent it was when they were first seen.
  package func children(of id: ProcessID) -> [ProcessID] {
    processes.entries.lazy.filter { $0.parent == id }.map(\.id)
  }

  private func describe(process slot: Int, at time: Instant) -> ProcessDescription {
    let entry = processes.entries[slot]
    var asOf = AsOf(time.nanoseconds)
    let image = entry.images[entry.image(&asOf)]
    return ProcessDescription(
      id: entry.id, parent: entry.parent, path: image.path, arguments: image.arguments, actor: image.actor,
      forked: entry.born.map(Instant.init(nanoseconds:)),
      ended: entry.ended == .max ? nil : Instant(nanoseconds: entry.ended), status: entry.status)
  }
}
