import Events
import Files
import Foundation
import Recording
import Testing

/// The files of a recording that goes on in others: their names, and that they answer as one.
struct RotationTests {
  /// The names of the files that are begun when, before each of `steps`, the file has `size` bytes at `time`.
  private func names(_ path: String, _ rotation: Rotation, _ steps: [(size: Int64, time: Int64)]) -> [String] {
    var files = RecordingFiles(path, rotation, at: 0)
    var names = [files.current]
    for step in steps {
      switch files.step(size: step.size, at: step.time) {
      case .stay: continue
      case .next: names.append(files.current)
      case .end: names.append("end")
      }
    }
    return names
  }

  // As tcpdump 4.99.3 names them.
  @Test(
    arguments: [
      (nil, ["f", "f1", "f2", "f3", "f4"]), (1, ["f", "f", "f", "f", "f"]), (2, ["f0", "f1", "f0", "f1", "f0"]),
      (10, ["f0", "f1", "f2", "f3", "f4"]), (11, ["f00", "f01", "f02", "f03", "f04"]),
    ] as [(Int?, [String])])
  func `files of a size are numbered, and those of a ring have digits enough to sort`(count: Int?, expected: [String]) {
    let steps: [(Int64, Int64)] = [(10, 0), (11, 0), (5, 1), (11, 2), (99, 2), (11, 3)]
    #expect(names("f", Rotation(size: 10, count: count), steps) == expected)
  }

  @Test func `files of a time are named by its beginning, and end with their number`() {
    let steps: [(Int64, Int64)] = [(1 << 40, 4), (1, 5), (1, 9), (1, 13), (1, 18)]
    #expect(names("%s.pcapng", Rotation(seconds: 5), steps) == ["0.pcapng", "5.pcapng", "13.pcapng", "18.pcapng"])
    #expect(names("%s", Rotation(seconds: 5, count: 2), steps) == ["0", "5", "end", "end"])
    #expect(names("f", Rotation(seconds: 5), steps) == ["f", "f", "f", "f"])
  }

  @Test func `with size and time, numbers begin anew with each time, and a count ends nothing`() {
    let steps: [(Int64, Int64)] = [(11, 1), (11, 2), (11, 5), (11, 6), (1, 20)]
    #expect(names("%s-", Rotation(size: 10, seconds: 5), steps) == ["0-", "0-1", "0-2", "5-", "5-1", "20-"])
    let ring = names("%s-", Rotation(size: 10, seconds: 5, count: 2), steps)
    #expect(ring == ["0-0", "0-1", "0-0", "5-0", "5-1", "20-0"])
  }

  @Test func `a name without strftime's percent is kept, and one that comes to nothing too`() {
    #expect(names("100%", Rotation(size: 1), [(2, 0)]) == ["100%", "100%1"])
    #expect(names("%n", Rotation(seconds: 1), []) == ["\n"])
  }

  /// Three files, of which each goes on where the one before ends, and all of it in one.
  private func write(_ folder: TemporaryFolder) throws -> (files: [String], whole: String) {
    let paths = (0..<3).map { folder.path("part\($0).pcapng") }
    let whole = folder.path("whole.pcapng")
    var one = try RecordingWriter(path: whole, linkType: .ethernet)
    var part = try RecordingWriter(path: paths[0], linkType: .ethernet)
    var open = OpenState()
    _ = try one.interface(namespace: "host", name: "eth0", linkType: .ethernet)
    _ = try part.interface(namespace: "host", name: "eth0", linkType: .ethernet)
    let bytes = datagram(4)
    let owner = Owner(actor: sniffer, role: .sender, confidence: .high, reason: "test")
    for index in 0..<90 {
      let time = Int64(index) * 1_000_000
      if index > 0, index % 30 == 0 {
        try part.finish(at: instant(time))
        var next = try RecordingWriter(path: paths[index / 30], linkType: .ethernet)
        _ = try next.interface(namespace: "host", name: "eth0", linkType: .ethernet)
        try next.goOn(after: part, with: open.events(at: instant(time)))
        part = next
      }
      var event = everyEvent[index % everyEvent.count]
      event.time = instant(time)
      open.learn(event)
      for write in [0, 1] {
        let id = UInt64(index) + 1
        if write == 0 {
          try one.event(event)
          try one.packet(frame(time + 1, bytes), bytes.span.raw, owner: owner, id: id)
        } else {
          try part.event(event)
          try part.packet(frame(time + 1, bytes), bytes.span.raw, owner: owner, id: id)
        }
      }
    }
    try part.finish(at: instant(90_000_000))
    try one.finish(at: instant(90_000_000))
    return (paths, whole)
  }

