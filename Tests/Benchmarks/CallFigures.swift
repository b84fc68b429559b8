import Glibc

/// What a system call costs more while a tracer counts the calls of its process by name.
///
/// The calls are made in batches by a part of ours. A tracer is started, the batches go on, it is ended, and its own count says how many
/// of the last calls it saw: only batches that it saw whole are used.
func measureCalls() throws {
  heading("nanoseconds added to a system call by counting calls by name", goal: "0.6 of bpftrace's")
  let caller = try Launch(Part.command("caller"))
  let counters = counters(of: caller.pid)
  let hasPeer = installed("bpftrace")
  var bare = Samples()
  var counted = [Samples](repeating: Samples(), count: counters.count)
  for _ in 0..<3 {
    bare.values += try batches(caller, seconds: 0.5)
    for (index, counter) in counters.enumerated() where hasPeer || index == 0 {
      counted[index].values += try batches(caller, under: counter)
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

/// A tracer that counts a process's system calls.
private struct Counter {
  var name: String
  var arguments: [String]
  /// What the line of its answer has that ends in the number of our calls.
  var key: String
  /// How long it runs; to attach to each call takes bpftrace a second or two.
  var seconds: Double
}

private func counters(of pid: pid_t) -> [Counter] {
  let culprit = "syscall:::entry /pid == $target/ { @[probefunc] = count(); }"
  let byName = "tracepoint:syscalls:sys_enter_* /pid == \(pid)/ { @[probe] = count(); }"
  let byNumber = "tracepoint:raw_syscalls:sys_enter /pid == \(pid)/ { @[args->id] = count(); }"
  #if arch(x86_64)
    let getppid = 110
  #else
    let getppid = 173
  #endif
  return [
    Counter(
      name: "culprit, by name", arguments: [Part.sibling("culprit"), "-q", "-p", "\(pid)", "-n", culprit],
      key: "getppid",
      seconds: 0.5),
    Counter(name: "bpftrace, by name", arguments: ["bpftrace", "-e", byName], key: "sys_enter_getppid", seconds: 4),
    Counter(name: "bpftrace, by number", arguments: ["bpftrace", "-e", byNumber], key: "@[\(getppid)]", seconds: 1),
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
  while now() < end {
    costs.append(try cost(of: batch, caller))
  }
  return costs
}

/// The same under a tracer, for as long as it takes to see enough.
private func batches(_ caller: Launch, under counter: Counter) throws -> [Double] {
  let launch = try Launch(counter.arguments)
  let costs = try batches(caller, seconds: counter.seconds)
  launch.interrupt()
  var seen = 0
  while let line = launch.line() {
    guard line.contains(counter.key), let count = line.split(separator: " ").last else { continue }
    seen = Int(count) ?? 0
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
