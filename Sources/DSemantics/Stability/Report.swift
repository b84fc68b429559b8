/// What a program relies on, as `dtrace -v` tells it.
package struct StabilityReport: Sendable, Hashable {
  /// The least of what the clauses' probe descriptions rely on.
  package var descriptions: Attributes
  /// The least of what their statements and predicates rely on.
  package var statements: Attributes

  /// The lesser of both.
  package func minimum(_ other: StabilityReport) -> StabilityReport {
    StabilityReport(
      descriptions: descriptions.minimum(other.descriptions), statements: statements.minimum(other.statements))
  }

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
