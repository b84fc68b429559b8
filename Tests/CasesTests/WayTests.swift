import Cases
import Events
import Testing

/// How frames come from the process that captures to the one that sends.
struct WayTests {
  /// A sniffer that prints into a pipe, and a program at the pipe's other end; the shell started both.
  private func pipeline(_ act: (inout Story) -> Void) -> CaseReport {
    var story = Story()
    story.begins(50, "sh")
    story.begins(100, "tcpdump", parent: 50, descriptors: [.terminal(0), .pipe(1, 77, canWrite: true)])
    story.begins(101, "nc", parent: 50, descriptors: [.pipe(0, 77, canWrite: false), .terminal(1)])
    story.capturesOn(2, 100)
    act(&story)
    return story.report()
  }

  @Test func `through a pipe, to a process that it did not start`() {
    let report = pipeline { story in
      for _ in 0..<20 {
        story.hears(100, frames: 1)
        story.writes(100, 80, to: 1)
        story.sends(101, 80)
      }
    }
    #expect(report.verdict == .sniffingWithRemoteLogging)
    #expect(report.destinations == ["10.200.1.2:7000"])
    #expect(report.sentence.contains("nc[101]"))
    #expect(report.evidence("Does it leave?").contains { $0.contains("1600 bytes") && $0.contains("pipe:[77]") })
  }

  @Test func `a pipe that nothing was written to brings nothing`() {
    let report = pipeline { story in
      for _ in 0..<20 {
        story.hears(100, frames: 1)
        story.sends(101, 80)
      }
    }
    #expect(report.verdict == .sniffing)
    #expect(report.destinations == [])
  }

  @Test func `what a shell's child writes after its output was duplicated goes where that leads`() {
    var story = Story()
    story.begins(100, "sh", descriptors: [.file(1, "/var/log/out")])
    story.forks(100, 101)
    story.opens(101, "/tmp/frames", as: 3)
    for (number, arguments) in [(33, [3, 1]), (3, [3])] as [(UInt32, [UInt64])] {
      story.tell(101, .call(CallEvent(number: number, entry: true, arguments: arguments)))
      story.tell(101, .call(CallEvent(number: number, entry: false, arguments: [number == 33 ? 1 : 0])))
    }
    story.becomes(101, "/usr/bin/tcpdump")
    story.capturesOn(2, 101)
    for _ in 0..<20 {
      story.hears(101, frames: 1)
      story.writes(101, 80, to: 1)
    }
    let report = story.report()
    #expect(report.verdict == .sniffingWithLocalLog)
    #expect(report.sentence.contains("/tmp/frames") && !report.sentence.contains("/var/log/out"))
  }

  @Test func `whoever writes to the sniffer is not fed by it`() {
    var story = Story()
    story.begins(100, "srg", descriptors: [.pipe(0, 77, canWrite: false), .terminal(1)])
    story.begins(101, "feeder", descriptors: [.pipe(1, 77, canWrite: true)])
    story.capturesOn(2, 100)
    for _ in 0..<20 {
      story.writes(101, 10, to: 1)
      story.hears(100, frames: 1)
      story.sends(101, 80)
    }
    #expect(story.report().verdict == .sniffing)
  }

  @Test func `a reader at the pipe's end that writes a file keeps a local log`() {
    var story = Story()
    story.begins(100, "tcpdump", descriptors: [.pipe(1, 77, canWrite: true)])
    story.begins(101, "tee", descriptors: [.pipe(0, 77, canWrite: false), .file(3, "/tmp/seen")])
    story.capturesOn(2, 100)
    for _ in 0..<5 {
      story.hears(100, frames: 1)
      story.writes(100, 80, to: 1)
      story.writes(101, 80, to: 3)
    }
    let report = story.report()
    #expect(report.verdict == .sniffingWithLocalLog)
    #expect(report.sentence.contains("/tmp/seen"))
  }

  @Test func `through a child that was forked before anybody looked`() {
    var story = Story()
    story.begins(100, "srg")
    story.forks(100, 101)
    story.capturesOn(2, 100)
    for _ in 0..<20 {
      story.hears(100, frames: 1)
      story.sends(101, 80)
    }
    let report = story.report()
    #expect(report.verdict == .sniffingWithRemoteLogging)
    #expect(report.sentence.contains("[101]"))
  }

  @Test func `asked about the parent, the child's capture is its own doing`() {
    var story = Story()
    story.begins(100, "sh")
    story.forks(100, 101)
    story.becomes(101, "/usr/bin/srg")
    story.capturesOn(2, 101)
    for _ in 0..<20 {
      story.hears(101, frames: 1)
      story.sends(101, 80)
    }
    let report = story.report()
    #expect(report.verdict == .sniffingWithRemoteLogging)
    #expect(report.evidence("Does it capture?").contains { $0.contains("srg[101]") })
  }

