import Foundation
import Glibc
import Support
import Testing

/// Each provider's probes fire for what they are named after, with its arguments, in a real kernel.
@Suite(.live, .enabled(if: Lab.traces, "needs root and eBPF"))
struct ProviderTests {
  // MARK: proc

  @Test func `ticks that the kernel skips are told: the periods that went by less those that fired`() throws {
    let run = try Run([
      "-q", "-c", "sleep 0.3", "-n",
      #"""
      profile-5000hz { @n[cpu] = count(); @from[cpu] = min(timestamp); @to[cpu] = max(timestamp); }
      END { printa("%d %@d %@d %@d\n", @n, @from, @to); }
      """#,
    ])
    let cpus = run.lines.map { $0.split(separator: " ").compactMap { Int($0) } }
    try #require(!cpus.isEmpty && cpus.allSatisfy { $0.count == 4 }, "\(run.output) \(run.errors)")
    let missing = cpus.reduce(0) { $0 + ($1[3] - $1[2]) / 200_000 + 1 - $1[1] }
    let told = run.errors.compactMap { $0.wholeMatch(of: /culprit: (\d+) ticks? (was|were) skipped: .*/)?.1 }
    #expect(abs(missing - (told.first.flatMap { Int($0) } ?? 0)) <= 2 * cpus.count, "\(run.output) \(run.errors)")
  }

  @Test func `a place where the kernel refuses a probe is told`() throws {
    // glibc's lock has instructions with a lock prefix, which the kernel does not step over.
    let run = try Run([
      "-q", "-n", "pid$target:libc.so.6:pthread_rwlock_rdlock: { @ = count(); }", "-c", "true",
    ])
    let told = try #require(run.errors.first { $0.contains(" cannot have a probe") }, "\(run.errors)")
    #expect(
      told.wholeMatch(of: /culprit: \d+ places? cannot have a probe, .*\/libc\.so\.6\+0x[0-9a-f]+( and others)?/) != nil
    )
  }

  @Test(arguments: ["syscall::exit_group:entry", "sched:::off-cpu"])
  func `a stack begins where the kernel was, not with what runs the program`(probe: String) throws {
    let run = try Run(
      probe + #" /pid == $target && !n++/ { printf("%d\n", stackdepth); stack(); }"#, command: "sleep 0.01")
    let frames = run.lines.dropFirst().map { $0.trimmingCharacters(in: .whitespaces) }
    #expect(frames.count == Int(run.lines.first ?? ""), "\(run.lines) \(run.errors)")
    #expect(!frames.isEmpty && !frames.contains { $0.contains("bpf") || $0.contains("traceiter") }, "\(frames)")
  }

  @Test func `proc tells how a process begins, becomes another program and ends`() throws {
    let script = try TemporaryFile(
      script: """
        #!/bin/sh
        (exec /nonexistent/program 2>/dev/null)
        (exec /bin/sh -c 'exit 7')
        true
        """)
    let run = try Run(
      #"""
      proc:::create /pid == $target/ { printf("create %d %d\n", args[1] == args[0]->pr_pid, args[0]->pr_ppid == pid); }
      proc:::start /ppid == $target/ { printf("start\n"); }
      proc:::exec /ppid == $target/ { printf("exec %s\n", args[0]); }
      proc:::exec-failure /ppid == $target/ { printf("exec-failure %d\n", args[0]); }
      proc:::exec-success /ppid == $target/ { printf("exec-success %s %s\n", args[0], execname); }
      proc:::exit /ppid == $target/ { printf("exit %d %d\n", args[0], args[1] >> 8); }
      """#, command: "/bin/sh \(script.path)")
    let begin = ["create 1 1", "start"]
    let wanted =
      begin + ["exec /nonexistent/program", "exec-failure -2", "exit 1 127"]
      + begin + ["exec /bin/sh", "exec-success /bin/sh sh", "exit 1 7"]
    #expect(run.lines == wanted, "\(run.output) \(run.errors)")
  }

  @Test func `an end by a signal is told as such`() throws {
    let script = try TemporaryFile(script: "#!/bin/sh\nkill -KILL $$\n")
    let run = try Run(
      #"proc:::exit /pid == $target/ { printf("%d %d\n", args[0], args[1] & 0x7f); }"#,
      command: "/bin/sh \(script.path)")
    #expect(run.lines == ["2 9"], "\(run.output) \(run.errors)")
  }

  // MARK: syscall

  @Test func `a call's kernel stack leads from the kernel's door, and stackdepth is its length`() throws {
    let run = try Run(
      #"syscall::openat:entry /pid == $target/ { printf("%d", stackdepth); stack(); exit(0); }"#, command: "/bin/true",
      options: ["-x", "evaltime=exec"])
    let frames = run.lines.dropFirst().map { $0.drop { $0 == " " } }
    #expect(run.lines.first == "\(frames.count)", "\(run.output) \(run.errors)")
    #expect(frames.last?.hasPrefix("vmlinux`entry_SYSCALL_64") == true, "\(run.output)")
  }

  @Test func `ucaller is the second frame of the user stack`() throws {
    let run = try Run(
      #"syscall::write:entry /pid == $target/ { uaddr(ucaller); ustack(2); exit(0); }"#,
      command: "\(Lab.program("culprit")) -V")
    // The program's own line is among them.
    let lines = run.lines.map { $0.drop { $0 == " " } }.filter { $0.hasPrefix("0x") || $0.contains("`") }
    try #require(lines.count == 3, "\(run.output) \(run.errors)")
    #expect(lines[0].trimmingPrefix(" ").split(separator: " ").first == lines[2][...], "\(run.output)")
    #expect(lines[1] != lines[2])
  }

  @Test(.enabled(if: Lab.has("strace"), "needs strace"))
  func `system calls by name are counted as strace counts them`() throws {
    let command = ["/bin/cat", "/etc/hostname", "/dev/null"]
    let run = try Run(
      """
      proc:::exec-success /pid == $target/ { self->on = 1; }
      syscall:::entry /self->on/ { @[probefunc] = count(); }
      """, command: command.joined(separator: " "), options: ["-x", "evaltime=exec"])
    let trace = TemporaryFile()
    #expect(try Child(["strace", "-qq", "-o", trace.path] + command).wait() == .exited(0))

    var ours: [String: Int] = [:]
    for line in run.lines {
      if let row = line.wholeMatch(of: /\ \ (\w+) +(\d+)/) { ours[String(row.1)] = Int(row.2) }
    }
    var theirs: [String: Int] = [:]
    for line in try trace.lines {
      if let call = line.prefixMatch(of: /(\w+)\(/) { theirs[String(call.1), default: 0] += 1 }
    }
    // strace sees the call that starts the program, too.
    #expect(theirs.removeValue(forKey: "execve") == 1)
    #expect(ours == theirs)
  }

  // MARK: socket

  @Test(.enabled(if: Lab.isAllowed, "needs network namespaces"))
  func `socket tells what a process does with its sockets, packet sockets and filters included`() throws {
    let lab = try Lab("socket")
    let collector = try lab.collector()
    let culprit = try Child([
      Lab.program("culprit"), "-q", "-n",
      #"""
      socket:::create, socket:::bind, socket:::connect /execname == "listener" || execname == "control"/
      { printf("%s %s %d %d\n", execname, probename, args[0]->so_family, args[1]); }
      socket:::send, socket:::receive /execname == "listener" || execname == "control"/
      { printf("%s %s %d %d\n", execname, probename, args[0]->so_family, args[1]); }
      socket:::attach-filter /execname == "listener"/ { printf("%d instructions\n", args[0]->so_filter_length); }
      socket:::connect /execname == "control"/ { printf("to %s:%d\n", args[0]->so_raddr, args[0]->so_rport); }
      socket:::accept /execname == "collector" && args[0]->so_lport == 7000/ { printf("accepted\n"); }
      socket:::close /execname == "collector" && args[0]->so_lport == 7000/ { printf("closed\n"); }
      BEGIN { printf("ready\n"); }
      """#,
    ])
    try culprit.line { $0 == "ready" }
    let control = try Child([Lab.program("control"), "--tcp", "c03", "10.200.1.2:7000", "2"], in: lab.a)
    #expect(control.wait() == .exited(0))
    let listener = try Child([Lab.program("listener"), lab.a.interface], in: lab.a)
    try listener.line { $0.hasSuffix("waits on vA") }
    try lab.send(1, toPort: 68)
    try culprit.line { $0 == "listener receive 17 51" || $0.hasPrefix("listener receive 17 ") }
    _ = try lab.lines(2, of: collector)
    listener.stop()
    culprit.interrupt()

    let tcp = culprit.output.filter { $0.hasPrefix("control ") || $0.hasPrefix("to ") }
    let line = "c03 PID=\(control.pid) N=1/2\n".utf8.count
    #expect(
      tcp.prefix(5) == [
        "control create 2 3", "control connect 2 0", "to 10.200.1.2:7000", "control send 2 \(line)",
        "control send 2 \(line)",
      ], "\(culprit.output) \(culprit.errors)")
    #expect(culprit.output.contains("accepted") && culprit.output.contains("closed"))
    #expect(culprit.output.contains("listener create 17 3") && culprit.output.contains("listener bind 17 0"))
    #expect(culprit.output.contains("11 instructions"))
    #expect(culprit.errors.isEmpty)
  }

  @Test(.enabled(if: Lab.isAllowed, "needs network namespaces"))
  func `pcap writes a process's packets to the file that freopen names, and dumps them where there is none`() throws {
    let lab = try Lab("pcap")
    let file = TemporaryFile()
    let culprit = try Child([
      Lab.program("culprit"), "-w", "-q", "-x", "pcapsize=40", "-n",
      """
      udp:::send /args[4]->udp_dport == 7373/
      {
        freopen("\(file.path)");
        pcap((struct sk_buff *)arg0, PCAP_IP);
        freopen("");
        pcap((struct sk_buff *)arg0, PCAP_ETHER);
        printf("sent\\n");
      }
      BEGIN { printf("ready\\n"); }
      """,
    ])
    try culprit.line { $0 == "ready" }
    let control = try Child([Lab.program("control"), "c04", "10.200.1.2:7373", "2"], in: lab.a)
    #expect(control.wait() == .exited(0))
    try culprit.line { _ in culprit.output.count { $0 == "sent" } == 2 }
    culprit.interrupt()

    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: file.path)))
    let payload = "c04 PID=\(control.pid) N=1/2\n".utf8.count
    let record = 16 + 40
    #expect(bytes.count == 24 + 2 * record, "\(culprit.output) \(culprit.errors)")
    #expect(bytes.prefix(8) == [0x4d, 0x3c, 0xb2, 0xa1, 2, 0, 4, 0] && bytes[20] == 101)
    // An IPv4 header, UDP's and the text: 40 bytes of it.
    #expect(bytes[24 + 8] == 40 && bytes[24 + 12] == 28 + payload && bytes[24 + 16] == 0x45)
    #expect(bytes[(24 + 16 + 28)..<(24 + record)].elementsEqual("c04 PID=\(control.pid)".utf8.prefix(12)))
    // The link layer's header is in the dump: IPv4 by its type.
    #expect(culprit.output.contains { $0.contains("0: ") && $0.contains(" 08 00 45 00 ") })
    #expect(culprit.errors.isEmpty)
  }

  @Test(.enabled(if: Lab.isAllowed, "needs network namespaces"))
  func `a recording knows where a watched process sends through a socket that is not connected`() throws {
    let lab = try Lab("destination")
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("culprit-" + UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.path + "/r.pcapng"
    let command = Lab.program("control") + " to 10.200.1.2:7000 3"
    let recorded = try Run(["record", "-o", file, "--interface", lab.a.interface, "-c", command], in: lab.a)
    #expect(recorded.end == .exited(0), "\(recorded.errors)")
    let run = try Run([
      "-q", "-r", file, "-n",
      #"""
      socket:::send /args[0]->so_type == 2/
      { printf("%s %d %s %d\n", args[0]->so_raddr, args[0]->so_rport, args[0]->so_daddr, args[0]->so_dport); }
      """#,
    ])
    #expect(run.lines == Array(repeating: "0.0.0.0 0 10.200.1.2 7000", count: 3), "\(run.output) \(run.errors)")
  }

  // MARK: destructive actions

  @Test func `chill holds up whoever runs for so long, half a second at most`() throws {
    let run = try Run([
      "-q", "-w", "-n",
      #"""
      BEGIN { from = timestamp; chill(20000000); }
      tick-1ms { printf("%d\n", timestamp - from); }
      tick-1ms { chill(500000001); printf("not here\n"); }
      ERROR { printf("%d\n", arg4); exit(3); }
      """#,
    ])
    #expect(run.end == .exited(3))
    let numbers = run.lines.compactMap { Int($0) }
    #expect(numbers.count == 2 && run.lines.count == 2, "\(run.output)")
    #expect((20_000_000..<500_000_000).contains(numbers.first ?? 0) && numbers.last == 3, "\(run.output)")
    #expect(try Run(["-n", "BEGIN { chill(1); }"]).errors.contains { $0.contains("Destructive actions not allowed") })
  }

  // MARK: cpc

  @Test func `cpc fires for what the kernel counts, in the mode and as often as the name says`() throws {
    let run = try Run(
      #"""
      int wrong;
      cpc:::page_faults-all-1 /pid == $target/ { all++; }
      cpc:::faults-user-1 /pid == $target/ { user++; wrong += arg0 != 0 || arg1 == 0; }
      cpc:::page_faults-kernel-1 /pid == $target/ { kernel++; wrong += arg0 == 0 || arg1 != 0; }
      cpc:::page_faults-all-1 { @one = count(); }
      cpc:::page_faults-all-8 { @eight = count(); }
      cpc:::cpu_clock-user-1000000 { @clock = count(); wrong += arg0 != 0; }
      END { printf("%d %d %d\n", all == user + kernel && user > 0 && kernel > 0, all, wrong); }
      END { printa("%@d %@d %@d\n", @one, @eight, @clock); }
      """#, command: "dd if=/dev/zero of=/dev/null bs=20M count=10 conv=swab")
    let numbers = run.lines.map { $0.split(separator: " ").compactMap { Int($0) } }
    try #require(numbers.count == 2 && numbers[1].count == 3, "\(run.output) \(run.errors)")
    #expect(numbers[0][0] == 1 && numbers[0][2] == 0, "\(run.output)")
    let (one, eight) = (numbers[1][0], numbers[1][1])
    #expect(eight > 0 && numbers[1][2] > 0 && abs(one - 8 * eight) <= one / 4 + 64, "\(run.output)")
  }

  @Test func `cpc lists what can be counted, and refuses other names and what the machine does not count`() throws {
    let listed = try Run(["-l", "-P", "cpc"]).output.compactMap { $0.split(separator: " ").last }
    #expect(listed.contains("context_switches-all-1000000000") && listed.contains("task_clock-all-1000000000"))
    for name in ["cpu_clock-all-9999", "nosuch-all-1", "faults-all", "faults-some-1", "faults-all-0", "faults-all-1hz"]
    {
      let run = try Run(["-n", "cpc:::\(name) { exit(0); }"])
      #expect(run.end == .exited(2) && run.errors.first?.contains("does not match any probes") == true, "\(run.errors)")
    }
    let counted = try Run(["-q", "-n", "cpc:::instructions-all-1000000 { exit(0); }"])
    #expect(
      counted.end == .exited(0)
        || counted.errors.count == 1 && counted.errors[0].contains("has no counter for instructions"),
      "\(counted.errors)")
  }

  // MARK: profile

  @Test func `profile fires on every CPU and tick once, never more often than their names say`() throws {
    // A kernel may leave the clock of a CPU alone while nothing runs there: every CPU has work.
    let cpus = 0..<sysconf(Int32(_SC_NPROCESSORS_ONLN))
    let work = try cpus.map { try Child(["taskset", "-c", "\($0)", "sh", "-c", "while :; do :; done"]) }
    defer { for child in work { _ = child.stop(SIGKILL) } }
    let run = try Run([
      "-q", "-n",
      #"""
      BEGIN { from = timestamp; }
      profile-200 { @every[cpu] = count(); }
      tick-200 { ticks++; }
      tick-1s { printf("%d %d\n", timestamp - from, ticks); exit(0); }
      """#,
    ])
    #expect(run.end == .exited(0))
    let times = try #require(run.lines.first).split(separator: " ").compactMap { Int($0) }
    let most = times[0] / 5_000_000 + 2
    #expect((1...most).contains(times[1]))
    let counts = run.lines.dropFirst().map { $0.split(separator: " ").compactMap { Int($0) } }
    #expect(Set(counts.map { $0[0] }) == Set(cpus))
    #expect(counts.allSatisfy { (1...most).contains($0[1]) }, "\(run.output), at most \(most)")
  }
}
