import Foundation
import Glibc
import Support
import Testing

/// `culprit record` when all is well and when it is not: what was captured is never lost, and never silently.
@Suite(.live, .enabled(if: Lab.isAllowed && Lab.hasBPF, "needs root, network namespaces and eBPF"))
struct RecordCommandTests {
  private let culpritPath = Lab.program("culprit")

  /// Starts a recording and waits until it sees everything.
  private func recorder(_ arguments: [String], in side: Lab.Side) throws -> Child {
    let child = try Child([culpritPath, "record"] + arguments, in: side)
    try child.line { $0.hasPrefix("culprit: recording to ") }
    return child
  }

  /// Twenty datagrams from A to B.
  private func send(_ lab: Lab, _ count: Int = 20) throws {
    let control = try Child([Lab.program("control"), "rec", "\(lab.b.address):9", "\(count)"], in: lab.a)
    #expect(control.wait() == .exited(0))
  }

  private func datagrams(_ path: String) throws -> (count: Int, end: Child.End, errors: [String]) {
    let run = try culprit("packets", "-r", path)
    return (run.output.count { $0.contains(".9: UDP, length") }, run.end, run.errors)
  }

  private func complaints(_ child: Child) -> [String] { child.errors.filter { !$0.hasPrefix("Running as user") } }

  @Test(arguments: [SIGINT, SIGTERM]) func `a signal ends a recording, and the file is whole`(signal: CInt) throws {
    let lab = try Lab("signal")
    let folder = try Folder()
    let path = folder.file("r.pcapng")
    let recorder = try recorder(["-o", path, "--interface", "vA", "--interface", "lo"], in: lab.a)
    try send(lab)
    #expect(recorder.stop(signal) == .exited(0), "\(recorder.errors)")
    let read = try datagrams(path)
    #expect(read.count == 20 && read.end == .exited(0))
    let losses = try #require(recorder.errors.last { $0.hasPrefix("culprit: lost: ") })
    for stage in [
      "vA kernel", "lo kernel", "vA interface", "kernel-ring", "kernel-map", "timeline-packets", "timeline-events",
      "timeline-calls",
    ] {
      #expect(losses.contains("\(stage) 0"), "\(losses)")
    }
  }

  @Test func `a recording of one namespace tells of who sniffs there, and of nobody elsewhere`() throws {
    let (lab, other) = (try Lab("here"), try Lab("elsewhere"))
    let listener = Lab.program("listener")
    let here = try Child([listener, "vA"], in: lab.a)
    let elsewhere = try Child([listener, "vA"], in: other.a)
    for child in [here, elsewhere] { try child.line { $0.hasSuffix("waits on vA") } }
    let folder = try Folder()
    let path = folder.file("r.pcapng")
    let recorder = try recorder(["-o", path, "--interface", "vA"], in: lab.a)
    try send(lab, 1)
    // Heard here, and elsewhere too.
    for (lab, child) in [(lab, here), (other, elsewhere)] {
      try lab.send(1, toPort: 68)
      try child.line { $0.hasSuffix("to port 68") }
    }
    #expect(recorder.stop(SIGINT) == .exited(0))
    let asked = "socket:::, syscall:::, proc::: { @[pid] = count(); }"
    let told = try culprit("-qn", asked, "-r", path).output.compactMap { $0.split(separator: " ").first }
    #expect(told.contains("\(here.pid)"))
    #expect(!told.contains("\(elsewhere.pid)"))
  }

