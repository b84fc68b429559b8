import Cases
import Events
import Testing

/// From events to the verdict.
struct VerdictTests {
  var stream = Stream()

  init() { stream.begin() }

  @Test mutating func `who does nothing is none, and the answer is complete`() {
    stream.write(3, to: 1)
    stream.send(1, to: 0x7f00_0001)
    let report = stream.report()
    #expect(report.verdict == .none)
    #expect(report.exitCode == 0)
    #expect(report.destinations.isEmpty)
  }

  @Test mutating func `what is sent to this host's own address does not leave it`() {
    stream.send(4, to: 0x0ac8_0101)
    #expect(stream.report().verdict == .none)
  }

  @Test mutating func `who only sends transmits`() {
    stream.send(5)
    let report = stream.report()
    #expect(report.verdict == .transmits)
    #expect(report.destinations == ["10.200.1.2:7000"])
    #expect(report.exitCode == 1)
    #expect(report.sentence == "transmits: srg[968] sent 250 bytes in 5 sends to 10.200.1.2:7000.")
  }

  @Test mutating func `a socket that could hear others, and heard nothing, is a capability`() {
    stream.found()
    #expect(stream.report().verdict == .capableOfSniffing)
  }

  @Test mutating func `frames that were heard are sniffing`() {
    stream.found()
    stream.hear(4)
    let report = stream.report()
    #expect(report.verdict == .sniffing)
    #expect(report.entries.first { $0.question == "Does it capture packets?" }?.answer == .yes)
    #expect(report.entries.first { $0.question == "Does what it captures leave?" }?.answer == .no)
  }

  @Test mutating func `frames of a mapped ring are counted by the socket itself`() {
    stream.found(frames: 10, ring: true)
    #expect(stream.report().verdict == .sniffing)
    stream.found(frames: 25, ring: true, action: .seen)
    // Somebody read the counter, which begins anew.
    stream.found(frames: 5, ring: true, action: .seen)
    #expect(stream.report().sentence.contains("heard 30 frames on vA"))
    stream.send(30)
    #expect(stream.report().verdict == .sniffingWithRemoteLogging)
  }

