import Events

/// A process as the tables refer to it: its identity, and where its description is while that is held.
struct Party: Sendable, BitwiseCopyable {
  var process: ProcessID
  /// In the process table; -1 for none. The entry may have been given to another process since: compare `process`.
  var slot: Int32
  /// Which of its threads acted last.
  var thread: UInt32

  static let nobody = Party(process: ProcessID(pid: 0, start: 0), slot: -1, thread: 0)
}

/// An owner in words of fixed size: what the tables keep, and what becomes an `Owner` when it is handed out.
struct Answer: Sendable {
  /// Nil for nobody, or for the kernel alone.
  var party: Party?
  /// Where the socket is in its table; -1 for none.
  var slot: Int32 = -1
  /// Nil for none, and for one without a cookie.
  var socket: SocketID?
  var role: Owner.Role
  var confidence: Owner.Confidence
  var reason: Reason

  static func nobody(_ reason: Reason) -> Answer {
    Answer(party: nil, role: .none, confidence: .none, reason: reason)
  }
  static func kernel(_ reason: Reason, _ confidence: Owner.Confidence = .high) -> Answer {
    Answer(party: nil, role: .kernel, confidence: confidence, reason: reason)
  }

  /// The same, through a socket.
  func through(_ slot: Int, _ id: SocketID) -> Answer {
    var answer = self
    answer.slot = Int32(truncatingIfNeeded: slot)
    answer.socket = id.cookie == 0 ? nil : id
    return answer
  }

  /// The kernel sends it for a socket that it is done with; the process is the one that the socket was of.
  func left(_ reason: Reason) -> Answer {
    var answer = self
    answer.role = .kernel
    answer.confidence = min(confidence, .medium)
    answer.reason = reason
    return answer
  }

  /// The same, no surer than `bound`.
  func atMost(_ bound: Owner.Confidence) -> Answer {
    var answer = self
    answer.confidence = min(confidence, bound)
    return answer
  }
}
