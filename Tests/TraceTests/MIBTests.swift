import Foundation
import Support
import Testing

/// The mib provider's probes fire as often as the kernel's own counters move.
@Suite(.live, .enabled(if: Lab.isAllowed && Lab.hasBPF, "needs root, network namespaces and eBPF"))
struct MIBTests {
  /// The probes and what `/proc/net/snmp` calls the same.
  private let names = [
    "ipOutRequests": "Ip.OutRequests", "ipInReceives": "Ip.InReceives", "ipForwDatagrams": "Ip.ForwDatagrams",
    "udpOutDatagrams": "Udp.OutDatagrams", "udpInDatagrams": "Udp.InDatagrams", "tcpActiveOpens": "Tcp.ActiveOpens",
    "tcpPassiveOpens": "Tcp.PassiveOpens", "tcpAttemptFails": "Tcp.AttemptFails", "tcpOutRsts": "Tcp.OutRsts",
    "icmpOutMsgs": "Icmp.OutMsgs",
  ]

  @Test func `each counts what the counter of its name counts, on a cable and on lo, whole, in fragments and in vain`()
    throws
  {
    let lab = try Lab("mib")
    let sink = try lab.collector()
    let own = try Child([Lab.program("collector"), "7001"], in: lab.a)
    try own.line { $0.hasSuffix("listens on port 7001") }
    let namespace = try identity(of: lab.a)
    let culprit = try Child([
      Lab.program("culprit"), "-x", "aggsortkey", "-n",
      "mib:ip:: /args[1] == \(namespace)/ { @[probename] = count(); }",
    ])
    try culprit.line { $0.contains("matched") }

    let before = try counters(of: lab.a)
    for words in [
      ["10.200.1.2:7000", "5"], ["--tcp", "10.200.1.2:7000", "5"], ["127.0.0.1:7001", "3"],
      ["--tcp", "127.0.0.1:7001", "3"],
    ] {
      let label = words.count == 2 ? ["c01"] : ["--tcp", "c02"]
      let control = try Child([Lab.program("control")] + label + words.suffix(2), in: lab.a)
      #expect(control.wait() == .exited(0))
    }
    try lab.send(4, toPort: 7001)
    try lab.send(2, toPort: 9)
    // A datagram in three fragments, and a connection that nobody takes.
    for words in [
      "head -c 4000 /dev/zero > /dev/udp/10.200.1.2/7000", "! true < /dev/tcp/10.200.1.2/1",
      "! true < /dev/tcp/127.0.0.1/1",
    ] {
      #expect(try Child(["bash", "-c", words], in: lab.a).wait() == .exited(0))
    }
    // Both ends of each connection have been closed when the collectors are gone.
    sink.stop()
    own.stop()
    let after = try counters(of: lab.a)
    culprit.interrupt()

    var fired: [String: Int] = [:]
    for line in culprit.output where !line.isEmpty {
      let row = try #require(line.wholeMatch(of: /\ \ (\w+) +(\d+)/), "\(line) is no row")
      fired[String(row.1)] = Int(row.2)
    }
    var moved: [String: Int] = [:]
    for (probe, counter) in names {
      let difference = try #require(after[counter]) - (try #require(before[counter]))
      if difference > 0 { moved[probe] = difference }
    }
    #expect(fired == moved)
    #expect(moved.count >= 9, "\(moved)")
    #expect(culprit.errors.count == 1, "\(culprit.errors)")
  }

  /// The number of the side's network namespace.
  private func identity(of side: Lab.Side) throws -> UInt64 {
    let attributes = try FileManager.default.attributesOfItem(atPath: side.path)
    return try #require(attributes[.systemFileNumber] as? UInt64)
  }

  /// `/proc/net/snmp` as the side has it: `Ip.InReceives` and so on. UDP has counters of its own for IPv6, which are added.
  private func counters(of side: Lab.Side) throws -> [String: Int] {
    let cat = try Child(["cat", "/proc/net/snmp", "/proc/net/snmp6"], in: side)
    #expect(cat.wait() == .exited(0))
    var counters: [String: Int] = [:]
    for (names, values) in zip(cat.output, cat.output.dropFirst()) where names.contains(/: [A-Z]/) {
      let group = names.prefix { $0 != ":" }
      for (name, value) in zip(names.split(separator: " "), values.split(separator: " ")).dropFirst() {
        counters["\(group).\(name)"] = Int(value)
      }
    }
    for line in cat.output where line.hasPrefix("Udp6") {
      let words = line.dropFirst(4).split(separator: " ")
      counters["Udp.\(words[0])", default: 0] += Int(words[1]) ?? 0
    }
    return counters
  }
}