  @Test func `through a pair of unix sockets`() {
    var story = Story()
    story.begins(100, "srg")
    story.begins(300, "relay")
    story.capturesOn(2, 100)
    for _ in 0..<20 {
      story.hears(100, frames: 1)
      story.passes(100, 80, from: 0x50, to: 0x51, to: 300)
      story.sends(300, 80)
    }
    let report = story.report()
    #expect(report.verdict == .sniffingWithRemoteLogging)
    #expect(report.evidence("Does it leave?").contains { $0.contains("unix socket") && $0.contains("relay[300]") })
  }

  @Test(arguments: [(20, true, Verdict.sniffingWithLocalLog), (20, false, .sniffing), (1, true, .sniffing)])
  func `a file that a logging service appends to is a log when it was given enough`(
    messages: Int, appends: Bool, verdict: Verdict
  ) {
    var story = Story()
    story.begins(100, "tcpdump")
    story.begins(300, "rsyslogd", descriptors: [.file(7, "/var/log/syslog", flags: appends ? 0x401 : 1)])
    story.capturesOn(2, 100)
    story.hears(100, frames: 100)
    for _ in 0..<messages { story.passes(100, 80, from: 0x50, to: 0x51, to: 300) }
    let report = story.report()
    #expect(report.verdict == verdict)
    #expect(
      report.evidence("Does it leave?").contains { $0.contains("1600 bytes in 20 messages") }
        == (verdict == .sniffingWithLocalLog))
  }

  @Test(arguments: [(9, true, Verdict.sniffingWithLocalLog), (9, false, .sniffing), (8, true, .sniffing)])
  func `so is one that it writes by a mapping`(inode: UInt64, canWrite: Bool, verdict: Verdict) {
    var story = Story()
    story.begins(100, "tcpdump")
    story.begins(
      300, "journald",
      descriptors: [.file(7, "/var/log/journal/1/system.journal", flags: 2), .mapping(inode, canWrite: canWrite)])
    story.capturesOn(2, 100)
    story.hears(100, frames: 100)
    for _ in 0..<20 { story.passes(100, 80, from: 0x50, to: 0x51, to: 300) }
    let report = story.report()
    #expect(report.verdict == verdict)
    #expect(
      report.evidence("Does it leave?").contains { $0.contains("system.journal open to write, and mapped") }
        == (verdict == .sniffingWithLocalLog))
  }

  @Test(arguments: [
    (6, 5555, 5555, Verdict.sniffingWithRemoteLogging), (17, 514, 514, .sniffingWithRemoteLogging),
    (17, 53, 53, .sniffing), (6, 5555, 5556, .sniffing),
  ])
  func `over a port of this host's own`(proto: UInt16, port: UInt16, received: UInt16, verdict: Verdict) {
    var story = Story()
    story.begins(100, "srg")
    story.begins(300, "relay")
    story.capturesOn(2, 100)
    for _ in 0..<20 {
      story.hears(100, frames: 1)
      story.sends(100, 80, to: Address(v4: 0x7f00_0001), port: port, proto: proto)
      story.tell(
        300,
        .socket(
          SocketEvent(
            action: .receive, socket: SocketID(cookie: 0x40, namespace: 1), address: 0x40, family: 2,
            type: proto == 6 ? 1 : 2, proto: proto, local: Endpoint(.none, received), result: 80)))
      story.sends(300, 80, socket: 0x41)
    }
    let report = story.report()
    #expect(report.verdict == verdict)
    #expect(
      report.evidence("Does it leave?").contains { $0.contains("127.0.0.1:\(port), where relay[300] receives") }
        == (verdict == .sniffingWithRemoteLogging))
  }

  @Test(
    arguments: [
      (310, 300, 100, Verdict.sniffingWithRemoteLogging), (310, 300, 200, .sniffing),
      (311, 100, 300, .sniffingWithRemoteLogging), (311, 300, 100, .sniffing),
    ] as [(UInt32, UInt32, UInt64, Verdict)])
  func `by who reads the memory, or has it written`(call: UInt32, caller: UInt32, other: UInt64, verdict: Verdict) {
    var story = Story()
    story.begins(100, "srg")
    story.begins(300, "reader")
    story.capturesOn(2, 100)
    for _ in 0..<20 {
      story.hears(100, frames: 1)
      story.tell(caller, .call(CallEvent(number: call, entry: true, arguments: [other, 0x7000, 1, 0x8000, 1, 0])))
      story.sends(300, 80)
    }
    let report = story.report()
    #expect(report.verdict == verdict)
    #expect(
      report.evidence("Does it leave?").contains { $0.contains("reader[300] shares the memory of srg[100]") }
        == (verdict == .sniffingWithRemoteLogging))
  }

  @Test(arguments: [("/queue", Verdict.sniffingWithRemoteLogging), ("/other", .sniffingWithLocalLog)])
  func `through a message queue that both may write to`(path: String, verdict: Verdict) {
    var story = Story()
    story.begins(100, "srg", descriptors: [.file(4, "/queue", flags: 2)])
    story.begins(300, "relay", descriptors: [.file(5, path, flags: 2)])
    story.capturesOn(2, 100)
    for _ in 0..<20 {
      story.hears(100, frames: 1)
      story.sends(300, 80)
    }
    #expect(story.report().verdict == verdict)
  }

  @Test func `over two pipes`() {
    var story = Story()
    story.begins(100, "tcpdump", descriptors: [.pipe(1, 77, canWrite: true)])
    story.begins(101, "gzip", descriptors: [.pipe(0, 77, canWrite: false), .pipe(1, 78, canWrite: true)])
    story.begins(102, "nc", descriptors: [.pipe(0, 78, canWrite: false)])
    story.capturesOn(2, 100)
    for _ in 0..<20 {
      story.hears(100, frames: 1)
      story.writes(100, 80, to: 1)
      story.writes(101, 40, to: 1)
      story.sends(102, 40)
    }
    let report = story.report()
    #expect(report.verdict == .sniffingWithRemoteLogging)
    #expect(report.sentence.contains("nc[102]"))
  }

  @Test func `through a file that another opens and sends`() {
    var story = Story()
    story.begins(100, "tcpdump")
    story.begins(300, "sh")
    story.capturesOn(2, 100)
    story.opens(100, "/tmp/cap", as: 5, inode: 41)
    for _ in 0..<20 {
      story.hears(100, frames: 1)
      story.writes(100, 80, to: 5)
    }
    story.forks(300, 301)
    story.becomes(301, "/usr/bin/curl")
    story.opens(301, "cap", as: 3, flags: 0, inode: 41)
    story.sends(301, 1600)
    let report = story.report()
    #expect(report.verdict == .sniffingWithRemoteLogging)
    #expect(report.destinations == ["10.200.1.2:7000"] && report.sentence.contains("curl[301]"))
    #expect(report.evidence("Does it leave?").contains { $0.contains("/tmp/cap") && $0.contains("opened") })
    #expect(report.evidence("Does it leave?").contains { $0.contains("wrote 1600 bytes") }, "the local log is evidence")
  }

  @Test func `a file that nothing was written to, or that another wrote, brings nothing`() {
    for (written, opened) in [(41 as UInt64, 42 as UInt64), (0, 0)] {
      var story = Story()
      story.begins(100, "tcpdump")
      story.begins(300, "curl")
      story.capturesOn(2, 100)
      story.opens(100, "/tmp/cap", as: 5, inode: written)
      for _ in 0..<20 {
        story.hears(100, frames: 1)
        story.writes(100, 80, to: 5)
      }
      story.opens(300, "/tmp/other", as: 3, flags: 0, inode: opened)
      story.sends(300, 1600)
      #expect(story.report().verdict == .sniffingWithLocalLog)
    }
  }

  @Test func `a program's child sends what its parent has read in the file, and a copy is a file too`() {
    var story = Story()
    story.begins(100, "tcpdump", descriptors: [.file(5, "/tmp/cap")])
    story.begins(300, "gzip")
    story.begins(400, "scp")
    story.forks(400, 401)
    story.capturesOn(2, 100)
    story.hears(100, frames: 20)
    story.writes(100, 1600, to: 5)
    story.opens(300, "/tmp/cap", as: 3, flags: 0, inode: 9)
    story.opens(300, "/tmp/cap.gz", as: 4, inode: 43)
    story.writes(300, 400, to: 4)
    story.opens(400, "/tmp/cap.gz", as: 3, flags: 0, inode: 43)
    story.sends(401, 500, port: 22)
    #expect(story.report().destinations == ["10.200.1.2:22"])
  }

  @Test(arguments: [false, true])
  func `through memory that is shared`(mapsToo: Bool) {
    var story = Story()
    story.begins(100, "srg", descriptors: [.mapping(41, canWrite: true)])
    story.begins(300, "relay", descriptors: [.mapping(mapsToo ? 41 : 42, canWrite: false)])
    story.capturesOn(2, 100)
    for _ in 0..<20 {
      story.hears(100, frames: 1)
      story.sends(300, 80)
    }
    #expect(story.report().verdict == (mapsToo ? .sniffingWithRemoteLogging : .sniffing))
  }
}