  @Test(.enabled(if: Lab.has("tshark", "capinfos", "editcap", "mergecap"), "needs Wireshark's programs"))
  func `Wireshark's programs count, show and copy every packet`() throws {
    let lab = try Lab("wireshark")
    let folder = try Folder()
    let path = folder.file("r.pcapng")
    let recorder = try recorder(["-o", path, "--interface", "vA"], in: lab.a)
    try send(lab, 50)
    #expect(recorder.stop(SIGINT) == .exited(0))
    let ours = try culprit("packets", "-r", path).output
    #expect(try datagrams(path).count == 50)

    let tshark = try Child(["tshark", "-n", "-r", path, "-Y", "eth"])
    #expect(tshark.wait() == .exited(0) && complaints(tshark) == [])
    #expect(tshark.output.count == ours.count)
    let capinfos = try Child(["capinfos", "-c", "-M", path])
    #expect(capinfos.wait() == .exited(0) && complaints(capinfos) == [])
    #expect(capinfos.output.contains { $0.hasSuffix(" \(ours.count)") && $0.hasPrefix("Number of packets") })
    for copy in [["editcap", path, folder.file("e.pcapng")], ["mergecap", "-w", folder.file("m.pcapng"), path]] {
      let program = try Child(copy)
      #expect(program.wait() == .exited(0) && complaints(program) == [])
    }
    #expect(try culprit("packets", "-r", folder.file("e.pcapng")).output == ours)
    #expect(try culprit("packets", "-r", folder.file("m.pcapng")).output == ours)
  }

  @Test func `a recorder that is killed leaves whole blocks`() throws {
    let lab = try Lab("killed")
    let folder = try Folder()
    let path = folder.file("r.pcapng")
    let recorder = try recorder(["-o", path, "--interface", "vA"], in: lab.a)
    try send(lab)
    // Written within a second or so: the file says so itself.
    let deadline = ContinuousClock.now + .seconds(30)
    while try datagrams(path).count < 20, ContinuousClock.now < deadline {}
    #expect(recorder.stop(SIGKILL) == .killed(signal: SIGKILL))
    let read = try datagrams(path)
    #expect(read.count == 20 && read.end == .exited(0) && read.errors.isEmpty, "\(read.errors)")
  }

  @Test(.enabled(if: Lab.has("tshark", "capinfos"), "needs Wireshark's programs"))
  func `a recorder that is killed under load leaves a file that everybody reads, up to its last second`() throws {
    let lab = try Lab("load")
    let folder = try Folder()
    let path = folder.file("r.pcapng")
    let recorder = try recorder(["-o", path, "--interface", "vA"], in: lab.a)
    // As fast as one process sends, which is more than a recorder that was built for debugging can write down.
    let load = try Child([Lab.program("control"), "load", "\(lab.b.address):9", "1000000000"], in: lab.a)
    // Several flushes.
    let deadline = ContinuousClock.now + .seconds(30)
    while (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0 < 16 << 20,
      ContinuousClock.now < deadline
    {}
    let killed = Date.now.timeIntervalSince1970
    #expect(recorder.stop(SIGKILL) == .killed(signal: SIGKILL))
    _ = load.stop(SIGKILL)

    let run = try culprit("packets", "--json", "-r", path)
    // The kernel ends a write(2) of several pages between two of them when its process is killed. Then the last block is not whole, and everybody says so.
    let isCut = run.end == .exited(3) && run.errors.count == 1 && run.errors[0].contains("cut off")
    #expect(isCut || run.end == .exited(0) && run.errors.isEmpty, "\(run.errors)")
    let last = try #require(run.output.last?.firstMatch(of: /"time":([0-9.]+)/)).output.1
    // A recorder that cannot keep pace leaves out what is old, after half a second in which it tried.
    #expect(try #require(Double(last)) > killed - 3)
    let tshark = try Child(["tshark", "-n", "-r", path, "-Y", "eth", "-T", "fields", "-e", "frame.number"])
    let ended = tshark.wait(within: 120)
    #expect(
      isCut ? complaints(tshark).contains { $0.contains("cut short") } : ended == .exited(0) && complaints(tshark) == []
    )
    #expect(tshark.output.count == run.output.count)
    if isCut { return }
    let capinfos = try Child(["capinfos", "-cMr", path])
    #expect(capinfos.wait(within: 60) == .exited(0) && complaints(capinfos) == [])
    #expect(capinfos.output.contains { $0.hasSuffix(" \(run.output.count)") }, "\(capinfos.output)")
  }

