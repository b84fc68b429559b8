import Events

extension Finding {
  /// What of a finding can be asked for by name: as its JSON names it.
  package enum Field: String, Sendable, CaseIterable {
    case severity, explain
    case command = "process.comm"
    case program = "process.exe"
    /// With blanks between.
    case arguments = "process.args"
    case user = "process.uid"
    case source = "network.src"
    case sourcePort = "network.sport"
    case destination = "network.dst"
    case destinationPort = "network.dport"
    case attribution = "attribution.confidence"
  }

  /// The field as a text; nil when the finding has none.
  package func value(_ field: Field) -> String? {
    switch field {
    case .severity: rule.severity.rawValue
    case .explain: sentence
    case .command: actor.map { printable($0.command) }
    case .program: program.isEmpty ? nil : printable(program)
    case .arguments: arguments.isEmpty ? nil : printable(Array(arguments.joined(separator: [UInt8(ascii: " ")])))
    case .user: actor.map { String($0.user) }
    case .source: flow.map(\.source.address.description)
    case .sourcePort: flow.map { String($0.source.port) }
    case .destination: flow.map(\.destination.address.description)
    case .destinationPort: flow.map { String($0.destination.port) }
    case .attribution: owner?.confidence.rawValue
    }
  }
}
