import Bytes

/// A TLS ClientHello (RFC 8446 §4.1.2).
package struct TLSClientHello: Sendable, BitwiseCopyable {
  /// The highest version that is offered, 0x0304 for TLS 1.3.
  package var version: UInt16
  /// The server name (RFC 6066 §3); empty when there is none.
  package var serverName: TextRange
  /// The protocols that are offered (RFC 7301), with commas between.
  package var protocols: TextRange
}

/// A TLS ServerHello (RFC 8446 §4.1.3).
package struct TLSServerHello: Sendable, BitwiseCopyable {
  /// The version that was chosen.
  package var version: UInt16
  package var cipherSuite: UInt16
}

/// TLS: the records until the handshake is encrypted.
enum TLS {
  static func begins(_ bytes: RawSpan) -> Beginning {
    guard bytes.byteCount >= 6 else {
      return bytes.byte(at: 0) == 22 && (bytes.byteCount < 2 || bytes.byte(at: 1) == 3) ? .more : .no
    }
    let type = bytes.byte(at: 5)
    return bytes.byte(at: 0) == 22 && bytes.byte(at: 1) == 3 && bytes.byte(at: 2) <= 4 && (type == 1 || type == 2)
      ? .yes : .no
  }

  static func step(_ bytes: RawSpan, isLast: Bool, _ side: inout Side, into output: inout Output) -> Step {
    .end
  }
}
