import Bytes

// What a stream carries, by its first bytes. A port only decides what content cannot.

extension Stream {
  /// Finds out what the stream carries.
  mutating func recognise(_ bytes: RawSpan, _ way: Int, isLast: Bool) -> Beginning {
    var isOpen = false
    for candidate in StreamProtocol.known {
      switch begins(bytes, as: candidate) {
      case .yes:
        kind = candidate
        return .yes
      case .more: isOpen = true
      case .no: break
      }
    }
    return isOpen && !isLast ? .more : .no
  }

  /// Whether a message of the stream's protocol starts here.
  func begins(_ bytes: RawSpan) -> Beginning { begins(bytes, as: kind) }

  private func begins(_ bytes: RawSpan, as candidate: StreamProtocol) -> Beginning {
    switch candidate {
    case .unknown: .no
    case .tls: TLS.begins(bytes)
    case .http: HTTP.begins(bytes)
    case .dns: DNS.isPort(ports[0]) || DNS.isPort(ports[1]) ? DNS.beginsStream(bytes) : .no
    }
  }
}

extension StreamProtocol {
  /// In the order in which they are tried.
  static let known: [StreamProtocol] = [.tls, .http, .dns]
}
