import Foundation
import Support
import Testing

/// The recordings of innocent machines' work in captures/goodlog, and what the shipped rules say of them.
struct GoodlogTests {
  private static let corpus =
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/../../captures/goodlog"
  private static let names = (try? FileManager.default.contentsOfDirectory(atPath: corpus).sorted()) ?? []

  private func culprit(_ arguments: [String]) throws -> (output: [String], errors: [String], end: Child.End) {
    let child = try Child([Lab.program("culprit")] + arguments)
    let end = child.wait(within: 60)
    return (child.output, child.errors, end)
  }

  private func recording(_ name: String) -> String { "\(Self.corpus)/\(name)/recording.pcapng.gz" }

  private func readme(_ name: String) throws -> String {
    try String(contentsOfFile: "\(Self.corpus)/\(name)/README.md", encoding: .utf8)
  }

  @Test func `there are ten recordings and more, of less than three million bytes`() throws {
    let sizes = try Self.names.map { name in
      try #require(try FileManager.default.attributesOfItem(atPath: recording(name))[.size] as? Int)
    }
    #expect(sizes.count >= 10 && sizes.reduce(0, +) < 3_000_000, "\(sizes)")
  }

  @Test(arguments: names)
  func `no rule finds anything of high severity in innocent work, and what it finds is what is written`(
    _ name: String
  ) throws {
    let exceptions = "\(Self.corpus)/\(name)/exceptions.yaml"
    let hides = FileManager.default.fileExists(atPath: exceptions)
    let run = try culprit(["watch", "-r", recording(name)] + (hides ? ["--exceptions", exceptions] : []))
    // An exception that hides nothing says so; it has no business there.
    #expect(run.errors.contains { $0.contains("exception ") && $0.contains(" hid ") } == hides, "\(run.errors)")
    #expect(!run.errors.contains { $0.contains("hid nothing") }, "\(run.errors)")
    var found: [String: (row: String, severity: String)] = [:]
    for line in run.output {
      let finding = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      let id = try #require((finding["rule"] as? [String: Any])?["id"] as? String)
      let severity = try #require(finding["severity"] as? String)
      found[try #require(finding["uid"] as? String)] = ("| \(id) | \(severity) |", severity)
    }
    #expect(found.values.allSatisfy { !["high", "critical"].contains($0.severity) }, "\(run.output)")
    #expect(run.end == .exited(found.isEmpty ? 0 : 1) || run.end == .exited(3), "\(run.errors)")
    let rows = Dictionary(grouping: found.values, by: \.row).map { "\($0) \($1.count) |" }.sorted()
    let written = try readme(name).split(separator: "\n").filter {
      $0.contains(/^\| [A-Z]{3}-\d{3} \|/)
    }.map(String.init).sorted()
    #expect(rows == written)
    // Whoever cannot tell has no files there, or no weeks of history; a loss would be another reason.
    let doubts = run.errors.filter { $0.contains("cannot tell") }
    #expect(
      doubts.allSatisfy {
        $0.contains("there is no file in what was watched") || $0.contains("of history that it needs there are 0")
      }, "\(doubts)")
  }

  @Test func `after weeks in which nothing happened, rules with a history find no more than is written`() throws {
    let files = FileManager.default
    let pack = NSTemporaryDirectory() + "goodlog-\(UUID().uuidString)"
    defer { try? files.removeItem(atPath: pack) }
    let rules = ["EXF-001", "EXF-007", "EXF-012", "EXF-016"]
    for rule in rules {
      for name in Self.names {
        let test = "\(pack)/tests/\(rule)/fp-\(name)"
        try files.createDirectory(atPath: test, withIntermediateDirectories: true)
        try files.createSymbolicLink(atPath: test + "/recording.pcapng.gz", withDestinationPath: recording(name))
        try "goodlog".write(toFile: test + "/README.md", atomically: true, encoding: .utf8)
        try "verdict: silent\nhistory: {days: 14}\n".write(
          toFile: test + "/expect.yaml", atomically: true, encoding: .utf8)
      }
    }
    for file in rules.map({ $0 + ".d" }) + ["pack.yaml"] {
      try files.copyItem(atPath: "\(Self.corpus)/../../rules/exfiltration/\(file)", toPath: "\(pack)/\(file)")
    }
    let run = try culprit(["rules", "test", "--rules", pack, "--format", "json"])
    let results = try run.output.map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
    #expect(results.count == 2 * rules.count * Self.names.count)
    let found = results.filter { $0["passed"] as? Bool == false && $0["loss"] as? Bool == false }
    #expect(found.map { "\($0["rule"] ?? "") \($0["test"] ?? "")" } == ["EXF-007 fp-monitoring-agent"], "\(found)")
  }

  @Test(arguments: names)
  func `a recording has the packets and events that its README says`(_ name: String) throws {
    let said = try #require(
      try readme(name).firstMatch(of: /(\d+) seconds, (\d+) packets, (\d+) events, nothing lost\./))
    let packets = try culprit(["packets", "-r", recording(name)]).output.count
    let counting = "socket:::,proc:::,file::: { n++; } END { printf(\"%d\\n\", n); }"
    let counted = try culprit(["-q", "-r", recording(name), "-n", counting])
    let events = try #require(counted.output.lazy.compactMap { Int($0) }.first, "\(counted)")
    #expect(packets > 30 && packets == Int(said.2))
    #expect(events > 300 && events == Int(said.3))
    #expect(try #require(Int(said.1)) >= 10)
  }
}
