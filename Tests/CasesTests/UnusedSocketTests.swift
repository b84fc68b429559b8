import Cases
import Events
import Testing

/// Sockets that hear, or could hear, others' traffic, and are not there for it.
struct UnusedSocketTests {
  private static let host = Address(v4: 0x0ac8_0102)

  private func packetSocket(_ action: SocketEvent.Action, _ change: (inout SocketEvent) -> Void = { _ in })
    -> Event.What
  {
    var event = SocketEvent(
      action: action, socket: SocketID(cookie: 0x10, namespace: 1), address: 0x10, family: 17, type: 3, proto: 3,
      descriptor: 3, interface: 2)
    change(&event)
    return .socket(event)
  }

  private func rawSocket(
    _ action: SocketEvent.Action, proto: UInt16 = 17, _ change: (inout SocketEvent) -> Void = { _ in }
  ) -> Event.What {
    var event = SocketEvent(
      action: action, socket: SocketID(cookie: 0x30, namespace: 1), address: 0x30, family: 2, type: 3, proto: proto,
      descriptor: 4)
    change(&event)
    return .socket(event)
  }

  // MARK: Packet sockets

  @Test func `what waits in a socket that nobody read was heard by nobody`() {
    for (waits, verdict) in [(280, .capableOfSniffing), (3, .sniffing)] as [(UInt32, Verdict)] {
      var story = Story()
      story.begins(100, "srg")
      for action in [SocketEvent.Action.found, .seen] {
        story.tell(
          100,
          packetSocket(action) {
            $0.frames = 280
            $0.queued = waits
          })
      }
      let report = story.report()
      #expect(report.verdict == verdict)
      #expect(report.evidence("Does it capture?").contains { $0.contains("280 frames wait") } == (waits == 280))
    }
  }

  @Test func `a socket that libpcap tries out and closes hears nobody`() {
    for closes in [true, false] {
      var story = Story()
      story.begins(100, "tcptraceroute")
      story.capturesOn(2, 100, isPromiscuous: false)
      if closes { story.tell(100, packetSocket(.close)) }
      story.sends(100, 40)
      #expect(story.report().verdict == (closes ? .transmits : .capableOfSniffing))
    }
  }

  @Test func `one that was closed after it gave a frame was a sniffer's`() {
    var story = Story()
    story.begins(100, "srg")
    story.capturesOn(2, 100)
    story.hears(100, frames: 3)
    story.tell(100, packetSocket(.close))
    #expect(story.report().verdict == .sniffing)
  }

  @Test func `frames that its statistics counted before somebody set them back are frames`() {
    var story = Story()
    story.begins(100, "ettercap", descriptors: [.terminal(1), .file(5, "/tmp/ec.log")])
    story.looksAt(100, frames: 0, .found)
    for _ in 0..<10 {
      story.tell(
        100,
        packetSocket(.statistics) {
          $0.frames = 2
          $0.hasRing = true
        })
      story.writes(100, 40, to: 5)
      story.looksAt(100, frames: 0)
    }
    let report = story.report()
    #expect(report.verdict == .sniffingWithLocalLog)
    #expect(report.evidence("Does it capture?").contains { $0.contains("20 frames delivered") })
  }

  // MARK: Who hears answers

  /// Hears what one host says to another; what tcpdump compiles, for SOCK_RAW.
  private func filter(from: Address, to: Address) -> [UInt8] {
    step(0x28, 0, 0, 12) + step(0x15, 0, 5, 0x800) + step(0x20, 0, 0, 26)
      + step(0x15, 0, 3, UInt32(truncatingIfNeeded: from.low)) + step(0x20, 0, 0, 30)
      + step(0x15, 0, 1, UInt32(truncatingIfNeeded: to.low)) + step(0x06, 0, 0, 262_144) + step(0x06)
  }

  private func scan(
    from: Address = Self.host, to: Address = Story.own, heard: Int = 30, besides: (inout Story) -> Void = { _ in }
  ) -> CaseReport {
    var story = Story()
    story.begins(100, "nmap")
    story.capturesOn(2, 100, filter: filter(from: from, to: to), kind: .classic, isPromiscuous: false)
    story.hears(100, frames: 1)
    for _ in 0..<30 { story.sends(100, 44, to: Self.host, port: 0, proto: 255) }
    story.hears(100, frames: heard - 1)
    besides(&story)
    return story.report()
  }

