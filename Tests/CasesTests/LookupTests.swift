import Cases
import Events
import Testing

/// Questions to name servers: what a sniffer may say by them.
struct LookupTests {
  private static let server = Address(v4: 0x0808_0808)

  /// A sniffer without a filter: of each of its own questions it hears the question and the answer too.
  private func sniffer(others: Int, questions: Int, bytes: Int64, after: (inout Story) -> Void = { _ in }) -> CaseReport
  {
    var story = Story()
    story.begins(100, "srg")
    story.capturesOn(2, 100)
    story.hears(100, frames: max(1, others))
    for _ in 0..<questions {
      story.sends(100, bytes, to: Self.server, port: 53, proto: 17)
      story.hears(100, frames: 2)
    }
    after(&story)
    return story.report()
  }

  @Test func `a question for each frame of others is a log, whatever the questions themselves add`() {
    let report = sniffer(others: 60, questions: 60, bytes: 70)
    #expect(report.verdict == .sniffingWithRemoteLogging)
    #expect(report.destinations == ["8.8.8.8:53"])
  }

  @Test func `names of the addresses of some frames are none`() {
    #expect(sniffer(others: 100, questions: 40, bytes: 46).verdict == .sniffing)
  }

  @Test func `nor is a handful of names for a handful of frames`() {
    #expect(sniffer(others: 2, questions: 4, bytes: 46).verdict == .sniffing)
  }

  @Test func `names that are longer than any address's hold several frames each`() {
    let report = sniffer(others: 90, questions: 30, bytes: 220)
    #expect(report.verdict == .sniffingWithRemoteLogging)
    // An address of IPv6, asked for with a cookie.
    #expect(sniffer(others: 90, questions: 30, bytes: 113).verdict == .sniffing)
  }

  /// `tcpdump | while read line; do dig $line; done`, which cannot keep up.
  private func loop(about subject: UInt32 = 100) -> CaseReport {
    var story = Story()
    story.begins(100, "sh")
    story.forks(100, 101)
    story.becomes(101, "/usr/bin/tcpdump")
    story.shows(101, [.pipe(1, 77, canWrite: true)])
    story.forks(100, 102)
    story.shows(102, [.pipe(0, 77, canWrite: false)])
    story.capturesOn(2, 101)
    story.hears(101, frames: 150)
    story.writes(101, 9000, to: 1)
    for pid in 200..<240 as Range<UInt32> {
      story.forks(102, pid)
      story.becomes(pid, "/usr/bin/dig")
      story.sends(pid, 60, to: Self.server, port: 53, proto: 17)
      story.sends(pid, 1, to: Story.own)
    }
    return story.report(about: subject)
  }

  @Test func `programs that do nothing but ask, one after the other, are a log, and are told as one`() {
    let report = loop()
    #expect(report.verdict == .sniffingWithRemoteLogging)
    #expect(report.sentence.contains("through dig (40 processes)"))
    let lines = report.evidence("Does it leave?").filter { $0.contains("dig") && $0.contains("sent") }
    #expect(lines.count == 1 && lines[0].contains("2400 bytes in 40 sends"))
    #expect(loop(about: 101).verdict == .sniffingWithRemoteLogging, "asked of the one that hears alone")
  }

  @Test func `a loop in the shell at the end of a pipe is followed to what it starts`() {
    var story = Story()
    story.begins(50, "bash")
    story.begins(100, "tcpdump", parent: 50, descriptors: [.terminal(0), .pipe(1, 77, canWrite: true)])
    story.begins(101, "sh", parent: 50, descriptors: [.pipe(0, 77, canWrite: false), .terminal(1)])
    story.capturesOn(2, 100)
    for pid in 200..<240 as Range<UInt32> {
      story.hears(100, frames: 1)
      story.writes(100, 80, to: 1)
      story.forks(101, pid)
      story.becomes(pid, "/usr/bin/nc")
      story.sends(pid, 60)
    }
    let report = story.report()
    #expect(report.verdict == .sniffingWithRemoteLogging)
    #expect(report.destinations == ["10.200.1.2:7000"])
  }
}
