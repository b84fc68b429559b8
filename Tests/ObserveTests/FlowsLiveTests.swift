import Foundation
import Glibc
import Support
import Testing

/// `culprit flows` on interfaces: what it counts is what they count.
@Suite(.live, .enabled(if: Lab.isAllowed && Lab.hasBPF, "needs root, network namespaces and eBPF"))
struct FlowsLiveTests {
  private let culpritPath = Lab.program("culprit")

  private func flows(_ arguments: [String], in side: Lab.Side) throws -> Child {
    let child = try Child([culpritPath, "flows"] + arguments, in: side)
    try child.line { $0.hasPrefix("culprit: watching ") }
    return child
  }

  /// A hundred datagrams and a connection from A to B, and an echo to the kernel of B.
  private func send(_ lab: Lab) throws {
    let collector = try Child([Lab.program("collector"), "7000"], in: lab.b)
    try collector.line { $0.hasSuffix("listens on port 7000") }
    for arguments in [["sum", "\(lab.b.address):7000", "100"], ["--tcp", "sum", "\(lab.b.address):7000", "20"]] {
      let control = try Child([Lab.program("control")] + arguments, in: lab.a)
      #expect(control.wait() == .exited(0))
    }
    let echo = try Child(["ping", "-c", "2", "-i", "0.01", lab.b.address], in: lab.a)
    #expect(echo.wait() == .exited(0))
    #expect(collector.stop() == .exited(0))
  }

  private func sum(_ line: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
  }

  @Test(.enabled(if: Lab.has("ping"), "needs ping"), arguments: [["--interface", "vA"], []])
  func `attributed, kernel, forwarded and unexplained are what the interface counted`(interface: [String]) throws {
    let lab = try Lab("sums")
    let flows = try flows(["--check", "--json"] + interface, in: lab.a)
    try send(lab)
    #expect(flows.stop(SIGINT) == .exited(0), "\(flows.errors)")
    let sum = try sum(try #require(flows.output.first { $0.contains("\"vA\"") }))
    func number(_ name: String) throws -> Int { try #require(sum[name] as? Int) }
    for unit in ["packets", "bytes"] {
      let terms = ["attributed", "kernel", "forwarded", "past_taps", "unexplained"]
      let known = try terms.reduce(0) { try $0 + number("\($1)_\(unit)") }
      #expect(try known == number("counted_\(unit)"))
      #expect(try number("residual_\(unit)") == 0 && number("forwarded_\(unit)") == 0)
    }
    #expect(sum["holds"] as? Bool == true)
    // TCP may put the writes of its stream together.
    #expect(try number("attributed_packets") >= 100 + 4 + 4 && number("lost_packets") == 0)
    // Whatever the kernel sent by itself (ARP, neighbours) has a name; nothing else was there.
    #expect(try number("unexplained_packets") == 0, "\(sum["nobody"] ?? "")")
  }

  @Test func `each interface has its line behind the flows, with what nobody explains`() throws {
    let lab = try Lab("line")
    let flows = try flows(["--interface", "vA"], in: lab.a)
    let control = try Child([Lab.program("control"), "line", "\(lab.b.address):9", "5"], in: lab.a)
    #expect(control.wait() == .exited(0))
    #expect(flows.stop(SIGINT) == .exited(0), "\(flows.errors)")
    let line = try #require(flows.output.last)
    #expect(line.hasPrefix("vA: ") && line.contains(" counted = attributed ") && line.contains(" + unexplained "))
  }

  @Test(arguments: [["--interface", "lo"], []])
  func `loopback does not count the headers that captures have, and the sums say so`(interface: [String]) throws {
    let lab = try Lab("lo")
    let flows = try flows(["--check", "--json"] + interface, in: lab.a)
    let control = try Child([Lab.program("control"), "loop", "127.0.0.1:9", "20"], in: lab.a)
    #expect(control.wait() == .exited(0))
    #expect(flows.stop(SIGINT) == .exited(0), "\(flows.errors)")
    let sum = try sum(try #require(flows.output.first { $0.contains("\"lo\"") }))
    let packets = try #require(sum["counted_packets"] as? Int)
    #expect(packets >= 20 && sum["headers_bytes"] as? Int == -14 * packets)
    #expect(sum["residual_packets"] as? Int == 0 && sum["residual_bytes"] as? Int == 0, "\(sum)")
  }

  /// One frame as anybody sends it and three with PACKET_QDISC_BYPASS (20, at level SOL_PACKET, 263), which no capture sees.
  private static let bypassing = """
    import socket
    sender = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    sender.bind(("vA", 0))
    header = b"\\xff" * 6 + sender.getsockname()[4] + b"\\x88\\xb5"
    sender.send(header + b"seen" * 12)
    sender.setsockopt(263, 20, 1)
    for _ in range(3): sender.send(header + b"unseen" * 10)
    """

  @Test(.enabled(if: Lab.has("python3"), "needs python3"), arguments: [["--interface", "vA"], []])
  func `what a packet socket sends past the taps has its own line`(interface: [String]) throws {
    let lab = try Lab("bypass")
    let flows = try flows(["--check", "--json"] + interface, in: lab.a)
    let sender = try Child(["python3", "-c", Self.bypassing], in: lab.a)
    #expect(sender.wait() == .exited(0), "\(sender.errors)")
    #expect(flows.stop(SIGINT) == .exited(0), "\(flows.errors)")
    let sum = try sum(try #require(flows.output.first { $0.contains("\"vA\"") }))
    #expect(sum["past_taps_packets"] as? Int == 3 && sum["past_taps_bytes"] as? Int == 3 * 74)
    #expect(sum["attributed_packets"] as? Int == 1 && sum["residual_packets"] as? Int == 0)
  }

  /// Frames with an IP header, which are found by the kernel's word of each.
  private static let plain = """
    import socket
    sender = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    sender.bind(("vA", 0))
    packet = bytes.fromhex("450000200000000040110000") + bytes([10, 200, 1, 1, 10, 200, 1, 9]) + bytes([30, 1, 30, 2, 0, 12, 0, 0]) + b"seen"
    for _ in range(5): sender.send(b"\\xff" * 6 + sender.getsockname()[4] + b"\\x08\\0" + packet)
    """

  @Test(.enabled(if: Lab.has("python3"), "needs python3"))
  func `what a packet socket sends and the taps see has not gone past them`() throws {
    let lab = try Lab("plain")
    let flows = try flows(["--check", "--json", "--interface", "vA"], in: lab.a)
    let sender = try Child(["python3", "-c", Self.plain], in: lab.a)
    #expect(sender.wait() == .exited(0), "\(sender.errors)")
    #expect(flows.stop(SIGINT) == .exited(0), "\(flows.errors)")
    let sum = try sum(try #require(flows.output.first { $0.contains("\"vA\"") }))
    #expect(sum["past_taps_packets"] as? Int ?? 0 == 0 && sum["residual_packets"] as? Int == 0)
    #expect(sum["attributed_packets"] as? Int == 5)
  }

  @Test func `with a filter the interface's count is not compared with`() throws {
    let lab = try Lab("filter")
    let flows = try flows(["--interface", "vA", "udp", "port", "9"], in: lab.a)
    let control = try Child([Lab.program("control"), "line", "\(lab.b.address):9", "5"], in: lab.a)
    #expect(control.wait() == .exited(0))
    #expect(flows.stop(SIGINT) == .exited(0), "\(flows.errors)")
    #expect(flows.output.last?.hasPrefix("vA: of what passed the filter = attributed 5 ") == true)
  }
}
