import Bytes

// What a stream carries, by its first bytes. A port only decides what content cannot.

extension Stream {
  /// Finds out what the stream carries.
  mutating func recognise(_ bytes: RawSpan, _ way: Int, isLast: Bool) -> Beginning {
    var isOpen = false
    for candidate in StreamProtocol.known {
      switch begins(bytes, way, as: candidate) {
      case .yes:
        kind = candidate
        return .yes
      case .more: isOpen = true
      case .no: break
      }
    }
    return isOpen && !isLast ? .more : .no
  }

  /// Whether a message of the stream's protocol starts here, after bytes that are missing or could not be read.
  func resumes(_ bytes: RawSpan) -> Beginning {
    switch kind {
    case .smtp: SMTP.resumes(bytes)
    case .ftp: FTP.resumes(bytes)
    case .pop3, .imap: bytes.line() == nil ? .no : .yes
    case .http2: .no
    default: begins(bytes, 0, as: kind)
    }
  }

  private func begins(_ bytes: RawSpan, _ way: Int, as candidate: StreamProtocol) -> Beginning {
    switch candidate {
    case .unknown: .no
    case .tls: TLS.begins(bytes)
    case .http: HTTP.begins(bytes)
    case .dns: DNS.isPort(ports[0]) || DNS.isPort(ports[1]) ? DNS.beginsStream(bytes) : .no
    case .http2: HTTP2.begins(bytes)
    case .ssh: SSH.begins(bytes)
    case .smtp: SMTP.begins(bytes, ports: ports)
    // What the other end said waits where it may be a server's greeting.
    case .ftp: FTP.begins(bytes, ports: ports, isGreeted: sides[1 - way].buffer >= 0)
    case .pop3: POP3.begins(bytes)
    case .imap: IMAP.begins(bytes)
    case .socks: SOCKS.begins(bytes)
    case .proxy: ProxyProtocol.begins(bytes)
    }
  }
}

extension StreamProtocol {
  /// In the order in which they are tried.
  static let known: [StreamProtocol] = [.tls, .http, .http2, .dns, .ssh, .smtp, .ftp, .pop3, .imap, .socks, .proxy]
}