  @Test(.enabled(if: Lab.has("perl"), "needs perl"))
  func `a sniffer that calls without end costs nobody else anything, and what was left out of it is counted`() throws {
    let lab = try Lab("noisy")
    let folder = try Folder()
    let path = folder.file("r.pcapng")
    let recorder = try recorder(["-o", path, "--interface", "vA"], in: lab.a)
    let sniffer = try Child(
      ["perl", "-e", "socket(S, 17, 3, 768) or die; $| = 1; print qq(open\n); for (;;) { recv(S, $b, 2048, 0x40) }"],
      in: lab.a)
    try sniffer.line { $0 == "open" }
    for _ in 0..<10 { try send(lab) }
    #expect(recorder.stop(SIGINT) == .exited(0), "\(recorder.errors)")
    let losses = try #require(recorder.errors.last { $0.hasPrefix("culprit: lost: ") })
    let untold = try #require(losses.firstMatch(of: /perl\[(\d+)\] calls (\d+)/)?.output)
    #expect(Int32(untold.1) == sniffer.pid && Int(untold.2)! > 0)
    #expect(losses.contains("kernel-ring 0, "), "\(losses)")
    _ = sniffer.stop(SIGKILL)

    let packets = try culprit("packets", "--json", "-r", path)
    #expect(packets.output.count { $0.contains("\"exec\":\"control\"") } == 200)
    // What is missing of the sniffer says nothing of anybody else.
    let other = try culprit("case", "-r", path, "--process", "perl")
    #expect(other.output.contains { $0.contains("] calls \(untold.2)") }, "\(other.output)")
  }

