import Events
import Rules
import Testing

/// The description at the top of a rule, and what is told of a wrong one.
struct RuleReadingTests {
  private func text(_ changes: [String: String] = [:], more: String = "") -> String {
    var lines = [
      "id": "id: TST-001", "version": "version: 1.0.0", "title": "title: A test", "status": "status: test",
      "severity": "severity: low", "confidence": "confidence: high", "risk": "risk: 20",
      "attack": "attack: {version: 18, techniques: [T1040, T1205.002]}",
      "needs": "needs: {events: [socket], complete: true}", "dedup": "dedup: {key: [process], for: 1h}",
      "why": "why: because",
    ]
    for (key, line) in changes { lines[key] = line }
    let order = [
      "id", "version", "title", "status", "severity", "confidence", "risk", "attack", "needs", "dedup", "why",
    ]
    return "/*---\n" + order.compactMap { lines[$0] }.filter { !$0.isEmpty }.map { $0 + "\n" }.joined() + more
      + "---*/\nBEGIN { finding(\"here\"); }\n"
  }

  private func complaints(_ text: String) -> [RuleComplaint] {
    Rule.reading(text, file: "rules/test/TST-001.d", pack: "test").complaints
  }

  @Test func `a rule says what it is`() throws {
    let parameters = "params:\n  window: {type: duration, default: 30s, min: 1s, max: 1h}\n"
    let (read, wrong) = Rule.reading(text(more: parameters), file: "rules/test/TST-001.d", pack: "test")
    let rule = try #require(read)
    #expect(wrong == [] && rule.id == "TST-001" && rule.severity == .low && rule.risk == 20 && rule.needsAll)
    #expect(rule.techniques == ["T1040", "T1205.002"] && rule.deduplication.period == 3_600_000_000_000)
    #expect(rule.program().hasPrefix("inline int64_t window = 30000000000; /*---\nid: TST-001\n"))
    #expect(rule.program(["window": 5]).hasPrefix("inline int64_t window = 5; /*---\n"))
    // sha256sum of the same bytes has as many digits.
    #expect(rule.hash.count == 64)
  }

  @Test(arguments: [
    (["severity": "severity: huge"], RuleComplaint.Name.notAChoice, 6, "informational"),
    (["risk": "risk: 101"], .outOfBounds, 8, "0 to 100"),
    (["risk": "risk: much"], .wrongType, 8, "whole number"),
    (["title": ""], .missingKey, 2, "title is missing"),
    (["why": "whi: because"], .unknownKey, 12, "did you mean why?"),
    (["id": "id: TST-002"], .idDiffers, 2, "TST-002"),
    (["attack": "attack: {version: 18, techniques: [X1]}"], .badName, 9, "X1"),
    (["dedup": "dedup: {key: [process], for: 1 fortnight}"], .wrongType, 11, "like 30s"),
    (["why": "why: [unended"], .notYAML, 13, "not YAML"),
  ])
  func `what is wrong has a name, a place and one line`(
    changes: [String: String], name: RuleComplaint.Name, line: Int, words: String
  ) throws {
    let told = complaints(text(changes))
    let complaint = try #require(told.first { $0.name == name }, "\(told)")
    #expect(complaint.line == line && complaint.text.contains(words), "\(complaint)")
    #expect(!"\(complaint)".contains("\n"))
  }

  @Test func `a file without a description is no rule`() {
    #expect(complaints("BEGIN { exit(0); }").map(\.name) == [.noFrontMatter])
    #expect(complaints("/*---\nid: TST-001\n").map(\.name) == [.noFrontMatter])
  }

  @Test(
    arguments: [
      (RuleParameter.Kind.duration, "250ms", 250_000_000), (.duration, "1.5h", 5_400_000_000_000),
      (.duration, "14d", 1_209_600_000_000_000), (.size, "64KiB", 65_536), (.size, "20 MB", 20_000_000),
      (.size, "512", 512),
      (.ratio, "0.05", 50), (.ratio, "10", 10_000), (.integer, "100", 100),
    ] as [(RuleParameter.Kind, String, Int64)])
  func `numbers are read as people write them, and written so`(kind: RuleParameter.Kind, text: String, value: Int64) {
    #expect(kind.value(text) == value)
    #expect(kind.value(kind.written(value)) == value)
  }

