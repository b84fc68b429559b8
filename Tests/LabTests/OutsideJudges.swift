import Glibc
import Support
import Testing

/// What other people's programs see of the suspects: the measure that Culprit's own answers are later held against.
@Suite(.live, .enabled(if: Lab.isAllowed, "needs root and network namespaces"))
struct OutsideJudges {
  @Test(.enabled(if: Lab.has("tcpdump", "tshark"), "needs tcpdump and tshark"))
  func `tcpdump records every byte that srg sends to the collector`() throws {
    let lab = try Lab("tcpdump")
    let recording = TemporaryFile()
    let collector = try lab.collector()
    // Without -s a frame of the immediate ring takes 256 KiB, and eight of them are all there is: it drops.
    let recorder = ["tcpdump", "--immediate-mode", "-s", "2048", "-nlU", "--print", "-Z", "root", "-w", recording.path]
    let tcpdump = try Child(recorder + ["-i", lab.a.interface], in: lab.a)
    try tcpdump.line { $0.contains("listening on") }
    let srg = try lab.srg([])
    try lab.send(3, toPort: 9)
    try srg.line { $0.contains("ICMP type 3 code 3") }
    #expect(srg.stop() == .exited(0))
    #expect(try lab.lines(srg.output.count, of: collector) == srg.output)
    // What tcpdump prints it has written; what it has not read when it is told to stop, it loses.
    try tcpdump.line { $0.contains("10.200.1.2.7000 > 10.200.1.1.") && $0.contains("Flags [F") }
    #expect(tcpdump.stop(SIGINT) == .exited(0))

    let toCollector = "tcp.dstport == 7000 && tcp.len > 0 && !tcp.analysis.retransmission"
    let tshark = try Child(["tshark", "-r", recording.path, "-Y", toCollector, "-T", "fields", "-e", "tcp.payload"])
    #expect(tshark.wait() == .exited(0))
    #expect(text(ofHexadecimal: tshark.output) == srg.output.map { $0 + "\n" }.joined())
  }

  @Test(.enabled(if: Lab.has("ss"), "needs ss"))
  func `ss shows which packet sockets hear everything, which have a ring, and which only what a filter lets through`()
    throws
  {
    let lab = try Lab("ss")
    let reader = try lab.srg([], to: nil)
    let ring = try lab.srg(["--ring"], to: nil)
    let listener = try Child([Lab.program("listener"), lab.a.interface], in: lab.a)
    try listener.line { $0.hasSuffix("waits on vA") }
    let ss = try Child(["ss", "-0", "-a", "-p", "-e", "-b", "-H", "-O"], in: lab.a)
    #expect(ss.wait() == .exited(0))
    func socket(of child: Child) -> String { ss.output.first { $0.contains("pid=\(child.pid),") } ?? "no socket" }

    #expect(socket(of: reader).contains(/^p_raw.* \*:vA/))
    #expect(!socket(of: reader).contains("bpf filter") && !socket(of: reader).contains("ring_rx"))
    #expect(socket(of: ring).contains("ring_rx(blk_size:65536,blk_nr:32,frm_size:2048,frm_nr:1024"))
    #expect(socket(of: listener).contains(/^p_raw.* ip:vA/))
    #expect(socket(of: listener).contains("bpf filter (11)"))
  }

  @Test(.enabled(if: Lab.has("strace"), "needs strace"), arguments: [[], ["--ring"]])
  func `strace sees a promiscuous socket for every protocol; frames of a ring arrive without recv`(switches: [String])
    throws
  {
    let lab = try Lab("strace")
    let trace = TemporaryFile()
    let collector = try lab.collector()
    let command = ["strace", "-f", "-o", trace.path, Lab.program("srg")] + switches
    let strace = try Child(command + ["--config", "/dev/null", "--count", "4", "vA", "10.200.1.2:7000"], in: lab.a)
    try strace.line { $0 == "Using device vA (promiscuous mode)" }
    try lab.send(4, toPort: 9)
    #expect(strace.wait() == .exited(0))
    #expect(try lab.lines(4, of: collector).count == 4)

    let calls = try trace.lines
    func count(_ call: String) -> Int { calls.count { $0.contains(" \(call)") } }
    #expect(count("socket(AF_PACKET, SOCK_RAW|SOCK_CLOEXEC, htons(ETH_P_ALL)) = ") == 1)
    #expect(calls.contains { $0.contains("PACKET_ADD_MEMBERSHIP") && $0.contains("PACKET_MR_PROMISC") })
    #expect(calls.contains { $0.contains("connect(") && $0.contains("sin_port=htons(7000)") })
    #expect(count("write(1, ") == 4)
    #expect(count("sendto(") == 4)
    #expect(switches == ["--ring"] ? count("recvfrom(") == 0 : count("recvfrom(") >= 4)
    #expect(count("rt_sigprocmask(SIG_BLOCK, [ALRM]") == count("rt_sigprocmask(SIG_UNBLOCK, [ALRM]"))
  }

  @Test(.enabled(if: Lab.has("strace"), "needs strace"))
  func `of two processes of srg one sniffs and the other sends`() throws {
    let lab = try Lab("pipe")
    let trace = TemporaryFile()
    let collector = try lab.collector()
    let command = ["strace", "-f", "-o", trace.path, Lab.program("srg"), "--pipe", "--config", "/dev/null"]
    let strace = try Child(command + ["--count", "2", "vA", "10.200.1.2:7000"], in: lab.a)
    try strace.line { $0 == "Using device vA (promiscuous mode)" }
    try lab.send(2, toPort: 9)
    #expect(strace.wait() == .exited(0))
    #expect(try lab.lines(2, of: collector).count == 2)

    // A line of strace -f begins with the pid.
    let calls = try trace.lines
    func callers(of call: String) -> Set<Substring> {
      Set(calls.filter { $0.contains(" \(call)(") }.compactMap { $0.split(separator: " ").first })
    }
    let sniffer = callers(of: "recvfrom")
    let sender = callers(of: "sendto")
    #expect(sniffer.count == 1 && sender.count == 1 && sniffer != sender)
    #expect(callers(of: "connect") == sender)
  }
}

/// The text behind lines of hexadecimal digits; what is no digit is left out.
private func text(ofHexadecimal lines: [String]) -> String {
  let digits = lines.joined().compactMap(\.hexDigitValue)
  let bytes = stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
  return String(decoding: bytes, as: UTF8.self)
}
