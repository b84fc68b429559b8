import Foundation
import Support
import Testing

/// A Python that has jsonschema with draft 2020-12: a machine may have several.
private let python = ["python3", "/usr/bin/python3"].first { python in
  let child = try? Child([python, "-c", "from jsonschema import Draft202012Validator"])
  return child?.wait() == .exited(0)
}

/// `docs/finding.schema.json` is true: it takes what is written, and nothing else.
@Suite(.enabled(if: python != nil, "needs python3-jsonschema"))
struct FindingSchemaTests {
  private typealias Object = [String: Any]

  /// Every recording of this repository: those of the captures, and those that lie beside the rules.
  private func recordings() throws -> [String] {
    let find = try Child(["find", Lab.repository + "/captures", Lab.repository + "/rules", "-name", "*.pcapng*"])
    #expect(find.wait() == .exited(0))
    return find.output.sorted()
  }

  private func findings(in recordings: [String]) throws -> [String] {
    try recordings.flatMap { recording in
      let watch = try Child([Lab.program("culprit"), "watch", "-r", recording])
      _ = watch.wait(within: 60)
      return watch.output
    }
  }

  /// What does not fit, a line each that begins with the finding's number; and how it ended.
  private func check(_ lines: [String]) throws -> (problems: [String], end: Child.End) {
    let file = TemporaryFile()
    try (lines.joined(separator: "\n") + "\n").write(toFile: file.path, atomically: true, encoding: .utf8)
    let check = try Child([
      "sh", "-c", "exec \"$0\" \"$1\" json \"$2\" < \"$3\"", try #require(python),
      Lab.repository + "/Tests/Lab/schemas.py", Lab.repository + "/docs/finding.schema.json", file.path,
    ])
    let end = check.wait(within: 120)
    return (check.output, end)
  }

  @Test func `every finding of the shipped recordings holds against the schema`() throws {
    let recordings = try recordings()
    let findings = try findings(in: recordings)
    let run = try check(findings)
    #expect(recordings.count > 100 && run.end == .exited(0), "\(run.problems)")
    #expect(run.problems == ["json: \(findings.count) findings, 0 things that do not fit"])
  }

  @Test func `what a finding lacks, has too much or has wrong does not hold`() throws {
    let lines = try findings(in: recordings().filter { $0.contains("/EXF-005/tp-") })
    let whole = try #require(lines.last { $0.contains("\"network\"") && $0.contains("\"attribution\"") })
    let finding = try #require(try JSONSerialization.jsonObject(with: Data(whole.utf8)) as? Object)
    var broken: [(what: String, finding: Object)] = []
    let optional: Set = ["process", "network", "attribution"]
    for name in finding.keys where !optional.contains(name) {
      broken.append(("without \(name)", finding.setting(name, nil)))
    }
    for name in finding.keys where name != "params" {
      broken.append(("\(name) of a wrong type", finding.setting(name, ["of": "another type"])))
      guard let inner = finding[name] as? Object else { continue }
      broken.append(("\(name) with more", finding.setting(name, inner.setting("more", 1))))
      for member in inner.keys {
        broken.append(("\(name) without \(member)", finding.setting(name, inner.setting(member, nil))))
        broken.append(("\(name).\(member) a list of lists", finding.setting(name, inner.setting(member, [[1]]))))
      }
    }
    for (name, value) in Self.wrong { broken.append(("\(name) = \(value)", finding.setting(name, value))) }

    let texts = try broken.map {
      String(decoding: try JSONSerialization.data(withJSONObject: $0.finding), as: UTF8.self)
    }
    let run = try check(texts)
    #expect(run.end == .exited(1))
    for (index, one) in broken.enumerated() {
      #expect(run.problems.contains { $0.hasPrefix("line \(index + 1): ") }, "\(one.what) holds")
    }
  }

  private static let wrong: [(String, any Sendable)] = [
    ("type", "loss"), ("uid", "c7fd"), ("severity", "huge"), ("confidence", "none"), ("risk", 101), ("risk", -1),
    ("attack", ["T10"]), ("first", "2026-11-30"), ("count", 0), ("evidence", [String]()),
    ("evidence", [["packet": 1, "event": 2]]), ("evidence", [["packet": -1]]), ("evidence", [["frame": 1]]),
    ("evidence", [[String: Int]](repeating: ["event": 1], count: 9)), ("params", ["window": 30]), ("more", 1),
  ]
}

extension [String: Any] {
  /// The object with this member set or, when there is no value, without it.
  fileprivate func setting(_ name: String, _ value: Any?) -> Self {
    var object = self
    object[name] = value
    return object
  }
}