  @Test(
    arguments: [
      (RuleParameter.Kind.duration, "30"), (.duration, "s"), (.duration, "-1s"), (.size, "1.5"), (.integer, "1.5"),
      (.ratio, "0.0005"), (.ratio, "5%"), (.integer, "99999999999999999999"), (.duration, "300000000000d"),
      (.ratio, "1."),
    ] as [(RuleParameter.Kind, String)])
  func `what is no such number is none`(kind: RuleParameter.Kind, text: String) { #expect(kind.value(text) == nil) }

  @Test func `a site sets what a rule declares, and nothing else`() throws {
    let parameters = "params: {window: {type: duration, default: 30s, min: 1s, max: 1h}}\n"
    let rule = try #require(Rule.reading(text(more: parameters), file: "TST-001.d", pack: "test").rule)
    func read(_ yaml: String) -> (RuleSettings?, [RuleComplaint]) {
      RuleSettings.reading(yaml, file: "site.yaml", rules: [rule])
    }
    let (settings, wrong) = read("TST-001: {params: {window: 1m}, severity: high}\n")
    #expect(wrong == [] && settings?[rule].parameters == ["window": 60_000_000_000])
    #expect(settings?[rule].severity == .high && settings?[rule].isEnabled == true)
    #expect(read("TST-001: {params: {window: 2h}}\n").1.map(\.name) == [.outOfBounds])
    #expect(read("TST-001: {params: {size: 2h}}\n").1.map(\.name) == [.unknownKey])
    #expect(read("TST-009: {enabled: false}\n").1.map(\.name) == [.unknownKey])
    #expect(read("TST-001: {text: x}\n").0 == nil)
  }
}

/// Findings that are alike.
struct GatheringTests {
  private let rule = Rule.reading(
    "/*---\nid: T\nversion: 1\ntitle: t\nstatus: test\nseverity: low\nconfidence: low\nrisk: 1\n"
      + "attack: {version: 18, techniques: []}\nneeds: {events: [], complete: false}\ndedup: {key: [process], for: 10s}\n"
      + "why: w\n---*/\n", file: "T.d", pack: "p"
  ).rule

  private func finding(_ pid: UInt32, second: Int64, _ event: UInt64) throws -> Finding {
    let time = Instant(nanoseconds: second * 1_000_000_000)
    var finding = Finding(rule: try #require(rule), sentence: "s", at: time, evidence: .event(event))
    finding.actor = Actor(process: ProcessID(pid: pid, start: 1))
    return finding
  }

  @Test func `the first is told, those like it are counted, and after its time it is told anew`() throws {
    var gathering = Gathering()
    #expect(gathering.take(try finding(1, second: 0, 1)).map(\.count) == [1])
    #expect(gathering.take(try finding(1, second: 5, 2)).isEmpty)
    #expect(gathering.take(try finding(2, second: 6, 3)).map(\.count) == [1])
    let later = gathering.take(try finding(1, second: 10, 4))
    #expect(later.map(\.count) == [2, 1] && later[0].evidence == [.event(1), .event(2)])
    #expect(gathering.finish().isEmpty)
  }

  @Test func `what came again is told at the end with its number`() throws {
    var gathering = Gathering()
    for event in 1...20 { _ = gathering.take(try finding(1, second: 0, UInt64(event))) }
    let rest = gathering.finish()
    #expect(rest.map(\.count) == [20] && rest[0].evidence.count == Finding.mostEvidence)
  }

  @Test func `more than the table holds push the oldest out, which is told with its number`() throws {
    var gathering = Gathering()
    _ = gathering.take(try finding(1, second: 0, 1))
    _ = gathering.take(try finding(1, second: 0, 2))
    var told: [Finding] = []
    for pid in 2...UInt32(Gathering.limit + 1) { told += gathering.take(try finding(pid, second: 1, 3)) }
    #expect(told.count == Gathering.limit + 1 && told.last(where: { $0.count == 2 })?.actor?.process.pid == 1)
  }
}
