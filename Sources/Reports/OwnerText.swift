package import Events

extension Owner {
  /// `srg[1234] sender high`, `kernel: reset`, or why there is nobody: `nobody: before-start`.
  package var line: String {
    guard let actor else { return "\(role == .kernel ? "kernel" : "nobody"): \(reason)" }
    return "\(printable(actor.command))[\(actor.process.pid)] \(role.rawValue) \(confidence.rawValue)"
  }

  /// The object of `flows --json` and `packets --json`; unknown fields are null.
  package func write(to json: inout JSON, as name: String) {
    json.object(name) { json in
      json.number("pid", actor?.process.pid)
      json.number("start", actor.flatMap(\.knownStart))
      json.string("exec", actor.flatMap(\.knownName))
      json.number("uid", actor.flatMap(\.knownUser))
      json.string("role", actor == nil && role != .kernel ? nil : role.rawValue)
      json.string("confidence", confidence.rawValue)
      json.string("reason", reason)
    }
  }

  /// The same as fields of CSV; unknown ones are empty.
  package static let fieldNames = [
    "owner_pid", "owner_start", "owner_exec", "owner_uid", "owner_role", "owner_confidence", "owner_reason",
  ]
  package var fields: [String] {
    [
      actor.map { "\($0.process.pid)" } ?? "", actor.flatMap(\.knownStart).map(String.init) ?? "",
      actor.flatMap(\.knownName) ?? "", actor.flatMap(\.knownUser).map(String.init) ?? "",
      actor == nil && role != .kernel ? "" : role.rawValue, confidence.rawValue, reason,
    ]
  }
}

extension Actor {
  /// Captures of other programs do not say when a process began.
  fileprivate var knownStart: UInt64? { process.start == 0 ? nil : process.start }
  /// What filtered the process blocks out of a file took the names with them.
  fileprivate var knownName: String? { command.isEmpty ? nil : printable(command) }
  /// Not root's because nobody said so.
  fileprivate var knownUser: UInt32? { user == 0 && (command.isEmpty || process.start == 0) ? nil : user }
}

/// The protocol's name as ports name it, else its number.
package func protocolName(_ number: UInt8) -> String {
  switch number {
  case 1: "icmp"
  case 2: "igmp"
  case 6: "tcp"
  case 17: "udp"
  case 58: "icmp6"
  case 132: "sctp"
  default: "\(number)"
  }
}
