import Events
package import Rules
import Time

/// A finding as an alert of Suricata's EVE (its `etc/schema.json`), in one line, for what reads those: which process it was stands in
/// `alert.metadata`, where rules may say what they like.
package func findingEVE(_ finding: Finding) -> String {
  var json = JSON()
  let rule = finding.rule
  json.object { json in
    json.string("timestamp", utcText(nanoseconds: finding.first.nanoseconds, digits: 6, zone: "+0000"))
    json.string("event_type", "alert")
    if let flow = finding.flow {
      json.string("src_ip", flow.source.address.description)
      json.number("src_port", flow.source.port)
      json.string("dest_ip", flow.destination.address.description)
      json.number("dest_port", flow.destination.port)
      json.string("proto", protocolName(flow.proto).uppercased())
      json.number("ip_v", flow.destination.address.version == 6 ? 6 : 4)
      json.string("community_id", communityID(flow))
    }
    if case .packet(let number)? = finding.evidence.first { json.number("pcap_cnt", number) }
    json.object("alert") { json in
      json.string("action", "allowed")
      json.number("gid", 1)
      json.number("signature_id", rule.signatureID)
      json.number("rev", rule.revision)
      json.string("signature", "\(rule.id) \(rule.title)")
      json.string("category", rule.pack)
      json.number("severity", rule.severity.ofEVE)
      if !rule.references.isEmpty { json.strings("references", rule.references) }
      json.object("metadata") { json in
        json.strings("signature_severity", [rule.severity.rawValue])
        json.strings("culprit_rule", [rule.id])
        json.strings("uid", [finding.uid])
        json.strings("explain", [finding.sentence])
        json.strings("count", ["\(finding.count)"])
        if let exception = finding.suppressedBy { json.strings("suppressed_by", [exception]) }
        if !rule.techniques.isEmpty { json.strings("mitre_technique_id", rule.techniques) }
        if let actor = finding.actor {
          json.strings("process_entity_id", [actor.entityID])
          json.strings("process_pid", ["\(actor.process.pid)"])
          json.strings("process_name", [printable(actor.command)])
          if !finding.program.isEmpty { json.strings("process_executable", [printable(finding.program)]) }
          if !finding.origin.digest.isEmpty { json.strings("process_sha256", [hexadecimal(finding.origin.digest)]) }
          if let container = finding.origin.container { json.strings("container_id", [container]) }
        }
      }
    }
  }
  return json.text + "\n"
}

extension Rule {
  /// Of the range that Suricata leaves to local rules, 1,000,000 to 1,999,999: a thousand for the letters of the id, and its number.
  fileprivate var signatureID: Int {
    let letters = id.utf8.prefix { $0 != UInt8(ascii: "-") }
    let place = letters.reduce(0) { ($0 * 31 + Int($1)) % 1000 }
    return 1_000_000 + place * 1000 + (Int(id.drop { $0 != "-" }.dropFirst()) ?? 0) % 1000
  }

  /// The version's three parts as one number, which grows with it.
  fileprivate var revision: Int {
    version.split(separator: ".").prefix(3).reduce(0) { $0 * 100 + min(Int($1) ?? 0, 99) }
  }
}

extension Rule.Severity {
  /// From 1, the worst, to 4.
  fileprivate var ofEVE: Int {
    switch self {
    case .critical, .high: 1
    case .medium: 2
    case .low: 3
    case .informational: 4
    }
  }
}
