import Events
import Foundation
import Recording
import Testing

/// Wireshark's programs and tcpdump on our recordings.
@Suite(
  .enabled(
    if: ["tshark", "editcap", "mergecap", "capinfos"].allSatisfy(installed), "Wireshark's programs are not installed"))
struct OtherProgramsTests {
  /// tshark says who runs it; that is no complaint.
  func complaints(_ outcome: Outcome) -> String {
    outcome.errors.split(separator: "\n").filter { !$0.hasPrefix("Running as user") }.joined(separator: "\n")
  }

  @Test func `editcap and mergecap keep every item`() throws {
    let folder = try TemporaryFolder()
    let given = try writeSample(folder.path("a.pcapng"))
    let other = folder.path("b.pcapng")
    var writer = try RecordingWriter(path: other, linkType: .ethernet)
    _ = try writer.interface(namespace: "elsewhere", name: "eth9", linkType: .ethernet)
    let bytes = datagram(5, port: 5555)
    let stranger = Actor(process: ProcessID(pid: 4711, start: 5), command: Array("stranger".utf8))
    for index in 0..<20 {
      // Between the packets of the first recording.
      let info = frame(Int64(index) * 3_000_000 + 500_000, bytes)
      try writer.packet(
        info, bytes.span.raw, owner: Owner(actor: stranger, role: .sender, confidence: .low, reason: "merged"), id: 1000
      )
    }
    try writer.finish(at: instant(0))

    var outcome = try run("editcap", [folder.path("a.pcapng"), folder.path("e.pcapng")])
    #expect(outcome.status == 0 && complaints(outcome) == "")
    let before = contents(folder.path("a.pcapng"))
    let edited = contents(folder.path("e.pcapng"))
    #expect(edited.error == nil && edited.damaged == 0)
    #expect(edited.lines == before.lines)
    #expect(edited.events == given.events)
    #expect(edited.processes == before.processes)
    #expect(edited.owners == given.owners)
    // editcap 4.0 drops the interfaces' statistics; their losses are events as well.

    outcome = try run("mergecap", ["-w", folder.path("m.pcapng"), folder.path("e.pcapng"), other])
    #expect(outcome.status == 0 && complaints(outcome) == "")
    let merged = contents(folder.path("m.pcapng"))
    #expect(merged.error == nil && merged.damaged == 0)
    #expect(merged.packets == given.frames.count + 20)
    #expect(merged.events == given.events)
    let ours = zip(merged.owners, merged.ids).filter { $0.1 != 1000 }
    #expect(ours.map(\.0) == given.owners)
    let theirs = zip(merged.owners, merged.ids).filter { $0.1 == 1000 }
    #expect(theirs.allSatisfy { $0.0?.actor == stranger && $0.0?.reason == "merged" })
    #expect(merged.frames.map(\.time) == merged.frames.map(\.time).sorted())
  }

  @Test func `tshark shows every packet and event and complains of nothing`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("a.pcapng")
    let given = try writeSample(path)
    let packets = try run(
      "tshark", ["-n", "-r", path, "-Y", "udp", "-T", "fields", "-e", "frame.len", "-e", "frame.packet_id"])
    #expect(complaints(packets) == "")
    let lengths = packets.output.split(separator: "\n").map { Int($0.split(separator: "\t")[0]) }
    #expect(lengths == given.frames.map { $0.wireLength })

    let events = try run(
      "tshark",
      [
        "-n", "-r", path, "-Y", "systemd_journal", "-T", "fields", "-e", "systemd_journal.message", "-e",
        "systemd_journal.pid",
      ])
    #expect(complaints(events) == "")
    let rows = events.output.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    let found = contents(path)
    // A row for every block: the calls of a batch share one. With each packet goes one event.
    #expect(rows.count >= min(everyEvent.count, given.frames.count) - 6 && rows.count < given.events.count / 10)
    #expect(rows.contains { $0.hasPrefix("exec /usr/bin/srg: srg -i 'eth 0' ''\t4711") })
    #expect(rows.contains { $0.hasPrefix("bind [2001:db8::1]:65535") })
    #expect(found.events.count == given.events.count)
    let verbose = try run("tshark", ["-n", "-r", path, "-V"])
    #expect(complaints(verbose) == "")
    #expect(!verbose.output.contains("Malformed"))
  }

  @Test func `capinfos counts the packets alone, and names program and interfaces`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("a.pcapng")
    let given = try writeSample(path)
    let outcome = try run("capinfos", ["-M", path])
    #expect(outcome.status == 0 && complaints(outcome) == "")
    #expect(outcome.output.contains("Number of packets:   \(given.frames.count)\n"))
    #expect(outcome.output.contains("Capture application: culprit"))
    #expect(outcome.output.contains("Name = recording-1/lo"))
    #expect(outcome.output.contains("Encapsulation = Ethernet"))
  }

  @Test(.enabled(if: installed("tcpdump"))) func `tcpdump reads every packet`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("a.pcapng")
    let given = try writeSample(path)
    let outcome = try run("tcpdump", ["-n", "-tt", "--nano", "-r", path])
    #expect(outcome.status == 0)
    #expect(outcome.output.split(separator: "\n").count == given.frames.count)
    #expect(!outcome.errors.contains("error") && !outcome.errors.contains("tcpdump: "))
  }
}
