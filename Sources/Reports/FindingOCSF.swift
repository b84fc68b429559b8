import Events
package import Rules

/// A finding as a Detection Finding of OCSF (class 2004, schema 1.4 and later), in one line. Times are milliseconds since 1970; what OCSF has
/// no place for is under `unmapped`.
package func findingOCSF(_ finding: Finding) -> String {
  var json = JSON()
  let rule = finding.rule
  // A finding is told once more when others like it have come.
  let activity = finding.count > 1 ? 2 : 1
  json.object { json in
    json.number("class_uid", 2004)
    json.number("category_uid", 2)
    json.number("activity_id", activity)
    json.number("type_uid", 200_400 + activity)
    json.number("time", finding.first.milliseconds)
    json.number("start_time", finding.first.milliseconds)
    json.number("end_time", finding.last.milliseconds)
    json.number("count", finding.count)
    json.number("severity_id", rule.severity.rank + 1)
    // New, or suppressed.
    json.number("status_id", finding.suppressedBy == nil ? 1 : 3)
    json.number("confidence_id", rule.confidence.ofOCSF)
    json.number("risk_score", rule.risk)
    json.bool("is_alert", true)
    json.string("message", finding.sentence)
    json.object("metadata") { json in
      json.string("version", "1.4.0")
      json.string("log_name", rule.pack)
      json.object("product") { json in
        json.string("name", "Culprit")
        json.string("vendor_name", "Culprit")
      }
    }
    json.object("finding_info") { json in
      json.string("uid", finding.uid)
      json.string("title", rule.title)
      json.string("desc", finding.sentence)
      json.number("created_time", finding.first.milliseconds)
      json.number("first_seen_time", finding.first.milliseconds)
      json.number("last_seen_time", finding.last.milliseconds)
      json.object("analytic") { json in
        json.number("type_id", 1)
        json.string("uid", rule.id)
        json.string("name", rule.title)
        json.string("version", rule.version)
        json.string("category", rule.pack)
      }
      if !rule.techniques.isEmpty {
        json.array("attacks") { json in for technique in rule.techniques { writeAttack(technique, rule, to: &json) } }
      }
    }
    if finding.actor != nil || finding.flow != nil {
      json.array("evidences") { json in json.object { writeEvidence(finding, to: &$0) } }
    }
    json.object("unmapped") { json in
      json.string("rule_hash", rule.hash)
      finding.writeEvidence(to: &json)
      finding.writeParameters(to: &json)
      json.string("suppressed_by", finding.suppressedBy)
      if let owner = finding.owner { owner.write(to: &json, as: "attribution") }
    }
  }
  return json.text + "\n"
}

private func writeAttack(_ technique: String, _ rule: Rule, to json: inout JSON) {
  json.object { json in
    json.string("version", "\(rule.attackVersion)")
    json.object("technique") { $0.string("uid", String(technique.prefix { $0 != "." })) }
    if technique.contains(".") { json.object("sub_technique") { $0.string("uid", technique) } }
  }
}

private func writeEvidence(_ finding: Finding, to json: inout JSON) {
  if let actor = finding.actor {
    json.object("process") { json in
      json.number("pid", actor.process.pid)
      json.string("uid", actor.entityID)
      json.string("name", printable(actor.command))
      if !finding.arguments.isEmpty { json.string("cmd_line", commandLine(finding.arguments)) }
      if !finding.program.isEmpty {
        json.object("file") { json in
          let path = printable(finding.program)
          json.string("name", path.split(separator: "/").last.map(String.init) ?? path)
          json.string("path", path)
          json.number("type_id", 1)
          if !finding.origin.digest.isEmpty {
            json.array("hashes") { json in
              json.object { json in
                json.number("algorithm_id", 3)
                json.string("algorithm", "SHA-256")
                json.string("value", hexadecimal(finding.origin.digest))
              }
            }
          }
        }
      }
      json.object("user") { $0.string("uid", "\(actor.user)") }
      if actor.parent != 0 { json.object("parent_process") { $0.number("pid", actor.parent) } }
    }
  }
  guard let flow = finding.flow else { return }
  for (name, endpoint) in [("src_endpoint", flow.source), ("dst_endpoint", flow.destination)] {
    json.object(name) { json in
      json.string("ip", endpoint.address.description)
      json.number("port", endpoint.port)
    }
  }
  json.object("connection_info") { json in
    // From the process' end, so that its own packets are outbound.
    json.number("direction_id", finding.actor == nil ? 0 : 2)
    json.number("protocol_num", flow.proto)
    json.string("protocol_name", protocolName(flow.proto))
    json.number("protocol_ver_id", flow.destination.address.version == 6 ? 6 : 4)
    json.string("community_uid", communityID(flow))
  }
}

extension Instant {
  fileprivate var milliseconds: Int64 { nanoseconds / 1_000_000 }
}

extension Rule.Confidence {
  fileprivate var ofOCSF: Int {
    switch self {
    case .low: 1
    case .medium: 2
    case .high: 3
    }
  }
}
