import Glibc

/// What a system call costs more while a tracer answers a question about the calls of its process.
///
/// The calls are made in batches by a part of ours. A tracer is started, and says that it is on by a probe on the clock that stands last in
/// its program; then batches are made, and it is ended. What it counted has to be at least the calls of these batches.
func measureCalls() throws {
  let caller = try Launch(Part.command("caller"))
  let hasPeer = installed("bpftrace")
  for question in questions(of: caller.pid) {
    heading("nanoseconds added to a system call by \(question.title)", goal: question.goal)
    let tracers = question.tracers.filter { $0.isOurs || hasPeer }
    var bare = Samples()
    var with = [Samples](repeating: Samples(), count: tracers.count)
    for _ in 0..<3 {
      bare.values += try batches(caller, seconds: 0.4)
      for (index, tracer) in tracers.enumerated() { with[index].values += try batches(caller, under: tracer) }
    }
    report("a bare call", bare, "ns")
    let added = with.map { Samples(values: $0.values.map { $0 - bare.least }) }
    for index in tracers.indices {
      report(tracers[index].name, added[index], "ns more", ours: index > 0 ? added[0] : nil)
    }
    if !hasPeer { missing("bpftrace") }
  }
  try measureExclusion(caller)
}

/// What the calls of a process cost that no clause is about, beside a hook on which nothing hangs but `return 0`.
private func measureExclusion(_ caller: Launch) throws {
  heading("nanoseconds that a call takes of a process that the predicate excludes", goal: "1.1 of the empty hook")
  let other = getpid()
  let tracers = [
    Tracer(ours: "syscall:::entry /pid == \(other)/ { @[probefunc] = count(); }", caller.pid),
    Tracer(peer: "tracepoint:raw_syscalls:sys_enter /pid == \(other)/ { @[args->id] = count(); }"),
  ].filter { $0.isOurs || installed("bpftrace") }
  var (bare, empty) = (Samples(), Samples())
  var with = [Samples](repeating: Samples(), count: tracers.count)
  for _ in 0..<5 {
    bare.values += try batches(caller, seconds: 0.3)
    do {
      let hook = try EmptyHook()
      empty.values += try batches(caller, seconds: 0.3)
      _ = hook
    }
    for (index, tracer) in tracers.enumerated() { with[index].values += try batches(caller, under: tracer) }
  }
  report("a bare call", bare, "ns")
  report("with the empty hook", empty, "ns")
  for index in tracers.indices {
    let samples = with[index]
    report(tracers[index].name, samples, "ns", ours: index > 0 ? with[0] : nil)
    let added = (samples.least - bare.least) / (empty.least - bare.least)
    print("    \(fixed(samples.least / empty.least, 2)) of the empty hook; of what the hook adds, \(fixed(added, 2))")
  }
}

/// A question that two tracers answer.
private struct Question {
  var title: String
  var goal: String
  var tracers: [Tracer]
}

/// A tracer with a program that ends in a sign of life.
private struct Tracer {
  var name: String
  var arguments: [String]
  var isOurs: Bool
  /// Whether a line of its answer has a number of calls at its end.
  var counts: (String) -> Bool = { _ in false }

  init(ours text: String, _ target: pid_t, counts: @escaping (String) -> Bool = { _ in false }) {
    name = "culprit"
    isOurs = true
    arguments = [
      Part.sibling("culprit"), "-q", "-p", "\(target)", "-n", text + " tick-20hz { printf(\"on\\n\"); }",
    ]
    self.counts = counts
  }

  init(peer text: String, _ name: String = "bpftrace", counts: @escaping (String) -> Bool = { _ in false }) {
    self.name = name
    isOurs = false
    arguments = ["bpftrace", "-e", text + " interval:ms:50 { printf(\"on\\n\"); }"]
    self.counts = counts
  }
}

