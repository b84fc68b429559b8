import Foundation
import Support
import Testing

/// One D program, asked live in the kernel, live in the host VM, and of a recording of the same minutes.
@Suite(.live, .enabled(if: Lab.isAllowed && Lab.hasBPF, "needs root, network namespaces and eBPF"))
struct LiveEqualsRecorded {
  /// A copy of `control` under a name of its own: predicates ask for it, whatever else runs on this machine.
  private final class Sender {
    let name = "ctl\(getpid())x\(Int.random(in: 100..<1000))"
    let path: String

    init() throws {
      path = FileManager.default.temporaryDirectory.appending(path: name).path
      try FileManager.default.copyItem(atPath: Lab.program("control"), toPath: path)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
  }

  private let culprit = Lab.program("culprit")

  /// Starts a trace and waits until it sees everything.
  private func trace(_ arguments: [String], in side: Lab.Side) throws -> Child {
    let trace = try Child([culprit] + arguments, in: side)
    try trace.line { $0.contains(" matched ") }
    return trace
  }

  @Test func `what a program says of a recording it said live, and the kernel says the same of its part`() throws {
    let lab = try Lab("same")
    let collector = try Child([Lab.program("collector"), "7000"], in: lab.b)
    try collector.line { $0.hasSuffix("listens on port 7000") }
    let sender = try Sender()
    let file = FileManager.default.temporaryDirectory.appending(path: "\(sender.name).pcapng").path
    defer { try? FileManager.default.removeItem(atPath: file) }

    // All share an aggregation: beside packets, the clauses on the kernel's probes then run here too, fed by the kernel.
    let mine = "/execname == \"\(sender.name)\"/"
    let ofTheKernel = """
      socket:::send \(mine) { @sent[args[0]->so_rport] = sum(arg1); @sends[args[0]->so_type] = count(); @all = count(); }
      socket:::create \(mine) { @sockets[args[0]->so_family, args[0]->so_type] = count(); @all = count(); }
      proc:::exec-success \(mine) { @starts[basename(args[0])] = count(); @all = count(); }
      proc:::exit \(mine) { @ends[arg1] = count(); @all = count(); }
      syscall::sendto:entry, syscall::write:entry \(mine) { @calls[execname] = count(); @all = count(); }
      """
    let ofPackets = """
      packet:::send \(mine) { @out[probefunc, args[2]->ip_daddr, args[4]->tcp_dport] = count(); @all = count(); }
      packet:::send \(mine) { @bytes[probefunc] = sum(args[0]->pkt_len); @payload = sum(args[4]->tcp_length); }
      packet:::receive \(mine) { @in[probefunc, args[2]->ip_saddr] = count(); }
      """
    let inKernel = try trace(["-n", ofTheKernel], in: lab.a)
    let here = try trace(["--interface", "vA", "-n", ofTheKernel + ofPackets], in: lab.a)

    let address = "\(lab.b.address):7000"
    let command = "\(sender.path) --tcp c01 \(address) 20; \(sender.path) c02 \(address) 20"
    let recorder = try Child([culprit, "record", "--interface", "vA", "-c", command, "-o", file], in: lab.a)
    #expect(recorder.wait(within: 30) == .exited(0), "\(recorder.errors)")
    #expect(inKernel.stop(SIGINT) == .exited(0))
    #expect(here.stop(SIGINT) == .exited(0))

    let replayed = try Child([culprit, "-r", file, "-n", ofTheKernel + ofPackets])
    #expect(replayed.wait() == .exited(0), "\(replayed.errors)")
    let kernelPart = try Child([culprit, "-r", file, "-n", ofTheKernel])
    #expect(kernelPart.wait() == .exited(0))

    // Everything was sent: 20 and 20 messages, each its own packet, and what TCP needs besides.
    #expect(replayed.output.contains { $0.contains("udp") && $0.hasSuffix(" 20") })
    #expect(said(by: here) == said(by: replayed))
    #expect(said(by: inKernel) == said(by: kernelPart))
    #expect(said(by: inKernel).count >= 8)
    collector.stop()
  }

