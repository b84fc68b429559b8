/// The doctor's findings for people and for programs.
package struct Diagnosis: Sendable {
  /// One thing that was tried.
  package struct Finding: Sendable {
    package enum Weight: String, Sendable { case needed, wanted, addition }
    package var name: String
    /// What it serves.
    package var use: String
    package var weight: Weight
    /// Why it is refused; nil when it works.
    package var refusal: String?
    package init(name: String, use: String, weight: Weight, refusal: String?) {
      self.name = name
      self.use = use
      self.weight = weight
      self.refusal = refusal
    }
  }

  private let kernel: String
  private let findings: [Finding]

  package init(kernel: String, _ findings: [Finding]) {
    self.kernel = kernel
    self.findings = findings
  }

  /// Whether anything can be traced live.
  package var canTrace: Bool { !findings.contains { $0.weight == .needed && $0.refusal != nil } }

  /// A verdict, the table, and what is lost.
  package var lines: [String] {
    var table = TextTable([("FEATURE", .left), ("STATE", .left), ("SERVES", .left)])
    for finding in findings { table.add([finding.name, finding.refusal == nil ? "yes" : "NO", finding.use]) }
    let refused = findings.filter { $0.refusal != nil }
    let costs = refused.map { finding in
      let cost = finding.weight == .addition ? "not needed; without it no \(finding.use)" : "costs \(finding.use)"
      return "\(finding.name): \(finding.refusal ?? ""): \(cost)"
    }
    return [verdict, ""] + table.lines + (costs.isEmpty ? [] : [""] + costs)
  }

  private var verdict: String {
    if !canTrace { return "\(kernel): live tracing is not possible; recordings and captures can be read (-r)" }
    let missing = findings.count { $0.weight == .wanted && $0.refusal != nil }
    return missing == 0
      ? "\(kernel): everything that is needed and wanted works"
      : "\(kernel): live tracing works; \(missing) features are missing, and some answers with them"
  }

  package var json: String {
    var json = JSON()
    json.object { json in
      json.string("kernel", kernel)
      json.bool("live", canTrace)
      json.array("features") { json in
        for finding in findings {
          json.object { json in
            json.string("name", finding.name)
            json.string("weight", finding.weight.rawValue)
            json.bool("allowed", finding.refusal == nil)
            json.string("use", finding.use)
            json.string("refusal", finding.refusal)
          }
        }
      }
    }
    return json.text
  }
}
