import Files
import Glibc

/// What all rules take together, live: datagrams over a veth pair, each of which is a packet and a send that the kernel tells of. Not among the
/// figures that are measured when none is named, since it needs root.
func measureRules() throws {
  heading(
    "all rules, live, at 50,000 packets and 50,000 events a second for ten seconds",
    goal: "under one processor and 200 MiB"
  )
  let lab = "culprit-bench-\(getpid())"
  guard try Launch.run(["bash", "Tests/Lab/lab.sh", "up", lab]).succeeded else {
    return missing("lab", "cannot be made")
  }
  defer { _ = try? Launch.run(["bash", "Tests/Lab/lab.sh", "down", lab]) }
  let idle = try watch(in: lab + "-a", rate: 1000, seconds: 1)
  let busy = try watch(in: lab + "-a", rate: 50_000, seconds: 10)
  print("    \(busy.sent) datagrams sent in \(fixed(busy.seconds, 2)) s; \(busy.said.joined(separator: "; "))")
  // A second of little work is taken off, and with it the start.
  let share = (busy.usage.processor - idle.usage.processor) / (busy.seconds - idle.seconds)
  print("  culprit watch                      \(fixed(share * 100, 0)) % of a processor, its start not counted")
  print(
    "                                     \(busy.usage.resident / 1024) MiB, \(fixed(idle.usage.processor, 2)) s to start"
  )
}

private struct Watched {
  var sent: Int
  var seconds: Double
  var usage: Usage
  /// What it said of losses.
  var said: [String]
}

private func watch(in namespace: String, rate: Int, seconds: Int) throws -> Watched {
  let inside = ["nsenter", "--net=/run/netns/\(namespace)"]
  let watcher = try Launch(
    inside + ["sh", "-c", "exec \"$0\" \"$@\" 2>&1", Part.sibling("culprit")]
      + ["watch", "-i", "vA", "--history", "none", "-o", "/dev/null"])
  while let line = watcher.line(), !line.contains("watching") {}
  let sender = try Launch(inside + Part.command("sender", "\(rate)", "\(seconds * rate)"))
  let answer = (sender.line() ?? "").split(separator: " ")
  _ = sender.finish()
  watcher.interrupt()
  var said: [String] = []
  while let line = watcher.line() { if line.contains(" lost "), !line.contains("cannot tell") { said.append(line) } }
  let usage = watcher.finish()
  return Watched(
    sent: Int(answer.first ?? "") ?? 0, seconds: Double(answer.last ?? "") ?? .nan, usage: usage,
    said: said.isEmpty ? ["nothing lost"] : said)
}
