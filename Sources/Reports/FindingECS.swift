import Events
package import Rules
import Time

/// A finding in the Elastic Common Schema (ECS 8.11 and later): one nested document in one line. What ECS has no field for is under
/// `culprit`.
package func findingECS(_ finding: Finding) -> String {
  var json = JSON()
  let rule = finding.rule
  json.object { json in
    json.string("@timestamp", utcText(nanoseconds: finding.first.nanoseconds))
    json.object("ecs") { $0.string("version", "8.11.0") }
    json.string("message", finding.sentence)
    json.object("event") { json in
      json.string("id", finding.uid)
      json.string("kind", "alert")
      json.strings("category", ["network", "process"])
      json.strings("type", ["info"])
      json.string("module", "culprit")
      json.string("dataset", "culprit.finding")
      json.string("code", rule.id)
      json.string("reason", finding.sentence)
      json.number("risk_score", rule.risk)
      json.number("severity", rule.severity.rank)
      json.string("start", utcText(nanoseconds: finding.first.nanoseconds))
      json.string("end", utcText(nanoseconds: finding.last.nanoseconds))
    }
    json.object("rule") { json in
      json.string("id", rule.id)
      json.string("name", rule.title)
      json.string("ruleset", rule.pack)
      json.string("version", rule.version)
      json.string("description", rule.why)
      if let reference = rule.references.first { json.string("reference", reference) }
    }
    if !rule.techniques.isEmpty { writeThreat(rule, to: &json) }
    if let actor = finding.actor { writeProcess(actor, finding, to: &json) }
    if let flow = finding.flow { writeNetwork(flow, to: &json) }
    json.object("culprit") { json in
      json.number("count", finding.count)
      json.string("severity", rule.severity.rawValue)
      json.string("confidence", rule.confidence.rawValue)
      json.string("rule_hash", rule.hash)
      finding.writeEvidence(to: &json)
      finding.writeParameters(to: &json)
      json.string("suppressed_by", finding.suppressedBy)
      if let owner = finding.owner { owner.write(to: &json, as: "attribution") }
    }
  }
  return json.text + "\n"
}

/// ECS has techniques and, beside them, sub-techniques.
private func writeThreat(_ rule: Rule, to json: inout JSON) {
  let whole = rule.techniques.map { String($0.prefix { $0 != "." }) }
  let parts = rule.techniques.filter { $0.contains(".") }
  json.object("threat") { json in
    json.string("framework", "MITRE ATT&CK")
    json.object("technique") { json in
      json.strings("id", whole.unique)
      if !parts.isEmpty { json.object("subtechnique") { $0.strings("id", parts) } }
    }
  }
}

private func writeProcess(_ actor: Actor, _ finding: Finding, to json: inout JSON) {
  json.object("process") { json in
    json.string("entity_id", actor.entityID)
    json.number("pid", actor.process.pid)
    json.string("name", printable(actor.command))
    if !finding.program.isEmpty { json.string("executable", printable(finding.program)) }
    if !finding.arguments.isEmpty {
      json.strings("args", finding.arguments.map(printable))
      json.number("args_count", finding.arguments.count)
      json.string("command_line", commandLine(finding.arguments))
    }
    json.object("parent") { $0.number("pid", actor.parent) }
    if !finding.origin.digest.isEmpty {
      json.object("hash") { $0.string("sha256", hexadecimal(finding.origin.digest)) }
    }
  }
  if let package = finding.origin.package { json.object("package") { $0.string("name", package) } }
  if let container = finding.origin.container {
    json.object("container") { json in
      json.string("id", container)
      if let image = finding.origin.image {
        json.object("image") { json in json.object("hash") { $0.strings("all", [image]) } }
      }
    }
  }
  json.object("user") { $0.string("id", "\(actor.user)") }
}

private func writeNetwork(_ flow: FlowKey, to json: inout JSON) {
  for (name, endpoint) in [("source", flow.source), ("destination", flow.destination)] {
    json.object(name) { json in
      json.string("ip", endpoint.address.description)
      json.number("port", endpoint.port)
    }
  }
  json.object("network") { json in
    json.string("transport", protocolName(flow.proto))
    json.string("iana_number", "\(flow.proto)")
    json.string("type", flow.destination.address.version == 6 ? "ipv6" : "ipv4")
    json.string("community_id", communityID(flow))
  }
}
