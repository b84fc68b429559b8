import Cases
import Events
import Testing

/// What sees other people's traffic without a socket, and sockets that hear nobody.
struct TapTests {
  private func attachment(_ kind: AttachmentEvent.Kind, type: UInt32, program: UInt32 = 7) -> Event.What {
    var event = AttachmentEvent(kind)
    (event.type, event.program) = (type, program)
    if kind == .program || kind == .found { (event.interface, event.path) = (2, Array("eth0".utf8)) }
    return .attachment(event)
  }

  private func probe(_ function: String) -> Event.What {
    var event = AttachmentEvent(.probe)
    (event.path, event.function) = (Array("/usr/lib/libssl.so.3".utf8), Array(function.utf8))
    return .attachment(event)
  }

  @Test func `a program of tc with a ring buffer captures, and what is sent then is its log`() {
    var story = Story()
    story.begins(100, "tap")
    story.sends(100, 5000, port: 80)
    story.tell(100, attachment(.load, type: 3))
    story.tell(100, attachment(.program, type: AttachmentEvent.tcIngress))
    story.tell(100, attachment(.heldBuffer, type: 27))
    let quiet = story.report()
    #expect(quiet.verdict == .sniffing)
    #expect(quiet.answer("Does it capture?") == .yes)
    story.sends(100, 40)
    let report = story.report()
    #expect(report.verdict == .sniffingWithRemoteLogging)
    #expect(report.destinations == ["10.200.1.2:7000"])
    #expect(report.sentence.contains("a program of tc at eth0"))
  }

  @Test func `without a buffer it is only capable of it`() {
    var story = Story()
    story.begins(100, "shaper")
    story.tell(100, attachment(.heldProgram, type: 6))
    story.tell(1, attachment(.found, type: AttachmentEvent.xdp))
    let report = story.report()
    #expect(report.verdict == .capableOfSniffing)
    #expect(report.sentence.contains("a program of XDP at eth0"))
  }

  @Test func `another's program, one that is attached nowhere, and one of another kind are nobody's capture`() {
    var story = Story()
    story.begins(100, "innocent")
    story.begins(200, "tap")
    story.tell(200, attachment(.load, type: 3))
    story.tell(200, attachment(.program, type: AttachmentEvent.tcEgress))
    story.tell(200, attachment(.heldBuffer, type: 27))
    story.tell(100, attachment(.heldProgram, type: 3, program: 8))
    story.tell(100, attachment(.heldProgram, type: 8, program: 9))
    #expect(story.report().verdict == .none)
  }

  @Test(arguments: [
    (AttachmentEvent.netfilterLog, "NFLOG's group 5"), (AttachmentEvent.netfilterQueue, "NFQUEUE's queue 5"),
  ])
  func `what netfilter hands a process is a capture once it comes`(type: UInt32, name: String) {
    func given(_ bytes: Int64, proto: UInt16 = 12) -> Event.What {
      .socket(
        SocketEvent(
          action: .receive, socket: SocketID(cookie: 0x60, namespace: 1), address: 0x60, family: 16, type: 3,
          proto: proto,
          result: bytes))
    }
    var story = Story()
    story.begins(100, "tcpdump")
    story.tell(100, attachment(.heldNetfilter, type: type, program: 5))
    // The answer to its request, and another protocol's.
    story.tell(100, given(36))
    story.tell(100, given(3000, proto: 0))
    story.sends(100, 200)
    let quiet = story.report()
    #expect(quiet.verdict == .capableOfSniffing && quiet.sentence.contains(name), "\(quiet.sentence)")
    story.tell(100, given(300))
    let report = story.report()
    #expect(report.verdict == .sniffingWithRemoteLogging && report.sentence.contains(name), "\(report.sentence)")
  }

  @Test func `who is told of connections by netfilter, and of no packets, captures nothing`() {
    var story = Story()
    story.begins(100, "conntrack")
    story.tell(
      100,
      .socket(
        SocketEvent(
          action: .receive, socket: SocketID(cookie: 0x60, namespace: 1), address: 0x60, family: 16, type: 3, proto: 12,
          result: 300)))
    story.sends(100, 200)
    #expect(story.report().verdict == .transmits)
  }

