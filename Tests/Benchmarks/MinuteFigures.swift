import Files
import Glibc

/// A minute of ten thousand firings a second, half of them on each of two threads: every line printed, in the order of time, or counted as
/// lost. Not among the figures that are measured when none is named.
func measureMinute() throws {
  heading("a printf for each of 10,000 calls a second, for a minute", goal: "none lost, in the order of time")
  let callers = try (0..<2).map { _ in try Launch(Part.command("metronome")) }
  for caller in callers { _ = caller.line() }
  let path = "/tmp/culprit-benchmark-\(getpid()).txt"
  defer { unsafe unlink(path) }
  let predicate = callers.map { "pid == \($0.pid)" }.joined(separator: " || ")
  let program = "syscall::getppid:entry /\(predicate)/ { printf(\"%d %d %d\\n\", timestamp, pid, cpu); }"
  let launch = try Launch(
    ["sh", "-c", "exec \"$0\" -q -n \"$1\" 2>&1", Part.sibling("culprit"), program], into: path)
  // The program is on by then; what matters is that both see the same calls.
  sleep(1)
  let calls = 300_000
  for caller in callers { caller.say("\(calls)") }
  for caller in callers { _ = caller.line() }
  launch.interrupt()
  let usage = launch.finish()
  var (lines, drops, disorder, last) = (0, 0, 0, UInt64(0))
  var ofCPU: [Int: Int] = [:]
  for line in try readFile(path).split(separator: 10) {
    let words = String(decoding: line, as: UTF8.self).split(separator: " ")
    guard words.count == 3, let time = UInt64(words[0]), let cpu = Int(words[2]) else {
      drops += words.contains("drops") || words.contains("drop") ? words.lazy.compactMap { Int($0) }.first ?? 0 : 0
      continue
    }
    lines += 1
    ofCPU[cpu, default: 0] += 1
    if time < last { disorder += 1 }
    last = time
  }
  print("  \(lines) of \(calls * callers.count) printed, \(drops) told as dropped, \(disorder) out of order")
  print("  by CPU: \(ofCPU.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: ", "))")
  print("  culprit took \(fixed(usage.processor, 1)) s of processor time, \(usage.resident / 1024) MiB")
}

/// The part that makes as many calls as a line says, 5,000 a second.
func keepTime() {
  answer("ready")
  while let line = readLine(), let calls = Int(line) {
    var next = now()
    for _ in 0..<calls {
      _ = getppid()
      next += 200_000
      let time = now()
      if next > time { usleep(UInt32((next - time) / 1000)) }
    }
    answer("done")
  }
}
