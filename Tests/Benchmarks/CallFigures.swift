import Glibc

/// What a system call costs more while a tracer counts the calls of its process by name.
///
/// The calls are made in batches by a part of ours. A tracer is started, the batches go on, it is ended, and its own count says how many
/// of the last calls it saw: only batches that it saw whole are used.
func measureCalls() throws {
  heading("nanoseconds added to a system call by counting calls by name", goal: "0.6 of bpftrace's")
  let caller = try Launch(Part.command("caller"))
  let pid = "\(caller.pid)"
  let counters: [(name: String, arguments: [String], answer: String, seconds: Double)] = [
    (
      "culprit, by name",
      [Part.sibling("culprit"), "-q", "-p", pid, "-n", "syscall:::entry /pid == $target/ { @[probefunc] = count(); }"],
      "getppid", 0.5
    ),
    (
      "bpftrace, by name",
      ["bpftrace", "-e", "tracepoint:syscalls:sys_enter_* /pid == \(pid)/ { @[probe] = count(); }"],
      "sys_enter_getppid",
      4
    ),
    (
      "bpftrace, by number",
      ["bpftrace", "-e", "tracepoint:raw_syscalls:sys_enter /pid == \(pid)/ { @[args->id] = count(); }"],
      "@[\(numberOfGetppid)]", 1
    ),
  ]
  let hasPeer = installed("bpftrace")
  var bare = Samples()
  var counted = [Samples](repeating: Samples(), count: counters.count)
  for _ in 0..<3 {
    bare.values += try batches(caller, seconds: 0.5)
    for (index, counter) in counters.enumerated() where hasPeer || index == 0 {
      counted[index].values += try batches(caller, of: counter.arguments, counter.answer, seconds: counter.seconds)
    }
  }
  report("a bare call", bare, "ns")
  let added = counted.map { Samples(values: $0.values.map { $0 - bare.least }) }
  report(counters[0].name, added[0], "ns more")
  for index in 1..<counters.count {
    if hasPeer {
      report(counters[index].name, added[index], "ns more", ours: added[0])
    } else {
      missing(counters[index].name)
    }
  }
}

let batch = 20_000

#if arch(x86_64)
  private let numberOfGetppid = 110
#else
  private let numberOfGetppid = 173
#endif

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
  while now() < end {
    costs.append(try cost(of: batch, caller))
  }
  return costs
}

/// The same under a tracer, whose answer has a line with `key` and the number of calls.
private func batches(_ caller: Launch, of tracer: [String], _ key: String, seconds: Double) throws -> [Double] {
  let launch = try Launch(tracer)
  let costs = try batches(caller, seconds: seconds)
  launch.interrupt()
  var seen = 0
  while let line = launch.line() {
    if line.contains(key), let count = line.split(separator: " ").last.flatMap({ Int($0) }) { seen = count }
  }
  _ = launch.finish()
  return costs.suffix(seen / batch)
}

/// The part that makes as many calls as each line says, and answers what one took in processor time.
func makeCalls() {
  while let line = readLine(), let calls = Int(line) {
    let start = processorTime()
    for _ in 0..<calls { _ = getppid() }
    answer(fixed(Double(processorTime() - start) / Double(calls), 2))
  }
}