  @Test func `who hears only what those answer that it talks to is no sniffer`() {
    let report = scan()
    #expect(report.verdict == .transmits)
    #expect(report.destinations == ["10.200.1.2"])
    #expect(report.evidence("Does it capture?").contains { $0.contains("host 10.200.1.2") })
  }

  @Test func `but who hears another host, or for another, or more than was asked for, or sends elsewhere is one`() {
    let other = Address(v4: 0x0ac8_0109)
    #expect(scan(from: other).verdict == .sniffingWithRemoteLogging)
    #expect(scan(to: other).verdict == .sniffingWithRemoteLogging)
    #expect(scan(heard: 61).verdict == .sniffingWithRemoteLogging)
    #expect(scan { story in story.sends(100, 80, to: other) }.verdict == .sniffingWithRemoteLogging)
  }

  @Test func `nor is it its own talk when another program that it feeds sends there`() {
    let report = scan { story in
      story.begins(101, "nc", parent: 100)
      for _ in 0..<30 { story.sends(101, 80, to: Self.host) }
    }
    #expect(report.verdict == .sniffingWithRemoteLogging)
  }

  @Test func `a question for the host's own address by ARP is no sending elsewhere`() {
    let report = scan { story in
      story.tell(
        100,
        packetSocket(.send) {
          $0.result = 42
          $0.address = 0x11
          $0.proto = 0
          $0.interface = 0
        })
      story.tell(
        100,
        packetSocket(.transmitted) {
          $0.result = 28
          $0.address = 0x11
          $0.interface = 0
          $0.etherType = 0x0806
        })
    }
    #expect(report.verdict == .transmits)
  }

  // MARK: Raw sockets

