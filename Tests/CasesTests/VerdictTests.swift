import Cases
import Events
import Testing

/// One verdict after the other, least first.
struct VerdictTests {
  @Test func `a process that does nothing is nothing`() {
    var story = Story()
    story.begins(100, "idle")
    story.sends(200, 1000)
    let report = story.report()
    #expect(report.verdict == .none)
    #expect(report.isComplete && report.exitCode == 0)
    #expect(report.answer("Does it capture?") == .no && report.answer("Does it leave?") == .no)
    #expect(report.destinations == [])
    #expect(report.sentence.contains("idle[100]"))
  }

  @Test func `a process that sends to another host transmits`() {
    var story = Story()
    story.begins(100, "client")
    for _ in 0..<3 { story.sends(100, 500) }
    story.sends(100, 40, to: Address(v4: 0x0808_0808), port: 53, proto: 17)
    let report = story.report()
    #expect(report.verdict == .transmits)
    #expect(report.destinations == ["10.200.1.2:7000", "8.8.8.8:53"], "the most bytes first")
    #expect(report.answer("Does it capture?") == .no)
    #expect(report.exitCode == 1)
  }

  @Test func `an answer to a ping is read from a raw socket, and asking transmits`() {
    var story = Story()
    story.begins(100, "ping")
    var event = SocketEvent(
      action: .create, socket: SocketID(cookie: 7, namespace: 1), address: 7, family: 2, type: 3, proto: 1,
      descriptor: 3)
    story.tell(100, .socket(event))
    event.action = .send
    event.remote = Endpoint(Address(v4: 0x0ac8_0102), 0)
    event.result = 64
    story.tell(100, .socket(event))
    event.action = .receive
    event.result = 84
    story.tell(100, .socket(event))
    let report = story.report()
    #expect(report.verdict == .transmits)
    #expect(report.answer("Does it capture?") == .no)
    #expect(report.evidence("Does it capture?").contains { $0.contains("raw socket") && $0.contains("only ICMP") })
  }

  @Test func `a socket that hears everything and was given nothing makes a process capable`() {
    var story = Story()
    story.begins(100, "quiet")
    story.capturesOn(2, 100)
    let report = story.report()
    #expect(report.verdict == .capableOfSniffing)
    #expect(report.answer("Does it capture?") == .yes)
    #expect(report.sentence.contains("eth0"))
    #expect(report.exitCode == 1)
  }

  @Test(arguments: [DescriptorState.terminal(1), .device(1, "/dev/null")])
  func `frames that end on a terminal or nowhere are sniffing`(output: DescriptorState) {
    var story = Story()
    story.begins(100, "srg", descriptors: [output])
    story.capturesOn(2, 100)
    for _ in 0..<20 {
      story.hears(100, frames: 1)
      story.writes(100, 80, to: 1)
    }
    let report = story.report()
    #expect(report.verdict == .sniffing)
    #expect(report.answer("Does it leave?") == .no)
    #expect(report.destinations == [])
    #expect(report.evidence("Does it capture?").contains { $0.contains("promiscuous") && $0.contains("20 frames") })
  }

  @Test func `frames that are written to a file are a local log`() {
    var story = Story()
    story.begins(100, "srg")
    story.capturesOn(2, 100)
    story.opens(100, "/var/tmp/.log", as: 4)
    for _ in 0..<5 {
      story.hears(100, frames: 1)
      story.writes(100, 80, to: 4)
    }
    let report = story.report()
    #expect(report.verdict == .sniffingWithLocalLog)
    #expect(report.sentence.contains("/var/tmp/.log"))
  }

  @Test func `a file that a snapshot found open is a local log too`() {
    var story = Story()
    story.begins(100, "tcpdump", descriptors: [.terminal(1), .file(4, "/tmp/all.pcap")])
    story.capturesOn(2, 100)
    story.hears(100, frames: 30)
    story.writes(100, 4096, to: 4)
    let report = story.report()
    #expect(report.verdict == .sniffingWithLocalLog)
    #expect(report.evidence("Does it leave?").contains { $0.contains("4096") && $0.contains("/tmp/all.pcap") })
  }

  @Test func `frames that are sent on are a remote log, and its address is named`() {
    var story = Story()
    story.begins(100, "srg")
    story.capturesOn(2, 100)
    for _ in 0..<20 {
      story.hears(100, frames: 1)
      story.sends(100, 80)
    }
    let report = story.report()
    #expect(report.verdict == .sniffingWithRemoteLogging)
    #expect(report.destinations == ["10.200.1.2:7000"])
    #expect(report.answer("Does it leave?") == .yes)
    for part in ["srg[100]", "eth0", "20 frames", "10.200.1.2:7000", "1600 bytes in 20 sends"] {
      #expect(report.sentence.contains(part))
    }
    #expect(report.evidence("Does it leave?").contains { $0.contains("1.0 ms after the first frame") })
  }

  @Test func `a remote log outranks a local one, and the file is still evidence`() {
    var story = Story()
    story.begins(100, "srg")
    story.capturesOn(2, 100)
    story.opens(100, "/tmp/copy", as: 4)
    for _ in 0..<10 {
      story.hears(100, frames: 1)
      story.writes(100, 80, to: 4)
      story.sends(100, 80)
    }
    let report = story.report()
    #expect(report.verdict == .sniffingWithRemoteLogging)
    #expect(report.evidence("Does it leave?").contains { $0.contains("/tmp/copy") })
  }

