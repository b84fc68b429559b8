/// What the evidence comes to, least first.
package enum Verdict: String, Sendable, CaseIterable {
  case none
  /// It sends to somebody, and captures nothing.
  case transmits
  /// It holds a socket that hears other people's traffic, and nothing was heard yet.
  case capableOfSniffing = "capable of sniffing"
  case sniffing
  case sniffingWithLocalLog = "sniffing with local log"
  case sniffingWithRemoteLogging = "sniffing with remote logging"
}
