import Files
import Glibc

/// What a system call costs more while a tracer prints a line for each, and how many of the lines there are in the end.
func measureLines() throws {
  heading("nanoseconds added to a system call by printing a line for each", goal: "no line lost")
  let caller = try Launch(Part.command("caller"))
  let bare = Samples(values: try (0..<50).map { _ in try cost(of: batch, caller) })
  let ours = try measure(
    "culprit",
    [
      Part.sibling("culprit"), "-q", "-p", "\(caller.pid)", "-n",
      "syscall::getppid:entry /pid == $target/ { printf(\"called at %d\\n\", timestamp); }",
    ], caller, bare)
  guard installed("bpftrace") else { return missing("bpftrace") }
  let bpftrace =
    "tracepoint:syscalls:sys_enter_getppid /pid == \(caller.pid)/ { printf(\"called at %lld\\n\", nsecs); }"
  _ = try measure("bpftrace", ["bpftrace", "-e", bpftrace], caller, bare, ours: ours)
}

/// Prints a tracer's figures for ten batches of calls.
private func measure(
  _ name: String, _ arguments: [String], _ caller: Launch, _ bare: Samples, ours: Samples? = nil
) throws -> Samples {
  let path = "/tmp/culprit-benchmark-\(getpid()).txt"
  defer { unsafe unlink(path) }
  let launch = try Launch(arguments, into: path)
  // Single calls until one of them has come through.
  var before = 0
  while try FileReader(path).size < 100 {
    guard before < 3000 else {
      missing(name, "printed nothing")
      return Samples()
    }
    _ = try cost(of: 1, caller)
    before += 1
    usleep(1000)
  }
  let batches = 10
  let added = try (0..<batches).map { _ in try cost(of: batch, caller) - bare.least }
  launch.interrupt()
  _ = launch.finish()
  let lines = try readFile(path).split(separator: 10).count { $0.starts(with: "called".utf8) }
  report(name, Samples(values: added), "ns more", ours: ours)
  print("    \(max(0, batches * batch - lines)) of \(batches * batch) lines lost")
  return Samples(values: added)
}
