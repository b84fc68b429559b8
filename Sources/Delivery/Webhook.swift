/// How messages are sent to a web server.
package struct Webhook: Sendable, Hashable {
  /// `https://host/path`; a path is often a secret, and is not shown.
  package let url: String
  /// `https://host/…`.
  package let shownName: String
  /// The media type of a message (RFC 6838).
  package var contentType = "application/json"
  /// Headers that each request has besides; a secret as often as not.
  package var headers: [Header] = []
  /// The key that requests are signed with: `X-Culprit-Signature: v1=` and HMAC-SHA256 (RFC 2104) of the time in `X-Culprit-Timestamp` (seconds since
  /// 1970), a full stop and the body.
  package var secret: [UInt8]?

  package struct Header: Sendable, Hashable {
    package var name: String
    package var value: String

    /// `Name: value`; nil where the name is no token (RFC 9110, section 5.6.2) or the value has control characters.
    package init?(_ line: some StringProtocol) {
      let parts = line.split(separator: ":", maxSplits: 1)
      guard parts.count == 2, !parts[0].isEmpty,
        parts[0].utf8.allSatisfy({ Character(Unicode.Scalar($0)).isLetter || Self.marks.contains($0) })
      else { return nil }
      name = String(parts[0])
      value = String(parts[1].drop { $0 == " " || $0 == "\t" })
      if value.utf8.contains(where: { $0 < 0x20 && $0 != 9 || $0 == 0x7f }) { return nil }
    }

    private static let marks = Set("!#$%&'*+-.^_`|~0123456789".utf8)
  }

  /// Nil when it is no URL of a web server.
  package init?(_ url: String) {
    guard let scheme = ["https://", "http://"].first(where: url.hasPrefix) else { return nil }
    let rest = url.dropFirst(scheme.count)
    let host = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    guard !host.isEmpty, !host.contains("@"), url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else { return nil }
    self.url = url
    shownName = scheme + host + (rest.count > host.count + 1 ? "/…" : "")
  }
}
