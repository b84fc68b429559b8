package import Rules

/// A table of exceptions for a terminal, and the records of those that hide no attack, to be filled in.
/// - Parameter expires: the day that the records are given, `2027-03-01`.
package func tuningText(_ tuning: Tuning, expires: String, writesRecords: Bool) -> String {
  var table = TextTable([("HIDES", .right), ("ATTACKS HIDDEN", .right), ("EXCEPTION", .left)])
  for row in tuning.rows {
    table.add([
      "\(row.hides) of \(tuning.findings)", "\(row.attacks.count) of \(tuning.attacks)",
      "\(row.exception.name) \(row.exception.condition.yaml)",
    ])
  }
  var text = tuning.rows.isEmpty ? "" : table.lines.map { $0 + "\n" }.joined()
  for row in tuning.rows where !row.attacks.isEmpty {
    text += "\n\(row.exception.name) hides \(row.attacks.joined(separator: ", "))\n"
  }
  guard writesRecords else { return text }
  for row in tuning.rows where row.attacks.isEmpty {
    text += "\n" + row.exception.yamlToFill(expires: expires)
  }
  return text
}

/// The same as one JSON object in one line.
package func tuningJSON(_ tuning: Tuning) -> String {
  var json = JSON()
  json.object { json in
    json.string("rule", tuning.rule.id)
    json.number("findings", tuning.findings)
    json.number("attacks", tuning.attacks)
    json.array("exceptions") { json in
      for row in tuning.rows {
        json.object { json in
          json.string("name", row.exception.name)
          json.string("where", row.exception.condition.yaml)
          json.number("hides", row.hides)
          json.array("attacks_hidden") { json in for name in row.attacks { json.string(nil, name) } }
        }
      }
    }
  }
  return json.text + "\n"
}
