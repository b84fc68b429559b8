import Bytes

/// What a TLS handshake travels in.
package enum TLSCarrier: UInt8, Sendable, BitwiseCopyable {
  case tcp, quic, dtls
}

/// A TLS ClientHello (RFC 8446 §4.1.2), of TLS, QUIC (RFC 9001 §4) or DTLS (RFC 9147 §5.3).
package struct TLSClientHello: Sendable, BitwiseCopyable {
  package var carrier: TLSCarrier
  /// `legacy_version`; until TLS 1.2 the highest version that is offered. DTLS's numbers count down from 0xfeff.
  package var legacyVersion: UInt16
  /// The highest version that is offered: of `supported_versions` where there are any. 0x0304 for TLS 1.3, 0xfefc for DTLS 1.3.
  package var version: UInt16
  /// The server name (RFC 6066 §3); empty when there is none.
  package var serverName: TextRange
  /// The protocols that are offered (RFC 7301), with commas between.
  package var protocols: TextRange
  /// The client's fingerprints, see `TLSFingerprint`; empty when the hello is not whole.
  package var ja3: TextRange
  package var ja4: TextRange
}

/// A TLS ServerHello (RFC 8446 §4.1.3).
package struct TLSServerHello: Sendable, BitwiseCopyable {
  package var carrier: TLSCarrier
  package var legacyVersion: UInt16
  /// The version that was chosen.
  package var version: UInt16
  package var cipherSuite: UInt16
  /// The protocol that was chosen (RFC 7301); empty when none was, and in TLS 1.3, which encrypts it.
  package var `protocol`: TextRange
  /// The server's fingerprint, see `TLSFingerprint`; empty when the hello is not whole.
  package var ja3s: TextRange
  /// A HelloRetryRequest (RFC 8446 §4.1.4): the client says hello again.
  package var isRetryRequest: Bool
}

/// Where the parts of a hello lie. Of one that is cut off those that are there are known.
struct TLSHello {
  var version: UInt16 = 0
  /// The suites that a client offers, or the one that a server chose.
  var cipherSuites = 0..<0
  var supportedVersions = 0..<0
  var serverName = 0..<0
  var hasServerName = false
  /// The list of protocol names, without its length.
  var protocols = 0..<0
  var supportedGroups = 0..<0
  var pointFormats = 0..<0
  var signatureAlgorithms = 0..<0
  /// The extensions' types, in their order.
  var extensions: [UInt16] = []
  var isWhole = false

  /// The most extensions that are read of one hello.
  static let extensionLimit = 256

  /// Finds the parts of a ClientHello's body.
  init?(client bytes: RawSpan, isDTLS: Bool) {
    guard bytes.byteCount >= 35 else { return nil }
    version = bytes.bigEndian(UInt16.self, at: 0)
    guard version >> 8 == (isDTLS ? 0xfe : 3), let session = bytes.vector8(at: 34), session.count <= 32 else {
      return nil
    }
    var offset = session.upperBound
    if isDTLS {
      guard let cookie = bytes.vector8(at: offset) else { return }
      offset = cookie.upperBound
    }
    guard let suites = bytes.vector16(at: offset) else { return }
    cipherSuites = suites
    guard let compressions = bytes.vector8(at: suites.upperBound) else { return }
    readExtensions(bytes, at: compressions.upperBound, isClient: true)
  }

  /// Finds the parts of a ServerHello's body.
  init?(server bytes: RawSpan, isDTLS: Bool) {
    guard bytes.byteCount >= 35 else { return nil }
    version = bytes.bigEndian(UInt16.self, at: 0)
    guard version >> 8 == (isDTLS ? 0xfe : 3), let session = bytes.vector8(at: 34), session.count <= 32,
      session.upperBound &+ 3 <= bytes.byteCount
    else { return nil }
    cipherSuites = session.upperBound..<session.upperBound &+ 2
    readExtensions(bytes, at: session.upperBound &+ 3, isClient: false)
  }

  private mutating func readExtensions(_ bytes: RawSpan, at start: Int, isClient: Bool) {
    // A hello may end before the extensions.
    if start == bytes.byteCount { isWhole = true }
    guard start &+ 2 <= bytes.byteCount else { return }
    let end = start &+ 2 &+ Int(bytes.bigEndian(UInt16.self, at: start))
    var offset = start &+ 2
    while offset &+ 4 <= min(end, bytes.byteCount), extensions.count < Self.extensionLimit {
      let type = bytes.bigEndian(UInt16.self, at: offset)
      guard let data = bytes.vector16(at: offset &+ 2) else { return }
      extensions.append(type)
      read(bytes.extracting(0..<data.upperBound), type, data, isClient: isClient)
      offset = data.upperBound
    }
    // What is left at the end of the list is too short for another.
    isWhole = offset &+ 4 > end && end <= bytes.byteCount
  }

