import Events
import Foundation
import Rules
import Support
import Testing

/// What a site does not want to hear of.
struct ExceptionReadingTests {
  private static let rule = Rule.reading(
    Rule.template(id: "TST-001", title: "A test"), file: "rules/test/TST-001.d", pack: "test"
  ).rule
  private let now = Instant(nanoseconds: 1_780_000_000_000_000_000)

  private func read(_ text: String) throws -> (exceptions: RuleExceptions?, complaints: [RuleComplaint]) {
    RuleExceptions.reading(text, file: "exceptions.yaml", rules: [try #require(Self.rule)], at: now)
  }

  private func text(_ place: String, _ more: String = "expires: 2027-03-01", rule: String = "TST-001") -> String {
    "agent:\n  rule: \(rule)\n  where: \(place)\n  reason: because\n  owner: somebody@example.org\n  \(more)\n"
  }

  private let digest = String(repeating: "0a", count: 32)

  @Test func `an exception says whom it hides, why, for whom and how long`() throws {
    let (read, complaints) = try read(
      text("{exe: /opt/agent, sha256: \(digest), destination: [10.1.0.0/16, '2001:db8::/32'], port: 443, uid: [0, 7]}"))
    #expect(complaints == [])
    let exception = try #require(read?.accounts.first?.exception)
    #expect(exception.name == "agent" && exception.rules == ["TST-001"] && exception.owner == "somebody@example.org")
    #expect(exception.condition.digests == [[UInt8](repeating: 10, count: 32)])
    // 2027-03-01, by date(1).
    #expect(exception.expires == Instant(nanoseconds: 1_803_859_200_000_000_000))
    #expect(
      exception.condition.yaml
        == "{exe: /opt/agent, sha256: \(digest), destination: [10.1.0.0/16, '2001:db8::/32'], port: 443, uid: [0, 7]}")
  }

  @Test(arguments: [
    ("{comm: agent}", RuleComplaint.Name.unknownKey), ("{exe: agent}", .badName), ("{exe: /opt/agent}", .nameAlone),
    ("{exe: /tmp/agent, destination: 10.1.0.0/16}", .nameAlone), ("{uid: 0, port: 443}", .nameAlone),
    ("{destination: 10.1.0.1/16}", .wrongType), ("{destination: backup.example.org}", .wrongType),
    ("{sha256: 0a0b}", .wrongType), ("{container: 0a0b}", .wrongType),
    ("{port: 70000, destination: 10.1.0.1}", .outOfBounds),
    ("{}", .nameAlone), ("all", .wrongType),
  ])
  func `what anybody can call himself is no ground for an exception`(place: String, name: RuleComplaint.Name) throws {
    let (read, complaints) = try read(text(place))
    #expect(read == nil && complaints.map(\.name).contains(name), "\(complaints)")
    #expect(complaints.allSatisfy { !$0.text.contains("\n") && $0.line >= 1 })
  }

  @Test func `one for a rule that is not there, and a day that is none, are refused`() throws {
    #expect(try read(text("{destination: 10.1.0.1}", rule: "TST-002")).complaints.map(\.name) == [.unknownKey])
    for day in ["2027-02-29", "2027-13-01", "1.3.2027", "tomorrow"] {
      #expect(
        try read(text("{destination: 10.1.0.1}", "expires: \(day)")).complaints.map(\.name) == [.wrongType], "\(day)")
    }
    #expect(try read(text("{destination: 10.1.0.1}", "expires: 2028-02-29")).complaints == [])
  }

