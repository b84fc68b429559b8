import Foundation
import Support
import Testing

/// The case against each suspect and each innocent, live and from a recording.
@Suite(.live, .serialized, .enabled(if: Lab.isAllowed && Lab.hasBPF, "needs root, network namespaces and BPF"))
struct CaseTests {
  private static let collector = "10.200.1.2:7000"

  @Test(arguments: [[], ["--udp"], ["--ring"], ["--pipe"]])
  func `srg sniffs and logs to its collector`(switches: [String]) throws {
    let lab = try Lab("case")
    let collector = try lab.collector()
    let traffic = try lab.traffic()
    let srg = try lab.srg(switches)
    let cases = try lab.cases(against: srg.pid)
    withExtendedLifetime((collector, traffic)) {
      expect(cases, "sniffing with remote logging", to: [Self.collector], exit: 1)
    }
    #expect(cases.live.told.answer("capture packets")?.evidence.contains { $0.contains("vA, promiscuous") } == true)
  }

  @Test func `srg that keeps a file logs locally`() throws {
    let lab = try Lab("file")
    let traffic = try lab.traffic()
    let log = TemporaryFile()
    let srg = try lab.srg(["--file", log.path], to: nil)
    let cases = try lab.cases(against: srg.pid)
    withExtendedLifetime(traffic) { expect(cases, "sniffing with local log", to: [], exit: 1) }
    #expect(cases.live.told.sentence.contains(log.path))
  }

  @Test func `who transmits, listens for one service or does nothing is no sniffer`() throws {
    let lab = try Lab("innocent")
    let collector = try lab.listener(onPort: 8000)
    let traffic = try lab.traffic()
    let transmitter = try Child([Lab.program("transmitter"), "--rate", "5", "10.200.1.2:8000"], in: lab.a)
    try transmitter.line { $0.contains("sends to") }
    let listener = try Child([Lab.program("listener"), lab.a.interface], in: lab.a)
    try listener.line { $0.hasSuffix("waits on vA") }
    let idle = try Child([Lab.program("idle")], in: lab.a)
    try withExtendedLifetime((collector, traffic)) {
      expect(try lab.cases(against: transmitter.pid), "transmits", to: ["10.200.1.2:8000"], exit: 1)
      let waiting = try lab.cases(against: listener.pid)
      expect(waiting, "none", to: [], exit: 0)
      #expect(waiting.live.told.answer("capture packets")?.evidence.contains { $0.contains("DHCP") } == true)
      expect(try lab.cases(against: idle.pid), "none", to: [], exit: 0)
    }
  }

  @Test(.enabled(if: Lab.has("tcpdump"), "needs tcpdump"))
  func `tcpdump that writes a file logs locally`() throws {
    let lab = try Lab("tcpdump")
    let traffic = try lab.traffic()
    let log = TemporaryFile()
    let tcpdump = try Child(["tcpdump", "-n", "-U", "-Z", "root", "-i", "vA", "-w", log.path], in: lab.a)
    try tcpdump.line { $0.contains("listening on vA") }
    let cases = try lab.cases(against: tcpdump.pid)
    withExtendedLifetime(traffic) { expect(cases, "sniffing with local log", to: [], exit: 1) }
  }

  @Test(.enabled(if: Lab.has("tcpdump", "nc"), "needs tcpdump and nc"))
  func `tcpdump into nc logs to another host, asked of the tcpdump or of the pipeline`() throws {
    let lab = try Lab("pipeline")
    let sink = try lab.listener(onPort: 9000)
    let traffic = try lab.traffic()
    let pipeline = "tcpdump -n -l -Z root -i vA udp | nc 10.200.1.2 9000"
    let shell = try Child(["sh", "-c", pipeline + " & echo started; wait"], in: lab.a)
    try shell.line { $0.contains("listening on vA") }
    let tcpdump = try #require(child(of: shell.pid, named: "tcpdump"))
    try withExtendedLifetime((sink, traffic)) {
      expect(
        try lab.cases(against: tcpdump), "sniffing with remote logging", to: ["10.200.1.2:9000"], exit: 1)
      expect(try lab.cases(of: pipeline), "sniffing with remote logging", to: ["10.200.1.2:9000"], exit: 1)
    }
  }

