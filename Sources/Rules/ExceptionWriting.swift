import Events

extension RuleException.Condition {
  /// As `where` has it in a file: `{exe: /usr/bin/nc, sha256: 9f86…, destination: 10.1.0.0/16}`.
  package var yaml: String {
    var parts: [String] = []
    func add(_ name: String, _ values: [String]) {
      if values.isEmpty { return }
      parts.append("\(name): " + (values.count == 1 ? values[0] : "[" + values.joined(separator: ", ") + "]"))
    }
    add("exe", programs.map(quotedForYAML))
    add("sha256", digests.map(hexadecimal))
    add("package", packages.map(quotedForYAML))
    add("unit", units.map(quotedForYAML))
    add("container", containers.map(quotedForYAML))
    add("image", images.map(quotedForYAML))
    add("destination", destinations.map { quotedForYAML("\($0)") })
    add("port", ports.map { "\($0)" })
    add("uid", users.map { "\($0)" })
    return "{" + parts.joined(separator: ", ") + "}"
  }
}

extension RuleException {
  /// The record as it stands in a file. Who it is for and why is left to whoever takes it over: a file without them is refused.
  /// - Parameter expires: a day, `2027-03-01`.
  package func yamlToFill(expires: String) -> String {
    """
    \(name):
      rule: \(rules.count == 1 ? rules[0] : "[" + rules.joined(separator: ", ") + "]")
      where: \(condition.yaml)
      reason:
      owner:
      expires: \(expires)

    """
  }
}

/// A text that YAML may take for something else stands between quotes.
private func quotedForYAML(_ text: String) -> String {
  let isPlain = text.utf8.allSatisfy { byte in
    byte >= 128 || Character(UnicodeScalar(byte)).isLetter || Character(UnicodeScalar(byte)).isNumber
      || "/._-@+".utf8.contains(byte)
  }
  let begins = text.utf8.first.map { !"-@+".utf8.contains($0) } ?? false
  return isPlain && begins
    ? text : "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
}