  @Test func `one that has expired is told of, hides nothing, and counts what it would have hidden`() throws {
    let (read, complaints) = try read(text("{destination: 10.1.0.1}", "expires: 2026-05-01"))
    #expect(complaints.map(\.name) == [.expired] && complaints.map(\.severity) == [.warning])
    var exceptions = try #require(read)
    var finding = Finding(
      rule: try #require(Self.rule), sentence: "here", at: Instant(nanoseconds: 5), evidence: .event(1))
    finding.flow = FlowKey(
      source: .none, destination: Endpoint(Address(v4: 0x0a01_0001), 443), proto: 6)
    #expect(exceptions.hide(finding, at: now) == nil)
    #expect(exceptions.accounts[0].expired == 1 && exceptions.accounts[0].count == 0)
    // It still held the day before.
    #expect(exceptions.hide(finding, at: Instant(nanoseconds: 1_777_500_000_000_000_000)) == "agent")
    #expect(exceptions.accounts[0].hidden == ["TST-001": 1] && exceptions.accounts[0].last == finding.last)
  }

  @Test func `what is not known of a program is not as an exception wants it`() throws {
    var finding = Finding(
      rule: try #require(Self.rule), sentence: "here", at: Instant(nanoseconds: 5), evidence: .event(1))
    finding.program = Array("/opt/agent".utf8)
    let texts = [
      "{sha256: \(digest)}", "{package: agent}", "{unit: agent.service}", "{image: 'sha256:0a0a0a0a0a0a'}",
      "{container: 0a0a0a0a0a0a}",
    ]
    for place in texts {
      var exceptions = try #require(try read(text(place)).exceptions, "\(place)")
      #expect(exceptions.hide(finding, at: now) == nil, "\(place)")
    }
    finding.origin.digest = [UInt8](repeating: 10, count: 32)
    finding.origin.package = "agent"
    finding.origin.unit = "agent.service"
    finding.origin.container = digest
    finding.origin.image = "sha256:" + digest
    for place in texts {
      var exceptions = try #require(try read(text(place)).exceptions)
      #expect(exceptions.hide(finding, at: now) == "agent", "\(place)")
    }
  }
}

/// Exceptions at work, as `culprit watch` and `culprit rules tune` have them.
struct ExceptionCommandTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/../.."
  private let srg = root + "/captures/srg.pcapng"

  private func culprit(_ arguments: [String]) throws -> (output: [String], errors: [String], end: Child.End) {
    let child = try Child([Lab.program("culprit")] + arguments)
    let end = child.wait(within: 60)
    return (child.output, child.errors, end)
  }

  private func exceptions(_ place: String, rules: String, expires: String = "2100-01-01") -> TemporaryFile {
    let file = TemporaryFile()
    let text =
      "srg:\n  rule: [\(rules)]\n  where: \(place)\n  reason: it is ours\n  owner: us\n  expires: \(expires)\n"
    try? text.write(toFile: file.path, atomically: true, encoding: .utf8)
    return file
  }

  @Test func `what an exception hides is counted, and told when that is asked for`() throws {
    let plain = try culprit(["watch", "-r", srg, "--format", "text"])
    let file = exceptions("{destination: 10.200.1.0/24}", rules: "SNF-004")
    let hidden = try culprit(["watch", "-r", srg, "--format", "text", "--exceptions", file.path])
    let others = plain.output.filter { !$0.contains("SNF-004") }
    #expect(hidden.output == others && others.count < plain.output.count && hidden.end == .exited(1))
    #expect(
      hidden.errors.contains { $0.contains("exception srg hid") && $0.contains("of SNF-004") }, "\(hidden.errors)")
    let told = try culprit(["watch", "-r", srg, "--exceptions", file.path, "--suppressed"])
    let suppressed = told.output.filter { $0.contains(#""suppressed_by":"srg""#) }
    #expect(!suppressed.isEmpty && suppressed.allSatisfy { $0.contains(#""id":"SNF-004""#) })
  }

  @Test func `when all is hidden nothing was found`() throws {
    let pack = try TemporaryFolder()
    let rule = try String(contentsOfFile: Self.root + "/rules/sniffers/SNF-004.d", encoding: .utf8)
    try Rule.write(rule, named: "SNF-004.d", in: pack.path)
    let file = exceptions("{destination: 10.200.1.2, port: 7000}", rules: "SNF-004")
    let command = ["watch", "-r", srg, "--rules", pack.path, "--exceptions", file.path]
    #expect(try culprit(command).end == .exited(0))
    let expired = exceptions("{destination: 10.200.1.2, port: 7000}", rules: "SNF-004", expires: "2026-01-01")
    let late = try culprit(["watch", "-r", srg, "--rules", pack.path, "--exceptions", expired.path])
    #expect(late.end == .exited(1) && late.errors.contains { $0.contains("[expired]") }, "\(late.errors)")
  }

  @Test func `the executable's digest, which the recording has, is ground enough`() throws {
    let findings = try culprit(["watch", "-r", srg]).output.map {
      try JSONSerialization.jsonObject(with: Data($0.utf8))
    }
    let digests = Set(
      findings.compactMap { (($0 as? [String: Any])?["process"] as? [String: Any])?["sha256"] as? String })
    #expect(digests.count == 1)
    let file = exceptions("{sha256: \(digests.first ?? "")}", rules: "SNF-001, SNF-002, SNF-003, SNF-004")
    let hidden = try culprit(["watch", "-r", srg, "--format", "text", "--exceptions", file.path])
    #expect(!hidden.output.contains { $0.contains(" srg[") && $0.contains("SNF-00") }, "\(hidden.output)")
  }

  @Test func `tune shows what an exception hides of the findings and of the attacks`() throws {
    let recording = Self.root + "/rules/sniffers/tests/SNF-004/tp-tcpdump-nc/recording.pcapng.gz"
    let command = ["rules", "tune", "SNF-004", "-r", recording, "--rules", Self.root + "/rules/sniffers"]
    let proposed = try culprit(command + ["--json"])
    #expect(proposed.end == .exited(0), "\(proposed.errors)")
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data((proposed.output.first ?? "").utf8)) as? [String: Any])
    let rows = try #require(object["exceptions"] as? [[String: Any]])
    let findings = try #require(object["findings"] as? Int)
    #expect(findings > 0 && !rows.isEmpty && rows.allSatisfy { ($0["hides"] as? Int ?? 0) <= findings })
    // The recording is one of the rule's own attacks, and so hidden by whatever hides all of its findings.
    for row in rows where row["hides"] as? Int == findings {
      #expect((row["attacks_hidden"] as? [String])?.contains("tp-tcpdump-nc") == true, "\(row)")
    }
    let wide = exceptions("{destination: 0.0.0.0/0}", rules: "SNF-004")
    let tried = try culprit(command + ["--exceptions", wide.path])
    #expect(tried.end == .exited(1), "an exception that hides attacks is told of")
    #expect(tried.output.contains { $0.contains("srg hides") && $0.contains("tp-tcpdump-nc") }, "\(tried.output)")
    let far = exceptions("{destination: 192.0.2.0/24}", rules: "SNF-004")
    #expect(try culprit(command + ["--exceptions", far.path]).end == .exited(0))
  }

