import Events
import Recording
import Testing

/// Whose packets are in captures that other programs have annotated.
struct OthersOwnerTests {
  private typealias Blocks = DamageTests.Blocks

  private func read(_ bytes: [UInt8]) throws -> Contents {
    let folder = try TemporaryFolder()
    return contents(try folder.file("file", bytes))
  }

  private func owner(commented comments: String...) throws -> Owner? {
    var file = Blocks()
    file.section()
    file.interface()
    let options = comments.flatMap { file.option(1, Array($0.utf8)) } + file.option(2, [2, 0, 0, 0])
    file.packet(0, ticks: 1, [1, 2, 3, 4], options: options + file.integer(UInt32(0)))
    let found = try read(file.bytes)
    #expect(found.error == nil && found.damaged == 0)
    #expect(found.frames.map(\.direction) == [.outbound])
    return found.owners[0]
  }

  @Test func `the comments of ptcpdump name process, thread, user and parent`() throws {
    let owner = try owner(
      commented: "PID: 99722\nCmd: /usr/bin/curl\nArgs: curl http://10.0.0.1: 80", "ThreadId: 99723\nThreadName: curl",
      "UserId: 1000", "ParentPID: 18840\nParentCmd: /usr/bin/bash\nParentArgs: -bash")
    var actor = Actor(process: ProcessID(pid: 99722, start: 0), thread: 99723, parent: 18840, user: 1000)
    actor.command = Array("curl".utf8)
    #expect(owner == Owner(actor: actor, role: .none, confidence: .low, reason: "ptcpdump"))
  }

  @Test func `the comments of rustnet name process, user and parent, and how it found them`() throws {
    let owner = try owner(
      commented:
        "rustnet process=my_program pid=4711 ppid=1 uid=33 attr=procfs-relaxed direction=outgoing sni=a.example")
    let actor = Actor(
      process: ProcessID(pid: 4711, start: 0), parent: 1, user: 33, command: Array("my_program".utf8))
    #expect(owner == Owner(actor: actor, role: .none, confidence: .low, reason: "rustnet, procfs-relaxed"))
  }

  @Test(arguments: [
    ("Loc:US City:New York ZIP:10001 AS15169 PID:55 Process:curl", 55, "curl"), ("PID:88", 88, ""),
    ("Loc:DE Process:Google Chrome Helper", 0, "Google Chrome Helper"),
  ])
  func `the comments of rustnet's script name process and program`(comment: String, pid: UInt32, name: String) throws {
    let actor = Actor(process: ProcessID(pid: pid, start: 0), command: Array(name.utf8))
    #expect(
      try owner(commented: comment) == Owner(actor: actor, role: .none, confidence: .low, reason: "rustnet"))
  }

  @Test(
    arguments: [
      "", "a comment", "PID: curl", "PID:x Process:", "Loc:US City:Process", "PID:", "rustnet", "rustnet pid=-1",
      "Cmd: /usr/bin/curl", "=:=:\n:\n=",
    ])
  func `a comment of anybody else's names nobody`(comment: String) throws {
    #expect(try owner(commented: comment) == nil)
  }

  @Test(arguments: [false, true])
  func `the process blocks of Darwin are counted from 0 on in each section`(big: Bool) throws {
    var file = Blocks(big: big)
    func process(_ pid: UInt32, _ name: String) {
      file.block(
        0x8000_0001,
        file.integer(pid) + file.option(2, Array(name.utf8)) + file.option(4, [UInt8](repeating: 7, count: 16))
          + file.integer(UInt32(0)))
    }
    func packet(_ numbers: [(UInt16, UInt32)]) {
      let options = numbers.flatMap { file.option($0.0, file.integer($0.1)) }
      file.packet(0, ticks: 1, [1, 2, 3, 4], options: options + file.integer(UInt32(0)))
    }
    file.section()
    file.interface()
    process(311, "mDNSResponder")
    process(802, "Safari")
    process(0, "kernel_task")
    process(.max, "")
    packet([(0x8001, 0), (0x8003, 1)])
    packet([(0x8001, 1)])
    packet([(0x8003, 1)])
    packet([(0x8001, 2)])
    packet([(0x8001, 3)])
    packet([(0x8001, 4)])
    packet([])
    file.section()
    file.interface()
    process(900, "ssh")
    packet([(0x8001, 0)])

    let found = try read(file.bytes)
    #expect(found.error == nil && found.damaged == 0)
    #expect(found.owners.map { $0?.actor?.process.pid } == [311, 802, 802, nil, nil, nil, nil, 900])
    #expect(found.owners[0]?.actor?.command == Array("mDNSResponder".utf8))
    #expect(found.owners[0]?.reason == "darwin, for Safari[802]")
    #expect(found.owners[1]?.reason == "darwin")
    #expect(found.owners[3]?.role == .kernel)
    #expect(found.owners[4] == nil && found.owners[5] == nil)
    #expect(found.processes.map(\.process.pid) == [311, 802, 900])
  }

  @Test func `a PKTAP header names the process, whom it acts for, and the direction`() throws {
    func little(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
    func text(_ name: String, _ count: Int) -> [UInt8] {
      Array((Array(name.utf8) + [UInt8](repeating: 0, count: count)).prefix(count))
    }
    var header = little(108) + little(1) + little(1) + text("en0", 24) + little(2) + little(2) + little(14) + little(0)
    header += little(311) + text("mDNSResponder", 20) + little(0) + little(0) + little(802) + text("Safari", 20)
    #expect(header.count == 108)
    for (number, cut) in [(258, 0), (149, 0), (258, 1), (1, 0)] as [(UInt32, Int)] {
      let frame = Array((header + (cut == 0 ? [1, 2, 3] : [])).dropLast(cut))
      let bytes =
        [0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0] + little(0) + little(0) + little(1 << 18) + little(number) + little(1)
        + little(2) + little(UInt32(frame.count)) + little(UInt32(frame.count)) + frame
      let found = try read(bytes)
      #expect(found.error == nil && found.packets == 1)
      let isRead = number != 1 && cut == 0
      #expect(found.owners[0]?.actor?.process.pid == (isRead ? 311 : nil))
      #expect(found.owners[0]?.reason == (isRead ? "pktap, for Safari[802]" : nil))
      #expect(found.frames[0].direction == (isRead ? .outbound : .unknown))
    }
  }

  @Test func `what Culprit wrote comes before what others did`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("a.pcapng")
    var writer = try RecordingWriter(path: path, linkType: .ethernet)
    _ = try writer.interface(namespace: "1", name: "eth0", linkType: .ethernet)
    let bytes = datagram(5)
    let mine = Owner(actor: sniffer, role: .sender, confidence: .high, reason: "tuple")
    try writer.packet(
      frame(0, bytes), bytes.span.raw, owner: mine, id: 1, comment: "PID: 1\nCmd: /sbin/init")
    try writer.finish(at: instant(0))
    #expect(contents(path).owners == [mine])
  }
}
