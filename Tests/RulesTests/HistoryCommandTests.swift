import Foundation
import Support
import Testing

/// Rules that rest on a host's history, as `culprit watch` and `culprit rules` have them.
struct HistoryCommandTests {
  private static let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/../.."
  private static let recording =
    repository + "/rules/exfiltration/tests/EXF-007/tp-nc/recording.pcapng.gz"

  func culprit(
    _ arguments: [String], state: String? = nil
  ) throws -> (output: [String], errors: [String], end: Child.End) {
    let child = try Child(
      [Lab.program("culprit")] + arguments, environment: state.map { ["STATE_DIRECTORY": $0] } ?? [:])
    let end = child.wait(within: 60)
    return (child.output, child.errors, end)
  }

  func place(_ body: (String) throws -> Void) throws {
    let folder = NSTemporaryDirectory() + "history-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(folder)
  }

  /// A pack with one rule that remembers.
  func pack(in folder: String, needs: String, _ program: String) throws -> String {
    let pack = folder + "/pack"
    try FileManager.default.createDirectory(atPath: pack, withIntermediateDirectories: true)
    try "name: mine\nversion: 1.0.0\ntitle: Mine\nlicense: none\n".write(
      toFile: pack + "/pack.yaml", atomically: true, encoding: .utf8)
    try """
    /*---
    id: TST-001
    version: 1.0.0
    title: A test
    status: test
    severity: low
    confidence: low
    risk: 10
    attack: {version: 18, techniques: [T1571]}
    needs: {events: [socket], complete: true\(needs)}
    params:
      days: {type: duration, default: 14d, min: 1d, max: 60d}
      other: {type: integer, default: 1, min: 1, max: 2}
    dedup: {key: [process], for: 1h}
    why: because
    ---*/
    \(program)

    """.write(toFile: pack + "/TST-001.d", atomically: true, encoding: .utf8)
    return pack
  }

  @Test func `without a history a rule that needs one cannot tell`() throws {
    try place { folder in
      // A recording is watched without, whatever there is on this machine.
      let run = try culprit(["watch", "-r", Self.recording], state: folder)
      #expect(run.end == .exited(3) && run.output == [], "\(run)")
      let reason = "culprit: cannot tell, for of the 14 days of history that it needs there are 0: "
      #expect(run.errors.contains { $0.hasPrefix(reason) && $0.contains("EXF-007") }, "\(run.errors)")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == [])
    }
  }

