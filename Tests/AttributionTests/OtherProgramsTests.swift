import Dissection
import Events
import Support
import Testing

/// Programs that nobody here wrote.
@Suite(.live, .enabled(if: Lab.isAllowed && Lab.hasBPF, "needs root, network namespaces and eBPF"))
struct OtherProgramsTests {
  @Test(.enabled(if: Lab.has("curl", "python3"), "needs curl and python3"))
  func `curl and the web server that answers it own each their side`() throws {
    let lab = try Lab("curl")
    let folder = try Folder()
    let server = try Child(
      ["python3", "-u", "-m", "http.server", "-d", folder.path, "--bind", lab.b.address, "8080"], in: lab.b)
    try server.line { $0.hasPrefix("Serving HTTP") }
    let (near, far) = (try Recorder([lab.a.interface], in: lab.a), try Recorder([lab.b.interface], in: lab.b))
    let curl = try Child(["curl", "-s", "http://\(lab.b.address):8080/"], in: lab.a)
    #expect(curl.wait() == .exited(0))
    for (recorder, pid) in [(near, curl.pid), (far, server.pid)] {
      let packets = try recorder.packets().filter { $0.layers.transport == .tcp }
      #expect(packets.count >= 8)
      for packet in packets { #expect(packet.pid == UInt32(pid), "\(packet.text)") }
    }
  }

  @Test(.enabled(if: Lab.has("nc"), "needs nc"))
  func `nc owns what it pipes`() throws {
    let lab = try Lab("nc")
    let collector = try Child([Lab.program("collector"), "--print", "7000"], in: lab.b)
    try collector.line { $0.hasSuffix("listens on port 7000") }
    let recorder = try Recorder([lab.a.interface], in: lab.a)
    let nc = try Child(["sh", "-c", "echo line | exec nc -N \"$0\" 7000", lab.b.address], in: lab.a)
    #expect(nc.wait() == .exited(0))
    try collector.line { $0 == "line" }
    let packets = try recorder.packets().filter { $0.layers.transport == .tcp }
    #expect(packets.count >= 6)
    #expect(Set(packets.map(\.pid)).count == 1)
    for packet in packets { #expect(packet.owner.actor?.command.starts(with: "nc".utf8) == true, "\(packet.text)") }
  }

  @Test(.enabled(if: Lab.has("ping"), "needs ping"))
  func `ping owns its requests and the replies to them, and the other side's kernel answers`() throws {
    let lab = try Lab("ping")
    let (near, far) = (try Recorder([lab.a.interface], in: lab.a), try Recorder([lab.b.interface], in: lab.b))
    // Two at once, which their identifiers tell apart.
    let pings = try [lab.b.address, lab.b.address6].map { address in
      try Child(["ping", "-c", "3", "-i", "0.2", address], in: lab.a)
    }
    for ping in pings { #expect(ping.wait() == .exited(0)) }
    func echoes(_ recorder: Recorder) throws -> [Recorded] {
      try recorder.packets().filter {
        [0, 8].contains($0.layers.icmpType) && $0.layers.transport == .icmp
          || [128, 129].contains($0.layers.icmpType) && $0.layers.transport == .icmpv6
      }
    }
    let sent = try echoes(near)
    #expect(sent.count == 12)
    for packet in sent {
      let ping = pings[packet.layers.version == 6 ? 1 : 0]
      #expect(packet.pid == UInt32(ping.pid), "\(packet.text)")
    }
    let answered = try echoes(far)
    #expect(answered.count == 12)
    for packet in answered {
      #expect(packet.pid == nil && packet.owner.role == .kernel, "\(packet.text)")
      #expect(["icmp-request", "icmp-reply"].contains(packet.owner.reason), "\(packet.text)")
    }
  }
}