  @Test func `files given in order answer as the whole does`() throws {
    let folder = try TemporaryFolder()
    let (paths, whole) = try write(folder)
    let expected = contents(whole)
    let found = contents(paths)
    #expect(found.error == nil && found.damaged == 0)
    #expect(found.events == expected.events)
    #expect(found.owners == expected.owners && found.ids == expected.ids && found.bytes == expected.bytes)
  }

  @Test func `a later file alone has its packets' processes, and what was open when it began`() throws {
    let folder = try TemporaryFolder()
    let (paths, whole) = try write(folder)
    let expected = contents(whole)
    let last = contents(paths[2])
    #expect(last.owners == Array(expected.owners.suffix(30)) && last.ids == Array(expected.ids.suffix(30)))
    #expect(last.processes.contains { $0.process == sniffer.process })
    let carried = last.events.prefix { $0.time == instant(60_000_000) }
    #expect(
      carried.contains {
        if case .socket(let socket) = $0.what { socket.action == .found } else { false }
      })
  }

  @Test(.enabled(if: installed("mergecap"), "needs mergecap"))
  func `files that mergecap made one answer as the whole does`() throws {
    let folder = try TemporaryFolder()
    let (paths, whole) = try write(folder)
    let merged = folder.path("merged.pcapng")
    #expect(try run("mergecap", ["-w", merged] + paths).status == 0)
    let found = contents(merged)
    #expect(found.error == nil && found.ids == contents(whole).ids)
    #expect(found.events.count == contents(whole).events.count)
  }

  @Test func `captures of other programs are read as one too, each with its own interfaces`() throws {
    let folder = try TemporaryFolder()
    let record: [UInt8] = [1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0xaa]
    let old = try folder.file(
      "a.pcap",
      [0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0] + [UInt8](repeating: 0, count: 8) + [0, 0, 4, 0, 1, 0, 0, 0] + record)
    let new = folder.path("b.pcapng")
    _ = try writeSample(new, packets: 3)
    let found = contents([old, new, old])
    #expect(found.error == nil && found.packets == 5)
    #expect(found.frames.map(\.interface) == [0, 2, 1, 1, 3])
    #expect(found.interfaces.map(\.name) == ["", "eth0", "lo", ""])
  }

  @Test func `what was open is what was not closed, by those that live`() {
    var state = OpenState(limit: 2)
    let shell = Actor(process: ProcessID(pid: 7, start: 70), command: Array("sh".utf8))
    func tell(_ actor: Actor, _ what: Event.What) { state.learn(Event(time: instant(1), actor: actor, what: what)) }
    func socket(_ action: SocketEvent.Action, _ address: UInt64) -> Event.What {
      .socket(SocketEvent(action: action, socket: SocketID(cookie: address, namespace: 1), address: address))
    }
    tell(shell, .process(.exec(path: Array("/bin/sh".utf8), arguments: [])))
    tell(shell, socket(.create, 1))
    tell(shell, socket(.connect, 1))
    tell(shell, socket(.create, 2))
    tell(shell, socket(.close, 1))
    tell(sniffer, socket(.accept, 3))
    #expect(state.events(at: instant(9)).count == 3 && state.lost == 0)
    tell(sniffer, socket(.accept, 4))
    #expect(state.lost == 1)
    tell(shell, .process(.exit(status: 0)))
    let rest = state.events(at: instant(9))
    #expect(rest.map(\.actor) == [sniffer] && rest.map(\.time) == [instant(9)])
  }

  @Test func `files that are damaged, none and missing among others cost only what they lack`() throws {
    let folder = try TemporaryFolder()
    let sample = folder.path("a.pcapng")
    _ = try writeSample(sample)
    let whole = try bytes(ofFile: sample)
    let cut = try folder.file("cut", Array(whole.dropLast(whole.count / 2 + 1)))
    let none = try folder.file("none", Array("no capture at all".utf8))
    let all = [none, cut, sample, folder.path("missing"), sample, none]
    var reader = try RecordingReader(paths: all)
    var broken: [String] = []
    var packets = 0
    while true {
      do {
        guard let item = try reader.next() else { break }
        if case .packet = item { packets += 1 }
      } catch { broken.append(reader.brokenPath) }
    }
    #expect(broken == [none, cut, folder.path("missing"), none])
    #expect(packets == 2 * contents(sample).packets + contents(cut).packets)
    #expect(throws: CaptureFileError.self) { _ = try RecordingReader(paths: [none, none]) }
  }
}
