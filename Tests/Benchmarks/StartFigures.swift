import Glibc

/// From the start of a tracer to the moment when whoever reads its output sees the first firing.
func measureStart() throws {
  heading("start to first probe", goal: "60 ms")
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
  var ours = Samples()
  var theirs = Samples()
  let hasPeer = installed("bpftrace")
  for _ in 0..<10 {
    if let time = try firstFiring(culprit) { ours.values.append(time) }
    if hasPeer, let time = try firstFiring(bpftrace) { theirs.values.append(time) }
  }
  report("culprit", ours, "ms")
  if hasPeer { report("bpftrace", theirs, "ms", ours: ours) } else { missing("bpftrace") }
}

/// Milliseconds; nil when it ended without a firing.
private func firstFiring(_ tracer: [String]) throws -> Double? {
  let launch = try Launch(tracer)
  while let line = launch.line() {
    guard line.contains("fired") else { continue }
    let time = Double(now() - launch.started) / 1e6
    _ = launch.finish()
    return time
  }
  return nil
}

/// The part that calls getppid(2) ten thousand times a second until it is ended.
func knock() {
  answer("knocking")
  while getppid() > 1 { usleep(100) }
}