  @Test mutating func `lines that leave after the frames are remote logging`() {
    stream.found()
    stream.hear(10)
    stream.send(10)
    let report = stream.report()
    #expect(report.verdict == .sniffingWithRemoteLogging)
    #expect(report.destinations == ["10.200.1.2:7000"])
    #expect(
      report.sentence
        == "sniffing with remote logging: srg[968] heard 10 frames on vA and sent 500 bytes in 10 sends to 10.200.1.2:7000."
    )
  }

  @Test mutating func `what left before the first frame has nothing to do with it`() {
    stream.send(10)
    stream.found()
    stream.hear(10)
    let report = stream.report()
    #expect(report.verdict == .sniffing)
    // That it transmits is still said.
    #expect(report.destinations == ["10.200.1.2:7000"])
  }

  @Test mutating func `a name look-up now and then is no log of a thousand frames`() {
    stream.found()
    stream.hear(1000)
    stream.send(3, bytes: 40, to: 0x0808_0808, port: 53)
    let report = stream.report()
    #expect(report.verdict == .sniffing)
    let evidence = report.entries.first { $0.question == "Does what it captures leave?" }?.evidence ?? []
    #expect(evidence.contains { $0.hasSuffix("too little for 1000 frames") })
  }

  @Test mutating func `lines that go to a file are a local log`() {
    stream.found()
    stream.holds(file(1, "/var/log/srg"))
    stream.hear(3)
    stream.write(3, to: 1)
    let report = stream.report()
    #expect(report.verdict == .sniffingWithLocalLog)
    #expect(report.sentence.contains("/var/log/srg"))
  }

  @Test mutating func `a file that is held open for writing is a log, before its buffer is full`() {
    stream.found()
    stream.holds(file(4, "/tmp/dump.pcap"))
    stream.hear(3)
    #expect(stream.report().verdict == .sniffingWithLocalLog)
  }

  @Test mutating func `terminals and sockets are no log`() {
    stream.found()
    stream.holds(
      DescriptorState(number: 1, kind: .character, flags: 1, path: Array("/dev/pts/0".utf8)),
      DescriptorState(number: 5, kind: .socket, flags: 2))
    stream.hear(3)
    stream.write(3, to: 1)
    stream.write(3, to: 5)
    #expect(stream.report().verdict == .sniffing)
  }

  @Test mutating func `another process that reads its pipe sends for it`() {
    stream.found()
    stream.holds(pipe(1, 77, writing: true))
    stream.holds(pipe(0, 77, writing: false), by: 970, command: "nc")
    stream.hear(10)
    stream.write(10, to: 1)
    stream.send(10, by: 970, command: "nc")
    let report = stream.report()
    #expect(report.verdict == .sniffingWithRemoteLogging)
    #expect(report.sentence.hasSuffix("to 10.200.1.2:7000 through nc[970]."))
    let evidence = report.entries.first { $0.question == "Does what it captures leave?" }?.evidence ?? []
    #expect(evidence.contains("srg[968] wrote 500 bytes into pipe:[77], which nc[970] reads (descriptor 0)"))
  }

  @Test mutating func `a neighbour that it gives nothing to does not send for it`() {
    stream.found()
    stream.holds(pipe(1, 77, writing: true))
    stream.holds(pipe(0, 77, writing: false), by: 970, command: "nc")
    stream.hear(10)
    stream.send(10, by: 970, command: "nc")
    #expect(stream.report().verdict == .sniffing)
  }

  @Test mutating func `a child sends what its parent hears`() {
    stream.found()
    stream.tell(.process(.create(child: ProcessID(pid: 969, start: 5))))
    stream.hear(10)
    stream.send(10, by: 969, parent: 968)
    let report = stream.report()
    #expect(report.verdict == .sniffingWithRemoteLogging)
    #expect(report.sentence.contains("through srg[969]"))
  }

  @Test mutating func `a socket for ARP alone hears no conversations`() {
    stream.found(proto: 0x0806, promiscuous: false)
    stream.hear(5, proto: 0x0806)
    let report = stream.report()
    #expect(report.verdict == .none)
    #expect(report.sentence.contains("its packet socket hears only"))
  }

  @Test(arguments: [(UInt64(3), true), (0, false)])
  mutating func `nothing is denied when something was lost or cut short`(losses: UInt64, isComplete: Bool) {
    let report = stream.report(losses: losses, isComplete: isComplete)
    #expect(report.verdict == .none)
    #expect(report.exitCode == 3)
    #expect(!report.isComplete)
    #expect(report.entries.suffix(2).allSatisfy { $0.answer == .cannotTell })
    #expect(report.sentence.hasPrefix("CANNOT TELL"))
  }

  @Test mutating func `what was found stands, whatever was lost`() {
    stream.found()
    stream.hear(10)
    stream.send(10)
    let report = stream.report(losses: 5)
    #expect(report.verdict == .sniffingWithRemoteLogging)
    #expect(report.exitCode == 1)
  }

  @Test mutating func `a stream without sockets' events denies nothing`() {
    #expect(stream.report().exitCode == 3)
    #expect(stream.report().isComplete == false)
  }

  @Test mutating func `a socket without a fixed peer is known by its packets`() {
    stream.send(3, to: 0, port: 0)
    #expect(stream.report().destinations == ["an address that was not seen"])
    let actor = Actor(process: ProcessID(pid: 968, start: 968_000))
    let owner = Owner(actor: actor, role: .sender, confidence: .high, reason: "send")
    let key = FlowKey(
      source: Endpoint(Address(v4: 0x0ac8_0101), 40_000), destination: Endpoint(Address(v4: 0x0ac8_0102), 9), proto: 6)
    var investigation = stream.investigation
    investigation.observe(packet: key, of: owner, bytes: 92, at: Instant(nanoseconds: 2_000_000_000))
    let report = investigation.conclude(questions: [], losses: [], isComplete: true, again: "")
    #expect(report.destinations == ["10.200.1.2:9"])
  }
}
