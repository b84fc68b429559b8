/// Where a connection stands, in the words of conntrack(8), which sees it from outside as a capture does.
package enum ConnectionState: String, Sendable {
  case synSent = "SYN_SENT"
  case synReceived = "SYN_RECV"
  case established = "ESTABLISHED"
  /// One end has sent its FIN; the other has acknowledged it; the other has sent its own.
  case finWait = "FIN_WAIT"
  case closeWait = "CLOSE_WAIT"
  case lastAcknowledgment = "LAST_ACK"
  /// Both ends' FINs are acknowledged.
  case timeWait = "TIME_WAIT"
  /// One end reset it.
  case closed = "CLOSE"
}

/// How a connection went, in the words of Zeek's `conn_state`.
package enum ConnectionOutcome: String, Sendable {
  /// A SYN that nobody answered.
  case unanswered = "S0"
  /// Established, and not ended; ended by the originator alone, by the responder alone, by both.
  case open = "S1"
  case halfClosedByOriginator = "S2"
  case halfClosedByResponder = "S3"
  case closed = "SF"
  /// Refused.
  case rejected = "REJ"
  /// Reset by the originator, by the responder.
  case resetByOriginator = "RSTO"
  case resetByResponder = "RSTR"
  /// The originator sent a SYN and reset it, and no answer was seen; the responder answered a SYN that was not seen, and reset it.
  case resetUnanswered = "RSTOS0"
  case resetAnswer = "RSTRH"
  /// The originator sent a SYN and a FIN, and no answer was seen; the responder answered a SYN that was not seen, and sent a FIN.
  case closedUnanswered = "SH"
  case closedAnswer = "SHR"
  /// Its beginning was not seen.
  case other = "OTH"
}

extension TCPConversation {
  /// Whether the flow's source is who connects, as far as SYN and SYN-ACK tell; the source where neither was seen.
  package var isOriginatedBySource: Bool {
    if source.marks.contains(.syn) { return true }
    return !destination.marks.contains(.syn) && !source.marks.contains(.synAck)
  }

  package var state: ConnectionState {
    let (one, other) = (source.marks, destination.marks)
    if !one.union(other).isDisjoint(with: .reset) { return .closed }
    if one.contains(.fin), other.contains(.fin) {
      return one.contains(.finAcknowledged) && other.contains(.finAcknowledged) ? .timeWait : .lastAcknowledgment
    }
    if one.contains(.fin) { return one.contains(.finAcknowledged) ? .closeWait : .finWait }
    if other.contains(.fin) { return other.contains(.finAcknowledged) ? .closeWait : .finWait }
    let (originator, responder) = isOriginatedBySource ? (one, other) : (other, one)
    if originator.contains(.spoke) || responder.contains(.spoke) { return .established }
    return responder.contains(.synAck) ? .synReceived : .synSent
  }

  package var outcome: ConnectionOutcome {
    let (originator, responder) =
      isOriginatedBySource ? (source.marks, destination.marks) : (destination.marks, source.marks)
    let hasAnswer = responder.contains(.synAck)
    guard originator.contains(.syn) else {
      guard hasAnswer else { return .other }
      if responder.contains(.reset) { return .resetAnswer }
      return responder.contains(.fin) && !originator.contains(.fin) ? .closedAnswer : .other
    }
    guard hasAnswer else {
      if responder.contains(.reset) { return .rejected }
      if originator.contains(.reset) { return .resetUnanswered }
      if originator.contains(.fin) { return .closedUnanswered }
      return responder.contains(.spoke) ? .other : .unanswered
    }
    if originator.contains(.reset) { return .resetByOriginator }
    if responder.contains(.reset) { return .resetByResponder }
    switch (originator.contains(.fin), responder.contains(.fin)) {
    case (true, true): return .closed
    case (true, false): return .halfClosedByOriginator
    case (false, true): return .halfClosedByResponder
    case (false, false): return originator.contains(.spoke) ? .open : .unanswered
    }
  }
}
