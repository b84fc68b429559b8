/// A question of the case: a D program of `rules/case`, which anybody may run by hand.
///
///     culprit -s rules/case/40-transmits.d -p PID
package struct Question: Sendable, Equatable {
  /// The file's name without `.d`.
  package var id: String
  /// As people ask it.
  package var title: String
  /// Kinds of event that it needs: `sockets`, `calls`, `stacks`.
  package var needs: [String]
  package var text: String
}

extension Question {
  /// All of them, in the order in which they are asked. They are part of the program, so that it finds them wherever it runs.
  package static let all = [
    Question("10-files", PackageResources._0_files_d), Question("20-calls", PackageResources._0_calls_d),
    Question("30-stack", PackageResources._0_stack_d), Question("40-transmits", PackageResources._0_transmits_d),
    Question("50-captures", PackageResources._0_captures_d), Question("60-leaves", PackageResources._0_leaves_d),
  ]

  /// Its title and what it needs stand as `question:` and `needs:` in the comment at its top.
  init(_ id: String, _ bytes: [UInt8]) {
    self.id = id
    text = String(decoding: bytes, as: UTF8.self)
    var values: [String: String] = [:]
    for line in text.split(separator: "\n").prefix(while: { $0 != " */" }) {
      let parts = line.drop { $0 == "/" || $0 == "*" || $0 == " " }.split(separator: ":", maxSplits: 1)
      if parts.count == 2 { values[String(parts[0])] = String(parts[1].drop { $0 == " " }) }
    }
    title = values["question"] ?? id
    needs = (values["needs"] ?? "").split { $0 == "," || $0 == " " }.map(String.init)
  }
}
