package import IR

/// What one firing of a probe brings with it. A caller keeps one value and refills it, so that the arrays keep their
/// room and nothing is allocated per firing.
package struct Firing: Sendable {
  /// Nanoseconds of CLOCK_MONOTONIC, and since 1970.
  package var monotonicTime: UInt64 = 0
  package var wallTime: UInt64 = 0
  /// Nanoseconds that the thread has run; 0 where nobody knows.
  package var virtualTime: UInt64 = 0
  package var cpu: UInt32 = 0
  package var pid: UInt32 = 0
  package var tid: UInt32 = 0
  package var ppid: UInt32 = 0
  package var uid: UInt32 = 0
  package var gid: UInt32 = 0
  /// `group_leader->start_boottime`, nanoseconds.
  package var processStart: UInt64 = 0
  /// The inode number of the task's network namespace.
  package var networkNamespace: UInt64 = 0
  /// The negated result of a failed system call, else 0.
  package var errno: Int32 = 0
  package var kernelPC: UInt64 = 0
  package var userPC: UInt64 = 0
  /// The address of the `struct task_struct`.
  package var currentTask: UInt64 = 0
  /// Texts, with or without their NUL; what follows one does not count.
  package var execname: [UInt8] = []
  package var psargs: [UInt8] = []
  /// The path of the process's executable; empty where nobody told it.
  package var executable: [UInt8] = []
  package var currentDirectory: [UInt8] = []
  /// The hook's own words (`Step.context`).
  package var context: [UInt64] = []
  /// What was captured before, by slot (`Step.fed`, `Step.textFed`); integers and texts have slots of their own.
  package var integers: [UInt64] = []
  package var texts: [[UInt8]] = []
  /// Return addresses, innermost first.
  package var kernelStack: [UInt64] = []
  package var userStack: [UInt64] = []
  /// What pointers of this firing point to; nil where there is no such memory, and every load faults.
  package var memory: (any MemoryReader)?

  package init() {}

  /// Sets the text of a slot and keeps its room.
  package mutating func setText(_ slot: Int, _ text: some Sequence<UInt8>) {
    writeText(slot) { $0.append(contentsOf: text) }
  }

  /// The same by what `body` appends.
  @inlinable
  package mutating func writeText(_ slot: Int, _ body: (inout [UInt8]) -> Void) {
    while texts.count <= slot { texts.append([]) }
    texts[slot].removeAll(keepingCapacity: true)
    body(&texts[slot])
  }
}

/// Memory that D pointers point to, other than scratch: a test's, or what a recording kept of it.
package protocol MemoryReader: Sendable {
  /// Appends to `bytes` the memory from `address` on, up to `count` bytes; fewer (or none) where it ends before or
  /// cannot be read.
  func read(_ count: Int, at address: UInt64, in space: Space, into bytes: inout [UInt8])
}

/// What the machine could not keep, each counted since the start.
package struct Drops: Sendable, Hashable {
  /// Elements of associative arrays and threads' variables for which there was no room.
  package var dynamicVariables: UInt64 = 0
  /// Those of them that were elements.
  package var elements: [AssociativeArray.ID: UInt64] = [:]
  /// Data of aggregations for whose key there was no room.
  package var aggregations: UInt64 = 0
  /// Records that their speculation had no room for.
  package var speculations: UInt64 = 0
  /// Calls of speculation() that found none free: some that were about to be; or none but those in use.
  package var speculationsBusy: UInt64 = 0
  package var speculationsUnavailable: UInt64 = 0
  package init() {}

  mutating func countElement(of array: AssociativeArray.ID) {
    dynamicVariables &+= 1
    elements[array, default: 0] &+= 1
  }
}
