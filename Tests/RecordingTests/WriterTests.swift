import Events
import Files
import Foundation
import Glibc
import Recording
import Testing

struct WriterTests {
  /// What was given, in the form of `Contents.lines`, without the checksum's cost: owners and lengths.
  func check(_ found: Contents, _ given: Given) {
    #expect(found.error == nil)
    #expect(found.damaged == 0)
    #expect(found.packets == given.frames.count)
    #expect(found.events == given.events)
    #expect(found.owners == given.owners)
    #expect(found.frames.map(\.time) == given.frames.map(\.time))
    #expect(found.frames.map(\.wireLength) == given.frames.map(\.wireLength))
    #expect(found.frames.map(\.direction) == given.frames.map(\.direction))
    #expect(found.bytes == given.bytes)
    #expect(found.ids == given.frames.indices.map { UInt64($0) + 1 })
  }

  @Test func `what was written is read back: packets, owners, events, counters`() throws {
    let folder = try TemporaryFolder()
    let given = try writeSample(folder.path("a.pcapng"))
    let found = contents(folder.path("a.pcapng"))
    check(found, given)
    #expect(found.frames.map(\.interface) == given.frames.map(\.interface))
    #expect(found.interfaces.map(\.fullName) == ["host/eth0", "recording-1/lo"])
    #expect(found.interfaces[1].namespace == "recording-1")
    #expect(found.interfaces[1].name == "lo")
    #expect(found.interfaces[0].snapLength == 262_144)
    let counters = try #require(found.statistics.first)
    #expect(counters.received == 100 && counters.interfaceDropped == 1 && counters.systemDropped == 2)
    #expect(counters.delivered == 60)
    #expect(found.statistics.count == 2 && found.statistics[1].interface == 1 && found.statistics[1].delivered == nil)
  }

  @Test
  func `a process is described after the first packet, before its next, and again when it becomes another program`()
    throws
  {
    let folder = try TemporaryFolder()
    let path = folder.path("a.pcapng")
    var writer = try RecordingWriter(path: path, linkType: .ethernet)
    _ = try writer.interface(namespace: "host", name: "eth0", linkType: .ethernet)
    let bytes = datagram(4)
    let owner = Owner(actor: sniffer, role: .sender, confidence: .high, reason: "test")
    for time in 0..<3 { try writer.packet(frame(Int64(time), bytes), bytes.span.raw, owner: owner, id: 1) }
    let arguments = ["other", "-x"].map { Array($0.utf8) }
    var renamed = sniffer
    renamed.command = Array("other".utf8)
    try writer.event(
      Event(
        time: instant(4), actor: renamed, what: .process(.exec(path: Array("/bin/other".utf8), arguments: arguments))))
    var second = owner
    second.actor = renamed
    for time in 5..<8 { try writer.packet(frame(Int64(time), bytes), bytes.span.raw, owner: second, id: 2) }
    try writer.finish(at: instant(9))
    let found = contents(path)
    #expect(found.order == "ipsppesppp")
    #expect(found.owners == [owner, owner, owner, second, second, second])
    #expect(found.processes.count == 2)
    #expect(found.processes[0].process == sniffer.process && found.processes[0].command == sniffer.command)
    #expect(found.processes[0].parent == 1 && found.processes[0].user == 1000 && found.processes[0].group == 100)
    #expect(found.processes[1].path == Array("/bin/other".utf8) && found.processes[1].arguments == arguments)
  }

