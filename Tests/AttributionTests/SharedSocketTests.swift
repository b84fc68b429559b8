import Events
import Foundation
import Glibc
import Support
import Testing

/// Whose packet it is, when the socket is not one process's alone. `Tests/Lab/senders.py` has the ways; the payload says who sent it.
@Suite(
  .live,
  .enabled(if: Lab.isAllowed && Lab.hasBPF && Lab.has("python3"), "needs root, network namespaces, eBPF and python3"))
struct SharedSocketTests {
  private func collectors(_ lab: Lab) throws -> [Child] {
    try [7000, 7001].map { port in
      let collector = try Child([Lab.program("collector"), "\(port)"], in: lab.b)
      try collector.line { $0.hasSuffix("listens on port \(port)") }
      return collector
    }
  }

  private func play(_ way: String, in lab: Lab) throws -> [Recorded] {
    let collectors = try collectors(lab)
    let recorder = try Recorder([lab.a.interface], in: lab.a)
    let script = ["python3", "-S", Lab.repository + "/Tests/Lab/senders.py", way, lab.b.address, "7000"]
    let sender = try Child(script, in: lab.a)
    #expect(sender.wait() == .exited(0), "\(sender.errors)")
    let packets = try recorder.packets()
    withExtendedLifetime(collectors) {}
    return packets
  }

  @Test(
    arguments: [
      ("forked", 3, 2), ("forked-udp", 3, 2), ("passed", 3, 1), ("reused", 6, 2), ("unconnected", 4, 1),
      ("became", 2, 1),
      ("both", 6, 2), ("raw", 3, 1), ("spoofed", 3, 2), ("threads", 10, 1),
    ])
  func `who sent a packet is its owner, whoever else holds the socket`(way: String, count: Int, processes: Int) throws {
    let packets = try play(way, in: try Lab("share"))
    let claimed = packets.filter { $0.claim != nil && $0.info.direction == .outbound }
    #expect(claimed.count == count)
    #expect(Set(claimed.compactMap(\.claim?.pid)).count == processes)
    for packet in claimed where packet.pid != packet.claim?.pid {
      Issue.record("\(way): \(packet.claim?.label ?? "") of \(packet.claim?.pid ?? 0) is given to \(packet.text)")
    }
    #expect(claimed.allSatisfy { $0.owner.role == .sender }, "\(claimed.map(\.text))")
  }

  @Test func `a server that accepts in its children: each answer is the child's`() throws {
    let lab = try Lab("prefork")
    let recorder = try Recorder(["lo"], in: lab.a)
    let script = ["python3", "-S", Lab.repository + "/Tests/Lab/senders.py", "prefork", "127.0.0.1", "7100"]
    let server = try Child(script, in: lab.a)
    #expect(server.wait() == .exited(0), "\(server.errors)")
    let claimed = try recorder.packets().filter { $0.claim != nil }
    #expect(claimed.count == 6)
    #expect(Set(claimed.compactMap(\.claim?.pid)).count == 6)
    for packet in claimed { #expect(packet.pid == packet.claim?.pid, "\(packet.text)") }
  }

  @Test(arguments: ["forked", "forked-udp", "passed", "became"])
  func `sockets that were open before the run are known by who holds them`(way: String) throws {
    let lab = try Lab("before")
    let collectors = try collectors(lab)
    let script = ["python3", "-S", Lab.repository + "/Tests/Lab/senders.py", way, lab.b.address, "7000", "--go"]
    let sender = try Child(script, in: lab.a)
    try sender.line { $0 == "ready" }
    let recorder = try Recorder([lab.a.interface], in: lab.a)
    #expect(sender.stop(SIGUSR1) == .exited(0), "\(sender.errors)")
    let packets = try recorder.packets()
    withExtendedLifetime(collectors) {}

    let claimed = packets.filter { $0.claim != nil && $0.info.direction == .outbound }
    #expect(claimed.count >= 2)
    for packet in claimed { #expect(packet.pid == packet.claim?.pid, "\(packet.text)") }
  }
}