  @Test func `a full disk ends a recording with exit 3, and what was written stays readable`() throws {
    let lab = try Lab("full")
    let folder = try Folder()
    // A file system of 128 KiB that only this recorder and its shell see; what is left on it is copied out.
    let script = """
      mount --make-rprivate / && mount -t tmpfs -o size=128k none "$1" || exit 9
      "$0" record -o "$1/r.pcapng" --interface vA --min-free 0; code=$?
      cp "$1/r.pcapng" "$2"; umount "$1"; exit $code
      """
    try FileManager.default.createDirectory(atPath: folder.file("small"), withIntermediateDirectories: true)
    let copy = folder.file("copy.pcapng")
    let recorder = try Child(
      ["unshare", "-m", "sh", "-c", script, culpritPath, folder.file("small"), copy], in: lab.a)
    try recorder.line { $0.hasPrefix("culprit: recording to ") }
    try send(lab, 2000)
    #expect(recorder.wait(within: 30) == .exited(3), "\(recorder.errors)")
    let complaint = recorder.errors.last ?? ""
    #expect(
      complaint.contains("No space left on device") && complaint.contains("are a whole recording"), "\(recorder.errors)"
    )
    let read = try datagrams(copy)
    #expect(read.count > 100 && read.count < 2000 && read.end == .exited(0) && read.errors.isEmpty, "\(read)")
  }

  @Test(.enabled(if: Lab.has("ip"), "needs iproute2"))
  func `an interface that goes away ends a recording with exit 3, and what was captured is there`() throws {
    let lab = try Lab("gone")
    let folder = try Folder()
    let path = folder.file("r.pcapng")
    let recorder = try recorder(["-o", path, "--interface", "vA"], in: lab.a)
    try send(lab)
    let ip = try Child(["ip", "-n", lab.a.name, "link", "del", "vA"])
    #expect(ip.wait() == .exited(0))
    #expect(recorder.wait() == .exited(3), "\(recorder.errors)")
    #expect(recorder.errors.last?.contains("vA") == true, "\(recorder.errors)")
    #expect(try datagrams(path).count == 20)
  }

  @Test func `a command is recorded from its first packet to its last, and its end is the recording's`() throws {
    let lab = try Lab("command")
    let folder = try Folder()
    let path = folder.file("r.pcapng")
    let command = "\(Lab.program("control")) cmd \(lab.b.address):9 7"
    let run = try culprit("record", "-o", path, "--interface", "vA", "-c", command, in: lab.a)
    #expect(run.end == .exited(0), "\(run.errors)")
    let packets = try culprit("packets", "-r", path).output.filter { $0.contains(".9: UDP, length") }
    #expect(
      packets.count == 7 && packets.allSatisfy { $0.contains("(control[") && $0.contains("] sender high)") },
      "\(packets)")
  }

  @Test func `a filter, a duration and a process are kept to`() throws {
    let lab = try Lab("filter")
    let folder = try Folder()
    let path = folder.file("r.pcapng")
    let idle = try Child([Lab.program("idle")], in: lab.a)
    let recorder = try recorder(
      ["-o", path, "--interface", "vA", "-p", "\(idle.pid)", "--duration", "20s", "udp", "dst", "port", "9"], in: lab.a)
    try send(lab)
    // The process ends, and the recording with it, long before the time is up.
    _ = idle.stop(SIGKILL)
    #expect(recorder.wait(within: 15) == .exited(0), "\(recorder.errors)")
    #expect(try culprit("packets", "-r", path).output.count == 20)
    let brief = try culprit("record", "-o", path, "--interface", "vA", "--duration", "100ms", in: lab.a)
    #expect(brief.end == .exited(0), "\(brief.errors)")
  }

  @Test func `bad input is one line, the right exit code, and no file`() throws {
    let lab = try Lab("bad")
    let folder = try Folder()
    let path = folder.file("r.pcapng")
    let marker = folder.file("ran")
    let unknown = try Child([Lab.program("idle")], in: lab.a)
    _ = unknown.stop(SIGKILL)
    let cases: [(arguments: [String], words: String)] = [
      (["-o", path, "--interface", "nosuch0"], "nosuch0: no such interface"),
      (["-o", path, "--interface", "vA", "udp and and"], "syntax error"),
      (["-o", path, "--interface", "vA", "-p", "\(unknown.pid)"], "there is no process \(unknown.pid)"),
      (["-o", "/nonexistent/r", "--interface", "vA", "-c", "touch \(marker)"], "open /nonexistent/r: No such file"),
      (["-o", path, "-c", "/nonexistent/program"], "/nonexistent/program"),
      (["-o", path, "udp"], "a filter needs an --interface"),
      (["-o", path, "-p", "1", "-c", "true"], "exclude each other"),
      (["-o", path, "--duration", "soon"], "'soon' is not a duration"),
    ]
    for (arguments, words) in cases {
      let child = try Child([culpritPath, "record"] + arguments, in: lab.a)
      #expect(child.wait() == .exited(2), "\(arguments)")
      #expect(child.errors.count == 1 && child.errors[0].contains(words), "\(arguments): \(child.errors)")
    }
    #expect(!FileManager.default.fileExists(atPath: path))
    #expect(!FileManager.default.fileExists(atPath: marker), "a command ran unrecorded")
  }

  @Test func `without privileges it says so in one line and exits with 4`() throws {
    let lab = try Lab("nobody")
    let folder = try Folder()
    let program = try folder.program()
    for more in [[], ["--interface", "vA"]] {
      let child = try Child(
        [
          "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", program, "record", "-o",
          "/tmp/none",
        ]
          + more, in: lab.a)
      #expect(child.wait() == .exited(4), "\(child.errors)")
      #expect(child.errors.count == 1 && child.errors[0].hasPrefix("culprit: "), "\(child.errors)")
    }
  }

  @Test func `without BTF it says so in one line and exits with 4`() throws {
    let lab = try Lab("nobtf")
    let script =
      "mount --make-rprivate / && mount -t tmpfs none /sys/kernel/btf && exec \"$0\" record -o /tmp/none --interface vA"
    let child = try Child(["unshare", "-m", "sh", "-c", script, culpritPath], in: lab.a)
    #expect(child.wait() == .exited(4), "\(child.errors)")
    #expect(child.errors.count == 1 && child.errors[0].contains("/sys/kernel/btf/vmlinux"), "\(child.errors)")
  }

  @Test func `live flows are those of the recording`() throws {
    let lab = try Lab("flows")
    let flows = try Child([culpritPath, "flows", "--interface", "vA", "--json"], in: lab.a)
    try flows.line { $0.hasPrefix("culprit: watching vA") }
    try send(lab)
    #expect(flows.stop(SIGINT) == .exited(0), "\(flows.errors)")
    let own = flows.output.filter { $0.contains("\"dport\":9,") }
    #expect(
      own.count == 1 && own[0].contains("\"packets_out\":20,") && own[0].contains("\"exec\":\"control\""), "\(own)")
  }
}
