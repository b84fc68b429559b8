/// Why a place has not taken a message.
package enum Undelivered: Error, Sendable, Hashable {
  /// It may take it later: why not now.
  case later(String)
  /// It will never take this one.
  case refused(String)
  /// It will never take anything again.
  case gone(String)
}

/// Somewhere that messages go, one after the other: a file, a socket. It is used by one thread at a time, and may keep it waiting.
protocol Place: Sendable {
  /// Makes ready for messages, anew when it was ready before: a file is opened by its name again.
  mutating func open() throws(Undelivered)

  /// Takes one message, which has no newline, whole. After `later` it is called with the same one again.
  /// - Returns: how many of those before turn out to be lost.
  mutating func take(_ message: [UInt8]) throws(Undelivered) -> UInt64

  /// How often a connection broke: what its reader had not read by then may be lost, and nobody can say.
  var breaks: UInt64 { get }
}

/// Says what happened to a place while a run goes on; called by whatever thread it happens to.
package typealias Notice = @Sendable (String) -> Void

/// Ends a message where messages are lines.
let newline = UInt8(ascii: "\n")
