/// Whose packet it is, as far as that is known. Nothing is guessed: what is not known is unattributed, with the reason.
package struct Owner: Sendable, Equatable {
  /// What the owner has to do with the socket or with these bytes.
  package enum Role: String, Sendable {
    case creator, binder, acceptor, connector, holder, sender, receiver, kernel, none
  }
  /// How sure the answer is.
  package enum Confidence: String, Sendable, Comparable {
    case none, low, medium, high
    private var rank: Int {
      switch self {
      case .none: 0
      case .low: 1
      case .medium: 2
      case .high: 3
      }
    }
    package static func < (a: Confidence, b: Confidence) -> Bool { a.rank < b.rank }
  }

  package var actor: Actor?
  package var socket: SocketID?
  package var role: Role
  package var confidence: Confidence
  /// Which evidence said so, or why nobody could (`arp`, `no-socket`, `forwarded`, `lost-event` …).
  package var reason: String

  package init(actor: Actor?, socket: SocketID? = nil, role: Role, confidence: Confidence, reason: String) {
    self.actor = actor
    self.socket = socket
    self.role = role
    self.confidence = confidence
    self.reason = reason
  }

  package static func unattributed(_ reason: String) -> Owner {
    Owner(actor: nil, role: .none, confidence: .none, reason: reason)
  }
}
