import Yams

/// A folder of rules that belong together, `rules/sniffers`.
package struct RulePack: Sendable, Equatable {
  package var name: String
  package var version: String
  package var title: String
  package var license: String
  package var rules: [Rule]
}

extension RulePack {
  /// A file of a pack, read.
  package struct File: Sendable, Equatable {
    package var path: String
    package var text: String
    package init(path: String, text: String) {
      self.path = path
      self.text = text
    }

    fileprivate var name: Substring { path.split(separator: "/").last ?? "" }
  }

  /// Reads a pack from its files: `pack.yaml`, and rules in the order of their names; others are not looked at.
  /// - Parameter folder: its path, for what is wrong with the whole.
  /// - Returns: the pack with the rules that could be read, unless it has no `pack.yaml`; and all that is wrong.
  package static func reading(_ files: [File], in folder: String) -> (pack: RulePack?, complaints: [RuleComplaint]) {
    var complaints: [RuleComplaint] = []
    guard let description = files.first(where: { $0.name == "pack.yaml" }) else {
      return (nil, [RuleComplaint(.unreadable, file: folder, "no pack of rules: it has no pack.yaml")])
    }
    var pack = head(description, &complaints)
    let rules = files.filter { $0.name.hasSuffix(".d") }.sorted { $0.path < $1.path }
    for file in rules {
      let (rule, wrong) = Rule.reading(file.text, file: file.path, pack: pack?.name ?? "")
      complaints += wrong
      if let rule { pack?.rules.append(rule) }
    }
    if rules.isEmpty { complaints.append(RuleComplaint(.unfinished, .warning, file: folder, "a pack without rules")) }
    return (pack, complaints)
  }

  private static func head(_ file: File, _ complaints: inout [RuleComplaint]) -> RulePack? {
    do {
      guard let node = try Yams.compose(yaml: file.text) else {
        complaints.append(RuleComplaint(.missingKey, file: file.path, "pack.yaml is empty"))
        return nil
      }
      var reader = MappingReader(node, file: file.path, firstLine: 0)
      let name = reader.text("name")
      let version = reader.text("version")
      let title = reader.text("title")
      let license = reader.text("license")
      reader.finish()
      complaints += reader.complaints
      guard let name, let version, let title, let license else { return nil }
      return RulePack(name: name, version: version, title: title, license: license, rules: [])
    } catch {
      complaints.append(Rule.complaint(error, file: file.path, firstLine: 0))
      return nil
    }
  }
}

extension [RulePack] {
  /// An id that two rules have: nobody could say which is meant.
  package var repeated: [RuleComplaint] {
    var seen: [String: Rule] = [:]
    var complaints: [RuleComplaint] = []
    for rule in lazy.flatMap(\.rules) {
      if let first = seen[rule.id] {
        complaints.append(RuleComplaint(.twice, file: rule.file, "\(rule.id) is \(first.file)'s id"))
      } else {
        seen[rule.id] = rule
      }
    }
    return complaints
  }
}
