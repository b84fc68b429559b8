import Crypto
package import Events
package import Rules

/// A finding as one JSON object in one line: Culprit's own form (docs/finding.schema.json).
package func findingJSON(_ finding: Finding) -> String {
  var json = JSON()
  json.object { json in
    json.string("type", "finding")
    json.string("uid", finding.uid)
    json.object("rule") { json in
      json.string("id", finding.rule.id)
      json.string("version", finding.rule.version)
      json.string("hash", finding.rule.hash)
      json.string("title", finding.rule.title)
      json.string("pack", finding.rule.pack)
      json.string("status", finding.rule.status.rawValue)
    }
    json.string("severity", finding.rule.severity.rawValue)
    json.string("confidence", finding.rule.confidence.rawValue)
    json.number("risk", finding.rule.risk)
    json.array("attack") { json in for technique in finding.rule.techniques { json.string(nil, technique) } }
    json.string("explain", finding.sentence)
    json.seconds("first", nanoseconds: finding.first.nanoseconds)
    json.seconds("last", nanoseconds: finding.last.nanoseconds)
    json.number("count", finding.count)
    if let actor = finding.actor { write(actor, finding, to: &json) }
    if let flow = finding.flow { write(flow, to: &json) }
    if let owner = finding.owner { owner.write(to: &json, as: "attribution") }
    finding.writeEvidence(to: &json)
    finding.writeParameters(to: &json)
    json.string("suppressed_by", finding.suppressedBy)
  }
  return json.text + "\n"
}

private func write(_ actor: Actor, _ finding: Finding, to json: inout JSON) {
  json.object("process") { json in
    json.string("entity_id", actor.entityID)
    json.number("pid", actor.process.pid)
    json.number("start", actor.process.start)
    json.number("parent", actor.parent)
    json.number("uid", actor.user)
    json.string("comm", printable(actor.command))
    json.string("exe", finding.program.isEmpty ? nil : printable(finding.program))
    json.array("args") { json in for argument in finding.arguments { json.string(nil, printable(argument)) } }
    json.string("sha256", finding.origin.digest.isEmpty ? nil : hexadecimal(finding.origin.digest))
    json.string("package", finding.origin.package)
    json.string("unit", finding.origin.unit)
  }
  guard let container = finding.origin.container else { return }
  json.object("container") { json in
    json.string("id", container)
    json.string("image", finding.origin.image)
  }
}

private func write(_ flow: FlowKey, to json: inout JSON) {
  json.object("network") { json in
    json.string("proto", protocolName(flow.proto))
    json.string("src", flow.source.address.description)
    json.number("sport", flow.source.port)
    json.string("dst", flow.destination.address.description)
    json.number("dport", flow.destination.port)
    json.string("community_id", communityID(flow))
  }
}

extension Finding {
  /// The same for a finding and for what is told of it later: 32 hexadecimal digits.
  package var uid: String {
    digest([rule.hash, "\(first.nanoseconds)", sentence] + sameness)
  }
}

extension Actor {
  /// One process on one machine's one run: pids are used again, its start is not. 32 hexadecimal digits.
  package var entityID: String { digest(["\(process.pid)", "\(process.start)"]) }
}

private func digest(_ parts: [String]) -> String {
  var hash = SHA256()
  for part in parts { hash.update(data: Array(part.utf8) + [0]) }
  return hexadecimal(hash.finalize().prefix(16))
}
