package import Events

/// What a rule has found: the sentence of its `finding()`, and what was happening when it said so.
package struct Finding: Sendable {
  /// Which packet or event made the rule speak: from 1, in the order of the stream.
  package enum Evidence: Sendable, Hashable {
    case packet(UInt64)
    case event(UInt64)
  }

  package var rule: Rule
  package var sentence: String
  /// When it was found first and, with others like it, last.
  package var first: Instant
  package var last: Instant
  /// How many like it there were (`Rule.Deduplication`), this one included.
  package var count: UInt64 = 1
  /// Who did it; nil where no process is known.
  package var actor: Actor?
  /// The program's path and arguments, as far as they were told.
  package var program: [UInt8] = []
  package var arguments: [[UInt8]] = []
  package var origin = FindingOrigin()
  /// The exception that a site has for it.
  package var suppressedBy: String?
  /// Whose packets: from the actor's end when there is an actor.
  package var flow: FlowKey?
  /// Of a packet's owner how sure it is and why.
  package var owner: Owner?
  /// The first few.
  package var evidence: [Evidence]
  /// What the rule's parameters were, as people write them.
  package var parameters: [(name: String, value: String)] = []

  package static let mostEvidence = 8

  package init(rule: Rule, sentence: String, at time: Instant, evidence: Evidence) {
    self.rule = rule
    // A sentence begins with a name, and who is not known has none.
    self.sentence = sentence.hasPrefix(" ") ? "somebody" + sentence : sentence
    first = time
    last = time
    self.evidence = [evidence]
  }

  /// Another like it.
  package mutating func repeated(at time: Instant, _ evidence: Evidence) {
    last = max(last, time)
    count &+= 1
    if self.evidence.count < Self.mostEvidence { self.evidence.append(evidence) }
  }
}

extension Finding {
  /// What makes it the same as another of its rule.
  package var sameness: [String] {
    rule.deduplication.key.map { part in
      switch part {
      case .process: actor.map { "\($0.process.pid) \($0.process.start)" } ?? ""
      case .executable: program.isEmpty ? "\(actor?.command ?? [])" : "\(program)"
      case .user: actor.map { "\($0.user)" } ?? ""
      case .destination: flow.map { "\($0.destination.address)" } ?? ""
      case .port: flow.map { "\($0.destination.port)" } ?? ""
      case .name: sentence
      }
    }
  }
}