  @Test func `a program that is attached where nobody looks counts with its buffer`() {
    var story = Story()
    story.begins(100, "tap")
    story.tell(100, attachment(.heldProgram, type: 3))
    story.tell(100, attachment(.heldBuffer, type: 4, program: 7))
    #expect(story.report().verdict == .sniffing)
  }

  @Test func `probes in what encrypts capture, others do not`() {
    var story = Story()
    story.begins(100, "tracer")
    story.tell(100, probe("malloc"))
    #expect(story.report().verdict == .none)
    story.tell(100, probe("SSL_write"))
    let report = story.report()
    #expect(report.verdict == .sniffing)
    #expect(report.sentence.contains("probes in SSL_write of /usr/lib/libssl.so.3"))
  }

  // MARK: Sockets that hear nobody

  private func packetSocket(_ action: SocketEvent.Action, frames: UInt32 = 0, result: Int64 = 0) -> Event.What {
    var event = SocketEvent(
      action: action, socket: SocketID(cookie: 9, namespace: 1), address: 0x90, family: 17, type: 3, proto: 3,
      descriptor: action == .send ? -1 : 3, result: result, interface: 2)
    event.frames = frames
    return .socket(event)
  }

  @Test func `a packet socket that sends and is never read is no sniffer's`() {
    var story = Story()
    story.begins(100, "nmap")
    story.tell(100, packetSocket(.create))
    story.tell(100, packetSocket(.send, result: 42))
    story.tell(100, packetSocket(.seen, frames: 20))
    let report = story.report()
    #expect(report.verdict == .transmits)
    #expect(report.answer("Does it capture?") == .no)
    #expect(report.evidence("Does it capture?").contains { $0.contains("20 frames wait, none was read") })
  }

  @Test func `one that neither sends nor was read yet may still be`() {
    var story = Story()
    story.begins(100, "lurker")
    story.tell(100, packetSocket(.create))
    story.tell(100, packetSocket(.seen, frames: 20))
    #expect(story.report().verdict == .capableOfSniffing)
  }

  @Test func `frames of the kernel's own socket are not the process'`() {
    var story = Story()
    story.begins(100, "client")
    story.tell(
      100,
      .socket(
        SocketEvent(
          action: .transmitted, socket: SocketID(cookie: 0, namespace: 1), address: 0x77, family: 2, type: 3, proto: 6))
    )
    #expect(story.report().verdict == .none)
  }

  @Test func `a raw socket that is connected, and hears no more than answers, is a tracer's`() {
    func raw(_ action: SocketEvent.Action, _ result: Int64 = 0) -> Event.What {
      .socket(
        SocketEvent(
          action: action, socket: SocketID(cookie: 5, namespace: 1), address: 0x50, family: 2, type: 3, proto: 6,
          remote: action == .create ? .none : Endpoint(Address(v4: 0x0ac8_0102), 0), descriptor: 3, result: result))
    }
    var story = Story()
    story.begins(100, "traceroute")
    story.tell(100, raw(.create, 3))
    story.tell(100, raw(.connect))
    story.tell(100, raw(.send, 40))
    story.tell(100, raw(.receive, 60))
    #expect(story.report().verdict == .transmits)
    story.tell(100, raw(.receive, 60))
    #expect(story.report().verdict == .sniffing)
  }

  @Test func `who asks for a connection transmits, answered or not`() {
    var story = Story()
    story.begins(100, "nmap")
    for port in [22, 80] as [UInt16] {
      story.tell(
        100,
        .socket(
          SocketEvent(
            action: .state, socket: SocketID(cookie: 0, namespace: 1), address: 0x60, family: 2, type: 1, proto: 6,
            remote: Endpoint(Address(v4: 0x0ac8_0102), port), detail: 7 << 8 | 2)))
    }
    let report = story.report()
    #expect(report.verdict == .transmits)
    #expect(report.sentence.contains("asked for 2 connections to 10.200.1.2:22, 10.200.1.2:80"))
  }
}
