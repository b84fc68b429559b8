import Yams

/// What a site says of the rules: no text of theirs can be changed, only what they declare.
///
///     SNF-002: {params: {frames: 100}, severity: low}
///     EXF-008: {enabled: false}
package struct RuleSettings: Sendable, Equatable {
  package struct Setting: Sendable, Equatable {
    package var isEnabled = true
    package var severity: Rule.Severity?
    package var parameters: [String: Int64] = [:]
    package init() {}
  }
  package var byRule: [String: Setting] = [:]
  package init() {}

  package subscript(_ rule: Rule) -> Setting { byRule[rule.id] ?? Setting() }

  /// Reads a site's settings; nothing counts when something is wrong.
  package static func reading(_ text: String, file: String, rules: [Rule]) -> (RuleSettings?, [RuleComplaint]) {
    do {
      guard let node = try Yams.compose(yaml: text) else { return (RuleSettings(), []) }
      var reader = MappingReader(node, file: file, firstLine: 0)
      var settings = RuleSettings()
      for id in reader.names {
        guard let rule = rules.first(where: { $0.id == id }) else { continue }
        guard var one = reader.reader(id) else { continue }
        var setting = Setting()
        setting.isEnabled = one.flag("enabled", isNeeded: false) ?? true
        setting.severity = one.choice("severity", isNeeded: false)
        setting.parameters = one.values(of: rule)
        one.finish()
        reader.take(one)
        settings.byRule[id] = setting
      }
      // What is left are names of no rule.
      reader.finish()
      return (reader.complaints.isEmpty ? settings : nil, reader.complaints)
    } catch {
      return (nil, [Rule.complaint(error, file: file, firstLine: 0)])
    }
  }
}

extension MappingReader {
  /// What is said of the rule's parameters under `params`; what is not within their bounds is complained of.
  mutating func values(of rule: Rule) -> [String: Int64] {
    guard var values = reader("params", isNeeded: false) else { return [:] }
    var found: [String: Int64] = [:]
    for parameter in rule.parameters {
      guard let value = values.value(parameter.name, parameter.kind, isNeeded: false) else { continue }
      if (parameter.least...parameter.most).contains(value) {
        found[parameter.name] = value
      } else {
        let (least, most) = (parameter.kind.written(parameter.least), parameter.kind.written(parameter.most))
        values.complain(.outOfBounds, nil, "\(parameter.name) of \(rule.id) must be from \(least) to \(most)")
      }
    }
    values.finish()
    take(values)
    return found
  }
}
