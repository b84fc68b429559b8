import CaptureFiles
import Events
import Foundation
import Recording
import Session
import Testing

/// D programs over a recording that is written for the purpose: what fires, with which arguments, and when.
struct ReplayTests {
  private let path = FileManager.default.temporaryDirectory.appending(path: "replay-\(UUID().uuidString).pcapng").path

  static let second: Int64 = 1_000_000_000
  static let start: Int64 = 1_700_000_000 * second
  let srg = Actor(
    process: ProcessID(pid: 510, start: 77), thread: 511, parent: 1, user: 1000, group: 100, command: Array("srg".utf8))

  private func event(_ seconds: Double, _ what: Event.What, cpu: UInt32 = 0) -> Event {
    let time = Instant(nanoseconds: Self.start + Int64(seconds * 1e9))
    return Event(time: time, cpu: cpu, actor: srg, what: what)
  }

  /// Writes the events and gives what the text says of them.
  private func ask(
    _ text: String, of events: [Event], losses: [(String, UInt64)] = [], target: UInt32? = nil, quiet: Bool = true,
    rows: [String] = []
  ) throws -> Answer {
    defer { try? FileManager.default.removeItem(atPath: path) }
    var writer = try RecordingWriter(path: path, linkType: .ethernet)
    for event in events { try writer.event(event) }
    try writer.finish(
      at: events.last?.time ?? Instant(nanoseconds: Self.start), losses: losses.map { (stage: $0.0, count: $0.1) })
    return try answer(text, over: path, target: target, quiet: quiet, rows: rows)
  }