  private mutating func read(_ bytes: RawSpan, _ type: UInt16, _ data: Range<Int>, isClient: Bool) {
    switch type {
    case 0:
      hasServerName = true
      // The list has one name in practice, and of one type: host_name.
      guard data.count > 5, bytes.byte(at: data.lowerBound &+ 2) == 0 else { return }
      if serverName.isEmpty, let name = bytes.vector16(at: data.lowerBound &+ 3) { serverName = name }
    case 10: supportedGroups = bytes.vector16(at: data.lowerBound) ?? 0..<0
    case 11: pointFormats = bytes.vector8(at: data.lowerBound) ?? 0..<0
    case 13: signatureAlgorithms = bytes.vector16(at: data.lowerBound) ?? 0..<0
    case 16: protocols = bytes.vector16(at: data.lowerBound) ?? 0..<0
    case 43:
      if isClient {
        supportedVersions = bytes.vector8(at: data.lowerBound) ?? 0..<0
      } else if data.count == 2 {
        supportedVersions = data
      }
    default: break
    }
  }

  /// The highest of the versions that are offered, or the one that was chosen. DTLS's count down.
  func highestVersion(_ bytes: RawSpan) -> UInt16 {
    let isDTLS = version >> 8 == 0xfe
    let versions = bytes.numbers16(in: supportedVersions).filter { !isGREASE($0) && ($0 >> 8 == 0xfe) == isDTLS }
    return (isDTLS ? versions.min() : versions.max()) ?? version
  }
}

/// Values without meaning, which clients send so that servers learn to ignore what they do not know (RFC 8701).
func isGREASE(_ value: UInt16) -> Bool { value & 0x0f0f == 0x0a0a && value >> 8 == value & 0xff }

extension TLSHello {
  /// The random value that makes a ServerHello a HelloRetryRequest: the SHA-256 of that word (RFC 8446 §4.1.3).
  private static let retryRandom: [4 of UInt64] = [
    0xcf21_ad74_e59a_6111, 0xbe1d_8c02_1e65_b891, 0xc2a2_1116_7abb_8c5e, 0x079e_09e2_c8a8_339c,
  ]

  /// Tells of the ClientHello whose body this is.
  /// - Returns: false when it is none.
  static func readClient(_ bytes: RawSpan, _ carrier: TLSCarrier, into output: inout Output) -> Bool {
    guard let hello = TLSHello(client: bytes, isDTLS: carrier == .dtls) else { return false }
    var message = TLSClientHello(
      carrier: carrier, legacyVersion: hello.version, version: hello.highestVersion(bytes),
      serverName: output.texts.add(bytes, hello.serverName),
      protocols: output.texts.addProtocols(bytes, hello.protocols),
      ja3: .empty, ja4: .empty)
    if hello.isWhole, output.hasFingerprints {
      message.ja3 = TLSFingerprint.ja3(hello, bytes, into: &output.texts)
      message.ja4 = TLSFingerprint.ja4(hello, bytes, carrier, message.version, into: &output.texts)
    }
    output.messages.append(.tlsClientHello(message))
    return true
  }

  /// Tells of the ServerHello whose body this is.
  /// - Returns: nil when it is none.
  static func readServer(_ bytes: RawSpan, _ carrier: TLSCarrier, into output: inout Output) -> TLSServerHello? {
    guard let hello = TLSHello(server: bytes, isDTLS: carrier == .dtls) else { return nil }
    var message = TLSServerHello(
      carrier: carrier, legacyVersion: hello.version, version: hello.highestVersion(bytes),
      cipherSuite: bytes.bigEndian(UInt16.self, at: hello.cipherSuites.lowerBound),
      protocol: output.texts.addProtocols(bytes, hello.protocols), ja3s: .empty,
      isRetryRequest: (0..<4).allSatisfy { bytes.bigEndian(UInt64.self, at: 2 &+ 8 &* $0) == retryRandom[$0] })
    if hello.isWhole, output.hasFingerprints {
      message.ja3s = TLSFingerprint.ja3s(hello, message.cipherSuite, into: &output.texts)
    }
    output.messages.append(.tlsServerHello(message))
    return message
  }
}

extension Texts {
  /// Adds the names of a protocol name list (RFC 7301 §3.1), with commas between.
  fileprivate mutating func addProtocols(_ bytes: RawSpan, _ list: Range<Int>) -> TextRange {
    let mark = mark
    var offset = list.lowerBound
    while offset < list.upperBound, let name = bytes.vector8(at: offset), name.upperBound <= list.upperBound {
      if offset != list.lowerBound { append(UInt8(ascii: ",")) }
      for place in name { append(bytes.byte(at: place)) }
      offset = name.upperBound
    }
    return range(from: mark)
  }
}
