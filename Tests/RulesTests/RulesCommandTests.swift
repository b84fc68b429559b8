import Foundation
import Support
import Testing

/// `culprit rules` and `culprit watch` over the packs that are part of the program.
struct RulesCommandTests {
  private let recording =
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/../../captures/srg.pcapng"

  private func culprit(_ arguments: String...) throws -> (output: [String], errors: [String], end: Child.End) {
    let child = try Child([Lab.program("culprit")] + arguments)
    let end = child.wait(within: 60)
    return (child.output, child.errors, end)
  }

  private func objects(_ lines: [String]) throws -> [[String: Any]] {
    try lines.map { try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]) }
  }

  @Test func `nothing is wrong with the packs that are part of the program`() throws {
    let run = try culprit("rules", "lint")
    #expect(run.end == .exited(0) && run.output.filter { $0.contains("error") } == [], "\(run)")
  }

  @Test func `every file of rules is part of the program`() throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/../../rules"
    let packs = try FileManager.default.contentsOfDirectory(atPath: folder).filter {
      FileManager.default.fileExists(atPath: "\(folder)/\($0)/pack.yaml")
    }
    let files = try packs.flatMap { try FileManager.default.contentsOfDirectory(atPath: "\(folder)/\($0)") }.filter {
      $0.hasSuffix(".d")
    }
    let listed = try objects(try culprit("rules", "list", "--json").output)
    #expect(Set(listed.compactMap { $0["id"] as? String }) == Set(files.map { String($0.dropLast(2)) }))
  }

  @Test func `a rule's explanation says what it takes of a processor, over the recordings of its tests`() throws {
    let child = try Child([Lab.program("culprit"), "rules", "explain", "SNF-004"])
    #expect(child.wait(within: 60) == .exited(0))
    let place = try #require(child.output.firstIndex { $0.hasPrefix("What it takes of this machine, over the ") })
    let folder = Lab.repository + "/rules/sniffers/tests/SNF-004"
    let tests = try FileManager.default.contentsOfDirectory(atPath: folder).count
    #expect(child.output[place].contains(" \(tests) recordings "))
    let figures = /\ \ - (\d+) ns for each of (\d+) events, (\d+) ns for each of (\d+) packets/
    let each = try #require(child.output[place + 1].wholeMatch(of: figures))
    for number in [each.1, each.2, each.3, each.4] { #expect((Int(number) ?? 0) > 0) }
    #expect(child.output[place + 2].hasSuffix(" % of a processor"))
  }

  @Test func `a rule is explained, and one that is not there is one line`() throws {
    let run = try culprit("rules", "explain", "SNF-004")
    #expect(run.end == .exited(0) && run.output.contains("What it does not see"))
    #expect(run.output.contains("  - ratio = 0.05 (ratio, 0 to 10)"))
    let none = try culprit("rules", "explain", "SNF-999")
    #expect(none.end == .exited(2) && none.errors.count == 1)
  }

  @Test func `over the recording of srg its doings are found, and nobody else's`() throws {
    let run = try culprit("watch", "-r", recording)
    let findings = try objects(run.output)
    #expect(run.end == .exited(1))
    let found = Set(
      findings.compactMap { finding in (finding["rule"] as? [String: Any])?["id"] as? String })
    #expect(found.isSuperset(of: ["SNF-001", "SNF-002", "SNF-003", "SNF-004"]), "\(found)")
    for finding in findings {
      let process = finding["process"] as? [String: Any]
      // The recorder has a packet socket, too, and gets what it captures by a ring.
      let isRecorder = process?["comm"] as? String == "culprit"
      #expect(isRecorder == (process?["comm"] as? String != "srg"), "\(finding)")
      let id = (finding["rule"] as? [String: Any])?["id"] as? String
      if isRecorder { #expect(id == "SNF-001" || id == "SNF-002", "\(finding)") }
    }
    let remote = try #require(
      findings.first { ($0["rule"] as? [String: Any])?["id"] as? String == "SNF-004" })
    let network = try #require(remote["network"] as? [String: Any])
    #expect(network["dst"] as? String == "10.200.1.2" && network["dport"] as? Int == 7000)
    #expect(((remote["process"] as? [String: Any])?["exe"] as? String)?.hasSuffix("/srg") == true)
    #expect((network["community_id"] as? String)?.hasPrefix("1:") == true)
  }

  @Test func `a finding that came again has the same uid and its number`() throws {
    let findings = try objects(try culprit("watch", "-r", recording).output)
    let repeated = findings.filter { ($0["count"] as? Int ?? 0) > 1 }
    #expect(!repeated.isEmpty)
    for finding in repeated {
      let uid = finding["uid"] as? String
      #expect(findings.contains { $0["uid"] as? String == uid && $0["count"] as? Int == 1 })
    }
  }

  @Test func `what a site sets counts`() throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "site-\(UUID().uuidString).yaml").path
    defer { try? FileManager.default.removeItem(atPath: file) }
    try "SNF-001: {enabled: false}\nSNF-002: {params: {frames: 1000000}}\nSNF-004: {severity: critical}\n".write(
      toFile: file, atomically: true, encoding: .utf8)
    let findings = try objects(try culprit("watch", "-r", recording, "--settings", file).output)
    let severities = Dictionary(
      findings.map { (($0["rule"] as? [String: Any])?["id"] as? String ?? "", $0["severity"] as? String ?? "") }
    ) { first, _ in first }
    #expect(severities["SNF-001"] == nil && severities["SNF-002"] == nil && severities["SNF-004"] == "critical")
    try "SNF-002: {params: {frames: 0}}\n".write(toFile: file, atomically: true, encoding: .utf8)
    let wrong = try culprit("watch", "-r", recording, "--settings", file)
    #expect(wrong.end == .exited(2) && wrong.errors.count == 1 && wrong.errors[0].contains("1 to 1000000"))
  }

  @Test func `a pack with a wrong rule is refused whole`() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "pack-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try "name: mine\nversion: 1.0.0\ntitle: Mine\nlicense: none\n".write(
      toFile: folder + "/pack.yaml", atomically: true, encoding: .utf8)
    try "/*---\nid: A-1\n---*/\nBEGIN { }\n".write(toFile: folder + "/A-1.d", atomically: true, encoding: .utf8)
    let run = try culprit("watch", "-r", recording, "--rules", folder)
    #expect(run.end == .exited(2) && run.output == [] && run.errors.contains { $0.contains("[missing-key]") })
    let lint = try culprit("rules", "lint", "--rules", folder)
    #expect(lint.end == .exited(1))
  }
}
