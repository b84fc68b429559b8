package import Files

/// Where messages can go, as people write it:
///
///     -                            standard output
///     /var/log/culprit.ndjson      a file
///     unix:/run/vector.sock        a stream socket that somebody listens on
///     syslog:                      the system's log, /dev/log
///     syslog:/run/other/log        another such socket
///     syslog:udp:192.0.2.1:514     a collector, a datagram a message (RFC 5426)
///     syslog:tcp:[2001:db8::1]:601 a collector, octet counting (RFC 6587)
///     https://example.org/hook     a web server, a POST request a message
///     webhook:/etc/culprit/url     the same, the URL being the file's first line
package enum Destination: Sendable, Hashable {
  case standardOutput
  case file(String)
  case stream(SocketAddress)
  case syslog(SocketAddress, Framing)
  case web(Webhook)

  /// What is wrong with it, in one line.
  package struct Problem: Error, Sendable, Hashable, CustomStringConvertible {
    package let description: String
    package init(description: String) { self.description = description }
  }

  package init(_ text: String) throws(Problem) {
    if text == "-" {
      self = .standardOutput
    } else if let path = text.after("unix:") {
      self = .stream(try Self.local(path, text))
    } else if let place = text.after("syslog:") {
      if let host = place.after("udp:") {
        self = .syslog(try Self.host(host), .datagrams)
      } else if let host = place.after("tcp:") {
        self = .syslog(try Self.host(host), .counted)
      } else {
        self = .syslog(try Self.local(place.isEmpty ? "/dev/log" : place, text), .datagramsOrLines)
      }
    } else if text.hasPrefix("http://") || text.hasPrefix("https://") {
      self = .web(try Self.webhook(text))
    } else if let path = text.after("webhook:") {
      guard let first = readText(path)?.split(whereSeparator: \.isNewline).first else {
        throw Problem(description: "\(path): its first line should be the URL of a webhook")
      }
      self = .web(try Self.webhook(String(first)))
    } else if text.isEmpty {
      throw Problem(description: "an output needs a file's name, or unix: or syslog: and where")
    } else {
      self = .file(text)
    }
  }

  package var isSyslog: Bool { if case .syslog = self { true } else { false } }

  /// Whether it is the log of this machine, whose daemon puts the host's name in front itself.
  package var isLocalSyslog: Bool { if case .syslog(_, .datagramsOrLines) = self { true } else { false } }
  /// Whether somebody else has to take messages, who may not be there.
  package var isRemote: Bool {
    switch self {
    case .standardOutput, .file: false
    case .stream, .syslog, .web: true
    }
  }
  package var isWeb: Bool { if case .web = self { true } else { false } }
  package var isFile: Bool { if case .file = self { true } else { false } }

  private static func webhook(_ url: String) throws(Problem) -> Webhook {
    guard let hook = Webhook(url) else {
      throw Problem(description: "a webhook is https:// or http://, a host and a path, without a user's name")
    }
    return hook
  }

  private static func local(_ path: String, _ text: String) throws(Problem) -> SocketAddress {
    guard path.hasPrefix("/") || path.hasPrefix("@"), SocketAddress.unix(path).isPossible else {
      throw Problem(
        description: "\(text): a socket's path begins with / (or @, of an abstract name) and has fewer than 108 bytes")
    }
    return .unix(path)
  }

  /// `127.0.0.1:514`, `[::1]:514`; without a port it is syslog's, 514.
  private static func host(_ text: String) throws(Problem) -> SocketAddress {
    var (address, port) = (text[...], "514"[...])
    if let end = text.lastIndex(of: "]"), text.hasPrefix("[") {
      address = text[text.index(after: text.startIndex)..<end]
      let rest = text[text.index(after: end)...]
      guard rest.isEmpty || rest.hasPrefix(":") else { throw Self.noAddress(text) }
      if !rest.isEmpty { port = rest.dropFirst() }
    } else if let colon = text.firstIndex(of: ":") {
      (address, port) = (text[..<colon], text[text.index(after: colon)...])
    }
    guard let number = UInt16(port), number > 0, let found = SocketAddress(numeric: String(address), port: number)
    else { throw Self.noAddress(text) }
    return found
  }

  private static func noAddress(_ text: String) -> Problem {
    Problem(
      description: "'\(text)' is not an address such as 192.0.2.1:514 or [2001:db8::1]:514; names are not looked up")
  }
}

extension Destination: CustomStringConvertible {
  package var description: String {
    switch self {
    case .standardOutput: "standard output"
    case .file(let path): path
    case .stream(let address): "unix:\(address)"
    case .syslog(let address, .datagrams): "syslog:udp:\(address)"
    case .syslog(let address, .counted): "syslog:tcp:\(address)"
    case .syslog(let address, _): "syslog:\(address)"
    case .web(let hook): hook.shownName
    }
  }
}

extension Outlet {
  /// Opens the way there.
  /// - Parameter notice: is told when the place takes nothing any more, and when it does again; maybe by another thread.
  package convenience init(
    to destination: Destination, rotation: FileRotation = FileRotation(), spool: String? = nil,
    notice: @escaping Notice
  ) throws(FileError) {
    let place: any Place
    var spoolName = "\(destination)"
    switch destination {
    case .standardOutput: place = StandardOutput()
    case .file(let path): place = try FilePlace(path, rotation, notice: notice)
    case .stream(let address): place = SocketPlace(address, .lines)
    case .syslog(let address, let framing): place = SocketPlace(address, framing)
    case .web(let hook):
      place = WebPlace(hook)
      spoolName = hook.url
    }
    try self.init(
      "\(destination)", place, spool: destination.isRemote ? spool : nil, spoolName: spoolName, notice: notice)
  }
}

extension String {
  /// What stands behind the prefix; nil where it does not begin so.
  fileprivate func after(_ prefix: String) -> String? { hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil }
}
