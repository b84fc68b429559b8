/// What a program relies on, as `dtrace -v` tells it.
package struct StabilityReport: Sendable, Hashable {
  /// The least of what the clauses' probe descriptions rely on.
  package var descriptions: Attributes
  /// The least of what their statements and predicates rely on.
  package var statements: Attributes

  /// The report's lines, without a newline at the end of each.
  /// - Parameters:
  ///   - kind: `script` or `description`.
  ///   - label: the script's file or the description's text.
  package func lines(kind: String, label: String) -> [String] {
    ["", "Stability attributes for \(kind) \(label):", "", "\tMinimum Probe Description Attributes"]
      + descriptions.lines + ["", "\tMinimum Statement Attributes"] + statements.lines + [""]
  }
}

extension Attributes {
  /// Three lines under a heading.
  package var lines: [String] {
    [
      "\t\tIdentifier Names: \(name.word)", "\t\tData Semantics:   \(data.word)",
      "\t\tDependency Class: \(dependency.word)",
    ]
  }
}

extension ProviderAttributes {
  /// What `-lv` says of a probe: what its four names may be relied on for, and what its arguments.
  package var lines: [String] {
    let least = provider.minimum(module).minimum(function).minimum(name)
    return ["", "\tProbe Description Attributes"] + least.lines + ["", "\tArgument Attributes"] + arguments.lines
  }
}