  @Test func `a named file is made, added to, and told of`() throws {
    try place { folder in
      let file = folder + "/history.sqlite"
      let none = try culprit(["rules", "explain", "EXF-007"], state: folder)
      #expect(none.end == .exited(0) && none.output.contains("Not known: there is no history \(file)."), "\(none)")
      #expect(try culprit(["rules", "explain", "EXF-007", "--history", file]).end == .exited(2))
      for _ in 1...2 {
        #expect(try culprit(["watch", "-r", Self.recording, "--history", file]).end == .exited(3))
        let run = try culprit(["rules", "explain", "EXF-007", "--history", file])
        #expect(run.end == .exited(0) && run.output.contains("Needs 14d of this host's history."))
        #expect(run.output.contains { $0.hasPrefix("There are 0 of 14 days: 1 keys in ") }, "\(run.output)")
      }
      #expect(
        try culprit(["rules", "explain", "EXF-007"], state: folder).output.last?.hasPrefix("There are 0") == true)
      // Rules that need none do not open it.
      let other = folder + "/other.sqlite"
      _ = try culprit([
        "watch", "-r", Self.recording, "--history", other, "--rules", Self.repository + "/rules/sniffers",
      ])
      #expect(!FileManager.default.fileExists(atPath: other))
    }
  }

  @Test func `a file that is no history is one line, and stays`() throws {
    try place { folder in
      let file = folder + "/notes.txt"
      try "my notes".write(toFile: file, atomically: true, encoding: .utf8)
      let run = try culprit(["watch", "-r", Self.recording, "--history", file])
      #expect(run.end == .exited(2) && run.output == [] && run.errors.count == 1, "\(run)")
      #expect(run.errors.first == "culprit: \(file) is no history of culprit's; it is left as it is")
      #expect(try String(contentsOfFile: file, encoding: .utf8) == "my notes")
      #expect(try culprit(["rules", "explain", "EXF-007", "--history", file]).end == .exited(2))
      #expect(try culprit(["watch", "-r", Self.recording, "--history", ""]).end == .exited(2))
    }
  }

  /// A capture of a datagram every twenty minutes, for two hours from a moment on (seconds since 1970).
  private func capture(_ file: String, from start: UInt32) throws {
    func little(_ numbers: UInt32...) -> [UInt8] { numbers.flatMap { n in (0..<4).map { UInt8(n >> ($0 * 8) & 255) } } }
    // pcap(5): the magic number, version 2.4, no offset, Ethernet.
    var bytes = little(0xa1b2_c3d4, 2 | 4 << 16, 0, 0, 65535, 1)
    let ethernet: [UInt8] = [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0]
    let ip: [UInt8] = [0x45, 0, 0, 28, 0, 0, 0, 0, 64, 17, 0, 0, 10, 200, 1, 1, 10, 200, 1, 2]
    let frame = ethernet + ip + [4, 0, 8, 0, 0, 8, 0, 0]
    for packet in UInt32(0)...6 {
      bytes += little(start + packet * 1200, 0, UInt32(frame.count), UInt32(frame.count)) + frame
    }
    try Data(bytes).write(to: URL(fileURLWithPath: file))
  }

  @Test func `what is remembered of one recording is known in the next, by the recordings' own time`() throws {
    try place { folder in
      let pack = try pack(
        in: folder, needs: ", history: 1d",
        """
        packet::: { remember("packets", 1); }
        packet:::
        /recall("count", "packets") == 10/
        {
        	finding("%d packets in %d hours", recall("count", "packets"), recall("hours", "packets"));
        }
        """
      )
      try capture(folder + "/monday.pcap", from: 1_795_996_800)
      try capture(folder + "/tuesday.pcap", from: 1_795_996_800 + 86400)
      func watch(_ name: String, _ more: String...) throws -> (output: [String], errors: [String], end: Child.End) {
        try culprit(["watch", "-r", "\(folder)/\(name).pcap", "--rules", pack, "--format", "text"] + more)
      }
      let file = folder + "/h.sqlite"
      // No process is told of by a capture, but the rule asks for sockets: its silence is worth nothing, its word is.
      #expect(try watch("monday", "--history", file).output == [])
      #expect(try watch("tuesday", "--history", "none").output == [])
      let run = try watch("tuesday", "--history", file)
      #expect(run.end == .exited(1) && run.output.count == 1, "\(run)")
      #expect(run.output.first?.contains("10 packets in 4 hours") == true, "\(run.output)")
      // On Friday Tuesday is too long ago.
      try capture(folder + "/friday.pcap", from: 1_795_996_800 + 4 * 86400)
      #expect(try watch("friday", "--history", file).output == [])
    }
  }

  @Test(arguments: [
    (", history: 14d", "END { remember(\"a\", 1); finding(\"x\"); }", nil),
    (", history: days", "END { remember(\"a\", recall(\"age\", \"a\", 5)); finding(\"x\"); }", nil),
    (", history: 1h", "END { remember(\"a\", 1); finding(\"x\"); }", "1d to 60d"),
    (", history: other", "END { remember(\"a\", 1); finding(\"x\"); }", "a duration whose min and max"),
    (", history: nothing", "END { remember(\"a\", 1); finding(\"x\"); }", "name of a parameter"),
    (", history: 14d", "END { finding(\"x\"); }", "never says remember()"),
    ("", "END { remember(\"a\", 1); finding(\"x\"); }", "`needs` do not say"),
    ("", "END { finding(execpath()); }", "must be a string constant"),
    ("", "END { finding(\"%s\", execpath()); }", nil),
    (", history: 14d", "END { remember(\"a\"); finding(\"x\"); }", "remember( )"),
    (", history: 14d", "END { remember(\"a\", recall(\"mean\", \"a\")); finding(\"x\"); }", "one of \"age\""),
  ])
  func `lint knows what a rule with a history must say`(needs: String, program: String, complaint: String?) throws {
    try place { folder in
      let run = try culprit(["rules", "lint", "--rules", try pack(in: folder, needs: needs, program)])
      let errors = run.output.filter { !$0.contains("warning") }
      if let complaint {
        #expect(run.end == .exited(1) && errors.contains { $0.contains(complaint) }, "\(run)")
      } else {
        #expect(run.end == .exited(0) && errors == [], "\(run)")
      }
    }
  }

  @Test(arguments: ["remember(\"a\", 1)", "x = recall(\"age\", \"a\")", "trace(execpath())"])
  func `who is no rule has no history`(statement: String) throws {
    for arguments in [["-e"], ["-r", Self.recording]] {
      let run = try culprit(arguments + ["-n", "BEGIN { \(statement); }"])
      #expect(run.end == .exited(2) && run.output == [], "\(run)")
      #expect(run.errors.contains { $0.contains("is for rules, which `culprit watch` runs") }, "\(run.errors)")
    }
  }
}

