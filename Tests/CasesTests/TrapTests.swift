import Cases
import Events
import Testing

/// What looks like more than it is, and what looks like less.
struct TrapTests {
  /// What `tcpdump -y EN10MB -ddd 'udp port 68'` prints, without its first line.
  private static let dhcp = instructions(
    """
    40 0 0 12
    21 0 6 34525
    48 0 0 20
    21 0 15 17
    40 0 0 54
    21 12 0 68
    40 0 0 56
    21 10 11 68
    21 0 10 2048
    48 0 0 23
    21 0 8 17
    40 0 0 20
    69 6 0 8191
    177 0 0 14
    72 0 0 14
    21 2 0 68
    72 0 0 16
    21 0 1 68
    6 0 0 262144
    6 0 0 0
    """.split(separator: "\n").map(String.init))

  /// A sniffer that has heard a thousand frames.
  private func sniffer(_ act: (inout Story) -> Void) -> CaseReport {
    var story = Story()
    story.begins(100, "srg")
    story.capturesOn(2, 100)
    story.hears(100, frames: 1000)
    act(&story)
    return story.report()
  }

  @Test func `a name look-up now and then is no log of a thousand frames`() {
    let report = sniffer { story in
      for _ in 0..<2 { story.sends(100, 40, to: Address(v4: 0x0808_0808), port: 53, proto: 17) }
    }
    #expect(report.verdict == .sniffing)
    #expect(report.answer("Does it leave?") == .no)
    #expect(
      report.evidence("Does it leave?").contains { $0.contains("8.8.8.8:53") }, "what does not count is still listed")
  }

  @Test func `asking for the name of every new address is no log, and no destination of one`() {
    var story = Story()
    story.begins(100, "tcpdump")
    story.capturesOn(2, 100)
    for _ in 0..<10 {
      story.hears(100, frames: 2)
      story.sends(100, 46, to: Address(v4: 0x0808_0808), port: 53, proto: 17)
    }
    #expect(story.report().verdict == .sniffing)
    for _ in 0..<20 { story.sends(100, 80) }
    let report = story.report()
    #expect(report.verdict == .sniffingWithRemoteLogging)
    #expect(report.destinations == ["10.200.1.2:7000"])
  }

  @Test(arguments: [(21, true), (20, false)])
  func `a question for seven of eight frames is a log, one for fewer is none`(questions: Int, isLog: Bool) {
    var story = Story()
    story.begins(100, "tunnel")
    story.capturesOn(2, 100)
    for number in 0..<24 {
      // The question and its answer are heard as well.
      story.hears(100, frames: number < questions ? 3 : 1)
      if number < questions { story.sends(100, 90, to: Address(v4: 0x0808_0808), port: 53, proto: 17) }
    }
    #expect(story.report().verdict == (isLog ? .sniffingWithRemoteLogging : .sniffing))
  }

  @Test func `a question to a name server for every frame is a log`() {
    var story = Story()
    story.begins(100, "tunnel")
    story.capturesOn(2, 100)
    for _ in 0..<20 {
      story.hears(100, frames: 1)
      story.sends(100, 90, to: Address(v4: 0x0808_0808), port: 53, proto: 17)
    }
    let report = story.report()
    #expect(report.verdict == .sniffingWithRemoteLogging)
    #expect(report.destinations == ["8.8.8.8:53"])
  }

  @Test(arguments: [Story.own, Address(v4: 0x7f00_0001), Address(v6High: 0, low: 1)])
  func `what is sent to this host itself does not leave it`(address: Address) {
    let report = sniffer { story in
      for _ in 0..<1000 { story.sends(100, 80, to: address) }
    }
    #expect(report.verdict == .sniffing)
    #expect(report.destinations == [])
  }

  @Test func `what was sent before the first frame cannot hold it`() {
    var story = Story()
    story.begins(100, "srg")
    for _ in 0..<50 { story.sends(100, 500) }
    story.capturesOn(2, 100)
    story.hears(100, frames: 20)
    #expect(story.report().verdict == .sniffing)
  }

  @Test func `what was written before the first frame cannot hold it`() {
    var story = Story()
    story.begins(100, "srg")
    story.opens(100, "/run/srg.pid", as: 4)
    story.writes(100, 5, to: 4)
    story.closes(100, 4)
    story.capturesOn(2, 100)
    story.hears(100, frames: 20)
    #expect(story.report().verdict == .sniffing)
  }

  @Test func `a write that failed wrote nothing`() {
    let report = sniffer { story in
      story.begins(100, "srg", descriptors: [.terminal(1), .file(2, "/full")])
      story.writes(100, 80, to: 2, result: -28)
    }
    #expect(report.verdict == .sniffing)
  }

  @Test func `a descriptor that was closed and is a terminal now is no file`() {
    let report = sniffer { story in
      story.opens(100, "/tmp/once", as: 4)
      story.closes(100, 4)
      story.opens(100, "/dev/pts/3", as: 4)
      for _ in 0..<20 { story.writes(100, 80, to: 4) }
    }
    #expect(report.verdict == .sniffing)
  }

  @Test func `another's packet socket is not its own`() {
    var story = Story()
    story.begins(100, "client")
    story.begins(200, "srg")
    story.capturesOn(2, 200)
    story.hears(200, frames: 20)
    for _ in 0..<20 { story.sends(100, 80) }
    let report = story.report()
    #expect(report.verdict == .transmits)
    #expect(report.answer("Does it capture?") == .no)
  }

  @Test func `another process that sends while it sniffs is not its log`() {
    let report = sniffer { story in
      story.begins(200, "client")
      for _ in 0..<1000 { story.sends(200, 80) }
    }
    #expect(report.verdict == .sniffing)
  }

  @Test func `a listener that hears only DHCP is no sniffer, and its socket is listed`() {
    var story = Story()
    story.begins(100, "dhclient")
    story.capturesOn(2, 100, filter: Self.dhcp, kind: .classic, isPromiscuous: false)
    story.hears(100, frames: 2, bytes: 342)
    let report = story.report()
    #expect(report.verdict == .none)
    #expect(report.answer("Does it capture?") == .no)
    #expect(report.evidence("Does it capture?").contains { $0.contains("packet socket") && $0.contains("DHCP") })
    #expect(report.exitCode == 0)
  }

  @Test func `a filter for one ethertype alone is in the socket's protocol`() {
    var story = Story()
    story.begins(100, "arpwatch")
    story.capturesOn(2, 100, proto: 0x0806)
    story.hears(100, frames: 20, bytes: 42, proto: 0x0806)
    #expect(story.report().verdict == .none)
  }

  @Test func `what an eBPF filter lets through cannot be told`() {
    var story = Story()
    story.begins(100, "daemon")
    story.capturesOn(2, 100, kind: .extended)
    story.hears(100, frames: 20)
    let report = story.report()
    #expect(report.answer("Does it capture?") == .cannotTell)
    #expect(report.verdict == .none && !report.isComplete && report.exitCode == 3)
    #expect(report.sentence.contains("eBPF"))
  }

  @Test func `a socket that only sends frames hears none`() {
    var story = Story()
    story.begins(100, "mausezahn")
    story.capturesOn(2, 100, proto: 0, isPromiscuous: false)
    #expect(story.report().verdict == .none)
  }

  @Test func `frames from before the run are not what its sends are measured by`() {
    var story = Story()
    story.begins(100, "srg")
    story.looksAt(100, frames: 100_000, .found)
    story.hears(100, frames: 20)
    for _ in 0..<20 { story.sends(100, 80) }
    story.looksAt(100, frames: 100_020)
    let report = story.report()
    #expect(report.verdict == .sniffingWithRemoteLogging)
    #expect(report.evidence("Does it capture?").contains { $0.contains("100000 of them before") })
  }

  @Test func `terminals and sockets are no log`() {
    let report = sniffer { story in
      story.shows(100, [.terminal(1), DescriptorState(number: 5, kind: .socket, flags: 2)])
      for _ in 0..<20 {
        story.writes(100, 80, to: 1)
        story.writes(100, 80, to: 5)
      }
    }
    #expect(report.verdict == .sniffing)
  }

  @Test func `a process that ended is still named`() {
    let report = sniffer { story in
      for _ in 0..<100 { story.sends(100, 80) }
      story.ends(100)
    }
    #expect(report.verdict == .sniffingWithRemoteLogging)
    #expect(report.subject.hasEnded)
  }

  @Test func `a new process of an old number is another process`() {
    var story = Story()
    story.begins(100, "srg")
    story.capturesOn(2, 100)
    story.hears(100, frames: 20)
    story.ends(100)
    story.begins(300, "other")
    for _ in 0..<20 { story.sends(300, 80) }
    #expect(story.report(about: 300).verdict == .transmits)
  }
}
