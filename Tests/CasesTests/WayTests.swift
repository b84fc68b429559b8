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
}