  @Test func `frames read from a ring are counted by the socket`() {
    var story = Story()
    story.begins(100, "srg")
    story.looksAt(100, frames: 40, .found)
    for _ in 0..<20 { story.sends(100, 80) }
    story.looksAt(100, frames: 60)
    let report = story.report()
    #expect(report.verdict == .sniffingWithRemoteLogging)
    #expect(report.evidence("Does it capture?").contains { $0.contains("ring") })
  }

  @Test func `a counter that somebody read begins anew`() {
    var story = Story()
    story.begins(100, "srg")
    for (action, frames) in [(SocketEvent.Action.found, 10), (.seen, 25), (.seen, 5)] as [(SocketEvent.Action, UInt32)]
    {
      story.looksAt(100, frames: frames, action)
    }
    #expect(story.report().sentence.contains("heard 30 frames on eth0"))
  }

  @Test func `a file that is held open for writing is a log, before its buffer is full`() {
    var story = Story()
    story.begins(100, "tcpdump", descriptors: [.terminal(1), .file(4, "/tmp/dump.pcap")])
    story.capturesOn(2, 100)
    story.hears(100, frames: 3)
    #expect(story.report().verdict == .sniffingWithLocalLog)
  }

  @Test func `a socket without a fixed peer is known by its packets`() {
    var story = Story()
    story.begins(100, "client")
    for _ in 0..<3 { story.sends(100, 50, to: Address(v4: 0), port: 0, proto: 17) }
    #expect(story.report().destinations == ["an address that was not seen"])
    var investigation = story.investigation(about: 100)
    let owner = Owner(
      actor: Actor(process: ProcessID(pid: 100, start: 100_000)), role: .sender, confidence: .high, reason: "send")
    let key = FlowKey(
      source: Endpoint(Story.own, 40_000), destination: Endpoint(Address(v4: 0x0ac8_0102), 9), proto: 17)
    investigation.observe(packet: key, of: owner, bytes: 92, at: story.events[0].time)
    let report = investigation.conclude(questions: [], losses: [], isComplete: true, again: "")
    #expect(report.destinations == ["10.200.1.2:9"])
  }

  @Test func `an AF_XDP socket captures, and its frames are those in its ring`() {
    var story = Story()
    story.begins(100, "xsk")
    var event = SocketEvent(
      action: .found, socket: SocketID(cookie: 7, namespace: 1), address: 7, family: 44, type: 3, descriptor: 5,
      interface: 2)
    event.frames = 100
    story.tell(100, .socket(event))
    #expect(story.report().verdict == .sniffing, "what came before the run was delivered too")
    event.action = .seen
    event.frames = 180
    story.tell(100, .socket(event))
    let report = story.report()
    #expect(report.sentence.contains("heard 180 frames on eth0"))
    #expect(report.evidence("Does it capture?").contains { $0.contains("AF_XDP socket on eth0") })
  }

  @Test func `a back door that waits for its bytes is capable, and one that was woken sniffs`() throws {
    var story = Story()
    story.begins(100, "door")
    story.capturesOn(2, 100, filter: try compiled("udp[8:2] = 0x7255"), kind: .classic, isPromiscuous: false)
    let waiting = story.report()
    #expect(waiting.verdict == .capableOfSniffing && waiting.exitCode == 1)
    #expect(waiting.sentence.contains("waits for frames with certain contents on eth0"))
    story.hears(100, frames: 1)
    story.sends(100, 30, port: 4444)
    #expect(story.report().verdict == .sniffingWithRemoteLogging)
  }

  @Test(arguments: [UInt16(0x890d), 0x88cc, 0x9999])
  func `a socket that is bound to an ethertype of no conversations hears those frames alone`(proto: UInt16) {
    var story = Story()
    story.begins(100, "daemon")
    story.capturesOn(2, 100, proto: proto, isPromiscuous: false)
    story.hears(100, frames: 3, proto: proto)
    #expect(story.report().verdict == .none)
  }

  @Test func `what a host says to its own network is no log, and a summary of many frames is one`() {
    var story = Story()
    story.begins(100, "agent")
    story.capturesOn(2, 100)
    story.hears(100, frames: 2000)
    story.sends(100, 300, to: Address(v4: 0xffff_ffff), port: 67, proto: 17)
    story.sends(100, 200, to: Address(v4: 0xe000_00fb), port: 5353, proto: 17)
    #expect(story.report().verdict == .sniffing)
    story.sends(100, 200, port: 9995, proto: 17)
    #expect(story.report().verdict == .sniffing, "a heartbeat says nothing of 2,000 frames")
    story.sends(100, 200, port: 9995, proto: 17)
    #expect(story.report().destinations == ["10.200.1.2:9995"])
  }

  @Test func `what a process writes in the kernel's own files is no log`() {
    var story = Story()
    story.begins(100, "srg")
    story.capturesOn(2, 100)
    story.opens(100, "/proc/self/task/100/comm", as: 4, inode: 44)
    story.hears(100, frames: 3)
    story.writes(100, 8, to: 4)
    #expect(story.report().verdict == .sniffing)
  }
}
