package import Rules

/// A rule as one JSON object in one line.
package func ruleJSON(_ rule: Rule) -> String {
  var json = JSON()
  func list(_ name: String, _ texts: [String], _ json: inout JSON) {
    json.array(name) { json in for text in texts { json.string(nil, text) } }
  }
  json.object { json in
    json.string("id", rule.id)
    json.string("version", rule.version)
    json.string("title", rule.title)
    json.string("pack", rule.pack)
    json.string("status", rule.status.rawValue)
    json.string("severity", rule.severity.rawValue)
    json.string("confidence", rule.confidence.rawValue)
    json.number("risk", rule.risk)
    json.object("attack") { json in
      json.number("version", rule.attackVersion)
      list("techniques", rule.techniques, &json)
    }
    json.object("params") { json in
      for parameter in rule.parameters {
        json.object(parameter.name) { json in
          json.string("type", parameter.kind.rawValue)
          json.string("default", parameter.kind.written(parameter.value))
          json.string("min", parameter.kind.written(parameter.least))
          json.string("max", parameter.kind.written(parameter.most))
        }
      }
    }
    if let need = rule.neededHistory() { json.string("history", RuleParameter.Kind.duration.written(need)) }
    json.string("why", rule.why)
    list("triage", rule.triage, &json)
    list("false_positives", rule.falsePositives, &json)
    list("blind_spots", rule.blindSpots, &json)
    list("references", rule.references, &json)
    json.string("sha256", rule.hash)
  }
  return json.text + "\n"
}