  @Test(.enabled(if: Lab.has("curl", "ping"), "needs curl and ping"))
  func `curl and ping transmit`() throws {
    let lab = try Lab("everyday")
    let sink = try lab.listener(onPort: 8000)
    try withExtendedLifetime(sink) {
      // The collector never answers: curl has sent its request and waits.
      expect(
        try lab.cases(of: "curl -s -m 1 http://10.200.1.2:8000/"), "transmits", to: ["10.200.1.2:8000"], exit: 1)
      let ping = try lab.cases(of: "ping -c 2 -i 0.2 10.200.1.2")
      expect(ping, "transmits", to: ["10.200.1.2"], exit: 1)
    }
  }

  @Test(.enabled(if: Lab.has("tcpdump", "socat"), "needs tcpdump and socat"))
  func `what goes to a logging service by datagrams that name it leaves where the service sends it`() throws {
    let lab = try Lab("service")
    let sink = try lab.listener(onPort: 9000)
    let traffic = try lab.traffic()
    let socket = TemporaryFile()
    let service = try Child(["socat", "-d", "-d", "-u", "UNIX-RECV:" + socket.path, "TCP:10.200.1.2:9000"], in: lab.a)
    try service.line { $0.contains("starting data transfer loop") }
    try withExtendedLifetime((sink, traffic, service)) {
      let pipeline = "tcpdump -n -l -Z root -i vA udp | socat -u - UNIX-SENDTO:" + socket.path
      expect(try lab.cases(of: pipeline), "sniffing with remote logging", to: ["10.200.1.2:9000"], exit: 1)
    }
  }

  @Test(.enabled(if: Lab.has("tcpdump", "nc", "nft"), "needs tcpdump, nc and nft"))
  func `who is handed packets by netfilter captures, without a socket that hears them`() throws {
    let lab = try Lab("netfilter")
    let rules = """
      add table netdev t
      add chain netdev t c { type filter hook ingress device "vA" priority 0; }
      add rule netdev t c log group 5
      """
    #expect(try Child(["nft", rules], in: lab.a).wait() == .exited(0))
    let sink = try lab.listener(onPort: 9000)
    let traffic = try lab.traffic()
    // A group has one that takes its packets.
    let sniffer = try Child(
      ["sh", "-c", "tcpdump -n -l -Z root -i nflog:5 | nc 10.200.1.2 9000"], in: lab.a, group: true)
    try sniffer.line { $0.contains("listening on nflog") }
    try withExtendedLifetime((sink, traffic)) {
      let ran = try lab.cases(against: sniffer.pid)
      expect(ran, "sniffing with remote logging", to: ["10.200.1.2:9000"], exit: 1)
      #expect(ran.live.told.sentence.contains("NFLOG's group 5"), "\(ran.live.told.sentence)")
    }
  }

  @Test(.enabled(if: Lab.has("tcpdump", "nc"), "needs tcpdump and nc"))
  func `a recording of nobody in particular has who reads what a sniffer writes into a named pipe`() throws {
    let lab = try Lab("fifo")
    let sink = try lab.listener(onPort: 9000)
    let traffic = try lab.traffic()
    let pipe = TemporaryFile()
    #expect(try Child(["mkfifo", pipe.path]).wait() == .exited(0))
    let reader = try Child(["sh", "-c", "exec nc 10.200.1.2 9000 <\(pipe.path)"], in: lab.a)
    let sniffer = try Child(["sh", "-c", "exec tcpdump -n -l -Z root -i vA udp >\(pipe.path)"], in: lab.a)
    try sniffer.line { $0.contains("listening on vA") }
    let file = TemporaryFile()
    let recorder = try Child(
      [Lab.program("culprit"), "record", "-o", file.path, "--interface", "vA", "--duration", "2s"], in: lab.a)
    #expect(recorder.wait(within: 60) == .exited(0))
    let ran = try withExtendedLifetime((sink, traffic, reader)) {
      try told(
        by: Child([Lab.program("culprit"), "case", "--json", "-r", file.path, "--process", "\(sniffer.pid)"]))
    }
    #expect(ran.told.verdict == "sniffing with remote logging", "\(ran.told.sentence)")
    #expect(ran.told.destinations == ["10.200.1.2:9000"])
  }

  /// A process that `parent` started, directly or not.
  private func child(of parent: CInt, named name: String) -> CInt? {
    let path = "/proc/\(parent)/task/\(parent)/children"
    let children = (try? String(contentsOfFile: path, encoding: .utf8))?.split(separator: " ").compactMap { CInt($0) }
    for child in children ?? [] {
      let command = try? String(contentsOfFile: "/proc/\(child)/comm", encoding: .utf8)
      if command?.trimmingCharacters(in: .whitespacesAndNewlines) == name { return child }
      if let found = self.child(of: child, named: name) { return found }
    }
    return nil
  }
}