  @Test func `a new rule runs as it is, and does not take the place of one that is there`() throws {
    let folder = try TemporaryFolder()
    let pack = folder.path + "/site"
    let made = try culprit(["rules", "new", "SITE-001", "--rules", pack, "--title", "It's ours"])
    #expect(made.end == .exited(0) && made.output == [pack + "/SITE-001.d"], "\(made)")
    let lint = try culprit(["rules", "lint", "--rules", pack])
    #expect(lint.end == .exited(0) && lint.output == [], "\(lint)")
    #expect(try culprit(["rules", "new", "SITE-002", "--rules", pack]).end == .exited(0))
    let again = try culprit(["rules", "new", "SITE-001", "--rules", pack])
    #expect(again.end == .exited(2) && again.errors.count == 1, "\(again)")
    #expect(try culprit(["rules", "new", "rule", "--rules", pack]).end == .exited(2))
    let settings = TemporaryFile()
    try "SITE-001: {params: {port: 7000}}\n".write(toFile: settings.path, atomically: true, encoding: .utf8)
    // srg had connected before the recording began.
    let seen = try culprit(["watch", "-r", srg, "--rules", pack, "--settings", settings.path, "--format", "text"])
    #expect(seen.end == .exited(0) && seen.output == [], "\(seen)")
  }
}

extension Rule {
  /// A pack of one rule.
  fileprivate static func write(_ text: String, named name: String, in folder: String) throws {
    try text.write(toFile: folder + "/" + name, atomically: true, encoding: .utf8)
    try RulePack.template(name: "test").write(toFile: folder + "/pack.yaml", atomically: true, encoding: .utf8)
  }
}
