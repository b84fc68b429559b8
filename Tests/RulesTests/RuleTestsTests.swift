import Foundation
import Support
import Testing

/// `culprit rules test`: the recordings that lie beside the shipped rules, and rules that are broken on purpose.
struct RuleTestsTests {
  private let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/../.."

  private func culprit(_ arguments: [String]) throws -> (output: [String], errors: [String], end: Child.End) {
    let child = try Child([Lab.program("culprit")] + arguments)
    let end = child.wait(within: 600)
    return (child.output, child.errors, end)
  }

  private var packs: [String] {
    get throws {
      try FileManager.default.contentsOfDirectory(atPath: repository + "/rules").sorted().map {
        "\(repository)/rules/\($0)"
      }.filter { FileManager.default.fileExists(atPath: $0 + "/pack.yaml") }
    }
  }

  /// A copy of the pack `sniffers` with one rule and its tests, its D text changed.
  private func pack(of id: String, replacing text: String, by other: String) throws -> String {
    let (from, to) = (repository + "/rules/sniffers", NSTemporaryDirectory() + "pack-\(UUID().uuidString)")
    let files = FileManager.default
    try files.createDirectory(atPath: to + "/tests", withIntermediateDirectories: true)
    try files.copyItem(atPath: from + "/pack.yaml", toPath: to + "/pack.yaml")
    try files.copyItem(atPath: "\(from)/tests/\(id)", toPath: "\(to)/tests/\(id)")
    let rule = try String(contentsOfFile: "\(from)/\(id).d", encoding: .utf8)
    try #require(rule.contains(text))
    try rule.replacingOccurrences(of: text, with: other).write(
      toFile: "\(to)/\(id).d", atomically: true, encoding: .utf8)
    return to
  }

  @Test func `every shipped rule finds in its recordings what it should, and cannot deny what was lost`() throws {
    let run = try culprit(["rules", "test", "--quiet"] + packs.flatMap { ["--rules", $0] })
    #expect(run.end == .exited(0) && run.output == [], "\(run)")
  }

  @Test func `every shipped rule has recordings of what it is for, of innocents and of who evades it`() throws {
    for pack in try packs {
      for file in try FileManager.default.contentsOfDirectory(atPath: pack) where file.hasSuffix(".d") {
        let tests = try FileManager.default.contentsOfDirectory(atPath: "\(pack)/tests/\(file.dropLast(2))")
        #expect(tests.filter { $0.hasPrefix("tp-") }.count >= 2, "\(file): \(tests)")
        #expect(tests.filter { $0.hasPrefix("fp-") }.count >= 3, "\(file): \(tests)")
        #expect(tests.filter { $0.hasPrefix("evade-") }.count >= 1, "\(file): \(tests)")
      }
    }
  }

  @Test func `a rule that is blind fails the tests of what it is for`() throws {
    let pack = try pack(of: "SNF-001", replacing: "so_family == 17", by: "so_family == 18")
    defer { try? FileManager.default.removeItem(atPath: pack) }
    let run = try culprit(["rules", "test", "--rules", pack])
    let failed = run.output.filter { $0.hasPrefix("FAILED") }
    #expect(run.end == .exited(1) && failed.contains("FAILED SNF-001 tp-tcpdump"), "\(run)")
    #expect(failed.allSatisfy { $0.contains(" tp-") } && run.output.contains("ok     SNF-001 fp-ping"))
  }

  @Test func `a rule that accuses everybody fails the tests of innocents, and of what it is known not to see`() throws {
    let pack = try pack(of: "SNF-001", replacing: "so_family == 17", by: "so_family != 0")
    defer { try? FileManager.default.removeItem(atPath: pack) }
    let run = try culprit(["rules", "test", "--rules", pack, "--format", "json"])
    let failed = run.output.filter { $0.contains("\"passed\":false") }
    #expect(run.end == .exited(1), "\(run)")
    #expect(
      failed.contains { $0.contains("\"test\":\"fp-curl\"") } && failed.contains { $0.contains("\"test\":\"evade-") })
  }

  @Test func `a rule that denies with a loss fails there`() throws {
    let pack = try pack(of: "SNF-001", replacing: "complete: true", by: "complete: false")
    defer { try? FileManager.default.removeItem(atPath: pack) }
    // Silence is then worth something even with a loss, which the innocents' tests take from the rule: they pass.
    #expect(try culprit(["rules", "test", "--rules", pack]).end == .exited(0))
    let file = pack + "/tests/SNF-001/fp-ping/expect.yaml"
    try "verdict: cannot-tell\nbecause: a test\n".write(toFile: file, atomically: true, encoding: .utf8)
    let run = try culprit(["rules", "test", "--rules", pack])
    #expect(run.end == .exited(1) && run.output.contains("FAILED SNF-001 fp-ping with loss"), "\(run)")
  }

  @Test func `SARIF names the test that failed and its file`() throws {
    let pack = try pack(of: "SNF-001", replacing: "so_family == 17", by: "so_family == 18")
    defer { try? FileManager.default.removeItem(atPath: pack) }
    let run = try culprit(["rules", "test", "--rules", pack, "--format", "sarif"])
    let log = try #require(
      try JSONSerialization.jsonObject(with: Data(run.output.joined().utf8)) as? [String: Any])
    #expect(log["version"] as? String == "2.1.0")
    let results = (log["runs"] as? [[String: Any]])?.first?["results"] as? [[String: Any]] ?? []
    #expect(!results.isEmpty && results.allSatisfy { $0["ruleId"] as? String == "test-failed" })
    #expect("\(results)".contains("tests/SNF-001/tp-tcpdump/expect.yaml"))
  }

  @Test func `what a test says wrongly is told with its place, and nothing is run`() throws {
    let pack = try pack(of: "SNF-001", replacing: "so_family == 17", by: "so_family == 17")
    defer { try? FileManager.default.removeItem(atPath: pack) }
    let file = pack + "/tests/SNF-001/tp-tcpdump/expect.yaml"
    try "verdict: fires\nwhere: {process.com: tcpdump}\n".write(toFile: file, atomically: true, encoding: .utf8)
    let run = try culprit(["rules", "test", "--rules", pack])
    #expect(run.end == .exited(2) && run.output == [] && run.errors.count == 1)
    #expect(run.errors[0].contains("expect.yaml:2:") && run.errors[0].contains("did you mean process.comm?"))
  }
}
