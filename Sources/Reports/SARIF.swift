package import Rules

// SARIF 2.1.0 (OASIS, 27 March 2020): what is wrong with rules, and tests that failed, for those who read a program's complaints.

/// One result of a SARIF log.
package struct SARIFResult: Sendable {
  package enum Level: String, Sendable { case error, warning }
  /// Of what kind it is: `unknown-key`, or `test-failed`.
  package var rule: String
  package var level: Level
  package var text: String
  package var file: String
  /// From 1.
  package var line: Int
  package var column: Int

  package init(_ complaint: RuleComplaint) {
    rule = complaint.name.rawValue
    level = complaint.severity == .error ? .error : .warning
    text = complaint.text
    file = complaint.file
    line = max(1, complaint.line)
    column = max(1, complaint.column)
  }

  /// What is wrong with a rule's D text, as the compiler says it: `FILE:LINE:COLUMN: …` where it knows the place.
  package init(program problem: String, file: String) {
    rule = RuleComplaint.Name.notProgram.rawValue
    level = .error
    let first = problem.split(separator: "\n").first.map(String.init) ?? problem
    let parts = first.split(separator: ":", maxSplits: 3, omittingEmptySubsequences: false)
    let hasPlace = parts.count == 4 && Int(parts[1]) != nil && Int(parts[2]) != nil
    text = hasPlace ? String(parts[3].drop { $0 == " " }) : first
    self.file = file
    line = hasPlace ? max(1, Int(parts[1]) ?? 1) : 1
    column = hasPlace ? max(1, Int(parts[2]) ?? 1) : 1
  }

  /// What was not as a test expects it.
  package init(_ problem: String, of result: RuleTestResult) {
    rule = "test-failed"
    level = .error
    text = "\(result.title): \(problem)"
    file = result.test.folder + "/expect.yaml"
    line = 1
    column = 1
  }
}

/// A log of one run, as one JSON text.
package func sarif(_ results: [SARIFResult]) -> String {
  var json = JSON()
  var kinds: [String] = []
  for result in results where !kinds.contains(result.rule) { kinds.append(result.rule) }
  json.object { json in
    json.string("$schema", "https://json.schemastore.org/sarif-2.1.0.json")
    json.string("version", "2.1.0")
    json.array("runs") { json in
      json.object { json in
        json.object("tool") { json in
          json.object("driver") { json in
            json.string("name", "culprit")
            json.array("rules") { json in for kind in kinds { json.object { $0.string("id", kind) } } }
          }
        }
        json.array("results") { json in for result in results { write(result, to: &json) } }
      }
    }
  }
  return json.text + "\n"
}

private func write(_ result: SARIFResult, to json: inout JSON) {
  json.object { json in
    json.string("ruleId", result.rule)
    json.string("level", result.level.rawValue)
    json.object("message") { $0.string("text", result.text) }
    json.array("locations") { json in
      json.object { json in
        json.object("physicalLocation") { json in
          json.object("artifactLocation") { $0.string("uri", result.file) }
          json.object("region") { json in
            json.number("startLine", result.line)
            json.number("startColumn", result.column)
          }
        }
      }
    }
  }
}
