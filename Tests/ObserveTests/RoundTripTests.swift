import Foundation
import Support
import Testing

/// Wireshark's programs copy, cut, join and filter a recording, and what Culprit says of the copy is what it said of the recording.
@Suite(
  .enabled(
    if: Lab.has("editcap", "mergecap", "reordercap", "tshark", "gzip", "sh"), "needs Wireshark's programs and gzip"))
struct RoundTripTests {
  /// One interface; two of them, IPv4 and IPv6, names and pages.
  private static let samples = ["srg", "everyday"].map { "\(Lab.repository)/captures/\($0).pcapng" }
  private static var everyday: String { samples[1] }

  /// Whatever is asked of files: packets with owners, flows in their groups, the case, and D over packets, calls and sockets.
  private static let questions: [[String]] = [
    ["packets", "--json"], ["packets", "--explain"], ["flows", "--json", "--by", "process"],
    ["flows", "--json", "--by", "flow"], ["flows", "--json", "--by", "name"], ["flows", "--json", "--by", "container"],
    ["case", "--json"],
    [
      "-qn",
      #"""
      packet::: { @[probefunc, probename, execname, pid, args[0]->pkt_number, args[7]->own_reason] = sum(args[0]->pkt_len); }
      syscall::: { @calls[execname, probefunc, probename] = count(); @last[probefunc] = max(timestamp); }
      syscall:::entry { printf("%d %s", timestamp, probefunc); ustack(); }
      socket::: { printf("%d %s %s %d\n", timestamp, probename, args[0]->so_raddr, arg1); }
      file:::opened { printf("%s\n", args[0]); }
      """#,
    ],
  ]

  /// What Culprit says of files that are read as one, but for their names.
  private func answers(_ paths: [String]) throws -> [String] {
    try Self.questions.map { question in
      let files = paths.flatMap { ["-r", $0] }
      let child = try Child([Lab.program("culprit")] + question + files)
      let end = child.wait(within: 120)
      return ([question.joined(separator: " "), "\(end)"] + child.output + child.errors).joined(separator: "\n")
        .replacing(
          /"again":".*"/, with: "")
    }
  }

  /// Runs `script` in a folder with `$1` the recording; it must succeed without a complaint.
  private func rewrite(_ script: String, in folder: Folder, of recording: String = everyday) throws {
    let child = try Child(["sh", "-euc", "cd \"$0\"; " + script, folder.path, recording])
    #expect(child.wait(within: 60) == .exited(0), "\(child.errors)")
    let complaints = child.errors.filter { !$0.hasPrefix("Running as user") && !$0.contains("out of order") }
    #expect(complaints == [], "\(script)")
  }

  @Test(
    arguments: [
      "editcap \"$1\" out", "editcap \"$1\" one && editcap one out", "tshark -r \"$1\" -w out", "reordercap \"$1\" out",
      "mergecap -w out \"$1\"", "mergecap -a -w out \"$1\"", "gzip -c \"$1\" >out",
      "gzip -c \"$1\" >z && editcap z out",
      // The pieces of a split, joined by time and one after the other.
      "editcap -i 1 \"$1\" part && mergecap -a -w out part_*",
      "editcap -c 7 \"$1\" part && mergecap -a -w out part_*",
    ])
  func `a recording that was copied, split and joined answers as before`(script: String) throws {
    let folder = try Folder()
    try rewrite(script, in: folder)
    #expect(try answers([folder.file("out")]) == Self.before.get()[Self.everyday])
  }

  private static let before = Result {
    try Dictionary(uniqueKeysWithValues: samples.map { ($0, try RoundTripTests().answers([$0])) })
  }

  // By time, counters of one moment may change their order; in this one no piece ends among them.
  @Test func `the pieces of a split, joined by time, answer as the whole`() throws {
    let folder = try Folder()
    try rewrite("editcap -c 100 \"$1\" part.pcapng && mergecap -w out part_*", in: folder, of: Self.samples[0])
    #expect(try answers([folder.file("out")]) == Self.before.get()[Self.samples[0]])
  }

  @Test(arguments: samples) func `the pieces of a split, read as one, answer as the whole`(recording: String) throws {
    let folder = try Folder()
    try rewrite("editcap -c 100 \"$1\" part", in: folder, of: recording)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    #expect(names.count > 3)
    #expect(try answers(names.map(folder.file)) == Self.before.get()[recording])
  }

  /// Each line of `packets --json` without the packet's number.
  private func packets(_ path: String) throws -> [String] {
    try culprit("packets", "--json", "-r", path).output.map { $0.replacing(/"number":\d+,/, with: "") }
  }

  @Test(arguments: [
    "editcap -r \"$1\" out 100-400", "tshark -r \"$1\" -Y ipv6 -w out", "tshark -r \"$1\" -Y 'tcp.port == 7000' -w out",
  ])
  func `what is left of a recording that was cut or filtered has its owners, and nothing is denied by it`(
    script: String
  )
    throws
  {
    let folder = try Folder()
    try rewrite(script, in: folder)
    let (whole, part) = (try packets(Self.everyday), try packets(folder.file("out")))
    #expect(part.count > 10 && part.count < whole.count)
    var rest = whole[...]
    for line in part {
      let place = rest.firstIndex(of: line)
      #expect(place != nil, "\(line)")
      rest = rest[(place ?? rest.startIndex)...].dropFirst()
    }
    // Of a process that it tells of, and of one that did nothing: never NO.
    for process in ["srg", "control"] {
      let child = try culprit("case", "--json", "-r", folder.file("out"), "--process", process)
      if child.end == .exited(2) { continue }
      #expect(child.output.count == 1 && !child.output[0].contains("\"no\""), "\(child.output)")
      #expect(child.output[0].contains("\"complete\":false"))
    }
  }

  @Test func `two recordings that were merged answer for both`() throws {
    let folder = try Folder()
    try rewrite("editcap -t 1 \"$1\" later && mergecap -w out \"$1\" later", in: folder)
    let once = try culprit(
      "-qn", "packet::: { @[execname] = count(); } syscall:::entry { @[execname] = count(); }", "-r", Self.everyday)
    let twice = try culprit(
      "-qn", "packet::: { @[execname] = count(); } syscall:::entry { @[execname] = count(); }", "-r", folder.file("out")
    )
    func counts(_ lines: [String]) -> [String: Int] {
      Dictionary(
        lines.compactMap { line in
          let words = line.split(separator: " ")
          return words.last.flatMap { Int($0) }.map { (words.count > 1 ? String(words[0]) : "", $0) }
        }
      ) { $0 + $1 }
    }
    #expect(!counts(once.output).isEmpty && counts(twice.output) == counts(once.output).mapValues { 2 * $0 })
    let report = try culprit("case", "--json", "-r", folder.file("out"))
    #expect(report.end == .exited(1) && report.output[0].contains("sniffing with remote logging"))
  }

  @Test func `what holds no events says so, and its packets are nobody's`() throws {
    let folder = try Folder()
    // editcap does not write events into the old format; who insists leaves them out first.
    let refused = try Child(["editcap", "-F", "nsecpcap", Self.everyday, folder.file("n.pcap")])
    #expect(
      refused.wait() == .exited(2) || refused.errors.contains { $0.contains("can't be saved") }, "\(refused.errors)")
    try rewrite("tshark -r \"$1\" -Y eth -F nsecpcap -w out", in: folder)
    let lines = try packets(folder.file("out"))
    #expect(try lines.count == packets(Self.everyday).count)
    #expect(lines.allSatisfy { $0.contains("\"not-recorded\"") })
    let report = try culprit("case", "--json", "-r", folder.file("out"))
    #expect(report.end == .exited(3) && !report.output[0].contains("\"no\""), "\(report.output)")
  }
}
