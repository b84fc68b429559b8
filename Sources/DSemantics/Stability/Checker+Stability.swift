import DSyntax
import IR
import Source

extension Checker {
  /// Before a clause: what its probes' descriptions rely on.
  mutating func beginStability(_ clause: DSyntax.Clause) {
    reliance = .common
    for description in clause.probes where isBelowMinimum(ProviderAttributes.of(description)) {
      report(.belowMinimum("clause", ProviderAttributes.of(description)), clause.range)
    }
  }

  /// After a clause.
  mutating func endStability(_ clause: DSyntax.Clause) {
    let descriptions = clause.probes.map { ProviderAttributes.of($0) }
    let least = descriptions.dropFirst().reduce(descriptions.first ?? .common) { $0.minimum($1) }
    stability.append(StabilityReport(descriptions: least, statements: reliance))
  }

  /// The clause relies on something of that name.
  mutating func relies(on attributes: Attributes, _ name: String, _ range: SourceRange) {
    reliance = reliance.minimum(attributes)
    if borrowed == nil, isBelowMinimum(attributes) { report(.belowMinimum(name, attributes), range) }
  }

  private func isBelowMinimum(_ attributes: Attributes) -> Bool {
    options.minimumAttributes.map { attributes.isBelow($0) } ?? false
  }

  /// `#pragma D attributes Stable/Stable/Common name`, `#pragma D binding "1.0" name`: about a name of the script, defined before or later.
  mutating func check(_ pragma: DSyntax.Pragma) {
    guard pragma.words.count >= 4, ["attributes", "binding"].contains(pragma.words[1]) else { return }
    guard pragma.words[3] != "provider" else { return }
    guard !apply(pragma) else { return }
    if BuiltinVariables.find(pragma.words[3], at: pragma.range) != nil || isFunction(pragma.words[3]) {
      report(.pragmaScope(pragma.words[1]), pragma.range)
    } else {
      pendingPragmas.append(pragma)
    }
  }

  private func isFunction(_ name: String) -> Bool {
    Subroutine(rawValue: name) != nil || ActionName(rawValue: name) != nil || AggregatingName(rawValue: name) != nil
  }

  /// Those on names that nothing in the script defines.
  mutating func reportUnusedPragmas() {
    for pragma in pendingPragmas where !apply(pragma) { report(.pragmaUnused(pragma.words[1]), pragma.range) }
  }

  /// Does what the pragma says; false where the script has not defined the name.
  private mutating func apply(_ pragma: DSyntax.Pragma) -> Bool {
    let name = pragma.words[3]
    if names.inlines[name] != nil {
      if pragma.words[1] == "attributes" { names.inlines[name]?.attributes = Attributes(pragma.words[2]) ?? .common }
      return true
    }
    return names.scalar(name, .global) != nil || names.array(name, perThread: false) != nil
      || name == "translator" && !names.translations.isEmpty
  }
}