private func questions(of pid: pid_t) -> [Question] {
  #if arch(x86_64)
    let getppid = 110
  #else
    let getppid = 173
  #endif
  let isRow = { (line: String) in line.contains("|") }
  return [
    Question(
      title: "counting calls by name", goal: "0.45 of bpftrace's",
      tracers: [
        Tracer(ours: "syscall:::entry /pid == $target/ { @[probefunc] = count(); }", pid) { $0.contains("getppid") },
        Tracer(peer: "tracepoint:syscalls:sys_enter_* /pid == \(pid)/ { @[probe] = count(); }", "bpftrace, by name") {
          $0.contains("sys_enter_getppid")
        },
        Tracer(
          peer: "tracepoint:raw_syscalls:sys_enter /pid == \(pid)/ { @[args->id] = count(); }", "bpftrace, by number"
        ) { $0.contains("@[\(getppid)]") },
      ]),
    Question(
      title: "a quantize of each call's time, kept by thread", goal: "0.5 of bpftrace's",
      tracers: [
        Tracer(
          ours: """
            syscall::getppid:entry /pid == $target/ { self->ts = timestamp; }
            syscall::getppid:return /self->ts/ { @ = quantize(timestamp - self->ts); self->ts = 0; }
            """, pid, counts: isRow),
        Tracer(
          peer: """
            tracepoint:syscalls:sys_enter_getppid /pid == \(pid)/ { @ts[tid] = nsecs; }
            tracepoint:syscalls:sys_exit_getppid /@ts[tid]/ { @ = hist(nsecs - @ts[tid]); delete(@ts[tid]); }
            """, counts: { $0.contains("|") }),
      ]),
    Question(
      title: "counting calls by execname", goal: "0.6 of bpftrace's",
      tracers: [
        Tracer(ours: "syscall:::entry /pid == $target/ { @[execname] = count(); }", pid) { $0.contains("Benchmarks") },
        Tracer(peer: "tracepoint:raw_syscalls:sys_enter /pid == \(pid)/ { @[comm] = count(); }") {
          $0.contains("Benchmarks")
        },
      ]),
  ]
}

/// Calls in a batch.
let batch = 20_000

/// Has the caller make some calls, and answers what one took, in nanoseconds.
func cost(of calls: Int, _ caller: Launch) throws -> Double {
  caller.say("\(calls)")
  guard let answer = caller.line(), let cost = Double(answer) else {
    throw Launch.Failure(description: "the calling part ended")
  }
  return cost
}

/// Nanoseconds a call, of each batch made in so many seconds.
private func batches(_ caller: Launch, seconds: Double) throws -> [Double] {
  let end = now() + UInt64(seconds * 1e9)
  var costs: [Double] = []
  while now() < end { costs.append(try cost(of: batch, caller)) }
  return costs
}

/// The same under a tracer, from when it is on.
private func batches(_ caller: Launch, under tracer: Tracer) throws -> [Double] {
  let launch = try Launch(tracer.arguments)
  repeat {
    guard let line = launch.line() else { throw Launch.Failure(description: "\(tracer.name) ended at once") }
    if line.hasSuffix("on") { break }
  } while true
  let costs = try batches(caller, seconds: 0.4)
  launch.interrupt()
  var seen = 0
  var countsAnything = false
  while let line = launch.line() {
    guard tracer.counts(line) else { continue }
    countsAnything = true
    // The number stands last, but for the bar that bpftrace draws behind it.
    let words = line.split(whereSeparator: { $0 == " " || $0 == "|" || $0 == "@" })
    seen += words.last { Int($0) != nil }.flatMap { Int($0) } ?? 0
  }
  _ = launch.finish()
  guard !countsAnything || seen >= costs.count * batch else {
    throw Launch.Failure(description: "\(tracer.name) counted \(seen) of \(costs.count * batch) calls")
  }
  return costs
}

/// The part that makes as many calls as each line says, and answers what one took in processor time.
func makeCalls() {
  while let line = readLine(), let calls = Int(line) {
    let start = processorTime()
    for _ in 0..<calls { _ = getppid() }
    answer(fixed(Double(processorTime() - start) / Double(calls), 2))
  }
}
