import Foundation
import Support
import Testing

/// What the kernel leaves out of a D program's packets no clause would have taken.
@Suite(.live, .enabled(if: Lab.isAllowed && Lab.traces, "needs root, network namespaces and eBPF"))
struct PushedFilterTests {
  @Test(arguments: [
    ("packet::tcp:", "args[4]->tcp_dport == 7000"),
    ("packet:::", "args[5]->udp_dport == 7000 || args[4]->tcp_flags & 2"),
    ("packet::icmp:", "args[6]->icmp_type == 8"),
    ("packet:::", "args[2]->ip_proto == 17 && args[5]->udp_sport != 53"),
  ])
  func `a program whose packets stay in the kernel counts what one that sees all of them does`(
    probe: String, predicate: String
  ) throws {
    let lab = try Lab("pushed")
    let collector = try lab.collector()
    // The number of a packet makes it see everything.
    let programs = ["", "packet::: { seen = args[0]->pkt_number; }"].map { more in
      #"""
      \#(probe) /\#(predicate)/ { @[probefunc, probename, args[0]->pkt_len] = count(); }
      packet::udp:send /args[5]->udp_dport == 7009/ { exit(0); }
      \#(more)
      BEGIN { printf("ready\n"); }
      END { printa("%s %s %d %@d\n", @); }
      """#
    }
    let runs = try programs.map {
      try Child([Lab.program("culprit"), "-q", "-x", "debug", "--interface", lab.a.interface, "-n", $0], in: lab.a)
    }
    for run in runs { try run.line { $0 == "ready" } }
    for switches in [[], ["--tcp"]] {
      let control = try Child([Lab.program("control")] + switches + ["all", "10.200.1.2:7000", "3"], in: lab.a)
      #expect(control.wait() == .exited(0))
    }
    #expect(try Child(["ping", "-c", "2", "-i", "0.2", "10.200.1.2"], in: lab.a).wait() == .exited(0))
    _ = try lab.lines(6, of: collector)
    #expect(try Child([Lab.program("control"), "end", "10.200.1.2:7009", "1"], in: lab.a).wait() == .exited(0))
    for run in runs { #expect(run.wait() == .exited(0), "\(run.errors)") }
    let counts = runs.map { $0.output.filter { !$0.isEmpty && $0 != "ready" }.sorted() }
    #expect(!counts[0].isEmpty && counts[0] == counts[1], "\(counts)")
    #expect(runs.map { $0.errors.contains { $0.hasPrefix("packets: ") } } == [true, false])
  }
}
