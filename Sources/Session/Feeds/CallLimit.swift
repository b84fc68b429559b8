import Answers
import Bytes
import Events
import IR

// A process that is watched may make more calls than anybody can write down, and the ring is everybody's. Of each kind of call it is told
// as many as 5,000 a second, and 5,000 at once after a rest; the others are counted in the kernel, for each process apart. Each told call
// puts off by a fifth of a millisecond when the next one is due, and what is due in more than a second is not told.

extension Feed {
  /// Begins the text: what the limit needs to know.
  mutating func declareCallLimit() {
    text += "uint64_t due[pid_t, string];\nuint64_t heard[pid_t];\nself int untold;\nself int unheard;\n"
  }

  /// Decides at the entry of a call whether it is told of.
  mutating func addCallLimit() {
    add(.bookkeeping, "syscall:::entry", when: "watched[pid]", does: limit("due[pid, probefunc]", "untold"))
    add(.bookkeeping, "syscall:::entry", when: "watched[pid] && self->untold", does: Self.count)
  }

  /// The same of what is received through packet sockets, of which there may be as much as there are packets.
  mutating func addHearingLimit(_ scope: String?) {
    let hears = "args[0]->so_family == 17"
    add(.bookkeeping, "socket:::received", when: hears, scope, does: limit("heard[pid]", "unheard"))
    add(.bookkeeping, "socket:::received", when: hears + " && self->unheard", scope, does: Self.count)
  }

  private func limit(_ due: String, _ flag: String) -> String {
    "this->due = \(due) > timestamp ? \(due) : timestamp; self->\(flag) = this->due - timestamp > 1000000000; "
      + "\(due) = this->due + (self->\(flag) ? 0 : 200000);"
  }

  /// The aggregation that has what was not told.
  static let untold = "untold"
  private static let count = "@\(untold)[pid, execname] = count();"

  /// Of calls that are limited.
  static let isTold = "!self->untold"
  static let isHeard = "(args[0]->so_family != 17 || !self->unheard)"
}

extension LoadedProgram {
  /// The calls of each process that the limit has left out, under the stage that a recording names them by.
  mutating func untoldCalls() -> [(stage: String, count: UInt64)] {
    guard let id = program.aggregations.firstIndex(where: { $0.name == Feed.untold }) else { return [] }
    let offset = KeyLayout(program.aggregations[id]).offsets[1]
    return aggregations.entries(of: id).map { entry in
      let key = RawSpan(_elements: entry.key.span)
      let pid = key.littleEndian(UInt32.self, at: 0)
      let command = key.text(at: offset, limit: key.byteCount - offset)
      return (UntoldCalls(pid: pid, command: command).stage, entry.value.first ?? 0)
    }.sorted { $0.stage < $1.stage }
  }
}