  @Test func `a system call fires entry and return with its arguments, its result and errno`() throws {
    let answer = try ask(
      #"""
      syscall::openat:entry { printf("%s %d/%d %x %s:%s\n", execname, pid, tid, arg2, probefunc, probename); }
      syscall::openat:return { printf("%d %d %d\n", (int)arg0, arg1 == arg0, errno); }
      """#,
      of: [
        event(0, .call(CallEvent(number: 257, entry: true, arguments: [4_294_967_196, 0x7fff, 0x441, 0o644, 0, 0]))),
        event(0, .call(CallEvent(number: 257, entry: false, arguments: [UInt64(bitPattern: -13)]))),
        event(0, .call(CallEvent(number: 0, entry: true, arguments: [0, 0, 0, 0, 0, 0]))),
      ])
    #expect(answer.output == "srg 510/511 441 openat:entry\n-13 1 13\n\n")
  }

  @Test func `with compat=solaris the names and the order of arguments are Solaris'`() throws {
    let answer = try ask(
      "#pragma D option compat=solaris\nsyscall::open:entry { printf(\"%d%d\", arg0, arg1); }",
      of: [event(0, .call(CallEvent(number: 257, entry: true, arguments: [100, 200, 300, 400, 500, 600])))])
    #expect(answer.output == "200300\n")
  }

  @Test func `socket events carry the socket, its ends as texts and as numbers`() throws {
    var sent = SocketEvent(
      action: .send, socket: SocketID(cookie: 9, namespace: 4), address: 0xffff_8880_0000_0040, family: 2, type: 1,
      proto: 6, local: Endpoint(Address(v4: 0x0ac8_0101), 40000), remote: Endpoint(Address(v4: 0x0ac8_0102), 7000),
      result: 91)
    var answered = sent
    answered.action = .connect
    answered.family = 10
    answered.local = Endpoint(Address(v6High: 0xfd00_0200 << 32, low: 1), 40000)
    answered.remote = Endpoint(Address(v6High: 0, low: 0xffff_0ac8_0102), 7000)
    answered.result = -111
    sent.detail = 0x4000
    let answer = try ask(
      #"""
      socket:::send
      {
        printf("%s:%d > %s:%d %d bytes, flags %x, %d %d\n", args[0]->so_laddr, args[0]->so_lport, args[0]->so_raddr,
            args[0]->so_rport, arg1, arg2, args[0]->so_cookie, args[0]->so_netns);
        trace(args[0]->so_rport_net == htons(7000));
        trace(args[0]->so_raddr_lo);
      }
      socket:::connect { printf("\n%s > %s %d", args[0]->so_laddr, args[0]->so_raddr, errno); }
      """#, of: [event(0, .socket(sent)), event(1, .socket(answered))])
    #expect(
      answer.output
        == "10.200.1.1:40000 > 10.200.1.2:7000 91 bytes, flags 4000, 9 4\n1\(0x0201_c80a)\nfd00:200::1 > 10.200.1.2 111\n"
    )
  }

  @Test func `proc tells of forks on both sides, of the program and of the end`() throws {
    let answer = try ask(
      #"""
      proc:::create { printf("create %d by %d, %d %s\n", arg1, pid, args[0]->pr_uid, args[0]->pr_fname); }
      proc:::start { printf("start %d of %d\n", pid, ppid); }
      proc:::exec-success { printf("%s: %s\n", args[0], curpsinfo->pr_psargs); }
      proc:::exit { printf("exit %d %d %s\n", args[0], args[1], curpsinfo->pr_psargs); }
      """#,
      of: [
        event(0, .process(.create(child: ProcessID(pid: 512, start: 99)))),
        event(1, .process(.exec(path: Array("/usr/bin/srg".utf8), arguments: [Array("srg".utf8), Array("-v".utf8)]))),
        event(2, .process(.exit(status: 9))),
      ])
    #expect(answer.output == "create 512 by 510, 1000 srg\nstart 512 of 510\n/usr/bin/srg: srg -v\nexit 2 9 srg -v\n\n")
  }

  @Test func `a recording has an end when what was lost is its last word`() throws {
    let opened = [event(0, .file(FileEvent(path: Array("/etc/hosts".utf8), flags: 0, result: 3)))]
    // A recorder that was killed wrote no counters, and what editcap cut off has none.
    #expect(try ask("BEGIN {}", of: opened).end.hasEnd == false)
    #expect(try ask("BEGIN {}", of: opened, losses: [("kernel-ring", 0)]).end.hasEnd)
    #expect(try ask("BEGIN {}", of: []).end.hasEnd)
  }

  @Test func `an opened file has its path`() throws {
    let answer = try ask(
      #"file:::opened { printf("%s %d %d\n", args[0], args[1], errno); }"#,
      of: [
        event(0, .file(FileEvent(path: Array("/etc/hosts".utf8), flags: 0, result: 3))),
        event(0, .file(FileEvent(path: Array("/nosuch".utf8), flags: 0, result: -2))),
      ])
    #expect(answer.output == "/etc/hosts 3 0\n/nosuch -2 2\n\n")
  }

  /// open(2) of a path by a call that returns half a second later, with something in between by another thread.
  private func opening(_ path: String, result: Int64) -> [Event] {
    var other = event(0.2, .call(CallEvent(number: 39, entry: true, arguments: [0, 0, 0, 0, 0, 0])))
    other.actor.thread = 999
    return [
      event(0, .call(CallEvent(number: 257, entry: true, arguments: [4_294_967_196, 0x7000, 0, 0, 0, 0]))), other,
      event(0.5, .file(FileEvent(path: Array(path.utf8), flags: 0, result: result, readLate: true))),
      event(0.5, .call(CallEvent(number: 257, entry: false, arguments: [UInt64(bitPattern: result)]))),
    ]
  }

  @Test func `copyinstr() of an opened path answers at entry and at return, and the order stays`() throws {
    let answer = try ask(
      #"""
      syscall::open*:entry { printf("%s %s\n", execname, copyinstr(arg1)); self->path = arg1; }
      syscall::getpid:entry { printf("getpid\n"); }
      syscall::open*:return /self->path/ { printf("%s = %d\n", copyinstr(self->path), (int)arg0); self->path = 0; }
      """#, of: opening("/etc/shadow", result: -13))
    #expect(answer.output == "srg /etc/shadow\ngetpid\n/etc/shadow = -13\n\n")
  }

  @Test func `what else lies in the process's memory is a fault, in DTrace's words`() throws {
    let answer = try ask(#"syscall::openat:entry { printf("%s\n", copyinstr(arg2)); }"#, of: opening("/x", result: 3))
    #expect(answer.output == "\n")
    #expect(answer.notes.count == 1 && answer.notes[0].contains("invalid address"))
  }

  @Test func `a call that never returns holds the others up for a second at most`() throws {
    let answer = try ask(
      #"syscall::openat:entry { printf("%s\n", copyinstr(arg1)); } syscall::getpid:entry { printf("%d\n", timestamp / 1000000000 % 100); }"#,
      of: Array(opening("/x", result: 3).prefix(1)) + calls([0.5, 3]))
    #expect(answer.output == "0\n3\n\n")
    #expect(answer.notes.count == 1)
  }

  @Test func `ustack() prints the frames that were recorded, and the end says how many were not`() throws {
    let answer = try ask(
      "syscall::getpid:entry { ustack(); }",
      of: [
        calls([0])[0], event(0, .stack(["libc.so.6'getpid", "srg'scan+0x98", "0x5555000012ab"])), calls([1])[0],
      ])
    #expect(
      answer.output == """

                      libc.so.6`getpid
                      srg`scan+0x98
                      0x5555000012ab


        """ + "\n")
    #expect(answer.notes.count == 1 && answer.notes[0].contains("1 stack was not told"))
  }

  private func calls(_ seconds: [Double]) -> [Event] {
    seconds.map { event($0, .call(CallEvent(number: 39, entry: true, arguments: [0, 0, 0, 0, 0, 0])), cpu: 3) }
  }

  @Test func `ticks come by the stream's own time, before what happened later`() throws {
    let answer = try ask(
      #"""
      BEGIN { start = timestamp; n = 0; }
      syscall::getpid:entry { n++; }
      tick-1s { printf("%d ms: %d\n", (timestamp - start) / 1000000, n); }
      END { printf("end %d ms: %d\n", (timestamp - start) / 1000000, n); }
      """#, of: calls([0, 0.5, 1.5, 1.6, 3.25]))
    #expect(answer.output == "1000 ms: 2\n2000 ms: 4\n3000 ms: 4\nend 3250 ms: 5\n\n")
  }

  @Test func `walltimestamp is the recording's, and the CPU column the event's`() throws {
    let answer = try ask(
      "syscall::getpid:entry { trace(walltimestamp); }", of: calls([2]), quiet: false)
    #expect(answer.lines[1].hasPrefix("  3 "))
    #expect(answer.lines[1].contains("getpid:entry"))
    #expect(answer.lines[1].hasSuffix("\(Self.start + 2 * Self.second)"))
  }

  @Test func `exit() ends the run with its status, and END still prints`() throws {
    let answer = try ask(
      #"BEGIN { n = 0; } syscall::getpid:entry { printf("%d\n", ++n); } syscall::getpid:entry /n == 2/ { exit(7); } END { printf("end\n"); }"#,
      of: calls([0, 1, 2, 3]))
    #expect(answer.output == "1\n2\nend\n\n")
    #expect(answer.exitStatus == 7)
    #expect(answer.end.reason == .observerDone)
  }

  @Test func `a fault is said in DTrace's words, ends its clause alone and fires ERROR`() throws {
    let answer = try ask(
      #"""
      BEGIN { zero = 0; }
      syscall::getpid:entry { trace(1 / zero); }
      syscall::getpid:entry { printf("next\n"); }
      ERROR { printf("fault %d\n", arg4); }
      """#, of: calls([0]))
    #expect(answer.output.contains("next\n") && answer.output.contains("fault 4\n"))
    #expect(answer.notes.count == 1)
    #expect(answer.notes[0].contains("syscall:vmlinux:getpid:entry): divide-by-zero"))
  }

  @Test func `the target is the process that -p names`() throws {
    let answer = try ask("syscall::getpid:entry /pid == $target/ { trace(pid); }", of: calls([0]), target: 510)
    #expect(answer.output == "510\n")
  }

  @Test func `clear, trunc and normalize do to the host's tables what they do to the kernel's`() throws {
    let answer = try ask(
      #"""
      syscall::getpid:entry { @a[(int)(timestamp / 1000000000)] = count(); @b = sum(10); }
      END { trunc(@a, 1); normalize(@b, 5); printa("%d %@d\n", @a); printa("%@d\n", @b); clear(@b); printa("%@d\n", @b); }
      """#, of: calls([0, 1, 1.5, 2]))
    #expect(answer.output == "1700000001 2\n8\n0\n\n")
  }

  @Test func `keys and variables for which the tables have no room are counted and said, as live`() throws {
    let answer = try ask(
      "syscall::getpid:entry { @[timestamp] = count(); seen[timestamp] = 1; }",
      of: calls((0..<17_000).map { Double($0) / 1000 }), rows: [])
    #expect(answer.notes.count == 2)
    #expect(answer.notes.contains { $0.hasSuffix("616 aggregation drops on CPU 0") }, "\(answer.notes)")
    #expect(answer.notes.contains { $0.hasSuffix("616 dynamic variable drops (616 of seen[])") })
  }

  @Test func `what stages lost is part of the end, zeros too`() throws {
    let answer = try ask("BEGIN { }", of: calls([0]), losses: [("kernel-ring", 12), ("kernel-map", 0)])
    #expect(answer.end.losses.map(\.stage) == ["kernel-ring", "kernel-map"])
    #expect(answer.end.losses.map(\.count) == [12, 0])
    #expect(!answer.end.isComplete)
  }

  @Test(arguments: [
    (
      "mib:ip::", "1:1: error: [D_PDESC_ZERO]", "recordings, and clauses that share something with one on packets, have"
    ),
    (
      "socket:::sent", "1:1: error: [D_PDESC_ZERO]",
      "recordings, and clauses that share something with one on packets, have"
    ),
    (
      "profile:::profile-97", "1:1: error: [D_PDESC_ZERO]",
      "recordings, and clauses that share something with one on packets, have"
    ),
    ("syscall::write:entry { trace(copyinstr(arg1)); }", "1:24: error: [D_UNKNOWN]", "a text of a process"),
    ("syscall::openat:entry { tracemem(copyin(arg1, 8), 8); }", "1:25: error: [D_UNKNOWN]", "memory of a process"),
    ("syscall:::return { ustack(); }", "1:20: error: [D_UNKNOWN]", "a stack but of a call's entry"),
    ("syscall:::entry { stack(); }", "1:19: error: [D_UNKNOWN]", "a stack but of a call's entry"),
    ("syscall:::entry { @[ustackdepth] = count(); }", "1:19: error: [D_UNKNOWN]", "ustackdepth"),
    ("socket:::found { tracemem(args[0]->so_filter_code, 8); }", "1:18: error: [D_UNKNOWN]", "so_filter_code"),
  ])
  func `what a recording cannot hold is refused and not silently never true`(
    text: String, place: String, words: String
  ) throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    var writer = try RecordingWriter(path: path, linkType: .ethernet)
    try writer.finish(at: Instant(nanoseconds: Self.start))
    let complaint = try complaints(text, over: path)
    #expect(complaint.contains(place) && complaint.contains(words), "\(complaint)")
  }

  @Test(.enabled(if: SharedCaptures.absence == nil, "\(SharedCaptures.absence ?? "")"))
  func `of a file that is cut off everything before the cut is used, and the end says where`() throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    let whole = try Data(contentsOf: SharedCaptures.folder.appendingPathComponent("pcapplusplus-650HttpResponses.pcap"))
    try whole.prefix(whole.count / 2).write(to: URL(fileURLWithPath: path))
    let answer = try answer("packet::: { @n = count(); }", over: path, rows: ["n"])
    guard case .fileDamaged(let text) = answer.end.reason else {
      Issue.record("\(answer.end.reason)")
      return
    }
    #expect(text.contains("cut off in a packet record at byte"))
    let packets = answer.end.progress.packets
    #expect(packets > 100 && packets < 682)
    #expect(answer.rows["n"]?.first?.number == Int64(packets))
  }
}