/// The same on this machine, with a rule that looks at nothing but a port that no other test uses: a watch hears of every namespace, and of other
/// labs with the same addresses.
@Suite(
  .live, .serialized,
  .enabled(
    if: Lab.isAllowed && Lab.hasBPF && Lab.has("nc") && Lab.has("curl"),
    "needs root, network namespaces, BPF, nc and curl"))
struct HistoryLiveTests {
  @Test func `a live watch keeps what it learned, and no other writes meanwhile`() throws {
    let lab = try Lab("history")
    let tests = HistoryCommandTests()
    try tests.place { folder in
      let pack = try tests.pack(
        in: folder, needs: ", history: 1d",
        "socket:::state-change /arg2 == 2 && args[0]->so_rport == 40613/ { remember(execpath(), 1); finding(\"x\"); }"
      )
      let file = folder + "/history.sqlite"
      let watch = try Child(
        [Lab.program("culprit"), "watch", "--rules", pack, "--history", file, "--metrics", "127.0.0.1:0"], in: lab.a)
      try watch.line { $0 == "culprit: of the 1 days of history that they need TST-001 has 0" }
      let address = try watch.line { $0.hasPrefix("culprit: metrics at ") }.split(separator: " ").last.map(String.init)
      let second = try tests.culprit(["watch", "--rules", pack, "--history", file])
      #expect(
        second.end == .exited(2) && second.errors == ["culprit: the history \(file) is in use by another process"])
      // Where nobody asked for the file, a watch goes on without.
      let third = try tests.culprit(["watch", "--rules", pack, "--duration", "1s"], state: folder)
      let reason = "culprit: rules remember nothing of this run: the history \(file) is in use by another process"
      #expect(third.end == .exited(3) && third.errors.contains(reason), "\(third)")
      _ = try Child(["nc", "-z", "-w", "1", "10.200.1.2", "40613"], in: lab.a).wait(within: 30)
      // What the kernel told is in the history a moment later, and in the file at the end.
      _ = try tests.culprit(["watch", "--rules", pack, "--history", "none", "--duration", "1s"])
      let metrics = try Child(["curl", "-s", try #require(address)], in: lab.a)
      _ = metrics.wait(within: 30)
      #expect(metrics.output.contains("culprit_history_rows{rule=\"TST-001\"} 1"), "\(metrics.output)")
      #expect(metrics.output.contains("culprit_history_days{rule=\"TST-001\"} 0"))
      #expect(metrics.output.contains("culprit_history_failures_total 0"))
      kill(watch.pid, SIGTERM)
      _ = watch.wait(within: 60)
      #expect(watch.output == [])
      let known = try tests.culprit(["rules", "explain", "TST-001", "--rules", pack, "--history", file])
      #expect(known.output.contains { $0.hasPrefix("There are 0 of 1 days: 1 keys in 1 hours") }, "\(known)")
    }
  }
}
