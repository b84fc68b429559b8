/// What a rule said of a stream, when the stream was over.
package enum RuleAnswer: Sendable, Equatable {
  /// It found something.
  case found
  /// It found nothing, and would have: all that it needs was seen.
  case nothing
  /// It found nothing, and its silence says nothing: why.
  case cannotTell(String)
}