  @Test func `two threads of different names share one description and keep their names`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("a.pcapng")
    var writer = try RecordingWriter(path: path, linkType: .ethernet)
    _ = try writer.interface(namespace: "host", name: "eth0", linkType: .ethernet)
    let bytes = datagram(4)
    var other = sniffer
    (other.thread, other.command) = (5000, Array("worker".utf8))
    var owners: [Owner?] = []
    for index in 0..<10 {
      owners.append(Owner(actor: index % 2 == 0 ? sniffer : other, role: .sender, confidence: .high, reason: ""))
      try writer.packet(frame(Int64(index), bytes), bytes.span.raw, owner: owners[index], id: 1)
    }
    try writer.finish(at: instant(11))
    let found = contents(path)
    #expect(found.processes.count == 1)
    #expect(found.owners == owners)
  }

  @Test func `a bare IP packet and a cooked one are kept as Ethernet, so that one file holds them all`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("a.pcapng")
    #expect(LinkType.recording([.raw, .linuxCooked2, .ethernet]) == .ethernet)
    #expect(LinkType.recording([.linuxCooked2, .linuxCooked2]) == .linuxCooked2)
    #expect(LinkType.recording([.ethernet, LinkType(127)]) == nil)
    var writer = try RecordingWriter(path: path, linkType: .ethernet)
    let whole = datagram(9)
    let ip = Array(whole[14...])
    let forms: [(LinkType, [UInt8])] = [
      (.raw, ip), (.null, [2, 0, 0, 0] + ip), (.linuxCooked, [0, 4, 0, 1, 0, 6, 1, 2, 3, 4, 5, 6, 0, 0, 8, 0] + ip),
      (.linuxCooked2, [8, 0, 0, 0, 0, 0, 0, 1, 0, 1, 4, 6, 1, 2, 3, 4, 5, 6, 0, 0] + ip), (.ethernet, whole),
      (.raw, []), (.linuxCooked2, [8, 0]),
    ]
    for (index, (linkType, bytes)) in forms.enumerated() {
      let interface = try writer.interface(namespace: "n", name: "\(index)", linkType: linkType)
      let info = FrameInfo(time: instant(0), wireLength: bytes.count, linkType: linkType, interface: interface)
      try writer.packet(info, bytes.span.raw, id: 1)
    }
    #expect(throws: RecordingError.linkType(interface: "w", has: LinkType(127), file: .ethernet)) {
      _ = try writer.interface(namespace: "n", name: "w", linkType: LinkType(127))
    }
    #expect(throws: RecordingError.unknownInterface(99)) {
      try writer.packet(frame(0, ip, interface: 99), ip.span.raw, id: 1)
    }
    try writer.finish(at: instant(1))
    let found = contents(path)
    #expect(found.error == nil)
    #expect(found.bytes.prefix(5).map { Array($0[12...]) } == Array(repeating: Array(whole[12...]), count: 5))
    #expect(found.bytes[2][6..<12] == [1, 2, 3, 4, 5, 6] && found.bytes[3][6..<12] == [1, 2, 3, 4, 5, 6])
    #expect(found.bytes.suffix(2).map(\.count) == [14, 14])
    #expect(found.frames.allSatisfy { $0.linkType == .ethernet })
    #expect(found.frames.prefix(5).map(\.wireLength) == Array(repeating: whole.count, count: 5))
  }

  @Test func `a recording that is killed is whole up to its last flush`() async throws {
    let folder = try TemporaryFolder()
    let path = folder.path("a.pcapng")
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
      var writer = try RecordingWriter(path: path, linkType: .ethernet)
      _ = try writer.interface(namespace: "host", name: "eth0", linkType: .ethernet)
      let bytes = datagram(100)
      for index in 0..<100 { try writer.packet(frame(Int64(index), bytes), bytes.span.raw, id: 1) }
      try writer.event(
        Event(time: instant(1), actor: sniffer, what: .call(CallEvent(number: 1, entry: true, arguments: []))))
      try writer.flush()
      for index in 0..<10 { try writer.packet(frame(Int64(index), bytes), bytes.span.raw, id: 1) }
      kill(getpid(), SIGKILL)
    }
    let found = contents(path)
    #expect(found.packets == 100)
    #expect(found.events.count == 1)
    #expect(found.error == nil)
  }

  /// The limit on a file's length stands for the full disk: the kernel takes a part of the write, then nothing.
  @Test(arguments: [1000, 65_536, 300_001])
  func `when the file cannot grow, the error says so and what was written is whole`(limit: Int) async throws {
    let folder = try TemporaryFolder()
    let path = folder.path("a.pcapng")
    await #expect(processExitsWith: .success) { [path = path as String, limit = limit as Int] in
      signal(SIGXFSZ, SIG_IGN)
      var bound = rlimit(rlim_cur: rlim_t(limit), rlim_max: rlim_t(limit))
      guard unsafe setrlimit(__rlimit_resource_t(1), &bound) == 0 else { exit(2) }
      var writer = try RecordingWriter(path: path, linkType: .ethernet)
      _ = try writer.interface(namespace: "host", name: "eth0", linkType: .ethernet)
      let bytes = datagram(1000)
      do throws(RecordingError) {
        for index in 0..<100_000 { try writer.packet(frame(Int64(index), bytes), bytes.span.raw, id: 1) }
        exit(3)
      } catch {
        guard case .system(let cause, let kept) = error, cause.code == EFBIG, cause.call == "write" else { exit(4) }
        guard kept > 0 || limit == 0, kept <= limit, limit - Int(kept) < 2000 else { exit(5) }
      }
      // It stays refused, with the same words.
      do throws(RecordingError) {
        try writer.flush()
        exit(6)
      } catch {
        exit(0)
      }
    }
    let found = contents(path)
    #expect(found.error == nil)
    #expect(found.packets >= (limit - 2000) / 1200)
    #expect(try bytes(ofFile: path).count <= limit)
  }

  @Test func `a full device is one error with the kernel's words`() throws {
    do throws(RecordingError) {
      var writer = try RecordingWriter(path: "/dev/full", linkType: .ethernet)
      try writer.finish(at: instant(0))
      Issue.record("written to a full device")
    } catch {
      #expect("\(error)".hasPrefix("write /dev/full: No space left on device"))
    }
  }
}

extension Span where Element == UInt8 {
  var raw: RawSpan {
    @_lifetime(copy self)
    get { RawSpan(_elements: self) }
  }
}
