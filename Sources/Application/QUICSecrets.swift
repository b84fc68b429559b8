import Crypto

/// What both ends' Initial keys are derived from. Each is derived when a packet of that end comes, since most of what opening a packet
/// costs is this.
struct QUICSecrets: Sendable {
  private let version: QUICVersion
  private let common: HMAC<SHA256>
  private var client: QUICKeys?
  private var server: QUICKeys?

  init(_ version: QUICVersion, destinationID: [UInt8]) {
    self.version = version
    common = HMAC(key: SymmetricKey(data: Self.salted(version).authenticate(destinationID)))
  }

  /// One end's keys.
  mutating func keys(ofClient isClient: Bool) -> QUICKeys {
    if let known = isClient ? client : server { return known }
    let secret = common.expanded(isClient ? "client in" : "server in", 32)
    let keys = QUICKeys(HMAC(key: SymmetricKey(data: secret)), version)
    if isClient { client = keys } else { server = keys }
    return keys
  }

  /// The first step of HKDF (RFC 5869 §2.2) up to what is not the version's own.
  private static func salted(_ version: QUICVersion) -> HMAC<SHA256> {
    version == .one ? one : HMAC(key: SymmetricKey(data: salt(of: version)))
  }
  private static let one = HMAC<SHA256>(key: SymmetricKey(data: salt(of: .one)))

  /// RFC 9001 §5.2, RFC 9369 §3.3.1, and the drafts' §5.2.
  private static func salt(of version: QUICVersion) -> [UInt8] {
    switch version {
    case .one:
      [
        0x38, 0x76, 0x2c, 0xf7, 0xf5, 0x59, 0x34, 0xb3, 0x4d, 0x17, 0x9a, 0xe6, 0xa4, 0xc8, 0x0c, 0xad, 0xcc, 0xbb,
        0x7f, 0x0a,
      ]
    case .two:
      [
        0x0d, 0xed, 0xe3, 0xde, 0xf7, 0x00, 0xa6, 0xdb, 0x81, 0x93, 0x81, 0xbe, 0x6e, 0x26, 0x9d, 0xcb, 0xf9, 0xbd,
        0x2e, 0xd9,
      ]
    case .draft29:
      [
        0xaf, 0xbf, 0xec, 0x28, 0x99, 0x93, 0xd2, 0x4c, 0x9e, 0x97, 0x86, 0xf1, 0x9c, 0x61, 0x11, 0xe0, 0x43, 0x90,
        0xa8, 0x99,
      ]
    case .draft23:
      [
        0xc3, 0xee, 0xf7, 0x12, 0xc7, 0x2e, 0xbb, 0x5a, 0x11, 0xa7, 0xd2, 0x43, 0x2b, 0xb4, 0x63, 0x65, 0xbe, 0xf9,
        0xf5, 0x02,
      ]
    // Google's; as they stand in nDPI's src/lib/protocols/quic.c.
    case .googleT050:
      [
        0x7f, 0xf5, 0x79, 0xe5, 0xac, 0xd0, 0x72, 0x91, 0x55, 0x80, 0x30, 0x4c, 0x43, 0xa2, 0x36, 0x7c, 0x60, 0x48,
        0x83, 0x10,
      ]
    case .googleT051:
      [
        0x7a, 0x4e, 0xde, 0xf4, 0xe7, 0xcc, 0xee, 0x5f, 0xa4, 0x50, 0x6c, 0x19, 0x12, 0x4f, 0xc8, 0xcc, 0xda, 0x6e,
        0x03, 0x3d,
      ]
    case .draft21:
      [
        0x7f, 0xbc, 0xdb, 0x0e, 0x7c, 0x66, 0xbb, 0xe9, 0x19, 0x3a, 0x96, 0xcd, 0x21, 0x51, 0x9e, 0xbd, 0x7a, 0x02,
        0x64, 0x4a,
      ]
    }
  }
}

extension HMAC<SHA256> {
  /// HKDF-Expand-Label with an empty context (RFC 8446 §7.1), of one block at most: then HKDF's expansion is one HMAC (RFC 5869 §2.3), as its
  /// extraction is.
  func expanded(_ label: String, _ count: Int) -> [UInt8] {
    let name = Array("tls13 ".utf8) + Array(label.utf8)
    return Array(authenticate([0, UInt8(count), UInt8(name.count)] + name + [0, 1]).prefix(count))
  }

  /// The code of `data`: the key was taken in when this was made, and need not be again.
  fileprivate func authenticate(_ data: [UInt8]) -> [UInt8] {
    var code = self
    code.update(data: data)
    return Array(code.finalize())
  }
}