  @Test func `a raw socket from which nobody reads hears nothing`() {
    var story = Story()
    story.begins(100, "mtr")
    story.tell(100, rawSocket(.create))
    story.sends(100, 64, port: 0, proto: 1)
    let report = story.report()
    #expect(report.verdict == .transmits)
    #expect(
      report.evidence("Does it capture?").contains {
        $0.contains("raw socket of UDP") && $0.contains("nobody reads it")
      })
  }

  @Test func `one from which somebody waits to read is there to hear`() {
    var story = Story()
    story.begins(100, "srg")
    story.tell(100, rawSocket(.create))
    story.tell(100, .call(CallEvent(number: 45, entry: true, arguments: [4, 0, 0, 0, 0, 0])))
    #expect(story.report().verdict == .capableOfSniffing)
  }

  @Test func `so is one that was there before, and one that was read`() {
    var before = Story()
    before.begins(100, "srg")
    before.tell(100, rawSocket(.found))
    #expect(before.report().verdict == .capableOfSniffing)
    var read = Story()
    read.begins(100, "srg")
    read.tell(100, rawSocket(.create))
    read.tell(100, rawSocket(.receive) { $0.result = 60 })
    #expect(read.report().verdict == .sniffing)
  }

  // MARK: Who waits for a lease

  /// A client of DHCP as busybox has it, without a filter: it asks, hears what others say, and asks again.
  private func lease(
    port: UInt16 = 67, proto: UInt16 = 0x0800, isPromiscuous: Bool = false, asks: Int = 3, pause: Int = 1000,
    _ change: (inout Story) -> Void = { _ in }
  ) -> CaseReport {
    var story = Story()
    story.begins(100, "udhcpc", descriptors: [.terminal(0), .file(2, "/tmp/errors")])
    story.capturesOn(2, 100, proto: proto, isPromiscuous: isPromiscuous)
    for _ in 0..<asks {
      story.tell(
        100,
        packetSocket(.send) {
          $0.result = 328
          $0.address = 0x11
          $0.proto = 0
        })
      story.tell(
        100,
        packetSocket(.transmitted) {
          $0.result = 328
          $0.address = 0x11
          $0.etherType = 0x0800
          $0.destination = Endpoint(Address(v4: 0xffff_ffff), port)
        })
      story.hears(100, frames: 5, proto: proto)
      story.writes(100, 60, to: 2)
      // A step is a millisecond.
      for _ in 0..<pause { story.tell(100, .stack([])) }
      story.hears(100, frames: 5, proto: proto)
    }
    change(&story)
    return story.report()
  }

  @Test func `who asks for a lease and waits for it without a filter is no sniffer`() {
    let report = lease()
    #expect(report.verdict == .transmits && report.destinations == ["255.255.255.255:67"])
    #expect(report.answer("Does it capture?") == .no)
    #expect(report.evidence("Does it capture?").contains { $0.contains("hears everything; 30 frames delivered") })
  }

  @Test func `but one that asks for nothing, listens on, hears more, or tells more is one`() {
    #expect(lease(asks: 0) { $0.hears(100, frames: 5, proto: 0x0800) }.verdict == .sniffing)
    #expect(lease(port: 9000).verdict == .sniffingWithRemoteLogging)
    #expect(lease(pause: 10_001).verdict == .sniffingWithLocalLog)
    #expect(lease(proto: 3).verdict == .sniffingWithLocalLog)
    #expect(lease(isPromiscuous: true).verdict == .sniffingWithLocalLog)
    #expect(lease(asks: 20).verdict == .sniffingWithRemoteLogging)
    #expect(lease { $0.writes(100, 221, to: 2) }.verdict == .sniffingWithLocalLog)
    #expect(lease { $0.sends(100, 400) }.verdict == .sniffingWithRemoteLogging)
    #expect(lease { $0.shows(100, [.mapping(12, canWrite: true)]) }.verdict != .transmits)
    #expect(lease { $0.shows(100, [.file(5, "/tmp/kept")]) }.verdict != .transmits)
    #expect(
      lease {
        $0.begins(300, "taker")
        $0.hears(300, frames: 1, proto: 0x0800)
      }.verdict != .transmits)
  }

  // MARK: Frames that are sent

  @Test(arguments: [(67, Verdict.sniffing), (9000, .sniffingWithRemoteLogging)] as [(UInt16, Verdict)])
  func `what a packet socket sends is told by its frames, and a lease is no log`(port: UInt16, verdict: Verdict) {
    var story = Story()
    story.begins(100, "udhcpc")
    story.capturesOn(2, 100, isPromiscuous: false)
    story.hears(100, frames: 60)
    for _ in 0..<3 {
      story.tell(100, packetSocket(.send) { $0.result = 328 })
      story.tell(
        100,
        packetSocket(.transmitted) {
          $0.result = 328
          $0.etherType = 0x0800
          $0.destination = Endpoint(Address(v4: 0xffff_ffff), port)
        })
    }
    let report = story.report()
    #expect(report.verdict == verdict)
    #expect(report.destinations == ["255.255.255.255:\(port)"])
  }

  @Test(arguments: [(28, 40, Verdict.sniffing), (46, 16, .sniffing), (46, 40, .sniffingWithRemoteLogging)])
  func `ARP is no log, unless there is more in it`(bytes: Int64, frames: Int, verdict: Verdict) {
    var story = Story()
    story.begins(100, "srg")
    story.capturesOn(2, 100)
    story.hears(100, frames: 60)
    for _ in 0..<frames {
      story.tell(100, packetSocket(.send) { $0.result = bytes + 14 })
      story.tell(
        100,
        packetSocket(.transmitted) {
          $0.result = bytes
          $0.etherType = 0x0806
        })
    }
    #expect(story.report().verdict == verdict)
  }

  // MARK: Sockets that are given away

  @Test func `who was given the socket reads for who has it`() {
    var story = Story()
    story.begins(100, "giver")
    story.begins(300, "taker")
    story.tell(100, packetSocket(.found))
    for _ in 0..<20 {
      story.tell(
        300,
        packetSocket(.receive) {
          $0.result = 98
          $0.descriptor = -1
        })
      story.sends(300, 80)
    }
    let report = story.report()
    #expect(report.verdict == .sniffingWithRemoteLogging)
    #expect(report.destinations == ["10.200.1.2:7000"] && report.sentence.contains("taker[300]"))
    #expect(report.evidence("Does it capture?").contains { $0.contains("by taker[300]") })
    #expect(
      report.evidence("Does it leave?").contains {
        $0.contains("taker[300] reads frames from the socket of giver[100]")
      })
    #expect(story.report(about: 300).verdict == .sniffingWithRemoteLogging)
  }
}
