import Glibc

/// From the start of a tracer to the moment when whoever reads its output sees the first firing.
func measureStart() throws {
  heading("start to first probe", goal: "40 ms, 40 MiB")
  let knocker = try Launch(Part.command("knocker"))
  guard knocker.line() != nil else { throw Launch.Failure(description: "the knocking part ended") }
  let culprit = [
    Part.sibling("culprit"), "-q", "-p", "\(knocker.pid)", "-n",
    "syscall::getppid:entry /pid == $target/ { printf(\"fired\\n\"); exit(0); }",
  ]
  let bpftrace = [
    "bpftrace", "-e",
    "tracepoint:syscalls:sys_enter_getppid /pid == \(knocker.pid)/ { printf(\"fired\\n\"); exit(); }",
  ]
  let hasPeer = installed("bpftrace")
  var (ours, theirs) = (Starts(), Starts())
  for _ in 0..<10 {
    try ours.add(culprit)
    if hasPeer { try theirs.add(bpftrace) }
  }
  report("culprit", ours.seen, "ms")
  report("culprit, to its end", ours.ended, "ms")
  report("culprit, resident", ours.resident, "MiB")
  guard hasPeer else { return missing("bpftrace") }
  report("bpftrace", theirs.seen, "ms", ours: ours.seen)
  report("bpftrace, to its end", theirs.ended, "ms", ours: ours.ended)
  report("bpftrace, resident", theirs.resident, "MiB", ours: ours.resident)
}

/// Milliseconds from a tracer's start to the first firing, and to the end of a run that ends there.
private struct Starts {
  var seen = Samples()
  var ended = Samples()
  /// MiB.
  var resident = Samples()

  /// Runs it once; without a firing nothing is added.
  mutating func add(_ tracer: [String]) throws {
    let launch = try Launch(tracer)
    while let line = launch.line() {
      guard line.contains("fired") else { continue }
      seen.values.append(Double(now() - launch.started) / 1e6)
      let usage = launch.finish()
      ended.values.append(usage.elapsed * 1000)
      resident.values.append(Double(usage.resident) / 1024)
      return
    }
  }
}

/// The part that calls getppid(2) ten thousand times a second until it is ended.
func knock() {
  answer("knocking")
  while getppid() > 1 { usleep(100) }
}
