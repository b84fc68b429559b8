/// What is counted, in Prometheus' text exposition format, version 0.0.4.
///
///     # HELP culprit_findings_total Findings, those that are alike once.
///     # TYPE culprit_findings_total counter
///     culprit_findings_total{rule="SNF-001",severity="low"} 3
package struct PrometheusText: Sendable {
  package enum Kind: String, Sendable { case counter, gauge }

  package private(set) var text = ""
  package init() {}

  /// One family: a counter's name ends in `_total`.
  /// - Parameter samples: each with its labels; a family without any is left out.
  package mutating func family(
    _ name: String, _ kind: Kind, _ help: String,
    _ samples: [(labels: [(String, String)], value: some CustomStringConvertible)]
  ) {
    guard !samples.isEmpty else { return }
    text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
    for (labels, value) in samples {
      text += name
      if !labels.isEmpty { text += "{" + labels.map { "\($0)=\"\(escaped($1))\"" }.joined(separator: ",") + "}" }
      text += " \(value)\n"
    }
  }

  /// A family of one sample without labels.
  package mutating func family(_ name: String, _ kind: Kind, _ help: String, _ value: UInt64) {
    family(name, kind, help, [([], value)])
  }

  private func escaped(_ value: String) -> String {
    var text = ""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\\": text += "\\\\"
      case "\"": text += "\\\""
      case "\n": text += "\\n"
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text
  }
}