  @Test func `clauses that share nothing with packets run in the kernel meanwhile`() throws {
    let lab = try Lab("split")
    // Somebody takes the datagrams: the kernel's complaints would be counted with them.
    let collector = try Child([Lab.program("collector"), "7000"], in: lab.b)
    try collector.line { $0.hasSuffix("listens on port 7000") }
    let sender = try Sender()
    let text = """
      packet:::send /execname == "\(sender.name)"/ { @packets = sum(1000); }
      mib:ip::ipOutRequests /execname == "\(sender.name)"/ { @counted = sum(7); }
      profile:::profile-1s { @samples = count(); }
      """
    let trace = try trace(["--interface", "vA", "-n", text], in: lab.a)
    let control = try Child([sender.path, "c01", "\(lab.b.address):7000", "20"], in: lab.a)
    #expect(control.wait() == .exited(0))
    collector.stop()
    #expect(trace.stop(SIGINT) == .exited(0))
    let numbers = Set(trace.output.compactMap { Int($0.drop { $0 == " " }) })
    #expect(numbers.isSuperset(of: [20_000, 140]), "\(trace.output) \(trace.errors)")
  }

  /// The lines of a run's aggregations.
  private func said(by child: Child) -> [String] { child.output.filter { !$0.isEmpty } }

  @Test func `when an interface goes away, what was captured before is told, and that it is not all`() throws {
    let lab = try Lab("unplugged")
    let sender = try Sender()
    let trace = try trace(
      ["--interface", "vA", "-n", "packet::udp:send /execname == \"\(sender.name)\"/ { @ = sum(1000); }"], in: lab.a)
    let control = try Child([sender.path, "c01", "\(lab.b.address):9", "5"], in: lab.a)
    #expect(control.wait() == .exited(0))
    #expect(try Child(["ip", "link", "delete", "vA"], in: lab.a).wait() == .exited(0))
    #expect(trace.wait() == .exited(3))
    #expect(trace.output.contains { $0.hasSuffix(" 5000") }, "\(trace.output)")
    #expect(trace.errors.count == 2 && trace.errors[1].contains("vA"), "\(trace.errors)")
  }

  @Test func `a file that is no capture, one that is cut and one that is not there each give one line and their code`()
    throws
  {
    let folder = FileManager.default.temporaryDirectory
    let path = folder.appending(path: "cut-\(UUID().uuidString).pcap").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    func run(_ arguments: [String]) throws -> (end: Child.End, output: [String], errors: [String]) {
      let child = try Child([culprit] + arguments)
      return (child.wait(), child.output, child.errors)
    }

    let missing = try run(["-r", "/nonexistent", "-n", "BEGIN"])
    #expect(missing.end == .exited(2))
    #expect(missing.errors.count == 1 && missing.errors[0].contains("/nonexistent"))

    try Data("no capture at all".utf8).write(to: URL(fileURLWithPath: path))
    let other = try run(["-r", path, "-n", "BEGIN"])
    #expect(other.end == .exited(2))
    #expect(other.errors.count == 1 && other.errors[0].contains("not a pcap or pcapng file"))

    // A header, one packet of four bytes, and the header of a second one.
    var bytes: [UInt8] = [0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 1, 0, 0, 0]
    bytes += [0, 0, 0, 0x60, 0, 0, 0, 0, 4, 0, 0, 0, 4, 0, 0, 0, 1, 2, 3, 4]
    bytes += [0, 0, 0, 0x60, 0, 0, 0, 0, 4, 0, 0, 0, 4, 0, 0, 0]
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    let cut = try run(["-q", "-r", path, "-n", "packet::: { @[probefunc] = count(); }"])
    #expect(cut.end == .exited(3))
    #expect(cut.output.contains { $0.contains("other") && $0.hasSuffix(" 1") })
    #expect(cut.errors.count == 1 && cut.errors[0].contains("cut off in a packet record at byte 44"))

    let status = try run(["-q", "-r", path, "-n", "packet::: { exit(6); }"])
    #expect(status.end == .exited(6))
  }
}
