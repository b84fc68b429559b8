import Events
package import Rules
import Time

/// How messages of syslog look.
package enum SyslogForm: Sendable {
  /// RFC 5424: what collectors read.
  case network
  /// That of syslog(3), for this machine's daemon: `<84>Nov 30 04:12:09 culprit[4711]: `. rsyslog (imuxsock), journald and syslog-ng read no
  /// other from /dev/log: they would take RFC 5424's header for text.
  case local
}

/// A finding as a message of syslog, without framing.
///
///     <84>1 2026-11-30T04:12:09.123456Z host culprit 4711 SNF-004 [culprit@32473 rule="SNF-004" risk="80" pid="812"] {"type":…
///
/// 32473 is the enterprise number that RFC 5612 leaves to examples: Culprit has none of its own. The facility is 10, security: arguments of
/// other people's programs are not for everybody to read.
/// The local form has the same words, behind the name.
/// - Parameters:
///   - line: what stands behind the header, the finding in some form.
///   - host: the machine's name; nil where nobody knows it.
///   - pid: the watcher's.
package func findingSyslog(
  _ finding: Finding, _ form: SyslogForm = .network, saying line: String, host: String?, pid: Int32
) -> String {
  let rule = finding.rule
  var text = "<\(10 * 8 + rule.severity.ofSyslog)>"
  switch form {
  case .network:
    text += "1 " + utcText(nanoseconds: finding.first.nanoseconds, digits: 6)
    text += " \(word(host ?? "", most: 255)) culprit \(pid) "
  case .local: text += "\(localText(finding.first)) culprit[\(pid)]: "
  }
  text += "\(word(rule.id, most: 32)) [culprit@32473"
  func say(_ name: String, _ value: String) { text += " \(name)=\"\(value.quoted)\"" }
  say("uid", finding.uid)
  say("rule", rule.id)
  say("version", rule.version)
  say("severity", rule.severity.rawValue)
  say("confidence", rule.confidence.rawValue)
  say("risk", "\(rule.risk)")
  say("count", "\(finding.count)")
  if let actor = finding.actor {
    say("pid", "\(actor.process.pid)")
    say("uid_of_process", "\(actor.user)")
    say("comm", printable(actor.command))
    if !finding.program.isEmpty { say("exe", printable(finding.program)) }
  }
  if let flow = finding.flow {
    say("src", "\(flow.source)")
    say("dst", "\(flow.destination)")
    say("proto", protocolName(flow.proto))
  }
  return text + "] " + line
}

/// `Nov 30 04:12:09`, as the machine's clock shows it; a day of one digit has a blank in front (RFC 3164 section 4.1.2).
private func localText(_ time: Instant) -> String {
  let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
  guard let local = LocalTime(seconds: time.nanoseconds / 1_000_000_000) else { return "Jan  1 00:00:00" }
  func two(_ number: Int, _ fill: String) -> String { (number < 10 ? fill : "") + "\(number)" }
  return "\(months[local.month]) \(two(local.day, " ")) "
    + [local.hour, local.minute, local.second].map { two($0, "0") }.joined(separator: ":")
}

/// PRINTUSASCII, or `-` for nothing (RFC 5424 section 6.2).
private func word(_ text: String, most: Int) -> String {
  let characters = text.unicodeScalars.filter { (0x21...0x7e).contains($0.value) }.prefix(most)
  return characters.isEmpty ? "-" : String(String.UnicodeScalarView(characters))
}

extension String {
  /// RFC 5424 section 6.3.3: three characters are escaped in a value, and a line stays one.
  fileprivate var quoted: String {
    var text = ""
    for scalar in unicodeScalars {
      switch scalar {
      case "\"", "\\", "]": text += "\\\(scalar)"
      case "\n": text += " "
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text
  }
}

extension Rule.Severity {
  /// RFC 5424 table 2: critical, error, warning, notice, informational.
  fileprivate var ofSyslog: Int {
    switch self {
    case .critical: 2
    case .high: 3
    case .medium: 4
    case .low: 5
    case .informational: 6
    }
  }
}
