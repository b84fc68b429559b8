import Events
package import Rules
import Time

/// A finding as a message of Slack's incoming webhooks, in one line, in blocks (Slack's "Block Kit" reference: a header has at most 150 characters, a
/// section's text 3,000, a field 2,000), and as plain text for notifications. Mattermost and Rocket.Chat read the text.
package func findingSlack(_ finding: Finding) -> String {
  let rule = finding.rule
  let title = "\(rule.severity.rawValue) \(rule.id): \(rule.title)"
  var fields: [(String, String)] = []
  if let actor = finding.actor { fields.append(("Process", "\(printable(actor.command))[\(actor.process.pid)]")) }
  if !finding.program.isEmpty { fields.append(("Program", printable(finding.program))) }
  if let flow = finding.flow { fields.append(("Conversation", "\(flow.source) > \(flow.destination)")) }
  if let container = finding.origin.container { fields.append(("Container", String(container.prefix(12)))) }
  fields.append(("Since", utcText(nanoseconds: finding.first.nanoseconds, digits: 3, zone: "Z")))
  if finding.count > 1 { fields.append(("Times", "\(finding.count)")) }
  if let exception = finding.suppressedBy { fields.append(("Suppressed by", exception)) }
  var json = JSON()
  json.object { json in
    json.string("text", title.escaped + ": " + finding.sentence.cut(2500).escaped)
    json.array("blocks") { json in
      json.object { json in
        json.string("type", "header")
        json.object("text") { json in
          json.string("type", "plain_text")
          json.string("text", title.cut(150))
        }
      }
      json.object { json in
        json.string("type", "section")
        json.object("text") { $0.markdown(finding.sentence.cut(2500).escaped) }
        json.array("fields") { json in
          for (name, value) in fields {
            json.object { $0.markdown("*\(name)*\n\(value.cut(1500).escaped)") }
          }
        }
      }
      json.object { json in
        json.string("type", "context")
        json.array("elements") { json in
          json.object { $0.markdown("\(rule.id) \(rule.version), \(finding.uid)") }
        }
      }
    }
  }
  return json.text + "\n"
}

extension JSON {
  fileprivate mutating func markdown(_ text: String) {
    string("type", "mrkdwn")
    string("text", text)
  }
}

extension String {
  /// No longer than so many characters.
  fileprivate func cut(_ limit: Int) -> String { count > limit ? prefix(limit - 1) + "…" : self }

  /// With the characters escaped that Slack takes for its own.
  fileprivate var escaped: String {
    replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
  }
}
